"""The one Typst compiler of a process: our sources only, values as data, nothing read from disk but fonts."""

import functools
import json
import re
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from configs.errors import DependencyError, TemplateError
from templates import fonts
from templates.fonts import Family

# Typst memoises and its threads hardly scale (measured), so one at a time costs little and keeps memory low.
_LOCK = threading.Lock()
_NO_FILES = Path(__file__).parent / "writers" / "typst"  # the root that sources may read from: our own

# Uses each face once: Typst reads a font's file when it first needs it, and the folder is gone afterwards.
_WARM_UP = b"""#for face in json(bytes(sys.inputs.faces)) {
  text(font: (face.family,), weight: face.weight, style: face.style, "a")
}
"""
_PICTURE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: none)
#image(bytes(sys.inputs.svg), width: float(sys.inputs.width) * 1pt)
"""
_PROBE = b"""#set document(title: "probe")
#set text(font: json(bytes(sys.inputs.fonts)))
#sys.inputs.text
"""
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_NO_PICTURE = re.compile("failed to parse SVG")  # well-formed, but too much of it, or no SVG in truth
_PICTURE_PPI = 144  # twice a screen's; programs that know SVG show that instead


def typeset(
    source: Path | bytes,
    inputs: Mapping[str, str],
    families: Sequence[Family],
    *,
    timestamp: int,
    standards: Sequence[str] = (),
) -> bytes:
    """Compile one of our Typst sources to a tagged PDF.

    Args:
        source: the Typst text, or the file that has it, which the compiler parses only once.
        inputs: its data.
        families: the fonts that it names.
        timestamp: the document's date, in seconds since 1970.
        standards: what the PDF keeps to, such as `a-3a`.

    Raises:
        DependencyError: Typst refuses the source; since values are data, that is our mistake or Typst's.
    """
    return _compile(source, inputs, families, format="pdf", timestamp=timestamp, pdf_standards=list(standards))


@functools.lru_cache(maxsize=64)
def rasterize(svg: bytes, width: float, families: tuple[Family, ...]) -> bytes:
    """Draw an SVG of `width` points as PNG, for readers that know no SVG; text in it is set in `families`."""
    inputs = {"svg": svg.decode(), "width": str(width)}
    return _compile(_PICTURE, inputs, families, format="png", ppi=_PICTURE_PPI)


def missing_characters(text: frozenset[str], families: tuple[Family, ...]) -> frozenset[str]:
    """Say which characters no font of ours has; they would print as nothing or as empty boxes."""
    covered = [fonts.characters(family) for family in families if family.files]
    rare = frozenset(c for c in text if not c.isspace() and not any(ord(c) in each for each in covered))
    return frozenset(c for c in rare if _is_missing(c, families))


@functools.lru_cache(maxsize=10_000)
def _is_missing(character: str, families: tuple[Family, ...]) -> bool:
    # Only PDF/UA refuses what cannot be displayed; the fonts inside Typst cannot be asked in another way.
    try:
        inputs = {"text": character, "fonts": json.dumps([family.name for family in families])}
        _compile(_PROBE, inputs, families, format="pdf", timestamp=0, pdf_standards=["ua-1"])
    except DependencyError as error:
        return bool(_MISSING.search(error.message))
    return False


def _compile(source: Path | bytes, inputs: Mapping[str, str], families: Sequence[Family], **options: Any) -> bytes:
    with _LOCK:
        typst, compiler = _compiler(tuple(family for family in families if family.files))
        try:
            made: bytes | list[bytes] = compiler.compile(source, sys_inputs=dict(inputs), **options)
        except typst.TypstError as error:
            if _NO_PICTURE.search(error.message):
                raise TemplateError(f"An SVG of the template cannot be drawn: {error.message}.") from None
            raise DependencyError(f"Typst could not set the document: {error.message}.") from None
    return made if isinstance(made, bytes) else b"".join(made)


@functools.lru_cache(maxsize=8)  # one for each set of fonts
def _compiler(families: tuple[Family, ...]) -> tuple[Any, Any]:
    import typst  # 80 MB of code; only documents that need it pay for it

    faces = [
        {"family": family.name, "weight": file.weight, "style": "italic" if file.italic else "normal"}
        for family in families
        for file in family.files
    ]
    with fonts.folder(families) as folder:
        compiler = typst.Compiler(
            root=str(_NO_FILES),
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(folder)]),
            ignore_system_fonts=True,
        )
        compiler.compile(_WARM_UP, sys_inputs={"faces": json.dumps(faces)}, format="pdf", timestamp=0)
    return typst, compiler
