"""Say in a PDF's metadata (XMP) that it is a Factur-X invoice; all else of the file stays as it was.

PDF/A allows properties of other schemas only when the file describes them, so their description comes along.
"""

from io import BytesIO

from pypdf import PdfReader

from configs.errors import DependencyError
from templates.factur_x.cii import Profile
from templates.factur_x.electronic import NAME

_LEVELS = {"basic": "BASIC", "en16931": "EN 16931"}
_URI = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES = {
    "DocumentFileName": "Name of the attached file that holds the invoice",
    "DocumentType": "Kind of the attached document",
    "Version": "Version of the schema of the attached file",
    "ConformanceLevel": "Profile that the attached file keeps to",
}
_SCHEMAS_END = b"</rdf:Bag></pdfaExtension:schemas>"
_END = b"</rdf:RDF>"
_ROW = 20  # bytes, of a cross-reference table


def mark_as_invoice(content: bytes, profile: Profile) -> bytes:
    """Add the metadata of Factur-X to a PDF/A of Typst.

    Raises:
        DependencyError: the file is built in another way than Typst builds it today.
    """
    number, offset = _metadata_of(content)
    head = b"%d 0 obj\n<</Length " % number
    start = content.find(b"stream\n", offset) + len(b"stream\n")
    if not content.startswith(head, offset) or start < offset:
        raise _changed()
    length = int(content[offset + len(head) :].split(b"/", 1)[0])
    packet = _extended(content[start : start + length], profile)
    middle = content[offset + len(head) + len(str(length)) : start]
    new = head + str(len(packet)).encode() + middle + packet
    return _moved(content, offset, content[:offset] + new + content[start + length :])


def _metadata_of(content: bytes) -> tuple[int, int]:
    """Give the number of the object that holds the metadata, and where it stands."""
    reader = PdfReader(BytesIO(content))
    number = reader.root_object.raw_get("/Metadata").idnum
    return number, reader.xref[0][number]


def _extended(packet: bytes, profile: Profile) -> bytes:
    if packet.count(_SCHEMAS_END) != 1 or packet.count(_END) != 1:
        raise _changed()
    packet = packet.replace(_SCHEMAS_END, _description().encode() + _SCHEMAS_END)
    values = {"DocumentFileName": NAME, "DocumentType": "INVOICE", "Version": "1.0"}
    values["ConformanceLevel"] = _LEVELS[profile]
    said = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, value in values.items())
    return packet.replace(
        _END, f'<rdf:Description rdf:about="" xmlns:fx="{_URI}">{said}</rdf:Description>'.encode() + _END
    )


def _description() -> str:
    resource = '<rdf:li rdf:parseType="Resource">'
    listed = "".join(
        f"{resource}<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        f"<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{about}</pdfaProperty:description></rdf:li>"
        for name, about in _PROPERTIES.items()
    )
    return (
        f"{resource}<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{_URI}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{listed}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )


def _moved(before: bytes, offset: int, after: bytes) -> bytes:
    """Correct the table of objects for what stands behind the metadata."""
    more = len(after) - len(before)
    old = int(before[before.rindex(b"startxref") :].split()[1])
    if not before.startswith(b"xref\n0 ", old) or old < offset:
        raise _changed()
    table = after[old + more :]
    head, _, rest = table.partition(b"\n")
    counts, _, rest = rest.partition(b"\n")
    size = int(counts.split()[1]) * _ROW
    rows = [rest[at : at + _ROW] for at in range(0, size, _ROW)]
    moved = b"".join(_row(row, offset, more) for row in rows)
    end = rest[size:].replace(b"startxref\n%d" % old, b"startxref\n%d" % (old + more))
    return after[: old + more] + b"\n".join((head, counts, moved + end))


def _row(row: bytes, offset: int, more: int) -> bytes:
    place = int(row[:10])
    return b"%010d" % (place + more) + row[10:] if row[17:18] == b"n" and place > offset else row


def _changed() -> DependencyError:
    return DependencyError("Typst builds PDF files in another way than this version of Colophon knows.")
