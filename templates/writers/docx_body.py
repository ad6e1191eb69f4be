"""Write blocks as the body of a Word document."""

from collections.abc import Callable, Mapping
from itertools import accumulate, pairwise
from typing import Any

from templates.blocks import (
    Block,
    Callout,
    Code,
    Figure,
    Heading,
    Image,
    KeyValues,
    Letterhead,
    ListBlock,
    PageBreak,
    Paragraph,
    Quote,
    Rule,
    Runs,
    Table,
    plain,
)
from templates.theme import Theme, mix
from templates.typesetting import rasterize
from templates.writers.docx_styles import CODE_STYLE, LINK_STYLE, TABLE_STYLE
from templates.writers.docx_xml import attribute, cell, colour, emu, paragraph, table, text_run, twips

BULLETS = 1  # the numbering that all bullet lists share; ordered ones get their own, so that each starts anew
_MAX_LEVEL = 8  # the deepest that Word's numbering knows
_PARAGRAPH_STYLES = {"body": "Normal", "lead": "Lead", "overline": "Overline", "meta": "Meta", "small": "Small"}
_LIST_INDENT = 18.0  # points, for each level
_CALLOUT_PADDING = 10.0
_TILE_PADDING = 9.0
_TILE_GAP = 6.0  # points, drawn as a white border


class Body:
    """Writes the blocks of one document and collects what they refer to."""

    def __init__(self, theme: Theme, style_ids: Mapping[str, str]) -> None:
        self._theme = theme
        self._ids = style_ids
        self.links: list[str] = []
        self.media: dict[str, bytes] = {}
        self.ordered_starts: list[int] = []
        self._pictures = 0
        self._room = theme.text_width  # points; less inside of a box

    def write(self, blocks: tuple[Block, ...]) -> str:
        """Write blocks one after the other."""
        return "".join(_WRITERS[type(block)](self, block) for block in blocks)

    def runs(self, runs: Runs, *, bold: bool = False) -> str:
        """Write runs of text."""
        written = []
        for run in runs:
            properties = (
                (f'<w:rStyle w:val="{CODE_STYLE}"/>' if run.code else "")
                + (f'<w:rStyle w:val="{LINK_STYLE}"/>' if run.link and not run.code else "")
                + ("<w:b/>" if run.bold or bold else "")
                + ("<w:i/>" if run.italic else "")
            )
            piece = text_run(run.text, properties)
            written.append(self._link(run.link, piece) if run.link else piece)
        return "".join(written)

    def style(self, name: str, content: str, properties: str = "") -> str:
        """Write a paragraph in one of our styles."""
        return paragraph(self._ids[name], content, properties)

    def picture(self, image: Image) -> str:
        """Write a picture that stands in a line of text."""
        self._pictures += 1
        number = self._pictures
        names = f'id="{number}" name="Picture {number}" descr={attribute(image.alt)}'
        png = image.data if image.kind != "svg" else rasterize(image.data, image.width)
        shown = self._media(png, "jpeg" if image.kind == "jpeg" else "png")
        vector = ""
        if image.kind == "svg":
            vector = (
                '<a:extLst><a:ext uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}">'
                f'<asvg:svgBlip r:embed="{self._media(image.data, "svg")}"/></a:ext></a:extLst>'
            )
        size = f'cx="{emu(image.width)}" cy="{emu(image.height)}"'
        return (
            f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
            f"<wp:docPr {names}/>"
            '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr><a:graphic>'
            '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
            f"<pic:nvPicPr><pic:cNvPr {names}/><pic:cNvPicPr/>"
            f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="{shown}">{vector}</a:blip><a:stretch><a:fillRect/>'
            f'</a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
            "</wp:inline></w:drawing></w:r>"
        )

    def _link(self, target: str, content: str) -> str:
        if target not in self.links:
            self.links.append(target)
        return f'<w:hyperlink r:id="link{self.links.index(target) + 1}" w:history="1">{content}</w:hyperlink>'

    def _media(self, data: bytes, extension: str) -> str:
        known = next((name for name, content in self.media.items() if content == data), None)
        name = known or f"image{len(self.media) + 1}.{extension}"
        self.media[name] = data
        return name.partition(".")[0]

    def _heading(self, block: Heading) -> str:
        return self.style(f"heading {block.level}", self.runs(block.runs))

    def _paragraph(self, block: Paragraph) -> str:
        return self.style(_PARAGRAPH_STYLES[block.style], self.runs(block.runs))

    def _list(self, block: ListBlock, level: int = 0) -> str:
        number = BULLETS
        if block.ordered:
            self.ordered_starts.append(block.start)
            number = BULLETS + len(self.ordered_starts)
        name = "List Number" if block.ordered else "List Bullet"
        numbering = f'<w:numPr><w:ilvl w:val="{min(level, _MAX_LEVEL)}"/><w:numId w:val="{number}"/></w:numPr>'
        written = []
        for entry in block.entries:
            first, rest = (entry[0], entry[1:]) if entry else (Paragraph(()), ())
            if not isinstance(first, Paragraph):
                first, rest = Paragraph(()), entry
            written.append(self.style(name, self.runs(first.runs), numbering))
            written += [self._in_entry(inner, level) for inner in rest]
        return "".join(written)

    def _in_entry(self, block: Block, level: int) -> str:
        """Write what follows the first paragraph of a list's entry."""
        if isinstance(block, ListBlock):
            return self._list(block, level + 1)
        if isinstance(block, Paragraph):
            indent = f'<w:ind w:left="{twips(list_indent(level))}"/>'
            return self.style(_PARAGRAPH_STYLES[block.style], self.runs(block.runs), indent)
        return self.write((block,))

    def _table(self, block: Table) -> str:
        widths = self._widths([column.width for column in block.columns])
        first_total = len(block.rows) - block.totals
        rows = [self._row(block, block.header, widths, "Table Header")]
        for index, row in enumerate(block.rows):
            rows.append(self._row(block, row, widths, "Table Text" if index < first_total else "Table Total"))
        caption = self.style("caption", self.runs(block.caption), "<w:keepNext/>") if block.caption else ""
        description = f"<w:tblCaption w:val={attribute(plain(block.caption))}/>" if block.caption else ""
        total = sum(widths)
        return caption + self._spaced(
            table(
                widths,
                "".join(rows),
                before=f'<w:tblStyle w:val="{TABLE_STYLE}"/><w:tblW w:w="{total}" w:type="dxa"/>',
                after='<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" '
                f'w:noHBand="1" w:noVBand="1"/>{description}',
            )
        )

    def _row(self, block: Table, row: tuple[Runs, ...], widths: list[int], style: str) -> str:
        header = "<w:tblHeader/>" if style == "Table Header" else ""
        look = '<w:vAlign w:val="bottom"/>' if header else ""
        if style == "Table Total":
            strong = colour(mix(self._theme.ink, "#ffffff", 0.75))
            look = (
                f'<w:tcBorders><w:top w:val="single" w:sz="8" w:space="0" w:color="{strong}"/></w:tcBorders>'
                f'<w:shd w:val="clear" w:color="auto" w:fill="{colour(self._theme.tint)}"/>'
            )
        keep = "<w:keepNext/>" if header else ""
        cells = []
        for runs, column, width in zip(row, block.columns, widths, strict=True):
            align = f'<w:jc w:val="{column.align}"/>' if column.align != "left" else ""
            cells.append(cell(width, self.style(style, self.runs(runs), keep + align), look))
        return f"<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>{''.join(cells)}</w:tr>"

    def _figure(self, block: Figure) -> str:
        caption = self.style("caption", self.runs(block.caption)) if block.caption else ""
        keep = "<w:keepNext/>" if block.caption else ""
        return self.style("Figure", self.picture(block.image), keep) + caption

    def _code(self, block: Code) -> str:
        return self.style("Code", text_run(block.text))

    def _callout(self, block: Callout) -> str:
        tone = self._theme.tone(block.kind)
        look = (
            f'<w:tcBorders><w:left w:val="single" w:sz="24" w:space="0" w:color="{colour(tone)}"/></w:tcBorders>'
            f'<w:shd w:val="clear" w:color="auto" w:fill="{colour(mix(tone, "#ffffff", 0.07))}"/>'
        )
        widths = self._widths([1])
        self._room -= 2 * _CALLOUT_PADDING
        inner = self.style("Callout Title", text_run(block.title, f'<w:color w:val="{colour(tone)}"/>'))
        inner += self.write(block.blocks)
        self._room += 2 * _CALLOUT_PADDING
        margins = _margins(top=6, left=_CALLOUT_PADDING, bottom=4, right=_CALLOUT_PADDING)
        row = f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cell(widths[0], inner, look)}</w:tr>"
        return self.style("Spacer", "") + self._spaced(table(widths, row, after=margins))

    def _key_values(self, block: KeyValues) -> str:
        return self._tiles(block) if block.layout == "tiles" else self._facts(block)

    def _tiles(self, block: KeyValues) -> str:
        widths = self._widths([1 / len(block.entries)] * len(block.entries))
        gap = f'w:val="single" w:sz="{round(_TILE_GAP * 8)}" w:space="0" w:color="FFFFFF"'
        fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{colour(self._theme.tint)}"/>'
        cells = []
        for index, (entry, width) in enumerate(zip(block.entries, widths, strict=True)):
            # Half of the border between two tiles lies on the right one.
            inset = (
                f'<w:tcMar><w:left w:w="{twips(_TILE_PADDING + _TILE_GAP / 2)}" w:type="dxa"/></w:tcMar>'
                if index
                else ""
            )
            content = (
                self.style("Tile Label", text_run(entry.label))
                + self.style("Tile Value", text_run(entry.value))
                + self.style("Tile Note", text_run(entry.note))
            )
            cells.append(cell(width, content, fill + inset))
        row = f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"
        borders = f"<w:tblBorders><w:insideV {gap}/></w:tblBorders>"
        margins = _margins(top=6, left=_TILE_PADDING, bottom=6, right=6)
        return self.style("Spacer", "") + self._spaced(table(widths, row, before=borders, after=margins))

    def _facts(self, block: KeyValues) -> str:
        widths = self._widths([0.3, 0.7])
        rows = []
        for entry in block.entries:
            value = f"{entry.value} · {entry.note}" if entry.note else entry.value
            label = cell(widths[0], self.style("Table Header", text_run(entry.label)))
            rows.append(f"<w:tr>{label}{cell(widths[1], self.style('Table Text', text_run(value)))}</w:tr>")
        return self._spaced(table(widths, "".join(rows), after=_margins(top=2, left=0, bottom=2, right=6)))

    def _quote(self, block: Quote) -> str:
        return "".join(
            self.style("Quote", self.runs(inner.runs)) if isinstance(inner, Paragraph) else self.write((inner,))
            for inner in block.blocks
        )

    def _letterhead(self, block: Letterhead) -> str:
        logo_width = block.logo.width + 10 if block.logo else 0
        shares = [logo_width / self._theme.text_width, 0.5, 0.5 - logo_width / self._theme.text_width]
        widths = self._widths(shares if block.logo else shares[1:])
        middle = '<w:vAlign w:val="center"/>'
        cells = [
            cell(widths[-2], self.style("Letterhead Name", text_run(block.name)), middle),
            cell(widths[-1], self.style("Letterhead Address", self.runs(block.runs)), middle),
        ]
        if block.logo:
            cells.insert(0, cell(widths[0], self.style("Table Text", self.picture(block.logo)), middle))
        border = f'<w:bottom w:val="single" w:sz="6" w:space="0" w:color="{colour(self._theme.accent)}"/>'
        margins = _margins(top=0, left=0, bottom=7, right=0)
        row = f"<w:tr>{''.join(cells)}</w:tr>"
        return self._spaced(table(widths, row, before=f"<w:tblBorders>{border}</w:tblBorders>", after=margins))

    def _page_break(self, _: PageBreak) -> str:
        return self.style("Spacer", "", "<w:pageBreakBefore/>")

    def _rule(self, _: Rule) -> str:
        return self.style("Rule", "")

    def _spaced(self, written: str) -> str:
        """Put room below a table; without a paragraph between them Word joins two tables."""
        return written + self.style("Spacer", "")

    def _widths(self, shares: list[float]) -> list[int]:
        """Share the line in whole twips that add up."""
        edges = [0, *(twips(self._room * share) for share in accumulate(shares))]
        return [right - left for left, right in pairwise(edges)]


_WRITERS: Mapping[type, Callable[[Body, Any], str]] = {
    Heading: Body._heading,
    Paragraph: Body._paragraph,
    ListBlock: Body._list,
    Table: Body._table,
    Figure: Body._figure,
    Code: Body._code,
    Callout: Body._callout,
    KeyValues: Body._key_values,
    Quote: Body._quote,
    Letterhead: Body._letterhead,
    PageBreak: Body._page_break,
    Rule: Body._rule,
}


def list_indent(level: int) -> float:
    """Give the points by which the text of a list's level is moved in."""
    return _LIST_INDENT * (level + 1) - 4


def _margins(*, top: float, left: float, bottom: float, right: float) -> str:
    sides = {"top": top, "left": left, "bottom": bottom, "right": right}
    inner = "".join(f'<w:{side} w:w="{twips(points)}" w:type="dxa"/>' for side, points in sides.items())
    return f"<w:tblCellMar>{inner}</w:tblCellMar>"
