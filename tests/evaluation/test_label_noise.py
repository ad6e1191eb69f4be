import numpy as np
import pytest

from configs.errors import InputError
from evaluation.label_noise import find_label_noise


def test_label_noise_when_a_label_is_flipped_finds_it() -> None:
    given = ["a"] * 5 + ["b"] * 5
    probabilities = np.array([[0.9, 0.1]] * 4 + [[0.1, 0.9]] + [[0.2, 0.8]] * 5)
    noise = find_label_noise(given, ["a", "b"], probabilities)
    assert [(one.index, one.given, one.suggested) for one in noise.suspects] == [(4, "a", "b")]
    assert noise.suspects[0].margin == pytest.approx(0.8)
    assert noise.examined == 10


def test_label_noise_when_the_model_is_unsure_suspects_nothing() -> None:
    """A label that the model never finds probable has a low threshold: what is a little above it is no suspect."""
    probabilities = np.array([[0.5, 0.3, 0.2], [0.45, 0.35, 0.2], [0.4, 0.4, 0.2]])
    noise = find_label_noise(["a", "a", "b"], ["a", "b", "c"], probabilities)
    assert not noise.suspects


def test_label_noise_when_sorted_starts_with_the_surest() -> None:
    given = ["a"] * 6 + ["b"] * 6
    probabilities = np.array([[0.8, 0.2]] * 4 + [[0.3, 0.7], [0.05, 0.95]] + [[0.4, 0.6]] * 6)
    assert [one.index for one in find_label_noise(given, ["a", "b"], probabilities).suspects] == [5, 4]


@pytest.mark.parametrize("shape", [(2, 2), (3, 1), (0, 2)])
def test_label_noise_when_the_shapes_differ(shape: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="probabilities"):
        find_label_noise(["a", "b", "a"], ["a", "b"], np.ones(shape))


def test_label_noise_when_a_label_has_no_column() -> None:
    with pytest.raises(InputError, match="`c`"):
        find_label_noise(["c"], ["a"], np.ones((1, 1)))
