import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from templates.blocks import Column, Runs, Table
from templates.markdown import tables
from templates.markdown.tables import PLAIN_ROWS, table_plugin

_ROW = st.text(alphabet="|ab \\*`_[]<&{-#>:1.", max_size=14)
_SOURCES = st.tuples(st.sampled_from(["| a | b |\n|--|:-:|", "a|b\n-|-", "| a |\n| --: |"]), st.lists(_ROW, max_size=6))


@pytest.fixture
def every_row_has_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_HAS_MEANING", re.compile(""))


@pytest.mark.usefixtures("every_row_has_meaning")
@given(_SOURCES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_are_read_as_markdown_it_reads_them(source: tuple[str, list[str]]) -> None:
    ours = MarkdownIt("commonmark").enable("table")
    table_plugin(ours)
    text = "\n".join([source[0], *source[1], "", "end"])
    assert ours.render(text) == MarkdownIt("commonmark").enable("table").render(text)


@given(st.lists(st.text(alphabet="ab |\\*-é1.", min_size=1, max_size=12), max_size=5))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_plain_rows_become_the_same_blocks(make_document: Callable[..., Any], rows: list[str]) -> None:
    source = "\n".join(["| A | B |", "|---|--:|", *(f"| {row} | x |" for row in rows), "", "end"])
    fast = make_document(source).blocks
    meaning = tables._HAS_MEANING
    tables._HAS_MEANING = re.compile("")  # type: ignore[misc]
    try:
        assert make_document(source).blocks == fast
    finally:
        tables._HAS_MEANING = meaning  # type: ignore[misc]


def test_plain_rows_share_a_token_and_others_have_their_own() -> None:
    parser = MarkdownIt("commonmark").enable("table")
    table_plugin(parser)
    kinds = [token.type for token in parser.parse("|a|\n|-|\n|x|\n|y|\n|*z*|\n|v|\n")]
    assert kinds.count(PLAIN_ROWS) == 2
    assert kinds.count("tr_open") == 2
    assert kinds[-2:] == ["tbody_close", "table_close"]


def test_value_with_signs_of_markdown_stays_in_a_plain_row(make_document: Callable[..., Any]) -> None:
    source = "| A |\n|---|\n{% for row in rows %}\n| {{ row }} |\n{% endfor %}\n"
    (table,) = make_document(source, {"rows": ["a | b", "*c*\nd", "{x}\t", ""]}).blocks
    assert [[run.text for run in row[0]] for row in table.rows] == [["a | b"], ["*c*\nd"], ["{x} "], [""]]


def test_long_table_is_not_read_to_know_that_it_may_be_torn() -> None:
    class Unread(tuple[Runs, ...]):
        def __iter__(self) -> Iterator[Runs]:
            raise AssertionError("a row was read")

    assert not Table((Column(1),), ((),), rows=(Unread(),) * 1_000).stays_whole
