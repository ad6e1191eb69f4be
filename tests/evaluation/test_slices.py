import pytest

from evaluation.slices import frequency_slices, length_slices, named_slices, slice_scores


def test_length_slices_when_cut_hold_every_text_once() -> None:
    texts = ["word " * (number % 40 + 1) for number in range(200)]
    slices = length_slices(texts)
    assert list(slices) == [
        "texts of 1 to 10 words",
        "texts of 11 to 20 words",
        "texts of 21 to 30 words",
        "texts of 31 to 40 words",
    ]
    assert sorted(index for indices in slices.values() for index in indices) == list(range(200))


@pytest.mark.parametrize("lengths", [[5] * 50, []])
def test_length_slices_when_all_are_alike_are_none(lengths: list[int]) -> None:
    assert length_slices(["word " * length for length in lengths]) == {}


def test_length_slices_when_many_are_equal_never_cut_between_them() -> None:
    slices = length_slices(["a"] * 90 + ["a b"] * 10)
    assert {name: len(indices) for name, indices in slices.items()} == {
        "texts of 1 words": 90,
        "texts of 2 words": 10,
    }


def test_frequency_slices_when_labels_differ_in_training() -> None:
    slices = frequency_slices(["rare", "often", "often", "new"], {"rare": 2, "often": 2000})
    assert slices == {
        "labels with 0 training examples": [3],
        "labels with 2 training examples": [0],
        "labels with 2,000 training examples": [1, 2],
    }


def test_named_slices_when_examples_are_in_several_hold_each_of_them() -> None:
    names = [("channel: chat", "country: DE"), ("channel: mail", "country: DE"), ()]
    assert named_slices(names) == {"channel: chat": [0], "country: DE": [0, 1], "channel: mail": [1]}


def test_slice_scores_when_one_part_is_worse() -> None:
    right = [1.0] * 95 + [0.0] * 5 + [1.0] * 10 + [0.0] * 30
    slices = {"channel: mail": range(100), "channel: chat": range(100, 140)}
    worst, best = slice_scores(slices, right)
    assert (worst.name, worst.support, worst.below) == ("channel: chat", 40, True)
    assert (best.name, best.score.value, best.below) == ("channel: mail", 0.95, False)
    assert worst.score.low < 0.25 < worst.score.high


def test_slice_scores_when_a_part_is_small_leave_it_out() -> None:
    assert [row.name for row in slice_scores({"few": range(5), "many": range(50)}, [1.0] * 50)] == ["many"]


def test_slice_scores_when_scores_are_no_shares_have_intervals() -> None:
    (row,) = slice_scores({"all": range(60)}, [0.2, 0.4, 0.6] * 20)
    assert row.score.value == pytest.approx(0.4)
    assert row.score.low < 0.4 < row.score.high
