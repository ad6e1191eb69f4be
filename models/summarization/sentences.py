"""Text → sentences, by rules."""

import functools
import re
import threading
from typing import Any

from models.types import SummaryRequest

_BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*•>]|\d+[.)])\s)")  # an empty line, or the start of a list item or a quote
_LIST_MARK = re.compile(r"^(?:[-*•>]+|\d+[.)])\s+")
_SPACES = re.compile(r"\s+")
_SPLITTING = threading.Lock()  # spaCy's vocabulary grows while it reads and is not made for threads


def split_sentences(text: str) -> list[str]:
    """Split a text into sentences, with single spaces and without list marks.

    Paragraphs and list items end a sentence whether or not they end with a full
    stop; a single line break does not, because mail is wrapped.
    """
    blocks = (_LIST_MARK.sub("", _SPACES.sub(" ", block).strip()) for block in _BLOCK.split(text))
    sentences = (sentence for block in blocks if block for sentence in _split_block(block))
    return [sentence for sentence in sentences if any(map(str.isalnum, sentence))]


def sentences_of(request: SummaryRequest) -> list[str]:
    """Give the sentences of a text that is to be summarized: the given ones, or those that are found."""
    return list(request.sentences) or split_sentences(request.text)


def _split_block(block: str) -> list[str]:
    with _SPLITTING:
        return [span.text.strip() for span in _sentencizer()(block).sents]


@functools.cache
def _sentencizer() -> Any:
    import spacy  # takes seconds, and predictors that only load need it not

    language = spacy.blank("en")
    language.max_length = 10**8  # spaCy's own limit is for parsers; splitting needs little memory
    language.add_pipe("sentencizer")
    return language
