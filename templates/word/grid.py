"""Make the columns that a table declares those that its rows have, after `{%tc` loops changed them."""

import re

_STEP = re.compile(
    r"<w:tbl>|</w:tbl>|<w:tblGrid ?/>|<w:tblGrid>.*?</w:tblGrid>|<w:tr[ >]|<w:tc[ >]"
    r'|<w:(gridSpan|gridBefore|gridAfter) w:val="(\d+)"',
    re.DOTALL,
)
_WIDTH = re.compile(r'<w:gridCol[^>]*?w:w="(\d+)"[^>]*?/>|<w:gridCol ?/>')


class _Table:
    def __init__(self) -> None:
        self.grid: tuple[int, int] | None = None
        self.columns = self._row = 0

    def begin_row(self) -> None:
        self.columns = max(self.columns, self._row)
        self._row = 0

    def add(self, columns: int) -> None:
        self._row += columns


def fit_grids(text: str) -> str:
    """Give the part with the grid of each table made to fit; the width of the whole table stays."""
    changes: list[tuple[int, int, str]] = []
    opened: list[_Table] = []
    for step in _STEP.finditer(text):
        word = step[0]
        if word == "<w:tbl>":
            opened.append(_Table())
        elif not opened:
            continue
        elif word == "</w:tbl>":
            table = opened.pop()
            table.begin_row()
            if table.grid:
                start, end = table.grid
                changes.append((start, end, _fitted(text[start:end], table.columns)))
        elif word.startswith("<w:tblGrid"):
            opened[-1].grid = opened[-1].grid or step.span()
        elif word.startswith("<w:tr"):
            opened[-1].begin_row()
        elif step[1]:
            opened[-1].add(int(step[2]) - (step[1] == "gridSpan"))
        else:
            opened[-1].add(1)
    pieces, position = [], 0
    for start, end, grid in sorted(changes):  # a table in a cell comes before the one around it
        pieces += [text[position:start], grid]
        position = end
    return "".join((*pieces, text[position:]))


def _fitted(grid: str, columns: int) -> str:
    """Scale the old columns so that the new ones find room, or share out the room of those that went away."""
    widths = [int(match[1] or 0) for match in _WIDTH.finditer(grid)]
    if not columns or len(widths) == columns or "tblGridChange" in grid:  # of a change that is tracked
        return grid
    total = sum(widths)
    if columns > len(widths):
        widths = [width * len(widths) // columns for width in widths]
        missing = columns - len(widths)
        widths += [(total - sum(widths)) // missing] * missing
    else:
        gone = sum(widths[columns:])
        widths = [width + gone // columns for width in widths[:columns]]
    listing = "".join(f'<w:gridCol w:w="{width}"/>' if total else "<w:gridCol/>" for width in widths)
    return f"<w:tblGrid>{listing}</w:tblGrid>"
