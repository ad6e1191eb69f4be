"""Bar, line and pie charts as small SVG drawings of our own."""

from templates.charts.chart import CHART_KINDS, MAX_POINTS, MAX_SERIES, Chart, ChartKind, Series, describe
from templates.charts.drawing import draw

__all__ = ["CHART_KINDS", "MAX_POINTS", "MAX_SERIES", "Chart", "ChartKind", "Series", "describe", "draw"]
