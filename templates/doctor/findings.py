"""What is known at a point of a template, and how a finding about it is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from jinja2 import nodes

from templates.doctor.expressions import in_source, paths_in
from templates.doctor.problems import Problem, Severity
from templates.doctor.shapes import (
    ANY,
    LIST,
    MAPPING,
    NOTHING,
    NUMBER,
    TEXT,
    YES_NO,
    Shape,
    of_kind,
    paths_below,
)
from templates.doctor.source import SourceTag
from templates.environment import TemplateEnvironment
from templates.nearest import advice, nearest_name, nearest_path, similarity

LOOP = {
    **dict.fromkeys(("index", "index0", "revindex", "revindex0", "length", "depth", "depth0"), of_kind(NUMBER)),
    **dict.fromkeys(("first", "last"), of_kind(YES_NO)),
    **dict.fromkeys(("previtem", "nextitem", "changed", "cycle"), ANY),
}
MAX_PROBLEMS = 300  # of one part; who has more has given the wrong data
_SURE = 0.75  # a name this near is read as the one that was meant
WORD_FILTERS = ("e", "escape", "safe")


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


class Findings:
    """Collects problems and the uses of fields while tags are read one by one.

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
            self._filters += [name for name in WORD_FILTERS if name not in self._filters]
        self._extra = dict(extra)
        self.uses: dict[str, Use] = {}
        self.problems: list[Problem] = []
        self.loop_names: dict[str, str] = {}
        self._tag: SourceTag | None = None
        self._mentioned: set[str] = set()

    def _no_field(self, node: nodes.Getattr | nodes.Getitem, owner: Shape, name: str, names: Names) -> None:
        written = in_source(node)
        if owner.is_only(LIST):
            self._field_of_list(node, owner, name, names)
        elif owner.is_only(TEXT, NUMBER, YES_NO, NOTHING):
            base = in_source(node.node)
            message = f"`{base}` is {owner.in_words}, which has no field `{name}`."
            meant = self._meant(written, names)
            self._add("field-of-plain-value", message, meant or f"Write `{base}` alone.")
        else:
            fields = owner.fields()
            message = f"`{in_source(node.node)}` has no field `{name}`."
            suggestion = advice(written, (path for path, _ in self._reachable(names)), fallback=list(fields))
            near = nearest_name(name, fields)
            if near and similarity(near, name) > 0.7:
                suggestion = f"Did you mean `{in_source(node.node)}.{near}`?"
            self._add("unknown-field", message, suggestion)

    def _field_of_list(self, node: nodes.Getattr | nodes.Getitem, owner: Shape, name: str, names: Names) -> None:
        base = in_source(node.node)
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

    def _printed(self, node: nodes.Node, shape: Shape) -> None:
        self._use(shape, TEXT if shape.by_reading else "", count=0)
        written = in_source(node)
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
        there = names.guards.union(*(self._data.goes_with.get(guard, ()) for guard in names.guards))
        if shape.optional and written not in there and not shape.by_reading:
            hint = f'Put `{{% if {written} is defined %}}` around it, or write `{written} | default("–")`.'
            message = f"`{written}` is optional, so a document without it cannot be made."
            self._add("may-be-missing", message, hint, severity="warning")

    def _unknown(self, name: str, names: Names) -> Shape:
        """Tell that a name is not known, and give the shape of what was surely meant, so that the rest is read on."""
        tag = self._tag
        if tag is None:
            return ANY
        written = max((path for path in paths_in(tag) if path.split(".")[0] == name), key=len, default=name)
        meant = self._meant(written, names)
        loop = self.loop_names.get(name)
        if loop is not None and not meant:
            meant = f"`{name}` is known only inside of its loop."
        names_here = [known_name for known_name in names.values if known_name not in self._extra]
        hint = meant or advice(written, (), fallback=names_here)
        self._add("unknown-name", f"The data has no field `{name}`.", hint)
        steps, meant_steps = written.split("."), meant.removeprefix("Did you mean `").removesuffix("`?").split(".")
        is_sure = steps[1:] == meant_steps[1:] and similarity(name, meant_steps[0]) > _SURE
        return names.values.get(meant_steps[0], ANY) if is_sure else ANY

    def _meant(self, written: str, names: Names) -> str:
        if len(self.problems) >= MAX_PROBLEMS:
            return ""
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
        yield from ((f"loop.{step}", shape) for step, shape in LOOP.items() if "loop" in names.values)

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

    def _add(self, code: str, message: str, suggestion: str, *, severity: Severity = "error") -> None:
        if self._tag is not None and len(self.problems) < MAX_PROBLEMS:
            self.problems.append(self._tag.problem(code, message, suggestion, severity=severity))
