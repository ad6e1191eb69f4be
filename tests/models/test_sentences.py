"""Text is split into sentences by rules."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.summarization.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        (" \n\n ", []),
        ("...", []),
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("It cost 3.5 million. Mr. Ray paid.", ["It cost 3.5 million.", "Mr. Ray paid."]),
        ("A mail that is\nwrapped. Next.", ["A mail that is wrapped.", "Next."]),
        ("Heading\n\nFirst point.", ["Heading", "First point."]),
        ("Open:\n- one item\n- two items\n3. third", ["Open:", "one item", "two items", "third"]),
        ("> quoted line\n> goes on", ["quoted line", "goes on"]),
    ],
)
def test_split_finds_sentences_when_text_is(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_split_invents_nothing_when_text_is_anything(text: str) -> None:
    sentences = split_sentences(text)
    folded = "".join(text.split())
    position = 0
    for sentence in sentences:
        found = folded.find("".join(sentence.split()), position)
        assert found >= position
        position = found
