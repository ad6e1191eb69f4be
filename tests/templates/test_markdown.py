from collections.abc import Callable
from typing import Any

import pytest

from configs.errors import ContextError, LimitError, TemplateError
from templates.blocks import (
    Callout,
    Code,
    Figure,
    Heading,
    KeyValues,
    Letterhead,
    ListBlock,
    PageBreak,
    Paragraph,
    Quote,
    Rule,
    Run,
    Table,
    plain,
)

MakeDocument = Callable[..., Any]


def test_paragraph_keeps_looks_of_its_runs(make_document: MakeDocument) -> None:
    (block,) = make_document("a *b* **c** `d` [e](https://x.org) f\ng\\\nh").blocks
    assert block == Paragraph(
        (
            Run("a "),
            Run("b", italic=True),
            Run(" "),
            Run("c", bold=True),
            Run(" "),
            Run("d", code=True),
            Run(" "),
            Run("e", link="https://x.org"),
            Run(" f g\nh"),
        )
    )


def test_blocks_come_in_the_order_of_the_source(make_document: MakeDocument) -> None:
    source = (
        "# Title\n\n{.lead}\nLead\n\n- a\n  1. b\n- c\n\n> q\n\n```\nx\n  y\n```\n\n---\n\n"
        "::: page-break\n:::\n\n    no listing\n"
    )
    document = make_document(source)
    heading, lead, bullets, quote, code, rule, page_break, text = document.blocks
    assert document.title == "Title"
    assert heading == Heading(1, (Run("Title"),))
    assert lead == Paragraph((Run("Lead"),), "lead")
    assert isinstance(bullets, ListBlock)
    assert [len(entry) for entry in bullets.entries] == [2, 1]
    assert bullets.entries[0][1] == ListBlock(True, ((Paragraph((Run("b"),)),),))
    assert quote == Quote((Paragraph((Run("q"),)),))
    assert code == Code("x\n  y")
    assert isinstance(rule, Rule)
    assert isinstance(page_break, PageBreak)
    assert text == Paragraph((Run("no listing"),))


def test_table_has_alignment_widths_and_totals(make_document: MakeDocument) -> None:
    source = '{widths="3 1" totals=1 caption="Prices"}\n| A | B |\n|:--|--:|\n| x | 1 |\n| y | 2 |\n'
    (table,) = make_document(source).blocks
    assert isinstance(table, Table)
    assert [(column.width, column.align) for column in table.columns] == [(0.75, "left"), (0.25, "right")]
    assert (len(table.rows), table.totals, plain(table.caption)) == (2, 1, "Prices")


def test_table_shares_the_line_by_its_content_when_no_widths_are_given(make_document: MakeDocument) -> None:
    (table,) = make_document("| A | B |\n|--|--|\n| a rather long description | 1 |\n").blocks
    assert sum(column.width for column in table.columns) == pytest.approx(1)
    assert table.columns[0].width > 2 * table.columns[1].width


def test_directives_are_bound_to_data(make_document: MakeDocument, picture: bytes) -> None:
    source = (
        '{% set tiles = [{"label": "Sum", "value": rows | sum(attribute="n") | number}] %}\n'
        '::: letterhead {name="{{ name }}" logo="assets/logo.png"}\nStreet\\\nTown\n:::\n\n'
        '::: key-values {data="tiles" layout="tiles"}\n:::\n\n'
        '::: chart {data="rows" label="k" value="n" title="numbers"}\nCaption\n:::\n\n'
        '::: callout {title="Look" kind="warning"}\n- a\n:::\n\n'
        "::: header\nTop\n:::\n\n"
        '::: footer {numbering="[page] of [pages]"}\nBottom\n:::\n'
    )
    data = {"name": "Oak & Ash", "rows": [{"k": "Jan", "n": 1}, {"k": "Feb", "n": 2.5}]}
    document = make_document(source, data, files={"assets/logo.png": picture})
    letterhead, tiles, chart, callout = document.blocks
    assert isinstance(letterhead, Letterhead)
    assert letterhead.name == "Oak & Ash"
    assert letterhead.logo is not None
    assert letterhead.logo.alt == "Logo of Oak & Ash"
    assert isinstance(tiles, KeyValues)
    assert tiles.entries[0].value == "3.5"
    assert isinstance(chart, Figure)
    assert chart.image.alt == "Bar chart, numbers. Jan: 1; Feb: 3."
    assert plain(chart.caption) == "Caption"
    assert isinstance(callout, Callout)
    assert callout.kind == "warning"
    assert plain(document.header) == "Top"
    assert document.footer.pieces() == ["[page]", " of ", "[pages]"]


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("a\n\n##### deep", 3, "level 5"),
        ("a\n\n{.leed}\nb", 4, "Did you mean `lead`"),
        ("{colour=red}\n# T", 2, "no attribute `colour`"),
        ("{onclick=x}\n# T", 2, "`onclick` is not known"),
        ('{widths="1 2 3"}\n| a | b |\n|--|--|\n| 1 | 2 |', 2, "2 whole numbers"),
        ("a\n\n::: callot {title=x}\n:::", 3, "Did you mean `callout`"),
        ("::: callout {kind=note}\nx\n:::", 1, "needs the attribute `title`"),
        ('::: callout {title="a" kind="notes"}\nx\n:::', 1, "Did you mean `note`"),
        ('a\n\n::: callout {title="a"}\nx\n', 3, "is not closed"),
        ("::: callout {title=}\nx\n:::", 1, "cannot be read"),
        ('::: chart {data="rowz" label="k" value="n" title="t"}\n:::', 1, "Did you mean `rows`"),
        ('::: chart {data="rows" label="k" value="m" title="t"}\n:::', 1, "`m` in entry 1 of `rows`"),
        ('::: chart {data="rows" label="k" value="k" title="t"}\n:::', 1, "expects a number"),
        ('::: chart {data="rows" label="k" value="n" title="t" format="money"}\n:::', 1, "`currency`"),
        ('::: chart {data="rows" label="k" value="n" title="t" height="big"}\n:::', 1, "whole number from 10 to 120"),
        ('::: key-values {data="rows"}\n:::', 1, "`label` in entry 1"),
        ('::: passage {name="summary"}\n:::', 1, "no passage `summary`"),
        ("::: page-break\nx\n:::", 1, "holds nothing"),
        ("::: header\na\n:::\n\n::: header\nb\n:::", 5, "two headers"),
        ("::: footer\n- a\n:::", 1, "one paragraph"),
        ("text ![a](assets/a.png)", 1, "paragraph of its own"),
        ("![](assets/a.png)", 1, "alternative text"),
        ("![a](assets/a.png)", 1, "no file `assets/a.png`"),
        ("![a](../../secret.png)", 1, "no file"),
        ("![a](file:///etc/passwd)", 1, "no file"),
        ("x [a](javascript:alert)", 1, "https:"),
        ("{% for r in rows %}\n{{ r.k }}\n\n{% endfor %}\n::: nope\n:::", 5, "no directive `nope`"),
    ],
)
def test_document_error_names_the_line_of_the_template(
    make_document: MakeDocument, source: str, line: int, words: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        make_document(source, {"rows": [{"k": "a", "n": 1}]})
    assert caught.value.where == f"letter/template.md.j2, line {line}"
    assert words in str(caught.value)


def test_link_from_data_is_refused_when_it_could_run(make_document: MakeDocument) -> None:
    source = "[go]({{ url }})"
    assert make_document(source, {"url": "https://x.org/a?b=(c)&d"}).blocks[0].runs[0].link == "https://x.org/a?b=(c)&d"
    for url in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://x.org/ b", "//x.org", ""):
        with pytest.raises(ContextError, match="line 1"):
            make_document(source, {"url": url})


def test_document_stops_when_it_grows_too_large(make_document: MakeDocument) -> None:
    manifest = "[limits]\nmax_source_characters = 1000\n"
    with pytest.raises(LimitError, match="beyond 1,000 characters"):
        make_document("{% for i in range(1000) %}text\n\n{% endfor %}", manifest=manifest)


def test_document_stops_when_quotes_are_nested_too_deeply(make_document: MakeDocument) -> None:
    with pytest.raises(TemplateError, match="nested too deeply"):  # the parser itself would stop without a word
        make_document(">" * 5000 + " x")


@pytest.mark.parametrize(
    "svg",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>x</script></svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="x"/>',
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="http://x.org/a.png"/></svg>',
        b'<!DOCTYPE svg [<!ENTITY x "y">]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">&x;</svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<html/>",
        b"no picture",
    ],
)
def test_picture_is_refused_when_it_reaches_outside_or_is_none(make_document: MakeDocument, svg: bytes) -> None:
    with pytest.raises(TemplateError):
        make_document("![a](assets/a.svg)", files={"assets/a.svg": svg})
    with pytest.raises(TemplateError):
        make_document("![a](assets/a.png)", files={"assets/a.png": svg})


def test_template_is_refused_when_it_is_no_text(make_template: Callable[..., Any]) -> None:
    engine = make_template("")
    folder = engine._library.find("letter")
    (folder / "template.md.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(TemplateError, match="UTF-8"):
        engine.manifest("letter")
    (folder / "template.md.j2").write_text("a \U0010f041")
    with pytest.raises(TemplateError, match="private-use"):
        engine.manifest("letter")


@pytest.mark.parametrize(
    "source",
    [
        "a \x0c b",
        '{{ "a\\x01" }}',
        '[a]({{ "https://x.org/\\x01" }})',
        '{% set t = [{"label": "\\x01", "value": 1}] %}\n::: key-values {data="t"}\n:::',
    ],
)
def test_template_is_refused_when_it_writes_what_no_document_can_hold(
    make_template: Callable[..., Any], source: str
) -> None:
    engine = make_template(source)
    for to in ("docx", "pdf", "html"):
        with pytest.raises(TemplateError, match=r"letter/template\.md\.j2: The template writes the character U\+00"):
            engine.render("letter", {}, to)


@pytest.mark.parametrize("depth", [9, 10, 11, 30, 45, 49])
def test_blocks_that_are_nested_deeply_are_all_there(make_document: MakeDocument, depth: int) -> None:
    assert f"'x{depth - 1}'" in repr(make_document(nested(depth)).blocks)


@pytest.mark.parametrize("depth", [51, 60, 300])
def test_blocks_that_are_nested_too_deeply_are_refused(make_document: MakeDocument, depth: int) -> None:
    with pytest.raises(TemplateError, match=r"line \d+: The blocks are nested too deeply"):
        make_document(nested(depth))


def nested(depth: int) -> str:
    return "\n".join(f"{'  ' * level}- x{level}" for level in range(depth)) + "\n"
