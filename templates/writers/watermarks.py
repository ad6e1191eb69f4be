"""The measures of a watermark, the same in every format."""

from dataclasses import dataclass

from templates.theme import Theme, mix

_LETTER = 0.62  # the width of a capital letter, in heights of the type
_LARGEST = 120.0  # points
_SHARE = 0.72  # of the page's diagonal


@dataclass(frozen=True)
class Watermark:
    """A text across the page."""

    text: str
    size: float  # points
    width: float
    colour: str


def measure(text: str, theme: Theme) -> Watermark:
    """Make a watermark as large as the page allows, and light enough to read over."""
    points_per_mm = 72 / 25.4
    diagonal = (theme.page_width**2 + theme.page_height**2) ** 0.5 * points_per_mm
    size = min(_LARGEST, diagonal * _SHARE / (_LETTER * max(len(text), 1)))
    return Watermark(text, size, size * _LETTER * len(text), mix(theme.muted, "#ffffff", 0.17))
