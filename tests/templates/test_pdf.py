import io
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from configs.errors import DependencyError
from templates.engine import DocumentEngine
from templates.fonts import MONO, SOURCE_SANS
from templates.typesetting import missing_characters, typeset
from tests.templates.written import roles

MakeTemplate = Callable[..., DocumentEngine]


def reader(engine: DocumentEngine, data: dict[str, Any] | None = None) -> PdfReader:
    return PdfReader(io.BytesIO(engine.render("letter", data or {}, "pdf").content))


def test_pdf_is_tagged_with_title_language_and_date(make_template: MakeTemplate) -> None:
    engine = make_template("# A & <B>\n\ntext\n", manifest='date_field = "on"\nlocale = "en_GB"\n')
    pdf = reader(engine, {"on": "2026-11-23"})
    assert pdf.root_object["/MarkInfo"]["/Marked"]
    assert pdf.root_object["/Lang"] == "en-GB"
    assert pdf.metadata is not None
    assert pdf.metadata.title == "A & <B>"
    assert pdf.metadata["/CreationDate"] == "D:20261123000000Z"


def test_structure_of_pdf_is_that_of_the_document(make_template: MakeTemplate) -> None:
    source = (
        "# T\n\n## S\n\ntext\n\n- a\n\n| A |\n|--|\n| x |\n\n"
        '::: chart {data="rows" label="k" value="n" title="t"}\nCaption\n:::\n'
    )
    found = roles(reader(make_template(source), {"rows": [{"k": "a", "n": 1}]}))
    assert found[:4] == ["/Document", "/H1", "/H2", "/P"]
    for role in ("/L", "/LI", "/Table", "/TH", "/TD", "/Figure"):
        assert role in found


def test_header_of_table_repeats_on_each_page(make_template: MakeTemplate) -> None:
    source = "| Name | No |\n|--|--|\n{% for i in range(90) %}| row | {{ i }} |\n{% endfor %}\n"
    pdf = reader(make_template(source))
    assert len(pdf.pages) == 3
    assert all("Name" in page.extract_text() for page in pdf.pages)


def test_header_and_page_numbers_stand_on_each_page(make_template: MakeTemplate) -> None:
    source = (
        "one\n\n::: page-break\n:::\n\ntwo\n\n::: header\nTop\n:::\n\n"
        '::: footer {numbering="Page [page] of [pages]"}\nBottom\n:::\n'
    )
    first, second = (page.extract_text() for page in reader(make_template(source)).pages)
    assert "Top" not in first
    assert "Top" in second
    assert "Bottom" in first
    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in second


def test_fonts_are_ours_and_embedded(make_template: MakeTemplate) -> None:
    pdf = reader(make_template("# T\n\ntext **bold** *it* ***both*** `code`\n"))
    fonts = pdf.pages[0]["/Resources"]["/Font"]
    names = {
        str(font.get_object()["/BaseFont"]).partition("+")[2].removesuffix("-Identity-H") for font in fonts.values()
    }
    assert names == {
        *(f"SourceSansPro-{face}" for face in ("Regular", "Semibold", "It", "SemiboldIt")),
        "DejaVuSansMono",
    }


def test_missing_characters_are_named_when_no_font_has_them(make_template: MakeTemplate) -> None:
    assert missing_characters(frozenset("aé€漢😀 \n→α"), (SOURCE_SANS, MONO)) == {"漢", "😀"}
    engine = make_template("{{ v }}\n")
    rendered = engine.render("letter", {"v": "ab😀"}, "pdf")
    assert rendered.warnings == ("No font of ours has “😀” (U+1F600, GRINNING FACE); it may show as an empty box.",)
    assert engine.render("letter", {"v": "abé→"}, "pdf").warnings == ()


def test_typesetting_error_is_ours_when_typst_refuses() -> None:
    with pytest.raises(DependencyError, match="Typst"):
        typeset(b"#panic()", {}, (), timestamp=0)


@pytest.mark.parametrize("path", ["/etc/hostname", "../../engine.py"])
def test_typst_reads_nothing_outside_of_its_folder(path: str) -> None:
    with pytest.raises(DependencyError):
        typeset(f'#read("{path}")'.encode(), {}, (), timestamp=0)


@pytest.mark.parametrize("text", ["\u00ad", "a\u00ad", "a\u00ad\u00ad", "a" * 90 + "\u00ad"])
def test_link_is_written_when_it_ends_in_a_soft_hyphen(make_template: MakeTemplate, text: str) -> None:
    pdf = reader(make_template("[{{ text }}](https://a.example){{ rest }}\n"), {"text": text, "rest": "b" * 20})
    assert "b" * 20 in pdf.pages[0].extract_text()
