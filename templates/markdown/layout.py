"""Directives that arrange: columns, signatures, the cover, the watermark, the paper, pages on their side, contents."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from templates.blocks import (
    Block,
    Columns,
    Contents,
    Cover,
    Landscape,
    Paragraph,
    Signature,
    Signatures,
)
from templates.images import read_image
from templates.markdown.binding import field_of, refuse_content, rows_of
from templates.markdown.fences import DIRECTIVE
from templates.markdown.inline import fold, without_notes
from templates.markdown.options import Options
from templates.markdown.parser import directive_of
from templates.markdown.scope import Scope

_MAX_COLUMNS = 4  # more are too narrow for a line of text
_MAX_WATERMARK = 24  # characters; a longer one is too small to be seen behind the text
_PAGE_SHAPE = 0.02  # a background may be stretched by so much: nobody sees it
_COVER_LOGO_HEIGHT = 48.0  # points
_POINTS_PER_MM = 72 / 25.4
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# Directives that leave nothing where they stand.
_OF_THE_PAGE = frozenset({"header", "footer", "watermark", "background"})


def columns(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    """Build `::: column`s side by side."""
    for child in node.children:
        if child.type != DIRECTIVE or directive_of(child, scope.source)[0] != "column":
            raise options.refuse(
                "`columns` holds `::: column` and nothing else.", "Give it more colons than those in it."
            )
    count = len(node.children)
    if not 2 <= count <= _MAX_COLUMNS:
        raise options.refuse(f"Expected 2 to {_MAX_COLUMNS} columns, but there are {count}.")
    shares = tuple(options.shares("widths", count) or [1 / count] * count)
    widths = Columns(shares, ()).widths(scope.room)
    for child in node.children:
        Options(directive_of(child, scope.source)[1], (), owner="`column`", where=scope.where(child))
    inner = tuple(scope.build_in(width, child.children) for width, child in zip(widths, node.children, strict=True))
    return [Columns(shares, inner)]


def column(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:  # noqa: ARG001 - as the others
    """Refuse a column that stands alone."""
    raise options.refuse("`column` stands inside of `columns`.", "Write `:::: columns` above it and `::::` below.")


def signatures(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    """Build lines to sign on from a list of signers."""
    refuse_content(node, options)
    entries = tuple(
        Signature(
            fold(field_of(row, options.text("name", "name"), index, options)),
            _optional(row, options.text("role", "role"), index, options),
            _date(row, index, scope, options),
        )
        for index, row in enumerate(rows_of(scope, options))
    )
    return [Signatures(entries)] if entries else []


def cover(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    """Build the page before everything else."""
    if not _is_first(node, scope):
        raise options.refuse("A cover stands before everything else.")
    logo, title = None, fold(options.text("title"))
    scope.numbering.follow(1, options.where)
    if path := options.text("logo", scope.theme.logo or ""):
        image = read_image(
            scope.files, path, options.text("alt", scope.words.logo_of.format(name=title)), where=options.where
        )
        logo = image.scaled_to(min(_COVER_LOGO_HEIGHT * image.width / image.height, scope.room / 2))
    blocks = scope.build(node.children, scope)
    paragraphs = tuple(block for block in blocks if isinstance(block, Paragraph))
    if len(paragraphs) != len(blocks):
        raise options.refuse("A cover holds paragraphs of text and nothing else.")
    for paragraph in paragraphs:
        without_notes(paragraph.runs, "A cover", options.where)
    return [Cover(title, fold(options.text("subtitle", "")), logo, paragraphs)]


def watermark(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    """Note the text behind every page."""
    refuse_content(node, options)
    text = fold(options.text("text")).strip()
    if scope.watermark:
        raise options.refuse("The document has two watermarks.")
    if len(text) > _MAX_WATERMARK:
        raise options.refuse(f"A watermark has at most {_MAX_WATERMARK} characters, but this one has {len(text)}.")
    scope.watermark = text
    return []


def contents(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    """Build the table of contents; what it lists is known when all is built."""
    refuse_content(node, options)
    if not (node.parent and node.parent.is_root):
        raise options.refuse("`contents` cannot stand inside of another block.")
    if title := fold(options.text("title", "")):
        scope.numbering.follow(2, options.where)
    return [Contents(title, options.number("depth", 2, low=1, high=3))]


def background(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    """Note the picture that fills every page behind its text; it says nothing, so readers leave it out."""
    refuse_content(node, options)
    if scope.background:
        raise options.refuse("The document has two backgrounds.")
    image = read_image(scope.files, options.text("image"), "", where=options.where)
    width, height = (side * _POINTS_PER_MM for side in (scope.theme.page_width, scope.theme.page_height))
    if abs(image.width / image.height - width / height) > _PAGE_SHAPE * width / height:
        raise options.refuse(
            f"The background is {image.width:.0f} × {image.height:.0f}, which is not the shape of the page.",
            f"Make it {scope.theme.page_width:g} × {scope.theme.page_height:g} mm.",
        )
    scope.background = replace(image, width=width, height=height)
    return []


def landscape(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    """Build pages that lie on their side; where all pages do, nothing changes."""
    if not (node.parent and node.parent.is_root):
        raise options.refuse("`landscape` cannot stand inside of another block.")
    if scope.theme.page_width > scope.theme.page_height:
        return list(scope.build(node.children, scope))
    blocks = scope.build_in(scope.theme.turned().text_width, node.children)
    return [Landscape(blocks)] if blocks else []


def _is_first(node: SyntaxTreeNode, scope: Scope) -> bool:
    if not (node.parent and node.parent.is_root):
        return False
    before = node.parent.children[: node.parent.children.index(node)]
    return all(each.type == DIRECTIVE and directive_of(each, scope.source)[0] in _OF_THE_PAGE for each in before)


def _optional(row: Mapping[str, Any], name: str, index: int, options: Options) -> str:
    return fold(field_of(row, name, index, options)) if row.get(name) is not None else ""


def _date(row: Mapping[str, Any], index: int, scope: Scope, options: Options) -> str | None:
    """Give the date of a signature: none where the template wants none, empty where it is still to be written."""
    name = options.text("date", "")
    if not name:
        return None
    text = _optional(row, name, index, options)
    return scope.writer.date(text) if _ISO_DATE.fullmatch(text) else text
