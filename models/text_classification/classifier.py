"""What all text classifiers share: a subclass gives logits, and certainty makes answers of them."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from configs.errors import DatasetError
from models.classifier import Classifier
from models.text_classification.certainty import Certainty, CertaintyConfig
from models.types import Classification, LabelledText, Score


class TextClassifier(Classifier[LabelledText]):
    """A classifier that gives each text one label."""

    task: ClassVar[str] = "text-classification"

    config: CertaintyConfig
    certainty: Certainty = Certainty()

    def predict(self, inputs: Sequence[str]) -> list[Classification]:
        return self.certainty.classifications(self.labels, self.logits(inputs))

    def calibrate(self, validation: Sequence[LabelledText]) -> None:
        """Choose temperature and threshold by texts that the classifier did not learn from; see `CertaintyConfig`."""
        known = [example for example in validation if example.label in self.labels]
        truths = np.array([self.labels.index(example.label) for example in known], dtype=np.int64)
        logits = self.logits([example.text for example in known])
        self.certainty = Certainty.fit(logits, truths, answered_accuracy=self.config.answered_accuracy)

    def learnable_labels(self, train: Sequence[LabelledText], validation: Sequence[LabelledText]) -> tuple[str, ...]:
        labels = tuple(sorted({example.label for example in train}))
        if len(labels) < 2:
            raise DatasetError(f"Expected examples of at least two labels to learn from, but got {len(labels)}.")
        if not validation:
            raise DatasetError("Expected validation examples to choose by, but got none.")
        return labels

    def score_on(self, examples: Sequence[LabelledText], score: Score) -> Mapping[str, float]:
        answers = self.predict([example.text for example in examples])
        return score([example.label for example in examples], [answer.label for answer in answers])

    def answering(self) -> dict[str, Any]:
        return {"labels": list(self.labels), "certainty": self.certainty.as_dict()}

    def restore_answering(self, saved: Mapping[str, Any]) -> None:
        self.labels = tuple(saved["labels"])
        self.certainty = Certainty.from_dict(saved.get("certainty", {}))
