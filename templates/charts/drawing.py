"""Draw a chart as one SVG picture."""

from xml.sax.saxutils import quoteattr

from templates.blocks import Image
from templates.charts.axes import draw_axes
from templates.charts.chart import Chart, describe
from templates.charts.pie import draw_pie
from templates.theme import Theme


def draw(chart: Chart, theme: Theme, *, width: float, height: float) -> Image:
    """Draw a chart of `width` × `height` points."""
    parts = (draw_pie if chart.kind == "pie" else draw_axes)(chart, theme, width, height)
    alt = describe(chart)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.4g}pt" height="{height:.4g}pt" '
        f'viewBox="0 0 {width:.4g} {height:.4g}" role="img" aria-label={quoteattr(alt)}>'
        f"{''.join(parts)}</svg>"
    )
    return Image(svg.encode(), "svg", width, height, alt)
