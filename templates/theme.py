"""`Theme`: colours, type and page of a document; every writer takes its measures from here.

A theme is one TOML file, `themes/<name>.toml`. A template's own `theme.toml`
changes single keys of it, its manifest the accent and the page, and a theme file
that somebody chose for one document has the last word.
"""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from configs.errors import ConfigError, TemplateError, TemplateNotFoundError
from configs.loader import ClosedModel, parse, suggest
from templates import fonts
from templates.fonts import Family
from templates.library import TemplateFiles
from templates.manifest import COLOUR, ThemeConfig

BUILT_IN = Path(__file__).parent / "themes"
OWN_FILE = "theme.toml"
CHOSEN_FILE = "theme.chosen.toml"  # where `theme_file.py` puts the file that was chosen

_PAGES = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}  # millimetres
_POINTS_PER_MM = 72 / 25.4
_READABLE = 4.5  # the contrast that WCAG 2 asks of text
_WHITE = "#ffffff"

_Colour = Field(pattern=f"^{COLOUR}$")
_Points = Field(ge=5, le=72)
_Millimetres = Field(ge=8, le=60)


class Colours(ClosedModel):
    """The colours of a theme; tints and shades are mixed from them."""

    accent: str = _Colour
    ink: str = _Colour
    muted: str = _Colour
    line: str = _Colour
    good: str = _Colour
    warning: str = _Colour
    series: tuple[str, ...] = Field(min_length=1, max_length=7, description="Of charts, behind the accent.")


class FontNames(ClosedModel):
    """The families of a theme."""

    text: str
    heading: str
    mono: str
    files: tuple[str, ...] = Field((), max_length=24, description="Fonts in the template's folder.")


class Sizes(ClosedModel):
    """Sizes of type, in points."""

    text: float = _Points
    cover: float = _Points
    title: float = _Points
    section: float = _Points
    subsection: float = _Points
    minor: float = _Points
    lead: float = _Points
    table: float = _Points
    label: float = _Points
    small: float = _Points
    code: float = _Points
    tile: float = _Points
    name: float = _Points


class Margins(ClosedModel):
    """The paper's edges that stay free, in millimetres."""

    side: float = _Millimetres
    top: float = _Millimetres
    bottom: float = _Millimetres


class Choices(ClosedModel):
    """How the larger pieces look."""

    letterhead: Literal["ruled", "barred"]
    headings: Literal["plain", "ruled"]
    tables: Literal["lined", "banded"]
    tiles: Literal["filled", "topped"]
    callouts: Literal["striped", "boxed"]
    bullets: Literal["round", "square"]


class ThemeFile(ClosedModel):
    """What a theme's file says."""

    colours: Colours
    fonts: FontNames
    sizes: Sizes
    margins: Margins
    style: Choices
    page: Literal["a4", "letter"] = "a4"
    logo: str | None = Field(None, description="A picture in the template's folder, for letterheads without their own.")


@dataclass(frozen=True)
class Theme:
    """What a document looks like."""

    name: str
    colours: Colours
    sizes: Sizes
    margins: Margins
    style: Choices
    text: Family
    heading: Family
    mono: Family
    page_width: float  # millimetres
    page_height: float
    logo: str | None = None
    docx: bytes | None = None
    """A Word file whose styles are used instead of our own."""

    @classmethod
    def of(cls, config: ThemeConfig, files: TemplateFiles, *, name: str | None = None) -> "Theme":
        """Make the theme that a manifest asks for.

        Args:
            config: the manifest's table `theme`.
            files: the template's folder.
            name: a theme to use instead of the manifest's.

        Raises:
            TemplateNotFoundError: there is no theme of that name.
            TemplateError: the template's `theme.toml` is wrong, or the folder lacks a file that is named.
        """
        name = name or config.name
        file, where = _layered(config, files, name)
        families = fonts.FAMILIES | fonts.read_families(
            [(f"{files.name}/{path}", files.read(path)) for path in file.fonts.files]
        )
        width, height = _PAGES[file.page]
        if config.orientation == "landscape":
            width, height = height, width
        return cls(
            name=name,
            colours=file.colours.model_copy(update={"accent": file.colours.accent.lower()}),
            sizes=file.sizes,
            margins=file.margins,
            style=file.style,
            text=_family(file.fonts.text, "text", families, where),
            heading=_family(file.fonts.heading, "heading", families, where),
            mono=_family(file.fonts.mono, "mono", families, where),
            page_width=width,
            page_height=height,
            logo=file.logo,
            docx=files.read(config.docx) if config.docx else None,
        )

    @property
    def accent(self) -> str:
        """The colour that carries the theme, for fills and lines."""
        return self.colours.accent

    @property
    def accent_text(self) -> str:
        """The accent, darkened until letters in it can be read on white."""
        return readable(self.colours.accent)

    @property
    def on_accent(self) -> str:
        """What is written in on a ground of the accent."""
        return max((_WHITE, self.ink), key=lambda colour: contrast(colour, self.accent))

    @property
    def ink(self) -> str:
        """The colour of text."""
        return self.colours.ink

    @property
    def strong(self) -> str:
        """The colour of lines that close something."""
        return mix(self.ink, _WHITE, 0.75)

    @property
    def muted(self) -> str:
        """The colour of text that stands back."""
        return self.colours.muted

    @property
    def line(self) -> str:
        """The colour of thin lines."""
        return self.colours.line

    @property
    def band(self) -> str:
        """The ground of every second row of a banded table."""
        return mix(self.line, _WHITE, 0.28)

    @property
    def tint(self) -> str:
        """The accent as a background: light enough for black text on it."""
        return mix(self.accent, _WHITE, 0.07)

    @property
    def series(self) -> tuple[str, ...]:
        """The colours of a chart's series, in their order."""
        return (self.accent, *self.colours.series)

    @property
    def families(self) -> tuple[Family, ...]:
        """The families that documents of this theme need."""
        return tuple(dict.fromkeys((self.text, self.heading, self.mono)))

    @property
    def text_width(self) -> float:
        """The width of a line in points."""
        return (self.page_width - 2 * self.margins.side) * _POINTS_PER_MM

    def turned(self) -> "Theme":
        """Give the same theme on pages that lie on their other side."""
        return replace(self, page_width=self.page_height, page_height=self.page_width)

    def tone(self, name: str) -> str:
        """The colour that a callout of this kind has."""
        return {"success": self.colours.good, "warning": self.colours.warning}.get(name, self.accent_text)


def theme_names() -> list[str]:
    """List the themes that come with the package."""
    return sorted(path.stem for path in BUILT_IN.glob("*.toml"))


def check_name(name: str) -> None:
    """Refuse the name of a theme that does not come with the package.

    Raises:
        TemplateNotFoundError: the hint lists the themes.
    """
    if name not in theme_names():
        hint = f"Known: {', '.join(theme_names())}."
        raise TemplateNotFoundError(f"There is no theme `{name[:80]}`.", where="theme", hint=hint)


def mix(colour: str, with_colour: str, share: float) -> str:
    """Give the colour that is `share` of the first and the rest of the second."""
    first, second = (tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in (colour, with_colour))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in zip(first, second, strict=True))


def contrast(first: str, second: str) -> float:
    """Give the contrast of two colours as WCAG 2 counts it: 1 for none, 21 for black on white."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


@functools.lru_cache(maxsize=256)
def readable(colour: str, ground: str = _WHITE) -> str:
    """Darken a colour until text in it can be read on a light ground."""
    shades = (mix(colour, "#000000", 1 - step / 20) for step in range(21))
    return next(shade for shade in shades if contrast(shade, ground) >= _READABLE or shade == "#000000")


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@functools.cache
def _built_in(name: str) -> Mapping[str, Any]:
    check_name(name)
    return read_theme_file((BUILT_IN / f"{name}.toml").read_bytes(), f"the theme {name}")


def _layered(config: ThemeConfig, files: TemplateFiles, name: str) -> tuple[ThemeFile, str]:
    """Lay the template's file, its manifest and the chosen file over a theme; say which file was the last."""
    values, where = dict(_built_in(name)), f"{files.name}/{OWN_FILE}"
    if OWN_FILE in files.files:
        values = _overridden(values, read_theme_file(files.files[OWN_FILE], where))
    file = _parsed(values, where)
    values = _overridden(values, {"colours": {"accent": config.accent or file.colours.accent}})
    values["page"] = config.page or file.page
    if CHOSEN_FILE in files.files:
        where = f"{files.name}/{CHOSEN_FILE}"
        values = _overridden(values, read_theme_file(files.files[CHOSEN_FILE], where))
    return _parsed(values, where), where


def _parsed(values: Mapping[str, Any], where: str) -> ThemeFile:
    try:
        return parse(values, ThemeFile, source=where)
    except ConfigError as error:
        raise TemplateError(error.message, where=error.where, hint=error.hint) from None


def read_theme_file(content: bytes, where: str) -> dict[str, Any]:
    """Read the TOML of a theme; nothing is checked yet."""
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise TemplateError(f"Expected UTF-8 text, but byte {error.start} is not.", where=where) from None
    except RecursionError:
        raise TemplateError("The tables are nested too deeply.", where=where) from None
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(f"Expected TOML, but it cannot be read: {error}.", where=where) from None


def _overridden(values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a template's own keys over those of a theme."""
    merged = dict(values)
    for key, change in changes.items():
        before = values.get(key)
        is_table = isinstance(before, Mapping) and isinstance(change, Mapping)
        merged[key] = {**before, **change} if is_table else change  # type: ignore[dict-item]
    return merged


def _family(name: str, role: str, families: Mapping[str, Family], where: str) -> Family:
    family = families.get(name)
    if family is None:
        hint = suggest(name, sorted(families))
        raise TemplateError(f"There is no font family `{name}`.", where=f"{where}, key `fonts.{role}`", hint=hint)
    if not family.files and role != "mono":
        hint = suggest("", sorted(known.name for known in families.values() if known.files))
        raise TemplateError(f"`{name}` serves for code only.", where=f"{where}, key `fonts.{role}`", hint=hint)
    return family
