"""`verify=True` finds a value that got lost, changed or misplaced between the template and the file."""

import asyncio
import io
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configs.errors import ContextError, DocumentError, InputError, TemplateError
from templates.compiled import CompiledTemplate
from templates.convert.installation import find_office
from templates.engine import DocumentEngine
from templates.library import TemplateFiles
from templates.readback import text_of_docx
from templates.verification import check_document, expected_lines
from templates.word import InlineImage, RichText
from tests.templates.conftest import MakeTemplate

ENGINE = DocumentEngine()
NAMES = [manifest.name for manifest in ENGINE.templates()]
SOURCE = """\
# {{ title }}

{{ first }} then {{ second }}

| Item | Price |
|---|--:|
{% for row in rows %}
| {{ row.name }} | {{ row.price | money("EUR") }} |
{% endfor %}

{% set note %}Noted: {{ first }}{% endset %}
::: callout {title="{{ title }}"}
{{ note }}
:::
"""
DATA = {
    "title": "A & B",
    "first": "one",
    "second": "two",
    "rows": [{"name": "x <b>", "price": 2}, {"name": "y", "price": 3}],
}


def word_file(*paragraphs: str) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_library_is_verified(name: str) -> None:
    example = ENGINE.example(name)
    for to in ENGINE.manifest(name).formats:
        if to == "docx" or (to == "pdf" and ENGINE.manifest(name).source == "markdown"):
            ENGINE.render(name, example, to, verify=True)
    assert sum(len(line.values) for line in expected_lines(ENGINE._compile(name).files, example, {})) > 5


@pytest.mark.parametrize("to", ["docx", "pdf"])
def test_document_is_returned_when_all_values_stand_in_it(make_template: MakeTemplate, to: Any) -> None:
    engine = make_template(SOURCE)
    assert engine.render("letter", DATA, to, verify=True) == engine.render("letter", DATA, to)


def test_values_come_in_the_order_of_the_document(make_template: MakeTemplate) -> None:
    lines = expected_lines(make_template(SOURCE)._compile("letter").files, DATA, {})
    assert [line.values for line in lines] == [
        ("A & B",),
        ("one", "two"),
        ("x <b>", "€2.00"),
        ("y", "€3.00"),
        ("one",),
    ]


@pytest.mark.parametrize("to", ["docx", "pdf"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"second": "twice"}, "“two” is not in it"),
        ({"first": "two", "second": "one"}, "“two” does not stand where"),
        ({"rows": [{"name": "x <b>", "price": 2}]}, "“y” "),
        ({"rows": [{"name": "x <b>", "price": 2}, {"name": "y", "price": 3.01}]}, "“€3.00” is not in it"),
        ({"title": "A &amp; B"}, "“A & B” is not in it"),
    ],
)
def test_value_is_named_when_the_file_says_something_else(
    make_template: MakeTemplate, to: Any, change: dict[str, Any], words: str
) -> None:
    engine = make_template(SOURCE)
    lines = expected_lines(engine._compile("letter").files, DATA, {})
    other = engine.render("letter", DATA | change, to).content
    with pytest.raises(DocumentError, match=words):
        check_document(other, to, lines, where="letter")


def test_value_is_named_when_a_writer_loses_it(make_template: MakeTemplate, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_template("{{ a }} and {{ b }}\n")
    monkeypatch.setattr("templates.compiled._WRITERS", {"docx": lambda _: word_file("first and")})
    with pytest.raises(DocumentError, match="“second” is not in it"):
        engine.render("letter", {"a": "first", "b": "second"}, "docx", verify=True)


def test_preview_cannot_be_verified(make_template: MakeTemplate) -> None:
    with pytest.raises(InputError, match="Only docx and pdf"):
        make_template("{{ a }}\n").render("letter", {"a": 1}, "html", verify=True)


def test_word_file_is_verified_with_breaks_loops_and_macros(tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    path.write_bytes(
        word_file("Dear {{ name }},", "{{ address }}", "{% for x in rows %}{{ x }}; {% endfor %}", "{{ n }}")
    )
    data = {"name": "R&D", "address": "a\nb\tc", "rows": ["x", "", "<y>"], "n": 1.5}
    with DocumentEngine() as engine:
        engine.render(path, data, "docx", verify=True)
        if find_office() is not None:
            engine.render(path, data, "pdf", verify=True)


def test_values_of_other_scripts_are_no_false_alarm(make_template: MakeTemplate) -> None:
    engine = make_template("{{ a }} {{ b }} {{ c }}\n")
    data = {"a": "שלום", "b": "漢字", "c": "plain"}
    for to in ("docx", "pdf"):
        engine.render("letter", data, to, verify=True)  # type: ignore[arg-type]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Z"]), min_size=1), min_size=1, max_size=4
    )
)
def test_any_text_is_found_in_the_document(values: list[str]) -> None:
    files = TemplateFiles(
        "t",
        {
            "template.toml": b'name = "t"\nversion = "1"\ntitle = "T"\n',
            "schema.json": b"{}",
            "template.md.j2": b"{% for v in values %}\n- {{ v }} x {{ v }}\n{% endfor %}\n",
        },
        "d",
    )
    values = [
        value
        for value in values
        if not any(0x10F000 <= ord(c) <= 0x10F1FF or ord(c) in (0xFFFE, 0xFFFF) for c in value)
    ]
    compiled = CompiledTemplate(files)
    data = {"values": values}
    check_document(compiled.write(data, {}, "docx")[0], "docx", expected_lines(files, data, {}), where="t")


def test_rich_text_and_pictures_come_from_python(tmp_path: Path, picture: bytes) -> None:
    path = tmp_path / "letter.docx"
    path.write_bytes(word_file("{{r greeting }}", "{{ logo }}", "{{ rows[0].a }}"))
    data = {"greeting": RichText("Dear", bold=True), "logo": InlineImage(picture), "rows": [{"a": 1}]}
    made = DocumentEngine(isolate=False).render(path, data, "docx", verify=True)
    assert text_of_docx(made.content).split() == ["Dear", "1"]
    assert len(made.data_digest) == 64
    with pytest.raises(ContextError, match="isolate=False"), DocumentEngine() as engine:
        engine.render(path, data, "docx")


def test_single_word_file_is_named_by_its_own_name_in_errors(tmp_path: Path) -> None:
    path = tmp_path / "My Letter.docx"
    path.write_bytes(word_file("{{ nmae }}"))
    for to, where in (("docx", "My Letter.docx, document body, paragraph 1"), ("html", "My Letter.docx")):
        with pytest.raises(TemplateError) as caught:
            DocumentEngine(isolate=False).render(path, {"name": "x"}, to)  # type: ignore[arg-type]
        assert str(caught.value.where).startswith(where)
    path.write_bytes(b"no zip")
    with pytest.raises(TemplateError, match=r"^My Letter\.docx: "):
        DocumentEngine(isolate=False).manifest(path)


def test_render_async_writes_the_same_document() -> None:
    example = ENGINE.example("business-letter")

    async def both() -> Any:
        return await asyncio.gather(*(ENGINE.render_async("business-letter", example, "docx") for _ in range(3)))

    documents = asyncio.run(both())
    assert [made.content for made in documents] == [ENGINE.render("business-letter", example, "docx").content] * 3


def test_document_is_handed_out_in_pieces_and_saved_whole(tmp_path: Path) -> None:
    made = ENGINE.render("business-letter", ENGINE.example("business-letter"), "docx")
    pieces = list(made.chunks(1_000))
    assert b"".join(pieces) == made.content
    assert {len(piece) for piece in pieces[:-1]} == {1_000}
    made.save(tmp_path / "out" / "letter.docx")
    assert (tmp_path / "out" / "letter.docx").read_bytes() == made.content
