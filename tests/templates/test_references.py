"""What leads from one place of a document to another: contents, numbers, labels, references, footnotes."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from pypdf import PdfReader

from configs.errors import TemplateError
from templates.blocks import Figure, Heading, Run, Table, plain
from templates.engine import DocumentEngine
from templates.markdown.numbering import labels_as_attributes
from templates.readback import normalise, text_of_docx, text_of_pdf
from tests.templates.written import part, roles, written

MakeTemplate = Callable[..., DocumentEngine]
MakeDocument = Callable[..., Any]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NUMBERED = "[document]\nnumbered_headings = true\n"
PRICES = '{#prices caption="Prices"}\n| A |\n|--|\n| x |\n\n'
CHART = '::: chart {data="rows" label="k" value="n" title="t" id="sales"}\nSales\n:::\n\n'
ROWS = {"rows": [{"k": "a", "n": 1}]}


def fields(content: bytes) -> list[str]:
    root = part(content, "word/document.xml")
    simple = [element.get(f"{W}instr", "").strip() for element in root.iter(f"{W}fldSimple")]
    return [*((element.text or "").strip() for element in root.iter(f"{W}instrText")), *simple]


def test_headings_are_numbered_below_the_title_when_the_manifest_says_so(make_document: MakeDocument) -> None:
    source = "# T\n\n## A\n\n### B\n\n### C\n\n#### D\n\n## E\n\n# Another\n\n## F\n\n#### G\n"
    document = make_document(source, manifest=NUMBERED)
    assert [block.number for block in document.blocks] == ["", "1", "1.1", "1.2", "1.2.1", "2", "", "3", "3.1.1"]
    assert all(isinstance(block, Heading) and not block.number for block in make_document(source).blocks)


def test_headings_have_numbers_in_their_styles_so_that_new_ones_are_numbered_in_word(
    make_template: MakeTemplate,
) -> None:
    content, pdf = written(make_template("# T\n\n## A\n\n### B\n\n1. x\n", manifest=NUMBERED))
    assert text_of_pdf(pdf).splitlines() == ["T", "1 A", "1.1 B", "x"]
    styles = part(content, "word/styles.xml")
    levels = {
        style.get(f"{W}styleId"): (style.find(f".//{W}ilvl").get(f"{W}val"), style.find(f".//{W}numId").get(f"{W}val"))
        for style in styles.iterfind(f"{W}style")
        if style.find(f".//{W}numPr") is not None
    }
    assert levels == {"Heading2": ("0", "2"), "Heading3": ("1", "2"), "Heading4": ("2", "2")}
    numbering = part(content, "word/numbering.xml")
    linked = [(level.get(f"{W}val")) for level in numbering.iter(f"{W}pStyle")]
    assert linked == ["Heading2", "Heading3", "Heading4"]


def test_headings_of_an_author_style_are_numbered_too(make_template: MakeTemplate) -> None:
    theirs = io.BytesIO()
    docx.Document().save(theirs)
    manifest = f'{NUMBERED}[theme]\ndocx = "theme.docx"\n'
    written(make_template("# T\n\n## A\n\n### B\n", manifest=manifest, files={"theme.docx": theirs.getvalue()}))


def test_contents_list_the_headings_below_the_title(make_template: MakeTemplate) -> None:
    source = '# T\n\n::: contents {title="In here" depth=2}\n:::\n\n## A *b* & c\n\n### D\n\n#### E\n\n> ## Q\n'
    content, pdf = written(make_template(source))
    document = docx.Document(io.BytesIO(content))
    entries = [
        each for each in document.element.iter(f"{W}p") if re.match(r"Toc\d", str(each.pPr.pStyle.get(f"{W}val")))
    ]
    texts = ["".join(text.text or "" for text in entry.iter(f"{W}t")) for entry in entries]
    assert texts == ["A b & c", "D", "Q"]
    names = {mark.get(f"{W}name") for mark in document.element.iter(f"{W}bookmarkStart")}
    links = [link.get(f"{W}anchor") for entry in entries for link in entry.iter(f"{W}hyperlink")]
    assert len(set(links)) == 3
    assert set(links) <= names
    assert fields(content) == ['TOC \\o "2-3" \\h \\z', *(f"PAGEREF {link} \\h" for link in links)]
    kinds = [element.get(f"{W}fldCharType") for element in document.element.iter(f"{W}fldChar")]
    assert kinds == ["begin", "separate", "end"]
    assert b"updateFields" not in zipfile.ZipFile(io.BytesIO(content)).read("word/settings.xml")
    assert b"w:dirty" not in zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml")
    assert roles(PdfReader(io.BytesIO(pdf))).count("/TOCI") == 3
    assert "In here" in text_of_pdf(pdf)


def test_digits_of_a_pdf_with_contents_can_be_copied_and_found(make_template: MakeTemplate) -> None:
    _, pdf = written(make_template("# T\n\n::: contents\n:::\n\n## A\n\n1 of 1, 21 in all\n"))
    assert text_of_pdf(pdf).splitlines() == ["T", "A", "1 of 1, 21 in all"]
    assert "\u2060" not in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_contents_of_a_document_without_headings_are_empty(make_template: MakeTemplate) -> None:
    content, pdf = written(make_template("::: contents\n:::\n\ntext\n"))
    assert text_of_docx(content) == text_of_pdf(pdf) == "text"
    assert fields(content) == ['TOC \\o "2-3" \\h \\z']


def test_references_say_what_they_lead_to(make_document: MakeDocument) -> None:
    source = "See [](#prices), [](#sales), [](#scope) and [*there*](#scope).\n\n## Scope {#scope}\n\n" + PRICES + CHART
    document = make_document(source, ROWS, manifest=NUMBERED)
    paragraph, heading, table, figure = document.blocks
    assert plain(paragraph.runs) == "See Table\u00a01, Figure\u00a01, Section\u00a01 and there."
    assert [run.reference for run in paragraph.runs if run.target] == ["caption", "caption", "number", ""]
    assert Run("there", italic=True, target="scope") in paragraph.runs
    assert heading == Heading(2, (Run("Scope"),), "1", "scope")
    assert isinstance(table, Table)
    assert isinstance(figure, Figure)
    assert [(block.number, block.label) for block in (table, figure)] == [(1, "prices"), (1, "sales")]
    assert document.numbered_captions


def test_reference_to_a_heading_without_number_says_its_text(make_document: MakeDocument) -> None:
    document = make_document("## The *scope* {#scope}\n\nSee [](#scope).\n")
    assert plain(document.blocks[1].runs) == "See The scope."
    assert not document.numbered_captions


def test_captions_are_numbered_only_when_something_needs_it(make_document: MakeDocument) -> None:
    without = make_document(PRICES + "[the prices](#prices)\n")
    assert not without.numbered_captions
    wanted = make_document(PRICES, manifest="[document]\nnumbered_captions = true\n")
    assert wanted.numbered_captions
    counted = make_document("| A |\n|--|\n| x |\n\n" + PRICES + "[](#prices)\n")
    assert [block.number for block in counted.blocks if isinstance(block, Table)] == [0, 1]


def test_references_speak_the_language_of_the_document(make_document: MakeDocument) -> None:
    document = make_document(PRICES + "[](#prices)\n", manifest='locale = "de_AT"\n')
    assert plain(document.blocks[1].runs) == "Tabelle\u00a01"


def test_references_are_fields_and_links_in_word_and_links_in_pdf(make_template: MakeTemplate) -> None:
    source = "[](#prices) [](#scope) [](#sales) [text](#scope)\n\n## Scope {#scope}\n\n" + PRICES + CHART
    content, pdf = written(make_template(source, manifest=NUMBERED), ROWS)
    assert fields(content) == [
        "REF _Ref_prices \\h",
        "REF _Ref_scope \\r \\h",
        "REF _Ref_sales \\h",
        "SEQ Table \\* ARABIC",
        "SEQ Figure \\* ARABIC",
    ]
    root = part(content, "word/document.xml")
    names = {mark.get(f"{W}name") for mark in root.iter(f"{W}bookmarkStart")}
    assert {link.get(f"{W}anchor") for link in root.iter(f"{W}hyperlink")} <= names
    assert len({mark.get(f"{W}id") for mark in root.iter(f"{W}bookmarkStart")}) == len(names)
    assert roles(PdfReader(io.BytesIO(pdf))).count("/Link") >= 4
    assert "Table 1: Prices" in normalise(text_of_pdf(pdf))


def test_footnotes_stand_where_they_are_referred_to(make_document: MakeDocument) -> None:
    source = "A[^x] b[^y].\n\n[^y]: Two *{{ v }}*\n\n[^x]: One\n\n    and more\n"
    (paragraph,) = make_document(source, {"v": "[^x]"}).blocks
    notes = [run.note for run in paragraph.runs if run.note]
    assert notes == [(Run("One"), Run("\n"), Run("and more")), (Run("Two "), Run("[^x]", italic=True))]


def test_footnotes_are_real_ones(make_template: MakeTemplate) -> None:
    source = "A[^x] b.\n\n| T |\n|--|\n| c[^y] |\n\n[^x]: One [l](https://x.org/)\n\n[^y]: Two\n"
    content, pdf = written(make_template(source))
    assert text_of_docx(content).splitlines() == ["A b.", "T", "c", " One l", " Two"]
    notes = part(content, "word/footnotes.xml")
    assert [note.get(f"{W}id") for note in notes] == ["-1", "0", "1", "2"]
    marks = part(content, "word/document.xml").iter(f"{W}footnoteReference")
    assert [mark.get(f"{W}id") for mark in marks] == ["1", "2"]
    targets = [each.get("Target") for each in part(content, "word/_rels/footnotes.xml.rels")]
    assert targets == ["https://x.org/"]
    assert roles(PdfReader(io.BytesIO(pdf))).count("/Note") == 2


def test_document_without_footnotes_has_no_part_for_them(make_template: MakeTemplate) -> None:
    names = zipfile.ZipFile(io.BytesIO(written(make_template("x\n"))[0])).namelist()
    assert "word/footnotes.xml" not in names


def test_html_has_contents_numbers_and_links(make_template: MakeTemplate) -> None:
    source = (
        '::: contents {title="C"}\n:::\n\n## Scope {#scope}\n\n[](#scope) [](#prices) n[^a]\n\n[^a]: note\n\n' + PRICES
    )
    html = make_template(source, manifest=NUMBERED).render("letter", {}, "html").content.decode()
    for text in (
        '<a href="#heading-1">1 Scope</a>',
        'href="#scope">Section\u00a01<',
        'id="prices">Table\u00a01: ',
        "(note)",
    ):
        assert text in html


def test_labels_are_told_from_comments() -> None:
    source = '{#a}\n## B {#b-1}\n{# c #}\n{#d#}\n{#e f #} {#g}\n{#tbl caption="{{ x }}"}\n{#- h -#}\ntext {#'
    assert labels_as_attributes(source).split("\n") == [
        '{id="a"}',
        '## B {id="b-1"}',
        "{# c #}",
        "{#d#}",
        "{#e f #} {#g}",
        '{id="tbl" caption="{{ x }}"}',
        "{#- h -#}",
        "text {#",
    ]


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("## A {#scope}\n\n[](#scop)\n", 3, "Did you mean `scope`"),
        ("[](#x)\n", 1, "Nothing has the label `x`"),
        ("## A {#x}\n\n## B {#X}\n", 3, "Two elements have the label `X`"),
        ("## A {#a_b}\n", 1, "cannot be a label"),
        ("{#x}\n| A |\n|--|\n| x |\n", 2, "a table without a caption"),
        ("a\n\nb[^x]\n", 3, "There is no footnote `x`"),
        ("a[^nota] b[^note]\n\n[^note]: text\n", 1, "Did you mean `note`"),
        ("## A[^x]\n\n[^x]: text\n", 1, "A heading cannot have a footnote"),
        ("a[^x]\n\n[^x]: - list\n", 3, "A footnote holds paragraphs"),
        ("a[^x]\n\n[^x]: b[^y]\n\n[^y]: c\n", 3, "A footnote cannot have a footnote"),
        ("::: header\na[^x]\n:::\n\n[^x]: b\n", 1, "This text cannot have a footnote"),
        ("> ::: contents\n> :::\n", 1, "cannot stand inside of another block"),
        ("::: contents {depth=4}\n:::\n", 1, "from 1 to 3"),
    ],
)
def test_mistake_is_named_with_its_line(make_document: MakeDocument, source: str, line: int, words: str) -> None:
    with pytest.raises(TemplateError) as caught:
        make_document(source)
    assert caught.value.where == f"letter/template.md.j2, line {line}"
    assert words in str(caught.value)
