"""Whether a classifier is as sure as it should be: calibration, and accuracy against the share of texts answered."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evaluation.metrics import Interval, check_lengths, wilson_interval

Floats = npt.NDArray[np.float64]

BINS = 15
"""Of equal width between 0 and 1, as in Guo et al. (2017): figures of other numbers of bins cannot be compared."""


@dataclass(frozen=True)
class ReliabilityBin:
    """The answers of about one confidence: their mean confidence, and the share of right ones with its interval."""

    confidence: float
    accuracy: Interval
    count: int


@dataclass(frozen=True)
class CoveragePoint:
    """What share of texts is answered from `threshold` on, and what share of the answers is right."""

    threshold: float
    coverage: float
    accuracy: float


@dataclass(frozen=True)
class CertaintyReport:
    """How sure a classifier was on one split.

    Attributes:
        ece: the expected calibration error: how far confidence and accuracy are apart, mean over answers.
        ece_uncalibrated: the same without the temperature.
        bins: confidence against accuracy.
        bins_uncalibrated: the same without the temperature.
        curve: coverage against accuracy, from the surest answer to all of them.
        coverage: the share of texts that were answered; None where the classifier answers all.
        answered_accuracy: the share of right answers among them; None also where there are none.
    """

    ece: float
    ece_uncalibrated: float
    bins: tuple[ReliabilityBin, ...]
    bins_uncalibrated: tuple[ReliabilityBin, ...]
    curve: tuple[CoveragePoint, ...]
    coverage: Interval | None
    answered_accuracy: Interval | None

    def as_metrics(self, split: str) -> dict[str, float]:
        """Give the figures as `split/metric`."""
        metrics = {f"{split}/ece": self.ece, f"{split}/ece_uncalibrated": self.ece_uncalibrated}
        for name, share in (("coverage", self.coverage), ("answered_accuracy", self.answered_accuracy)):
            if share is not None:
                ends = {f"{split}/{name}_low": share.low, f"{split}/{name}_high": share.high}
                metrics |= {f"{split}/{name}": share.value} | ends
        return metrics

    def sentences(self) -> list[str]:
        """Say the figures to people."""
        said = [
            f"Confidence and accuracy are {self.ece:.3f} apart (expected calibration error, {BINS} bins); "
            f"without the temperature it would be {self.ece_uncalibrated:.3f}."
        ]
        if self.coverage is not None and self.answered_accuracy is None:
            said.append("It is sure enough to answer none of the texts.")
        elif self.coverage is not None and self.answered_accuracy is not None:
            right = self.answered_accuracy
            said.append(
                f"It is sure enough to answer {self.coverage.value:.1%} of the texts, and {right.value:.1%} "
                f"({right.low:.1%} to {right.high:.1%}) of these answers are right."
            )
        return said


def certainty_report(
    correct: Sequence[float],
    confidences: Sequence[float],
    uncalibrated: Sequence[float],
    answered: Sequence[bool] | None,
) -> CertaintyReport:
    """Compare how sure answers were with how right they were.

    Args:
        correct: 1 for each right answer, 0 for each wrong one.
        confidences: the probability of each answer.
        uncalibrated: the same without the temperature.
        answered: whether the classifier was sure enough; None where it answers every text.

    Raises:
        InputError: there are no answers, or not as many of each.
    """
    given = [bool(right) for right, sure in zip(correct, answered or (), strict=answered is not None) if sure]
    return CertaintyReport(
        ece=expected_calibration_error(correct, confidences),
        ece_uncalibrated=expected_calibration_error(correct, uncalibrated),
        bins=reliability(correct, confidences),
        bins_uncalibrated=reliability(correct, uncalibrated),
        curve=coverage_curve(correct, confidences),
        coverage=None if answered is None else wilson_interval(len(given), len(answered)),
        answered_accuracy=wilson_interval(sum(given), len(given)) if given else None,
    )


def expected_calibration_error(correct: Sequence[float], confidences: Sequence[float]) -> float:
    """Give how far confidence and accuracy are apart in a bin, weighted by its number of answers.

    Raises:
        InputError: there are no answers, or not as many of both.
    """
    bins = reliability(correct, confidences)
    return sum(one.count * abs(one.confidence - one.accuracy.value) for one in bins) / len(correct)


def reliability(correct: Sequence[float], confidences: Sequence[float]) -> tuple[ReliabilityBin, ...]:
    """Put answers of about the same confidence together; a bin that would be empty is left out.

    Raises:
        InputError: there are no answers, or not as many of both.
    """
    check_lengths(correct, confidences)
    right, sure = np.asarray(correct, dtype=float), np.asarray(confidences, dtype=float)
    # A bin holds its upper end: a confidence of 1 is in the last one.
    positions = np.clip(np.ceil(sure * BINS).astype(int) - 1, 0, BINS - 1)
    members = [positions == position for position in range(BINS)]
    return tuple(
        ReliabilityBin(
            confidence=float(sure[inside].mean()),
            accuracy=wilson_interval(int(right[inside].sum()), int(inside.sum())),
            count=int(inside.sum()),
        )
        for inside in members
        if inside.any()
    )


def coverage_curve(correct: Sequence[float], confidences: Sequence[float]) -> tuple[CoveragePoint, ...]:
    """Answer ever more texts, the surest first; texts of equal confidence come together.

    Raises:
        InputError: there are no answers, or not as many of both.
    """
    check_lengths(correct, confidences)
    sure = np.asarray(confidences, dtype=float)
    order = np.argsort(-sure, kind="stable")
    sure, right = sure[order], np.asarray(correct, dtype=float)[order].cumsum()
    ends = np.flatnonzero(np.append(sure[1:] < sure[:-1], True))
    return tuple(
        CoveragePoint(float(sure[end]), (int(end) + 1) / len(sure), float(right[end]) / (int(end) + 1)) for end in ends
    )
