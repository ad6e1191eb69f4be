"""From which probability on a label is given: chosen for each label on validation."""

import numpy as np
from numpy.typing import NDArray

from models.classifier import Floats

_UNSEEN = 0.5  # of a label that no validation text has: nothing speaks for another one


def best_thresholds(probabilities: Floats, truths: NDArray[np.bool_]) -> Floats:
    """Give the threshold of each label with the highest F1.

    Args:
        probabilities: one row a text, one column a label.
        truths: which labels each text has.
    """
    return np.array([_best_threshold(*columns) for columns in zip(probabilities.T, truths.T, strict=True)])


def _best_threshold(probabilities: Floats, truths: NDArray[np.bool_]) -> float:
    if not truths.any():
        return _UNSEEN
    order = np.argsort(-probabilities, kind="stable")
    ranked = probabilities[order]
    given = np.arange(1, len(ranked) + 1)
    f1 = 2 * np.cumsum(truths[order]) / (given + truths.sum())
    f1[:-1][ranked[1:] == ranked[:-1]] = 0  # texts of equal probability get the label together
    best = int(np.argmax(f1))
    # Halfway to the next text, because those to come will not lie exactly where these do.
    below = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    return float((ranked[best] + below) / 2)
