"""ReportLab: Platypus, as its user guide shows; its PDF is not tagged."""

import importlib.metadata
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import word_sources
from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Image, Paragraph, SimpleDocTemplate, Table, TableStyle

NAME = "reportlab"
_FONTS = {"Helvetica": "Sans", "Helvetica-Bold": "Sans-Semibold"}
_STYLES = getSampleStyleSheet()
_WIDTH = A4[0] - 44 * mm


def version() -> str:
    return importlib.metadata.version("reportlab")


def prepare(work: str, folder: Path) -> Callable[[dict[str, Any]], bytes]:
    for name, face in (("Helvetica", "Regular"), ("Helvetica-Bold", "Semibold")):
        registerFont(TTFont(_FONTS[name], folder / "fonts" / "ttf" / f"SourceSansPro-{face}.ttf"))
    for style in _STYLES.byName.values():
        if isinstance(style, ParagraphStyle):
            style.fontName = _FONTS.get(style.fontName, "Sans")
    tell = {"invoice": _invoice, "report": _report}[work.partition("-")[2]]
    logo = word_sources.logo()

    def render(data: dict[str, Any]) -> bytes:
        target = io.BytesIO()
        title, footer, story = tell(data, io.BytesIO(logo))
        margins = {"leftMargin": 22 * mm, "rightMargin": 22 * mm, "topMargin": 20 * mm, "bottomMargin": 20 * mm}
        document = SimpleDocTemplate(target, pagesize=A4, title=title, **margins)
        document.build(story, canvasmaker=_numbered(title, footer))
        return target.getvalue()

    return render


def _numbered(header: str, footer: str) -> type[Canvas]:
    """The guide's way to “Page 1 of 2”: pages are kept until their number is known."""

    class Numbered(Canvas):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                self.setFont("Sans", 8)
                if number > 1:
                    self.drawString(22 * mm, A4[1] - 12 * mm, header)
                self.drawString(22 * mm, 12 * mm, footer)
                self.drawRightString(A4[0] - 22 * mm, 12 * mm, f"Page {number} of {len(self._pages)}")
                super().showPage()
            super().save()

    return Numbered


def _invoice(data: dict[str, Any], logo: io.BytesIO) -> tuple[str, str, list[Any]]:
    company = data["company"]
    fields = ("position", "item", "quantity", "price", "amount")
    rows = [[line[field] for field in fields] for line in data["lines"]]
    story = [
        Image(logo, 34, 34),
        *_lines(company["name"], company["street"], company["city"], company["email"]),
        _text(f"Invoice {data['number']}", "Heading1"),
        *_lines(*(data["customer"][field] for field in ("name", "contact", "street", "city"))),
        _text(f"Date {data['date']}, due {data['due']}"),
        *(_text(paragraph["text"]) for paragraph in data["opening"]),
        _text("Your last six months", "Heading2"),
        _chart(data["chart"], 80),
        _text("What we delivered", "Heading2"),
        _table(("No.", "Item", "Quantity", "Price", "Amount"), rows, (1, 6, 2, 3, 3), right=(2, 3, 4)),
        _text("Total", "Heading2"),
        _table(("", "Amount"), [[t["label"], t["amount"]] for t in data["totals"]], (3, 1), right=(1,)),
        _text(data["closing"]),
    ]
    return f"{company['name']} · Invoice {data['number']}", company["email"], story


def _report(data: dict[str, Any], logo: io.BytesIO) -> tuple[str, str, list[Any]]:
    story = [
        _text(data["title"], "Title"),
        _text(f"{data['company']['name']}, {data['date']}"),
        Image(logo, 50, 50),
        _text("Contents", "Heading2"),
        *_lines(*(chapter["title"] for chapter in data["chapters"])),
    ]
    for chapter in data["chapters"]:
        story += [_text(chapter["title"], "Heading2"), _chart(chapter["figure"]["bars"], 110)]
        story.append(_text(chapter["figure"]["caption"], "Italic"))
        for section in chapter["sections"]:
            rows = [[row[field] for field in ("name", "first", "second", "note")] for row in section["rows"]]
            story += [
                _text(section["title"], "Heading3"),
                *(_text(paragraph["text"]) for paragraph in section["paragraphs"]),
            ]
            story.append(_table(("Name", "This year", "Last year", "Note"), rows, (4, 2, 2, 2), right=(1, 2)))
    return data["title"], data["company"]["name"], story


def _text(text: str, style: str = "BodyText") -> Paragraph:
    return Paragraph(escape(text), _STYLES[style])


def _lines(*lines: str) -> list[Paragraph]:
    return [_text(line) for line in lines]


def _table(header: Sequence[str], rows: list[list[str]], shares: Sequence[int], right: Sequence[int]) -> Table:
    looks = [
        ("FONTNAME", (0, 0), (-1, 0), "Sans-Semibold"),
        ("FONTNAME", (0, 1), (-1, -1), "Sans"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.HexColor("#0b5c66")),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, colors.HexColor("#d5dbe1")),
        *(("ALIGN", (column, 0), (column, -1), "RIGHT") for column in right),
    ]
    widths = [_WIDTH * share / sum(shares) for share in shares]
    # Cells that may wrap are paragraphs, as the guide wants it; numbers are plain text.
    cells = [[value if index in right else _text(value) for index, value in enumerate(row)] for row in rows]
    return Table([list(header), *cells], colWidths=widths, repeatRows=1, style=TableStyle(looks))


def _chart(bars: list[dict[str, Any]], height: float) -> Drawing:
    drawing = Drawing(_WIDTH, height + 30)
    chart = VerticalBarChart()
    chart.x, chart.y, chart.width, chart.height = 40, 20, _WIDTH - 50, height
    chart.data = [[bar["value"] for bar in bars]]
    chart.categoryAxis.categoryNames = [bar["label"] for bar in bars]
    chart.valueAxis.valueMin = 0
    chart.bars[0].fillColor = colors.HexColor("#548d94")
    drawing.add(chart)
    return drawing
