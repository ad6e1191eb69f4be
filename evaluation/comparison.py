"""Two predictors on the same examples, measure by measure and label by label, with the interval of each difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation import metrics
from evaluation.metrics import Interval


@dataclass(frozen=True)
class Difference:
    """One measure of two predictors.

    Attributes:
        measure: the metric, or `recall of` a label.
        ours: the version's score.
        theirs: the other one's.
        difference: ours minus theirs, with the interval of the paired bootstrap.
        support: how many examples it is over.
    """

    measure: str
    ours: float
    theirs: float
    difference: Interval
    support: int

    @property
    def sure(self) -> bool:
        """Whether the difference is more than chance."""
        return self.difference.low > 0 or self.difference.high < 0

    def row(self, other: str) -> dict[str, Any]:
        """Give it as a row of a table."""
        return {
            "measure": self.measure,
            "this version": f"{self.ours:.4f}",
            other: f"{self.theirs:.4f}",
            "difference": f"{self.difference.value:+.4f}",
            "low": f"{self.difference.low:+.4f}",
            "high": f"{self.difference.high:+.4f}",
            "more than chance": "yes" if self.sure else "no",
            "examples": self.support,
        }


def compare_classifiers(y_true: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[Difference]:
    """Compare accuracy and macro F1, then the recall of each label, the largest loss first."""
    own, other = (np.asarray(metrics.per_example_correct(y_true, answers)) for answers in (ours, theirs))
    labels = np.asarray(y_true)
    recalls = [
        _difference(f"recall of {label}", own[labels == label], other[labels == label]) for label in sorted(set(y_true))
    ]
    recalls.sort(key=lambda row: row.difference.value)
    macro = metrics.paired_macro_f1_difference(y_true, ours, theirs)
    own_f1, other_f1 = (metrics.classification_scores(y_true, answers)["macro_f1"] for answers in (ours, theirs))
    return [
        _difference("accuracy", own, other),
        Difference("macro_f1", own_f1, other_f1, macro, len(labels)),
        *recalls,
    ]


def compare_summaries(
    references: Sequence[metrics.Reference], ours: Sequence[str], theirs: Sequence[str]
) -> list[Difference]:
    """Compare each kind of ROUGE."""
    own, other = (metrics.rouge_by_example(references, answers) for answers in (ours, theirs))
    return [_difference(name, own[name], other[name]) for name in own]


def _difference(measure: str, ours: metrics.Floats, theirs: metrics.Floats) -> Difference:
    paired = metrics.paired_difference(list(ours), list(theirs))
    return Difference(measure, float(np.mean(ours)), float(np.mean(theirs)), paired, len(ours))
