"""docxtpl's dialect: tags that speak of cells, runs and lines, and the places in a file where tags may stand."""

import io
import itertools
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import docx
import pytest
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from configs.errors import ColophonError, ContextError, TemplateError
from templates.environment import environment_for
from templates.word import WordTemplate, compile_template

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."


def run(text: str, look: str = "") -> str:
    properties = f"<w:rPr>{look}</w:rPr>" if look else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*texts: str) -> str:
    return f"<w:p>{''.join(text if text.startswith('<') else run(text) for text in texts)}</w:p>"


def table(rows: Sequence[Sequence[str]], columns: int | None = None) -> str:
    grid = '<w:gridCol w:w="1000"/>' * (columns or len(rows[0]))
    cells = ["".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in row) for row in rows]
    listing = "".join(f"<w:tr>{row}</w:tr>" for row in cells)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{listing}</w:tbl>{paragraph()}"


def package(body: str, parts: Mapping[str, tuple[str, str]] = {}) -> bytes:
    """Make a file; further parts are given by their names, each with its content type and XML."""
    kinds = {"word/document.xml": f"{WORD_TYPE}document.main+xml"} | {name: kind for name, (kind, _) in parts.items()}
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items() if kind)
    default = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    namespaces = nsdecls("w", "r", "wp") + (
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
        ' xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{types}">{default}{overrides}</Types>')
        archive.writestr("word/document.xml", f"<w:document {namespaces}><w:body>{body}</w:body></w:document>")
        for name, (_, content) in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def compiled(body: str, parts: Mapping[str, tuple[str, str]] = {}) -> WordTemplate:
    return compile_template(package(body, parts), name="t.docx")


def member(content: bytes, name: str = "word/document.xml") -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return etree.fromstring(archive.read(name))


def texts(root: Any) -> list[str]:
    """Give the text of each paragraph; a page break is a form feed."""
    return [
        "".join(_text(e) for e in found.iter("{*}t", "{*}tab", "{*}br") if next(e.iterancestors("{*}p")) is found)
        for found in root.iter("{*}p")
    ]


def _text(element: Any) -> str:
    page = "page" in element.attrib.values()
    return {"t": element.text or "", "tab": "\t", "br": "\f" if page else "\n"}[etree.QName(element).localname]


def filled(body: str, **context: Any) -> list[str]:
    return texts(member(compiled(body).fill(context)))


def value_of(root: Any, name: str) -> list[str]:
    return [str(next(iter(element.attrib.values()))) for element in root.iter(f"{{*}}{name}")]


# Cells.


def test_cellbg_colours_its_cell() -> None:
    body = table([["{%tr for a in alerts %}"], ["{% cellbg a.colour %}{{ a.name }}"], ["{%tr endfor %}"]])
    alerts = [{"name": "x", "colour": "FF0000"}, {"name": "y", "colour": "#00ff00"}, {"name": "z", "colour": ""}]
    root = member(compiled(body).fill({"alerts": alerts}))
    fills = [element.get(f"{{{element.nsmap['w']}}}fill") for element in root.iter("{*}shd")]
    assert fills == ["FF0000", "00ff00", "auto"]
    assert texts(root)[:3] == ["x", "y", "z"]


def test_cell_properties_stand_in_the_order_that_word_wants() -> None:
    properties = (
        '<w:tcPr><w:tcW w:w="500"/><w:gridSpan w:val="9"/><w:shd w:val="clear"/><w:vAlign w:val="top"/></w:tcPr>'
    )
    cell = f"<w:tc>{properties}{paragraph('{% colspan 2 %}{% cellbg c %}')}</w:tc>"
    body = f"<w:tbl><w:tblGrid/><w:tr>{cell}</w:tr></w:tbl>{paragraph()}"
    root = member(compiled(body).fill({"c": "0B5C66"}))
    assert [etree.QName(element).localname for element in root.find(".//{*}tcPr")] == [
        "tcW",
        "gridSpan",
        "shd",
        "vAlign",
    ]
    assert value_of(root, "gridSpan") == ["2"]


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("cellbg", "red"),
        ("cellbg", '"/><w:p/>'),
        ("colspan", "two"),
        ("colspan", -1),
        ("colspan", 64),
        ("colspan", True),
    ],
)
def test_cell_tag_with_a_wrong_value_is_an_error_with_its_place(tag: str, value: Any) -> None:
    with pytest.raises(TemplateError, match="cell") as raised:
        compiled(table([[f"{{% {tag} v %}}x"]])).fill({"v": value})
    assert str(raised.value.where) == f"t.docx, document body, table 1, row 1, cell 1, at `{{% {tag} v %}}`"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (paragraph("{% cellbg c %}"), "does not stand in one"),
        (table([["{% cellbg %}"]]), "needs a value"),
        (table([["{% vm %}x"]]), "no loop around it"),
        (table([["{% hm %}x"]]), "no loop around it"),
    ],
)
def test_cell_tag_in_a_wrong_place_is_an_error(body: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        compiled(body)


def test_colspan_makes_a_cell_as_wide_as_the_columns_of_the_data() -> None:
    body = table([["{% colspan columns | count %}All"], ["{%tc for c in columns %}"]], 1).replace(
        "</w:tr></w:tbl>",
        f"<w:tc>{paragraph('{{ c }}')}</w:tc><w:tc>{paragraph('{%tc endfor %}')}</w:tc></w:tr></w:tbl>",
    )
    root = member(compiled(body).fill({"columns": ["a", "b", "c", "d"]}))
    assert value_of(root, "gridSpan") == ["4"]
    assert len(list(root.iter("{*}gridCol"))) == 4
    assert sum(map(int, value_of(root, "gridCol"))) == 1000


def test_grid_loses_the_columns_that_a_loop_left_out() -> None:
    body = table([["a", "{%tc for c in columns %}", "{{ c }}", "{%tc endfor %}"]])
    root = member(compiled(body).fill({"columns": []}))
    assert value_of(root, "gridCol") == ["4000"]


def test_vm_merges_the_cells_of_a_loop() -> None:
    body = table(
        [["{%tr for i in items %}", ""], ["{% vm %}Group", "{{ i }}"], ["{%tr endfor %}", ""]],
    )
    root = member(compiled(body).fill({"items": [1, 2, 3]}))
    assert value_of(root, "vMerge") == ["restart", "continue", "continue"]
    assert texts(root)[:6] == ["Group", "1", "", "2", "", "3"]


def test_hm_makes_one_cell_of_those_of_a_loop() -> None:
    body = table([["{%tc for i in items %}", "{% hm %}Head", "{%tc endfor %}"]])
    root = member(compiled(body).fill({"items": [1, 2, 3]}))
    assert value_of(root, "gridSpan") == ["3"]
    assert texts(root)[0] == "Head"
    assert len(list(root.iter("{*}gridCol"))) == 3


# Runs and lines.


def test_run_tags_leave_the_text_beside_them() -> None:
    text = "<b>{%r if yes %} {{ name }}, {%r else %}nobody{%r endif %} end"
    body = paragraph(run("before "), run(text.replace("<b>", ""), "<w:b/>"))
    assert filled(body, yes=True, name="Ada") == ["before  Ada,  end"]
    assert filled(body, yes=False, name="Ada") == ["before nobody end"]
    root = member(compiled(body).fill({"yes": True, "name": "Ada"}))
    assert [bool(list(element.iter("{*}b"))) for element in root.iter("{*}r")] == [False, True, True]


@settings(deadline=None)  # a busy machine is no error
@given(cuts=st.lists(st.integers(1, 60), max_size=5))
def test_run_tags_do_not_depend_on_where_word_split_the_text(cuts: list[int]) -> None:
    text = "a {%r if yes %}b {{r name }}{%r endif %} c {%r for n in x %}{{ n }}{%r endfor %}"
    borders = [0, *sorted({cut for cut in cuts if cut < len(text)}), len(text)]
    body = paragraph(*(run(text[start:end]) for start, end in itertools.pairwise(borders)))
    assert filled(body, yes=True, name="<&>", x=[1, 2]) == ["a b <&> c 12"]


def test_picture_beside_a_run_tag_stays() -> None:
    drawing = '<w:drawing><wp:inline><wp:docPr id="1" name="p"/></wp:inline></w:drawing>'
    body = paragraph(f"<w:r>{drawing}<w:t>{{%r if yes %}}</w:t>{drawing}</w:r>", "x{%r endif %}")
    root = member(compiled(body).fill({"yes": False}))
    assert len(list(root.iter("{*}drawing"))) == 1


def test_minus_signs_join_lines_and_paragraphs() -> None:
    body = "".join(
        paragraph(text)
        for text in [
            "I live",
            "{%- if town -%}",
            "\u00a0in town",
            "{%- else -%}",
            " in the country",
            "{%- endif -%}",
            ", yes.",
        ]
    )
    assert filled(body, town=True) == ["I live\u00a0in town, yes."]
    assert filled(body, town=False) == ["I live in the country, yes."]
    line = '<w:r><w:br w:type="textWrapping"/></w:r>'
    body = paragraph("A", line, "{%- if town -%}", line, " b", line, "{%- endif -%} ", line, "c")
    assert filled(body, town=True) == ["A bc"]


def test_minus_sign_beside_text_strips_blanks_as_in_jinja() -> None:
    assert filled(paragraph("a {%- if yes -%} b {%- endif -%} c"), yes=True) == ["abc"]


def test_minus_sign_does_not_join_over_a_table() -> None:
    assert filled(table([["x"]])[: -len("<w:p></w:p>")] + paragraph("{%- if yes %}y{% endif %}"), yes=True) == [
        "x",
        "y",
    ]


def test_escaped_delimiters_print_delimiters() -> None:
    body = paragraph("{_{ name }_} and {_% if ", "%_} {{ name }}")
    assert filled(body, name="{_{ x }_}") == ["{{ name }} and {% if %} {_{ x }_}"]


def test_breaks_of_a_value_are_those_of_a_listing() -> None:
    look = '<w:pPr><w:jc w:val="right"/></w:pPr>'
    body = f"<w:p>{look}{run('[{{ v }}]', '<w:b/>')}</w:p>"
    root = member(compiled(body).fill({"v": "a\nb\tc\ad\fe"}))
    assert texts(root) == ["[a\nb\tc", "d", "\f", "e]"]
    assert value_of(root, "jc") == ["right"] * 3
    assert len(list(root.iter("{*}b"))) == 3


def test_new_paragraph_inside_of_a_link_is_a_line_break() -> None:
    body = paragraph(f'<w:hyperlink w:anchor="x">{run("{{ v }}")}</w:hyperlink>', " end")
    assert filled(body, v="a\ab") == ["a\nb end"]


def test_new_paragraph_in_a_property_is_a_space() -> None:
    body = paragraph('<w:hyperlink w:anchor="x" w:tooltip="{{ v }}"/>')
    assert value_of(member(compiled(body).fill({"v": "a\ab\fc"})), "hyperlink") == ["x"]
    assert b'w:tooltip="a b c"' in etree.tostring(member(compiled(body).fill({"v": "a\ab\fc"})))


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x02", "\x0b", "\x1f", "\ufffe", "\ud800"])
@pytest.mark.parametrize("place", ["text", "attribute"])
def test_control_characters_are_errors_in_all_places(character: str, place: str) -> None:
    body = paragraph("{{ v }}" if place == "text" else '<w:hyperlink w:tooltip="{{ v }}"/>')
    with pytest.raises(ContextError, match=f"U\\+{ord(character):04X}"):
        compiled(body).fill({"v": f"\x01a{character}" if character == "\x01" else character})


# Places.


@pytest.mark.parametrize("prefix", ["x:", ""])
def test_file_with_another_prefix_than_words_is_filled(prefix: str) -> None:
    plain = package(paragraph("{%r if v %}", "{{ v }}{%r endif %}"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == "word/document.xml":
                text = text.replace("<w:", f"<{prefix}").replace("</w:", f"</{prefix}")
                text = text.replace("xmlns:w=", f"xmlns{prefix and ':x'}=")
            new.writestr(name, text)
    root = member(compile_template(buffer.getvalue(), name="t").fill({"v": "a\nb\tc\ad"}))
    assert texts(root) == ["a\nb\tc", "d"]


def test_footnotes_and_properties_are_filled() -> None:
    custom = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        '<property name="n"><vt:lpwstr>No. {{ v }}</vt:lpwstr></property></Properties>'
    )
    notes = f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2">{paragraph("See {{ v }}")}</w:footnote></w:footnotes>'
    kind = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
    parts = {"docProps/custom.xml": (kind, custom), "word/footnotes.xml": (f"{WORD_TYPE}footnotes+xml", notes)}
    content = compiled(paragraph("x"), parts).fill({"v": "7 & <8>"})
    assert texts(member(content, "word/footnotes.xml")) == ["See 7 & <8>"]
    assert "".join(member(content, "docProps/custom.xml").itertext()) == "No. 7 & <8>"


def test_notes_follow_their_references() -> None:
    def reference(number: int) -> str:
        return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'

    border = '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
    listing = "".join(f'<w:footnote w:id="{n}">{paragraph(f"note {n} {{{{ v }}}}")}</w:footnote>' for n in (1, 2, 3))
    notes = f"<w:footnotes {nsdecls('w')}>{border}{listing}</w:footnotes>"
    body = "".join(
        (
            paragraph("{%p if first %}"),
            paragraph("one", reference(1)),
            paragraph("{%p endif %}"),
            paragraph("{%p for n in x %}"),
            paragraph("two", reference(2)),
            paragraph("{%p endfor %}"),
            paragraph("three", reference(3)),
        )
    )
    template = compiled(body, {"word/footnotes.xml": (f"{WORD_TYPE}footnotes+xml", notes)})

    def noted(**context: Any) -> list[str]:
        content = template.fill({"v": "v", **context})
        root = member(content, "word/footnotes.xml")
        found = {value: texts(note)[0] for note in root for key, value in note.attrib.items() if key.endswith("}id")}
        used = value_of(member(content), "footnoteReference")
        assert [key for key in found if key != "0"] == used
        return [found[key] for key in used]

    assert noted(first=True, x=[1]) == ["note 1 v", "note 2 v", "note 3 v"]
    assert noted(first=False, x=[1]) == ["note 2 v", "note 3 v"]
    assert noted(first=True, x=[1, 2]) == ["note 1 v", "note 2 v", "note 2 v", "note 3 v"]
    assert noted(first=False, x=[]) == ["note 3 v"]


def test_word_comments_stay_as_they_are() -> None:
    comments = f'<w:comments {nsdecls("w")}><w:comment w:id="1">{paragraph("{{ cutsomer }}?")}</w:comment></w:comments>'
    content = compiled(paragraph("{{ v }}"), {"word/comments.xml": (f"{WORD_TYPE}comments+xml", comments)}).fill(
        {"v": 1}
    )
    assert texts(member(content, "word/comments.xml")) == ["{{ cutsomer }}?"]


def test_field_code_that_word_split_is_filled() -> None:
    codes = "".join(
        f"<w:r><w:instrText>{text}</w:instrText></w:r>" for text in ['HYPERLINK "http://x/{', "{ v", ' }}"']
    )
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    other = f"{begin}<w:r><w:instrText>PAGE</w:instrText></w:r>{end}"
    root = member(compiled(paragraph(other, begin, codes, end)).fill({"v": "a"}))
    assert [element.text or "" for element in root.iter("{*}instrText")] == ["PAGE", 'HYPERLINK "http://x/a"', "", ""]


def box(text: str) -> str:
    shown = f"<wps:txbx><w:txbxContent>{paragraph(text)}</w:txbxContent></wps:txbx>"
    old = f"<v:textbox><w:txbxContent>{paragraph(text)}</w:txbxContent></v:textbox>"
    choice = f'<mc:Choice Requires="wps"><w:drawing>{shown}</w:drawing></mc:Choice>'
    fallback = f"<mc:Fallback><w:pict>{old}</w:pict></mc:Fallback>"
    return f"<w:r><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r>"


def test_text_box_is_evaluated_once_for_both_of_its_forms() -> None:
    tag = "{% if loop.changed(i) %}new{% else %}old{% endif %}"  # asked again, it would say something else
    body = paragraph("{%p for i in v %}") + paragraph(box(tag)) + paragraph("{%p endfor %}")
    assert filled(body, v=["a", "a"]) == ["", "new", "new", "", "old", "old"]
    assert filled(paragraph(box("{{ v }} &lt;b&gt;")), v="<&>\n")[1:] == ["<&>\n <b>"] * 2


def test_text_boxes_that_differ_are_each_filled() -> None:
    body = paragraph(
        box("{{ v }}").replace("<v:textbox><w:txbxContent>", f"<v:textbox><w:txbxContent>{paragraph('old')}")
    )
    assert filled(body, v="x") == ["", "x", "old", "x"]


RELATIONSHIPS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'


def with_link(target: str, text: str = "{{ p.name }}") -> WordTemplate:
    entry = f'<Relationship Id="rId1" Type="{OFFICE}/hyperlink" Target="{target}" TargetMode="External"/>'
    body = "".join(
        (
            paragraph("{%p for p in people %}"),
            paragraph(f'<w:hyperlink r:id="rId1">{run(text)}</w:hyperlink>'),
            paragraph("{%p endfor %}"),
        )
    )
    return compiled(body, {"word/_rels/document.xml.rels": ("", RELATIONSHIPS.format(entry))})


def targets(content: bytes) -> list[str]:
    root = member(content, "word/_rels/document.xml.rels")
    known = {entry.get("Id"): entry.get("Target") for entry in root}
    return [known[element.get(f"{{{OFFICE}}}id")] for element in member(content).iter("{*}hyperlink")]


@pytest.mark.parametrize("braces", ["{{ p.id }}", "%7B%7B%20p.id%20%7D%7D", "%7b%7b p.id %7d%7d"])
def test_link_has_a_target_of_its_own_for_each_entry(braces: str) -> None:
    people = [{"name": "Ada", "id": 1}, {"name": "Bob", "id": "a b/?x&"}]
    content = with_link(f"https://example.org/{braces}?from=letter").fill({"people": people})
    assert targets(content) == [
        "https://example.org/1?from=letter",
        "https://example.org/a%20b/%3Fx%26?from=letter",
    ]
    assert texts(member(content)) == ["Ada", "Bob"]


def test_link_may_be_a_value_as_a_whole() -> None:
    people = [{"name": "x", "url": "https://example.org/a?b=c&d=1#e"}]
    assert targets(with_link("{{ p.url }}").fill({"people": people})) == ["https://example.org/a?b=c&d=1#e"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "C:\\x.exe", "\\\\share\\x", "data:x"])
def test_link_to_a_program_or_file_is_refused(url: str) -> None:
    with pytest.raises(TemplateError, match="A link leads to") as raised:
        with_link("{{ p.url }}").fill({"people": [{"name": "x", "url": url}]})
    assert "target of a link" in str(raised.value.where)


def test_drawings_of_a_loop_have_ids_of_their_own() -> None:
    drawing = '<w:r><w:drawing><wp:inline><wp:docPr id="5" name="p"/></wp:inline></w:drawing></w:r>'
    body = paragraph("{%p for i in x %}") + paragraph(drawing) + paragraph("{%p endfor %}") + paragraph(drawing)
    root = member(compiled(body).fill({"x": [1, 2]}))
    ids = [element.get("id") for element in root.iter("{*}docPr")]
    assert len(set(ids)) == 3


def test_value_in_the_place_of_a_paragraph_is_text_where_it_is_text() -> None:
    body = f"<w:p><w:pPr><w:keepNext/></w:pPr>{run('{{p v }}', '<w:i/>')}</w:p>"
    root = member(compiled(body).fill({"v": "a <b>\nc"}))
    assert texts(root) == ["a <b>\nc"]
    assert len(list(root.iter("{*}keepNext"))) == len(list(root.iter("{*}i"))) == 1


def test_macro_of_paragraphs_takes_the_place_of_a_paragraph() -> None:
    body = "".join(
        paragraph(text)
        for text in [
            "{%p macro clause(x) %}",
            "One {{ x }}",
            "Two",
            "{%p endmacro %}",
            "{{p clause('&lt;a&gt;') }}",
            "end",
        ]
    )
    assert filled(body) == ["One <a>", "Two", "end"]


def test_value_beside_a_value_of_paragraphs_would_be_lost() -> None:
    with pytest.raises(TemplateError, match="would be lost"):
        compiled(paragraph("{{p a }} {{ b }}"))


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("{{ '%.2f' | format(v) }}", "3.14"),
        ("{{ '%05d %s%%' | format(v | int, '<a>') }}", "00003 <a>%"),
        ("{{ '12' | int + 1 }}", "13"),
        ("{{ (v | string)[:3] }}", "3.1"),
        ("{{ 'one two three' | truncate(8, true, '…', 0) }}", "one two…"),
        ("{{ 'one two' | wordcount }} {{ 'ab'.capitalize() }}", "2 Ab"),
        ("{{ '<b>' | safe }}{{ '<b>' | e }}", "<b><b>"),
    ],
)
def test_filters_of_templates_for_docxtpl_are_there(tag: str, expected: str) -> None:
    assert filled(paragraph(tag.replace("<", "&lt;")), v=3.14159) == [expected]


@pytest.mark.parametrize(("tag", "kind"), [("{{ v | nummber }}", "filter"), ("{{ 1 if v is evenn }}", "test")])
def test_unknown_filter_is_found_before_a_condition_comes_upon_it(tag: str, kind: str) -> None:
    with pytest.raises(TemplateError, match=f"No {kind} named") as raised:
        compiled(paragraph("x") + paragraph(f"{{% if v %}}{tag}{{% endif %}}"))
    assert str(raised.value.where) == f"t.docx, document body, paragraph 2, at `{tag}`"


def test_call_of_a_value_is_an_error_with_its_place() -> None:
    with pytest.raises(TemplateError, match="no function") as raised:
        filled(paragraph("{{ v() }}"), v="x")
    assert str(raised.value.where) == "t.docx, document body, paragraph 1, at `{{ v() }}`"


@pytest.mark.parametrize("pattern", ["%999999999d", "%(a)s", "%*d", "%c", "%d %d"])
def test_format_with_an_unsafe_or_wrong_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(TemplateError) as raised:
        filled(paragraph("{{ p | format(1) }}"), p=pattern)
    assert str(raised.value.where) == "t.docx, document body, paragraph 1, at `{{ p | format(1) }}`"


def test_filters_of_python_are_found_in_an_environment_of_its_own() -> None:
    from templates.environment import TemplateEnvironment

    environment = TemplateEnvironment("word", "en")
    environment.filters["shout"] = lambda text: f"{text}!"
    template = compile_template(package(paragraph("{{ v | shout }}")), name="t", environment=environment)
    assert texts(member(template.fill({"v": "<a>"}, environment))) == ["<a>!"]
    with pytest.raises(TemplateError, match="shout"):
        template.fill({"v": "a"})


TAGS = [
    *("{%p if a %}", "{%p endif %}", "{%tr for i in b %}", "{%tr endfor %}", "{%tc for i in b %}", "{%tc endfor %}"),
    *(
        "{% vm %}",
        "{% hm %}",
        "{% cellbg a %}",
        "{% colspan n %}",
        "{{r a }}",
        "{{p a }}",
        "{%r if a %}",
        "{%r endif %}",
    ),
    *("{%- if a -%}", "{%- endif -%}", "{_{", "text", "", "{{ a }}"),
]


@settings(deadline=None, max_examples=200)  # a busy machine is no error
@given(cells=st.lists(st.lists(st.sampled_from(TAGS), max_size=3), min_size=4, max_size=4), a=st.booleans())
def test_filled_file_is_whole_whatever_the_tags_do(cells: list[list[str]], a: bool) -> None:
    listing = ["".join(paragraph(text) for text in texts) or paragraph() for texts in cells]
    rows = "".join(
        f"<w:tr><w:tc>{one}</w:tc><w:tc>{two}</w:tc></w:tr>"
        for one, two in zip(listing[::2], listing[1::2], strict=True)
    )
    body = f'<w:tbl><w:tblGrid><w:gridCol w:w="5"/><w:gridCol w:w="5"/></w:tblGrid>{rows}</w:tbl>{paragraph()}'
    content, problem = None, None
    try:
        content = compiled(body).fill({"a": "0B5C66\ax" if a else "", "b": [1, 2], "n": 2})
    except ColophonError as error:
        problem = error
    assert content or re.match(r"t\.docx, document body, table 1, row \d, cell \d", str(problem and problem.where))
    for cell in member(content).iter("{*}tc") if content else ():
        assert cell[-1].tag.endswith("}p")


DRAWING = '<w:r><w:drawing><wp:inline><wp:docPr id="{0}" name="p"/></wp:inline></w:drawing></w:r>'
NESTED = table([["{{ x }}"]]).removesuffix(paragraph())
SEARCHED = {
    "emptied table": table([["{%tr for x in many %}"], ["{{ x }}"], ["{%tr endfor %}"]]),
    "emptied cell": f"<w:tbl><w:tblGrid/><w:tr><w:tc>{paragraph('{%p if yes %}')}{paragraph('a')}"
    f"{paragraph('{%p endif %}')}</w:tc></w:tr></w:tbl>{paragraph()}",
    "cell that ends with a table": f"<w:tbl><w:tblGrid/><w:tr><w:tc>{NESTED}{paragraph('{%p if yes %}')}"
    f"{paragraph('b')}{paragraph('{%p endif %}')}</w:tc></w:tr></w:tbl>{paragraph()}",
    "repeated drawing": paragraph(DRAWING.format(7))
    + paragraph("{%p for x in many %}")
    + paragraph(DRAWING.format(7), "{{ x }}")
    + paragraph("{%p endfor %}"),
    "value of paragraphs": paragraph("{{ text }}")
    + table([["{%tr for x in many %}"], ["€{{ x }}"], ["{%tr endfor %}"]]),
    "empty value": table([["{{ nothing }}", "{{ nothing }}"]]),
    "captured text": paragraph("{% set a %}<{{ x }}>{% endset %}{{ a }}{{ a }}".replace("<", "[").replace(">", "]")),
}


@pytest.mark.parametrize("body", SEARCHED.values(), ids=SEARCHED)
@pytest.mark.parametrize("many", [[], ["1"], ["1", "&", "ö█"]])
@pytest.mark.parametrize("text", ["plain", "a\ab\fc\nd"])
def test_text_is_finished_alike_when_it_is_searched_and_when_not(body: str, many: list[str], text: str) -> None:
    context = {"many": many, "yes": bool(many), "text": text, "nothing": "", "x": "x"}
    template = compiled(body)
    content = template.fill(context)
    for program in template.compile(environment_for("word", "en")):
        program._finisher._always = True
    assert template.fill(context) == content


def test_python_docx_opens_what_the_dialect_makes() -> None:
    document = docx.Document()
    document.add_table(1, 3).rows[0].cells[0].text = "{% cellbg c %}{% colspan 2 %}x"
    buffer = io.BytesIO()
    document.save(buffer)
    opened = docx.Document(io.BytesIO(compile_template(buffer.getvalue(), name="t").fill({"c": "FFFFFF"})))
    assert opened.tables[0].rows[0].cells[0].text == "x"
