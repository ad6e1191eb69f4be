"""How a predictor fares on parts of a split: short and long texts, rare and frequent labels, values of a column."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.metrics import Floats, Interval, bootstrap_mean, wilson_interval

_GROUPS = 4  # quarters of a split: enough to see a trend, few enough that each holds many examples
_SMALLEST = 20  # the interval of fewer examples is too wide to say anything

Slices = Mapping[str, Sequence[int]]
"""The name of each part → the indices of its examples; one example may be in several."""


@dataclass(frozen=True)
class SliceScore:
    """One part of a split.

    Attributes:
        name: what its examples have in common.
        score: their mean score with its interval.
        support: how many there are.
        below: whether even the upper end of the interval lies below the whole split's score.
    """

    name: str
    score: Interval
    support: int
    below: bool


def length_slices(texts: Sequence[str]) -> Slices:
    """Cut a split into quarters by the number of words."""
    lengths = [len(text.split()) for text in texts]
    return _numeric_slices(lengths, "texts of {} words")


def frequency_slices(labels: Sequence[str], trained_on: Mapping[str, int]) -> Slices:
    """Cut a split into quarters by how many training examples the label has."""
    counts = [trained_on.get(label, 0) for label in labels]
    return _numeric_slices(counts, "labels with {} training examples")


def named_slices(names: Sequence[Sequence[str]]) -> Slices:
    """Group examples by the names of the parts that each of them belongs to."""
    slices: defaultdict[str, list[int]] = defaultdict(list)
    for index, found in enumerate(names):
        for name in found:
            slices[name].append(index)
    return slices


def slice_scores(slices: Slices, per_example: Sequence[float]) -> list[SliceScore]:
    """Score each part that holds enough examples, the worst first.

    Args:
        slices: the parts.
        per_example: the score of each example of the split, higher is better; 0 or 1 each for shares of right answers.
    """
    scores = np.asarray(per_example, dtype=float)
    whole = float(scores.mean())
    rows = []
    for name, indices in slices.items():
        if len(indices) >= _SMALLEST:
            score = mean_score(scores[list(indices)])
            rows.append(SliceScore(name, score, len(indices), below=score.high < whole))
    return sorted(rows, key=lambda row: (row.score.value, row.name))


def mean_score(scores: Floats) -> Interval:
    """Give the mean score of examples with its interval: Wilson's for shares of right answers, else the bootstrap's."""
    if set(np.unique(scores)) <= {0.0, 1.0}:
        return wilson_interval(int(scores.sum()), len(scores))
    return bootstrap_mean(scores)


def _numeric_slices(values: Sequence[int], name: str) -> dict[str, list[int]]:
    """Cut at the quantiles, never between equal values; fewer parts where many are equal."""
    counts = Counter(values)
    edges: list[list[int]] = [[]]
    seen = 0
    for value in sorted(counts):
        edges[-1].append(value)
        seen += counts[value]
        if seen >= len(values) * len(edges) / _GROUPS and value != max(counts):
            edges.append([])
    if len(edges) == 1:
        return {}
    groups = {_span(name, part): {*part} for part in edges}
    return {
        title: [index for index, value in enumerate(values) if value in members] for title, members in groups.items()
    }


def _span(name: str, values: Sequence[int]) -> str:
    low, high = values[0], values[-1]
    return name.format(f"{low:,}" if low == high else f"{low:,} to {high:,}")
