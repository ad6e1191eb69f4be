import io
import re
import struct
import time
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import RGBColor
from lxml import etree

from configs.errors import TemplateError
from templates.blocks import Column, Document, Run, Table
from templates.engine import DocumentEngine
from templates.library import TemplateFiles
from templates.manifest import ThemeConfig
from templates.theme import Theme
from templates.writers.docx import write_docx

MakeTemplate = Callable[..., DocumentEngine]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def written(engine: DocumentEngine, data: dict[str, Any] | None = None) -> bytes:
    return engine.render("letter", data or {}, "docx").content


def part(content: bytes, name: str) -> Any:
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read(name))


def test_document_has_real_styles(make_template: MakeTemplate) -> None:
    source = "# T\n\n## S\n\nText *i* **b**\n\n- a\n\n1. n\n\n> q\n\n{.small}\nsmall\n"
    document = docx.Document(io.BytesIO(written(make_template(source))))
    names = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert names == ["Heading 1", "Heading 2", "Normal", "List Bullet", "List Number", "Quote", "Small"]
    runs = document.paragraphs[2].runs
    assert [(run.text, bool(run.italic), bool(run.bold)) for run in runs if run.text.strip()] == [
        ("Text ", False, False),
        ("i", True, False),
        ("b", False, True),
    ]


def test_table_repeats_its_header_and_marks_its_totals(make_template: MakeTemplate) -> None:
    source = "{totals=1}\n| A | B |\n|--|--:|\n| x | 1 |\n| y | 2 |\n"
    document = docx.Document(io.BytesIO(written(make_template(source))))
    (table,) = document.tables
    rows = [row._tr for row in table.rows]
    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True, False, False]
    styles = [table.rows[index].cells[1].paragraphs[0].style for index in range(3)]
    assert [style.name for style in styles if style] == ["Table Header", "Table Text", "Table Total"]
    assert sum(int(column.get(f"{W}w", "0")) for column in table._tbl.iter(f"{W}gridCol")) == 9411


def test_ordered_lists_start_where_their_source_says(make_template: MakeTemplate) -> None:
    content = written(make_template("3. a\n4. b\n\ntext\n\n1. c\n"))
    document = part(content, "word/document.xml")
    numbers = [element.get(f"{W}val") for element in document.iter(f"{W}numId")]
    assert numbers == ["3", "3", "4"]
    numbering = part(content, "word/numbering.xml")
    starts = {
        number.get(f"{W}numId"): next(number.iter(f"{W}startOverride")).get(f"{W}val")
        for number in numbering.findall(f"{W}num")
        if number.find(f"{W}lvlOverride") is not None
    }
    assert starts == {"3": "3", "4": "1"}


def test_picture_has_alternative_text_and_chart_has_both_forms(make_template: MakeTemplate, picture: bytes) -> None:
    source = '![A "red" dot](assets/a.png)\n\n::: chart {data="rows" label="k" value="n" title="sales"}\n:::\n'
    content = written(
        make_template(source, files={"assets/a.png": picture}), {"rows": [{"k": "<Jan>", "n": 1}, {"k": "Feb", "n": 2}]}
    )
    document = part(content, "word/document.xml")
    alts = [element.get("descr") for element in document.iter("{*}docPr")]
    assert alts == ['A "red" dot', "Bar chart, sales. <Jan>: 1; Feb: 2."]
    names = [name for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if "media" in name]
    assert sorted(name.rpartition(".")[2] for name in names) == ["png", "png", "svg"]
    assert len({element.get("id") for element in document.iter("{*}docPr")}) == 2


def test_pages_are_numbered_by_fields_and_first_page_has_no_header(make_template: MakeTemplate) -> None:
    source = '::: header\nTop\n:::\n\n::: footer {numbering="Page [page] of [pages]"}\nBottom\n:::\n\nx\n'
    content = written(make_template(source))
    footer = part(content, "word/footer.xml")
    fields = [element.get(f"{W}instr", "").strip() for element in footer.iter(f"{W}fldSimple")]
    assert fields == ["PAGE", "NUMPAGES"]
    assert "".join(footer.itertext()) == "BottomPage 1 of 1"
    section = docx.Document(io.BytesIO(content)).sections[0]
    assert section.different_first_page_header_footer
    assert section.header.paragraphs[0].text == "Top"
    assert section.first_page_footer.paragraphs[0].text.startswith("Bottom")


def test_links_stand_in_the_relationships(make_template: MakeTemplate) -> None:
    content = written(make_template("[a](https://x.org/?a=1&b=2) [b](https://x.org/?a=1&b=2) [c](mailto:a@x.org)\n"))
    document = docx.Document(io.BytesIO(content))
    links = document.paragraphs[0].hyperlinks
    assert [link.address for link in links] == ["https://x.org/?a=1&b=2"] * 2 + ["mailto:a@x.org"]


def test_properties_hold_title_language_and_date_of_the_document(make_template: MakeTemplate) -> None:
    engine = make_template("# A & <B>\n", manifest='date_field = "on"\nlocale = "de"\n')
    properties = docx.Document(io.BytesIO(written(engine, {"on": "2026-11-23"}))).core_properties
    assert properties.title == "A & <B>"
    assert properties.language == "de"
    assert str(properties.created).startswith("2026-11-23 00:00:00")


def test_every_part_is_declared_and_every_relationship_leads_somewhere(make_template: MakeTemplate) -> None:
    content = written(make_template("# T\n\n[a](https://x.org)\n"))
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    types = part(content, "[Content_Types].xml")
    declared = {element.get("PartName", "").lstrip("/") for element in types if element.get("PartName")}
    assert declared <= set(archive.namelist())
    for name in archive.namelist():
        if name.endswith(".rels"):
            folder = name.replace("_rels/", "").rpartition("/")[0]
            for relationship in part(content, name):
                if relationship.get("TargetMode") != "External":
                    target = f"{folder}/{relationship.get('Target')}".lstrip("/")
                    assert target in archive.namelist()


def test_font_is_embedded_so_that_readers_need_not_have_it(make_template: MakeTemplate) -> None:
    from fontTools.ttLib import TTFont

    content = written(make_template("x\n"))
    fonts = part(content, "word/fontTable.xml")
    key = next(fonts.iter(f"{W}embedRegular")).get(f"{W}fontKey", "")
    mask = bytes.fromhex(re.sub("[^0-9A-F]", "", key))[::-1] * 2
    data = zipfile.ZipFile(io.BytesIO(content)).read("word/fonts/font1.odttf")
    plain = bytes(a ^ b for a, b in zip(data[:32], mask, strict=True)) + data[32:]
    assert struct.unpack(">I", plain[:4]) == (0x00010000,)
    assert {ord(c) for c in "Aé€–→"} <= set(TTFont(io.BytesIO(plain)).getBestCmap())


def test_author_restyles_in_word(make_template: MakeTemplate) -> None:
    theirs = docx.Document()
    theirs.styles["Heading 1"].font.color.rgb = RGBColor(0xAA, 0, 0x11)
    theirs.styles.add_style("Lead", WD_STYLE_TYPE.PARAGRAPH).font.italic = True
    made = io.BytesIO()
    theirs.save(made)
    engine = make_template(
        "# T\n\n{.lead}\nL\n\n{.meta}\nM\n\n| A |\n|--|\n| x |\n",
        manifest='[theme]\ndocx = "theme.docx"\n',
        files={"theme.docx": made.getvalue()},
    )
    document = docx.Document(io.BytesIO(written(engine)))
    heading, lead, meta = (paragraph.style for paragraph in document.paragraphs[:3])
    assert heading is not None
    assert lead is not None
    assert meta is not None
    assert heading.font.color.rgb == RGBColor(0xAA, 0, 0x11)
    assert lead.font.italic
    assert (meta.name, meta.base_style.name if meta.base_style else None) == ("Meta", "Normal")
    assert not list(document.styles.element.iter(f"{W}numPr"))


def test_author_theme_is_refused_when_it_is_no_word_file(make_template: MakeTemplate) -> None:
    engine = make_template("x\n", manifest='[theme]\ndocx = "theme.docx"\n', files={"theme.docx": b"x"})
    with pytest.raises(TemplateError):
        written(engine)


def test_long_table_takes_time_in_proportion_to_its_rows() -> None:
    def seconds(rows: int) -> float:
        cells = tuple(((Run(f"row {number}"),), (Run("1.50"),)) for number in range(rows))
        table = Table((Column(0.5), Column(0.5)), ((Run("A"),), (Run("B"),)), cells)
        theme = Theme.of(ThemeConfig(), TemplateFiles("t", {}, "digest"))
        started = time.process_time()
        write_docx(Document("t", "en", 0, theme, (table,)))
        return time.process_time() - started

    seconds(1)  # fonts and styles are read once
    few, many = min(seconds(500) for _ in range(3)), seconds(4_000)
    assert many < 24 * few  # 8 times as many rows; a look at all rows for each row takes 64 times as long
