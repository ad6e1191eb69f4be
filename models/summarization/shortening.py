"""Sentences made a little shorter by rules that keep them whole: without brackets, without a usual opening."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Self

_BRACKETS = re.compile(r"\s*\([^()]*\)")
# What may be dropped before a main clause: up to five words and a comma ("To this end, "), or two to five words before
# "we" ("In this paper we"). A single word there is often a conjunction, without which no sentence is left.
_OPENING = re.compile(r"(?:(?P<comma>\w+(?: \w+){0,4}),|(?P<we>\w+(?: \w+){1,4})(?= we\b)) ")
_MIN_SENTENCES = 5  # that begin so: fewer may be the subject of a sentence and an insertion
_MIN_WORDS = 4  # of what is left, or nothing is dropped

Merit = Callable[[str, int], float]
"""How good a sentence is as the summary of the text with this index."""


@dataclass(frozen=True)
class Shortening:
    """What is dropped.

    Attributes:
        openings: in lower case, as "in this paper".
        brackets: whether what stands in round brackets goes, too.
    """

    openings: frozenset[str] = frozenset()
    brackets: bool = False

    @classmethod
    def learn(cls, sentences: Iterable[tuple[str, int]], merit: Merit) -> Self:
        """Choose the openings without which sentences were better summaries.

        Args:
            sentences: each with the index of its text.
            merit: compares sentences with what people wrote.
        """
        found: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for sentence, text in sentences:
            if opening := _opening_of(sentence):
                found[opening].append((sentence, text))
        usual = {opening: cases for opening, cases in found.items() if len(cases) >= _MIN_SENTENCES}
        return cls(frozenset(opening for opening, cases in usual.items() if _gain(opening, cases, merit) > 0), True)

    def apply(self, sentence: str) -> str:
        """Give the sentence without what can be dropped."""
        shorter = _BRACKETS.sub("", sentence) if self.brackets else sentence
        if (opening := _opening_of(shorter)) in self.openings:
            shorter = _without_opening(shorter, opening)
        return shorter if len(shorter.split()) >= _MIN_WORDS else sentence


def _gain(opening: str, cases: Sequence[tuple[str, int]], merit: Merit) -> float:
    return mean(merit(_without_opening(sentence, opening), text) - merit(sentence, text) for sentence, text in cases)


def _opening_of(sentence: str) -> str:
    match = _OPENING.match(sentence)
    return (match["comma"] or match["we"]).lower() if match else ""


def _without_opening(sentence: str, opening: str) -> str:
    rest = sentence[len(opening) :].removeprefix(",").lstrip()
    return rest[:1].upper() + rest[1:]
