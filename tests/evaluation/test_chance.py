from collections import Counter

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from evaluation.chance import chance_level

RANDOM = np.random.default_rng(11)


def distance(method: str, first: list[float | str], second: list[float | str]) -> float:
    """What Evidently computes; `test_drift` checks that it does."""
    if method == "wasserstein":
        return float(wasserstein_distance(first, second) / max(float(np.std(first)), 0.001))
    one, other = Counter(first), Counter(second)
    labels = sorted({*one, *other})
    return float(jensenshannon([one[label] / len(first) for label in labels], [other[label] for label in labels]))


SAMPLES = {
    "numbers": ("wasserstein", RANDOM.lognormal(3, 0.6, 800).tolist()),
    "one number": ("wasserstein", [1.0] * 800),
    "a few outliers": ("wasserstein", [0.0] * 797 + [5.0, 50.0, 500.0]),
    "labels": ("jensenshannon", [str(label) for label in RANDOM.integers(0, 8, 800)]),
    "many labels": ("jensenshannon", [str(label) for label in RANDOM.integers(0, 77, 800)]),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_chance_level_when_compared_with_plain_shuffling(name: str) -> None:
    method, values = SAMPLES[name]
    random = np.random.default_rng(5)
    shuffled = [list(random.permutation(values)) for _ in range(400)]
    if method == "wasserstein":
        shuffled = [[float(value) for value in order] for order in shuffled]
    plain = np.quantile([distance(method, order[:600], order[600:]) for order in shuffled], 0.95)
    level = chance_level(method, values[:600], values[600:], share=0.05, seed=1)
    assert level == pytest.approx(plain, rel=0.15)


def test_chance_level_when_there_are_more_rows_or_labels() -> None:
    few = [str(label) for label in RANDOM.integers(0, 8, 2400)]
    many = [str(label) for label in RANDOM.integers(0, 77, 2400)]

    def level(values: list[str], rows: int) -> float:
        return chance_level("jensenshannon", values[: 2 * rows], values[2 * rows : 3 * rows], share=0.01, seed=1)

    assert level(few, 800) < level(few, 200) < level(many, 200)


def test_chance_level_when_repeated() -> None:
    method, values = SAMPLES["numbers"]
    levels = [chance_level(method, values[:600], values[600:], share=0.01, seed=seed) for seed in (1, 1, 2)]
    assert levels[0] == levels[1] != levels[2]
