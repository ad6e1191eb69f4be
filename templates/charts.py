"""Bar and line charts as small SVG drawings of our own.

Text is drawn as outlines of the document's font, so a chart looks the same in
every reader; what it says is in its alternative text.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from xml.sax.saxutils import quoteattr

from templates.blocks import Image
from templates.fonts import REGULAR, SEMIBOLD, Family, glyph
from templates.theme import Theme, mix

ChartKind = Literal["bar", "line"]
CHART_KINDS: tuple[ChartKind, ...] = ("bar", "line")

MAX_POINTS = 400  # more would be closer together than the pixels of a page
_TICKS = 4  # about as many lines as a reader counts at a glance
_LABEL_SIZE = 8.0
_GAP = 6.0
_LAST_VALUE_SHARE = 1.3  # of a bar's room, which its written-out value may take
_BAR_SHARE = 0.62  # of the room that a bar has


@dataclass(frozen=True)
class Series:
    """What a chart shows."""

    kind: ChartKind
    title: str
    labels: tuple[str, ...]
    values: tuple[Decimal, ...]
    write: Callable[[Decimal], str]
    write_short: Callable[[Decimal], str]


@dataclass(frozen=True)
class _Plot:
    """The drawing area and its scale."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    count: int
    family: Family

    def x(self, index: int) -> float:
        return self.left + (index + 0.5) * (self.right - self.left) / self.count

    def y(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)

    @property
    def step(self) -> float:
        return (self.right - self.left) / self.count


def draw(series: Series, theme: Theme, *, width: float, height: float) -> Image:
    """Draw a chart of `width` × `height` points."""
    ticks = _ticks([float(value) for value in series.values], from_zero=series.kind == "bar")
    tick_labels = [series.write_short(tick) for tick in ticks]
    left = max(_text_width(theme.text, label, _LABEL_SIZE, REGULAR) for label in tick_labels) + _GAP
    top, bottom = 1.5 * _LABEL_SIZE, height - 2 * _LABEL_SIZE
    low, high = float(ticks[0]), float(ticks[-1])
    plot = _Plot(left, width, top, bottom, low, high, len(series.values), theme.text)
    parts = [*_grid(plot, ticks, tick_labels, theme), *_labels(plot, series.labels, theme)]
    parts += _bars(plot, series, theme) if series.kind == "bar" else _line(plot, series, theme)
    alt = describe(series)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.4g}pt" height="{height:.4g}pt" '
        f'viewBox="0 0 {width:.4g} {height:.4g}" role="img" aria-label={quoteattr(alt)}>'
        f"{''.join(parts)}</svg>"
    )
    return Image(svg.encode(), "svg", width, height, alt)


def describe(series: Series) -> str:
    """Say in words what the chart shows; this is its alternative text."""
    points = "; ".join(
        f"{label}: {series.write(value)}" for label, value in zip(series.labels, series.values, strict=True)
    )
    kind = "Bar chart" if series.kind == "bar" else "Line chart"
    return f"{kind}, {series.title}. {points}."


def _ticks(values: Sequence[float], *, from_zero: bool) -> list[Decimal]:
    """Choose round values that hold all of `values`; bars start at zero, because their length is what is read."""
    low, high = min(values), max(values)
    if from_zero or (low >= 0 and low < high / 2):
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:  # one value, or all the same
        low, high = min(low, 0.0), max(high, 0.0) or 1.0
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [Decimal(f"{number * step:.12g}") for number in range(first, max(last, first + 1) + 1)]


def _grid(plot: _Plot, ticks: Sequence[Decimal], labels: Sequence[str], theme: Theme) -> list[str]:
    parts = []
    for tick, label in zip(ticks, labels, strict=True):
        y = plot.y(float(tick))
        colour = theme.muted if tick == 0 else theme.line
        parts.append(_stroke(f"M{plot.left:.2f} {y:.2f}H{plot.right:.2f}", colour, 0.6))
        parts.append(_text(plot.family, label, plot.left - _GAP, y + _LABEL_SIZE * 0.33, theme.muted, anchor="end"))
    return parts


def _labels(plot: _Plot, labels: Sequence[str], theme: Theme) -> list[str]:
    """Write the labels below the plot; where they would touch, only every second, third, … counted from the last."""
    widest = max(_text_width(plot.family, label, _LABEL_SIZE, REGULAR) for label in labels)
    every = max(1, math.ceil((widest + _GAP) / plot.step))
    parts = []
    for index, label in enumerate(labels):
        if (len(labels) - 1 - index) % every == 0:
            x = min(plot.x(index), plot.right - _text_width(plot.family, label, _LABEL_SIZE, REGULAR) / 2)
            is_last = index == len(labels) - 1
            colour, weight = (theme.ink, SEMIBOLD) if is_last else (theme.muted, REGULAR)
            y = plot.bottom + 1.6 * _LABEL_SIZE
            parts.append(_text(plot.family, label, x, y, colour, anchor="middle", weight=weight))
    return parts


def _bars(plot: _Plot, series: Series, theme: Theme) -> list[str]:
    parts = []
    width = plot.step * _BAR_SHARE
    for index, value in enumerate(series.values):
        top, base = plot.y(max(float(value), 0.0)), plot.y(min(float(value), 0.0))
        colour = theme.accent if index == plot.count - 1 else mix(theme.accent, "#ffffff", 0.38)
        parts.append(
            f'<rect x="{plot.x(index) - width / 2:.2f}" y="{top:.2f}" width="{width:.2f}" '
            f'height="{max(base - top, 0.3):.2f}" fill="{colour}"/>'
        )
    return [*parts, _last_value(plot, series, theme)]


def _line(plot: _Plot, series: Series, theme: Theme) -> list[str]:
    points = [(plot.x(index), plot.y(float(value))) for index, value in enumerate(series.values)]
    path = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
    area = f"{path}L{points[-1][0]:.2f} {plot.bottom:.2f}L{points[0][0]:.2f} {plot.bottom:.2f}Z"
    x, y = points[-1]
    return [
        # An area is read by its size, so only an axis that starts at zero may fill one.
        f'<path d="{area}" fill="{theme.tint}"/>' if plot.low == 0 else "",
        _stroke(path, theme.accent, 1.6),
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="2.6" fill="{theme.accent}"/>',
        _last_value(plot, series, theme),
    ]


def _last_value(plot: _Plot, series: Series, theme: Theme) -> str:
    """Write the newest value beside its point: it is what the chart is looked at for."""
    last = float(series.values[-1])
    label = series.write(series.values[-1])
    if _text_width(plot.family, label, _LABEL_SIZE, SEMIBOLD) > _LAST_VALUE_SHARE * plot.step:
        label = series.write_short(series.values[-1])
    x = min(plot.x(plot.count - 1), plot.right - _text_width(plot.family, label, _LABEL_SIZE, SEMIBOLD) / 2)
    y = plot.y(max(last, 0.0) if series.kind == "bar" else last)
    falls = series.kind == "line" and plot.count > 1 and float(series.values[-2]) > last
    below = falls and plot.bottom - y > 2 * _LABEL_SIZE  # where the line comes from above, there is room below
    y += 1.6 * _LABEL_SIZE if below else -0.7 * _LABEL_SIZE
    return _text(plot.family, label, x, y, theme.accent, anchor="middle", weight=SEMIBOLD)


def _text(
    family: Family,
    text: str,
    x: float,
    y: float,
    colour: str,
    *,
    anchor: Literal["middle", "end"],
    weight: int = REGULAR,
) -> str:
    width = _text_width(family, text, _LABEL_SIZE, weight)
    x -= width / 2 if anchor == "middle" else width
    parts = []
    for character in text:
        outline, advance = glyph(character, family, weight)
        if outline:
            parts.append(
                f'<path transform="translate({x:.2f} {y:.2f}) scale({_LABEL_SIZE} {-_LABEL_SIZE})" d="{outline}"/>'
            )
        x += advance * _LABEL_SIZE
    return f'<g fill="{colour}">{"".join(parts)}</g>'


def _text_width(family: Family, text: str, size: float, weight: int) -> float:
    return sum(glyph(character, family, weight)[1] for character in text) * size


def _stroke(path: str, colour: str, width: float) -> str:
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"/>'
