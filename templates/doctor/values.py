"""Follow the types of expressions: every value that is used as what it is not."""

from typing import Any

from jinja2 import nodes

from templates.doctor import filters as known_filters
from templates.doctor.expressions import NEAR_DEFINED, guarded_paths, in_source, prefixes
from templates.doctor.findings import LOOP, WORD_FILTERS, Findings, Names
from templates.doctor.shapes import (
    ANY,
    LIST,
    MAPPING,
    NOTHING,
    NUMBER,
    TEXT,
    YES_NO,
    Shape,
    either,
    list_of,
    mapping_of,
    of_kind,
)
from templates.nearest import nearest_name, similarity

_FUNCTIONS = ("range", "namespace", "_", "gettext", "ngettext", "caller")


class Values(Findings):
    """Gives the shape of each expression, and notes what is wrong with it."""

    def _value(self, node: nodes.Node, names: Names, *, condition: bool = False) -> Shape:
        """Give the shape of an expression, and note what is wrong with it."""
        if isinstance(node, nodes.Name):
            return self._name(node, names, condition=condition)
        if isinstance(node, nodes.Getattr):
            return self._field(node, node.attr, names, condition=condition)
        if isinstance(node, nodes.Getitem):
            return self._item(node, names)
        if isinstance(node, nodes.Filter):
            return self._filter(node, names)
        if isinstance(node, nodes.Test):
            return self._test(node, names)
        if isinstance(node, nodes.Call):
            return self._call(node, names)
        if isinstance(node, nodes.Const):
            return _of_constant(node.value)
        if isinstance(node, nodes.CondExpr):
            return self._choice(node, names)
        if isinstance(node, nodes.And):
            self._value(node.left, names, condition=condition)
            guarded = names.inner(guards=frozenset(guarded_paths(node.left)))
            self._value(node.right, guarded, condition=condition)
            return of_kind(YES_NO) if condition else ANY
        if isinstance(node, nodes.Or):
            left = self._value(node.left, names, condition=condition)
            otherwise = names.inner(guards=frozenset(guarded_paths(node.left, when=False)))
            return either([left, self._value(node.right, otherwise, condition=condition)])
        if isinstance(node, nodes.List | nodes.Tuple):
            return list_of(either([self._value(item, names) for item in node.items]) if node.items else ANY)
        if isinstance(node, nodes.Dict):
            fields = {str(getattr(pair.key, "value", "")): self._value(pair.value, names) for pair in node.items}
            return mapping_of(fields)
        if isinstance(node, nodes.BinExpr):
            return self._arithmetic(node, names)
        return self._rest(node, names)

    def _rest(self, node: nodes.Node, names: Names) -> Shape:
        for child in node.iter_child_nodes():
            self._value(child, names)
        if isinstance(node, nodes.Not | nodes.Compare):
            return of_kind(YES_NO)
        if isinstance(node, nodes.Concat):
            return of_kind(TEXT)
        return of_kind(NUMBER) if isinstance(node, nodes.Neg | nodes.Pos) else ANY

    def _quietly(self, node: nodes.Node, names: Names) -> Shape:
        """Give a shape without noting anything."""
        kept, uses = list(self.problems), self.uses
        self.uses = {}
        try:
            return self._value(node, names)
        finally:
            self.problems, self.uses = kept, uses

    def _name(self, node: nodes.Name, names: Names, *, condition: bool) -> Shape:
        if node.name in names.values:
            shape = names.values[node.name]
            self._use(shape, YES_NO if condition else "")
            self._may_be_missing(shape, node.name, names)
            return shape
        if node.name in _FUNCTIONS or node.name in self._environment.globals:
            return ANY
        if self._data.by_reading or not self._data.closed:
            shape = Shape(path=node.name, by_reading=True)
            self._use(shape, YES_NO if condition else "", guarded=node.name in names.guards)
            return shape
        return self._unknown(node.name, names)

    def _field(self, node: nodes.Getattr, name: str, names: Names, *, condition: bool = False) -> Shape:
        owner = self._value(node.node, names)
        written = in_source(node)
        if name in owner.fields():
            shape = owner.fields()[name]
            self._use(shape, YES_NO if condition else "")
            self._may_be_missing(shape, written, names)
            return shape
        if owner.by_reading:
            self._use(owner, MAPPING, count=0)
            shape = Shape(path=f"{owner.path}.{name}", by_reading=True)
            self._use(shape, YES_NO if condition else "", guarded=written in names.guards)
            return shape
        if not owner.kinds:
            return ANY
        if name in known_filters.METHODS and owner.may_be(known_filters.METHODS[name][0]):
            return ANY
        if owner.is_only(MAPPING) and not owner.closed:
            return ANY
        self._no_field(node, owner, name, names)
        return ANY

    def _item(self, node: nodes.Getitem, names: Names) -> Shape:
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            as_field = nodes.Getattr(node.node, node.arg.value, "load")
            return self._field(as_field, node.arg.value, names)
        owner = self._value(node.node, names)
        if isinstance(node.arg, nodes.Slice):
            self._rest(node.arg, names)
            return owner
        index = self._value(node.arg, names)
        if owner.by_reading:
            self._use(owner, LIST if index.is_only(NUMBER) else "", count=0)
            return Shape(path=f"{owner.path}[]", by_reading=True) if index.is_only(NUMBER) else ANY
        if isinstance(node.arg, nodes.Const) and owner.is_only(NUMBER, YES_NO):
            written = in_source(node.node)
            self._add("field-of-plain-value", f"`{written}` is {owner.in_words} and has no entries.", "Name a list.")
            return ANY
        return owner.entry() if owner.is_only(LIST) else ANY

    def _choice(self, node: nodes.CondExpr, names: Names) -> Shape:
        self._value(node.test, names, condition=True)
        guarded = names.inner(guards=frozenset(guarded_paths(node.test)))
        first = self._value(node.expr1, guarded)
        if node.expr2 is None:
            return first
        otherwise = names.inner(guards=frozenset(guarded_paths(node.test, when=False)))
        return either([first, self._value(node.expr2, otherwise)])

    def _arithmetic(self, node: nodes.BinExpr, names: Names) -> Shape:
        shapes = [self._value(part, names) for part in (node.left, node.right)]
        adds = isinstance(node, nodes.Add)
        for part, shape in zip((node.left, node.right), shapes, strict=True):
            if shape.is_only(YES_NO, MAPPING) or (not adds and shape.is_only(TEXT, LIST)):
                message = f"`{in_source(part)}` is {shape.in_words}, with which nothing can be calculated."
                self._add("wrong-operand", message, "Name a number.")
            elif not adds:
                self._use(shape, NUMBER, count=0)
        kinds = [shape.kinds for shape in shapes]
        if adds and all(kinds) and kinds[0] != kinds[1] and all(shape.is_only(TEXT, NUMBER) for shape in shapes):
            first, second = (in_source(part) for part in (node.left, node.right))
            message = "A text and a number cannot be added."
            self._add("wrong-operand", message, f"Write `{first} ~ {second}` to print one behind the other.")
        if adds and all(shape.is_only(LIST) for shape in shapes):
            return list_of(either([shape.entry() for shape in shapes]))
        return of_kind(*(kinds[0] if adds and kinds[0] == kinds[1] else {NUMBER})) if not adds or all(kinds) else ANY

    def _test(self, node: nodes.Test, names: Names) -> Shape:
        if node.name == "undefined" or similarity(node.name, "defined") > NEAR_DEFINED:
            path = in_source(node.node)
            self._value(node.node, names.inner(guards=frozenset({path, *prefixes(path)})))
        else:
            self._value(node.node, names, condition=node.name in ("true", "false"))
        for argument in node.args:
            self._value(argument, names)
        if node.name not in self._environment.tests:
            known = [name for name in self._environment.tests if name.isidentifier()]
            meant = nearest_name(node.name, known)
            hint = f"Did you mean `is {meant}`?" if meant else f"Known: {', '.join(sorted(known))}."
            self._add("unknown-test", f"There is no test `{node.name}`.", hint)
        return of_kind(YES_NO)

    def _call(self, node: nodes.Call, names: Names) -> Shape:
        for argument in (*node.args, *(pair.value for pair in node.kwargs)):
            self._value(argument, names)
        if isinstance(node.node, nodes.Name):
            name = node.node.name
            if name in names.values or name in _FUNCTIONS or name in self._environment.globals:
                if name == "namespace":
                    fields = {pair.key: self._quietly(pair.value, names) for pair in node.kwargs}
                    return mapping_of(fields, closed=False)
                return list_of(of_kind(NUMBER)) if name == "range" else ANY
            known = [*_FUNCTIONS, *self._environment.globals, *(n for n, s in names.values.items() if s is ANY)]
            meant = nearest_name(name, known)
            as_filter = known_filters.SYNONYMS.get(name, name)
            hint = f"Did you mean `{meant}`?" if meant else "A template can call macros, `range` and `namespace`."
            if as_filter in self._filters and node.args:
                hint = f"Write it as a filter: `{in_source(node.args[0])} | {as_filter}`."
            self._add("unknown-function", f"There is no function `{name}`.", hint)
            return ANY
        if isinstance(node.node, nodes.Getattr):
            return self._method(node.node, names)
        return self._rest(node.node, names)

    def _method(self, node: nodes.Getattr, names: Names) -> Shape:
        owner = self._value(node.node, names)
        name = node.attr
        if name in known_filters.METHODS and name not in owner.fields():
            kind, given = known_filters.METHODS[name]
            if owner.may_be(kind):
                self._use(owner, kind, count=0)
                return given
        if name in LOOP and owner.fields().keys() == LOOP.keys():
            return ANY
        if name in owner.fields():
            self._add("unknown-function", f"`{in_source(node)}` is a field, not a function.", "Leave the brackets out.")
            return owner.fields()[name]
        written = in_source(node.node)
        as_filter = known_filters.SYNONYMS.get(name, name)
        meant = nearest_name(name, known_filters.METHODS)
        hint = f"Write `{written} | {as_filter}`." if as_filter in self._filters else ""
        hint = hint or (f"Did you mean `{written}.{meant}()`?" if meant else "Data holds values, not functions.")
        if owner.kinds or owner.by_reading:
            self._add("unknown-function", f"`{in_source(node)}` cannot be called.", hint)
        return ANY

    # Filters.

    def _filter(self, node: nodes.Filter, names: Names) -> Shape:
        name = node.name
        is_default = name in ("default", "d")
        if node.node is None:
            shape = of_kind(TEXT)
        elif is_default:
            path = in_source(node.node)
            shape = self._value(node.node, names.inner(guards=frozenset({path, *prefixes(path)})))
        else:
            shape = self._value(node.node, names)
        arguments = [self._value(argument, names) for argument in node.args]
        for pair in node.kwargs:
            self._value(pair.value, names)
        if name not in self._filters:
            self._unknown_filter(name)
            return ANY
        if name in WORD_FILTERS:
            return shape
        self._check_filter(node, shape)
        function = self._environment.filters[name]
        wrong = known_filters.wrong_arguments(name, function, node)
        if wrong:
            self._add("wrong-argument", *wrong)
        entry_field = self._entry_field(node, shape)
        return known_filters.result(name, shape, entry_field, arguments)

    def _unknown_filter(self, name: str) -> None:
        meant = known_filters.SYNONYMS.get(name) or nearest_name(name, self._filters, least=0.5)
        hint = f"Did you mean `{meant}`?" if meant else f"Known: {', '.join(sorted(self._filters))}."
        self._add("unknown-filter", f"There is no filter `{name}`.", hint)

    def _check_filter(self, node: nodes.Filter, shape: Shape) -> None:
        name = node.name
        taken = {"a number": NUMBER, "a list": LIST, "a mapping": MAPPING, "a text": TEXT}.get(
            known_filters.takes(name)
        )
        if name in ("date", "datetime"):
            taken = "a date"
        if taken and not (name == "list" or (name in ("first", "last", "reverse") and not shape.by_reading)):
            self._use(shape, taken, count=0)
        if known_filters.accepts(name, shape):
            return
        written = in_source(node.node) if node.node is not None else "the text"
        message = f"The filter `{name}` works on {known_filters.takes(name)}, but `{written}` is {shape.in_words}."
        self._add("wrong-type", message, self._better_filter(node, shape))

    def _better_filter(self, node: nodes.Filter, shape: Shape) -> str:
        written = in_source(node.node) if node.node is not None else ""
        if shape.is_only(LIST):
            return f'Loop over it, or write `{written} | join(", ")`.'
        if shape.is_only(MAPPING):
            fields = [
                f"`{written}.{name}`"
                for name, inner in shape.fields().items()
                if known_filters.accepts(node.name, inner)
            ]
            return f"Name one of its fields: {', '.join(fields[:5])}." if fields else "Name one of its fields."
        if shape.form in ("date", "date-time"):
            return f"Did you mean `{written} | date`?"
        if shape.is_only(NUMBER):
            return f"Did you mean `{written} | number`?"
        return f"Write `{written}` without the filter, or name another field."

    def _entry_field(self, node: nodes.Filter, shape: Shape) -> Shape | None:
        argument = known_filters.field_argument(node)
        if argument is None or not known_filters.names_field_of_entries(node.name):
            return None
        entry = shape.entry()
        if shape.by_reading:
            self._use(shape, LIST, count=0)
            found = Shape(path=f"{shape.path}[].{argument.value}", by_reading=True)
            self._use(found, NUMBER if node.name == "sum" else "")
            return found
        for step in argument.value.split("."):
            if not entry.kinds or (entry.is_only(MAPPING) and not entry.closed and step not in entry.fields()):
                return None
            if step not in entry.fields():
                meant = nearest_name(step, entry.fields())
                known = ", ".join(f"`{name}`" for name in entry.fields())
                hint = f"Did you mean `{meant}`?" if meant else f"Known here: {known}." if known else ""
                self._add("unknown-field", f"The entries of `{shape.path or 'the list'}` have no field `{step}`.", hint)
                return None
            entry = entry.fields()[step]
        self._use(entry, "")
        if node.name == "sum" and not entry.may_be(NUMBER):
            message = f"The filter `sum` works on numbers, but `{argument.value}` is {entry.in_words}."
            self._add("wrong-type", message, "Name a field that is a number.")
        return entry


def _of_constant(value: Any) -> Shape:
    if value is None:
        return of_kind(NOTHING)
    if isinstance(value, bool):
        return of_kind(YES_NO)
    return of_kind(NUMBER if isinstance(value, int | float) else TEXT)
