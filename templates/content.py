"""Texts that are more than text: a schema says which strings are pictures (`contentEncoding`) or Markdown.

A schema is looked through once; the data of a document only where the schema found something.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from templates.data import write_path

Kind = Literal["picture", "markdown"]
Make = Callable[[Kind, str, str], Any]

_PICTURES = frozenset({"image/png", "image/jpeg"})
# Where a schema holds further schemas for the same value.
_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLE = ("if", "then", "else")


@dataclass
class _Node:
    """What is known of the strings below one place of the data."""

    kind: Kind | None = None
    fields: "dict[str, _Node]" = field(default_factory=dict)
    others: "list[_Node]" = field(default_factory=list)  # fields that have no name of their own
    entries: "list[_Node]" = field(default_factory=list)  # of a list
    same: "list[_Node]" = field(default_factory=list)  # what else is said of this place


class ContentPlan:
    """Knows where in the data of one schema pictures and Markdown stand."""

    def __init__(self, schema: Any) -> None:
        self._root = schema
        self._known: dict[int, _Node] = {}
        node = self._node(schema)
        self._node_of_data = node if any(found.kind for found in _reachable(node)) else None

    def wrap(self, data: Any, make: Make) -> Any:
        """Give the data with such strings replaced; the data itself stays as it is.

        Args:
            data: data that the schema allows.
            make: gives the value for a kind, a string and its path.
        """
        return data if self._node_of_data is None else _wrapped(data, [self._node_of_data], (), make)

    def _node(self, schema: Any) -> _Node:
        if not isinstance(schema, Mapping):
            return _Node()
        if id(schema) in self._known:
            return self._known[id(schema)]
        node = self._known[id(schema)] = _Node(_kind(schema))
        node.fields = {key: self._node(value) for key, value in _mapping(schema, "properties").items()}
        others = (*_mapping(schema, "patternProperties").values(), schema.get("additionalProperties"))
        node.others = [self._node(value) for value in others]
        node.entries = [self._node(value) for value in (schema.get("items"), *schema.get("prefixItems", ()))]
        same = [value for key in _LISTS for value in schema.get(key, ())]
        same += [schema[key] for key in _SINGLE if key in schema]
        same += [self._target(schema["$ref"])] if isinstance(schema.get("$ref"), str) else []
        node.same = [self._node(value) for value in same]
        return node

    def _target(self, reference: str) -> Any:
        """Follow a reference inside of the schema; the validator has refused all others."""
        if not reference.startswith("#"):
            return None
        value = self._root
        for step in reference.removeprefix("#").removeprefix("/").split("/") if reference != "#" else ():
            key = step.replace("~1", "/").replace("~0", "~")
            if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
                value = value[int(key)]
            else:
                value = value.get(key) if isinstance(value, Mapping) else None
        return value


def _kind(schema: Mapping[str, Any]) -> Kind | None:
    media = schema.get("contentMediaType")
    if media == "text/markdown":
        return "markdown"
    return "picture" if media in _PICTURES and schema.get("contentEncoding") == "base64" else None


def _mapping(schema: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = schema.get(key, {})
    return value if isinstance(value, Mapping) else {}


def _reachable(node: _Node) -> Iterable[_Node]:
    waiting, seen = [node], set()
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting += [*node.fields.values(), *node.others, *node.entries, *node.same]


def _wrapped(value: Any, nodes: list[_Node], path: tuple[str | int, ...], make: Make) -> Any:
    nodes = _with_same(nodes)
    if isinstance(value, str):
        kind = next((node.kind for node in nodes if node.kind), None)
        return make(kind, value, write_path(path)) if kind and value else value
    if isinstance(value, Mapping):
        return {key: _wrapped(entry, _below(nodes, key), (*path, key), make) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        inner = [entry for node in nodes for entry in node.entries]
        return [_wrapped(entry, inner, (*path, number), make) for number, entry in enumerate(value)] if inner else value
    return value


def _with_same(nodes: list[_Node]) -> list[_Node]:
    found: list[_Node] = []
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if all(node is not known for known in found):
            found.append(node)
            waiting += node.same
    return found


def _below(nodes: list[_Node], key: str) -> list[_Node]:
    return [inner for node in nodes for inner in ([node.fields[key]] if key in node.fields else node.others)]
