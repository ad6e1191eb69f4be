"""`Chart`: what a chart shows, and the words that say the same."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from templates.words import Words

ChartKind = Literal["bar", "line", "pie"]
CHART_KINDS: tuple[ChartKind, ...] = ("bar", "line", "pie")

MAX_POINTS = 400  # more would be closer together than the pixels of a page
MAX_SERIES = 6  # more colours nobody tells apart


@dataclass(frozen=True)
class Series:
    """Values that belong together: one for each label."""

    name: str
    values: tuple[Decimal, ...]


@dataclass(frozen=True)
class Chart:
    """What a chart shows."""

    kind: ChartKind
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    write: Callable[[Decimal], str]
    write_short: Callable[[Decimal], str]
    write_share: Callable[[Decimal], str]
    words: Words
    highlight: Literal["last", "none"] = "last"
    """Whether the last value is the one that the chart is looked at for; of one series only."""

    @property
    def values(self) -> tuple[Decimal, ...]:
        """All values of all series."""
        return tuple(value for series in self.series for value in series.values)


def describe(chart: Chart) -> str:
    """Say in words what the chart shows; this is its alternative text."""
    words = {"bar": chart.words.bar_chart, "line": chart.words.line_chart, "pie": chart.words.pie_chart}
    several = len(chart.series) > 1
    said = []
    for series in chart.series:
        points = "; ".join(
            f"{label}: {chart.write(value)}" for label, value in zip(chart.labels, series.values, strict=True)
        )
        said.append(f"{series.name} – {points}." if several else f"{points}.")
    return f"{words[chart.kind]}, {chart.title}. {' '.join(said)}"
