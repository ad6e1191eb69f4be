"""How sure a classifier is: probabilities that mean what they say, and a threshold below which it does not know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from configs.loader import ClosedModel
from configs.logging import get_logger
from models.classifier import Floats
from models.types import Classification

log = get_logger(__name__)

Ints = NDArray[np.int64]

# Far beyond what fitted networks need, which is 0.5 to 3; at a bound, probabilities are all but 0 and 1, or all equal.
_COLDEST, _HOTTEST = 0.02, 50.0


class CertaintyConfig(ClosedModel):
    """What every classifier's parameters may say about its certainty."""

    answered_accuracy: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="Answer only texts sure enough that this share of the answers is right on validation; "
        "the others get `answered: false`. Without it, every text is answered.",
    )


@dataclass(frozen=True)
class Certainty:
    """What was chosen on validation, after the classifier was fitted.

    Attributes:
        temperature: what logits are divided by (Guo et al., "On Calibration of Modern Neural Networks", 2017);
            it changes no label.
        threshold: texts whose most probable label is less probable than this are not answered.
    """

    temperature: float = 1.0
    threshold: float = 0.0

    @classmethod
    def fit(cls, logits: Floats, truths: Ints, *, answered_accuracy: float | None = None) -> Self:
        """Choose temperature and threshold.

        Args:
            logits: one row a validation text, one column a label.
            truths: the column of the right label.
            answered_accuracy: the share of right answers among those given; None: answer all.
        """
        certainty = cls(temperature=_temperature(logits, truths))
        if answered_accuracy is None:
            return certainty
        probabilities = certainty.probabilities(logits)
        correct = probabilities.argmax(axis=1) == truths
        return cls(certainty.temperature, _threshold(probabilities.max(axis=1), correct, answered_accuracy))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave; nothing, as old classifiers have it, changes no answer.

        Raises:
            ValueError: a value is none that `fit` gives.
        """
        temperature, threshold = float(values.get("temperature", 1.0)), float(values.get("threshold", 0.0))
        if not (_COLDEST / 2 < temperature < _HOTTEST * 2 and 0 <= threshold <= 1):
            raise ValueError(f"the certainty is out of bounds: {dict(values)}")
        return cls(temperature, threshold)

    def as_dict(self) -> dict[str, float]:
        """Give plain data, to be saved with the classifier."""
        return {"temperature": self.temperature, "threshold": self.threshold}

    def probabilities(self, logits: Floats) -> Floats:
        """Give the calibrated probability of each label, one row a text."""
        probabilities: Floats = softmax(logits / self.temperature, axis=1)
        return probabilities

    def uncalibrated(self, scores: Mapping[str, float]) -> dict[str, float]:
        """Give the probabilities that would have been answered without a temperature."""
        # The logarithm of a softmax is its logits up to a constant, and that cancels out.
        powers = np.power(np.fromiter(scores.values(), float), self.temperature)
        return dict(zip(scores, (powers / powers.sum()).tolist(), strict=True))

    def classifications(self, labels: Sequence[str], logits: Floats) -> list[Classification]:
        """Turn logits into answers."""
        return [self._classification(labels, row) for row in self.probabilities(logits).tolist()]

    def _classification(self, labels: Sequence[str], probabilities: Sequence[float]) -> Classification:
        scores = dict(zip(labels, probabilities, strict=True))
        label = max(scores, key=scores.__getitem__)
        score = scores[label]
        return Classification(label=label, score=score, scores=scores, answered=score >= self.threshold)


def _temperature(logits: Floats, truths: Ints) -> float:
    """Find the temperature under which the right labels are most probable."""
    count = len(truths)
    if not count:
        return 1.0
    # Where all texts are right, ever colder would be ever better. One imagined text more, of which nothing is known,
    # keeps certainty within what so few texts can show (after Platt, 1999).
    unknown = 1 / (count + 2)

    def loss(log_temperature: float) -> float:
        logs = log_softmax(logits / np.exp(log_temperature), axis=1)
        right = logs[np.arange(count), truths]
        return -float(((1 - unknown) * right + unknown * logs.mean(axis=1)).mean())

    found = minimize_scalar(loss, bounds=(np.log(_COLDEST), np.log(_HOTTEST)), method="bounded")
    return float(np.exp(found.x))


def _threshold(confidences: Floats, correct: NDArray[np.bool_], wanted: float) -> float:
    """Find the lowest confidence from which on the share of right answers is as wanted."""
    order = np.argsort(-confidences, kind="stable")
    confidences, correct = confidences[order], correct[order]
    shares = np.cumsum(correct) / np.arange(1, len(correct) + 1)
    # Texts of equal confidence are answered together or not at all.
    is_last = np.append(confidences[1:] < confidences[:-1], True)
    reached = np.flatnonzero(is_last & (shares >= wanted))
    if not len(reached):
        log.warning("no threshold reaches the wanted accuracy, so hardly any text is answered", wanted=wanted)
        return 1.0
    return float(confidences[reached[-1]])
