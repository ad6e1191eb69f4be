"""What all multi-label classifiers share: a subclass gives logits, and thresholds make sets of labels of them."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from configs.errors import DatasetError
from models.classifier import Classifier, Floats
from models.multi_label_classification.thresholds import best_thresholds
from models.types import Classification, MultiLabelledText, Score


class MultiLabelClassifier(Classifier[MultiLabelledText]):
    """A classifier that gives each text all labels that apply, or none."""

    task: ClassVar[str] = "multi-label-classification"

    thresholds: Floats = np.empty(0)

    def classifications(self, logits: Floats) -> list[Classification]:
        return [self._classification(row) for row in expit(logits)]

    def calibrate_by(self, logits: Floats, examples: Sequence[MultiLabelledText]) -> None:
        """Choose from which probability on each label is given."""
        self.thresholds = best_thresholds(expit(logits), self.truths(examples))

    def truths(self, examples: Sequence[MultiLabelledText]) -> NDArray[np.bool_]:
        """Say of each example (row) which of `labels` (column) it has."""
        rows = [[label in example.labels for label in self.labels] for example in examples]
        return np.array(rows, dtype=np.bool_).reshape(len(examples), len(self.labels))

    def learnable_labels(
        self, train: Sequence[MultiLabelledText], validation: Sequence[MultiLabelledText]
    ) -> tuple[str, ...]:
        labels = tuple(sorted({label for example in train for label in example.labels}))
        if not labels:
            raise DatasetError("Expected examples with labels to learn from, but none has any.")
        if not validation:
            raise DatasetError("Expected validation examples to choose thresholds by, but got none.")
        return labels

    def compare(
        self, examples: Sequence[MultiLabelledText], answers: Sequence[Classification], score: Score
    ) -> Mapping[str, float]:
        return score([example.labels for example in examples], [answer.labels for answer in answers])

    def answering(self) -> dict[str, Any]:
        return {"labels": list(self.labels), "thresholds": self.thresholds.tolist()}

    def restore_answering(self, saved: Mapping[str, Any]) -> None:
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
