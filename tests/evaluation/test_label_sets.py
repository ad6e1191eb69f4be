"""Scores of sets of labels."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score
from sklearn.preprocessing import MultiLabelBinarizer

from configs.errors import InputError
from evaluation.label_sets import label_set_report, label_set_scores, per_example_f1

sets = st.sets(st.sampled_from("abcd")).map(sorted)


@given(st.lists(st.tuples(sets, sets), min_size=1, max_size=12))
def test_scores_when_compared_with_scikit_learn(pairs: list[tuple[list[str], list[str]]]) -> None:
    y_true, y_pred = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    binarizer = MultiLabelBinarizer().fit([*y_true, *y_pred])
    assume(len(binarizer.classes_) > 1)  # scikit-learn takes a single label for a question of yes or no
    scores = label_set_scores(y_true, y_pred)
    true, answered = binarizer.transform(y_true), binarizer.transform(y_pred)
    assert scores == pytest.approx(
        {
            "micro_f1": f1_score(true, answered, average="micro", zero_division=0),
            "macro_f1": f1_score(true, answered, average="macro", zero_division=0),
            "exact": accuracy_score(true, answered),
        }
    )
    assert np.mean(per_example_f1(y_true, y_pred)) == pytest.approx(
        f1_score(true, answered, average="samples", zero_division=1)
    )


def test_report_when_some_labels_are_missed() -> None:
    y_true = [["a"], ["a", "b"], ["b"], []] * 25
    y_pred = [["a"], ["a"], ["b"], []] * 25
    report = label_set_report(y_true, y_pred)
    assert {name: one.value for name, one in report.intervals.items()} == pytest.approx(
        label_set_scores(y_true, y_pred)
    )
    for one in report.intervals.values():
        assert one.low < one.value < one.high
        assert one.high - one.low < 0.25
    assert set(report.as_metrics("test")) >= {"test/micro_f1", "test/macro_f1_low", "test/exact_high"}


def test_scores_when_there_is_no_label_at_all() -> None:
    assert label_set_scores([[], []], [[], []]) == {"micro_f1": 0.0, "macro_f1": 0.0, "exact": 1.0}
    assert per_example_f1([[], []], [[], ["a"]]) == [1.0, 0.0]


@pytest.mark.parametrize(("y_true", "y_pred"), [([], []), ([["a"]], [])])
def test_scores_when_answers_are_missing(y_true: list[list[str]], y_pred: list[list[str]]) -> None:
    with pytest.raises(InputError):
        label_set_scores(y_true, y_pred)
