"""What arranges a page: columns, signatures, the cover, the watermark, pages on their side."""

import io
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from PIL import ImageFont
from pypdf import PdfReader

from configs.errors import TemplateError
from templates.blocks import Columns, Cover, KeyValues, Landscape, ListBlock, Paragraph, Run, Signature, Signatures
from templates.engine import DocumentEngine
from templates.fonts import BOLD, SOURCE_SANS
from templates.readback import text_of_docx, text_of_pdf
from tests.templates.written import part, written

MakeTemplate = Callable[..., DocumentEngine]
MakeDocument = Callable[..., Any]
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

COVER = '::: cover {title="Agreement" subtitle="Heating"}\n{{ client }}\\\nCork\n:::\n\n'
COLUMNS = ':::: columns {widths="3 1"}\n::: column\nLeft\n:::\n::: column\nRight\n:::\n::::\n\n'
WIDE = "::: landscape\n| A | B |\n|--|--|\n| x | y |\n:::\n\n"


def test_columns_share_the_line_and_hold_blocks(make_document: MakeDocument) -> None:
    source = (
        ':::: columns {widths="3 1"}\n::: column\n- a\n:::\n::: column\n::: key-values {data="f"}\n:::\n:::\n::::\n'
    )
    (block,) = make_document(source, {"f": [{"label": "No", "value": "7"}]}).blocks
    assert isinstance(block, Columns)
    assert block.shares == (0.75, 0.25)
    assert block.widths(98.0) == [60.0, 20.0]
    (left,), (right,) = block.columns
    assert isinstance(left, ListBlock)
    assert isinstance(right, KeyValues)


def test_columns_are_cells_without_lines_that_fill_the_line(make_template: MakeTemplate) -> None:
    content, _ = written(make_template(COLUMNS))
    (table,) = docx.Document(io.BytesIO(content)).tables
    assert [cell.text.strip() for cell in table.rows[0].cells] == ["Left", "Right"]
    assert abs(sum(int(column.get(f"{W}w", "0")) for column in table._tbl.iter(f"{W}gridCol")) - 9411) <= 1


def test_table_in_a_column_is_as_wide_as_the_column(make_template: MakeTemplate) -> None:
    source = "::: columns\n::: column\n| A |\n|--|\n| x |\n:::\n::: column\ny\n:::\n:::\n"
    content, _ = written(make_template(source))
    outer = docx.Document(io.BytesIO(content)).tables[0]
    inner = outer.rows[0].cells[0].tables[0]
    assert (
        sum(int(column.get(f"{W}w", "0")) for column in inner._tbl.iter(f"{W}gridCol")) == 4526
    )  # half of the line less the gap


def test_signatures_say_who_signs_and_when(make_document: MakeDocument) -> None:
    rows = [
        {"name": "Mary", "role": "Director", "date": "2026-11-23"},
        {"name": "John", "date": "today"},
        {"name": "A"},
    ]
    with_dates = make_document('::: signatures {data="rows" date="date"}\n:::\n', {"rows": rows}).blocks
    assert with_dates == (
        Signatures(
            (Signature("Mary", "Director", "November 23, 2026"), Signature("John", "", "today"), Signature("A"))
        ),
    )
    without = make_document('::: signatures {data="rows"}\n:::\n', {"rows": rows[:1]}).blocks
    assert without == (Signatures((Signature("Mary", "Director", None),)),)


@pytest.mark.parametrize(("count", "rows"), [(1, [2]), (2, [2]), (3, [3]), (4, [2, 2]), (5, [3, 3]), (7, [3, 3, 3])])
def test_signatures_stand_in_even_rows(count: int, rows: list[int]) -> None:
    block = Signatures(tuple(Signature(str(number)) for number in range(count)))
    assert [len(row) for row in block.rows()] == rows
    assert [entry.name for row in block.rows() for entry in row if entry] == [str(number) for number in range(count)]


def test_signatures_are_kept_on_one_page(make_template: MakeTemplate) -> None:
    rows = [{"name": f"Signer {number}", "role": "Role"} for number in range(4)]
    engine = make_template('{% for i in range(43) %}line\n\n{% endfor %}::: signatures {data="rows"}\n:::\n')
    content, pdf = written(engine, {"rows": rows})
    first, second = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "Signer" not in first
    assert all(f"Signer {number}" in second for number in range(4))
    table = docx.Document(io.BytesIO(content)).tables[0]
    assert all(row._tr.find(f"{W}trPr/{W}cantSplit") is not None for row in table.rows)
    kept = [paragraph.find(f"{W}pPr/{W}keepNext") is not None for paragraph in table.rows[0]._tr.iter(f"{W}p")]
    assert all(kept)


def test_cover_is_a_page_of_its_own_without_header_footer_and_number(make_template: MakeTemplate) -> None:
    source = COVER + "::: header\nTop\n:::\n\n::: footer\nBottom\n:::\n\ntext\n"
    content, pdf = written(make_template(source), {"client": "Acme"})
    cover, body = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert ["Top" in page and "Bottom" in page for page in (cover, body)] == [False, True]
    assert "Page 2 of 2" in body
    first, second = docx.Document(io.BytesIO(content)).sections
    assert (first.header.is_linked_to_previous, first.footer.is_linked_to_previous) == (True, True)
    assert (second.header.paragraphs[0].text, second.different_first_page_header_footer) == ("Top", False)


def test_cover_names_the_document(make_document: MakeDocument, picture: bytes) -> None:
    source = '::: watermark {text="x"}\n:::\n\n::: cover {title="A & B" logo="assets/a.png"}\nx\n\ny\n:::\n\n# C\n'
    document = make_document(source, files={"assets/a.png": picture})
    cover = document.blocks[0]
    assert isinstance(cover, Cover)
    assert document.title == "A & B"
    assert cover.logo is not None
    assert cover.paragraphs == (Paragraph((Run("x"),)), Paragraph((Run("y"),)))


def test_watermark_is_behind_every_page_and_not_part_of_the_text(make_template: MakeTemplate) -> None:
    source = '::: watermark {text="DRAFT & <x>"}\n:::\n\n' + COVER + "one\n\n::: page-break\n:::\n\ntwo\n"
    content, pdf = written(make_template(source), {"client": "Acme"})
    assert all("DRAFT & <x>" in page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "DRAFT" not in text_of_pdf(pdf)
    assert "DRAFT" not in text_of_docx(content)
    for name in ("header", "headerFirst"):
        (shape,) = part(content, f"word/{name}.xml").iter("{urn:schemas-microsoft-com:vml}shape")
        assert (shape.get("alt"), shape.get("id")) == ("", "PowerPlusWaterMarkObject1")
        assert shape[0].get("string") == "DRAFT & <x>"
    assert all(section.header.is_linked_to_previous is False for section in docx.Document(io.BytesIO(content)).sections)


def test_watermark_in_word_has_the_proportions_of_its_letters(make_template: MakeTemplate) -> None:
    content, _ = written(make_template('::: watermark {text="DRAFT"}\n:::\n\ntext\n'))
    (shape,) = part(content, "word/header.xml").iter("{urn:schemas-microsoft-com:vml}shape")
    style = dict(each.split(":") for each in str(shape.get("style")).split(";"))
    font = ImageFont.truetype(io.BytesIO(SOURCE_SANS.face(BOLD).read()), 120)
    assert float(style["width"].removesuffix("pt")) == pytest.approx(font.getlength("DRAFT"), rel=0.02)
    assert float(style["height"].removesuffix("pt")) == pytest.approx(sum(font.getmetrics()), rel=0.02)


def test_watermark_is_on_the_first_page_too_when_there_is_no_cover(make_template: MakeTemplate) -> None:
    content, _ = written(make_template('::: watermark {text="DRAFT"}\n:::\n\ntext\n'))
    (section,) = docx.Document(io.BytesIO(content)).sections
    assert section.different_first_page_header_footer
    assert list(section.first_page_header._element.iter("{urn:schemas-microsoft-com:vml}shape"))


PAPER = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="210mm" height="297mm" viewBox="0 0 210 297">'
    b'<rect width="40" height="297" fill="#123456"/></svg>'
)
BACKGROUND = '::: background {image="assets/paper.svg"}\n:::\n\n'


def test_background_lies_behind_every_page_and_says_nothing(make_template: MakeTemplate) -> None:
    source = BACKGROUND + COVER + "one\n\n::: page-break\n:::\n\ntwo\n"
    content, pdf = written(make_template(source, files={"assets/paper.svg": PAPER}), {"client": "Acme"})
    assert all(b"0.07058824 0.20392157 0.3372549" in drawn(page) for page in PdfReader(io.BytesIO(pdf)).pages)
    for name in ("header", "headerFirst"):
        (anchor,) = part(content, f"word/{name}.xml").iter(WP + "anchor")
        assert (anchor.get("behindDoc"), anchor.find(WP + "docPr").get("descr")) == ("1", "")
        targets = {each.get("Target") for each in part(content, f"word/_rels/{name}.xml.rels")}
        assert {"media/image1.png", "media/image2.svg"} <= targets


def test_background_lies_behind_the_preview(make_template: MakeTemplate) -> None:
    engine = make_template(BACKGROUND + "one\n", files={"assets/paper.svg": PAPER})
    page = engine.render("letter", {}, "html").content.decode()
    assert f'<div class="background"><img src="data:image/svg+xml;base64,{b64encode(PAPER).decode()}" alt=""' in page
    assert 'class="background"' not in make_template("one\n").render("letter", {}, "html").content.decode()


def drawn(page: Any) -> bytes:
    """Everything that a page draws, also in the forms that it uses."""
    forms = page["/Resources"].get("/XObject", {})
    return b"".join([page.get_contents().get_data(), *(form.get_object().get_data() for form in forms.values())])


def test_background_of_another_shape_than_the_page_is_refused(make_template: MakeTemplate) -> None:
    turned = PAPER.replace(b'width="210mm" height="297mm"', b'width="297mm" height="210mm"')
    engine = make_template(BACKGROUND + "x\n", files={"assets/paper.svg": turned})
    with pytest.raises(TemplateError, match="not the shape of the page") as caught:
        engine.render("letter", {}, "pdf")
    assert caught.value.hint == "Make it 210 × 297 mm."


def test_empty_footer_leaves_no_line(make_template: MakeTemplate) -> None:
    content, _ = written(make_template('::: footer {numbering=""}\n:::\n\nx\n'))
    (paragraph,) = part(content, "word/footer.xml").iter(W + "p")
    assert paragraph.find(f"{W}pPr/{W}pStyle").get(W + "val") == "Header"
    assert not list(paragraph.iter(W + "tab"))


def test_landscape_turns_its_pages_and_no_other(make_template: MakeTemplate) -> None:
    content, pdf = written(make_template("before\n\n" + WIDE + "::: page-break\n:::\n\nafter\n"))
    boxes = [page.mediabox for page in PdfReader(io.BytesIO(pdf)).pages]
    assert [box.width > box.height for box in boxes] == [False, True, False]
    document = docx.Document(io.BytesIO(content))
    upright, wide = WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE
    assert [section.orientation for section in document.sections] == [upright, wide, upright]
    (table,) = document.tables
    assert sum(int(column.get(f"{W}w", "0")) for column in table._tbl.iter(f"{W}gridCol")) == 14343
    assert not list(document.element.iter(f"{W}pageBreakBefore"))  # the sections begin pages


def test_document_that_is_all_landscape_has_one_section(make_template: MakeTemplate) -> None:
    content, pdf = written(make_template(WIDE))
    assert [section.orientation for section in docx.Document(io.BytesIO(content)).sections] == [WD_ORIENT.LANDSCAPE]
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1


def test_theme_turns_all_pages(make_template: MakeTemplate) -> None:
    engine = make_template("text\n\n" + WIDE, manifest='[theme]\norientation = "landscape"\n')
    content, pdf = written(engine)
    assert [section.orientation for section in docx.Document(io.BytesIO(content)).sections] == [WD_ORIENT.LANDSCAPE]
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    assert page.mediabox.width > page.mediabox.height


def test_landscape_is_a_block_of_its_own(make_document: MakeDocument) -> None:
    assert [type(block) for block in make_document("a\n\n" + WIDE).blocks] == [Paragraph, Landscape]


def test_html_shows_everything(make_template: MakeTemplate) -> None:
    source = COVER + COLUMNS + WIDE + '::: signatures {data="rows" date="date"}\n:::\n\n::: watermark {text="D"}\n:::\n'
    engine = make_template(source)
    html = engine.render("letter", {"client": "<A>", "rows": [{"name": "<N>", "role": "R"}]}, "html").content.decode()
    for text in ("<h1>Agreement</h1>", "&lt;A&gt;", "Left", "Right", "&lt;N&gt;", "Date: ", 'aria-hidden="true">D<'):
        assert text in html


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("::: columns\nx\n:::", 1, "holds `::: column` and nothing else"),
        ("::: columns\n::: column\nx\n:::\n:::", 1, "Expected 2 to 4 columns, but there are 1"),
        ("x\n\n::: column\nx\n:::", 3, "stands inside of `columns`"),
        ("::: columns\n::: column {a=1}\nx\n:::\n::: column\n:::\n:::", 2, "`column` has no attribute `a`"),
        ('::: columns {widths="3 0"}\n::: column\n:::\n::: column\n:::\n:::', 1, "`widths` must be 2 whole numbers"),
        (":::: columns\n::: column\nx\n::::", 2, "`::: column` is not closed"),
        ("x\n\n:::", 3, "closes nothing"),
        ("x\n\n" + COVER, 3, "stands before everything else"),
        ("::: cover\nx\n:::", 1, "needs the attribute `title`"),
        ('::: cover {title="T"}\n- x\n:::', 1, "holds paragraphs of text"),
        ("> " + WIDE.replace("\n", "\n> "), 1, "cannot stand inside of another block"),
        ('::: watermark {text="This is far too long for it"}\n:::', 1, "at most 24 characters"),
        ("> ::: page-break\n> :::", 1, "A page cannot break inside of another block"),
        ('::: watermark {text="A"}\n:::\n\n::: watermark {text="B"}\n:::', 4, "two watermarks"),
        ('::: signatures {data="rows" name="nam"}\n:::', 1, "Did you mean `name`"),
    ],
)
def test_mistake_is_named_with_its_line(make_document: MakeDocument, source: str, line: int, words: str) -> None:
    with pytest.raises(TemplateError) as caught:
        make_document(source, {"rows": [{"name": "a"}], "client": "c"})
    assert caught.value.where == f"letter/template.md.j2, line {line}"
    assert words in str(caught.value)
