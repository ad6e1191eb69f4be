"""Values that bring a look of their own: from Python, and from data where the schema says so."""

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm
from lxml import etree
from PIL import Image

from configs.errors import ColophonError, ContextError, TemplateError
from templates.content import ContentPlan
from templates.engine import DocumentEngine
from templates.word import (
    InlineImage,
    Listing,
    RichText,
    RichTextParagraph,
    Subdoc,
    WordTemplate,
    compile_template,
    rich_value,
)


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def source(*paragraphs: str) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    return saved(document)


def compiled(*paragraphs: str) -> WordTemplate:
    return compile_template(source(*paragraphs), name="t.docx")


def opened(content: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))
    return docx.Document(io.BytesIO(content))


def texts(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in opened(content).paragraphs]


# Rich text.


def test_rich_text_has_its_looks() -> None:
    value = RichText("plain <&> ")
    value.add("bold", bold=True, italic=True, color="#ff00ff", size=28, underline="wave", font="Arial")
    value.add(RichText(" more", superscript=True))
    paragraph = opened(compiled("a {{r v }} b").fill({"v": value})).paragraphs[0]
    assert paragraph.text == "a plain <&> bold more b"
    bold = paragraph.runs[2]
    assert (bold.bold, bold.italic, str(bold.font.color.rgb), bold.font.size.pt) == (True, True, "FF00FF", 14)
    assert (bold.font.name, paragraph.runs[3].font.superscript) == ("Arial", True)


@pytest.mark.parametrize("tag", ["{{r v }}", "{{ v }}"])
def test_rich_text_breaks_lines_paragraphs_and_pages(tag: str) -> None:
    value = RichText("a\nb\tc\ad\fe", bold=True)
    document = opened(compiled(f"[{tag}]").fill({"v": value}))
    assert [paragraph.text for paragraph in document.paragraphs] == ["[a\nb\tc", "d", "", "e]"]
    assert document.paragraphs[1].runs[0].bold
    assert not document.paragraphs[3].runs[-1].bold


def test_rich_text_takes_styles_by_name_or_id_and_names_those_that_are_missing() -> None:
    [paragraph] = opened(compiled("{{r v }}").fill({"v": RichText("x", style="Intense Emphasis")})).paragraphs
    assert paragraph.runs[0].style.name == "Intense Emphasis"
    with pytest.raises(ContextError, match="no character style `Intense Emphasys`") as raised:
        compiled("{{r v }}").fill({"v": RichText("x", style="Intense Emphasys")})
    assert "Did you mean" in str(raised.value.hint)
    assert str(raised.value.where) == "t.docx, document body, paragraph 1, at `{{r v }}`"


def test_rich_text_links() -> None:
    value = RichText("see ")
    value.add("there", url_id="https://example.org/?a=1&b=2")
    [paragraph] = opened(compiled("{{r v }}!").fill({"v": value})).paragraphs
    assert paragraph.text == "see there!"
    assert paragraph.hyperlinks[0].address == "https://example.org/?a=1&b=2"
    with pytest.raises(TemplateError, match="A link leads to"):
        compiled("{{r v }}").fill({"v": RichText("x", url_id="javascript:alert(1)")})


@pytest.mark.parametrize("look", [{"color": "red"}, {"highlight": '"/>'}, {"size": 1}, {"size": "big"}])
def test_rich_text_with_a_wrong_look_is_refused(look: dict[str, Any]) -> None:
    with pytest.raises(ContextError, match="Expected a"):
        RichText("x", **look)


def test_rich_text_in_an_attribute_is_its_text() -> None:
    document = docx.Document()
    document.core_properties.title = "About {{ v }}"
    content = compile_template(saved(document), name="t").fill({"v": RichText("a <b>", bold=True)})
    assert opened(content).core_properties.title == "About a <b>"


def test_rich_text_paragraphs_take_the_place_of_a_paragraph() -> None:
    value = RichTextParagraph("One", parastyle="Heading 1")
    value.add(RichText("two", bold=True), parastyle="ListBullet")
    document = opened(compiled("before", "{{p v }}", "behind").fill({"v": value}))
    found = [(paragraph.text, paragraph.style.name) for paragraph in document.paragraphs]
    assert found == [("before", "Normal"), ("One", "Heading 1"), ("two", "List Bullet"), ("behind", "Normal")]


@pytest.mark.parametrize("value", [RichTextParagraph("x"), Subdoc(source("x"))])
def test_paragraphs_inside_of_a_paragraph_are_an_error(value: Any) -> None:
    with pytest.raises(TemplateError, match="consists of paragraphs") as raised:
        compiled("a {{ v }}").fill({"v": value})
    assert raised.value.hint == "Print it with `{{p … }}`, in a paragraph of its own."


def test_listing_is_a_text() -> None:
    assert texts(compiled("{{ v }}").fill({"v": Listing("a\nb\a<c>")})) == ["a\nb", "<c>"]
    assert texts(compiled("{{ v }}").fill({"v": Listing(5)})) == ["5"]


# Pictures.


def test_picture_stands_in_the_text_at_the_size_that_was_asked_for(picture: bytes) -> None:
    value = InlineImage(picture, width=Mm(20), description="A <mark>", anchor="https://example.org")
    document = opened(compiled("a {{ v }} b").fill({"v": value}))
    assert document.paragraphs[0].text == "a  b"
    [shape] = document.inline_shapes
    assert (shape.width, shape.height) == (Mm(20), Mm(10))
    assert shape._inline.docPr.get("descr") == "A <mark>"
    assert b'Target="https://example.org"' in document.part.rels.xml


def test_picture_without_a_size_is_no_wider_than_its_place() -> None:
    wide = io.BytesIO()
    Image.new("RGB", (3000, 300)).save(wide, "PNG")
    document = docx.Document()
    document.add_paragraph("{{ v }}")
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text = "{{ v }}"
    content = compile_template(saved(document), name="t").fill({"v": InlineImage(wide)})
    on_page, in_cell = opened(content).inline_shapes
    section = document.sections[0]
    assert on_page.width == section.page_width - section.left_margin - section.right_margin
    assert 0 < in_cell.width < table.rows[0].cells[0].width
    assert on_page.height == pytest.approx(on_page.width / 10, abs=2)


def test_same_picture_is_stored_once_and_drawn_with_ids_of_its_own(picture: bytes) -> None:
    document = docx.Document()
    document.add_paragraph("{%p for i in range(3) %}")
    document.add_paragraph("{{ v }}")
    document.add_paragraph("{%p endfor %}")
    document.sections[0].header.paragraphs[0].text = "{{ v }}"
    content = compile_template(saved(document), name="t").fill({"v": InlineImage(picture)})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len([name for name in archive.namelist() if "media/" in name]) == 1
        assert "word/_rels/header1.xml.rels" in archive.namelist()
    ids = [shape._inline.docPr.id for shape in opened(content).inline_shapes]
    assert len(set(ids)) == 3


def test_picture_of_the_template_gives_way_to_the_one_that_its_alternative_text_names(picture: bytes) -> None:
    other = io.BytesIO()
    Image.new("RGB", (2, 2)).save(other, "JPEG")
    document = docx.Document()
    run = document.sections[0].header.paragraphs[0].add_run()
    run.add_picture(io.BytesIO(picture), width=Mm(30))._inline.docPr.set("descr", "{{ logo }}")
    template = compile_template(saved(document), name="t")

    def shown(value: Any) -> tuple[bytes, str]:
        header = opened(template.fill({"logo": value})).sections[0].header
        [inline] = header._element.xpath(".//wp:inline")
        embedded = inline.graphic.graphicData.pic.blipFill.blip.embed
        return header.part.related_parts[embedded].blob, inline.docPr.get("descr")

    assert shown(InlineImage(other, description="Mark")) == (other.getvalue(), "Mark")
    assert shown("Our old mark") == (picture, "Our old mark")


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg/>"])
def test_picture_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(ContextError, match="picture"):
        InlineImage(data)
    with pytest.raises(ContextError, match="cannot be read"):
        InlineImage("/nowhere/x.png")


def test_same_values_give_the_same_bytes(picture: bytes) -> None:
    template = compiled("{{ a }}", "{{p b }}", "{{r c }}")

    def fill() -> bytes:
        return template.fill(
            {"a": InlineImage(picture), "b": Subdoc(source("x")), "c": RichText("y", url_id="http://z")}
        )

    assert fill() == fill()
    assert texts(template.fill({"a": "1", "b": "2", "c": "3"})) == ["1", "2", "3"]


# Sub-documents.


def test_sub_document_brings_its_styles_numberings_and_pictures(picture: bytes) -> None:
    inner = docx.Document()
    own = inner.styles.add_style("Own Look", 1)
    own.font.bold = True
    inner.add_paragraph("in an own style", style="Own Look")
    inner.add_paragraph("numbered", style="List Number")
    inner.add_picture(io.BytesIO(picture), width=Mm(10))
    inner.add_table(1, 1).rows[0].cells[0].text = "cell {{ kept }}"
    document = opened(compiled("a", "{{p v }}", "b").fill({"v": Subdoc(saved(inner))}))
    assert [paragraph.text for paragraph in document.paragraphs] == ["a", "in an own style", "numbered", "", "b"]
    assert document.paragraphs[1].style.name == "Own Look"
    assert document.paragraphs[1].style.font.bold
    assert document.paragraphs[2].style.name == "List Number"
    assert len(document.inline_shapes) == 1
    assert document.tables[0].rows[0].cells[0].text == "cell {{ kept }}"
    related = document.part.related_parts[document.inline_shapes[0]._inline.graphic.graphicData.pic.blipFill.blip.embed]
    assert related.blob == picture


def test_sub_document_is_made_with_python_docx_too() -> None:
    inner = docx.Document()
    inner.add_heading("Title", 1)
    document = opened(compiled("{{p v }}").fill({"v": Subdoc(inner)}))
    assert document.paragraphs[0].style.name == "Heading 1"


def test_sub_document_that_stands_twice_has_numberings_of_its_own() -> None:
    inner = docx.Document()
    paragraph = inner.add_paragraph("numbered", style="List Number")
    number = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    number._add_numId().val = 2
    document = opened(compiled("{{p v }}", "{{p v }}").fill({"v": Subdoc(inner)}))
    found = [paragraph._p.pPr.numPr.numId.val for paragraph in document.paragraphs]
    assert len(set(found)) == 2
    known = {number.numId for number in document.part.numbering_part.element.num_lst}
    assert set(found) <= known


def test_sub_document_brings_its_footnotes() -> None:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    note = '<w:footnote w:id="7"><w:p><w:r><w:t>a note</w:t></w:r></w:p></w:footnote>'
    note = f"<w:footnotes {nsdecls('w')}>{note}</w:footnotes>"
    inner = docx.Document()
    part = Part(PackURI("/word/footnotes.xml"), kind, note.encode(), inner.part.package)
    inner.part.relate_to(part, relation)
    inner.add_paragraph("text")._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="7"/></w:r>'))
    content = compiled("{{p v }}", "{{p v }}").fill({"v": Subdoc(inner)})
    assert texts(content) == ["text", "text"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        [name] = [name for name in archive.namelist() if "footnotes" in name]
        notes = etree.fromstring(archive.read(name))
        body = etree.fromstring(archive.read("word/document.xml"))
    assert [element.get(qn("w:id")) for element in body.iter(qn("w:footnoteReference"))] == ["1", "2"]
    assert ["".join(element.itertext()) for element in notes][2:] == ["a note", "a note"]
    assert [element.get(qn("w:id")) for element in notes] == ["-1", "0", "1", "2"]


@pytest.mark.parametrize("content", [b"", b"no zip", source("x")[:-40]])
def test_sub_document_that_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(ColophonError, match=r"\.docx"):
        Subdoc(content)


# Data.

SCHEMA = {
    "type": "object",
    "properties": {
        "logo": {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"},
        "notes": {"$ref": "#/$defs/text"},
        "lines": {"type": "array", "items": {"properties": {"notes": {"$ref": "#/$defs/text"}}}},
        "title": {"type": "string"},
    },
    "$defs": {"text": {"type": "string", "contentMediaType": "text/markdown"}},
}


def filled(paragraph: str, **data: Any) -> Any:
    return opened(compiled(*paragraph.split("\n")).fill(ContentPlan(SCHEMA).wrap(data, rich_value)))


def test_markdown_in_text_has_emphasis_and_links() -> None:
    document = filled("Note: {{ notes }}!", notes="a **b *c*** `d` [e](https://example.org) <b>{{ x }}")
    [paragraph] = document.paragraphs
    assert paragraph.text == "Note: a b c d e <b>{{ x }}!"
    looks = {run.text: (run.bold, run.italic) for run in paragraph.runs if run.text.strip()}
    assert looks["b "] == (True, None)
    assert looks["c"] == (True, True)
    assert looks[" <b>{{ x }}!"] == (None, None)
    assert paragraph.hyperlinks[0].text == "e"


def test_markdown_keeps_the_look_of_its_place() -> None:
    document = docx.Document()
    run = document.add_paragraph().add_run("{{ notes }}")
    run.font.name, run.font.size = "Arial", Mm(5)
    template = compile_template(saved(document), name="t")
    [paragraph] = opened(template.fill(ContentPlan(SCHEMA).wrap({"notes": "a **b**"}, rich_value))).paragraphs
    assert {(run.font.name, round(run.font.size.mm)) for run in paragraph.runs if run.text} == {("Arial", 5)}


def test_markdown_of_paragraphs_has_headings_and_lists() -> None:
    document = filled("{{p notes }}\nend", notes="# Title\n\nText\n\n- one\n- two\n   1. inner\n\n3. three\n4. four")
    found = [(paragraph.text, paragraph.style.name) for paragraph in document.paragraphs]
    assert [text for text, _ in found] == ["Title", "Text", "one", "two", "inner", "three", "four", "end"]
    assert found[0][1] == "Heading 1"
    numbers = [paragraph._p.pPr.numPr for paragraph in document.paragraphs if paragraph._p.pPr is not None]
    levels = [(number.numId.val, number.ilvl.val) for number in numbers if number is not None]
    assert [level for _, level in levels] == [0, 0, 1, 0, 0]
    assert levels[0][0] == levels[1][0] != levels[2][0] != levels[3][0]


def test_markdown_of_paragraphs_in_a_text_stays_in_the_look_of_its_paragraph() -> None:
    document = filled("{{ notes }}", notes="One\n\n- two\n- three")
    assert [paragraph.text for paragraph in document.paragraphs] == ["One", "• two", "• three"]


def test_markdown_is_still_a_text_for_filters_and_tests() -> None:
    assert filled("{% if notes == '*a*' %}{{ notes | upper }}{% endif %}", notes="*a*").paragraphs[0].text == "*A*"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd"])
def test_markdown_never_links_to_a_program(link: str) -> None:
    assert filled("{{ notes }}", notes=f"[x]({link})").paragraphs[0].hyperlinks == []
    with pytest.raises(ContextError, match="A link leads to") as raised:
        filled("{{ notes }}", notes="[x](ftp://example.org)")
    assert raised.value.where == "notes"


def test_picture_in_markdown_is_refused_with_its_path() -> None:
    with pytest.raises(ContextError, match="picture") as raised:
        filled("{% for l in lines %}{{ l.notes }}{% endfor %}", lines=[{"notes": "![x](y.png)"}])
    assert raised.value.where == "lines[0].notes"


def test_fields_that_the_schema_calls_plain_stay_plain() -> None:
    assert filled("{{ title }}", title="**a**").paragraphs[0].text == "**a**"


@pytest.mark.parametrize("text", ["no base64!", base64.b64encode(b"no picture").decode()])
def test_picture_in_data_that_is_none_is_refused_with_its_path(text: str) -> None:
    with pytest.raises(ContextError) as raised:
        filled("{{ logo }}", logo=text)
    assert raised.value.where == "logo"


def test_engine_places_pictures_and_markdown_of_the_data(tmp_path: Path, picture: bytes) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    (folder / "template.toml").write_text('name = "card"\nversion = "1"\ntitle = "Card"\nformats = ["docx"]\n')
    (folder / "schema.json").write_text(json.dumps(SCHEMA))
    (folder / "template.docx").write_bytes(source("{% if logo %}{{ logo }}{% endif %} {{ notes }}"))
    data = {"logo": base64.encodebytes(picture).decode(), "notes": "**new**"}
    document = opened(DocumentEngine([tmp_path]).render("card", data, "docx").content)
    assert len(document.inline_shapes) == 1
    assert document.paragraphs[0].text == " new"
    assert (
        opened(
            DocumentEngine([tmp_path]).render("card", {**data, "logo": ""}, "docx").content
        ).inline_shapes._inline_lst
        == []
    )


def test_plan_follows_all_ways_in_which_a_schema_describes_a_place() -> None:
    text = {"contentMediaType": "text/markdown"}
    schema = {
        "allOf": [{"properties": {"a": text}}],
        "anyOf": [{"properties": {"b": {"items": text}}}],
        "properties": {"c": {"prefixItems": [{"additionalProperties": text}]}, "d": {"$ref": "#"}},
        "patternProperties": {"^x": text},
    }
    data = {"a": "1", "b": ["2"], "c": [{"k": "3"}], "d": {"a": "4"}, "x1": "5", "n": 6}
    found = []
    ContentPlan(schema).wrap(data, lambda kind, value, path: found.append((kind, value, path)))
    assert found == [
        ("markdown", "1", "a"),
        ("markdown", "2", "b[0]"),
        ("markdown", "3", "c[0].k"),
        ("markdown", "4", "d.a"),
        ("markdown", "5", "x1"),
    ]
    assert ContentPlan({"properties": {"a": {}}}).wrap(data, lambda *_: None) is data
