"""What the tests of documents look into: both files of a template, the parts of a DOCX, the tags of a PDF."""

import io
import zipfile
from typing import Any

from lxml import etree
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from templates.engine import DocumentEngine
from templates.readback import normalise, text_of_docx, text_of_pdf


def written(engine: DocumentEngine, data: dict[str, Any] | None = None) -> tuple[bytes, bytes]:
    """Write the template `letter` as DOCX and PDF, which must say the same."""
    docx_bytes, pdf_bytes = (engine.render("letter", data or {}, to).content for to in ("docx", "pdf"))
    assert normalise(text_of_docx(docx_bytes)) == normalise(text_of_pdf(pdf_bytes))
    return docx_bytes, pdf_bytes


def part(content: bytes, name: str) -> Any:
    """Parse one part of a DOCX."""
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read(name))


def roles(pdf: PdfReader) -> list[str]:
    """The structure elements of a tagged PDF, in order."""
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for kid in node:
                walk(kid)
        elif isinstance(node, DictionaryObject) and "/S" in node:
            found.append(str(node["/S"]))
            if "/K" in node:
                walk(node["/K"])

    walk(pdf.root_object["/StructTreeRoot"]["/K"])
    return found
