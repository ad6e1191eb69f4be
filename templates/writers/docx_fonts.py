"""Embed the document's fonts in Word files, so that they look the same where they are not installed.

Two faces of each family, cut down to the Latin script and common signs,
without hints and kerning, which Word does not use unless told: 40 kB instead
of 260. The fonts' licences (OFL) and embedding bits allow it.
"""

import functools
import hashlib
import io
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

from templates.fonts import BOLD, REGULAR, Family, FontFile
from templates.writers.docx_xml import DECLARATION, NAMESPACES

FONT_TYPE = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
_FACES = {"embedRegular": REGULAR, "embedBold": BOLD}
# Latin with all its accents, punctuation, currency signs, arrows and mathematical signs.
_CHARACTERS = (*range(0x20, 0x250), *range(0x2000, 0x20D0), *range(0x2190, 0x2270))


def font_parts(families: Sequence[Family]) -> Mapping[str, bytes]:
    """Write `fontTable.xml`, its relationships and the fonts."""
    parts: dict[str, bytes] = {}
    entries, relationships = "", ""
    for family in families:
        embedded = ""
        for element, weight in _FACES.items():
            font = _subset(family.face(weight)) if family.files else None
            if font is None:
                continue
            number = len(parts) + 1
            key = hashlib.sha256(font).hexdigest()[:32].upper()
            guid = f"{{{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}}}"
            parts[f"word/fonts/font{number}.odttf"] = _obfuscate(font, key)
            embedded += f'<w:{element} r:id="font{number}" w:fontKey="{guid}"/>'
            target = f'Target="fonts/font{number}.odttf"'
            relationships += f'<Relationship Id="font{number}" Type="{_RELATIONSHIP}" {target}/>'
        entries += (
            f'<w:font w:name={quoteattr(family.name)}><w:altName w:val="{family.substitute}"/>'
            f'<w:family w:val="auto"/>{embedded}</w:font>'
        )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    return {
        "word/fontTable.xml": f"{DECLARATION}<w:fonts {NAMESPACES}>{entries}</w:fonts>".encode(),
        "word/_rels/fontTable.xml.rels": (
            f'{DECLARATION}<Relationships xmlns="{package}">{relationships}</Relationships>'
        ).encode(),
        **parts,
    }


@functools.lru_cache(maxsize=32)
def _subset(file: FontFile) -> bytes | None:
    """Give a face cut down; Word embeds TrueType outlines only."""
    from fontTools import subset  # type: ignore[import-untyped]  # a fifth of a second, once and for DOCX only

    options = subset.Options(hinting=False, layout_features=[], name_IDs=["*"])
    options.drop_tables += ["GPOS", "GSUB", "GDEF", "BASE"]
    font = subset.load_font(io.BytesIO(file.read()), options, lazy=True)
    if "glyf" not in font:
        return None
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
