"""Scores of predictions, each with an interval that says how far to trust it.

Keys of metrics: the first one of a mapping is the one that decides; higher is better.
"""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from configs.errors import InputError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Reference = str | Sequence[str]
"""What a summary should say: one text, or several of which the one that is closest by ROUGE-1 counts."""

# With 1,000 resamples the ends of a 95 % interval move by about a tenth of its width between seeds,
# less than anything that is decided by them; 10,000 would take ten times as long.
_RESAMPLES = 1000
_RESAMPLES_AT_ONCE = 100  # bounds the memory: 8 MB for 10,000 distinct scores
_CONFIDENCE = 0.95
_Z = 1.959963984540054  # the normal quantile of that confidence, two-sided
_SEED = 7  # intervals of one set of answers are the same each time they are computed

_ROUGE = ("rouge1", "rouge2", "rougeL")


@dataclass(frozen=True)
class Interval:
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ClassScore:
    """How one label fares.

    Attributes:
        label: the label.
        precision: the share of answers with this label that are right.
        recall: the share of examples of this label that were found, with its Wilson interval.
        f1: the harmonic mean of both.
        support: how many examples have this label.
    """

    label: str
    precision: float
    recall: Interval
    f1: float
    support: int


@dataclass(frozen=True)
class ClassificationReport:
    """Scores of a classifier on one split.

    Attributes:
        labels: every label that is true or answered, sorted.
        confusion: counts; the row is the true label, the column the answered one.
        classes: a row of scores for each label.
        accuracy: with its Wilson interval.
        macro_f1: the mean F1 over labels, with its bootstrap interval.
    """

    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    classes: tuple[ClassScore, ...]
    accuracy: Interval
    macro_f1: Interval

    @property
    def intervals(self) -> dict[str, Interval]:
        """The scores by name."""
        return {"accuracy": self.accuracy, "macro_f1": self.macro_f1}

    def as_metrics(self, split: str) -> dict[str, float]:
        """Give scores and ends of intervals as `split/metric`."""
        return as_metrics(self.intervals, split)


@dataclass(frozen=True)
class SummaryReport:
    """ROUGE F1 of a summarizer on one split: means over examples with bootstrap intervals."""

    rouge1: Interval
    rouge2: Interval
    rougeL: Interval

    @property
    def intervals(self) -> dict[str, Interval]:
        """The scores by name."""
        return {name: getattr(self, name) for name in _ROUGE}

    def as_metrics(self, split: str) -> dict[str, float]:
        """Give scores and ends of intervals as `split/metric`."""
        return as_metrics(self.intervals, split)


def classification_scores(y_true: Sequence[str], y_pred: Sequence[str]) -> dict[str, float]:
    """Score answered labels.

    Raises:
        InputError: there are no answers, or not as many as examples.
    """
    _, confusion = _confusion(y_true, y_pred)
    return {"accuracy": float(np.trace(confusion) / confusion.sum()), "macro_f1": float(_macro_f1(confusion[None])[0])}


def classification_report(y_true: Sequence[str], y_pred: Sequence[str], *, seed: int = _SEED) -> ClassificationReport:
    """Score answered labels, overall and for each label, with intervals.

    Raises:
        InputError: there are no answers, or not as many as examples.
    """
    labels, confusion = _confusion(y_true, y_pred)
    return ClassificationReport(
        labels=labels,
        confusion=tuple(tuple(int(count) for count in row) for row in confusion),
        classes=tuple(_class_score(label, confusion, index) for index, label in enumerate(labels)),
        accuracy=wilson_interval(int(np.trace(confusion)), int(confusion.sum())),
        macro_f1=_macro_f1_interval(confusion, seed),
    )


def per_example_correct(y_true: Sequence[str], y_pred: Sequence[str]) -> list[float]:
    """Give 1 for each right answer and 0 for each wrong one."""
    check_lengths(y_true, y_pred)
    return [float(truth == answer) for truth, answer in zip(y_true, y_pred, strict=True)]


def summary_scores(references: Sequence[Reference], predictions: Sequence[str]) -> dict[str, float]:
    """Score summaries by ROUGE F1, the mean over examples.

    Raises:
        InputError: there are no summaries, or not as many as examples.
    """
    means = _rouge(references, predictions).mean(axis=0)
    return {name: float(mean) for name, mean in zip(_ROUGE, means, strict=True)}


def summary_report(references: Sequence[Reference], predictions: Sequence[str], *, seed: int = _SEED) -> SummaryReport:
    """Score summaries by ROUGE F1 with bootstrap intervals.

    Raises:
        InputError: there are no summaries, or not as many as examples.
    """
    scores = _rouge(references, predictions)
    return SummaryReport(*(bootstrap_mean(scores[:, column], seed=seed) for column in range(len(_ROUGE))))


def per_example_rouge(references: Sequence[Reference], predictions: Sequence[str]) -> list[float]:
    """Give the ROUGE-1 F1 of each summary."""
    return [float(score) for score in _rouge(references, predictions)[:, 0]]


def rouge_by_example(references: Sequence[Reference], predictions: Sequence[str]) -> dict[str, Floats]:
    """Give each kind of ROUGE F1 of each summary."""
    return dict(zip(_ROUGE, _rouge(references, predictions).T, strict=True))


def paired_difference(a: Sequence[float], b: Sequence[float], *, seed: int = _SEED) -> Interval:
    """Say how much better `a` scores than `b` on the same examples: the mean difference and its interval.

    Raises:
        InputError: there are no scores, or the two were not made on the same examples.
    """
    check_lengths(a, b)
    return bootstrap_mean(np.asarray(a, dtype=float) - np.asarray(b, dtype=float), seed=seed)


def paired_macro_f1_difference(
    y_true: Sequence[str], a: Sequence[str], b: Sequence[str], *, seed: int = _SEED
) -> Interval:
    """Say how much higher the macro F1 of `a` is than that of `b` on the same examples, with its interval.

    Raises:
        InputError: there are no answers, or not as many as examples.
    """
    check_lengths(y_true, a)
    check_lengths(y_true, b)
    labels, codes = np.unique([y_true, a, b], return_inverse=True)
    cells, counts = np.unique(codes.reshape(3, -1).T, axis=0, return_counts=True)
    truths, *answers = cells.T

    def macro_f1(draws: Ints, answered: Ints) -> Floats:
        one_hot = np.eye(len(labels), dtype=np.int64)
        is_hit = one_hot[truths] * (truths == answered)[:, None]
        return _macro_f1_of_counts(draws @ is_hit, draws @ (one_hot[truths] + one_hot[answered]))

    def difference(draws: Ints) -> Floats:
        return macro_f1(draws, answers[0]) - macro_f1(draws, answers[1])

    resampled = [difference(draws) for draws in _resampled_counts(counts, seed)]
    return _percentile_interval(float(difference(counts[None])[0]), np.concatenate(resampled))


def bootstrap_mean(values: Sequence[float] | Floats, *, seed: int = _SEED) -> Interval:
    """Give the mean of `values` with its percentile bootstrap interval."""
    # Drawing n examples with replacement is drawing how often each distinct value comes up.
    distinct, counts = np.unique(np.asarray(values, dtype=float), return_counts=True)
    means = [draws @ distinct / counts.sum() for draws in _resampled_counts(counts, seed)]
    return _percentile_interval(float(distinct @ counts / counts.sum()), np.concatenate(means))


def bootstrap(counts: Ints, statistic: Callable[[Ints], Floats], *, seed: int = _SEED) -> Interval:
    """Give a statistic of counted things with its percentile bootstrap interval.

    Args:
        counts: how often each thing was seen.
        statistic: maps counts, one row a resample, to one value each.
        seed: makes the interval the same each time.
    """
    resampled = [statistic(draws) for draws in _resampled_counts(counts, seed)]
    return _percentile_interval(float(statistic(counts[None])[0]), np.concatenate(resampled))


def wilson_interval(successes: int, trials: int) -> Interval:
    """Give a share with its Wilson score interval, which stays within 0 and 1 and holds for few trials."""
    if trials == 0:
        return Interval(0.0, 0.0, 1.0)  # nothing was seen, so nothing is known
    share = successes / trials
    spread = _Z * sqrt(share * (1 - share) / trials + _Z**2 / (4 * trials**2))
    scale = 1 + _Z**2 / trials
    centre = share + _Z**2 / (2 * trials)
    return Interval(share, max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


def check_lengths(first: Sequence[Any], second: Sequence[Any]) -> None:
    """See that there is one answer for each example, and at least one of them.

    Raises:
        InputError: there is none, or not as many of both.
    """
    if len(first) != len(second):
        raise InputError(f"Expected one answer for each example, but got {len(second)} for {len(first)}.")
    if not len(first):
        raise InputError("Expected at least one example to score, but got none.")


def _confusion(y_true: Sequence[str], y_pred: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    check_lengths(y_true, y_pred)
    labels = sorted({*y_true, *y_pred})
    index = {label: position for position, label in enumerate(labels)}
    confusion = np.zeros((len(labels), len(labels)), dtype=np.int64)
    np.add.at(confusion, ([index[label] for label in y_true], [index[label] for label in y_pred]), 1)
    return tuple(labels), confusion


def _class_score(label: str, confusion: Ints, index: int) -> ClassScore:
    hits, support = int(confusion[index, index]), int(confusion[index].sum())
    answered = int(confusion[:, index].sum())
    return ClassScore(
        label=label,
        precision=hits / answered if answered else 0.0,
        recall=wilson_interval(hits, support),
        f1=2 * hits / (support + answered),
        support=support,
    )


def _macro_f1(confusions: Ints) -> Floats:
    """Mean F1 of each confusion matrix over the labels that occur in it."""
    hits = np.diagonal(confusions, axis1=1, axis2=2)
    return _macro_f1_of_counts(hits, confusions.sum(axis=1) + confusions.sum(axis=2))


def _macro_f1_of_counts(hits: Ints, occurrences: Ints) -> Floats:
    f1 = 2 * hits / np.maximum(occurrences, 1)
    present: Ints = (occurrences > 0).sum(axis=1)
    means: Floats = f1.sum(axis=1) / present
    return means


def _macro_f1_interval(confusion: Ints, seed: int) -> Interval:
    """Resample the examples as draws over the cells of the matrix, of which few are not empty."""
    truths, answers = np.nonzero(confusion)
    size = len(confusion)
    is_hit = np.eye(size, dtype=np.int64)[truths] * (truths == answers)[:, None]
    occurs = np.eye(size, dtype=np.int64)[truths] + np.eye(size, dtype=np.int64)[answers]
    resampled = [
        _macro_f1_of_counts(draws @ is_hit, draws @ occurs)
        for draws in _resampled_counts(confusion[truths, answers], seed)
    ]
    return _percentile_interval(float(_macro_f1(confusion[None])[0]), np.concatenate(resampled))


def _resampled_counts(counts: Ints, seed: int) -> Iterator[Ints]:
    """Draw as many as were counted, with replacement, again and again; one row a resample, block by block."""
    random = np.random.default_rng(seed)
    total = int(counts.sum())
    for _ in range(_RESAMPLES // _RESAMPLES_AT_ONCE):
        yield random.multinomial(total, counts / total, size=_RESAMPLES_AT_ONCE)


def _percentile_interval(value: float, resampled: Floats) -> Interval:
    low, high = np.quantile(resampled, [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2])
    return Interval(value, float(low), float(high))


def _rouge(references: Sequence[Reference], predictions: Sequence[str]) -> Floats:
    """F1 of each example (row) for each kind of ROUGE (column)."""
    check_lengths(references, predictions)
    pairs = zip(references, predictions, strict=True)
    return np.asarray([_best_rouge(reference, prediction) for reference, prediction in pairs], dtype=float)


def _best_rouge(reference: Reference, prediction: str) -> list[float]:
    """F1 against one reference: of several, the one with the best ROUGE-1 counts for all kinds.

    So scores the script of SciTLDR (Cachola et al., 2020). Taking the best reference for each kind by itself would
    give higher ROUGE-2 and ROUGE-L.
    """
    known = [reference] if isinstance(reference, str) else list(reference)
    if not known:
        raise InputError("Expected at least one reference for each summary, but one has none.")
    scores = [_rouge_scorer().score(target, prediction) for target in known]
    best = max(scores, key=lambda score: score[_ROUGE[0]].fmeasure)
    return [best[name].fmeasure for name in _ROUGE]


@functools.cache
def _rouge_scorer() -> Any:
    from rouge_score.rouge_scorer import RougeScorer  # brings nltk, which classification need not load

    # Stemmed, as published ROUGE scores of English summaries are.
    return RougeScorer(list(_ROUGE), use_stemmer=True)


def as_metrics(intervals: Mapping[str, Interval], split: str) -> dict[str, float]:
    """Give scores and ends of intervals as `split/metric`."""
    metrics: dict[str, float] = {}
    for name, interval in intervals.items():
        metrics[f"{split}/{name}"] = interval.value
        metrics[f"{split}/{name}_low"] = interval.low
        metrics[f"{split}/{name}_high"] = interval.high
    return metrics
