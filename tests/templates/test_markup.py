from hypothesis import given
from hypothesis import strategies as st

from templates.markup import RESERVED, MarkdownSource, line_mark, seal, split_lines, unseal

TEXTS = st.text(st.characters(exclude_categories=("Cs",)).filter(lambda c: not RESERVED.match(c)))


@given(TEXTS)
def test_unseal_gives_back_what_seal_took(text: str) -> None:
    assert unseal(seal(text)) == text


@given(TEXTS)
def test_seal_leaves_no_character_that_markdown_reads(text: str) -> None:
    assert all(RESERVED.match(character) for character in seal(text))


@given(TEXTS)
def test_seal_of_sealed_text_opens_to_the_text(text: str) -> None:
    assert unseal(seal(seal(text))) == text


def test_split_lines_knows_the_line_of_each_line() -> None:
    text, lines = split_lines(f"a{line_mark(3)}\nb\nc{line_mark(7)}\nd")
    assert text == "a\nb\nc\nd"
    assert lines == [3, 3, 7, 7]


def test_source_stays_source_when_values_are_joined_to_it() -> None:
    joined = MarkdownSource("**") + "# value" + MarkdownSource("**")
    assert joined.startswith("**")
    assert "# value" not in joined
    assert unseal(joined) == "**# value**"
