"""Rows that surely take one line: saying so changes no byte, whatever stands in them."""

from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from templates.blocks import Block, Column, Document, Landscape, Quote, Run, Runs, Table
from templates.fonts import FIRA_GO, MONO, SOURCE_SANS, Family
from templates.library import TemplateFiles
from templates.manifest import ThemeConfig
from templates.theme import Theme
from templates.writers import pdf
from templates.writers.line_lengths import longest
from templates.writers.pdf import write_pdf

THEMES = {name: Theme.of(ThemeConfig(), TemplateFiles("t", {}, ""), name=name) for name in ("classic", "modern")}
# Pairs that kerning spreads, signs that are wider among digits, spaces at the ends, and what has to be measured.
PAIRS = ("(j", "%", "1", "AV", "fi", "¢~", "Vï", "W", "7i", "Ѵ", "т")
OTHERS = (" a ", " ", "\u00a0", "", "漢字", "e\u0301", "→", "a\u00adb", "a\u2028b", "line\nline", "שלום")
TEXTS = st.one_of(
    st.builds(lambda pair, length: (pair * length)[:length], st.sampled_from(PAIRS), st.integers(1, 90)),
    st.sampled_from(OTHERS),
    st.text(max_size=60),
)


def table(rows: list[tuple[str, str]], totals: int = 0) -> Table:
    cells = tuple(tuple((Run(cell),) if cell else () for cell in row) for row in rows)
    columns = (Column(0.3), Column(0.7, "right"))
    return Table(columns, ((Run("A"),), (Run("B"),)), cells, totals=min(totals, len(rows)))


def written(theme: str, language: str, *blocks: Block) -> tuple[bytes, bytes]:
    """The document as it is, and with each row measured: no one has looked at the lengths of `MONO`."""
    document = Document("T", language, 0, THEMES[theme], blocks)
    with patch.object(pdf, "longest", lambda _: longest(MONO)):
        measured = write_pdf(document)
    return write_pdf(document), measured


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(sorted(THEMES)),
    st.sampled_from(["en", "de", "bg", "ar"]),
    st.lists(st.tuples(TEXTS, TEXTS), max_size=30),
    st.integers(0, 3),
)
@example("modern", "bg", [("т" * 19, "1")], 0)
def test_row_is_as_high_as_one_that_is_measured(
    theme: str, language: str, rows: list[tuple[str, str]], totals: int
) -> None:
    short, measured = written(theme, language, table(rows, totals))
    assert short == measured


@pytest.mark.parametrize("theme", THEMES)
def test_rows_break_over_pages_where_measured_ones_do(theme: str) -> None:
    rows = [(str(number), "word " * (number % 30)) for number in range(150)]
    inner = table(rows[:9])
    short, measured = written(theme, "en", table(rows, totals=2), Landscape((inner,)), Quote((inner,)))
    assert short == measured


@pytest.mark.parametrize("family", [SOURCE_SANS, FIRA_GO])
def test_length_is_unknown_for_what_is_not_a_plain_letter(family: Family) -> None:
    assert all(longest(family)[character] < 1.3 for character in "aW1%é€–Ω \u00a0")
    assert all(longest(family)[character] == float("inf") for character in "\n\t\u00ad\u2028\u0301漢т")


def test_only_rows_at_hand_are_told_to_take_one_line() -> None:
    def told(row: tuple[Runs, ...]) -> bool:
        document = Document("T", "en", 0, THEMES["classic"], ())
        columns = (Column(0.5), Column(0.5))
        return bool(pdf._Content(document).table(Table(columns, (), (row,)))["one-line"][0])

    assert told(((Run("a"),), ()))
    assert not told(((), ()))
    assert not told(((Run(" "),), ()))
    assert not told(((Run("a", bold=True),), (Run("b"),)))
    assert not told(((Run("a" * 200),), (Run("b"),)))
