"""What all text classifiers share: a subclass gives logits, and certainty makes answers of them."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from configs.errors import DatasetError
from models.classifier import Classifier, Floats
from models.text_classification.certainty import Certainty, CertaintyConfig
from models.types import Classification, LabelledText, Score


class TextClassifier(Classifier[LabelledText]):
    """A classifier that gives each text one label."""

    task: ClassVar[str] = "text-classification"

    config: CertaintyConfig
    certainty: Certainty = Certainty()

    def classifications(self, logits: Floats) -> list[Classification]:
        return self.certainty.classifications(self.labels, logits)

    def calibrate_by(self, logits: Floats, examples: Sequence[LabelledText]) -> None:
        """Choose temperature and threshold; see `CertaintyConfig`."""
        known = [index for index, example in enumerate(examples) if example.label in self.labels]
        truths = np.array([self.labels.index(examples[index].label) for index in known], dtype=np.int64)
        self.certainty = Certainty.fit(logits[known], truths, answered_accuracy=self.config.answered_accuracy)

    def learnable_labels(self, train: Sequence[LabelledText], validation: Sequence[LabelledText]) -> tuple[str, ...]:
        labels = tuple(sorted({example.label for example in train}))
        if len(labels) < 2:
            raise DatasetError(f"Expected examples of at least two labels to learn from, but got {len(labels)}.")
        if not validation:
            raise DatasetError("Expected validation examples to choose by, but got none.")
        return labels

    def compare(
        self, examples: Sequence[LabelledText], answers: Sequence[Classification], score: Score
    ) -> Mapping[str, float]:
        return score([example.label for example in examples], [answer.label for answer in answers])

    def answering(self) -> dict[str, Any]:
        return {"labels": list(self.labels), "certainty": self.certainty.as_dict()}

    def restore_answering(self, saved: Mapping[str, Any]) -> None:
        self.labels = tuple(saved["labels"])
        self.certainty = Certainty.from_dict(saved.get("certainty", {}))
