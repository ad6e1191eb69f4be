"""What the linear classifiers share: one row of weights for each label."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from configs.errors import DatasetError
from models.text_classification.certainty import CertaintyConfig, Floats
from models.types import LabelledText

_ITERATIONS = 1000  # far more than it takes to converge on scaled features


class LinearConfig(CertaintyConfig):
    """How to fit the weights."""

    loss: Literal["logistic", "hinge"] = Field(
        "logistic", description="`hinge` (a linear support vector machine) is faster where there are many features."
    )
    inverse_regularization: float = Field(10.0, gt=0, description="Larger fits the training texts more closely.")
    class_weight: Literal["balanced"] | None = Field(
        None, description="`balanced`: a mistake weighs as much more as its label is rarer."
    )


@dataclass(frozen=True)
class LinearWeights:
    """A fitted linear model: `weights` has one row a label and one column a feature."""

    labels: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    @classmethod
    def fit(
        cls, features: csr_matrix, examples: Sequence[LabelledText], config: LinearConfig, *, seed: int
    ) -> "LinearWeights":
        """Fit the weights.

        Raises:
            DatasetError: the examples have fewer than two labels.
        """
        labels = [example.label for example in examples]
        if len(set(labels)) < 2:
            raise DatasetError("Expected examples of at least two labels to learn from, but got one or none.")
        make = LogisticRegression if config.loss == "logistic" else LinearSVC
        model: Any = make(
            C=config.inverse_regularization,
            class_weight=config.class_weight,
            max_iter=_ITERATIONS,
            random_state=seed,
        )
        model.fit(features, labels)
        weights, bias = _one_row_a_label(model.coef_, model.intercept_)
        return cls(tuple(map(str, model.classes_)), weights.astype(np.float32), bias.astype(np.float32))

    @classmethod
    def restore(
        cls, labels: Sequence[str], weights: NDArray[np.float32], bias: NDArray[np.float32], *, width: int
    ) -> "LinearWeights":
        """Take over saved weights.

        Raises:
            ValueError: they do not fit the labels and `width` features.
        """
        if weights.shape != (len(labels), width) or bias.shape != (len(labels),):
            raise ValueError("the weights do not fit the labels and the features")
        return cls(tuple(labels), weights, bias)

    def logits(self, features: csr_matrix) -> Floats:
        """Score each row of features for each label."""
        scores: Floats = np.asarray(features @ self.weights.T + self.bias, dtype=np.float64)
        return scores


def _one_row_a_label(weights: Floats, bias: Floats) -> tuple[Floats, Floats]:
    """With two labels scikit-learn keeps the second one's row only; the first one's is zero then."""
    if len(bias) > 1:
        return weights, bias
    return np.vstack([np.zeros_like(weights), weights]), np.concatenate([np.zeros(1), bias])
