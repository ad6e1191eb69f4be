"""`Pen`: draws text as outlines of the document's font, so that a chart looks the same in every reader."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape

from templates.fonts import REGULAR, Family, characters, glyph, stand_ins
from templates.scripts import is_joined

LABEL_SIZE = 8.0  # points
ELLIPSIS = "…"


@dataclass(frozen=True)
class Pen:
    """Text in one family, at the size of labels."""

    family: Family
    size: float = LABEL_SIZE

    def width(self, text: str, weight: int = REGULAR) -> float:
        """Measure a text in points."""
        return sum(glyph(character, self.family, weight)[1] for character in text) * self.size

    def fit(self, text: str, room: float, weight: int = REGULAR) -> str:
        """Cut a text off where it is wider than its room; the whole stands in the alternative text."""
        if self.width(text, weight) <= room:
            return text
        kept = text
        while kept and self.width(kept.rstrip() + ELLIPSIS, weight) > room:
            kept = kept[:-1]
        return kept.rstrip() + ELLIPSIS

    def write(
        self,
        text: str,
        x: float,
        y: float,
        colour: str,
        *,
        anchor: Literal["start", "middle", "end"] = "start",
        weight: int = REGULAR,
    ) -> str:
        """Draw a text; `x` and `y` are those of its baseline's start, middle or end."""
        if is_joined(text):  # whoever draws the picture joins its letters, in the fonts of the document
            return (
                f'<text x="{x:.2f}" y="{y:.2f}" font-size="{self.size}" font-weight="{weight}" fill="{colour}" '
                f'text-anchor="{anchor}">{"".join(self._spans(text))}</text>'
            )
        x -= self.width(text, weight) * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        parts = []
        for character in text:
            outline, advance = glyph(character, self.family, weight)
            if outline:
                parts.append(
                    f'<path transform="translate({x:.2f} {y:.2f}) scale({self.size} {-self.size})" d="{outline}"/>'
                )
            x += advance * self.size
        return f'<g fill="{colour}">{"".join(parts)}</g>'

    def _spans(self, text: str) -> Iterator[str]:
        """Name the fonts that have each part: no other one is looked for where a picture names one that lacks it."""
        for names, part in itertools.groupby(text, self._names):
            yield f'<tspan font-family="{names}">{escape("".join(part))}</tspan>'

    def _names(self, character: str) -> str:
        having = [family.name for family in (self.family, *stand_ins()) if ord(character) in characters(family)]
        return ", ".join(having or [self.family.name])


def stroke(path: str, colour: str, width: float, dashes: str = "") -> str:
    """Draw a line along a path."""
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"{dashed}/>'
