"""Which words carried an answer: each is taken out of the text, and what the answer loses by that is its weight.

Occlusion (Zeiler and Fergus, 2014; for texts Li et al., "Understanding Neural Networks through Representation
Erasure", 2016) asks for nothing but answers, so it works for every kind of classifier, also over HTTP.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from models.types import Classification, WordWeight

# A word with what is inside it (don't, e-mail), or a run of signs: !!!, an emoji.
_WORD = re.compile(r"\w+(?:['’.-]\w+)*|[^\w\s]+")
# Each part costs one more answer: with so many, a message takes half a second on two cores. The words of a longer
# text are taken out several at a time.
_MOST_PARTS = 64
_SMALLEST = 1e-300  # of a probability; keeps logarithms finite


@dataclass(frozen=True)
class Occlusion:
    """A text and its parts, each of which is a word, or a few neighbouring words where there are many."""

    text: str
    parts: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """Part a text."""
        spans = [match.span() for match in _WORD.finditer(text)]
        size = math.ceil(len(spans) / _MOST_PARTS) or 1
        groups = [spans[first : first + size] for first in range(0, len(spans), size)]
        return cls(text, tuple((group[0][0], group[-1][1]) for group in groups))

    def variants(self) -> list[str]:
        """Give the text without each of its parts, in their order."""
        return [f"{self.text[:start]} {self.text[end:]}" for start, end in self.parts]

    def weigh(self, whole: Classification, variants: Sequence[Classification], label: str) -> list[WordWeight]:
        """Say what each part does for `label`, in the order of the text.

        Args:
            whole: the answer to the text.
            variants: the answers to its variants.
            label: one of the classifier's labels.
        """
        odds = _log_odds(whole.scores, label)
        return [
            WordWeight(self.text[start:end], start, end, odds - _log_odds(variant.scores, label))
            for (start, end), variant in zip(self.parts, variants, strict=True)
        ]


def _log_odds(scores: Mapping[str, float], label: str) -> float:
    """The logarithm of how much more probable the label is than all others: unlike a probability, it is never full."""
    others = sum(score for other, score in scores.items() if other != label)
    return math.log(max(scores[label], _SMALLEST)) - math.log(max(others, _SMALLEST))
