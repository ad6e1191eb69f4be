"""The open fonts of documents: Source Sans Pro (OFL) from its package; Typst brings the mono one.

The system's fonts are never used: a document must look the same, and have the
same bytes, wherever it is made.
"""

import functools
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import font_source_sans_pro

FAMILY = "Source Sans Pro"
MONO_FAMILY = "DejaVu Sans Mono"
Face = Literal["Regular", "Semibold"]

# The package ships each face twice (OTF and TTF). Which one a search finds first would depend on the file system.
_LOCK = threading.Lock()  # fontTools reads a font's tables when they are first asked for
_FACES = ("Regular", "It", "Semibold", "SemiboldIt", "Bold", "BoldIt")


def _file(face: str) -> Path:
    return Path(font_source_sans_pro.font_directory) / f"SourceSansPro-{face}.otf"


@contextmanager
def folder() -> Iterator[Path]:
    """Make a folder with the fonts and nothing else, because Typst searches whole folders."""
    with tempfile.TemporaryDirectory(prefix="colophon-fonts-") as made:
        for face in _FACES:
            (Path(made) / _file(face).name).symlink_to(_file(face))
        yield Path(made)


@functools.cache
def characters() -> frozenset[int]:
    """Give the code points that the text font has."""
    with _LOCK:
        return frozenset(_font("Regular").getBestCmap())


@functools.lru_cache(maxsize=4_096)
def glyph(character: str, face: Face) -> tuple[str, float]:
    """Give a character as an SVG path and its advance, both for a size of 1 (y points up).

    A character that the font lacks is drawn as its missing-glyph box.
    """
    from fontTools.pens.svgPathPen import SVGPathPen  # type: ignore[import-untyped]
    from fontTools.pens.transformPen import TransformPen  # type: ignore[import-untyped]

    with _LOCK:
        font = _font(face)
        glyphs = font.getGlyphSet()
        name = font.getBestCmap().get(ord(character), ".notdef")
        pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.4g}")
        scale = 1 / font["head"].unitsPerEm
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, scale, 0, 0)))
        return pen.getCommands(), glyphs[name].width * scale


@functools.cache
def _font(face: Face) -> Any:
    # Imported here, because only documents with charts or rare characters read a font.
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    return TTFont(_file(face), lazy=True)
