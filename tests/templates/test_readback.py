"""The text of a finished document, read back as a reader would."""

import io

import docx
import pytest
import typst
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from configs.errors import DocumentError
from templates.readback import normalise, text_of_docx, text_of_pdf

PAGE = """
#set document(title: "Report", date: datetime(year: 2026, month: 11, day: 23))
#set page(width: 12cm, height: 8cm, header: [Confidential], footer: context [Page #counter(page).display()])
#set text(hyphenate: false)
"""


def pdf(body: str, *, standard: str | None = "ua-1") -> bytes:
    return bytes(typst.compile((PAGE + body).encode(), pdf_standards=[standard] if standard else []))


def saved(document: Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_docx_gives_paragraphs_and_tables_in_their_order() -> None:
    document = docx.Document()
    document.add_heading("Report", 1)
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["Item", "Sum", "Pen", "1.50"], strict=True):
        cell.text = text
    table._cells[0].add_paragraph("second line")
    document.add_paragraph("The end.")
    document.sections[0].header.paragraphs[0].text = "Header"
    document.sections[0].footer.paragraphs[0].text = "Footer"
    assert text_of_docx(saved(document)) == "Report\nItem second line\tSum\nPen\t1.50\nThe end."


def test_docx_gives_breaks_and_tabs_as_white_space() -> None:
    document = docx.Document()
    document.add_paragraph("a\tb\nc")
    assert text_of_docx(saved(document)) == "a\tb\nc"


def test_docx_gives_what_a_field_shows_and_not_its_code() -> None:
    document = docx.Document()
    runs = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
    runs += '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>7</w:t></w:r>'
    runs += '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    paragraph = document.add_paragraph("Page ")._p
    for run in parse_xml(f"<w:p {nsdecls('w')}>{runs}</w:p>"):
        paragraph.append(run)
    assert text_of_docx(saved(document)) == "Page 7"


def test_docx_leaves_out_deletions_contents_and_second_versions_of_text_boxes() -> None:
    document = docx.Document()
    document.add_paragraph("x", style=document.styles.add_style("TOC 1", 1))
    box = "<w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent>"
    deleted = '<w:del w:id="1" w:author="a"><w:r><w:delText>gone</w:delText></w:r></w:del>'
    moved = '<w:moveFrom w:id="2" w:author="a"><w:r><w:t>moved</w:t></w:r></w:moveFrom>'
    inserted = '<w:ins w:id="3" w:author="a"><w:r><w:t>new</w:t></w:r></w:ins>'
    choice = f"<mc:Choice Requires='wps'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    names = f"{nsdecls('w')} xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
    run = f"<w:r><mc:AlternateContent>{choice}</mc:AlternateContent></w:r>"
    document.element.body.insert(1, parse_xml(f"<w:p {names}>{deleted}{moved}{inserted}{run}</w:p>"))
    assert text_of_docx(saved(document)) == "new\nbox"


def test_pdf_gives_the_text_by_its_tags() -> None:
    body = """= Title
A *bold* word and #link("https://example.org")[a link]#footnote[A note.].
- one
- two
#figure(rect[drawn], caption: [What it shows], alt: "a rectangle")
#table(columns: 2, table.header([Item], [Sum]), [Pen], [1.50])
"""
    assert text_of_pdf(pdf(body)) == (
        "Title\nA bold word and a link.\none\ntwo\nFigure 1: What it shows\nItem\tSum\nPen\t1.50\nA note."
    )


def test_pdf_leaves_out_what_repeats_on_each_page() -> None:
    rows = "".join(f"[row {number}], [{number * 3}]," for number in range(40))
    text = text_of_pdf(pdf(f"#table(columns: 2, table.header([Item], [Sum]), {rows})"))
    assert text.splitlines() == ["Item\tSum", *(f"row {number}\t{number * 3}" for number in range(40))]


def test_pdf_joins_lines_as_they_were_written() -> None:
    sentence = "A well-known state-of-the-art and/or up-to-date word-by-word translation of 2024-2025. "
    assert text_of_pdf(pdf(sentence * 5)) == (sentence * 5).strip()


def test_pdf_without_tags_gives_its_pages() -> None:
    content = typst.compile((PAGE + "Some text.").encode())
    untagged = content.replace(b"/StructTreeRoot", b"/StructTreeRoof")
    text = text_of_pdf(untagged)
    assert "Some text." in text
    assert "Confidential" in text


def test_both_formats_give_the_same_text() -> None:
    paragraphs = ["Umlauts äöü and €1,234.50 on 23 November 2026.", "“Quoted” – with dashes — and 12.5\u00a0%."]
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    typeset = pdf("\n\n".join(f"#{json_string(paragraph)}" for paragraph in paragraphs))
    assert normalise(text_of_pdf(typeset)) == normalise(text_of_docx(saved(document)))


def json_string(text: str) -> str:
    return '"' + text + '"'


def test_normalise_folds_white_space_and_composes_letters() -> None:
    assert normalise(" a\u00a0\n b\u0308\t") == "a b̈".replace("b̈", "b\u0308")
    assert normalise("u\u0308") == "ü"


@settings(deadline=None)  # a busy machine is no error
@given(st.text())
def test_normalise_changes_nothing_the_second_time(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"%PDF-1.7\n", saved(docx.Document())[:-40]])
def test_file_that_cannot_be_read_is_refused(content: bytes) -> None:
    for read in (text_of_docx, text_of_pdf):
        with pytest.raises(DocumentError):
            read(content)


def test_pdf_with_a_figure_that_holds_nothing_is_read() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(pdf("Text")))
    element = writer.root_object["/StructTreeRoot"]["/K"][0].get_object()
    figure = DictionaryObject({NameObject("/S"): NameObject("/Figure")})  # LibreOffice writes such
    element[NameObject("/K")] = ArrayObject([figure, *element["/K"]])
    content = io.BytesIO()
    writer.write(content)
    assert text_of_pdf(content.getvalue()) == "Text"


def test_pdf_whose_structure_goes_in_circles_is_refused() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(pdf("= Title")))
    element = writer.root_object["/StructTreeRoot"]["/K"][0].get_object()
    element[NameObject("/K")] = ArrayObject([element.indirect_reference, element.indirect_reference])
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(DocumentError, match="structure"):
        text_of_pdf(buffer.getvalue())


PDF, DOCX = pdf("= Title\nText with #strong[strength]."), saved(docx.Document())


@settings(deadline=None)  # a busy machine is no error
@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255), cut=st.booleans())
def test_damaged_files_never_give_a_traceback(place: float, value: int, cut: bool) -> None:
    for content, read in ((PDF, text_of_pdf), (DOCX, text_of_docx)):
        position = int(place * len(content))
        damaged = content[:position] if cut else content[:position] + bytes([value]) + content[position + 1 :]
        try:
            assert isinstance(read(damaged), str)
        except DocumentError:
            continue
