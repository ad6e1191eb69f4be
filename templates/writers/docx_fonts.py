"""Embed the document's font in Word files, so that they look the same where it is not installed.

Two faces, cut down to the Latin script and common signs, without hints and
kerning, which Word does not use unless told: 40 kB instead of 260. The font's
licence (OFL) and its embedding bits allow it.
"""

import functools
import hashlib
import io
from collections.abc import Mapping
from pathlib import Path

import font_source_sans_pro

from templates.fonts import FAMILY, MONO_FAMILY
from templates.writers.docx_xml import DECLARATION, NAMESPACES

FONT_TYPE = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
_FACES = {"embedRegular": "Regular", "embedBold": "Bold"}
# Latin with all its accents, punctuation, currency signs, arrows and mathematical signs.
_CHARACTERS = (*range(0x20, 0x250), *range(0x2000, 0x20D0), *range(0x2190, 0x2270))
# What Word takes for characters, or faces, that are not embedded.
_SUBSTITUTES = {FAMILY: "Calibri", MONO_FAMILY: "Consolas"}


def font_parts() -> Mapping[str, bytes]:
    """Write `fontTable.xml`, its relationships and the fonts."""
    parts, embedded, relationships = {}, "", ""
    for number, (element, face) in enumerate(_FACES.items(), start=1):
        font = _subset(face)
        key = hashlib.sha256(font).hexdigest()[:32].upper()
        guid = f"{{{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}}}"
        parts[f"word/fonts/font{number}.odttf"] = _obfuscate(font, key)
        embedded += f'<w:{element} r:id="font{number}" w:fontKey="{guid}"/>'
        relationships += f'<Relationship Id="font{number}" Type="{_RELATIONSHIP}" Target="fonts/font{number}.odttf"/>'
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{substitute}"/><w:family w:val="auto"/>'
        f"{embedded if name == FAMILY else ''}</w:font>"
        for name, substitute in _SUBSTITUTES.items()
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    return {
        "word/fontTable.xml": f"{DECLARATION}<w:fonts {NAMESPACES}>{fonts}</w:fonts>".encode(),
        "word/_rels/fontTable.xml.rels": (
            f'{DECLARATION}<Relationships xmlns="{package}">{relationships}</Relationships>'
        ).encode(),
        **parts,
    }


@functools.cache
def _subset(face: str) -> bytes:
    from fontTools import subset  # type: ignore[import-untyped]  # a fifth of a second, once and for DOCX only

    options = subset.Options(hinting=False, layout_features=[], name_IDs=["*"])
    options.drop_tables += ["GPOS", "GSUB", "GDEF", "BASE"]
    path = Path(font_source_sans_pro.font_directory) / f"SourceSansPro-{face}.ttf"
    font = subset.load_font(path, options, lazy=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=_CHARACTERS)
    subsetter.subset(font)
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


def _obfuscate(font: bytes, key: str) -> bytes:
    """Mix the key into the first 32 bytes, as the standard asks (ECMA-376 part 4, 2.8.1)."""
    mask = bytes.fromhex(key)[::-1] * 2
    return bytes(a ^ b for a, b in zip(font[:32], mask, strict=True)) + font[32:]
