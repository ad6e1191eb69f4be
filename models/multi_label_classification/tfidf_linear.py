"""Multi-label classification by TF-IDF and one linear model for each label: the baseline."""

from collections.abc import Sequence
from typing import ClassVar

from scipy.sparse import csr_matrix

from models.linear import LinearWeights
from models.multi_label_classification.classifier import MultiLabelClassifier
from models.tfidf_classifier import TfidfClassifier, TfidfClassifierConfig
from models.types import MultiLabelledText


class MultiLabelTfidfClassifier(TfidfClassifier[MultiLabelledText], MultiLabelClassifier):
    """A linear classifier of each label by itself."""

    config_class: ClassVar[type[TfidfClassifierConfig]] = TfidfClassifierConfig

    def fit_weights(self, rows: csr_matrix, examples: Sequence[MultiLabelledText], *, seed: int) -> LinearWeights:
        return LinearWeights.fit_each_label(rows, self.truths(examples), self.config, seed=seed)
