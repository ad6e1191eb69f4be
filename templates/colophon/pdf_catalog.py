"""Read what an update of a PDF must know of it, and write its catalog with one attachment more."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    TextStringObject,
)

from configs.errors import DocumentError

NAME = b"colophon.json"
_MAX_TREE_DEPTH = 16  # the name tree of attachments has one or two levels
_MAX_OBJECTS = 8_388_607  # the highest object number that PDF readers must take
_DATE = re.compile(r"D:\d{14}(Z|[+-]\d\d'\d\d'?)?")


@dataclass(frozen=True)
class Outline:
    """What an update needs to know of the file it continues.

    Attributes:
        root: object number and generation of the catalog.
        info: the same of the information dictionary, when there is one.
        size: the first free object number.
        previous: where the newest cross-reference section starts.
        has_table: whether that section is a table rather than a stream.
        date: when the document was changed last, as it says itself.
    """

    catalog: DictionaryObject
    root: tuple[int, int]
    info: tuple[int, int] | None
    size: int
    previous: int
    has_table: bool
    first_id: bytes
    date: bytes | None


def read(content: bytes) -> Outline:
    """Read the outline of a rendered PDF.

    Raises:
        DocumentError: the file is broken or encrypted.
    """
    try:
        return _read(content)
    except DocumentError:
        raise
    except Exception as error:  # a broken file makes pypdf fail in many ways
        raise DocumentError(f"Expected a whole PDF, but it cannot be read: {error}.") from None


def with_attachment(outline: Outline, number: int) -> bytes:
    """Write the catalog so that it also lists the file specification with object `number`.

    Raises:
        DocumentError: the file has an attachment named like the colophon.
    """
    try:
        catalog = _extended(outline.catalog, number)
        stream = BytesIO()
        catalog.write_to_stream(stream)
    except DocumentError:
        raise
    except Exception as error:
        raise DocumentError(f"Expected a whole PDF, but its catalog cannot be read: {error}.") from None
    return stream.getvalue()


def _read(content: bytes) -> Outline:
    reader = PdfReader(BytesIO(content), strict=True)
    trailer = reader.trailer
    if "/Encrypt" in trailer:
        raise DocumentError("An encrypted PDF cannot be sealed.", hint="Seal it before it is encrypted.")
    size = trailer["/Size"]
    if not isinstance(size, int) or not 0 < size <= _MAX_OBJECTS:
        raise DocumentError(f"Expected a PDF with at most {_MAX_OBJECTS:,} objects, but it says {size}.")
    previous = int(content[content.rindex(b"startxref") + len(b"startxref") :].split()[0])
    identifiers = _resolved(trailer, "/ID", ArrayObject())
    return Outline(
        catalog=reader.root_object,
        root=_reference(trailer.raw_get("/Root")),
        info=_reference(trailer.raw_get("/Info")) if "/Info" in trailer else None,
        size=size,
        previous=previous,
        has_table=content[previous : previous + 16].lstrip().startswith(b"xref"),
        first_id=_string_bytes(identifiers[0]) if identifiers else b"",
        date=_date(trailer),
    )


def _reference(value: Any) -> tuple[int, int]:
    if not isinstance(value, IndirectObject):
        raise DocumentError("Expected a PDF whose trailer points to its catalog and information.")
    return value.idnum, value.generation


def _date(trailer: DictionaryObject) -> bytes | None:
    info = _resolved(trailer, "/Info", DictionaryObject())
    values = [_resolved(info, key, "") for key in ("/ModDate", "/CreationDate")]
    dates = [str(value).encode() for value in values if _DATE.fullmatch(str(value))]
    return dates[0] if dates else None


def _extended(catalog: DictionaryObject, number: int) -> DictionaryObject:
    reference = IndirectObject(number, 0, None)
    names = DictionaryObject(_resolved(catalog, "/Names", DictionaryObject()))
    attachments = dict(_attachments(names.get("/EmbeddedFiles"), _MAX_TREE_DEPTH))
    if NAME in attachments:
        raise DocumentError(
            f"The PDF has an attachment named `{NAME.decode()}`, which is the colophon's own name.",
            hint="Give the attachment another name.",
        )
    attachments[NAME] = reference
    listing = ArrayObject()
    for name in sorted(attachments):  # a name tree is sorted by the bytes of its names
        listing.extend((ByteStringObject(name), attachments[name]))
    names[NameObject("/EmbeddedFiles")] = DictionaryObject({NameObject("/Names"): listing})
    extended = DictionaryObject(catalog)
    extended[NameObject("/Names")] = names
    extended[NameObject("/AF")] = ArrayObject([*_resolved(catalog, "/AF", ArrayObject()), reference])
    return extended


def _attachments(node: Any, depth: int) -> Iterator[tuple[bytes, Any]]:
    """Walk the name tree of the files that are attached already."""
    if node is None:
        return
    node = node.get_object()
    if not depth:
        raise DocumentError("Expected a PDF whose list of attachments has an end.")
    listed = _resolved(node, "/Names", ArrayObject())
    for position in range(0, len(listed) - 1, 2):
        yield _string_bytes(listed[position]), listed[position + 1]
    for kid in _resolved(node, "/Kids", ArrayObject()):
        yield from _attachments(kid, depth - 1)


def _resolved(holder: Any, key: str, default: Any) -> Any:
    """Give an entry itself where the file holds a reference to it."""
    try:
        return holder[key]
    except KeyError:
        return default


def _string_bytes(value: Any) -> bytes:
    if isinstance(value, TextStringObject):
        return value.original_bytes
    return bytes(value)
