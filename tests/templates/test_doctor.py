"""The doctor: every problem of a template, where it is, and what was meant."""

import io
import json
import time
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.errors import ConflictError, InputError, TemplateError, TemplateNotFoundError
from templates.data import DataSchema
from templates.doctor import Problem, Report, check, check_records, comment, find_target, read_records, write_report
from templates.doctor.check import guessed_schema
from templates.doctor.scaffold import start_template
from templates.doctor.target import Target, target_of_file, target_of_folder
from templates.engine import DocumentEngine
from templates.library import BUILT_IN, Library

DATA: Mapping[str, Any] = {
    "customer": {"name": "Ida", "city": "Kiel"},
    "items": [{"title": "Oven", "price": 12.5}],
    "total": 12.5,
    "note": "Thanks",
    "is_paid": True,
    "due": "2026-12-01",
}


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def word(*paragraphs: str, table: Sequence[Sequence[str]] = ()) -> Target:
    document = docx.Document()
    document.core_properties.title = "A letter"
    for text in paragraphs:
        document.add_paragraph(text)
    if table:
        made = document.add_table(len(table), len(table[0]))
        made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for row, texts in zip(made.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    return target_of_file("word", saved(document), name="letter.docx")


def markdown(source: str) -> Target:
    return target_of_file("markdown", source.encode(), name="letter.md.j2")


def problems(target: Target, data: Any = DATA) -> list[Problem]:
    return [problem for problem in check(target, data).problems if problem.severity != "note"]


def only(target: Target, data: Any = DATA) -> Problem:
    found = problems(target, data)
    assert len(found) == 1, found
    return found[0]


# Names and types.


@pytest.mark.parametrize(
    ("source", "code", "suggestion"),
    [
        ("{{ cutsomer.name }}", "unknown-name", "Did you mean `customer.name`?"),
        ("{{ customer.nmae }}", "unknown-field", "Did you mean `customer.name`?"),
        ("{{ city }}", "unknown-name", "Did you mean `customer.city`?"),
        ("{{ customer.total }}", "unknown-field", "Did you mean `total`?"),
        ("{% for item in itmes %}{{ item.title }}{% endfor %}", "unknown-name", "Did you mean `items`?"),
        ("{% for item in items %}{{ itme.title }}{{ item.price }}{% endfor %}", "unknown-name", "`item.title`"),
        ("{% for itm in items %}{{ item.title }}{{ item.price }}{% endfor %}", "loop-variable", "for item in items"),
        ("{% for item in items %}{{ items.title }}{% endfor %}", "field-of-list", "Did you mean `item.title`?"),
        ("{{ items.title }}", "field-of-list", "{% for entry in items %}"),
        ("{{ note.text }}", "field-of-plain-value", "`note`"),
        ("{% for item in note %}{{ item.title }}{% endfor %}", "loop-over-no-list", "Did you mean `items`?"),
        ("{{ items }}", "prints-list", "{% for entry in items %}"),
        ("{{ customer }}", "prints-mapping", "`customer.name`"),
        ("{{ is_paid }}", "prints-yes-no", "if is_paid else"),
        ("{{ note | money('EUR') }}", "wrong-type", "`note` without the filter"),
        ("{{ total | date }}", "wrong-type", "`total | number`"),
        ("{{ items | sum(attribute='pric') }}", "unknown-field", "Did you mean `price`?"),
        ("{{ total | mony('EUR') }}", "unknown-filter", "Did you mean `money`?"),
        ("{{ total | currency }}", "unknown-filter", "Did you mean `money`?"),
        ("{{ total | money('Eur') }}", "wrong-argument", 'money("EUR")'),
        ("{{ total | number(digts=2) }}", "wrong-argument", "Did you mean `digits`?"),
        ("{{ total | number('2') }}", "wrong-argument", "digits=2"),
        ("{{ due | date('lnog') }}", "wrong-argument", 'date("long")'),
        ("{% if note is defnied %}x{% endif %}", "unknown-test", "`is defined`"),
        ("{{ today() }}", "unknown-function", ""),
        ("{{ upper(note) }}", "unknown-function", "`note | upper`"),
        ("{{ note * 2 }}", "wrong-operand", ""),
    ],
)
@pytest.mark.parametrize("make", [word, markdown])
def test_a_wrong_name_or_type_is_found_with_what_was_meant(make: Any, source: str, code: str, suggestion: str) -> None:
    found = only(make(source))

    assert found.code == code
    assert found.severity == "error"
    assert suggestion in found.suggestion


def test_all_problems_are_found_and_not_only_the_first() -> None:
    target = word("{{ nmae }}", "{{ total | mony }}", "{% for item in items %}", "{{ items }}")

    assert [problem.code for problem in problems(target)] == [
        "unknown-name",
        "unknown-filter",
        "unclosed-block",
        "prints-list",
    ]


def test_a_loop_over_a_misspelt_list_is_read_on() -> None:
    found = problems(word("{% for item in itmes %}{{ item.titel }}{% endfor %}"))

    assert [problem.suggestion for problem in found] == ["Did you mean `items`?", "Did you mean `item.title`?"]


def test_names_that_a_template_sets_are_known() -> None:
    source = (
        "{% set net = total * 0.8 %}{% macro line(x) %}{{ x }} {{ net }}{% endmacro %}{{ line(net) }}"
        "{% for item in items %}{{ loop.index }} {{ item.title }}{% endfor %}{% with a = net %}{{ a }}{% endwith %}"
        "{% set box = namespace(sum=0) %}{% set box.sum = box.sum + 1 %}{{ box.sum }}"
        "{% for group in items | groupby('title') %}{{ group.grouper }}{% endfor %}"
        "{{ customer.get('name') }} {{ items[0].title }} {{ customer['city'] }}"
        " {{ items | map(attribute='title') | join }}"
    )

    assert problems(markdown(source)) == []


def test_a_schema_is_followed_through_references_and_choices() -> None:
    schema = {
        "type": "object",
        "required": ["people"],
        "properties": {"people": {"type": "array", "items": {"$ref": "#/$defs/person"}}},
        "$defs": {
            "person": {
                "allOf": [{"$ref": "#/$defs/named"}],
                "properties": {"boss": {"anyOf": [{"$ref": "#/$defs/named"}, {"type": "null"}]}},
            },
            "named": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        },
    }
    target = with_schema("{% for one in people %}{{ one.name }}{{ one.boss.nam }}{% endfor %}", schema)

    found = [problem for problem in problems(target, None) if problem.severity == "error"]

    assert [problem.suggestion for problem in found] == ["Did you mean `one.boss.name`?"]


def test_an_optional_field_without_a_condition_is_a_warning() -> None:
    schema = {"type": "object", "properties": {"note": {"type": "string"}}}

    bare = problems(with_schema("{{ note }}", schema), {})
    guarded = problems(
        with_schema("{% if note is defined %}{{ note }}{% endif %}{{ note | default('–') }}", schema), {}
    )

    assert [(problem.code, problem.severity) for problem in bare][:1] == [("may-be-missing", "warning")]
    assert guarded == []


@pytest.mark.parametrize(
    "source",
    [
        "{% if notes | default([]) %}{{ notes | join }}{% endif %}",
        "{% if notes is not defined %}none{% else %}{{ notes | join }}{% endif %}",
        "{% if notes is not defined or notes | length > 2 %}x{% endif %}",
        "{{ notes | join if notes is defined and notes else '' }}",
        "{{ '' if notes is not defined else notes | join }}",
        "{% if by is defined %}{{ notes | join }}{% endif %}",
    ],
)
def test_every_way_to_ask_for_an_optional_field_is_understood(source: str) -> None:
    notes = {"type": "array", "items": {"type": "string"}}
    schema = {
        "type": "object",
        "properties": {"notes": notes, "by": {"type": "string"}},
        "dependentRequired": {"by": ["notes"]},
    }

    assert problems(with_schema(source, schema), {}) == []


def with_schema(source: str, schema: Mapping[str, Any]) -> Target:
    target = markdown(source)
    return Target(target.name, target.kind, target.files, None, schema)


# Blocks, tags and places.


@pytest.mark.parametrize(
    ("paragraphs", "code", "index", "suggestion"),
    [
        (("x", "{{ note and more"), "unclosed-tag", 1, "`{{ note }}`"),
        (("{{ note }", "{{ total }}"), "unclosed-tag", 0, "`{{ note }}`"),
        (("{ note }}",), "half-open-tag", 0, "`{{ note }}`"),
        (("{note}",), "single-braces", 0, "`{{ note }}`"),
        (("note }}",), "stray-closing", 0, "Remove it"),
        (("{% if is_paid %}", "x"), "unclosed-block", 0, "`{% endif %}`"),
        (("x", "{% endfor %}"), "unmatched-end", 1, "Remove `{% endfor %}`"),
        (("{% if is_paid %}", "x", "{% endfor %}"), "wrong-end", 2, "`{% endif %}`"),
        (("{% if is_paid %}", "{% for i in items %}", "{% endif %}", "{% endfor %}"), "crossed-tags", 2, "endfor"),
        (("{% if is_paid %}", "{% for i in items %}", "{% endif %}", "{% endif %}"), "wrong-end", 2, "`{% endfor %}`"),
        (("{% else %}",), "unmatched-branch", 0, "{% if"),
        (("{% for item items %}", "{{ item.title }}", "{% endfor %}"), "syntax", 0, "`{% for item in items %}`"),
        (("{% iff is_paid %}", "{% endif %}"), "unknown-tag", 0, "`{% if is_paid %}`"),
        (("{% if is_paid %}", "{% end if %}"), "unknown-tag", 1, "`{% endif %}`"),
        (("{% if is_paid %}", "{% else if note %}", "{% endif %}"), "unknown-tag", 1, "`{% elif note %}`"),
        (("{{ note | default(“x) }}",), "smart-quotes", 0, '`{{ note | default("x") }}`'),
        (('{% if note = "x" %}', "{% endif %}"), "syntax", 0, '`{% if note == "x" %}`'),
        (("{%tr for i in items %}", "{%tr endfor %}"), "scope-outside", 0, "`{%p for i in items %}`"),
        (("Hello {%p if is_paid %}", "x", "{%p endif %}"), "text-lost", 0, "paragraph of its own"),
        (("{%p if is_paid %}", "x", "{% endif %}"), "unbalanced-block", 2, "`{%p endif %}`"),
        (("{% include 'x' %}",), "unknown-tag", 0, "into this file"),
    ],
)
def test_a_broken_tag_is_found_at_its_paragraph(
    paragraphs: Sequence[str], code: str, index: int, suggestion: str
) -> None:
    first = problems(word(*paragraphs))[0]

    assert (first.code, first.place.paragraph) == (code, index)
    assert suggestion in first.suggestion
    assert first.place.text == f"letter.docx, document body, paragraph {index + 1}"


def test_a_tag_that_takes_its_row_from_others_is_named() -> None:
    table = [
        ["Item", "Price"],
        ["{%tr for item in items %}", "{{ total }}"],
        ["{{ item.title }}", "x"],
        ["{%tr endfor %}", ""],
    ]

    found = only(word("x", table=table))

    assert found.code == "tags-lost"
    assert found.place.text == "letter.docx, document body, table 1, row 2, cell 1"
    assert "{{ total }}" in found.message


def test_a_loop_that_ends_in_another_cell_is_a_warning() -> None:
    table = [["Item", "Price"], ["{% for item in items %}{{ item.title }}", "{% endfor %}"], ["", ""]]

    assert [problem.code for problem in problems(word("x", table=table))] == ["block-across"]


def test_a_name_split_over_runs_is_still_found() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for piece in ("{", "{ cust", "omer.na", "em", " }", "}"):
        paragraph.add_run(piece)

    found = only(target_of_file("word", saved(document), name="letter.docx"))

    assert (found.quoted, found.suggestion) == ("{{ customer.naem }}", "Did you mean `customer.name`?")


def test_the_place_names_the_heading_above() -> None:
    document = docx.Document()
    document.add_heading("Billing", 1)
    document.add_table(3, 1).cell(2, 0).text = "{{ cutsomer.name }}"

    report = check(target_of_file("word", saved(document), name="letter.docx"), DATA)
    text = write_report(report)

    assert "document body, under the heading “Billing”, table 1, row 3, cell 1" in text
    assert "{{ cutsomer.name }}" in text
    assert "→ Did you mean `customer.name`?" in text


def test_a_rendering_error_gives_the_same_place_and_advice(tmp_path: Path) -> None:
    file = tmp_path / "letter.docx"
    file.write_bytes(word("x", "{{ cutsomer.name }}").content)
    found = only(find_target(str(file)))

    with DocumentEngine(isolate=False) as engine, pytest.raises(TemplateError) as caught:
        engine.render(file, DATA, "docx")

    assert caught.value.hint == found.suggestion
    assert "document body, paragraph 2, at `{{ cutsomer.name }}`" in str(caught.value)


def test_a_template_that_cannot_be_compiled_says_what_the_doctor_says(tmp_path: Path) -> None:
    file = tmp_path / "letter.docx"
    file.write_bytes(word("{% if is_paid %}", "x", "{% if note %}", "y", "{% endif %}").content)

    with DocumentEngine(isolate=False) as engine, pytest.raises(TemplateError, match="paragraph 1, at") as caught:
        engine.render(file, DATA, "docx")

    assert caught.value.hint == "Put `{% endif %}` where it ends."


# Markdown.


@pytest.mark.parametrize(
    ("source", "code", "line", "suggestion"),
    [
        ("x\n\n::: calout\nx\n:::\n", "unknown-directive", 3, "Did you mean `callout`?"),
        ('::: callout {titel="x"}\nx\n:::\n', "unknown-attribute", 1, "Did you mean `title`?"),
        ('::: callout {title="x}\nx\n:::\n', "attributes", 1, '{title="x"}'),
        ("::: callout\nx\n", "unclosed-directive", 1, "`:::`"),
        ("x\n\n:::\n", "unmatched-end", 3, "Remove it."),
        (":::: columns\n::: column\nx\n::: column\ny\n:::\n::::\n", "unclosed-directive", 2, "`:::`"),
        ("# {{ note }} {#start}\n\n{{ nmae }}\n", "unknown-name", 3, "`customer.name`"),
        ('::: key-values {data="itms"}\n:::\n', "unknown-name", 1, "Did you mean `items`?"),
        ('::: chart {data="items" label="titel" value="price"}\n:::\n', "unknown-field", 1, "Did you mean `title`?"),
        ('::: chart {data="items" label="title" value="title"}\n:::\n', "wrong-type", 1, "`price`"),
        ('::: chart {data="note" label="title" value="price"}\n:::\n', "loop-over-no-list", 1, "`items`"),
        ("# A\n\n##### B\n", "heading-level", 3, "`## B`"),
        ("# A\n\n### B\n", "heading-skipped", 3, "`## B`"),
        ("![](assets/x.png)\n", "picture-without-alt", 1, "![what it shows]"),
        ("{{ note | default(“x”) }}\n", "smart-quotes", 1, '`{{ note | default("x") }}`'),
        ("{%tr for item in items %}\n{% endfor %}\n", "unknown-tag", 1, "`{% for item in items %}`"),
    ],
)
def test_a_mistake_in_markdown_is_found_at_its_line(source: str, code: str, line: int, suggestion: str) -> None:
    first = problems(markdown(source))[0]

    assert (first.code, first.place.line) == (code, line)
    assert suggestion in first.suggestion


def test_a_place_in_markdown_has_line_and_column() -> None:
    found = only(markdown("First.\n\nDear {{ nmae }},\n"))

    assert found.place.as_dict() == {"text": "letter.md.j2, line 3", "part": "letter.md.j2", "line": 3, "column": 6}


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    folder = start_template("my-letter", tmp_path, library=Library())
    (folder / "assets").mkdir()
    (folder / "assets" / "logo.svg").write_text("<svg/>")
    (folder / "template.md.j2").write_text("![Logo](assets/lgoo.svg)\n")

    found = only(target_of_folder(folder), None)

    assert (found.code, found.suggestion) == ("missing-file", "Did you mean `assets/logo.svg`?")


# Without schema.


def test_fields_and_their_types_are_guessed_from_the_tags() -> None:
    target = word(
        "{{ customer.name }}",
        "{% for item in items %}{{ item.price | money('EUR') }}{% endfor %}",
        "{{ due | date }}",
        "{% if note is defined %}{{ note }}{% endif %}",
    )

    fields = {field.path: (field.type, field.required) for field in check(target).fields}

    assert fields["customer"] == ("a mapping", True)
    assert fields["customer.name"] == ("a text", True)
    assert fields["items"] == ("a list", True)
    assert fields["items[].price"] == ("a number", True)
    assert fields["due"] == ("a date", True)
    assert fields["note"][1] is False


def test_a_name_that_looks_like_another_is_a_warning() -> None:
    found = only(word("{{ customer_name }} {{ customer_name }}", "{{ cutsomer_name }}"), None)

    assert (found.code, found.severity) == ("similar-names", "warning")
    assert found.suggestion == "Did you mean `customer_name`?"


def test_names_that_are_meant_to_differ_are_left_alone() -> None:
    names = ["phone1", "phone2", "first_name", "last_name", "item", "items", "net", "vat"]

    assert problems(word(*(f"{{{{ {name} }}}}" for name in names)), None) == []


# Trial and files.


def test_a_template_is_tried_with_its_example(tmp_path: Path) -> None:
    folder = start_template("my-letter", tmp_path, library=Library())
    (folder / "example.json").write_text(json.dumps({"date": "2026-11-23"}))

    found = only(target_of_folder(folder), None)

    assert found.code == "example"


def test_what_only_shows_when_it_runs_is_found_at_its_place() -> None:
    found = only(word("x", "{{ 1 / (total - total) }}"))

    assert (found.code, found.place.paragraph) == ("trial", 1)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip at all"])
def test_a_broken_file_is_a_problem_and_no_crash(content: bytes) -> None:
    found = only(target_of_file("word", content, name="letter.docx"))

    assert found.code == "file"


def test_something_that_is_no_template_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("x")

    with pytest.raises(InputError, match=r"a \.docx"):
        find_target(str(tmp_path / "x.txt"))
    with pytest.raises(TemplateNotFoundError):
        find_target("bussiness-letter")
    with pytest.raises(TemplateNotFoundError):
        find_target(str(tmp_path / "x.docx"))


# Outputs.


def test_comments_stand_at_their_paragraphs() -> None:
    target = word("Fine.", "{{ nmae }}", "{{ total | mony }}")
    report = check(target, DATA)

    content = comment(target.content, report)

    document = docx.Document(io.BytesIO(content))
    assert [entry.author for entry in document.comments] == ["Colophon"] * len(report.problems)
    assert any("Did you mean `money`?" in entry.text for entry in document.comments)
    starts = [bool(p._p.xpath("./w:commentRangeStart")) for p in document.paragraphs]
    assert starts[1:] == [True, True]
    assert document.paragraphs[1].text == "{{ nmae }}"
    assert comment(target.content, report) == content


def test_a_finding_in_a_header_is_told_in_the_body() -> None:
    document = docx.Document()
    document.add_paragraph("Text.")
    document.sections[0].header.paragraphs[0].text = "{{ nmae }}"
    content = saved(document)

    report = check(target_of_file("word", content, name="letter.docx"), DATA)
    commented = docx.Document(io.BytesIO(comment(content, report)))

    assert any("header" in entry.text and "nmae" in entry.text for entry in commented.comments)


def test_a_report_says_that_nothing_is_wrong() -> None:
    assert write_report(Report("letter.docx", ())) == "letter.docx: no problems found."


def test_json_holds_problems_and_fields() -> None:
    values = check(word("{{ nmae }}"), DATA).as_dict()

    assert values["healthy"] is False
    assert values["problems"][0]["place"]["part"] == "word/document.xml"
    assert json.loads(json.dumps(values)) == values


# Records.


def test_records_are_counted_by_field_with_their_numbers() -> None:
    schema = DataSchema(
        json.dumps(
            {
                "type": "object",
                "required": ["name", "items"],
                "properties": {
                    "name": {"type": "string"},
                    "items": {"type": "array", "items": {"type": "object", "required": ["price"]}},
                },
            }
        ).encode(),
        where="schema.json",
    )
    good = {"name": "x", "items": [{"price": 1}]}
    records = [good, {"items": []}, {"name": 3, "items": [{}, {}]}, good, {"items": [{}]}]

    count, found = check_records(iter(records), schema, name="people.jsonl")

    texts = {problem.place.text: problem.message for problem in found}
    assert count == 5
    assert "In 2 of 5 records (records 2, 5)." in texts["people.jsonl, name"] or "1 of 5" in texts["people.jsonl, name"]
    assert texts["people.jsonl, items[].price"].endswith("In 2 of 5 records (records 3, 5).")
    assert len(found) == 3


def test_a_line_that_is_no_json_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "people.jsonl"
    path.write_text('{"name": "x"}\n\nno\n')
    schema = DataSchema(b'{"type": "object"}', where="schema.json")

    count, found = check_records(read_records(path), schema, name=path.name)

    assert count == 2
    assert "no JSON" in found[0].message


def test_records_are_read_one_at_a_time() -> None:
    schema = DataSchema(b'{"type": "object", "required": ["a"]}', where="schema.json")
    alive: list[int] = []

    def records() -> Any:
        for number in range(5_000):
            alive.append(number)
            yield {"b": number}

    count, found = check_records(records(), schema, name="x")

    assert (count, len(found)) == (5_000, 1)
    assert "(records 1, 2, 3, 4, 5, …)" in found[0].message


def test_records_are_checked_without_a_schema_too() -> None:
    target = word("{{ customer.name }} {{ total | money('EUR') }}")
    schema = DataSchema(json.dumps(guessed_schema(target)).encode(), where="x")

    _, found = check_records(
        [{"customer": {"name": "x"}, "total": "much"}, {"customer": {}, "total": 1}], schema, name="x"
    )

    assert {problem.place.text for problem in found} == {"x, total", "x, customer.name"}


# Accessibility.


def test_a_picture_without_words_and_a_table_without_header_are_warnings(picture: bytes) -> None:
    document = docx.Document()
    document.add_picture(io.BytesIO(picture))
    document.add_table(4, 3)
    document.add_heading("One", 1)
    document.add_heading("Three", 3)

    found = {problem.code for problem in check(target_of_file("word", saved(document), name="x.docx")).problems}

    assert {"picture-without-alt", "table-without-header", "heading-skipped", "no-title"} <= found


# Starting a template.


@pytest.mark.parametrize("is_word", [False, True])
def test_a_new_template_renders_and_passes_at_once(tmp_path: Path, is_word: bool) -> None:
    folder = start_template("my-letter", tmp_path, word=is_word, library=Library())

    assert check(target_of_folder(folder)).problems == ()
    with DocumentEngine([tmp_path], isolate=False) as engine:
        content = engine.render("my-letter", engine.example("my-letter"), "docx", verify=True).content
    assert zipfile.is_zipfile(io.BytesIO(content))


@pytest.mark.parametrize("name", sorted(path.name for path in BUILT_IN.iterdir() if path.is_dir()))
def test_a_template_started_from_the_library_passes(tmp_path: Path, name: str) -> None:
    folder = start_template("mine", tmp_path, origin=name, library=Library())

    assert check(target_of_folder(folder)).healthy


@pytest.mark.parametrize("name", ["My Letter", "../x", "", "-x", "x" * 65, "ä"])
def test_a_bad_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot be the name"):
        start_template(name, tmp_path, library=Library())


def test_an_existing_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()

    with pytest.raises(ConflictError):
        start_template("mine", tmp_path, library=Library())
    with pytest.raises(TemplateNotFoundError):
        start_template("other", tmp_path, origin="no-such", library=Library())
    assert not (tmp_path / "other").exists()


# Anything that could stand in a file.

TYPED = (
    "{{ }} {% %} {# #} { } % # {%p {%tr {{r - for in if elif else endfor endif set macro endmacro with raw endraw "
    "end is not defined and | ( ) [ ] . , = == ~ + * ' \" “ ” ‘ ’ \\ : ::: ::: # ## ![ ]( ) \n \n note items item "
    "customer.name items.title total money default(  date('long') 1 -1 0.5 none true \u00a0 x ä"
)
PIECES = st.sampled_from(TYPED.split(" "))


@pytest.mark.parametrize(
    "source",
    [
        "{{ " * 50_000,
        "{{ a }}" * 30_000,
        "{% if a %}" * 4_000,
        "{% endif %}" * 4_000,
        "{% for a in b %}{% endif %}" * 2_000,
        "{{ " + "(" * 5_000 + " }}",
        "{{ " + "'" * 50_001 + " }}",
        "{{ a" + ".b" * 20_000 + " }}",
        "{{ " + "“a, " * 20_000 + " }}",
        "".join(f"{{{{ name_{number}x }}}}" for number in range(4_000)),
        "::: callout {" * 3_000,
        "::: callout\n" * 5_000,
        "{ " * 50_000 + "}} " * 50_000,
    ],
)
def test_a_hostile_source_takes_no_time(source: str) -> None:
    before = time.process_time()

    check(markdown(source), DATA)

    assert time.process_time() - before < 4  # two on a core of its own


@given(st.lists(PIECES, max_size=30), st.sampled_from(["", " "]), st.booleans())
@settings(max_examples=100, deadline=None)
def test_nothing_that_is_typed_makes_the_doctor_fail(pieces: list[str], glue: str, has_data: bool) -> None:
    target = markdown(glue.join(pieces))

    report = check(target, DATA if has_data else None)

    write_report(report, with_fields=True)
    assert all(problem.place.line is None or problem.place.line >= 1 for problem in report.problems)


@given(st.lists(st.lists(PIECES, max_size=12).map(" ".join), min_size=1, max_size=4))
@settings(max_examples=20, deadline=None)
def test_nothing_that_is_typed_into_word_makes_the_doctor_fail(paragraphs: list[str]) -> None:
    target = word(*paragraphs, table=[["a", "b"], [paragraphs[0], paragraphs[-1]], ["c", "d"]])

    comment(target.content, check(target, DATA))
