"""Write blocks as the body of a Word document."""

from collections.abc import Callable, Mapping
from itertools import accumulate, pairwise
from typing import Any

from templates.blocks import (
    Block,
    Callout,
    Code,
    Columns,
    Contents,
    Cover,
    Document,
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
    Signatures,
    Table,
    headings_of,
)
from templates.fonts import Family, fallbacks
from templates.typesetting import rasterize
from templates.words import words_of
from templates.writers.docx_boxes import write_callout, write_key_values, write_letterhead
from templates.writers.docx_layout import write_columns, write_cover, write_signatures
from templates.writers.docx_numbering import BULLETS, FIRST_LIST, list_indent
from templates.writers.docx_references import (
    caption,
    heading_bookmark,
    label_bookmark,
    note_mark,
    reference,
    write_contents,
)
from templates.writers.docx_styles import CODE_STYLE, LINK_STYLE
from templates.writers.docx_tables import write_table
from templates.writers.docx_xml import attribute, emu, paragraph, text_run, twips

_MAX_LEVEL = 8  # the deepest that Word's numbering knows
_PARAGRAPH_STYLES = {"body": "Normal", "lead": "Lead", "overline": "Overline", "meta": "Meta", "small": "Small"}


class Body:
    """Writes the blocks of one document and collects what they refer to."""

    def __init__(self, document: Document, style_ids: Mapping[str, str]) -> None:
        self.theme = document.theme
        self.language = document.language
        self.words = words_of(document.language)
        self._ids = style_ids
        self.headings = tuple(headings_of(document.blocks))
        self.numbers_captions = document.numbered_captions
        self._lists_headings = any(isinstance(block, Contents) for block in document.blocks)
        self._written_headings = 0
        self._bookmarks = 0
        self.notes: list[Runs] = []
        self.links: list[str] = []
        self.media: dict[str, bytes] = {}
        self.ordered_starts: list[int] = []
        self._pictures = 0
        self.room = self.theme.text_width  # points; less inside of a box

    def write(self, blocks: tuple[Block, ...]) -> str:
        """Write blocks one after the other."""
        return "".join(_WRITERS[type(block)](self, block) for block in blocks)

    def _families(self, text: str) -> tuple[Family, ...]:
        """Give the fonts that a picture of a text needs."""
        families = self.theme.families
        return families + fallbacks(frozenset(text), families, self.language)

    def write_in(self, room: float, blocks: tuple[Block, ...]) -> str:
        """Write blocks whose lines are `room` points wide."""
        outer, self.room = self.room, room
        written = self.write(blocks)
        self.room = outer
        return written

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
            if run.note:
                self.notes.append(run.note)
                written.append(note_mark(len(self.notes)))
            elif run.target:
                written.append(reference(run, properties))
            else:
                piece = text_run(run.text, properties)
                written.append(self._link(run.link, piece) if run.link else piece)
        return "".join(written)

    def style(self, name: str, content: str, properties: str = "") -> str:
        """Write a paragraph in one of our styles."""
        return paragraph(self._ids[name], content, properties)

    def bookmarked(self, name: str, content: str) -> str:
        """Give a name to a piece of text, so that something can lead to it."""
        self._bookmarks += 1
        number = self._bookmarks
        return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{number}"/>'

    def picture(self, image: Image) -> str:
        """Write a picture that stands in a line of text."""
        names, size, graphic = self._graphic(image)
        return (
            f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
            f'<wp:docPr {names}/><wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/>'
            f"</wp:cNvGraphicFramePr>{graphic}</wp:inline></w:drawing></w:r>"
        )

    def backdrop(self, image: Image) -> str:
        """Write a picture that lies behind the page, from its upper left corner on, and is marked as decoration."""
        names, size, graphic = self._graphic(image)
        places = "".join(
            f'<wp:position{axis} relativeFrom="page"><wp:posOffset>0</wp:posOffset></wp:position{axis}>'
            for axis in "HV"
        )
        return (
            '<w:r><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="0" '
            f'behindDoc="1" locked="1" layoutInCell="0" allowOverlap="1"><wp:simplePos x="0" y="0"/>{places}'
            f"<wp:extent {size}/><wp:wrapNone/><wp:docPr {names}><a:extLst>"
            '<a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative xmlns:adec='
            '"http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst></wp:docPr>'
            f"<wp:cNvGraphicFramePr/>{graphic}</wp:anchor></w:drawing></w:r>"
        )

    def _graphic(self, image: Image) -> tuple[str, str, str]:
        """Give the attributes of a picture's name and size, and the picture itself."""
        self._pictures += 1
        number = self._pictures
        names = f'id="{number}" name="Picture {number}" descr={attribute(image.alt)}'
        png = image.data if image.kind != "svg" else rasterize(image.data, image.width, self._families(image.alt))
        shown = self._media(png, "jpeg" if image.kind == "jpeg" else "png")
        vector = ""
        if image.kind == "svg":
            vector = (
                '<a:extLst><a:ext uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}">'
                f'<asvg:svgBlip r:embed="{self._media(image.data, "svg")}"/></a:ext></a:extLst>'
            )
        size = f'cx="{emu(image.width)}" cy="{emu(image.height)}"'
        graphic = (
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
            f"<pic:nvPicPr><pic:cNvPr {names}/><pic:cNvPicPr/>"
            f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="{shown}">{vector}</a:blip><a:stretch><a:fillRect/>'
            f'</a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        )
        return names, size, graphic

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
        self._written_headings += 1
        content = self.runs(block.runs)
        if block.label:
            content = self.bookmarked(label_bookmark(block.label), content)
        if self._lists_headings:
            content = self.bookmarked(heading_bookmark(self._written_headings), content)
        return self.style(f"heading {block.level}", content)

    def _paragraph(self, block: Paragraph) -> str:
        return self.style(_PARAGRAPH_STYLES[block.style], self.runs(block.runs))

    def _list(self, block: ListBlock, level: int = 0) -> str:
        number = BULLETS
        if block.ordered:
            self.ordered_starts.append(block.start)
            number = FIRST_LIST + len(self.ordered_starts) - 1
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

    def _figure(self, block: Figure) -> str:
        keep = "<w:keepNext/>" if block.caption else ""
        return self.style("Figure", self.picture(block.image), keep) + caption(self, block)

    def _code(self, block: Code) -> str:
        return self.style("Code", text_run(block.text))

    def _quote(self, block: Quote) -> str:
        return "".join(
            self.style("Quote", self.runs(inner.runs)) if isinstance(inner, Paragraph) else self.write((inner,))
            for inner in block.blocks
        )

    def _page_break(self, _: PageBreak) -> str:
        return self.style("Spacer", "", "<w:pageBreakBefore/>")

    def _rule(self, _: Rule) -> str:
        return self.style("Rule", "")

    def spaced(self, written: str) -> str:
        """Put room below a table; without a paragraph between them Word joins two tables."""
        return written + self.style("Spacer", "")

    def widths(self, shares: list[float]) -> list[int]:
        """Share the line in whole twips that add up."""
        edges = [0, *(twips(self.room * share) for share in accumulate(shares))]
        return [right - left for left, right in pairwise(edges)]


_WRITERS: Mapping[type, Callable[[Body, Any], str]] = {
    Heading: Body._heading,
    Paragraph: Body._paragraph,
    ListBlock: Body._list,
    Table: write_table,
    Figure: Body._figure,
    Code: Body._code,
    Callout: write_callout,
    KeyValues: write_key_values,
    Quote: Body._quote,
    Letterhead: write_letterhead,
    Columns: write_columns,
    Contents: write_contents,
    Signatures: write_signatures,
    Cover: write_cover,
    PageBreak: Body._page_break,
    Rule: Body._rule,
}
