import numpy as np
import pytest
from sklearn.metrics import f1_score

from evaluation.comparison import compare_classifiers, compare_summaries
from evaluation.metrics import paired_macro_f1_difference


def test_compare_classifiers_when_one_label_was_lost() -> None:
    truths = ["a"] * 60 + ["b"] * 60
    ours = ["a"] * 60 + ["b"] * 30 + ["a"] * 30
    theirs = ["a"] * 54 + ["b"] * 66
    rows = {row.measure: row for row in compare_classifiers(truths, ours, theirs)}
    assert list(rows) == ["accuracy", "macro_f1", "recall of b", "recall of a"]
    assert rows["accuracy"].difference.value == pytest.approx(90 / 120 - 114 / 120)
    assert rows["recall of b"].sure
    assert rows["recall of b"].difference.high < 0
    assert rows["recall of a"].difference.value == pytest.approx(0.1)
    assert rows["recall of a"].support == 60
    shown = rows["accuracy"].row("champion (version 3)")
    assert (shown["champion (version 3)"], shown["difference"], shown["more than chance"]) == (
        "0.9500",
        "-0.2000",
        "yes",
    )


def test_compare_classifiers_when_both_are_the_same_is_not_sure() -> None:
    truths, answers = ["a", "b"] * 20, ["a", "a"] * 20
    assert not any(row.sure or row.difference.value for row in compare_classifiers(truths, answers, answers))


def test_paired_macro_f1_difference_when_computed_agrees_with_the_standard_scorer() -> None:
    random = np.random.default_rng(3)
    truths = random.choice(["a", "b", "c"], 300)
    ours = np.where(random.random(300) < 0.8, truths, "a").tolist()
    theirs = np.where(random.random(300) < 0.6, truths, "b").tolist()
    found = paired_macro_f1_difference(truths.tolist(), ours, theirs)
    expected = f1_score(truths, ours, average="macro") - f1_score(truths, theirs, average="macro")
    assert found.value == pytest.approx(expected)
    assert 0 < found.low < found.value < found.high < 0.5


def test_compare_summaries_when_ours_is_better() -> None:
    references = ["The pump failed on Monday"] * 30
    rows = compare_summaries(references, references, ["Nothing alike at all"] * 30)
    assert [row.measure for row in rows] == ["rouge1", "rouge2", "rougeL"]
    assert all(row.ours == 1.0 and row.sure for row in rows)
