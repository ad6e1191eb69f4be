"""The colophon in a DOCX: the last member of the zip archive, `colophon.xml`.

All bytes before the archive's directory stay where they are. The member is an
XML part because `.xml` has a content type in `[Content_Types].xml`; a part
without one makes Word call the file damaged. No relationship points to it, so
programs that do not know it leave it alone. It is stored, not deflated:
checking a file never unpacks anything.
"""

import struct
import zlib
from dataclasses import dataclass

from configs.errors import DocumentError
from templates.colophon.envelope import signature_slot

MEMBER = b"colophon.xml"
MARK = MEMBER + b"<?xml"  # the member's name in its local header and, right behind it, the stored part
_BEFORE = b'<?xml version="1.0" encoding="UTF-8"?>\n<colophon xmlns="urn:colophon:1">'
_AFTER = b"</colophon>\n"

_LOCAL = struct.Struct("<4s5H3I2H")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _DATE = 20, 0x0021  # zip 2.0; 1980-01-01, the format's first day, so that no clock gets in
_CRC_IN_LOCAL, _CRC_IN_ENTRY = 14, 16
_MAX_BYTES, _MAX_MEMBERS = 1 << 31, 65_000  # beyond these a zip needs its 64-bit form, which Word does not write
_CONTENT_TYPES = b"[Content_Types].xml"
_MAX_CONTENT_TYPES_BYTES = 1 << 20  # the list of content types of a large document takes 20 kB


@dataclass(frozen=True)
class Place:
    """Where the colophon stands in a sealed DOCX, and the bytes it was added to."""

    start: int
    end: int
    local: int
    entry: int
    content: bytes


@dataclass(frozen=True)
class _Directory:
    offset: int
    entries: tuple[int, ...]
    end: int


def looks_like(data: bytes) -> bool:
    """Say whether the bytes begin like a zip archive and name the parts of a Word file."""
    return data[:4] == b"PK\x03\x04" and _CONTENT_TYPES in data and b"word/" in data


def attach(content: bytes, envelope: bytes) -> bytes:
    """Add the envelope behind the last member.

    Raises:
        DocumentError: the archive is broken, has a comment, or declares no type for `.xml`.
    """
    directory = _directory(content)
    if directory is None:
        raise DocumentError("Expected a whole DOCX without an archive comment, but its zip directory is not one.")
    if not _declares_xml(content, directory):
        raise DocumentError(
            "The DOCX declares no content type for `.xml` parts, so Word would call the sealed file damaged.",
            hint="Render it with this engine, or save it once in Word.",
        )
    part = _BEFORE + envelope + _AFTER
    listing = content[directory.offset : directory.end] + _entry(part, directory.offset)
    members = content[: directory.offset] + _local(part) + part
    return members + listing + _end(len(directory.entries) + 1, len(listing), len(members))


def locate(data: bytes) -> Place | None:
    """Find the colophon of a sealed DOCX, or give None when its frame is not exactly as `attach` makes it."""
    directory = _directory(data)
    if directory is None or not directory.entries:
        return None
    entry = directory.entries[-1]
    local = _ENTRY.unpack_from(data, entry)[16]
    first = local + _LOCAL.size + len(MEMBER)
    part = data[first : directory.offset]
    if data[entry : directory.end] != _entry(part, local) or data[local:first] != _local(part):
        return None
    if not (part.startswith(_BEFORE) and part.endswith(_AFTER)):
        return None
    listing = data[directory.offset : entry]
    content = data[:local] + listing + _end(len(directory.entries) - 1, len(listing), local)
    return Place(first + len(_BEFORE), directory.offset - len(_AFTER), local, entry, content)


def fill(data: bytes, place: Place, signature: bytes) -> bytes:
    """Put the signature's digits into their slot, and the checksum that follows from them into its two."""
    filled = bytearray(data)
    filled[signature_slot(place.start, place.end)] = signature
    checksum = zlib.crc32(filled[place.start - len(_BEFORE) : place.end + len(_AFTER)])
    struct.pack_into("<I", filled, place.local + _CRC_IN_LOCAL, checksum)
    struct.pack_into("<I", filled, place.entry + _CRC_IN_ENTRY, checksum)
    return bytes(filled)


def _local(part: bytes) -> bytes:
    sizes = (zlib.crc32(part), len(part), len(part))
    return _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, 0, 0, _DATE, *sizes, len(MEMBER), 0) + MEMBER


def _entry(part: bytes, local: int) -> bytes:
    sizes = (zlib.crc32(part), len(part), len(part))
    head = (b"PK\x01\x02", _VERSION, _VERSION, 0, 0, 0, _DATE)
    return _ENTRY.pack(*head, *sizes, len(MEMBER), 0, 0, 0, 0, 0, local) + MEMBER


def _end(count: int, size: int, offset: int) -> bytes:
    return _END.pack(b"PK\x05\x06", 0, 0, count, count, size, offset, 0)


def _directory(data: bytes) -> _Directory | None:
    """Read the zip directory when it is plain: one disk, no zip64, no comment, no gap before the end."""
    start = len(data) - _END.size
    if not 0 <= start < _MAX_BYTES:
        return None
    _, _, _, _, count, size, offset, _ = _END.unpack_from(data, start)
    if data[start:] != _end(count, size, offset) or offset + size != start or count > _MAX_MEMBERS:
        return None
    entries = []
    position = offset
    for _ in range(count):
        if position + _ENTRY.size > start or data[position : position + 4] != b"PK\x01\x02":
            return None
        entries.append(position)
        position += _ENTRY.size + sum(struct.unpack_from("<3H", data, position + 28))
    return _Directory(offset, tuple(entries), start) if position == start else None


def _declares_xml(content: bytes, directory: _Directory) -> bool:
    """Read the list of content types; not with `zipfile`, which takes longer than all the rest of sealing."""
    for entry in directory.entries:
        _, _, _, _, method, _, _, _, packed, _, length, *_, local = _ENTRY.unpack_from(content, entry)
        if content[entry + _ENTRY.size : entry + _ENTRY.size + length] == _CONTENT_TYPES:
            break
    else:
        raise DocumentError("The DOCX has no list of content types.")
    try:
        _, *_, name, extra = _LOCAL.unpack_from(content, local)
        start = local + _LOCAL.size + name + extra
        listing = content[start : start + packed]
        if method:
            listing = zlib.decompressobj(-zlib.MAX_WBITS).decompress(listing, _MAX_CONTENT_TYPES_BYTES)
    except (struct.error, zlib.error) as error:
        raise DocumentError(f"The DOCX's list of content types cannot be read: {error}.") from None
    return b'extension="xml"' in listing.lower()
