"""A linear model: one row of weights for each label."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from configs.loader import ClosedModel
from models.classifier import Floats

_ITERATIONS = 1000  # far more than it takes to converge on scaled features
_CERTAIN = 10.0  # the logit of a label that every text has: there is nothing to tell apart


class LinearConfig(ClosedModel):
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
    """A fitted linear model: `weights` has one row a label and one column a feature, `bias` one number a label."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    @classmethod
    def fit_one_label(
        cls, features: csr_matrix, labels: Sequence[str], config: LinearConfig, *, seed: int
    ) -> "LinearWeights":
        """Learn to tell labels apart, of which each row of features has one; the rows of weights are in their order."""
        model = _estimator(config, seed).fit(features, labels)
        weights, bias = model.coef_, model.intercept_
        if len(bias) == 1:  # with two labels scikit-learn keeps the second one's row only
            weights, bias = np.vstack([np.zeros_like(weights), weights]), np.concatenate([np.zeros(1), bias])
        return cls(weights.astype(np.float32), bias.astype(np.float32))

    @classmethod
    def fit_each_label(
        cls, features: csr_matrix, truths: NDArray[np.bool_], config: LinearConfig, *, seed: int
    ) -> "LinearWeights":
        """Learn each label by itself.

        Args:
            features: one row a text.
            truths: says of each text (row) which labels (column) it has.
            config: how to fit.
            seed: of the random choices of the fit.
        """
        weights = np.zeros((truths.shape[1], features.shape[1]), dtype=np.float32)
        bias = np.full(truths.shape[1], _CERTAIN, dtype=np.float32)
        for index, column in enumerate(truths.T):
            if not column.all():
                model = _estimator(config, seed).fit(features, column)
                weights[index], bias[index] = model.coef_[0], model.intercept_[0]
        return cls(weights, bias)

    @classmethod
    def restore(cls, weights: NDArray[np.float32], bias: NDArray[np.float32]) -> "LinearWeights":
        """Take over saved weights.

        Raises:
            ValueError: there is not one row of weights for each number of the bias.
        """
        if bias.shape != weights.shape[:1]:
            raise ValueError("the bias does not fit the weights")
        return cls(weights, bias)

    def logits(self, features: csr_matrix) -> Floats:
        """Score each row of features for each label."""
        scores: Floats = np.asarray(features @ self.weights.T + self.bias, dtype=np.float64)
        return scores


def _estimator(config: LinearConfig, seed: int) -> Any:
    make = LogisticRegression if config.loss == "logistic" else LinearSVC
    return make(
        C=config.inverse_regularization, class_weight=config.class_weight, max_iter=_ITERATIONS, random_state=seed
    )
