"""What a ranking of sentences looks at, and what it should have chosen."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

FEATURES = (
    "likeness to the whole text",
    "likeness to the other sentences",
    "likeness to the first sentence",
    "likeness to an earlier sentence",
    "place in the text",
    "is first",
    "is second",
    "is last",
    "length",
    "is short",
    "holds a number",
    "holds a name",
    "is a question",
)
_WORD = re.compile(r"\w+")
_SHORT_WORDS = 5  # greetings, signatures, headings


def features_of(sentences: Sequence[str], vectors: Matrix) -> Matrix:
    """Describe each sentence of one text: a matrix with a row a sentence and a column for each of `FEATURES`.

    Args:
        sentences: the sentences of one text, in order.
        vectors: their embeddings, of length one.
    """
    count = len(sentences)
    likeness = vectors @ vectors.T
    centre = vectors.mean(axis=0)
    earlier = np.tril(likeness, k=-1).max(axis=1, initial=0.0)
    position = np.arange(count) / max(1, count - 1)
    words = [_WORD.findall(sentence) for sentence in sentences]
    columns = [
        vectors @ centre / max(float(np.linalg.norm(centre)), 1e-6),
        (likeness.sum(axis=1) - 1) / max(1, count - 1),
        likeness[:, 0],
        earlier,
        position,
        np.arange(count) == 0,
        np.arange(count) == 1,
        np.arange(count) == count - 1,
        [min(len(found), 60) for found in words],
        [len(found) < _SHORT_WORDS for found in words],
        [any(map(str.isdigit, sentence)) for sentence in sentences],
        [any(word[0].isupper() for word in found[1:]) for found in words],
        [sentence.endswith("?") for sentence in sentences],
    ]
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def oracle(sentences: Sequence[str], summary: str, limit: int) -> list[int]:
    """Choose greedily the sentences that together overlap most with a summary that a person wrote."""
    reference = _ngrams(summary)
    ngrams = [_ngrams(sentence) for sentence in sentences]
    chosen: list[int] = []
    covered: Counter[tuple[str, ...]] = Counter()
    best = 0.0
    while len(chosen) < min(limit, len(sentences)):
        candidates = [index for index in range(len(sentences)) if index not in chosen]
        gains = [_overlap(covered + ngrams[index], reference) for index in candidates]
        if max(gains) <= best:
            break
        best = max(gains)
        chosen.append(candidates[gains.index(best)])
        covered = covered + ngrams[chosen[-1]]
    return chosen


def _ngrams(text: str) -> Counter[tuple[str, ...]]:
    words = [word.lower() for word in _WORD.findall(text)]
    return Counter([(word,) for word in words]) + Counter(itertools.pairwise(words))


def _overlap(candidate: Counter[tuple[str, ...]], reference: Counter[tuple[str, ...]]) -> float:
    """F1 over words and word pairs."""
    shared = sum((candidate & reference).values())
    total = sum(candidate.values()) + sum(reference.values())
    return 2 * shared / total if total else 0.0
