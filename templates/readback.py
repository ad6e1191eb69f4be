"""Read the text of a finished document back, to check what it says.

Headers, footers, page numbers, repeated table headings, list markers and tables
of contents are left out in both formats, so that the two forms of one document
give the same text. Cells of a row are separated by tabs, blocks by line breaks;
the numbers of headings stand before them, and footnotes at the end.

In a tagged PDF the structure says what belongs to the text. A PDF without tags
tells nothing apart: there, the text of the pages is given as it stands.
"""

import io
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from configs.errors import DocumentError, InputError
from templates.heading_numbers import HeadingNumbers
from templates.word import xml
from templates.word.archive import read_archive
from templates.word.text import DELETED, running_text

MAX_PDF_BYTES = 256 << 20  # a book with photographs
MAX_PAGES = 5_000
_MAX_ELEMENTS = 2_000_000  # of a PDF's structure; a thousand pages have about 100,000
_MAX_DEPTH = 150  # of a PDF's structure; lists in tables in lists reach 30

_HIDDEN = DELETED | {"Fallback"}  # what is drawn twice for old programs counts once
_SIDE_PARTS = ("styles", "numbering", "footnotes")
_TYPE = re.compile(r"(^|\})type$")  # of a footnote: the lines above them are footnotes of a type too
_CONTENTS_STYLE = re.compile(r"TOC ?\d", re.IGNORECASE)
_MAIN_PART = re.compile(r"wordprocessingml\.(document|template)\.main\+xml$")

_LEFT_OUT = frozenset({"Artifact", "Figure", "Lbl", "TOC"})
_NOTES = frozenset({"Note", "FENote"})
_INLINE = frozenset(
    {"Span", "Em", "Strong", "Sub", "Quote", "Code", "Link", "Reference", "BibEntry", "Annot", "Formula"}
)
_CELLS = frozenset({"TD", "TH"})
# A line ends without a space behind these, and the word goes on in the next line.
_JOINED_LINES = re.compile(r"(?<=[-‐–—/])\n(?=\S)|\u00ad\n|(?<=[\u3000-\u9fff\uac00-\ud7af])\n(?=[\u3000-\u9fff])")


def normalise(text: str) -> str:
    """Bring a text into the one form in which texts are compared: NFC, every stretch of white space one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def text_of_docx(content: bytes) -> str:
    """Give the body text of a DOCX in reading order.

    Raises:
        DocumentError: the bytes are no Word document that can be read.
    """
    try:
        members = read_archive(content, name="document")
        listing = xml.parse(members["[Content_Types].xml"].unpack(), where="document")
        main = next(e for e in listing if _MAIN_PART.search(e.get("ContentType", "")))
        root = xml.parse(members[main.get("PartName", "").removeprefix("/")].unpack(), where="document")
        side_parts = {
            kind: xml.parse(members[each.get("PartName", "").removeprefix("/")].unpack(), where="document")
            for each in listing
            for kind in _SIDE_PARTS
            if each.get("ContentType", "").endswith(f"wordprocessingml.{kind}+xml")
        }
    except (InputError, KeyError, StopIteration) as error:
        reason = error.message if isinstance(error, InputError) else "it has no main part."
        raise DocumentError(f"Expected a DOCX that can be read: {reason}") from None
    numbers = HeadingNumbers(side_parts.get("styles"), side_parts.get("numbering"))
    notes = [note for note in side_parts.get("footnotes", ()) if not any(_TYPE.search(key) for key in note.attrib)]
    lines = [line for body in root for line in _lines(body, numbers)]
    return "\n".join([*lines, *(" ".join(_lines(note, numbers)) for note in notes)])


def _lines(container: Any, numbers: HeadingNumbers) -> Iterator[str]:
    for element in container:
        name = xml.local_name(element)
        if name == "p":
            yield from _paragraph_lines(element, numbers)
        elif name == "tbl":
            yield from _row_lines(element, numbers)
        elif name not in _HIDDEN:
            yield from _lines(element, numbers)


def _paragraph_lines(paragraph: Any, numbers: HeadingNumbers) -> Iterator[str]:
    style = paragraph.find("{*}pPr/{*}pStyle")
    if style is not None and any(_CONTENTS_STYLE.match(value) for value in style.attrib.values()):
        return
    text = "".join(text for _, text in running_text(paragraph, without=_HIDDEN))
    number = numbers.next(paragraph)
    if text.strip():
        yield f"{number} {text}" if number else text
    for box in paragraph.iter("{*}txbxContent"):
        around = {xml.local_name(ancestor) for ancestor in box.iterancestors()}
        if not around & _HIDDEN and next(box.iterancestors("{*}p")) is paragraph:
            yield from _lines(box, numbers)


def _row_lines(table: Any, numbers: HeadingNumbers) -> Iterator[str]:
    for element in table:
        name = xml.local_name(element)
        if name == "tr":
            cells = [cell for cell in element.iter("{*}tc") if next(cell.iterancestors("{*}tr")) is element]
            yield "\t".join(" ".join(_lines(cell, numbers)) for cell in cells)
        elif name in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _row_lines(element, numbers)


def text_of_pdf(content: bytes) -> str:
    """Give the text of a PDF: by its tags where it has them, otherwise page by page.

    Raises:
        DocumentError: the bytes are no PDF that can be read.
    """
    if b"%PDF-" not in content[:1024] or len(content) > MAX_PDF_BYTES:
        raise DocumentError(f"Expected a PDF of at most {MAX_PDF_BYTES >> 20} MB.")
    try:
        reader = PdfReader(io.BytesIO(content))
        if len(reader.pages) > MAX_PAGES:
            raise DocumentError(f"Expected a PDF of at most {MAX_PAGES:,} pages.")
        tree = _entry(reader.root_object, "/StructTreeRoot")
        text = _TaggedText(reader, tree).text() if isinstance(tree, DictionaryObject) else ""
        return text if tree is not None else "\n".join(page.extract_text() for page in reader.pages)
    except DocumentError:
        raise
    except Exception as error:  # a broken file makes pypdf fail in many ways
        raise DocumentError(f"Expected a PDF that can be read: {error}.") from None


class _TaggedText:
    """Puts the marked pieces of the pages together in the order of the structure."""

    def __init__(self, reader: PdfReader, tree: DictionaryObject) -> None:
        self._pages = {page.indirect_reference: page for page in reader.pages}
        self._tree = tree
        self._roles = _entry(tree, "/RoleMap") or DictionaryObject()
        self._sections: dict[IndirectObject, dict[int, str]] = {}
        self._elements = 0
        self._blocks: list[str] = [""]
        self._notes: list[str] = []

    def text(self) -> str:
        self._walk(self._tree["/K"], None, 0)
        lines = (_JOINED_LINES.sub("", block) for block in [*self._blocks, *self._notes])
        folded = ("\t".join(normalise(cell) for cell in line.split("\t")) for line in lines)
        return "\n".join(line for line in folded if line.strip())

    def _walk(self, node: Any, page: Any, depth: int) -> None:
        """Visit an element, a list of them, or a piece of marked content."""
        self._elements += 1
        if self._elements > _MAX_ELEMENTS or depth > _MAX_DEPTH:
            raise DocumentError("Expected a PDF whose structure is no larger than a document's.")
        node = node.get_object() if isinstance(node, IndirectObject) else node
        if isinstance(node, ArrayObject):
            for kid in node:
                self._walk(kid, page, depth + 1)
        elif isinstance(node, int):
            self._blocks[-1] += self._piece(page, node)
        elif isinstance(node, DictionaryObject):
            own_page = node.raw_get("/Pg") if "/Pg" in node else page
            if "/MCID" in node:
                self._blocks[-1] += "" if "/Stm" in node else self._piece(own_page, node["/MCID"])
            elif "/S" in node:
                self._element(node, own_page, depth)

    def _element(self, element: DictionaryObject, page: Any, depth: int) -> None:
        role = self._role(str(element["/S"]))
        if role in _LEFT_OUT or "/K" not in element:
            if role == "Figure" and "/K" in element:  # a caption inside is text
                self._captions(element, page, depth)
            return
        if role in _NOTES:
            self._notes.append(self._apart(element, page, depth))
            return
        if role in _CELLS:
            line, content = self._blocks[-1], self._apart(element, page, depth)
            self._blocks[-1] = f"{line}\t{content}" if line else content
            return
        if role not in _INLINE:
            self._blocks.append("")
        self._walk(element.raw_get("/K"), page, depth + 1)
        if role not in _INLINE:
            self._blocks.append("")

    def _apart(self, element: DictionaryObject, page: Any, depth: int) -> str:
        """Collect an element's blocks into one stretch of text of its own."""
        outer, self._blocks = self._blocks, [""]
        self._walk(element.raw_get("/K"), page, depth + 1)
        inner = [_JOINED_LINES.sub("", block) for block in self._blocks]
        self._blocks = outer
        return normalise(" ".join(inner))

    def _captions(self, element: DictionaryObject, page: Any, depth: int) -> None:
        kids = element["/K"]
        for kid in kids if isinstance(kids, ArrayObject) else [kids]:
            kid = kid.get_object()
            if isinstance(kid, DictionaryObject) and "/S" in kid and self._role(str(kid["/S"])) == "Caption":
                self._walk(kid, page, depth + 1)

    def _role(self, name: str) -> str:
        return str(_entry(self._roles, name) or name).removeprefix("/")

    def _piece(self, page: Any, number: Any) -> str:
        if page not in self._pages:
            return ""
        if page not in self._sections:
            self._sections[page] = _marked_sections(self._pages[page])
        return self._sections[page].get(int(number), "")


def _entry(holder: Any, key: str) -> Any:
    """Give an entry itself where the file holds a reference to it; pypdf's own `get` gives the reference."""
    try:
        return holder[key]
    except KeyError:
        return None


def _marked_sections(page: Any) -> dict[int, str]:
    """Give the text of one page by the numbers of its marked content."""
    sections: dict[int, str] = {}
    opened: list[int | None] = []
    forms = 0

    def before(operator: bytes, operands: Any, *_: Any) -> None:
        nonlocal forms
        if operator == b"Do":
            forms += 1
        elif operator in (b"BDC", b"BMC") and not forms:
            properties = operands[1] if len(operands) > 1 else None
            opened.append(properties.get("/MCID") if isinstance(properties, DictionaryObject) else None)
        elif operator == b"EMC" and not forms and opened:
            opened.pop()

    def after(operator: bytes, *_: Any) -> None:
        nonlocal forms
        forms -= operator == b"Do"

    def collect(text: str, *_: Any) -> None:
        number = next((number for number in reversed(opened) if number is not None), None)
        if number is not None:
            sections[number] = sections.get(number, "") + text

    page.extract_text(visitor_operand_before=before, visitor_operand_after=after, visitor_text=collect)
    return sections
