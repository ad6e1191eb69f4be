"""What all classifiers of texts share: labels, logits, and answers made of them."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from models import occlusion
from models.base import Predictor
from models.types import Classification, Score, WordWeight

Floats = NDArray[np.float64]


class Example(Protocol):
    """What a classifier learns from; what is right stands beside the text."""

    @property
    def text(self) -> str:
        """What is classified."""


ExampleT = TypeVar("ExampleT", bound=Example)


class Classifier(Predictor[ExampleT, str, Classification]):
    """A classifier; `calibrate` chooses what makes answers of logits, and `fit` ends with it."""

    labels: tuple[str, ...] = ()

    @abstractmethod
    def logits(self, texts: Sequence[str]) -> Floats:
        """Score each text (row) for each of `labels` (column): unbounded, and before any calibration."""

    @abstractmethod
    def learnable_labels(self, train: Sequence[ExampleT], validation: Sequence[ExampleT]) -> tuple[str, ...]:
        """Give all labels that there are to learn, in their order.

        Raises:
            DatasetError: there are too few, or no examples to choose by.
        """

    @abstractmethod
    def classifications(self, logits: Floats) -> list[Classification]:
        """Turn rows of logits into answers."""

    @abstractmethod
    def calibrate_by(self, logits: Floats, examples: Sequence[ExampleT]) -> None:
        """Choose what makes answers of logits by those of examples that the classifier did not learn from."""

    @abstractmethod
    def compare(
        self, examples: Sequence[ExampleT], answers: Sequence[Classification], score: Score
    ) -> Mapping[str, float]:
        """Score answers to examples."""

    @abstractmethod
    def answering(self) -> dict[str, Any]:
        """Give the labels and what `calibrate` chose, as plain data."""

    @abstractmethod
    def restore_answering(self, saved: Mapping[str, Any]) -> None:
        """Take over what `answering` gave.

        Raises:
            KeyError: something is missing.
            ValueError: something does not fit.
        """

    def predict(self, inputs: Sequence[str]) -> list[Classification]:
        return self.classifications(self.logits(inputs))

    def calibrate(self, validation: Sequence[ExampleT]) -> None:
        self.calibrate_by(self.logits([example.text for example in validation]), validation)

    def calibrate_and_score(self, validation: Sequence[ExampleT], score: Score) -> Mapping[str, float]:
        """Calibrate, and score the answers that this gives; the logits of both are computed once."""
        logits = self.logits([example.text for example in validation])
        self.calibrate_by(logits, validation)
        return self.compare(validation, self.classifications(logits), score)

    def explain(self, text: str, label: str | None = None) -> list[WordWeight]:
        """Say what each word did for a label, by default the most probable one; in the order of the text.

        Raises:
            InputError: the classifier has no such label.
        """
        return occlusion.explain(self, text, label)
