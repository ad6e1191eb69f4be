"""Which words carried an answer: each is taken out of the text, and what the answer loses by that is its weight.

Occlusion (Zeiler and Fergus, 2014; for texts Li et al., "Understanding Neural Networks through Representation
Erasure", 2016) asks for nothing but answers, so it works for every kind of classifier, also over HTTP.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from configs.errors import InputError
from configs.loader import suggest
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
        odds = _log_odds(whole, label)
        return [
            WordWeight(self.text[start:end], start, end, odds - _log_odds(variant, label))
            for (start, end), variant in zip(self.parts, variants, strict=True)
        ]


class Classifier(Protocol):
    """What can be explained."""

    labels: tuple[str, ...]

    def predict(self, inputs: Sequence[str]) -> list[Classification]:
        """Answer texts."""


def explain(classifier: Classifier, text: str, label: str | None = None) -> list[WordWeight]:
    """Say what each word did for a label, by default the most probable one; in the order of the text.

    Raises:
        InputError: the classifier has no such label.
    """
    if label is not None and label not in classifier.labels:
        raise InputError(f"There is no label `{label}`.", where="label", hint=suggest(label, classifier.labels))
    occlusion = Occlusion.of(text)
    whole, *variants = classifier.predict([text, *occlusion.variants()])
    return occlusion.weigh(whole, variants, label or whole.label)


def _log_odds(answer: Classification, label: str) -> float:
    """The logarithm of how much more probable the label is than not: unlike a probability, it is never full."""
    score = answer.scores[label]
    if answer.labels is None:  # summed up, because 1 minus the score rounds to 0
        against = sum(other for name, other in answer.scores.items() if name != label)
    else:
        against = 1 - score
    return math.log(max(score, _SMALLEST)) - math.log(max(against, _SMALLEST))
