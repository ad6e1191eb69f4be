"""Turn the inline part of parsed Markdown into runs of text."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from markdown_it.tree import SyntaxTreeNode

from configs.errors import ContextError, TemplateError
from templates.blocks import Run, Runs
from templates.markdown.parser import Source
from templates.markup import has_sealed, unseal, unseal_shown

_LINE_BREAKS = re.compile("\r\n|[\r\u0085\u2028\u2029]")
_LINKS = re.compile(r"(https?://|mailto:|tel:)[^\s<>\"]+", re.IGNORECASE)


def runs_of(node: SyntaxTreeNode, source: Source) -> Runs:
    """Give the text of a block that holds inline content."""
    return _merged(run for child in node.children for run in _runs(child, Run(""), source))


def one_line(runs: Runs) -> Runs:
    """Fold line breaks, for text that stands in one line: headings, cells of a header."""
    return tuple(replace(run, text=fold(run.text)) for run in runs)


def clean(text: str) -> str:
    """Write line breaks of all kinds in one way; a tab in running text is a space."""
    return _LINE_BREAKS.sub("\n", text).replace("\t", " ")


def fold(text: str) -> str:
    """Write a text in one line."""
    return clean(text).replace("\n", " ")


def _runs(node: SyntaxTreeNode, look: Run, source: Source) -> Iterator[Run]:
    if node.type == "text":
        yield replace(look, text=clean(unseal_shown(node.content)))
    elif node.type == "softbreak":
        yield replace(look, text=" ")
    elif node.type == "hardbreak":
        yield replace(look, text="\n")
    elif node.type == "code_inline":
        yield replace(look, text=clean(unseal_shown(node.content)), code=True)
    elif node.type in _LOOKS:
        yield from _inner(node, _LOOKS[node.type](look), source)
    elif node.type == "inline":
        yield from _inner(node, look, source)
    elif node.type == "link":
        yield from _inner(node, replace(look, link=_target(node, source)), source)
    elif node.type == "image":
        raise TemplateError(
            "A picture stands inside of a text.", where=source.where(node), hint="Give it a paragraph of its own."
        )
    else:
        raise TemplateError(f"Markdown of the kind `{node.type}` is not supported.", where=source.where(node))


_LOOKS: Mapping[str, Callable[[Run], Run]] = {
    "em": lambda look: replace(look, italic=True),
    "strong": lambda look: replace(look, bold=True),
}


def _inner(node: SyntaxTreeNode, look: Run, source: Source) -> Iterator[Run]:
    for child in node.children:
        yield from _runs(child, look, source)


def _target(node: SyntaxTreeNode, source: Source) -> str:
    href = str(node.attrs.get("href", ""))
    target = unseal(href)
    if _LINKS.fullmatch(target) and len(target) <= 2_000:  # what browsers and Word open
        return target
    kind = ContextError if has_sealed(href) else TemplateError
    raise kind(
        f"A link leads to “{target[:60]}”.",
        where=source.where(node),
        hint="Start it with https:, http:, mailto: or tel:.",
    )


def _merged(runs: Iterator[Run]) -> Runs:
    merged: list[Run] = []
    for run in runs:
        if merged and replace(merged[-1], text="") == replace(run, text=""):
            merged[-1] = replace(run, text=merged[-1].text + run.text)
        else:
            merged.append(run)
    return tuple(merged)
