"""Sentences as words, places and likenesses: what a ranking needs to know that asks no encoder."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from configs.errors import DatasetError

Matrix = NDArray[np.float32]

SHAPE = (
    "is first",
    "is second",
    "is third",
    "is last",
    "is second to last",
    "place in the text",
    "square of the place",
    "nearness to the start",
    "sentences of the text",
    "words",
    "logarithm of words",
    "square of words",
    "is short",
    "is long",
    "is very long",
    "words above the mean of the text",
    "commas",
    "holds a number",
    "likeness to the other sentences",
    "likeness to the whole text",
    "likeness to the first sentence",
    "likeness to the last sentence",
)
"""What is known of a sentence beside its words; the columns of `shape_of`."""

_SHORT, _LONG, _VERY_LONG = 8, 35, 45  # words
_USUAL_WORDS = 30  # brings the columns near 1


class Words:
    """The words and runs of words that training sentences have in common, and how rare each is."""

    def __init__(self, *, longest_ngram: int, min_sentences: int) -> None:
        self._counter: Any = CountVectorizer(
            ngram_range=(1, longest_ngram), min_df=min_sentences, token_pattern=r"(?u)[^\W\d_]+", binary=True
        )
        self.rarity: Matrix = np.empty(0, dtype=np.float32)

    def learn(self, sentences: Sequence[str]) -> None:
        """Choose the words and find how rare they are.

        Raises:
            DatasetError: no word stands in enough sentences.
        """
        try:
            counts = self._counter.fit_transform(sentences)
        except ValueError as error:
            raise DatasetError(f"The sentences have no words in common to learn from: {error}.") from None
        found = np.asarray(counts.sum(axis=0)).ravel()
        self.rarity = np.log((1 + len(sentences)) / (1 + found)).astype(np.float32) + 1  # smoothed, as TF-IDF has it

    @property
    def vocabulary(self) -> list[str]:
        """The words in the order of their columns."""
        known: Mapping[str, int] = self._counter.vocabulary_
        return sorted(known, key=known.__getitem__)

    def restore(self, vocabulary: Sequence[str], rarity: Matrix) -> None:
        """Take over what was learnt.

        Raises:
            ValueError: the two do not fit each other.
        """
        if len(vocabulary) != len(rarity):
            raise ValueError(f"{len(vocabulary)} words, but the rarity of {len(rarity)}")
        self._counter.set_params(vocabulary={word: column for column, word in enumerate(vocabulary)})
        self.rarity = rarity

    def rows(self, sentences: Sequence[str]) -> csr_matrix:
        """Give the words of each sentence, all of the same weight, as rows of length one."""
        return normalize(self._counter.transform(sentences).astype(np.float32))

    def likeness(self, rows: csr_matrix) -> Matrix:
        """Give the likeness of each sentence to each: cosines in which rare words weigh more."""
        weighed = normalize(rows @ diags(self.rarity))
        cosines: Matrix = (weighed @ weighed.T).toarray()
        return cosines


def shape_of(sentences: Sequence[str], likeness: Matrix) -> Matrix:
    """Describe the sentences of one text: a row for each, a column for each of `SHAPE`."""
    count = len(sentences)
    index = np.arange(count)
    place = index / max(1, count - 1)
    words = np.asarray([len(sentence.split()) for sentence in sentences], dtype=np.float32)
    others = (likeness.sum(axis=1) - np.diagonal(likeness)) / max(1, count - 1)
    columns = [
        *(index == position for position in (0, 1, 2, count - 1, count - 2)),
        place,
        place**2,
        1 / (1 + index),
        np.full(count, count / 10),
        words / _USUAL_WORDS,
        np.log1p(words),
        (words / _USUAL_WORDS) ** 2,
        words < _SHORT,
        words > _LONG,
        words > _VERY_LONG,
        (words - words.mean()) / _USUAL_WORDS,
        [sentence.count(",") / 5 for sentence in sentences],
        [any(map(str.isdigit, sentence)) for sentence in sentences],
        others,
        likeness.sum(axis=1) / max(float(np.sqrt(likeness.sum())), 1e-6),  # the cosine with the sum of all sentences
        likeness[:, 0],
        likeness[:, -1],
    ]
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)
