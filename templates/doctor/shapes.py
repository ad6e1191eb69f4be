"""`Shape`: what is known about a value before there is one, from a JSON Schema or from examples."""

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

KINDS = {
    "string": "a text",
    "number": "a number",
    "integer": "a number",
    "boolean": "a yes/no value",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
TEXT, NUMBER, YES_NO, LIST, MAPPING, NOTHING = "a text", "a number", "a yes/no value", "a list", "a mapping", "nothing"
_MAX_REFERENCES = 20  # of `$ref` to `$ref`, so that a circle ends
_MAX_ENTRIES = 200  # of an example's list; the rest looks the same


def _no_fields() -> "Mapping[str, Shape]":
    return {}


@dataclass(frozen=True, eq=False)
class Shape:
    """What is known about a value.

    Attributes:
        kinds: what it can be, in words; empty when anything is possible.
        path: how an author writes it, `items[]` for an entry of a list; empty when the template computed it.
        closed: whether other fields than the known ones are a mistake.
        optional: whether it may be missing.
        form: `date`, `date-time` and the like, or `pattern`, where the schema says it.
        goes_with: fields that are there when another is, where the schema says so.
        by_reading: whether its fields are only known from the template's own use of them.
    """

    kinds: frozenset[str] = frozenset()
    path: str = ""
    closed: bool = False
    optional: bool = False
    form: str = ""
    by_reading: bool = False
    goes_with: Mapping[str, Collection[str]] = field(default_factory=dict)
    _fields: Callable[[], "Mapping[str, Shape]"] = field(default=_no_fields, repr=False)
    _entry: "Callable[[], Shape] | None" = field(default=None, repr=False)

    def fields(self) -> "Mapping[str, Shape]":
        """Give the known fields of a mapping."""
        return self._fields()

    def entry(self) -> "Shape":
        """Give what an entry of a list looks like."""
        made = self._entry() if self._entry else ANY
        return made if made.path or not self.path else replace(made, path=f"{self.path}[]")

    def is_only(self, *kinds: str) -> bool:
        """Say whether the value is known to be one of `kinds`; what may also be nothing counts as it would be set."""
        return bool(self.kinds) and (self.kinds - {NOTHING} or self.kinds) <= set(kinds)

    def may_be(self, *kinds: str) -> bool:
        """Say whether the value can be one of `kinds`."""
        return not self.kinds or bool(self.kinds & set(kinds))

    @property
    def in_words(self) -> str:
        """Say what it is."""
        if self.form in ("date", "date-time"):
            return "a date"
        known = [kind for kind in dict.fromkeys(KINDS.values()) if kind in self.kinds and kind != NOTHING]
        return " or ".join(known) or ("nothing" if self.kinds else "anything")


ANY = Shape()


def of_kind(*kinds: str, path: str = "") -> Shape:
    """Make a shape of which only the kind is known."""
    return Shape(frozenset(kinds), path)


def list_of(entry: Shape, *, path: str = "") -> Shape:
    """Make the shape of a list."""
    return Shape(frozenset({LIST}), path, _entry=lambda: entry)


def mapping_of(fields: Mapping[str, Shape], *, closed: bool = True, path: str = "") -> Shape:
    """Make the shape of a mapping."""
    return Shape(frozenset({MAPPING}), path, closed=closed, _fields=lambda: fields)


def either(shapes: Iterable[Shape]) -> Shape:
    """Make the shape of a value that has one of several shapes."""
    options = [shape for shape in shapes if shape is not None]
    if not options or any(not shape.kinds for shape in options):
        return replace(options[0], kinds=frozenset()) if len(options) == 1 else ANY
    first = options[0]
    if len(options) == 1:
        return first
    kinds = frozenset().union(*(shape.kinds for shape in options))
    structured = [shape for shape in options if shape.may_be(MAPPING, LIST)]
    chosen = structured[0] if len(structured) == 1 else None

    def fields() -> Mapping[str, Shape]:
        merged: dict[str, Shape] = {}
        for shape in options:
            merged |= {name: found for name, found in shape.fields().items() if name not in merged}
        return merged

    return Shape(
        kinds,
        first.path,
        closed=all(shape.closed or not shape.may_be(MAPPING) for shape in options),
        form=chosen.form if chosen else "",
        _fields=functools.cache(fields),
        _entry=lambda: either(shape.entry() for shape in options if shape.may_be(LIST)),
    )


def shape_of_schema(schema: Any) -> Shape:
    """Read a JSON Schema; `$ref`s inside of it are followed when their fields are asked for."""
    return _of_node(schema, schema, "")


def _of_node(node: Any, root: Any, path: str) -> Shape:
    node = _resolved(node, root)
    if not isinstance(node, Mapping):
        return Shape(path=path)
    choices = node.get("anyOf") or node.get("oneOf")
    if isinstance(choices, list) and choices:
        rest = {key: value for key, value in node.items() if key not in ("anyOf", "oneOf")}
        if "properties" not in rest and "type" not in rest:
            return replace(either(_of_node(choice, root, path) for choice in choices), path=path)
    kinds = _kinds(node)
    properties = node.get("properties", {})
    required = set(node.get("required", ())) if isinstance(node.get("required"), list) else set()
    is_closed = node.get("additionalProperties") is False or ("properties" in node and "patternProperties" not in node)

    def fields() -> Mapping[str, Shape]:
        made = {}
        for name, value in properties.items() if isinstance(properties, Mapping) else ():
            shape = _of_node(value, root, f"{path}.{name}" if path else name)
            made[name] = replace(shape, optional=name not in required)
        return made

    form = str(node.get("format", "")) or ("pattern" if "pattern" in node else "")
    media = str(node.get("contentMediaType", ""))
    return Shape(
        kinds,
        path,
        closed=is_closed and not isinstance(node.get("additionalProperties"), Mapping),
        form=media or form,
        goes_with=node.get("dependentRequired", {}),
        _fields=functools.cache(fields),
        _entry=functools.cache(lambda: _of_node(node.get("items", {}), root, f"{path}[]")),
    )


def _kinds(node: Mapping[str, Any]) -> frozenset[str]:
    declared = node.get("type")
    names = declared if isinstance(declared, list) else [declared] if declared else []
    if not names and isinstance(node.get("enum"), list):
        return frozenset(_kind_of(value) for value in node["enum"])
    if not names and "const" in node:
        return frozenset({_kind_of(node["const"])})
    if not names and "properties" in node:
        names = ["object"]
    return frozenset(KINDS[name] for name in names if name in KINDS)


def _resolved(node: Any, root: Any) -> Any:
    for _ in range(_MAX_REFERENCES):
        if not isinstance(node, Mapping):
            return node
        if isinstance(node.get("allOf"), list):
            node = _merged(node, root)
        elif isinstance(node.get("$ref"), str):
            target = _target(node["$ref"], root)
            rest = {key: value for key, value in node.items() if key != "$ref"}
            node = {**target, **rest} if isinstance(target, Mapping) else rest
        else:
            return node
    return {}


def _merged(node: Mapping[str, Any], root: Any) -> dict[str, Any]:
    merged: dict[str, Any] = {key: value for key, value in node.items() if key != "allOf"}
    for part in node["allOf"]:
        part = _resolved(part, root) if isinstance(part, Mapping) and part is not node else {}
        if not isinstance(part, Mapping):
            continue
        properties = {**part.get("properties", {}), **merged.get("properties", {})}
        required = [*part.get("required", ()), *merged.get("required", ())]
        merged = {**part, **merged}
        if properties:
            merged |= {"properties": properties, "required": required}
    return merged


def _target(reference: str, root: Any) -> Any:
    if not reference.startswith("#"):
        return {}
    value = root
    for step in reference.removeprefix("#").split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return {}
    return value


def shape_of_examples(examples: Iterable[Any], path: str = "") -> Shape:
    """Read examples of a value: a field that some of them lack is optional."""
    values = list(examples)
    kinds = frozenset(_kind_of(value) for value in values)
    mappings = [value for value in values if isinstance(value, Mapping)]
    lists = [value for value in values if isinstance(value, list | tuple)]

    def fields() -> Mapping[str, Shape]:
        names = dict.fromkeys(str(name) for value in mappings for name in value)
        made = {}
        for name in names:
            found = [value[name] for value in mappings if name in value]
            shape = shape_of_examples(found, f"{path}.{name}" if path else name)
            made[name] = replace(shape, optional=len(found) < len(mappings))
        return made

    def entry() -> Shape:
        entries = [item for value in lists for item in value[:_MAX_ENTRIES]]
        return shape_of_examples(entries, f"{path}[]") if entries else Shape(path=f"{path}[]")

    return Shape(kinds, path, closed=True, _fields=functools.cache(fields), _entry=functools.cache(entry))


def _kind_of(value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return YES_NO
    if isinstance(value, int | float):
        return NUMBER
    if isinstance(value, str):
        return TEXT
    return MAPPING if isinstance(value, Mapping) else LIST


def paths_below(shape: Shape, name: str, *, depth: int = 4) -> Iterator[tuple[str, Shape]]:
    """Give all values that can be reached from a name by dots, nearest first."""
    waiting = [(name, shape, depth)]
    while waiting:
        path, value, left = waiting.pop(0)
        yield path, value
        if left:
            waiting += [(f"{path}.{step}", inner, left - 1) for step, inner in value.fields().items()]
