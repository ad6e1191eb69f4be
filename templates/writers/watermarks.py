"""The measures of a watermark, the same in every format."""

from dataclasses import dataclass

from templates.fonts import BOLD, glyph
from templates.theme import Theme, mix

_LARGEST = 120.0  # points
_SHARE = 0.62  # of the page's diagonal; the ends stay clear of the paper's edges


@dataclass(frozen=True)
class Watermark:
    """A text across the page.

    Attributes:
        size: of the type, in points.
        width: of the text, in points.
        height: of its line, in points, from above the tallest letters to below the lowest.
    """

    text: str
    size: float
    width: float
    height: float
    colour: str


def measure(text: str, theme: Theme) -> Watermark:
    """Make a watermark as large as the page allows, and light enough to read over."""
    points_per_mm = 72 / 25.4
    diagonal = (theme.page_width**2 + theme.page_height**2) ** 0.5 * points_per_mm
    ems = max(sum(glyph(character, theme.heading, BOLD)[1] for character in text), 0.1)
    size = min(_LARGEST, diagonal * _SHARE / ems)
    return Watermark(text, size, size * ems, size * theme.heading.line, mix(theme.muted, "#ffffff", 0.17))
