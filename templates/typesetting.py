"""The one Typst compiler of a process: our sources only, values as data, nothing read from disk but fonts."""

import functools
import re
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from configs.errors import DependencyError
from templates import fonts

# Typst memoises and its threads hardly scale (measured), so one at a time costs little and keeps memory low.
_LOCK = threading.Lock()
_NO_FILES = Path(__file__).parent / "writers" / "typst"  # the root that sources may read from: our own

# Uses each face once: Typst reads a font's file when it first needs it, and the folder is gone afterwards.
_WARM_UP = f"""#set text(font: "{fonts.FAMILY}")
a *a* _a_ *_a_* #text(weight: 600)[a _a_] #text(font: "{fonts.MONO_FAMILY}")[a *a*]
""".encode()
_PICTURE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: none)
#image(bytes(sys.inputs.svg), width: float(sys.inputs.width) * 1pt)
"""
_PROBE = b"""#set document(title: "probe")
#set text(font: (sys.inputs.font,))
#sys.inputs.text
"""
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_PICTURE_PPI = 144  # twice a screen's; programs that know SVG show that instead


def typeset(source: bytes, inputs: Mapping[str, str], *, timestamp: int, standards: Sequence[str] = ()) -> bytes:
    """Compile one of our Typst sources to a tagged PDF, which keeps to `standards` such as `a-3a`.

    Raises:
        DependencyError: Typst refuses the source; since values are data, that is our mistake or Typst's.
    """
    return _compile(source, inputs, format="pdf", timestamp=timestamp, pdf_standards=list(standards))


@functools.lru_cache(maxsize=64)
def rasterize(svg: bytes, width: float) -> bytes:
    """Draw an SVG of `width` points as PNG, for readers that know no SVG."""
    inputs = {"svg": svg.decode(), "width": str(width)}
    return _compile(_PICTURE, inputs, format="png", ppi=_PICTURE_PPI)


def missing_characters(text: frozenset[str]) -> frozenset[str]:
    """Say which characters no font of ours has; they would print as nothing or as empty boxes."""
    rare = frozenset(c for c in text if ord(c) not in fonts.characters() and not c.isspace())
    return frozenset(c for c in rare if _is_missing(c))


@functools.lru_cache(maxsize=10_000)
def _is_missing(character: str) -> bool:
    # Only PDF/UA refuses what cannot be displayed; the fonts inside Typst cannot be asked in another way.
    try:
        _compile(_PROBE, {"text": character, "font": fonts.FAMILY}, format="pdf", timestamp=0, pdf_standards=["ua-1"])
    except DependencyError as error:
        return bool(_MISSING.search(error.message))
    return False


def _compile(source: bytes, inputs: Mapping[str, str], **options: Any) -> bytes:
    with _LOCK:
        typst, compiler = _compiler()
        try:
            made: bytes | list[bytes] = compiler.compile(source, sys_inputs=dict(inputs), **options)
        except typst.TypstError as error:
            raise DependencyError(f"Typst could not set the document: {error.message}.") from None
    return made if isinstance(made, bytes) else b"".join(made)


@functools.cache
def _compiler() -> tuple[Any, Any]:
    import typst  # 80 MB of code; only documents that need it pay for it

    with fonts.folder() as folder:
        compiler = typst.Compiler(
            root=str(_NO_FILES),
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(folder)]),
            ignore_system_fonts=True,
        )
        compiler.compile(_WARM_UP, format="pdf", timestamp=0)
    return typst, compiler
