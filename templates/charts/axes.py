"""Bars and lines over an axis of labels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from templates.charts import legend
from templates.charts.chart import Chart
from templates.charts.pen import LABEL_SIZE, Pen, stroke
from templates.fonts import REGULAR, SEMIBOLD
from templates.theme import Theme, mix

_TICKS = 4  # about as many lines as a reader counts at a glance
_GAP = 6.0
_LAST_VALUE_SHARE = 1.3  # of a bar's room, which its written-out value may take
_BAR_SHARE = 0.62  # of the room that a bar has
_GROUP_SHARE = 0.76  # of the room that a group of bars has
_FEW_POINTS = 24  # of a line that shows a mark at each


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
    pen: Pen
    colours: tuple[str, ...]

    def x(self, index: int) -> float:
        return self.left + (index + 0.5) * self.step

    def y(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)

    @property
    def step(self) -> float:
        return (self.right - self.left) / self.count


def draw_axes(chart: Chart, theme: Theme, width: float, height: float) -> list[str]:
    """Draw bars or lines."""
    pen = Pen(theme.text)
    numbers = [float(value) for value in chart.values]
    ticks = ticks_of(numbers, from_zero=chart.kind == "bar")
    tick_labels = [chart.write_short(tick) for tick in ticks]
    left = max(pen.width(label) for label in tick_labels) + _GAP
    parts, top = [], 1.5 * LABEL_SIZE
    several = len(chart.series) > 1
    if several:
        names = [series.name for series in chart.series]
        top += legend.height(pen, names, width)
        parts += legend.legend(pen, names, theme.series, theme.ink, width, lines=chart.kind == "line")
    bottom = height - 2 * LABEL_SIZE
    low, high = float(ticks[0]), float(ticks[-1])
    plot = _Plot(left, width, min(top, bottom - 1), bottom, low, high, len(chart.labels), pen, theme.series)
    parts += _grid(plot, ticks, tick_labels, theme)
    parts += _labels(plot, chart, theme)
    if several:
        return parts + (_groups(plot, chart, theme) if chart.kind == "bar" else _lines(plot, chart))
    return parts + (_bars(plot, chart, theme) if chart.kind == "bar" else _line(plot, chart, theme))


def ticks_of(values: Sequence[float], *, from_zero: bool) -> list[Decimal]:
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
        parts.append(stroke(f"M{plot.left:.2f} {y:.2f}H{plot.right:.2f}", colour, 0.6))
        parts.append(plot.pen.write(label, plot.left - _GAP, y + LABEL_SIZE * 0.33, theme.muted, anchor="end"))
    return parts


def _labels(plot: _Plot, chart: Chart, theme: Theme) -> list[str]:
    """Write the labels below the plot; where they would touch, only every second, third, … counted from the last."""
    room = plot.step - _GAP
    labels = chart.labels
    if chart.highlight == "none" and plot.count <= _FEW_POINTS:  # categories: each of them is wanted
        labels = tuple(plot.pen.fit(label, room) for label in labels)
    widest = max(plot.pen.width(label) for label in labels)
    every = max(1, math.ceil((widest + _GAP) / plot.step))
    parts = []
    for index, label in enumerate(labels):
        if (len(labels) - 1 - index) % every == 0:
            x = min(plot.x(index), plot.right - plot.pen.width(label) / 2)
            is_marked = index == len(labels) - 1 and chart.highlight == "last" and len(chart.series) == 1
            colour, weight = (theme.ink, SEMIBOLD) if is_marked else (theme.muted, REGULAR)
            y = plot.bottom + 1.6 * LABEL_SIZE
            parts.append(plot.pen.write(label, x, y, colour, anchor="middle", weight=weight))
    return parts


def _bar(plot: _Plot, x: float, width: float, value: float, colour: str) -> str:
    top, base = plot.y(max(value, 0.0)), plot.y(min(value, 0.0))
    return f'<rect x="{x:.2f}" y="{top:.2f}" width="{width:.2f}" height="{max(base - top, 0.3):.2f}" fill="{colour}"/>'


def _bars(plot: _Plot, chart: Chart, theme: Theme) -> list[str]:
    width = plot.step * _BAR_SHARE
    pale = theme.accent if chart.highlight == "none" else mix(theme.accent, "#ffffff", 0.38)
    values = chart.series[0].values
    parts = [
        _bar(plot, plot.x(index) - width / 2, width, float(value), pale if index < plot.count - 1 else theme.accent)
        for index, value in enumerate(values)
    ]
    if chart.highlight == "last":
        return [*parts, _last_value(plot, chart, theme)]
    return parts + _values(plot, chart, theme)


def _values(plot: _Plot, chart: Chart, theme: Theme) -> list[str]:
    """Write each value above its bar, where all of them have room."""
    values = chart.series[0].values
    for write in (chart.write, chart.write_short):
        texts = [write(value) for value in values]
        if all(plot.pen.width(text, SEMIBOLD) <= plot.step - 2 for text in texts):
            return [
                plot.pen.write(
                    text,
                    plot.x(index),
                    plot.y(max(float(values[index]), 0.0)) - 0.5 * LABEL_SIZE,
                    theme.ink,
                    anchor="middle",
                    weight=SEMIBOLD,
                )
                for index, text in enumerate(texts)
            ]
    return []


def _groups(plot: _Plot, chart: Chart, theme: Theme) -> list[str]:
    """Draw the bars of several series side by side."""
    whole = plot.step * _GROUP_SHARE
    width = whole / len(chart.series)
    gap = min(1.0, width / 8)
    return [
        _bar(plot, plot.x(index) - whole / 2 + number * width, width - gap, float(value), theme.series[number])
        for number, series in enumerate(chart.series)
        for index, value in enumerate(series.values)
    ]


def _lines(plot: _Plot, chart: Chart) -> list[str]:
    parts = []
    for number, series in enumerate(chart.series):
        points = [(plot.x(index), plot.y(float(value))) for index, value in enumerate(series.values)]
        colour = plot.colours[number]
        path = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
        parts.append(stroke(path, colour, 1.6, legend.DASHES[number]))
        marked = points if plot.count <= _FEW_POINTS else points[-1:]
        parts += [legend.mark(number, x, y, colour) for x, y in marked]
    return parts


def _line(plot: _Plot, chart: Chart, theme: Theme) -> list[str]:
    points = [(plot.x(index), plot.y(float(value))) for index, value in enumerate(chart.series[0].values)]
    path = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
    area = f"{path}L{points[-1][0]:.2f} {plot.bottom:.2f}L{points[0][0]:.2f} {plot.bottom:.2f}Z"
    parts = [
        # An area is read by its size, so only an axis that starts at zero may fill one.
        f'<path d="{area}" fill="{theme.tint}"/>' if plot.low == 0 else "",
        stroke(path, theme.accent, 1.6),
    ]
    if chart.highlight == "last":
        return [*parts, legend.mark(0, *points[-1], theme.accent), _last_value(plot, chart, theme)]
    return parts + [legend.mark(0, x, y, theme.accent) for x, y in points if plot.count <= _FEW_POINTS]


def _last_value(plot: _Plot, chart: Chart, theme: Theme) -> str:
    """Write the newest value beside its point: it is what the chart is looked at for."""
    values = chart.series[0].values
    last = float(values[-1])
    label = chart.write(values[-1])
    if plot.pen.width(label, SEMIBOLD) > _LAST_VALUE_SHARE * plot.step:
        label = chart.write_short(values[-1])
    x = min(plot.x(plot.count - 1), plot.right - plot.pen.width(label, SEMIBOLD) / 2)
    y = plot.y(max(last, 0.0) if chart.kind == "bar" else last)
    falls = chart.kind == "line" and plot.count > 1 and float(values[-2]) > last
    below = falls and plot.bottom - y > 2 * LABEL_SIZE  # where the line comes from above, there is room below
    y += 1.6 * LABEL_SIZE if below else -0.7 * LABEL_SIZE
    return plot.pen.write(label, x, y, theme.accent_text, anchor="middle", weight=SEMIBOLD)
