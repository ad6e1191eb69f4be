"""Word templates: what an author writes is what a reader gets, whatever the data holds."""

import io
import itertools
import threading
import zipfile
from collections.abc import Sequence
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from configs.errors import ContextError, LimitError, TemplateError
from templates.environment import environment_for
from templates.word import WordTemplate, compile_template, program

# What XML 1.0 can hold; a carriage return becomes a line break, so it is left to a test of its own.
XML_TEXT = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="".join(map(chr, range(32))) + "\ufffe\uffff"),
    max_size=40,
)


def saved(document: Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def compiled(*paragraphs: str | Sequence[str]) -> WordTemplate:
    """Make a template of paragraphs; one given as a list has one run for each of its texts."""
    document = docx.Document()
    for runs in paragraphs:
        paragraph = document.add_paragraph()
        for text in [runs] if isinstance(runs, str) else runs:
            paragraph.add_run(text)
    return compile_template(saved(document), name="letter.docx")


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def small(*paragraphs: Sequence[str]) -> bytes:
    """Make a file without python-docx, which takes longer than everything that is tested here."""
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    runs = ["".join(f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in texts) for texts in paragraphs]
    body = "".join(f"<w:p>{run}</w:p>" for run in runs)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        listing = f'<Types xmlns="{types}"><Default Extension="xml" ContentType="{main}"/></Types>'
        archive.writestr("[Content_Types].xml", listing)
        archive.writestr("word/document.xml", f"<w:document {nsdecls('w')}><w:body>{body}</w:body></w:document>")
    return buffer.getvalue()


def raw_text(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(etree.fromstring(archive.read("word/document.xml")).itertext())


def texts(template: WordTemplate, **context: Any) -> list[str]:
    return [paragraph.text for paragraph in opened(template.fill(context)).paragraphs]


def table_template(rows: Sequence[Sequence[str]]) -> WordTemplate:
    document = docx.Document()
    table = document.add_table(len(rows), len(rows[0]))
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    return compile_template(saved(document), name="table.docx")


def table_texts(template: WordTemplate, **context: Any) -> list[list[str]]:
    [table] = opened(template.fill(context)).tables
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_value_is_filled_in() -> None:
    assert texts(compiled("Dear {{ name }},"), name="Ada") == ["Dear Ada,"]


def test_tag_is_joined_when_word_split_it_over_runs() -> None:
    template = compiled(["Dear {", "{ na", "me", " }", "}, your {{", "total }} EUR"])
    assert texts(template, name="Ada", total=12.5) == ["Dear Ada, your 12.5 EUR"]


@settings(deadline=None)  # a busy machine is no error
@given(cuts=st.lists(st.integers(1, 70), max_size=6))
def test_result_does_not_depend_on_where_word_split_the_text(cuts: list[int]) -> None:
    text = "Dear {{ name }}, {% if paid %}thanks{% else %}please pay{% endif %} “{{ x['a'] }}”"
    borders = [0, *sorted(set(cuts)), len(text)]
    template = compile_template(small([text[start:end] for start, end in itertools.pairwise(borders)]), name="t")
    assert raw_text(template.fill({"name": "Ada", "paid": True, "x": {"a": 1}})) == "Dear Ada, thanks “1”"


def test_format_of_the_run_in_which_the_tag_begins_stays() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    paragraph.add_run("{{ na").bold = True
    paragraph.add_run("me }} plain")
    runs = opened(compile_template(saved(document), name="t").fill({"name": "Ada"})).paragraphs[0].runs
    assert [(run.text, run.bold) for run in runs] == [("Ada", True), (" plain", None)]


@settings(deadline=None)  # a busy machine is no error
@given(value=XML_TEXT)
def test_value_stays_text_whatever_it_holds(value: str) -> None:
    template = compile_template(small(["[{{ value }}]"]), name="t")
    assert raw_text(template.fill({"value": value})) == f"[{value}]"


def test_markup_in_a_value_is_data() -> None:
    value = "R&D <b>10</b> ]]> {{ secret }} {% if x %} \ufdd00\ufdd1 <?c 0?>"
    assert texts(compiled("{{ value }}"), value=value, secret="s") == [value]


def test_line_breaks_and_tabs_of_a_value_become_elements() -> None:
    content = compiled("{{ value }}").fill({"value": "a\nb\r\nc\td"})
    assert opened(content).paragraphs[0].text == "a\nb\nc\td"
    assert zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").count(b"<w:br/>") == 2


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ufffe", "\ud800"])
def test_value_with_a_forbidden_character_is_refused_with_its_path(character: str) -> None:
    with pytest.raises(ContextError, match="control character") as raised:
        compiled("{{ items[0].name }}").fill({"items": [{"name": f"a{character}b"}]})
    assert raised.value.where == "/items/0/name"


@pytest.mark.parametrize("tag", ["{{ x[“a”] }}", "{{ x[‘a’] }}", "{{ x[„a“] }}", "{{\u00a0x[’a’]\u00a0}}"])
def test_quotation_marks_that_word_bent_are_repaired(tag: str) -> None:
    assert texts(compiled(tag), x={"a": "found"}) == ["found"]


def test_quotation_marks_inside_a_string_stay() -> None:
    assert texts(compiled('{{ "he said “no”" }} “outside”')) == ["he said “no” “outside”"]


def test_delimiters_inside_a_string_do_not_end_the_tag() -> None:
    assert texts(compiled("{{ 'a }} b %}' }}!")) == ["a }} b %}!"]


def test_spaces_around_a_tag_stay() -> None:
    assert texts(compiled([" a ", "{% if yes %}", " b ", "{% endif %}", " c "]), yes=True) == [" a  b  c "]


def test_condition_and_loop_work_inside_a_paragraph() -> None:
    template = compiled("{% for n in items %}{{ n }}{% if not loop.last %}, {% endif %}{% endfor %}.")
    assert texts(template, items=[1, 2, 3]) == ["1, 2, 3."]


def test_loop_over_paragraphs_in_running_text_keeps_the_xml_whole() -> None:
    template = compiled("A{% for n in items %}", "item {{ n }}", "{% endfor %}B")
    assert texts(template, items=[1, 2]) == ["A", "item 1", "", "item 2", "B"]
    assert texts(template, items=[]) == ["AB"]


def test_paragraph_tags_take_their_paragraph_away() -> None:
    template = compiled(
        "{%p for n in items %}", "item {{ n }}", "{%p endfor %}", "{%p if no %}", "hidden", "{%p endif %}", "end"
    )
    assert texts(template, items=["a", "b"], no=False) == ["item a", "item b", "end"]


def test_row_tags_repeat_the_rows_between_them() -> None:
    template = table_template(
        [["Item", "Price"], ["{%tr for i in items %}", ""], ["{{ i.name }}", "{{ i.price }}"], ["{%tr endfor %}", ""]]
    )
    items = [{"name": "Pen", "price": 1}, {"name": "Ink", "price": 2}]
    assert table_texts(template, items=items) == [["Item", "Price"], ["Pen", "1"], ["Ink", "2"]]


def test_cell_tags_repeat_the_cells_between_them() -> None:
    template = table_template([["{%tc for c in columns %}", "{{ c }}", "{%tc endfor %}"]])
    assert table_texts(template, columns=["a", "b", "c", "d"]) == [["a", "b", "c", "d"]]


def test_run_tags_take_their_run_away() -> None:
    template = compiled(["A", "{%r if yes %}", "B", "{%r endif %}", "C"])
    paragraph = opened(template.fill({"yes": True})).paragraphs[0]
    assert [run.text for run in paragraph.runs] == ["A", "B", "C"]
    assert texts(template, yes=False) == ["AC"]


def test_values_with_a_scope_are_text_like_others() -> None:
    assert texts(compiled("{{r name }}", "{{p name }}", "{{ r }}", "{{p + 1}}"), name="x", r="y", p=1) == [
        "x",
        "x",
        "y",
        "2",
    ]


def test_comments_leave_nothing_behind() -> None:
    template = compiled("a{# note #}b", "{#p a paragraph of notes #}", "c")
    assert texts(template) == ["ab", "c"]


def test_table_is_taken_away_when_all_its_rows_are() -> None:
    template = table_template([["{%tr for i in items %}"], ["{{ i }}"], ["{%tr endfor %}"]])
    document = opened(template.fill({"items": []}))
    assert document.tables == []


def test_cell_keeps_a_paragraph_when_all_of_its_own_are_taken_away() -> None:
    document = docx.Document()
    cell = document.add_table(1, 1).rows[0].cells[0]
    cell.text = "{%p if yes %}"
    cell.add_paragraph("text")
    cell.add_paragraph("{%p endif %}")
    template = compile_template(saved(document), name="t")
    assert len(opened(template.fill({"yes": False})).tables[0].rows[0].cells[0].paragraphs) == 1
    assert table_texts(template, yes=True) == [["text"]]


def test_header_keeps_a_paragraph_when_all_of_its_own_are_taken_away() -> None:
    document = docx.Document()
    header = document.sections[0].header
    header.paragraphs[0].text = "{%p if yes %}"
    header.add_paragraph("Header")
    header.add_paragraph("{%p endif %}")
    filled = opened(compile_template(saved(document), name="t").fill({"yes": False}))
    assert [paragraph.text for paragraph in filled.sections[0].header.paragraphs] == [""]


def test_header_footer_and_title_are_filled() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "{{ company }}"
    document.sections[0].footer.paragraphs[0].text = "Page of {{ company }}"
    document.core_properties.title = "Letter to {{ name }}"
    filled = opened(compile_template(saved(document), name="t").fill({"company": "R&D\nLtd", "name": "A\nB & <C>"}))
    assert filled.sections[0].header.paragraphs[0].text == "R&D\nLtd"
    assert filled.sections[0].footer.paragraphs[0].text == "Page of R&D\nLtd"
    assert filled.core_properties.title == "Letter to A B & <C>"


def test_attribute_is_filled_as_plain_text() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("text")
    run = "<w:r><w:t>up</w:t></w:r>"
    link = f'<w:hyperlink {nsdecls("w")} w:anchor="top" w:tooltip="To {{{{ name }}}}">{run}</w:hyperlink>'
    paragraph._p.append(parse_xml(link))
    xml = zipfile.ZipFile(io.BytesIO(compile_template(saved(document), name="t").fill({"name": 'a "b"\n<&>'}))).read(
        "word/document.xml"
    )
    tooltips = [
        value for element in etree.fromstring(xml).iter() for key, value in element.attrib.items() if "tooltip" in key
    ]
    assert tooltips == ['To a "b" <&>']


def test_tracked_insertion_counts_and_deletion_does_not() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()._p
    run = "<w:r><w:t>{{ new }}</w:t></w:r>"
    paragraph.append(parse_xml(f'<w:ins {nsdecls("w")} w:id="1" w:author="a">{run}</w:ins>'))
    gone = "<w:r><w:delText>{{ old }}</w:delText></w:r>"
    paragraph.append(parse_xml(f'<w:del {nsdecls("w")} w:id="2" w:author="a">{gone}</w:del>'))
    xml = zipfile.ZipFile(io.BytesIO(compile_template(saved(document), name="t").fill({"new": "N"}))).read(
        "word/document.xml"
    )
    assert b">N</w:t>" in xml
    assert b"{{ old }}" in xml


def test_same_context_gives_the_same_bytes() -> None:
    template, again = compiled("{{ name }}"), compiled("{{ name }}")
    assert template.fill({"name": "Ada"}) == template.fill({"name": "Ada"})
    assert template.fill({"name": "Bob"}) == template.fill({"name": "Bob"}) != template.fill({"name": "Ada"})
    assert opened_names(again.fill({"name": "Ada"})) == opened_names(template.fill({"name": "Ada"}))


def opened_names(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return archive.namelist()


def test_other_members_are_kept_as_they_are() -> None:
    document = docx.Document()
    document.add_paragraph("{{ name }}")
    content = saved(document)
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(io.BytesIO(compile_template(content, name="t").fill({"name": "Ada"}))) as new,
    ):
        assert sorted(old.namelist()) == sorted(new.namelist())
        for name in old.namelist():
            assert (old.read(name) == new.read(name)) is (name != "word/document.xml"), name


def test_language_of_the_environment_counts() -> None:
    template = compiled("{{ 1234.5 | number(2) }}")
    assert texts(template) == ["1,234.50"]
    german = opened(template.fill({}, environment_for("word", "de")))
    assert german.paragraphs[0].text == "1.234,50"


def test_template_is_shared_by_threads() -> None:
    template = compiled("{% for i in range(50) %}{{ name }}{% endfor %}")
    found: dict[int, list[str]] = {}
    threads = [
        threading.Thread(target=lambda n=n: found.__setitem__(n, texts(template, name=f"<{n}>"))) for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: [f"<{n}>" * 50] for n in range(6)}


def test_macro_gives_rendered_text_that_is_not_escaped_twice() -> None:
    template = compiled("{% macro amount(x) %}{{ x }} & EUR{% endmacro %}{{ amount('<5>') }}")
    assert texts(template) == ["<5> & EUR"]


def test_rendered_xml_that_a_filter_broke_is_refused() -> None:
    template = compiled("{% set x %}{{ name }}{% endset %}{{ x[:3] }}")
    with pytest.raises(TemplateError):
        template.fill({"name": "<<<<"})


def test_unknown_name_is_an_error_with_place_and_suggestion() -> None:
    document = docx.Document()
    document.add_heading("Your order", 1)
    table = document.add_table(2, 2)
    table.rows[1].cells[1].text = "{{ custmer.name }}"
    with pytest.raises(TemplateError) as raised:
        compile_template(saved(document), name="letter.docx").fill({"customer": {"name": "Ada"}, "date": "x"})
    error = raised.value
    assert error.message == "The data has no field `custmer`."
    assert error.where == (
        "letter.docx, document body, under the heading “Your order”, table 1, row 2, cell 2, at `{{ custmer.name }}`"
    )
    assert error.hint == "Did you mean `customer`?"


def test_unknown_field_is_an_error_with_place_and_suggestion() -> None:
    with pytest.raises(TemplateError, match="no field `nam`") as raised:
        compiled("Dear", "{{ customer.nam }}").fill({"customer": {"name": "Ada", "city": "x"}})
    assert raised.value.where == "letter.docx, document body, paragraph 2, at `{{ customer.nam }}`"
    assert raised.value.hint == "Did you mean `name`?"


def test_place_names_the_header() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "{{ companny }}"
    with pytest.raises(TemplateError) as raised:
        compile_template(saved(document), name="t.docx").fill({"company": "x"})
    assert raised.value.where == "t.docx, header (header1.xml), paragraph 1, at `{{ companny }}`"


@pytest.mark.parametrize(
    ("paragraphs", "message", "place"),
    [
        (["fine", "{{ a b }}"], "Expected token 'end of print statement'", "paragraph 2, at `{{ a b }}`"),
        (["{% if a %}"], "(?i)unexpected end of template", "paragraph 1, at `{% if a %}`"),
        (["x", "{% endif %}"], "unknown tag 'endif'", "paragraph 2, at `{% endif %}`"),
        (["{{ a | nummber }}"], "No filter named 'nummber'", "paragraph 1, at `{{ a | nummber }}`"),
        (["x", "{{ name"], "not closed in its paragraph", "paragraph 2"),
        (["{%tr for i in x %}"], "takes the place of a table row, but it does not stand in one", "paragraph 1"),
        (["{%p if a %} {{ lost }}", "{%p endif %}"], "`{{ lost }}` would be lost", "paragraph 1"),
        (["{% include 'other' %}"], "no `include` tag", "paragraph 1, at `{% include 'other' %}`"),
        (["{%p if a %}", "x {% endif %}"], "stands in text, but `{%p if a %}`.*between paragraphs", "paragraph 2"),
    ],
)
def test_wrong_tag_is_an_error_with_its_place(paragraphs: list[str], message: str, place: str) -> None:
    with pytest.raises(TemplateError, match=message) as raised:
        compiled(*paragraphs)
    assert str(raised.value.where).startswith(f"letter.docx, document body, {place}")


@pytest.mark.parametrize(
    ("tag", "context"),
    [
        ("{{ 1 / n }}", {"n": 0}),
        ("{{ n + 'a' }}", {"n": 1}),
        ("{{ n() }}", {"n": 1}),
        ("{{ n | money('EUR') }}", {"n": "many"}),
        ("{{ n }}", {"n": None}),
        ("{{ n }}", {"n": {"a": 1}}),
        ("{{ n.__class__ }}", {"n": ""}),
        ("{% for x in n %}{% endfor %}", {"n": 3}),
    ],
)
def test_tag_that_cannot_be_evaluated_is_an_error_with_its_place(tag: str, context: dict[str, Any]) -> None:
    with pytest.raises(TemplateError) as raised:
        compiled("first", f"before {tag} after").fill(context)
    assert str(raised.value.where).startswith("letter.docx, document body, paragraph 2, at `{")


def test_endless_output_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "MAX_CHARACTERS", 100_000)
    with pytest.raises(LimitError, match="grew beyond"):
        compiled("{% for i in range(99999) %}{{ i }} and more{% endfor %}").fill({})
    with pytest.raises(LimitError, match="loops"):
        compiled("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}").fill({})


@settings(deadline=None)  # a busy machine is no error
@given(
    rows=st.lists(
        st.sampled_from(
            [
                "{%p if a %}",
                "{%p endif %}",
                "{% if a %}",
                "{% endif %}",
                "{% for i in b %}",
                "{% endfor %}",
                "x",
                "{{ a }}",
                "{%p else %}",
            ]
        ),
        max_size=6,
    ),
    a=st.booleans(),
    b=st.lists(st.integers(), max_size=2),
)
def test_filled_file_is_whole_whatever_the_tags_do(rows: list[str], a: bool, b: list[int]) -> None:
    cells = ["".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in rows[start::2]) for start in (0, 1)]
    row = "".join(f"<w:tc>{cell or '<w:p/>'}</w:tc>" for cell in cells)
    table = f"<w:tbl><w:tblGrid/><w:tr>{row}</w:tr></w:tbl>"
    content = small([f"</w:t></w:r></w:p>{table}<w:p><w:r><w:t>"])
    try:
        filled = compile_template(content, name="t").fill({"a": "v" if a else "", "b": b})
    except TemplateError:
        return
    with zipfile.ZipFile(io.BytesIO(filled)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    for cell in root.iterfind(".//{*}tc"):
        assert cell[-1].tag.endswith("}p")
