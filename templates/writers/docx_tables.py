"""Write tables of data as WordprocessingML: a header that repeats, rows that stay whole, totals."""

from typing import TYPE_CHECKING

from templates.blocks import Runs, Table, plain
from templates.theme import Theme
from templates.writers.docx_references import caption
from templates.writers.docx_styles import TABLE_STYLE
from templates.writers.docx_xml import attribute, cell, colour, table

if TYPE_CHECKING:
    from templates.writers.docx_body import Body


def write_table(body: "Body", block: Table) -> str:
    """Write a table of data, and its caption above it."""
    widths = body.widths([column.width for column in block.columns])
    first_total = len(block.rows) - block.totals
    rows = [_row(body, block, block.header, widths, "Table Header")]
    for index, row in enumerate(block.rows):
        rows.append(_row(body, block, row, widths, "Table Text" if index < first_total else "Table Total"))
    description = f"<w:tblCaption w:val={attribute(plain(block.caption))}/>" if block.caption else ""
    total = sum(widths)
    return caption(body, block, '<w:keepNext/><w:spacing w:before="160" w:after="80"/>') + body.spaced(
        table(
            widths,
            "".join(rows),
            before=f'<w:tblStyle w:val="{TABLE_STYLE}"/><w:tblW w:w="{total}" w:type="dxa"/>',
            after='<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" '
            f'w:noHBand="{int(body.theme.style.tables == "lined")}" w:noVBand="1"/>{description}',
        )
    )


def _total_look(theme: Theme) -> str:
    ground = theme.tint if theme.style.tables == "lined" else "#ffffff"
    return (
        f'<w:tcBorders><w:top w:val="single" w:sz="8" w:space="0" w:color="{colour(theme.strong)}"/></w:tcBorders>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="{colour(ground)}"/>'
    )


def _row(body: "Body", block: Table, row: tuple[Runs, ...], widths: list[int], style: str) -> str:
    header = "<w:tblHeader/>" if style == "Table Header" else ""
    look = '<w:vAlign w:val="bottom"/>' if header else ""
    if style == "Table Total":
        look = _total_look(body.theme)
    keep = "<w:keepNext/>" if header else ""
    cells = []
    for runs, column, width in zip(row, block.columns, widths, strict=True):
        align = f'<w:jc w:val="{column.align}"/>' if column.align != "left" else ""
        cells.append(cell(width, body.style(style, body.runs(runs), keep + align), look))
    return f"<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>{''.join(cells)}</w:tr>"
