"""Values that are Markdown, pictures from the data, QR codes and charts, as a template asks for them."""

import base64
import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from configs.errors import ColophonError, ContextError, TemplateError
from templates.blocks import Code, Figure, ListBlock, Paragraph, Quote, Run, plain
from templates.engine import DocumentEngine
from templates.qr import draw_qr
from templates.rich_text import parse_inline, parse_rich_text

MakeDocument = Callable[..., Any]


def test_value_alone_becomes_blocks(make_document: MakeDocument) -> None:
    text = "Some **bold** text.\n\n- one\n- two\n\n> said\n\n```\na  b\n```\n"
    blocks = make_document("{{ v | markdown }}\n", {"v": text}).blocks
    assert [type(block) for block in blocks] == [Paragraph, ListBlock, Quote, Code]
    assert blocks[0].runs == (Run("Some "), Run("bold", bold=True), Run(" text."))


def test_value_within_a_line_keeps_the_look_around_it(make_document: MakeDocument) -> None:
    (block,) = make_document("*Note: {{ v | markdown }}*\n", {"v": "see **this** [page](https://a.example)"}).blocks
    assert block.runs == (
        Run("Note: see ", italic=True),
        Run("this", italic=True, bold=True),
        Run(" ", italic=True),
        Run("page", italic=True, link="https://a.example"),
    )


def test_value_takes_the_class_of_its_paragraph(make_document: MakeDocument) -> None:
    blocks = make_document("{.lead}\n{{ v | markdown }}\n", {"v": "a\n\nb"}).blocks
    assert [block.style for block in blocks] == ["lead", "lead"]


def test_value_stands_in_cells_and_lists(make_document: MakeDocument) -> None:
    source = "| A |\n| --- |\n| {{ v | markdown }} |\n\n- {{ v | markdown }}\n"
    table, entries = make_document(source, {"v": "x **y**"}).blocks
    assert table.rows[0][0] == (Run("x "), Run("y", bold=True))
    assert entries.entries[0][0].runs == table.rows[0][0]


def test_value_is_literal_without_the_filter(make_document: MakeDocument) -> None:
    (block,) = make_document("{{ v }}\n", {"v": "**x**"}).blocks
    assert block.runs == (Run("**x**"),)


@pytest.mark.parametrize(
    "value",
    ["::: chart {data=x}\n:::", "<b>x</b>", "{.lead}\ntext", "{{ secret }}", "![a](logo.svg)", "| a |\n|---|\n| b |"],
)
def test_value_brings_no_directive_html_attribute_or_picture(make_document: MakeDocument, value: str) -> None:
    blocks = make_document("{{ v | markdown }}\n", {"v": value, "secret": "S"}).blocks if "![" not in value else []
    assert all(isinstance(block, Paragraph) for block in blocks)
    assert all(block.style == "body" and not any(run.link for run in block.runs) for block in blocks)
    if "![" in value:
        with pytest.raises(ContextError, match="leads to"):
            make_document("{{ v | markdown }}\n", {"v": value})


def test_heading_in_a_value_is_no_heading_of_the_document(make_document: MakeDocument) -> None:
    (block,) = make_document("{{ v | markdown }}\n", {"v": "# Big"}).blocks
    assert block == Paragraph((Run("Big", bold=True),))


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "/etc/passwd", "#top", "file:///x", "ftp://x", "data:text/html,x"]
)
def test_link_in_a_value_leads_to_the_web_only(make_document: MakeDocument, target: str) -> None:
    with pytest.raises(ContextError, match="leads to") as caught:
        make_document("a\n\n{{ v | markdown }}\n", {"v": f"[x]({target})"})
    assert caught.value.where == "letter/template.md.j2, line 3"


def test_list_in_a_line_is_refused_with_the_way_out(make_document: MakeDocument) -> None:
    with pytest.raises(ContextError, match="holds a list"):
        make_document("Text {{ v | markdown }}\n", {"v": "- a"})


def test_filter_refuses_what_is_no_text(make_document: MakeDocument) -> None:
    with pytest.raises(TemplateError, match="expects a text"):
        make_document("{{ 3 | markdown }}\n")


@given(st.text(max_size=60))
def test_any_text_is_read_as_rich_text(text: str) -> None:
    with contextlib.suppress(ColophonError):
        parse_rich_text(text, where="x")
        parse_inline(text, where="x")


def test_deep_nesting_is_no_way_to_stop_the_engine() -> None:
    for mark in "->":
        assert "'x'" in repr(parse_rich_text(f"{mark} " * 9 + "x", where="x"))
        with pytest.raises(ContextError, match="nested too deeply"):
            parse_rich_text(f"{mark} " * 5_000 + "x", where="x")


def test_picture_of_the_data_is_placed(make_document: MakeDocument, picture: bytes) -> None:
    data = {"people": [{"photo": base64.b64encode(picture).decode()}]}
    source = '::: picture {data="people.0.photo" alt="Ann" width=50}\nAnn\n:::\n'
    document = make_document(source, data)
    (figure,) = document.blocks
    assert isinstance(figure, Figure)
    assert figure.image.width == pytest.approx(document.theme.text_width / 2)
    assert (figure.image.alt, plain(figure.caption)) == ("Ann", "Ann")
    natural = make_document('::: picture {data="people.0.photo" alt="Ann"}\n:::\n', data).blocks[0]
    assert natural.image.width == 3.0  # four pixels


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('::: picture {data="p" alt=""}\n:::', "no alternative text"),
        ('::: picture {data="text" alt="a"}\n:::', "base64"),
        ('::: picture {data="none" alt="a"}\n:::', "not in the data"),
        ('::: picture {data="word" alt="a"}\n:::', "cannot be read"),
        ('::: qr {value=""}\n:::', "nothing to encode"),
        ('::: qr {value="{{ long }}"}\n:::', "cannot hold"),
        ('::: chart {data="rows" label="k" value="a b" title="t"}\n:::', "2 entries"),
        ('::: chart {data="rows" label="k" value="a b" names="A" title="t"}\n:::', "2 entries"),
        ('::: chart {data="rows" kind="pie" label="k" value="a b" names="A, B" title="t"}\n:::', "one field"),
        ('::: chart {data="rows" kind="pie" label="k" value="b" title="t"}\n:::', "negative"),
        ('::: chart {data="rows" kind="pie" label="k" value="z" title="t"}\n:::', "zeros"),
    ],
)
def test_wrong_use_is_refused_with_one_sentence(make_document: MakeDocument, source: str, said: str) -> None:
    rows = [{"k": "x", "a": 1, "b": -1, "z": 0}, {"k": "y", "a": 2, "b": 2, "z": 0}]
    data = {"p": "", "text": "???", "word": base64.b64encode(b"word").decode(), "long": "x" * 5_000, "rows": rows}
    with pytest.raises(ColophonError, match=said):
        make_document(f"{source}\n", data)


def test_chart_of_several_fields_is_built(make_document: MakeDocument) -> None:
    rows = [{"k": "x", "a": 1, "b": 3}, {"k": "y", "a": 2, "b": 2}]
    source = '::: chart {data="rows" kind="line" label="k" value="a b" names="Alpha, Beta" title="t"}\n:::\n'
    (figure,) = make_document(source, {"rows": rows}).blocks
    assert figure.image.alt == "Line chart, t. Alpha – x: 1; y: 2. Beta – x: 3; y: 2."


def test_qr_code_is_drawn_with_its_white_edge() -> None:
    image = draw_qr("https://example.org", "a", millimetres=25, where="x")
    assert image.width == pytest.approx(25 * 72 / 25.4)
    svg = etree.fromstring(image.data)
    side = int(svg.get("viewBox", "").split()[2])
    assert side == 25 + 8  # version 2 holds this text
    rows = [[0] * side for _ in range(side)]
    for piece in svg[1].get("d", "").split("M")[1:]:
        start, _, rest = piece.partition("h")
        x, y = map(int, start.split())
        for offset in range(int(rest.partition("v")[0])):
            rows[y][x + offset] = 1
    finder = [[1] * 7, [1, 0, 0, 0, 0, 0, 1], [1, 0, 1, 1, 1, 0, 1]]
    assert [row[4:11] for row in rows[4:7]] == finder
    assert not any(any(row) for row in (*rows[:4], *rows[-4:]))
    assert draw_qr("https://example.org", "a", millimetres=25, where="x") == image


def test_schema_may_say_that_a_value_is_markdown(make_template: Callable[..., DocumentEngine]) -> None:
    schema = {"type": "object", "properties": {"v": {"type": "string", "contentMediaType": "text/markdown"}}}
    engine = make_template("{{ v | markdown }}\n", schema=json.loads(json.dumps(schema)))
    assert engine.render("letter", {"v": "**x**"}, "docx", verify=True).content
    assert engine.render("letter", {"v": "**x**"}, "pdf", verify=True).content
