"""Read what a tag's expression says: how it is written, and which names and fields it asks for."""

from collections.abc import Iterator
from typing import Any

from jinja2 import nodes

from templates.doctor.source import SourceTag
from templates.doctor.statements import parse_tag
from templates.doctor.structure import Block, Items
from templates.nearest import similarity

NEAR_DEFINED = 0.6  # a misspelt `defined` still says that the field may be missing


def guarded_paths(test: nodes.Node, *, when: bool = True) -> Iterator[str]:
    """Give the paths that are there when a condition holds, or when it does not."""
    if isinstance(test, nodes.Not):
        yield from guarded_paths(test.node, when=not when)
    elif isinstance(test, nodes.And if when else nodes.Or):
        yield from guarded_paths(test.left, when=when)
        yield from guarded_paths(test.right, when=when)
    elif isinstance(test, nodes.Test):
        if similarity(test.name, "defined" if when else "undefined") > NEAR_DEFINED:
            yield from _with_prefixes(in_source(test.node))
    elif when and isinstance(test, nodes.Name | nodes.Getattr):
        yield from _with_prefixes(in_source(test))
    elif when and isinstance(test, nodes.Filter) and test.name in ("default", "d"):  # `{% if list | default([]) %}`
        yield from _with_prefixes(in_source(test.node))


def _with_prefixes(path: str) -> Iterator[str]:
    yield path
    yield from prefixes(path)


def prefixes(path: str) -> Iterator[str]:
    """Give what stands before each dot of a path."""
    steps = path.split(".")
    yield from (".".join(steps[:length]) for length in range(1, len(steps)))


def in_source(node: nodes.Node | None) -> str:
    """Write an expression as an author would, as far as it is a path."""
    if isinstance(node, nodes.Name):
        return str(node.name)
    if isinstance(node, nodes.Getattr):
        return f"{in_source(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return f"{in_source(node.node)}[{node.arg.value!r}]"
    if isinstance(node, nodes.Getitem):
        return f"{in_source(node.node)}[…]"
    if isinstance(node, nodes.Filter):
        return f"{in_source(node.node)} | {node.name}"
    if isinstance(node, nodes.Call):
        return f"{in_source(node.node)}(…)"
    if isinstance(node, nodes.Const):
        return repr(node.value)
    return "the value"


def paths_in(tag: SourceTag) -> Iterator[str]:
    """Give the paths that a tag names."""
    parsed = parse_tag(tag, is_known=lambda path: False)  # noqa: ARG005
    if parsed.node is None:
        return
    for node in (parsed.node, *parsed.node.find_all((nodes.Getattr, nodes.Name))):
        if isinstance(node, nodes.Getattr | nodes.Name) and "the value" not in in_source(node):
            yield in_source(node)


def names_in(items: Items) -> Iterator[str]:
    """Give every name that the tags use, as often as they use it."""
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
                yield from names_in(branch.body)


def fields_of(block: Block, variable: str) -> set[str]:
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
