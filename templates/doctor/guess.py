"""Without a schema: guess from a template's tags which data it needs, as a JSON Schema and as an example."""

from collections.abc import Mapping
from typing import Any

from templates.doctor.findings import Use
from templates.doctor.problems import Field
from templates.doctor.shapes import LIST, MAPPING, NUMBER, TEXT, YES_NO, Shape

_DATE = "a date"


def schema_of_uses(uses: Mapping[str, Use]) -> dict[str, Any]:
    """Write a JSON Schema of what the tags ask for; nothing that they do not name is forbidden."""
    root: dict[str, Any] = {"type": "object"}
    for path, use in uses.items():
        node = root
        steps = path.split(".")
        for position, step in enumerate(steps):
            name, depth = step.removesuffix("[]" * step.count("[]")), step.count("[]")
            node["type"] = "object"
            node = node.setdefault("properties", {}).setdefault(name, {})
            for _ in range(depth):
                node["type"] = "array"
                node = node.setdefault("items", {})
            if position == len(steps) - 1:
                _describe(node, use)
    _require(root, uses, "")
    return root


def _describe(node: dict[str, Any], use: Use) -> None:
    kinds = use.kinds
    if "properties" in node or "items" in node:
        return
    if LIST in kinds:
        node |= {"type": "array"}
    elif MAPPING in kinds:
        node |= {"type": "object"}
    elif NUMBER in kinds:
        node |= {"type": "number"}
    elif _DATE in kinds:
        node |= {"type": "string", "format": "date"}
    elif TEXT in kinds:
        node |= {"type": ["string", "number"]}
    elif YES_NO in kinds:
        node |= {"type": ["boolean", "string", "number", "null"]}


def _require(node: dict[str, Any], uses: Mapping[str, Use], path: str) -> None:
    required = []
    for name, inner in node.get("properties", {}).items():
        own = f"{path}.{name}" if path else name
        use = uses.get(own)
        if use is None or use.guarded < use.count:
            required.append(name)
        while "items" in inner:
            inner, own = inner["items"], f"{own}[]"
        _require(inner, uses, own)
    if required:
        node["required"] = required


def example_of_schema(schema: Mapping[str, Any], name: str = "") -> Any:
    """Make data that fits a schema from `schema_of_uses`: two entries for a list, the field's name for a text."""
    declared = schema.get("type")
    kind = declared[0] if isinstance(declared, list) else declared
    if kind == "object":
        fields = schema.get("properties", {})
        return {field: example_of_schema(inner, field) for field, inner in fields.items()}
    if kind == "array":
        return [example_of_schema(schema.get("items", {}), name) for _ in range(2)]
    if schema.get("format") == "date":
        return "2026-11-23"
    if kind == "number":
        return 12.5
    if kind == "boolean":
        return True
    return name.replace("_", " ") or "text"


def fields_of(uses: Mapping[str, Use], data: Shape) -> tuple[Field, ...]:
    """List the fields that a template uses, with the schema's types or those guessed from their use."""
    guessed = schema_of_uses(uses) if not data.kinds or data.by_reading else None
    fields = []
    for path, use in uses.items():
        shape = shape_at(data, path)
        if guessed is None and shape is None:
            continue
        words = shape.in_words if shape is not None and shape.kinds else _guessed_words(use, path, uses)
        needed = use.guarded < use.count or not use.count
        if shape is not None and not shape.by_reading:
            needed = not shape.optional
        fields.append(Field(path, words, needed, use.count))
    return tuple(fields)


def _guessed_words(use: Use, path: str, uses: Mapping[str, Use]) -> str:
    if LIST in use.kinds or any(other.startswith(f"{path}[]") for other in uses):
        return LIST
    if MAPPING in use.kinds or any(other.startswith(f"{path}.") for other in uses):
        return MAPPING
    for kind in (NUMBER, _DATE, TEXT, YES_NO):
        if kind in use.kinds:
            return kind
    return "anything"


def shape_at(data: Shape, path: str) -> Shape | None:
    """Follow a path such as `items[].price` through a shape."""
    shape: Shape | None = data
    for step in path.split("."):
        name, depth = step.removesuffix("[]" * step.count("[]")), step.count("[]")
        shape = shape.fields().get(name) if shape is not None else None
        for _ in range(depth):
            shape = shape.entry() if shape is not None else None
    return shape
