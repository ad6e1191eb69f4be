"""Text classification by TF-IDF and a linear model: the baseline that a transformer has to beat."""

from collections.abc import Sequence
from typing import ClassVar

from scipy.sparse import csr_matrix

from models.linear import LinearWeights
from models.text_classification.certainty import CertaintyConfig
from models.text_classification.classifier import TextClassifier
from models.tfidf_classifier import TfidfClassifier, TfidfClassifierConfig
from models.types import LabelledText


class TfidfLinearConfig(TfidfClassifierConfig, CertaintyConfig):
    """The hyperparameters of `TfidfLinearClassifier`."""


class TfidfLinearClassifier(TfidfClassifier[LabelledText], TextClassifier):
    """A linear classifier that gives each text the label of the highest score."""

    config_class: ClassVar[type[TfidfClassifierConfig]] = TfidfLinearConfig
    config: TfidfLinearConfig

    def fit_weights(self, rows: csr_matrix, examples: Sequence[LabelledText], *, seed: int) -> LinearWeights:
        return LinearWeights.fit_one_label(rows, [example.label for example in examples], self.config, seed=seed)
