"""The Word templates that the engines fill: same text and looks, in each engine's dialect of tags.

The charts are drawn with letters: the free editions of docxtemplater and Carbone place no pictures, and all engines
shall do the same.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from dialects import DIALECTS, CarboneDialect, Dialect, Loop, row_loop
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from PIL import Image, ImageDraw

ACCENT = (0x0B, 0x5C, 0x66)
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_FONTS = f'<w:rFonts {_W} w:ascii="Calibri" w:eastAsia="Times New Roman" w:hAnsi="Calibri" w:cs="Calibri"/>'
_SIZE, _COMPLEX_SIZE = f'<w:sz {_W} w:val="20"/>', f'<w:szCs {_W} w:val="20"/>'
_LANGUAGE = f'<w:lang {_W} w:val="en-IE" w:eastAsia="en-US"/>'
_BORDERS = f"""<w:tcBorders {_W}><w:top w:val="single" w:sz="4" w:space="0" w:color="D5DBE1"/>
<w:bottom w:val="single" w:sz="4" w:space="0" w:color="D5DBE1"/></w:tcBorders>""".replace("\n", "")
_VERTICAL = f'<w:vAlign {_W} w:val="center"/>'
RIGHT = WD_ALIGN_PARAGRAPH.RIGHT


def build(work: str, dialect: str) -> bytes:
    """Give the template of a kind of document as .docx."""
    document = new_document()
    _BUILDERS[work](document, DIALECTS[dialect])
    _write_as_word_does(document)
    return saved(document)


def new_document() -> Any:
    """Start a document with the page and the styles that all have."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(10)
    style.paragraph_format.space_after = Pt(5)
    return document


def saved(document: Any) -> bytes:
    """Give the bytes of a document."""
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def logo() -> bytes:
    """Draw the logo."""
    image = Image.new("RGB", (240, 240), "white")
    ImageDraw.Draw(image).ellipse((10, 10, 230, 230), fill=ACCENT)
    ImageDraw.Draw(image).rectangle((100, 60, 140, 180), fill="white")
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def furnish(document: Any, header: str, footer: str) -> None:
    """Write header and footer, with the numbers of the pages."""
    section = document.sections[0]
    section.header.paragraphs[0].text = header
    paragraph = section.footer.paragraphs[0]
    paragraph.text = f"{footer} · Page "
    add_field(paragraph, "PAGE")
    paragraph.add_run(" of ")
    add_field(paragraph, "NUMPAGES")


def add_field(paragraph: Any, code: str, text: str = "1") -> None:
    """Add a field that Word counts."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), f" {code} ")
    run = OxmlElement("w:r")
    written = OxmlElement("w:t")
    written.text = text
    run.append(written)
    field.append(run)
    paragraph._p.append(field)


def add_table(
    document: Any, header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int], bars: int | None = None
) -> None:
    """Add a table whose header repeats; `right` are the columns of numbers, `bars` the column of a chart's bars."""
    table = document.add_table(rows=len(rows) + bool(header), cols=len(rows[0]))
    table.style = "Table Grid" if bars is None else "Normal Table"
    for index, values in enumerate([header, *rows] if header else rows):
        row = table.rows[index]
        if header and index == 0:
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for column, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(value)
            run.bold = True if header and index == 0 else None
            if column == bars:
                run.font.color.rgb = RGBColor(*ACCENT)
            if column in right:
                paragraph.alignment = RIGHT


def _write_as_word_does(document: Any) -> None:
    """Add what Word puts around each text that an author formats: revision marks, fonts, language, borders."""
    for number, paragraph in enumerate(document.element.body.iter(qn("w:p"))):
        for name in ("rsidR", "rsidRPr", "rsidRDefault", "rsidP"):
            paragraph.set(qn(f"w:{name}"), f"00{0x3A5C10 + number * 7:06X}")
        for run in paragraph.iter(qn("w:r")):
            properties = run.get_or_add_rPr()
            if properties.find(qn("w:rFonts")) is None:
                properties.insert(0, parse_xml(_FONTS))
            for xml in (_SIZE, _COMPLEX_SIZE, _LANGUAGE):
                properties.append(parse_xml(xml))
    for cell in document.element.body.iter(qn("w:tc")):
        properties = cell.get_or_add_tcPr()
        properties.append(parse_xml(_BORDERS))
        properties.append(parse_xml(_VERTICAL))


class _Writer:
    """Writes a template's paragraphs and loops."""

    def __init__(self, document: Any, dialect: Dialect) -> None:
        self.document = document
        self.dialect = dialect

    def line(self, text: str, *fields: str, loop: Loop | None = None, style: str | None = None) -> None:
        values = [self.dialect.value(field, loop) for field in fields]
        self.document.add_paragraph(text.format(*values), style=style)

    @contextmanager
    def each(self, loop: Loop, field: str) -> Iterator[None]:
        """Repeat the paragraphs that are written inside; `field` is what the first of them prints."""
        if not isinstance(self.dialect, CarboneDialect):
            self.document.add_paragraph(self.dialect.before(loop))
        yield
        is_carbone = isinstance(self.dialect, CarboneDialect)
        self.document.add_paragraph(self.dialect.again(loop, field) if is_carbone else self.dialect.after(loop))

    def table(self, header: Sequence[str], loop: Loop, fields: Sequence[str], right: Sequence[int] = ()) -> None:
        add_table(self.document, header, row_loop(self.dialect, loop, fields), right)

    def chart(self, loop: Loop) -> None:
        rows = row_loop(self.dialect, loop, ("label", "bar", "text"))
        add_table(self.document, (), rows, right=(2,), bars=1)


def _invoice(document: Any, dialect: Dialect) -> None:
    value = dialect.value
    furnish(document, f"{value('company.name')} · Invoice {value('number')}", value("company.email"))
    document.add_picture(io.BytesIO(logo()), width=Cm(2))
    write = _Writer(document, dialect)
    write.line("{}, {}, {}", "company.name", "company.street", "company.city")
    write.line("Invoice {}", "number", style="Heading 1")
    for field in ("name", "contact", "street", "city"):
        write.line("{}", f"customer.{field}")
    write.line("Date {}, due {}", "date", "due")
    paragraph = Loop("paragraph", "opening")
    with write.each(paragraph, "text"):
        write.line("{}", "text", loop=paragraph)
    write.line("Your last six months", style="Heading 2")
    write.chart(Loop("bar", "chart"))
    write.line("What we delivered", style="Heading 2")
    fields = ("position", "item", "quantity", "price", "amount")
    write.table(("No.", "Item", "Quantity", "Price", "Amount"), Loop("line", "lines"), fields, right=(2, 3, 4))
    write.line("Total", style="Heading 2")
    write.table(("", "Amount"), Loop("total", "totals"), ("label", "amount"), right=(1,))
    write.line("{}", "closing")


def _report(document: Any, dialect: Dialect) -> None:
    value = dialect.value
    furnish(document, value("title"), value("company.name"))
    document.add_picture(io.BytesIO(logo()), width=Cm(2))
    write = _Writer(document, dialect)
    write.line("{}", "title", style="Title")
    write.line("{}, {}", "company.name", "date")
    write.line("Contents", style="Heading 1")
    entry = Loop("entry", "chapters")
    with write.each(entry, "title"):
        write.line("{}", "title", loop=entry)
    chapter = Loop("chapter", "chapters")
    section = Loop("section", "sections", chapter)
    paragraph = Loop("paragraph", "paragraphs", section)
    with write.each(chapter, "title"):
        write.line("{}", "title", loop=chapter, style="Heading 1")
        write.chart(Loop("bar", "figure.bars", chapter))
        write.line("Figure: {}", "figure.caption", loop=chapter, style="Caption")
        with write.each(section, "title"):
            write.line("{}", "title", loop=section, style="Heading 2")
            with write.each(paragraph, "text"):
                write.line("{}", "text", loop=paragraph)
            rows = Loop("row", "rows", section)
            header = ("Name", "This year", "Last year", "Note")
            write.table(header, rows, ("name", "first", "second", "note"), right=(1, 2))


def _table(document: Any, dialect: Dialect) -> None:
    furnish(document, dialect.value("title"), "Stock list")
    write = _Writer(document, dialect)
    write.line("{}", "title", style="Heading 1")
    fields = ("position", "item", "place", "quantity", "value")
    write.table(("No.", "Item", "Place", "Quantity", "Value"), Loop("row", "rows"), fields, right=(3, 4))


def _letter(document: Any, dialect: Dialect) -> None:
    value = dialect.value
    furnish(document, value("company.name"), value("company.email"))
    document.add_picture(io.BytesIO(logo()), width=Cm(2))
    write = _Writer(document, dialect)
    for party in ("company", "customer"):
        for field in ("name", "contact", "street", "city"):
            write.line("{}", f"{party}.{field}")
    write.line("{}, our reference {}", "date", "number")
    write.line("{}", "subject", style="Heading 1")
    paragraph = Loop("paragraph", "paragraphs")
    with write.each(paragraph, "text"):
        write.line("{}", "text", loop=paragraph)
    write.line("Yours sincerely")
    write.line("{}", "signer")


_BUILDERS: dict[str, Callable[[Any, Dialect], None]] = {
    "invoice": _invoice,
    "report": _report,
    "table": _table,
    "letter": _letter,
}
