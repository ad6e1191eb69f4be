"""Values that are Markdown: CommonMark of text and lists, without HTML, pictures, directives and attributes.

A value never changes the structure around it: its headings are bold paragraphs,
and its links lead to web pages and mail addresses only.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from configs.errors import ContextError
from templates.blocks import Block, Code, ListBlock, Paragraph, Quote, Rule, Run, Runs

_LINK = re.compile(r"(https?://|mailto:)[^\s<>\"]{1,2000}", re.IGNORECASE)
_MAX_NESTING = 20  # of lists and quotations; deeper ones are an attack
_LINE_BREAKS = re.compile("\r\n|[\r\u0085\u2028\u2029]")


def parse_rich_text(text: str, *, where: str) -> tuple[Block, ...]:
    """Read a value as blocks of text.

    Args:
        text: Markdown from the data.
        where: the place that errors name.

    Raises:
        ContextError: a link leads somewhere else than to a web page or a mail address, or lists are nested too deeply.
    """
    tokens = _parser().parse(_LINE_BREAKS.sub("\n", text).replace("\t", "    "))
    if any(is_too_deep(token, _MAX_NESTING) for token in tokens):
        raise ContextError("The Markdown of a value is nested too deeply.", where=where, hint="Make its lists flatter.")
    return tuple(_blocks(SyntaxTreeNode(tokens).children, where))


def parse_inline(text: str, *, where: str) -> Runs:
    """Read a value as text that stands in a line; paragraphs become lines.

    Raises:
        ContextError: it holds a list or something else that no line can hold, or a wrong link.
    """
    runs: list[Run] = []
    for block in parse_rich_text(text, where=where):
        if not isinstance(block, Paragraph):
            kind = type(block).__name__.removesuffix("Block").lower()
            message = f"The Markdown of a value holds a {kind}, which cannot stand within a line."
            raise ContextError(message, where=where, hint="Give the value a paragraph of its own in the template.")
        runs += [Run("\n"), *block.runs] if runs else block.runs
    return tuple(runs)


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _MAX_NESTING})
    parser.disable(["html_block", "html_inline", "image", "code", "reference"])
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005 - refused with a reason below
    return parser


def _blocks(nodes: Sequence[SyntaxTreeNode], where: str) -> Iterator[Block]:
    for node in nodes:
        match node.type:
            case "paragraph":
                yield Paragraph(_inline(node, Run(""), where))
            case "heading":
                yield Paragraph(_inline(node, Run("", bold=True), where))
            case "bullet_list" | "ordered_list":
                entries = tuple(tuple(_blocks(entry.children, where)) for entry in node.children)
                start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 1
                yield ListBlock(node.type == "ordered_list", entries, start)
            case "fence":
                yield Code(node.content.removesuffix("\n"))
            case "blockquote":
                yield Quote(tuple(_blocks(node.children, where)))
            case _:
                yield Rule()


def _inline(node: SyntaxTreeNode, look: Run, where: str) -> Runs:
    merged: list[Run] = []
    for run in _runs(node, look, where):
        if merged and replace(merged[-1], text="") == replace(run, text=""):
            run = replace(run, text=merged.pop().text + run.text)
        merged.append(run)
    return tuple(merged)


def _runs(node: SyntaxTreeNode, look: Run, where: str) -> Iterator[Run]:
    match node.type:
        case "text" if node.content:  # there is an empty one behind emphasis
            yield replace(look, text=node.content)
        case "softbreak":
            yield replace(look, text=" ")
        case "hardbreak":
            yield replace(look, text="\n")
        case "code_inline":
            yield replace(look, text=node.content, code=True)
        case _:
            inner = look
            if node.type == "strong":
                inner = replace(look, bold=True)
            elif node.type == "em":
                inner = replace(look, italic=True)
            elif node.type == "link":
                inner = replace(look, link=_target(str(node.attrs.get("href", "")), where))
            for child in node.children:
                yield from _runs(child, inner, where)


def _target(href: str, where: str) -> str:
    if not _LINK.fullmatch(href):
        message = f"A link in a value leads to “{href[:60]}”."
        raise ContextError(message, where=where, hint="Start it with https:, http: or mailto:.")
    return href


def is_too_deep(token: Token, nesting: int) -> bool:
    """Say whether the parser left out what stands in this token, without a word, because of its limit of nesting."""
    return token.nesting == 1 and token.level >= nesting - 1
