"""Which colour, and which mark, stands for which series."""

from collections.abc import Sequence

from templates.charts.pen import Pen, stroke

SWATCH = 8.0  # points
_GAP = 4.0
_BETWEEN = 16.0
LINE_HEIGHT = 13.0
# Lines differ by more than colour: in the dashes between the points, and in the marks on them.
DASHES = ("", "5 2.5", "1.5 2", "7 2 1.5 2", "3 2", "9 3")


def legend(pen: Pen, names: Sequence[str], colours: Sequence[str], ink: str, room: float, *, lines: bool) -> list[str]:
    """Draw the names of series in rows from the upper left on.

    Args:
        pen: for the names.
        names: of the series.
        colours: one for each.
        ink: the colour of the names.
        room: the width of the chart.
        lines: whether the series are drawn as lines.
    """
    parts = []
    for index, (row, x, name) in enumerate(_places(pen, names, room)):
        middle = row * LINE_HEIGHT + LINE_HEIGHT / 2 - 1
        if lines:
            path = f"M{x:.2f} {middle:.2f}H{x + 2 * SWATCH:.2f}"
            parts.append(stroke(path, colours[index], 1.6, DASHES[index]))
            parts.append(mark(index, x + SWATCH, middle, colours[index]))
        else:
            parts.append(square(x, middle, colours[index]))
        start = x + (2 * SWATCH if lines else SWATCH) + _GAP
        parts.append(pen.write(name, start, middle + pen.size * 0.33, ink))
    return parts


def height(pen: Pen, names: Sequence[str], room: float) -> float:
    """Say how much room the rows take."""
    return (1 + max(row for row, _, _ in _places(pen, names, room))) * LINE_HEIGHT


def square(x: float, middle: float, colour: str) -> str:
    """Draw the sign of an area."""
    return f'<path d="M{x:.2f} {middle - SWATCH / 2:.2f}h{SWATCH}v{SWATCH}h{-SWATCH}Z" fill="{colour}"/>'


def mark(index: int, x: float, y: float, colour: str, size: float = 2.6) -> str:
    """Draw the mark of a line's points: disc, square, triangle, diamond, and the first two open."""
    look = f'fill="{colour}"' if index < 4 else f'fill="#ffffff" stroke="{colour}" stroke-width="1.2"'
    if index % 4 == 0:
        return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{size}" {look}/>'
    r = size * 1.15
    path = {
        1: f"M{x - size:.2f} {y - size:.2f}h{2 * size}v{2 * size}h{-2 * size}Z",
        2: f"M{x:.2f} {y - r:.2f}L{x + r:.2f} {y + r:.2f}H{x - r:.2f}Z",
        3: f"M{x:.2f} {y - r * 1.2:.2f}L{x + r:.2f} {y:.2f}L{x:.2f} {y + r * 1.2:.2f}L{x - r:.2f} {y:.2f}Z",
    }[index % 4]
    return f'<path d="{path}" {look}/>'


def _places(pen: Pen, names: Sequence[str], room: float) -> list[tuple[int, float, str]]:
    places = []
    row, x = 0, 0.0
    for name in names:
        shown = pen.fit(name, room - 2 * SWATCH - _GAP)
        width = 2 * SWATCH + _GAP + pen.width(shown)
        if x and x + width > room:
            row, x = row + 1, 0.0
        places.append((row, x, shown))
        x += width + _BETWEEN
    return places
