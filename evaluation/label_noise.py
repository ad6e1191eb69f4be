"""Labels that are probably wrong, by confident learning (Northcutt, Jiang and Chuang, 2021).

A model that never saw an example says how probable each label is. An example
counts as confidently of a label when that label is at least as probable as it is
on average among the examples that carry it. Examples that carry one label and are
confidently of another are suspects.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from configs.errors import InputError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Suspect:
    """An example whose label is probably wrong.

    Attributes:
        index: which example.
        given: the label that it carries.
        suggested: the label that it is confidently of.
        margin: how much more probable the suggested label is than the given one, 0 to 1.
    """

    index: int
    given: str
    suggested: str
    margin: float


@dataclass(frozen=True)
class LabelNoise:
    """What was found in the labels of a split.

    Attributes:
        suspects: the surest first.
        examined: how many examples were looked at.
    """

    suspects: tuple[Suspect, ...]
    examined: int


def find_label_noise(given: Sequence[str], labels: Sequence[str], probabilities: Floats) -> LabelNoise:
    """Find the examples whose label is probably wrong.

    Args:
        given: the label that each example carries.
        labels: the label of each column of `probabilities`.
        probabilities: for each example (row) how probable each label is, by a model that did not learn from it.

    Raises:
        InputError: the shapes differ, or a label has no column.
    """
    if probabilities.shape != (len(given), len(labels)) or not len(given):
        raise InputError(
            f"Expected {len(given)} rows of {len(labels)} probabilities, but got the shape {probabilities.shape}."
        )
    column = {label: index for index, label in enumerate(labels)}
    missing = sorted({*given} - column.keys())
    if missing:
        raise InputError(f"There is no probability for the label `{missing[0]}`.")
    codes = np.array([column[label] for label in given])
    confident = _confident_labels(codes, probabilities)
    margins = probabilities[np.arange(len(codes)), confident] - probabilities[np.arange(len(codes)), codes]
    doubtful = np.flatnonzero((confident >= 0) & (confident != codes) & (margins > 0))
    order = doubtful[np.argsort(-margins[doubtful], kind="stable")]
    suspects = [
        Suspect(int(index), given[index], labels[confident[index]], float(margins[index])) for index in order.tolist()
    ]
    return LabelNoise(tuple(suspects), len(codes))


def _confident_labels(codes: Ints, probabilities: Floats) -> Ints:
    """Give the label that each example is confidently of, the most probable one of several, or -1 for none."""
    count = probabilities.shape[1]
    carriers = np.bincount(codes, minlength=count)
    own = np.bincount(codes, weights=probabilities[np.arange(len(codes)), codes], minlength=count)
    # A label that no example carries has no threshold, and nothing is confidently of it.
    thresholds = np.where(carriers > 0, own / np.maximum(carriers, 1), np.inf)
    confident = np.where(probabilities >= thresholds, probabilities, -1.0)
    best: Ints = confident.argmax(axis=1)
    return np.where(confident.max(axis=1) >= 0, best, -1)
