"""The colophon in a PDF: an incremental update behind the last byte of the rendered file.

The update attaches the envelope as a file named `colophon.json`, so that a
viewer lists it among the attachments. Of the old objects only the catalog is
written again, with its entries as they were; pages, tags and metadata stay.
Checking a file looks only at the update's fixed frame and parses no PDF.
"""

import hashlib
from dataclasses import dataclass

from templates.colophon import pdf_catalog
from templates.colophon.envelope import MAX_BYTES, signature_slot
from templates.colophon.pdf_catalog import Outline

MARK = b"\n%colophon/1\n"
_STREAM, _END_STREAM = b">>\nstream\n", b"\nendstream\nendobj\n"
_MAX_FRAME_BYTES = 4_096  # what may stand between the mark and the stream: one short dictionary


@dataclass(frozen=True)
class Place:
    """Where the colophon stands in a sealed PDF, and the bytes it was added to."""

    start: int
    end: int
    content: bytes


@dataclass(frozen=True)
class _Object:
    number: int
    generation: int
    body: bytes


def looks_like(data: bytes) -> bool:
    """Say whether the bytes begin like a PDF."""
    return b"%PDF-" in data[:1024]  # the stretch in which readers look for it


def attach(content: bytes, envelope: bytes) -> bytes:
    """Append an update that attaches the envelope.

    Raises:
        DocumentError: the file is broken, encrypted, or has an attachment of that name.
    """
    outline = pdf_catalog.read(content)
    file_number = outline.size
    objects = (
        _Object(file_number, 0, _embedded_file(outline, envelope)),
        _Object(file_number + 1, 0, _specification(file_number)),
        _Object(*outline.root, pdf_catalog.with_attachment(outline, file_number + 1)),
    )
    update = bytearray(content + MARK)
    offsets = []
    for item in objects:
        offsets.append((item.number, item.generation, len(update)))
        update += b"%d %d obj\n%b\nendobj\n" % (item.number, item.generation, item.body)
    update += _cross_references(outline, offsets, len(update), hashlib.sha256(envelope).digest()[:16])
    return bytes(update)


def locate(data: bytes) -> Place | None:
    """Find the colophon of a sealed PDF, or give None when its frame is not as `attach` makes it."""
    mark = data.rfind(MARK)
    first = mark + len(MARK)
    before = data.find(_STREAM, first, first + _MAX_FRAME_BYTES)
    start = before + len(_STREAM)
    end = data.find(_END_STREAM, start, start + MAX_BYTES + len(_END_STREAM))
    return Place(start, end, data[:mark]) if min(mark, before, end) >= 0 else None


def fill(data: bytes, place: Place, signature: bytes) -> bytes:
    """Put the signature's digits into their slot."""
    filled = bytearray(data)
    filled[signature_slot(place.start, place.end)] = signature
    return bytes(filled)


def _embedded_file(outline: Outline, envelope: bytes) -> bytes:
    # PDF/A-3 wants a date here; it is the document's own.
    date = b"/ModDate(%b)" % outline.date if outline.date else b""
    head = b"<</Type/EmbeddedFile/Subtype/application#2Fjson/Length %d" % len(envelope)
    return head + b"/Params<</Size %d%b>>" % (len(envelope), date) + _STREAM + envelope + b"\nendstream"


def _specification(file_number: int) -> bytes:
    name = pdf_catalog.NAME
    file = b"<</F %d 0 R/UF %d 0 R>>" % (file_number, file_number)
    about = b"/AFRelationship/Supplement/Desc(The signed manifest of this document)"
    return b"<</Type/Filespec/F(%b)/UF(%b)%b/EF%b>>" % (name, name, about, file)


def _cross_references(outline: Outline, offsets: list[tuple[int, int, int]], position: int, new_id: bytes) -> bytes:
    """Write the update's index in the form that the file already uses: a table, or a stream."""
    old_id = outline.first_id or new_id
    info = b"/Info %d %d R" % outline.info if outline.info else b""
    links = b"/Root %d %d R%b/Prev %d/ID[<%b><%b>]" % (
        *outline.root,
        info,
        outline.previous,
        old_id.hex().encode(),
        new_id.hex().encode(),
    )
    if outline.has_table:
        index = _table(outline.size + 2, sorted(offsets), links)
    else:
        index = _stream(outline.size + 2, offsets, position, links)
    return index + b"startxref\n%d\n%%%%EOF\n" % position


def _table(size: int, offsets: list[tuple[int, int, int]], links: bytes) -> bytes:
    lines = b"".join(b"%d 1\n%010d %05d n\r\n" % (number, offset, generation) for number, generation, offset in offsets)
    head = b"xref\n0 1\n0000000000 65535 f\r\n"  # readers expect every table to begin with object 0
    return head + lines + b"trailer\n<</Size %d%b>>\n" % (size, links)


def _stream(size: int, offsets: list[tuple[int, int, int]], position: int, links: bytes) -> bytes:
    entries = sorted([*offsets, (size, 0, position)])  # the index lists itself
    index = b" ".join(b"%d 1" % number for number, _, _ in entries)
    rows = b"".join(
        b"\x01" + offset.to_bytes(5, "big") + generation.to_bytes(2, "big") for _, generation, offset in entries
    )
    head = b"<</Type/XRef/Size %d/W[1 5 2]/Index[%b]/Length %d%b>>" % (size + 1, index, len(rows), links)
    return b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (size, head, rows)
