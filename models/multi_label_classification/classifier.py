"""What all multi-label classifiers share: a subclass gives logits, and thresholds make sets of labels of them."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from configs.errors import DatasetError
from models.base import Predictor
from models.multi_label_classification.thresholds import Floats, best_thresholds
from models.text_classification import occlusion
from models.types import Classification, MultiLabelledText, WordWeight


class MultiLabelClassifier(Predictor[MultiLabelledText, str, Classification]):
    """A classifier that gives each text all labels that apply, or none.

    A subclass sets `labels` before it learns, calls `calibrate` at the end of
    `fit`, and saves and restores what `saved_labels` gives.
    """

    task: ClassVar[str] = "multi-label-classification"

    labels: tuple[str, ...] = ()
    thresholds: Floats = np.empty(0)

    @abstractmethod
    def logits(self, texts: Sequence[str]) -> Floats:
        """Score each text (row) for each of `labels` (column) by itself, unbounded."""

    def predict(self, inputs: Sequence[str]) -> list[Classification]:
        return [self._classification(row) for row in expit(self.logits(inputs))]

    def explain(self, text: str, label: str | None = None) -> list[WordWeight]:
        """Say what each word did for a label, by default the most probable one; in the order of the text.

        Raises:
            InputError: the classifier has no such label.
        """
        return occlusion.explain(self, text, label)

    def calibrate(self, validation: Sequence[MultiLabelledText]) -> None:
        """Choose from which probability on each label is given, by texts that the classifier did not learn from."""
        probabilities = expit(self.logits([example.text for example in validation]))
        self.thresholds = best_thresholds(probabilities, self.truths(validation))

    def truths(self, examples: Sequence[MultiLabelledText]) -> NDArray[np.bool_]:
        """Say of each example (row) which of `labels` (column) it has."""
        rows = [[label in example.labels for label in self.labels] for example in examples]
        return np.array(rows, dtype=np.bool_).reshape(len(examples), len(self.labels))

    def saved_labels(self) -> dict[str, Any]:
        """Give labels and thresholds as plain data."""
        return {"labels": list(self.labels), "thresholds": self.thresholds.tolist()}

    def restore_labels(self, saved: Mapping[str, Any]) -> None:
        """Take over what `saved_labels` gave.

        Raises:
            ValueError: there is not one threshold for each label.
        """
        self.labels, self.thresholds = tuple(saved["labels"]), np.array(saved["thresholds"], dtype=np.float64)
        if self.thresholds.shape != (len(self.labels),):
            raise ValueError("the thresholds do not fit the labels")

    def _classification(self, probabilities: Floats) -> Classification:
        best = int(probabilities.argmax())
        given = tuple(self.labels[index] for index in np.flatnonzero(probabilities >= self.thresholds))
        return Classification(
            label=self.labels[best],
            score=float(probabilities[best]),
            scores=dict(zip(self.labels, probabilities.tolist(), strict=True)),
            labels=given,
        )


def labels_of(train: Sequence[MultiLabelledText], validation: Sequence[MultiLabelledText]) -> tuple[str, ...]:
    """Give all labels that there are to learn.

    Raises:
        DatasetError: there is none, or nothing to choose thresholds by.
    """
    labels = tuple(sorted({label for example in train for label in example.labels}))
    if not labels:
        raise DatasetError("Expected examples with labels to learn from, but none has any.")
    if not validation:
        raise DatasetError("Expected validation examples to choose thresholds by, but got none.")
    return labels
