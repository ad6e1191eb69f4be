"""Walk the tags of a section in their order: loops, conditions and what is set; every name that the data lacks."""

from collections import Counter
from dataclasses import replace

from jinja2 import nodes

from templates.doctor import filters as known_filters
from templates.doctor.expressions import fields_of, guarded_paths, in_source, names_in, paths_in
from templates.doctor.findings import LOOP, Names
from templates.doctor.problems import Problem
from templates.doctor.shapes import ANY, LIST, MAPPING, TEXT, Shape, either, mapping_of, of_kind
from templates.doctor.source import SourceTag, rewrite
from templates.doctor.statements import parse_tag
from templates.doctor.structure import Block, Items, walk
from templates.doctor.values import Values
from templates.nearest import similarity


class NameChecker(Values):
    """Walks the tags of a section, with the names that each of them knows."""

    def check(self, items: Items) -> Names:
        """Check all tags; give the names at the end."""
        names = Names({**self._extra, **self._data.fields()})
        self._mentioned = {path for tag in walk(items) for path in paths_in(tag)}
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
        inner = names.inner({"loop": mapping_of(LOOP)})
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
            written = in_source(node.iter)
            used = fields_of(block, targets[0]) if len(targets) == 1 else set()
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
        used = Counter(name for name in names_in(block.branches[0].body))
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
            iterated = in_source(node.iter).rpartition(".")[2]
            is_proper = iterated.startswith(meant) and not iterated.startswith(target)
            if unknown[meant] == 1 and not is_proper:
                continue
            kept = [problem for problem in self.problems[before:] if not _speaks_of(problem, meant)]
            self.problems[before:] = kept
            self._tag = block.opener
            right = rewrite(block.opener.tag, block.opener.tag.body.replace(target, meant, 1).strip())
            message = f"The loop calls its entry `{target}`, but inside of it `{meant}` is used."
            self._add("loop-variable", message, f"Did you mean `{right}`?")

    def _condition(self, block: Block, names: Names) -> None:
        before: frozenset[str] = frozenset()  # what is there because the conditions above did not hold
        for branch in block.branches:
            guards = before
            if branch.tag.tag.keyword != "else":
                node = self._parsed(branch.tag, names)
                if isinstance(node, nodes.If):
                    self._value(node.test, names.inner(guards=before), condition=True)
                    guards = before | set(guarded_paths(node.test))
                    before |= set(guarded_paths(node.test, when=False))
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


def _old(holder: Shape, name: str) -> list[Shape]:
    return [holder.fields()[name]] if name in holder.fields() else []


def _entry_of(shape: Shape) -> Shape:
    if shape.by_reading:
        return Shape(path=f"{shape.path}[]", by_reading=True)
    if shape.is_only(LIST):
        return shape.entry()
    return of_kind(TEXT) if shape.is_only(MAPPING) else ANY


def _speaks_of(problem: Problem, name: str) -> bool:
    return problem.code == "unknown-name" and problem.message == f"The data has no field `{name}`."
