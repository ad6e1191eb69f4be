"""Write what arranges a page as WordprocessingML: columns, lines to sign on, the cover."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from templates.blocks import COLUMN_GAP, Columns, Cover, Signature, Signatures
from templates.writers.docx_xml import cell, cell_margins, frame_at_foot, table, text_run, twips

if TYPE_CHECKING:
    from templates.writers.docx_body import Body

_SIGNATURE_GAP = 24.0  # points between two lines


def write_columns(body: "Body", block: Columns) -> str:
    """Write blocks side by side."""
    widths = block.widths(body.room)
    contents = [
        body.write_in(width, blocks) or body.style("Spacer", "")
        for width, blocks in zip(widths, block.columns, strict=True)
    ]
    return body.spaced(_side_by_side(widths, COLUMN_GAP, [contents]))


def write_signatures(body: "Body", block: Signatures) -> str:
    """Write lines to sign on, kept together on one page."""
    rows = block.rows()
    count = len(rows[0])
    width = (body.room - _SIGNATURE_GAP * (count - 1)) / count
    written = [[_signature(body, entry, keep=row is not rows[-1]) for entry in row] for row in rows]
    return body.spaced(_side_by_side([width] * count, _SIGNATURE_GAP, written))


def write_cover(body: "Body", block: Cover) -> str:
    """Write the first page; its section ends behind it."""
    logo = body.style("Figure", body.picture(block.logo)) if block.logo else ""
    subtitle = body.style("Subtitle", text_run(block.subtitle)) if block.subtitle else ""
    # The style has the frame too; LibreOffice wants it in the paragraph.
    frame = frame_at_foot(body.room)
    foot = "".join(body.style("Cover Text", body.runs(paragraph.runs), frame) for paragraph in block.paragraphs)
    return logo + body.style("Title", text_run(block.title)) + subtitle + foot


def _side_by_side(widths: Sequence[float], gap: float, rows: Sequence[Sequence[str]]) -> str:
    """Write a table without lines whose cells are `widths` wide, with a gap between two of them."""
    outer = [width + gap for width in widths[:-1]] + [widths[-1]]
    inset = f'<w:tcMar><w:right w:w="{twips(gap)}" w:type="dxa"/></w:tcMar>'
    written = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(
            cell(twips(width), content, inset if number < len(row) else "")
            for number, (width, content) in enumerate(zip(outer, row, strict=True), start=1)
        )
        + "</w:tr>"
        for row in rows
    )
    no_margins = cell_margins(top=0, left=0, bottom=0, right=0)
    return table([twips(width) for width in outer], written, after=no_margins)


def _signature(body: "Body", entry: Signature | None, *, keep: bool) -> str:
    properties = "<w:keepNext/>" if keep else ""
    if entry is None:
        return body.style("Signature Note", "", properties)
    notes = [entry.role] if entry.role else []
    if entry.date is not None:
        notes.append(f"{body.words.date}: {entry.date}")
    return body.style("Signature Name", text_run(entry.name), properties) + "".join(
        body.style("Signature Note", text_run(note), properties) for note in notes
    )
