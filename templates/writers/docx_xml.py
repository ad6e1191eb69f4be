"""Small pieces of WordprocessingML: units, text, runs, borders."""

import re
from xml.sax.saxutils import escape, quoteattr

from templates.scripts import RIGHT_TO_LEFT, directions

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main"'
)
_PIECE = re.compile("(\n)")


def twips(points: float) -> int:
    """Points in twentieths, the unit of distances."""
    return round(points * 20)


def half_points(points: float) -> int:
    """Points in halves, the unit of letters."""
    return round(points * 2)


def emu(points: float) -> int:
    """Points in English Metric Units, the unit of pictures."""
    return round(points * 12_700)


def colour(value: str) -> str:
    """A colour the way Word writes it."""
    return value.removeprefix("#").upper()


def attribute(text: str) -> str:
    """A quoted attribute value in one line."""
    return quoteattr(text.replace("\n", " "))


def text_run(text: str, properties: str = "") -> str:
    """A run, or several where the direction changes; its line breaks become Word's."""
    if text.isascii() or not RIGHT_TO_LEFT.search(text):
        return _run(text, properties)
    turned = properties.replace("<w:b/>", "<w:b/><w:bCs/>").replace("<w:i/>", "<w:i/><w:iCs/>") + "<w:rtl/>"
    parts = enumerate(directions(text))
    return "".join(_run(part, turned if number % 2 else properties) for number, part in parts if part)


def _run(text: str, properties: str) -> str:
    pieces = "".join(
        "<w:br/>" if piece == "\n" else f'<w:t xml:space="preserve">{escape(piece)}</w:t>'
        for piece in _PIECE.split(text)
        if piece
    )
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{pieces}</w:r>"


def paragraph(style_id: str, content: str, properties: str = "") -> str:
    """A paragraph of a style; `properties` are those that stand after the style's name."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style_id}"/>{properties}</w:pPr>{content}</w:p>'


def cell(width: int, content: str, properties: str = "") -> str:
    """A cell of a table; it must hold a paragraph at its end."""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{properties}</w:tcPr>{content}</w:tc>'


def table(widths: list[int], rows: str, before: str = "", after: str = "") -> str:
    """A table of fixed widths, in twips.

    Args:
        widths: of the columns.
        rows: the XML of the rows.
        before: properties that the schema wants before the layout: style, borders.
        after: properties that it wants after the layout: margins, look, caption.
    """
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr>{before}<w:tblLayout w:type="fixed"/>{after}</w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def cell_margins(*, top: float, left: float, bottom: float, right: float) -> str:
    """The room inside of a table's cells, in points."""
    sides = {"top": top, "left": left, "bottom": bottom, "right": right}
    inner = "".join(f'<w:{side} w:w="{twips(points)}" w:type="dxa"/>' for side, points in sides.items())
    return f"<w:tblCellMar>{inner}</w:tblCellMar>"


def frame_at_foot(width: float) -> str:
    """The property of paragraphs that stand at the foot of their page, whatever is above."""
    return (
        f'<w:framePr w:w="{twips(width)}" w:wrap="notBeside" w:vAnchor="margin" w:hAnchor="margin" w:xAlign="left" '
        'w:yAlign="bottom"/>'
    )


def part(root: str, content: str) -> bytes:
    """A whole part of the package."""
    return f"{DECLARATION}<w:{root} {NAMESPACES}>{content}</w:{root}>".encode()
