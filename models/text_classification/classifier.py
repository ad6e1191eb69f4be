"""What all text classifiers share: a subclass gives logits, and certainty makes answers of them."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from models.base import Predictor
from models.text_classification import occlusion
from models.text_classification.certainty import Certainty, CertaintyConfig, Floats
from models.types import Classification, LabelledText, WordWeight


class TextClassifier(Predictor[LabelledText, str, Classification]):
    """A classifier of texts.

    A subclass calls `calibrate` at the end of `fit`, and saves and restores `labels` and `certainty`.
    """

    task: ClassVar[str] = "text-classification"

    config: CertaintyConfig
    labels: tuple[str, ...] = ()
    certainty: Certainty = Certainty()

    @abstractmethod
    def logits(self, texts: Sequence[str]) -> Floats:
        """Score each text (row) for each of `labels` (column): unbounded, and before any temperature."""

    def predict(self, inputs: Sequence[str]) -> list[Classification]:
        return self.certainty.classifications(self.labels, self.logits(inputs))

    def explain(self, text: str, label: str | None = None) -> list[WordWeight]:
        """Say what each word did for a label, by default the answered one; in the order of the text.

        Raises:
            InputError: the classifier has no such label.
        """
        return occlusion.explain(self, text, label)

    def calibrate(self, validation: Sequence[LabelledText]) -> None:
        """Choose temperature and threshold by texts that the classifier did not learn from; see `CertaintyConfig`."""
        known = [example for example in validation if example.label in self.labels]
        truths = np.array([self.labels.index(example.label) for example in known], dtype=np.int64)
        logits = self.logits([example.text for example in known])
        self.certainty = Certainty.fit(logits, truths, answered_accuracy=self.config.answered_accuracy)
