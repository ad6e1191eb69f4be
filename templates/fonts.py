"""The open fonts of documents: families from packages (OFL), and those that a template brings in its folder.

The system's fonts are never used: a document must look the same, and have the
same bytes, wherever it is made.
"""

import functools
import importlib
import importlib.resources
import importlib.util
import io
import re
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from configs.errors import TemplateError

REGULAR, SEMIBOLD, BOLD = 400, 600, 700  # weights as CSS, OpenType and Typst count them
_RESTRICTED = 0x2  # of a font's embedding bits: it must not be put into documents

_NAME = re.compile(r"[\w .-]{1,64}")  # it goes into XML, CSS and JSON

_ASCII = bytes(range(0x80))
_PRINTED = [chr(code) for code in range(0x21, 0x7F)]

_LOCK = threading.Lock()  # fontTools reads a font's tables when they are first asked for


@dataclass(frozen=True)
class FontFile:
    """One face of a family: `package:file` of an installed package, or bytes."""

    weight: int
    italic: bool
    source: str
    content: bytes = field(default=b"", repr=False)
    index: int = 0  # in a collection of fonts

    def read(self) -> bytes:
        """Give the font's bytes."""
        if self.content:
            return self.content
        package, _, name = self.source.partition(":")
        if name.endswith((".ttf", ".ttc")):
            return (importlib.resources.files(package) / name).read_bytes()
        content: bytes = importlib.import_module(f"{package}.{name}").fontbuffer  # packed into a module
        return content


@dataclass(frozen=True)
class Family:
    """A family of faces."""

    name: str
    files: tuple[FontFile, ...]
    substitute: str  # what Word takes where the family is neither embedded nor installed
    line: float = 1.2  # the font's own line, in heights of its letters; Word multiplies it
    capitals: float = 0.7  # the height of its capitals, from which Typst counts

    def __hash__(self) -> int:
        return hash(self.name)  # asked for each letter of a chart; the files would have to be hashed each time

    def face(self, weight: int, *, italic: bool = False) -> FontFile:
        """Give the face that is nearest to a weight."""
        return min(self.files, key=lambda file: (file.italic != italic, abs(file.weight - weight), -file.weight))


_SANS = (
    (REGULAR, False, "Regular"),
    (REGULAR, True, "It"),
    (SEMIBOLD, False, "Semibold"),
    (SEMIBOLD, True, "SemiboldIt"),
    (BOLD, False, "Bold"),
    (BOLD, True, "BoldIt"),
)
_FIRA = ((REGULAR, False, "Regular"), (REGULAR, True, "Italic"), (BOLD, False, "Bold"), (BOLD, True, "BoldItalic"))
SOURCE_SANS = Family(
    "Source Sans Pro",
    tuple(FontFile(w, i, f"font_source_sans_pro:files/SourceSansPro-{name}.ttf") for w, i, name in _SANS),
    substitute="Calibri",
    line=1.257,
    capitals=0.66,
)
FIRA_GO = Family(
    "FiraGO",
    tuple(FontFile(w, i, f"pymupdf_fonts:FiraGO_{name}") for w, i, name in _FIRA),
    substitute="Segoe UI",
    line=1.2,
    capitals=0.689,
)
MONO = Family("DejaVu Sans Mono", (), substitute="Consolas", line=1.164, capitals=0.729)  # Typst brings it
_SYMBOLS = tuple(
    Family(name, (FontFile(REGULAR, False, f"pymupdf_fonts:{module}_Regular"),), substitute="Segoe UI Symbol")
    for name, module in (("Noto Sans Symbols", "NotoSansSymbols"), ("Noto Sans Symbols2", "NotoSansSymbols2"))
)
# East Asian characters, of the extra `cjk`: one file of four families, which draw the same characters in their ways.
_EAST_ASIAN_PACKAGE = "noto_cjk_sans_otc"
_EAST_ASIAN = {
    region: Family(
        f"Noto Sans CJK {region}",
        (FontFile(REGULAR, False, f"{_EAST_ASIAN_PACKAGE}:NotoSansCJK-Regular.ttc", index=index),),
        substitute=substitute,
    )
    for index, (region, substitute) in enumerate(
        (("JP", "Yu Gothic"), ("KR", "Malgun Gothic"), ("SC", "Microsoft YaHei"), ("TC", "Microsoft JhengHei"))
    )
}
FAMILIES = {family.name: family for family in (SOURCE_SANS, FIRA_GO, MONO)}


def read_families(files: Sequence[tuple[str, bytes]]) -> dict[str, Family]:
    """Read the fonts that a template brings.

    Args:
        files: place and bytes of each.

    Raises:
        TemplateError: one is no font, or its licence bits forbid to put it into documents.
    """
    faces: dict[str, list[FontFile]] = {}
    measures: dict[str, tuple[float, float]] = {}
    for where, content in files:
        try:
            font = _open(content)
            name = str(font["name"].getBestFamilyName() or "")
            traits, units = font["OS/2"], font["head"].unitsPerEm
            face = FontFile(int(traits.usWeightClass), bool(traits.fsSelection & 1), where, content)
            line = (traits.usWinAscent + traits.usWinDescent) / units
            measure = line, (getattr(traits, "sCapHeight", 0) or 0.7 * units) / units
            font.getBestCmap()
        except Exception:  # fontTools raises whatever a broken table makes it stumble over
            raise TemplateError("Expected a TrueType or OpenType font, but it cannot be read.", where=where) from None
        if not _NAME.fullmatch(name):
            raise TemplateError("The font's family has a name that documents cannot carry.", where=where)
        if traits.fsType & 0xF == _RESTRICTED:
            raise TemplateError("The font's licence bits forbid to put it into documents.", where=where)
        faces.setdefault(name, []).append(face)
        measures.setdefault(name, measure)
    return {name: Family(name, tuple(found), "Calibri", *measures[name]) for name, found in faces.items()}


def characters_in(text: str) -> frozenset[str]:
    """Give the characters that a text prints, without looking at each: with its pictures a document has a million."""
    beyond = text.encode().translate(None, delete=_ASCII).decode()
    return frozenset(beyond).union(character for character in _PRINTED if character in text)


def fallbacks(wanted: frozenset[str], families: tuple[Family, ...], language: str) -> tuple[Family, ...]:
    """Give the families that have characters which the first of `families` lacks.

    Args:
        wanted: the characters of a document.
        families: those of its theme.
        language: the document's, which decides how East Asian characters are drawn.
    """
    missing = {ord(character) for character in wanted if not character.isspace()} - characters(families[0])
    found = []
    for family in _candidates(language) if missing else ():
        if family not in families and not missing.isdisjoint(characters(family)):
            found.append(family)
            missing -= characters(family)
    return tuple(found)


@functools.cache
def stand_ins() -> tuple[Family, ...]:
    """Give all families that may have what a theme's own lacks, whatever the language."""
    return (FIRA_GO, *_SYMBOLS, *(_EAST_ASIAN.values() if _has_east_asian() else ()))


def _has_east_asian() -> bool:
    return importlib.util.find_spec(_EAST_ASIAN_PACKAGE) is not None


@functools.lru_cache(maxsize=256)
def _candidates(language: str) -> tuple[Family, ...]:
    base = (FIRA_GO, *_SYMBOLS)
    if not _has_east_asian():
        return base
    traditional = language in ("zh-TW", "zh-HK", "zh-MO") or language.startswith("zh-Hant")
    region = {"ja": "JP", "ko": "KR"}.get(language[:2], "TC" if traditional else "SC")
    return (*base, _EAST_ASIAN[region])


@contextmanager
def folder(families: Sequence[Family]) -> Iterator[Path]:
    """Make a folder with the fonts of `families` and nothing else, because Typst searches whole folders."""
    made = Path(tempfile.mkdtemp(prefix="colophon-fonts-"))
    sources = {file.source: file for family in families for file in family.files}
    files = list(sources.values())
    endings = ["ttc" if file.source.endswith(".ttc") else "ttf" for file in files]
    paths = [made / f"{number:03}.{ending}" for number, ending in enumerate(endings)]
    try:
        for path, file in zip(paths, files, strict=True):
            path.write_bytes(file.read())
        yield made
    finally:  # one by one: a worker may remove what it can name, and nothing else
        for path in paths:
            path.unlink(missing_ok=True)
        made.rmdir()


@functools.lru_cache(maxsize=64)
def characters(family: Family) -> frozenset[int]:
    """Give the code points that a family's regular face has."""
    with _LOCK:
        return frozenset(_font(family.face(REGULAR)).getBestCmap())


def advances(family: Family) -> dict[str, float]:
    """Give the widths of the characters of a family's regular face, for a size of 1."""
    with _LOCK:
        font = _font(family.face(REGULAR))
        widths, units = font["hmtx"], font["head"].unitsPerEm
        return {chr(code): widths[name][0] / units for code, name in font.getBestCmap().items()}


@functools.lru_cache(maxsize=8_192)
def glyph(character: str, family: Family, weight: int) -> tuple[str, float]:
    """Give a character as an SVG path and its advance, both for a size of 1 (y points up).

    A character that no font has is drawn as a missing-glyph box.
    """
    if ord(character) not in characters(family):
        family = next(iter(fallbacks(frozenset(character), (family,), "")), family)
    from fontTools.pens.svgPathPen import SVGPathPen  # type: ignore[import-untyped]
    from fontTools.pens.transformPen import TransformPen  # type: ignore[import-untyped]

    with _LOCK:
        font = _font(family.face(weight))
        glyphs = font.getGlyphSet()
        name = font.getBestCmap().get(ord(character), ".notdef")
        pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.4g}")
        scale = 1 / font["head"].unitsPerEm
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, scale, 0, 0)))
        return pen.getCommands(), glyphs[name].width * scale


@functools.lru_cache(maxsize=32)
def _font(file: FontFile) -> Any:
    return _open(file.read(), file.index)


def _open(content: bytes, index: int = 0) -> Any:
    # Imported here, because only documents with charts or rare characters read a font.
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    return TTFont(io.BytesIO(content), fontNumber=index, lazy=True)
