"""Write what stands in boxes or side by side as WordprocessingML: callouts, key figures, the letterhead."""

from typing import TYPE_CHECKING

from templates.blocks import Callout, KeyValues, Letterhead, plain
from templates.theme import Theme, mix
from templates.writers.docx_xml import cell, cell_margins, colour, table, text_run, twips

if TYPE_CHECKING:
    from templates.writers.docx_body import Body

_EDGES = ("top", "left", "bottom", "right")
_CALLOUT_PADDING = 10.0
_LETTERHEAD_GAP = 16.0
_LEAST_SHARE = 0.3  # of the letterhead's line, for its name and for its address
_TILE_PADDING = 9.0
_TILE_GAP = 6.0  # points, drawn as a white border


def write_callout(body: "Body", block: Callout) -> str:
    """Write a box with a coloured edge."""
    tone = body.theme.tone(block.kind)
    edges = {"left": 24} if body.theme.style.callouts == "striped" else dict.fromkeys(_EDGES, 6)
    borders = "".join(
        f'<w:{edge} w:val="single" w:sz="{size}" w:space="0" w:color="{colour(tone)}"/>' for edge, size in edges.items()
    )
    look = (
        f"<w:tcBorders>{borders}</w:tcBorders>"
        f'<w:shd w:val="clear" w:color="auto" w:fill="{colour(mix(tone, "#ffffff", 0.07))}"/>'
    )
    widths = body.widths([1])
    inner = body.style("Callout Title", text_run(block.title, f'<w:color w:val="{colour(tone)}"/>'))
    inner += body.write_in(body.room - 2 * _CALLOUT_PADDING, block.blocks)
    margins = cell_margins(top=6, left=_CALLOUT_PADDING, bottom=4, right=_CALLOUT_PADDING)
    row = f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cell(widths[0], inner, look)}</w:tr>"
    return body.style("Spacer", "") + body.spaced(table(widths, row, after=margins))


def write_key_values(body: "Body", block: KeyValues) -> str:
    """Write facts as tiles or as rows."""
    return _tiles(body, block) if block.layout == "tiles" else _facts(body, block)


def _tiles(body: "Body", block: KeyValues) -> str:
    widths = body.widths([1 / len(block.entries)] * len(block.entries))
    gap = f'w:val="single" w:sz="{round(_TILE_GAP * 8)}" w:space="0" w:color="FFFFFF"'
    fill = _tile_look(body.theme)
    padding = _TILE_PADDING if body.theme.style.tiles == "filled" else 0.0
    cells = []
    for index, (entry, width) in enumerate(zip(block.entries, widths, strict=True)):
        # Half of the border between two tiles lies on the right one.
        inset = f'<w:tcMar><w:left w:w="{twips(padding + _TILE_GAP / 2)}" w:type="dxa"/></w:tcMar>' if index else ""
        content = (
            body.style("Tile Label", text_run(entry.label))
            + body.style("Tile Value", text_run(entry.value))
            + (body.style("Tile Note", text_run(entry.note)) if entry.note else "")
        )
        cells.append(cell(width, content, fill + inset))
    row = f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"
    borders = f"<w:tblBorders><w:insideV {gap}/></w:tblBorders>"
    margins = cell_margins(top=6, left=padding, bottom=6, right=6)
    return body.style("Spacer", "") + body.spaced(table(widths, row, before=borders, after=margins))


def _tile_look(theme: Theme) -> str:
    if theme.style.tiles == "topped":
        line = f'<w:top w:val="single" w:sz="18" w:space="0" w:color="{colour(theme.accent)}"/>'
        return f"<w:tcBorders>{line}</w:tcBorders>"
    return f'<w:shd w:val="clear" w:color="auto" w:fill="{colour(theme.tint)}"/>'


def _facts(body: "Body", block: KeyValues) -> str:
    widths = body.widths([0.3, 0.7])
    rows = []
    for entry in block.entries:
        value = f"{entry.value} · {entry.note}" if entry.note else entry.value
        label = cell(widths[0], body.style("Fact Label", text_run(entry.label)))
        rows.append(f"<w:tr>{label}{cell(widths[1], body.style('Table Text', text_run(value)))}</w:tr>")
    return body.spaced(table(widths, "".join(rows), after=cell_margins(top=2, left=0, bottom=2, right=6)))


def _share_of_name(block: Letterhead, theme: Theme) -> float:
    """Share the letterhead's line between name and address, so that both wrap as late as they can."""
    lines = plain(block.runs).split("\n")
    name, address = len(block.name) * theme.sizes.name, max(map(len, lines)) * theme.sizes.label
    return min(max(name / max(name + address, 1), _LEAST_SHARE), 1 - _LEAST_SHARE)


def write_letterhead(body: "Body", block: Letterhead) -> str:
    """Write who sends the document: mark, name and address."""
    logo = (block.logo.width + 10) / body.theme.text_width if block.logo else 0
    name = _share_of_name(block, body.theme) * (1 - logo)
    widths = body.widths([logo, name, 1 - logo - name] if block.logo else [name, 1 - name])
    middle = '<w:vAlign w:val="center"/>'
    cells = [
        cell(widths[-2], body.style("Letterhead Name", text_run(block.name)), middle),
        cell(widths[-1], body.style("Letterhead Address", body.runs(block.runs)), middle),
    ]
    if block.logo:
        cells.insert(0, cell(widths[0], body.style("Table Text", body.picture(block.logo)), middle))
    is_barred = body.theme.style.letterhead == "barred"
    edge, size = ("top", 36) if is_barred else ("bottom", 6)
    border = f'<w:{edge} w:val="single" w:sz="{size}" w:space="0" w:color="{colour(body.theme.accent)}"/>'
    margins = cell_margins(top=9 if is_barred else 0, left=0, bottom=7, right=0)
    row = f"<w:tr>{''.join(cells)}</w:tr>"
    # The letter begins a good line below.
    room = body.style("Spacer", "", f'<w:spacing w:after="{twips(_LETTERHEAD_GAP)}"/>')
    return table(widths, row, before=f"<w:tblBorders>{border}</w:tblBorders>", after=margins) + room
