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
    stays_whole = block.stays_whole
    rows = [_row(body, block, block.header, widths, "Table Header", '<w:vAlign w:val="bottom"/>', keep=True)]
    stays_whole = block.stays_whole
    for index, row in enumerate(block.rows):
        keeps = (stays_whole or first_total - 1 <= index) and index < len(block.rows) - 1
        is_last = block.totals > 0 and index == len(block.rows) - 1
        look = _total_look(body.theme, is_first=index == first_total) if index >= first_total else ""
        rows.append(_row(body, block, row, widths, "Table Total" if is_last else "Table Text", look, keep=keeps))
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


def _total_look(theme: Theme, *, is_first: bool) -> str:
    """Say how the cells of a row of totals look: the first of these rows closes what stands above it."""
    ground = theme.tint if theme.style.tables == "lined" else "#ffffff"
    line = f'<w:top w:val="single" w:sz="8" w:space="0" w:color="{colour(theme.strong)}"/>'
    return (
        f"{f'<w:tcBorders>{line}</w:tcBorders>' if is_first else ''}"
        f'<w:shd w:val="clear" w:color="auto" w:fill="{colour(ground)}"/>'
    )


def _row(
    body: "Body", block: Table, row: tuple[Runs, ...], widths: list[int], style: str, look: str, *, keep: bool
) -> str:
    header = "<w:tblHeader/>" if style == "Table Header" else ""
    with_next = "<w:keepNext/>" if keep else ""
    cells = []
    for runs, column, width in zip(row, block.columns, widths, strict=True):
        align = f'<w:jc w:val="{column.align}"/>' if column.align != "left" else ""
        cells.append(cell(width, body.style(style, body.runs(runs), with_next + align), look))
    return f"<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>{''.join(cells)}</w:tr>"
