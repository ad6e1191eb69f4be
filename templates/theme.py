"""`Theme`: colours, type and page of a document; every writer takes its measures from here."""

from dataclasses import dataclass, replace

from templates.library import TemplateFiles
from templates.manifest import ThemeConfig

# Millimetres. The left and right margins leave 166 mm on A4: about 90 characters a line at 10 points.
_PAGES = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
_POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True)
class Theme:
    """What a document looks like."""

    accent: str
    page_width: float
    page_height: float
    ink: str = "#1f2a33"
    muted: str = "#5b6875"
    line: str = "#d5dbe1"
    good: str = "#1d7a46"
    warning: str = "#a35b00"
    margin_side: float = 22.0
    margin_top: float = 20.0
    margin_bottom: float = 22.0
    size: float = 10.0  # points, of body text
    docx: bytes | None = None
    """A Word file whose styles are used instead of our own."""

    @classmethod
    def of(cls, config: ThemeConfig, files: TemplateFiles) -> "Theme":
        """Make the theme that a manifest asks for.

        Raises:
            TemplateError: the folder lacks the Word file that the manifest names.
        """
        width, height = _PAGES[config.page]
        if config.orientation == "landscape":
            width, height = height, width
        docx = files.read(config.docx) if config.docx else None
        return cls(accent=config.accent.lower(), page_width=width, page_height=height, docx=docx)

    @property
    def tint(self) -> str:
        """The accent as a background: light enough for black text on it."""
        return mix(self.accent, "#ffffff", 0.07)

    @property
    def text_width(self) -> float:
        """The width of a line in points."""
        return (self.page_width - 2 * self.margin_side) * _POINTS_PER_MM

    def turned(self) -> "Theme":
        """Give the same theme on pages that lie on their other side."""
        return replace(self, page_width=self.page_height, page_height=self.page_width)

    def tone(self, name: str) -> str:
        """The colour that a callout of this kind has."""
        return {"success": self.good, "warning": self.warning}.get(name, self.accent)


def mix(colour: str, with_colour: str, share: float) -> str:
    """Give the colour that is `share` of the first and the rest of the second."""
    first, second = (tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in (colour, with_colour))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in zip(first, second, strict=True))
