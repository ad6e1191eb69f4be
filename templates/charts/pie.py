"""Shares of a whole as slices, with a list beside them that says what each is."""

import math
from dataclasses import dataclass
from decimal import Decimal

from templates.charts.chart import Chart
from templates.charts.legend import SWATCH, square
from templates.charts.pen import Pen
from templates.fonts import SEMIBOLD
from templates.theme import Theme

MAX_SLICES = 8  # the smallest of more are summed: nobody compares them by eye

_HOLE = 0.56  # of the radius; a ring reads as well as a disc and is lighter on the page
_ROW = 15.0
_GAP = 8.0


@dataclass(frozen=True)
class _Slice:
    label: str
    value: Decimal
    colour: str


def draw_pie(chart: Chart, theme: Theme, width: float, height: float) -> list[str]:
    """Draw a ring, the largest slice first, and the list of its slices to the right."""
    slices = _slices(chart, theme)
    whole = sum((slice.value for slice in slices), Decimal(0))
    radius = min(height / 2 - 2, width / 5)
    centre = (radius + 2, height / 2)
    parts, turned = [], 0.0
    for slice in slices:
        share = float(slice.value / whole)
        parts.append(_ring(centre, radius, turned, turned + share, slice.colour))
        turned += share
    return parts + _list(chart, slices, whole, theme, left=2 * radius + 28, right=width, middle=height / 2)


def _slices(chart: Chart, theme: Theme) -> list[_Slice]:
    """Sort the values; those behind the seventh become one, which stands last whatever its size."""
    values = chart.series[0].values
    pairs = sorted(
        ((label, value) for label, value in zip(chart.labels, values, strict=True) if value > 0),
        key=lambda pair: -pair[1],
    )
    if len(pairs) > MAX_SLICES:
        kept, rest = pairs[: MAX_SLICES - 1], pairs[MAX_SLICES - 1 :]
        pairs = [*kept, (chart.words.other, sum((value for _, value in rest), Decimal(0)))]
    return [_Slice(label, value, colour) for (label, value), colour in zip(pairs, theme.series, strict=False)]


def _ring(centre: tuple[float, float], radius: float, start: float, end: float, colour: str) -> str:
    """Draw a part of a ring; angles are shares of a turn, clockwise from the top."""
    inner = radius * _HOLE
    if end - start > 0.9999:  # an arc that ends where it starts is none
        outline = "".join(
            f"M{centre[0] - r:.2f} {centre[1]:.2f}"
            f"a{r:.2f} {r:.2f} 0 1 0 {2 * r:.2f} 0a{r:.2f} {r:.2f} 0 1 0 {-2 * r:.2f} 0Z"
            for r in (radius, inner)
        )
        return f'<path d="{outline}" fill="{colour}" fill-rule="evenodd"/>'
    large = int(end - start > 0.5)
    (ax, ay), (bx, by) = _point(centre, radius, start), _point(centre, radius, end)
    (cx, cy), (dx, dy) = _point(centre, inner, end), _point(centre, inner, start)
    path = (
        f"M{ax:.2f} {ay:.2f}A{radius:.2f} {radius:.2f} 0 {large} 1 {bx:.2f} {by:.2f}"
        f"L{cx:.2f} {cy:.2f}A{inner:.2f} {inner:.2f} 0 {large} 0 {dx:.2f} {dy:.2f}Z"
    )
    # A white edge tells two slices apart where their colours do not.
    return f'<path d="{path}" fill="{colour}" stroke="#ffffff" stroke-width="1.2"/>'


def _point(centre: tuple[float, float], radius: float, turn: float) -> tuple[float, float]:
    angle = 2 * math.pi * turn
    return centre[0] + radius * math.sin(angle), centre[1] - radius * math.cos(angle)


def _list(
    chart: Chart, slices: list[_Slice], whole: Decimal, theme: Theme, *, left: float, right: float, middle: float
) -> list[str]:
    """Write colour, label, value and share of each slice in columns."""
    pen = Pen(theme.text)
    values = [chart.write(slice.value) for slice in slices]
    shares = [chart.write_share(slice.value / whole) for slice in slices]
    share_width = max(pen.width(text, SEMIBOLD) for text in shares)
    value_width = max(pen.width(text) for text in values)
    free = right - left - SWATCH - share_width - value_width - 4 * _GAP
    label_width = min(max(pen.width(slice.label) for slice in slices), max(free, 0.0))
    value_end = left + SWATCH + label_width + value_width + 3 * _GAP
    top = middle - _ROW * (len(slices) - 1) / 2
    parts = []
    for row, slice in enumerate(slices):
        line = top + row * _ROW
        baseline = line + pen.size * 0.33
        parts.append(square(left, line, slice.colour))
        parts.append(pen.write(pen.fit(slice.label, label_width), left + SWATCH + _GAP, baseline, theme.ink))
        parts.append(pen.write(values[row], value_end, baseline, theme.muted, anchor="end"))
        end = value_end + share_width + 2 * _GAP
        parts.append(pen.write(shares[row], end, baseline, theme.ink, anchor="end", weight=SEMIBOLD))
    return parts
