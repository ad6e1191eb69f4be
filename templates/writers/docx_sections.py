"""The pages of a Word document: a section for the cover and for pages on their side, and what each page carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from templates.blocks import Block, Cover, Document, Footer, Landscape, PageBreak
from templates.scripts import is_right_to_left
from templates.theme import Theme
from templates.writers.docx_body import Body
from templates.writers.docx_watermark import watermark
from templates.writers.docx_xml import part, text_run, twips

_HEADER_DISTANCE = 11.0  # millimetres from the page's edge
_POINTS_PER_MM = 72 / 25.4

Kind = Literal["cover", "upright", "wide"]


@dataclass(frozen=True)
class _Section:
    kind: Kind
    blocks: tuple[Block, ...]


def write_sections(body: Body, document: Document) -> str:
    """Write all blocks, section by section."""
    sections = _sections(document.blocks)
    written = []
    for number, section in enumerate(sections, start=1):
        theme = document.theme.turned() if section.kind == "wide" else document.theme
        written.append(body.write_in(theme.text_width, section.blocks))
        properties = _properties(document, theme, section.kind, is_first=number == 1)
        # Word keeps the properties of a section in its last paragraph, and those of the last one at the very end.
        written.append(properties if number == len(sections) else body.style("Spacer", "", properties))
    return "".join(written)


def write_furniture(body: Body, document: Document) -> dict[str, bytes]:
    """Write headers and footers by the names of their parts."""
    mark = watermark(document.watermark, document.theme)
    if document.background:
        mark = body.backdrop(document.background) + mark
    footer = body.runs(document.footer.runs) + _page_numbers(document.footer)
    foot = "header" if document.footer.is_empty else "footer"  # the style of a footer draws a line above it
    parts = {
        "header": part("hdr", body.style("header", mark + body.runs(document.header))),
        "footer": part("ftr", body.style(foot, footer)),
    }
    if mark:
        parts["headerFirst"] = part("hdr", body.style("header", mark))
    if any(isinstance(block, Landscape) for block in document.blocks):
        upright, wide = twips(document.theme.text_width), twips(document.theme.turned().text_width)
        tabs = f'<w:tabs><w:tab w:val="clear" w:pos="{upright}"/><w:tab w:val="right" w:pos="{wide}"/></w:tabs>'
        parts["footerWide"] = part("ftr", body.style(foot, footer, tabs))
    return parts


def _sections(blocks: Sequence[Block]) -> list[_Section]:
    sections = []
    for kind, group in groupby(blocks, _kind):
        if kind == "upright":
            inner = tuple(group)
        else:  # what follows another cover or turned block directly goes on in its section
            inner = tuple(
                each for block in group for each in (block.blocks if isinstance(block, Landscape) else (block,))
            )
        sections.append((kind, inner))
    count = len(sections)
    trimmed = (
        _Section(kind, _without_breaks(inner, at_start=number > 0, at_end=number < count - 1))
        for number, (kind, inner) in enumerate(sections)
    )
    return [section for section in trimmed if section.blocks] or [_Section("upright", ())]


def _kind(block: Block) -> Kind:
    return "cover" if isinstance(block, Cover) else "wide" if isinstance(block, Landscape) else "upright"


def _content(block: Block) -> tuple[Block, ...]:
    return block.blocks if isinstance(block, Landscape) else (block,)


def _without_breaks(blocks: tuple[Block, ...], *, at_start: bool, at_end: bool) -> tuple[Block, ...]:
    """Leave out page breaks beside a section's edge, which starts a page anyway."""
    while at_start and blocks and isinstance(blocks[0], PageBreak):
        blocks = blocks[1:]
    while at_end and blocks and isinstance(blocks[-1], PageBreak):
        blocks = blocks[:-1]
    return blocks


def _properties(document: Document, theme: Theme, kind: Kind, *, is_first: bool) -> str:
    references = []
    has_paper = bool(document.watermark or document.background)
    if kind == "cover":
        if has_paper:
            references.append(("header", "default", "headerFirst"))
    else:
        footer = "footerWide" if kind == "wide" else "footer"
        if document.header or has_paper:
            references.append(("header", "default", "header"))
        references.append(("footer", "default", footer))
        if is_first:
            references += [("header", "first", "headerFirst")] if has_paper else []
            references.append(("footer", "first", footer))
    written = "".join(f'<w:{place}Reference w:type="{pages}" r:id="{target}"/>' for place, pages, target in references)
    side, top, bottom = (_twips(length) for length in (theme.margins.side, theme.margins.top, theme.margins.bottom))
    width, height, distance = (_twips(length) for length in (theme.page_width, theme.page_height, _HEADER_DISTANCE))
    turned = ' w:orient="landscape"' if width > height else ""
    first_differs = "<w:titlePg/>" if is_first and kind != "cover" else ""
    turned_text = "<w:bidi/>" if is_right_to_left(document.language) else ""
    return (
        f'<w:sectPr>{written}<w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        f'<w:pgMar w:top="{top}" w:right="{side}" w:bottom="{bottom}" w:left="{side}" w:header="{distance}" '
        f'w:footer="{distance}" w:gutter="0"/>{first_differs}{turned_text}</w:sectPr>'
    )


def _twips(millimetres: float) -> int:
    return twips(millimetres * _POINTS_PER_MM)


def _page_numbers(footer: Footer) -> str:
    """Write the page's number, right-aligned, as fields that Word counts."""
    fields = {"[page]": "PAGE", "[pages]": "NUMPAGES"}
    pieces = ["<w:r><w:tab/></w:r>"] if footer.numbering else []
    for piece in footer.pieces():
        if piece in fields:
            pieces.append(f'<w:fldSimple w:instr=" {fields[piece]} "><w:r><w:t>1</w:t></w:r></w:fldSimple>')
        else:
            pieces.append(text_run(piece))
    return "".join(pieces)
