"""Scores of sets of labels, as scikit-learn defines them, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.metrics import Floats, Interval, Ints, as_metrics, bootstrap, check_lengths, wilson_interval

LabelSets = Sequence[Sequence[str]]


@dataclass(frozen=True)
class LabelSetReport:
    """Scores of a multi-label classifier on one split.

    Attributes:
        micro_f1: F1 over all labels of all texts together, with its bootstrap interval over texts.
        macro_f1: the mean F1 over labels, with the same.
        exact: the share of texts whose labels are all right, with its Wilson interval.
    """

    micro_f1: Interval
    macro_f1: Interval
    exact: Interval

    @property
    def intervals(self) -> dict[str, Interval]:
        """The scores by name."""
        return {"micro_f1": self.micro_f1, "macro_f1": self.macro_f1, "exact": self.exact}

    def as_metrics(self, split: str) -> dict[str, float]:
        """Give scores and ends of intervals as `split/metric`."""
        return as_metrics(self.intervals, split)


def label_set_scores(y_true: LabelSets, y_pred: LabelSets) -> dict[str, float]:
    """Score sets of labels.

    Raises:
        InputError: there are no answers, or not as many as examples.
    """
    hits, occurrences = _counts(y_true, y_pred)
    each_once = np.ones((1, len(hits)), dtype=np.int64)
    return {
        "micro_f1": float(_micro_f1(each_once @ hits, each_once @ occurrences)[0]),
        "macro_f1": float(_macro_f1(each_once @ hits, each_once @ occurrences)[0]),
        "exact": _exact(y_true, y_pred) / len(y_true),
    }


def label_set_report(y_true: LabelSets, y_pred: LabelSets) -> LabelSetReport:
    """Score sets of labels with intervals.

    Raises:
        InputError: there are no answers, or not as many as examples.
    """
    hits, occurrences = _counts(y_true, y_pred)
    each_once = np.ones(len(hits), dtype=np.int64)
    return LabelSetReport(
        micro_f1=bootstrap(each_once, lambda draws: _micro_f1(draws @ hits, draws @ occurrences)),
        macro_f1=bootstrap(each_once, lambda draws: _macro_f1(draws @ hits, draws @ occurrences)),
        exact=wilson_interval(_exact(y_true, y_pred), len(y_true)),
    )


def per_example_f1(y_true: LabelSets, y_pred: LabelSets) -> list[float]:
    """Give the F1 of each text's labels; a text that has none and gets none is right."""
    check_lengths(y_true, y_pred)
    pairs = [(set(truth), set(answer)) for truth, answer in zip(y_true, y_pred, strict=True)]
    return [2 * len(truth & answer) / (len(truth) + len(answer)) if truth or answer else 1.0 for truth, answer in pairs]


def _counts(y_true: LabelSets, y_pred: LabelSets) -> tuple[Ints, Ints]:
    """Of each text (row) and label (column): whether it was found, and how often it is true or answered."""
    check_lengths(y_true, y_pred)
    labels = sorted({label for labels in (*y_true, *y_pred) for label in labels})
    true, answered = (
        np.array([[label in given for label in labels] for given in map(set, sets)], dtype=np.int64).reshape(
            len(sets), len(labels)
        )
        for sets in (y_true, y_pred)
    )
    return true * answered, true + answered


def _micro_f1(hits: Ints, occurrences: Ints) -> Floats:
    return _f1(hits.sum(axis=1), occurrences.sum(axis=1))


def _macro_f1(hits: Ints, occurrences: Ints) -> Floats:
    """Mean over the labels that occur in a draw, as for classification."""
    present = np.maximum((occurrences > 0).sum(axis=1), 1)
    means: Floats = _f1(hits, occurrences).sum(axis=1) / present
    return means


def _f1(hits: Ints, occurrences: Ints) -> Floats:
    f1: Floats = 2 * hits / np.maximum(occurrences, 1)
    return f1


def _exact(y_true: LabelSets, y_pred: LabelSets) -> int:
    return sum(set(truth) == set(answer) for truth, answer in zip(y_true, y_pred, strict=True))
