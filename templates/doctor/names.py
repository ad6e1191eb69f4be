"""Follow names and types through a template: every name that the data lacks, every value used as what it is not."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from jinja2 import nodes

from templates.doctor import filters as known_filters
from templates.doctor.problems import Problem
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
    paths_below,
)
from templates.doctor.source import SourceTag, rewrite
from templates.doctor.statements import parse_tag
from templates.doctor.structure import Block, Items, walk
from templates.environment import TemplateEnvironment
from templates.nearest import advice, nearest_name, nearest_path, similarity

_LOOP = {
    **dict.fromkeys(("index", "index0", "revindex", "revindex0", "length", "depth", "depth0"), of_kind(NUMBER)),
    **dict.fromkeys(("first", "last"), of_kind(YES_NO)),
    **dict.fromkeys(("previtem", "nextitem", "changed", "cycle"), ANY),
}
_WORD_FILTERS = ("e", "escape", "safe")
_NEAR_DEFINED = 0.6  # a misspelt `defined` still says that the field may be missing
_FUNCTIONS = ("range", "namespace", "_", "gettext", "ngettext", "caller")


@dataclass
class Use:
    """How a field of the data is used."""

    kinds: set[str] = field(default_factory=set)
    count: int = 0
    guarded: int = 0
    first: SourceTag | None = None


class Names:
    """What is known at one point of a template."""

    def __init__(self, values: Mapping[str, Shape], guards: frozenset[str] = frozenset()) -> None:
        self.values = dict(values)
        self.guards = guards

    def inner(self, more: Mapping[str, Shape] | None = None, guards: frozenset[str] = frozenset()) -> "Names":
        """Give the names inside of a block."""
        return Names({**self.values, **(more or {})}, self.guards | guards)


class NameChecker:
    """Walks the tags of a section.

    Args:
        data: the shape of the data; one that is read from the template itself knows no fields yet.
        environment: tells which filters and tests there are.
        extra: names beside the data, such as the passages.
    """

    def __init__(self, data: Shape, environment: TemplateEnvironment, extra: Mapping[str, Shape]) -> None:
        self._data = data
        self._environment = environment
        self._filters = [name for name in environment.filters if name.isidentifier()]
        if environment.kind == "word":
            self._filters += [name for name in _WORD_FILTERS if name not in self._filters]
        self._extra = dict(extra)
        self.uses: dict[str, Use] = {}
        self.problems: list[Problem] = []
        self.loop_names: dict[str, str] = {}
        self._tag: SourceTag | None = None
        self._mentioned: set[str] = set()

    def check(self, items: Items) -> Names:
        """Check all tags; give the names at the end."""
        names = Names({**self._extra, **self._data.fields()})
        self._mentioned = {path for tag in walk(items) for path in _paths_in(tag)}
        self._items(items, names)
        return names

    # Tags and blocks.

    def _items(self, items: Items, names: Names) -> None:
        for item in items:
            if isinstance(item, Block):
                self._block(item, names)
            else:
                self._single(item, names)

    def _single(self, tag: SourceTag, names: Names) -> None:
        node = self._parsed(tag, names)
        if node is None:
            return
        if isinstance(node, nodes.Assign):
            self._assign(node, names)
        elif isinstance(node, nodes.Expr):
            shape = self._value(node, names)
            if tag.tag.kind == "expression":
                self._printed(node, shape)

    def _block(self, block: Block, names: Names) -> None:
        keyword = block.keyword
        if keyword == "for":
            self._loop(block, names)
        elif keyword == "if":
            self._condition(block, names)
        else:
            self._other(block, names)

    def _parsed(self, tag: SourceTag, names: Names) -> nodes.Node | None:
        self._tag = tag
        parsed = parse_tag(tag, filters=self._filters, is_known=lambda path: self._follow(path, names) is not None)
        if parsed.problem:
            self.problems.append(parsed.problem)
        return parsed.node

    def _assign(self, node: nodes.Assign, names: Names) -> None:
        shape = self._value(node.node, names)
        if isinstance(node.target, nodes.Name):
            names.values[node.target.name] = replace(shape, optional=False)
        elif isinstance(node.target, nodes.Tuple):
            names.values |= {part.name: ANY for part in node.target.items if isinstance(part, nodes.Name)}
        elif isinstance(node.target, nodes.NSRef) and node.target.name not in names.values:
            self._unknown(node.target.name, names)
        elif isinstance(node.target, nodes.NSRef):
            holder = names.values[node.target.name]
            fields = {**holder.fields(), node.target.attr: either([shape, *_old(holder, node.target.attr)])}
            names.values[node.target.name] = mapping_of(fields, closed=False)

    def _loop(self, block: Block, names: Names) -> None:
        node = self._parsed(block.opener, names)
        inner = names.inner({"loop": mapping_of(_LOOP)})
        targets: list[str] = []
        if isinstance(node, nodes.For):
            shape = self._value(node.iter, names)
            self._use(shape, LIST)
            targets = [name.name for name in node.target.find_all(nodes.Name)] or [getattr(node.target, "name", "")]
            self._check_loop(node, shape, targets, block, names)
            entry = _entry_of(shape)
            if isinstance(node.target, nodes.Name):
                inner.values[node.target.name] = replace(entry, optional=False)
                self.loop_names[node.target.name] = shape.path
            else:
                inner.values |= {
                    name: self._part_of(node.iter, position, names) for position, name in enumerate(targets)
                }
            if node.test is not None:
                self._value(node.test, inner)
        for number, branch in enumerate(block.branches):
            before = len(self.problems)
            if number:
                self._items(branch.body, names.inner())
                continue
            self._items(branch.body, inner)
            if isinstance(node, nodes.For):
                self._misspelt_target(block, node, targets, before)

    def _part_of(self, iterated: nodes.Node, position: int, names: Names) -> Shape:
        """Give the shape of one of several loop variables: of `items()`, the second is the value."""
        inner = iterated.node if isinstance(iterated, nodes.Call) else iterated
        is_items = isinstance(inner, nodes.Getattr | nodes.Filter) and "items" in (
            getattr(inner, "attr", ""),
            getattr(inner, "name", ""),
        )
        if is_items and position == 0:
            return of_kind(TEXT)
        if isinstance(iterated, nodes.Filter) and iterated.name == "groupby" and position < 2:
            return list(self._quietly(iterated, names).entry().fields().values())[position]
        return ANY

    def _check_loop(self, node: nodes.For, shape: Shape, targets: list[str], block: Block, names: Names) -> None:
        if shape.kinds and not shape.may_be(LIST, MAPPING):
            written = _written(node.iter)
            used = _fields_of(block, targets[0]) if len(targets) == 1 else set()
            meant = self._list_like(targets[0], used - set(known_filters.METHODS), names)
            hint = f"Did you mean `{meant}`?" if meant else "Name a list."
            message = f"A loop needs a list, but `{written}` is {shape.in_words}."
            self._add("loop-over-no-list", message, hint)

    def _list_like(self, variable: str, used: set[str], names: Names) -> str | None:
        """Find the list that a loop was probably meant to run over.

        Its entries have the fields that the loop uses; a list that no other tag
        names comes first, then one that is called like the loop's variable.
        """
        lists = [(path, shape) for path, shape in self._reachable(names) if shape.is_only(LIST)]
        fitting = [path for path, shape in lists if used <= set(shape.entry().fields())]
        if not used:
            fitting = [path for path, shape in lists if not shape.entry().is_only(MAPPING)] or fitting
        return max(fitting, key=lambda path: (path not in self._mentioned, similarity(path, variable)), default=None)

    def _misspelt_target(self, block: Block, node: nodes.For, targets: list[str], before: int) -> None:
        """Tell a loop whose variable is called otherwise in its body once, at the loop."""
        used = Counter(name for name in _names_in(block.branches[0].body))
        for target in targets:
            if used[target]:
                continue
            strangers = {
                problem.quoted: problem for problem in self.problems[before:] if problem.code == "unknown-name"
            }
            unknown = Counter(
                name for name in used.elements() if any(_speaks_of(problem, name) for problem in strangers.values())
            )
            near = [name for name in unknown if similarity(name, target) >= 0.6 or unknown[name] > 1]
            if not near:
                continue
            meant = max(near, key=lambda name: (unknown[name], similarity(name, target)))
            # With one use, either name may be the wrong one; what the list is called decides.
            if unknown[meant] == 1 and not _written(node.iter).rpartition(".")[2].startswith(meant):
                continue
            kept = [problem for problem in self.problems[before:] if not _speaks_of(problem, meant)]
            self.problems[before:] = kept
            self._tag = block.opener
            right = rewrite(block.opener.tag, block.opener.tag.body.replace(target, meant, 1).strip())
            message = f"The loop calls its entry `{target}`, but inside of it `{meant}` is used."
            self._add("loop-variable", message, f"Did you mean `{right}`?")

    def _condition(self, block: Block, names: Names) -> None:
        for branch in block.branches:
            guards: frozenset[str] = frozenset()
            if branch.tag.tag.keyword != "else":
                node = self._parsed(branch.tag, names)
                if isinstance(node, nodes.If):
                    self._value(node.test, names, condition=True)
                    guards = frozenset(_guards(node.test))
            inner = names.inner(guards=guards)
            self._items(branch.body, inner)
            for name, shape in inner.values.items():  # what `if` sets stays set
                if name not in names.values or names.values[name] is not shape:
                    names.values[name] = shape if name not in names.values else either([names.values[name], shape])

    def _other(self, block: Block, names: Names) -> None:
        node = self._parsed(block.opener, names)
        inner = names.inner()
        if isinstance(node, nodes.Macro):
            names.values[node.name] = inner.values[node.name] = ANY
            inner.values |= {argument.name: ANY for argument in node.args}
            inner.values |= dict.fromkeys(("caller", "varargs", "kwargs"), ANY)
        elif isinstance(node, nodes.With):
            for target, value in zip(node.targets, node.values, strict=True):
                if isinstance(target, nodes.Name):
                    inner.values[target.name] = self._value(value, names)
        elif isinstance(node, nodes.CallBlock):
            self._value(node.call, names)
            inner.values |= {argument.name: ANY for argument in node.args}
        elif isinstance(node, nodes.FilterBlock):
            self._value(node.filter, names)
        elif isinstance(node, nodes.AssignBlock) and isinstance(node.target, nodes.Name):
            names.values[node.target.name] = of_kind(TEXT)
        for branch in block.branches:
            self._items(branch.body, inner)

    # Values.

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
            guarded = names.inner(guards=frozenset(_guards(node.left)))
            self._value(node.right, guarded, condition=condition)
            return of_kind(YES_NO) if condition else ANY
        if isinstance(node, nodes.Or):
            return either([self._value(part, names, condition=condition) for part in (node.left, node.right)])
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
        self._unknown(node.name, names)
        return ANY

    def _field(self, node: nodes.Getattr, name: str, names: Names, *, condition: bool = False) -> Shape:
        owner = self._value(node.node, names)
        written = _written(node)
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

    def _no_field(self, node: nodes.Getattr | nodes.Getitem, owner: Shape, name: str, names: Names) -> None:
        written = _written(node)
        if owner.is_only(LIST):
            self._field_of_list(node, owner, name, names)
        elif owner.is_only(TEXT, NUMBER, YES_NO, NOTHING):
            base = _written(node.node)
            message = f"`{base}` is {owner.in_words}, which has no field `{name}`."
            meant = self._meant(written, names)
            self._add("field-of-plain-value", message, meant or f"Write `{base}` alone.")
        else:
            fields = owner.fields()
            message = f"`{_written(node.node)}` has no field `{name}`."
            suggestion = advice(written, (path for path, _ in self._reachable(names)), fallback=list(fields))
            near = nearest_name(name, fields)
            if near and similarity(near, name) > 0.7:
                suggestion = f"Did you mean `{_written(node.node)}.{near}`?"
            self._add("unknown-field", message, suggestion)

    def _field_of_list(self, node: nodes.Getattr | nodes.Getitem, owner: Shape, name: str, names: Names) -> None:
        base = _written(node.node)
        message = f"`{base}` is a list; its entries have fields, the list itself has none."
        entry = owner.entry()
        inside = [
            variable
            for variable, shape in names.values.items()
            if shape.path and shape.path == entry.path and variable not in self._data.fields()
        ]
        fields = entry.fields()
        right = name if name in fields or not fields else nearest_name(name, fields) or name
        if inside:
            self._add("field-of-list", message, f"Did you mean `{inside[-1]}.{right}`?")
        else:
            hint = f"Loop over it with `{{% for entry in {base} %}}` and write `entry.{right}`,"
            self._add("field-of-list", message, f"{hint} or take one: `{base}[0].{right}`.")

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
            written = _written(node.node)
            self._add("field-of-plain-value", f"`{written}` is {owner.in_words} and has no entries.", "Name a list.")
            return ANY
        return owner.entry() if owner.is_only(LIST) else ANY

    def _choice(self, node: nodes.CondExpr, names: Names) -> Shape:
        self._value(node.test, names, condition=True)
        guarded = names.inner(guards=frozenset(_guards(node.test)))
        first = self._value(node.expr1, guarded)
        return either([first, self._value(node.expr2, names)]) if node.expr2 is not None else first

    def _arithmetic(self, node: nodes.BinExpr, names: Names) -> Shape:
        shapes = [self._value(part, names) for part in (node.left, node.right)]
        adds = isinstance(node, nodes.Add)
        for part, shape in zip((node.left, node.right), shapes, strict=True):
            if shape.is_only(YES_NO, MAPPING) or (not adds and shape.is_only(TEXT, LIST)):
                message = f"`{_written(part)}` is {shape.in_words}, with which nothing can be calculated."
                self._add("wrong-operand", message, "Name a number.")
            elif not adds:
                self._use(shape, NUMBER, count=0)
        kinds = [shape.kinds for shape in shapes]
        if adds and all(kinds) and kinds[0] != kinds[1] and all(shape.is_only(TEXT, NUMBER) for shape in shapes):
            first, second = (_written(part) for part in (node.left, node.right))
            message = "A text and a number cannot be added."
            self._add("wrong-operand", message, f"Write `{first} ~ {second}` to print one behind the other.")
        if adds and all(shape.is_only(LIST) for shape in shapes):
            return list_of(either([shape.entry() for shape in shapes]))
        return of_kind(*(kinds[0] if adds and kinds[0] == kinds[1] else {NUMBER})) if not adds or all(kinds) else ANY

    def _test(self, node: nodes.Test, names: Names) -> Shape:
        if node.name == "undefined" or similarity(node.name, "defined") > _NEAR_DEFINED:
            path = _written(node.node)
            self._value(node.node, names.inner(guards=frozenset({path, *_prefixes(path)})))
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
                hint = f"Write it as a filter: `{_written(node.args[0])} | {as_filter}`."
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
        if name in _LOOP and owner.fields().keys() == _LOOP.keys():
            return ANY
        if name in owner.fields():
            self._add("unknown-function", f"`{_written(node)}` is a field, not a function.", "Leave the brackets out.")
            return owner.fields()[name]
        written = _written(node.node)
        as_filter = known_filters.SYNONYMS.get(name, name)
        meant = nearest_name(name, known_filters.METHODS)
        hint = f"Write `{written} | {as_filter}`." if as_filter in self._filters else ""
        hint = hint or (f"Did you mean `{written}.{meant}()`?" if meant else "Data holds values, not functions.")
        if owner.kinds or owner.by_reading:
            self._add("unknown-function", f"`{_written(node)}` cannot be called.", hint)
        return ANY

    def _filter(self, node: nodes.Filter, names: Names) -> Shape:
        name = node.name
        is_default = name in ("default", "d")
        if node.node is None:
            shape = of_kind(TEXT)
        elif is_default:
            path = _written(node.node)
            shape = self._value(node.node, names.inner(guards=frozenset({path, *_prefixes(path)})))
        else:
            shape = self._value(node.node, names)
        arguments = [self._value(argument, names) for argument in node.args]
        for pair in node.kwargs:
            self._value(pair.value, names)
        if name not in self._filters:
            self._unknown_filter(name)
            return ANY
        if name in _WORD_FILTERS:
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
        written = _written(node.node) if node.node is not None else "the text"
        message = f"The filter `{name}` works on {known_filters.takes(name)}, but `{written}` is {shape.in_words}."
        self._add("wrong-type", message, self._better_filter(node, shape))

    def _better_filter(self, node: nodes.Filter, shape: Shape) -> str:
        written = _written(node.node) if node.node is not None else ""
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

    # What is noted.

    def _printed(self, node: nodes.Node, shape: Shape) -> None:
        self._use(shape, TEXT if shape.by_reading else "", count=0)
        written = _written(node)
        if shape.form.startswith("image/"):  # in a Word template a picture stands where its field is printed
            return
        if shape.is_only(LIST):
            message = f"`{written}` is a list, which cannot be printed."
            entry = shape.entry()
            names = list(entry.fields())
            hint = f"Loop over it: `{{% for entry in {written} %}}`."
            if not names and entry.may_be(TEXT, NUMBER):
                hint = f'Write `{{{{ {written} | join(", ") }}}}`, or loop over it: `{{% for entry in {written} %}}`.'
            self._add("prints-list", message, hint)
        elif shape.is_only(MAPPING):
            fields = [f"`{written}.{name}`" for name, inner in shape.fields().items() if inner.may_be(TEXT, NUMBER)]
            hint = f"Name one of its fields: {', '.join(fields[:8])}." if fields else "Name one of its fields."
            self._add("prints-mapping", f"`{written}` is a mapping, which cannot be printed.", hint)
        elif shape.is_only(YES_NO):
            hint = f"Write `{{{{ 'yes' if {written} else 'no' }}}}`."
            self._add("prints-yes-no", f"`{written}` is a yes/no value, which cannot be printed.", hint)
        elif NOTHING in shape.kinds and shape.path:
            hint = f"Write `{{{{ {written} | default('–', true) }}}}`."
            self._add("may-be-missing", f"`{written}` may be null, which cannot be printed.", hint, severity="warning")

    def _may_be_missing(self, shape: Shape, written: str, names: Names) -> None:
        if shape.optional and written not in names.guards and not shape.by_reading:
            hint = f'Put `{{% if {written} is defined %}}` around it, or write `{written} | default("–")`.'
            message = f"`{written}` is optional, so a document without it cannot be made."
            self._add("may-be-missing", message, hint, severity="warning")

    def _unknown(self, name: str, names: Names) -> None:
        tag = self._tag
        if tag is None:
            return
        written = next((path for path in _paths_in(tag) if path.split(".")[0] == name), name)
        meant = self._meant(written, names)
        loop = self.loop_names.get(name)
        if loop is not None and not meant:
            meant = f"`{name}` is known only inside of its loop."
        names_here = [known_name for known_name in names.values if known_name not in self._extra]
        hint = meant or advice(written, (), fallback=names_here)
        self._add("unknown-name", f"The data has no field `{name}`.", hint)

    def _meant(self, written: str, names: Names) -> str:
        reachable = list(self._reachable(names))
        tag = self._tag
        if tag is not None and tag.tag.kind == "expression" and "|" not in tag.tag.body:
            # What is printed is a text or a number; a mapping of a similar name was not meant.
            plain = [path for path, shape in reachable if not shape.is_only(MAPPING, LIST)]
            if meant := nearest_path(written, plain):
                return f"Did you mean `{meant}`?"
        meant = nearest_path(written, [path for path, _ in reachable])
        return f"Did you mean `{meant}`?" if meant else ""

    def _reachable(self, names: Names) -> Iterator[tuple[str, Shape]]:
        for name, shape in reversed(names.values.items()):  # what was named last is nearest
            if name != "loop":
                yield from paths_below(shape, name)
        yield from ((f"loop.{step}", shape) for step, shape in _LOOP.items() if "loop" in names.values)

    def _follow(self, path: str, names: Names) -> Shape | None:
        first, *rest = path.split(".")
        shape = names.values.get(first)
        for step in rest:
            shape = shape.fields().get(step) if shape is not None else None
        return shape

    def _use(self, shape: Shape, kind: str, *, count: int = 1, guarded: bool = False) -> None:
        if not shape.path:
            return
        use = self.uses.setdefault(shape.path, Use(first=self._tag))
        use.count += count
        use.guarded += guarded
        if kind:
            use.kinds.add(kind)

    def _add(self, code: str, message: str, suggestion: str, *, severity: Any = "error") -> None:
        if self._tag is not None:
            self.problems.append(self._tag.problem(code, message, suggestion, severity=severity))


def _old(holder: Shape, name: str) -> list[Shape]:
    return [holder.fields()[name]] if name in holder.fields() else []


def _entry_of(shape: Shape) -> Shape:
    if shape.by_reading:
        return Shape(path=f"{shape.path}[]", by_reading=True)
    if shape.is_only(LIST):
        return shape.entry()
    return of_kind(TEXT) if shape.is_only(MAPPING) else ANY


def _of_constant(value: Any) -> Shape:
    if value is None:
        return of_kind(NOTHING)
    if isinstance(value, bool):
        return of_kind(YES_NO)
    return of_kind(NUMBER if isinstance(value, int | float) else TEXT)


def _guards(test: nodes.Node) -> Iterator[str]:
    """Give the paths that a condition makes sure of."""
    if isinstance(test, nodes.And):
        yield from _guards(test.left)
        yield from _guards(test.right)
    elif isinstance(test, nodes.Test) and similarity(test.name, "defined") > _NEAR_DEFINED:
        path = _written(test.node)
        yield path
        yield from _prefixes(path)
    elif isinstance(test, nodes.Name | nodes.Getattr):
        yield _written(test)


def _prefixes(path: str) -> Iterator[str]:
    steps = path.split(".")
    yield from (".".join(steps[:length]) for length in range(1, len(steps)))


def _written(node: nodes.Node | None) -> str:
    """Write an expression as an author would, as far as it is a path."""
    if isinstance(node, nodes.Name):
        return str(node.name)
    if isinstance(node, nodes.Getattr):
        return f"{_written(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return f"{_written(node.node)}[{node.arg.value!r}]"
    if isinstance(node, nodes.Getitem):
        return f"{_written(node.node)}[…]"
    if isinstance(node, nodes.Filter):
        return f"{_written(node.node)} | {node.name}"
    if isinstance(node, nodes.Call):
        return f"{_written(node.node)}(…)"
    if isinstance(node, nodes.Const):
        return repr(node.value)
    return "the value"


def _paths_in(tag: SourceTag) -> Iterator[str]:
    parsed = parse_tag(tag, is_known=lambda path: False)  # noqa: ARG005
    if parsed.node is None:
        return
    for node in (parsed.node, *parsed.node.find_all(nodes.Getattr)):
        if isinstance(node, nodes.Getattr | nodes.Name) and "the value" not in _written(node):
            yield _written(node)


def _names_in(items: Items) -> Iterator[str]:
    for item in items:
        tags = [branch.tag for branch in item.branches] if isinstance(item, Block) else [item]
        for tag in tags:
            node = parse_tag(tag, is_known=lambda path: False).node  # noqa: ARG005
            if isinstance(node, nodes.Name):
                yield node.name
            elif node is not None:
                yield from (found.name for found in node.find_all(nodes.Name) if found.ctx == "load")
        if isinstance(item, Block):
            for branch in item.branches:
                yield from _names_in(branch.body)


def _fields_of(block: Block, variable: str) -> set[str]:
    """Give the fields that a loop's body asks of its variable."""
    fields: set[str] = set()
    waiting: list[Any] = [*block.branches[0].body]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Block):
            for branch in item.branches:
                waiting += [branch.tag, *branch.body]
            continue
        node = parse_tag(item, is_known=lambda path: False).node  # noqa: ARG005
        found = [] if node is None else [node, *node.find_all(nodes.Getattr)]
        for inner in found:
            if isinstance(inner, nodes.Getattr) and isinstance(inner.node, nodes.Name) and inner.node.name == variable:
                fields.add(inner.attr)
    return fields


def _speaks_of(problem: Problem, name: str) -> bool:
    return problem.code == "unknown-name" and problem.message == f"The data has no field `{name}`."
