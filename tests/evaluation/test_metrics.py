import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from configs.errors import InputError
from evaluation import metrics
from evaluation.metrics import Interval

Labels = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1, max_size=60)


@given(Labels)
@settings(deadline=None)  # scikit-learn warms up in the first example
def test_classification_scores_when_compared_with_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    y_true, y_pred = [truth for truth, _ in pairs], [answer for _, answer in pairs]
    scores = metrics.classification_scores(y_true, y_pred)
    assert list(scores) == ["accuracy", "macro_f1"]
    assert scores["accuracy"] == pytest.approx(accuracy_score(y_true, y_pred))
    assert scores["macro_f1"] == pytest.approx(f1_score(y_true, y_pred, average="macro", zero_division=0))


def test_classification_report_when_labels_are_confused() -> None:
    report = metrics.classification_report(["a", "a", "a", "b", "b", "c"], ["a", "a", "b", "b", "b", "d"])
    assert report.labels == ("a", "b", "c", "d")
    assert report.confusion == ((2, 1, 0, 0), (0, 2, 0, 0), (0, 0, 0, 1), (0, 0, 0, 0))
    a, b, c, d = report.classes
    assert (a.precision, a.recall.value, a.f1, a.support) == (1.0, pytest.approx(2 / 3), pytest.approx(0.8), 3)
    assert (b.precision, b.recall.value) == (pytest.approx(2 / 3), 1.0)
    assert (c.precision, c.recall.value, c.f1) == (0.0, 0.0, 0.0)
    assert d.recall == Interval(0.0, 0.0, 1.0)  # never true: nothing is known of it
    assert report.accuracy.value == pytest.approx(4 / 6)
    assert set(report.as_metrics("test")) == {
        f"test/{name}{end}" for name in ("accuracy", "macro_f1") for end in ("", "_low", "_high")
    }


def test_macro_f1_interval_when_compared_with_plain_resampling() -> None:
    """Drawing cells of the confusion matrix is drawing examples."""
    random = np.random.default_rng(3)
    y_true = random.choice(["a", "b", "c"], 300, p=[0.6, 0.3, 0.1])
    y_pred = np.where(random.random(300) < 0.8, y_true, random.choice(["a", "b", "c"], 300))
    plain = []
    for _ in range(600):
        drawn = random.integers(0, 300, 300)
        plain.append(metrics.classification_scores(list(y_true[drawn]), list(y_pred[drawn]))["macro_f1"])
    interval = metrics.classification_report(list(y_true), list(y_pred)).macro_f1
    assert (interval.low, interval.high) == pytest.approx(np.quantile(plain, [0.025, 0.975]), abs=0.015)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)],
)
def test_wilson_interval_when_known(successes: int, trials: int, low: float, high: float) -> None:
    """The last two are worked examples of Newcombe (1998), table I."""
    interval = metrics.wilson_interval(successes, trials)
    assert (interval.low, interval.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_bootstrap_mean_when_the_truth_is_known() -> None:
    """The interval of 95 % holds the true mean in about 95 of 100 samples."""
    random = np.random.default_rng(1)
    intervals = [metrics.bootstrap_mean(random.exponential(2.0, 150), seed=seed) for seed in range(100)]
    held = sum(interval.low <= 2.0 <= interval.high for interval in intervals)
    assert 88 <= held <= 99


def test_paired_difference_when_one_is_better() -> None:
    better, worse = [1.0] * 90 + [0.0] * 10, [1.0] * 80 + [0.0] * 20
    difference = metrics.paired_difference(better, worse, seed=1)
    assert difference.value == pytest.approx(0.1)
    assert 0 < difference.low < 0.1 < difference.high < 0.2
    assert difference == metrics.paired_difference(better, worse, seed=1)
    assert metrics.paired_difference(better, better, seed=1) == Interval(0.0, 0.0, 0.0)


def test_summary_scores_when_worked_out_by_hand() -> None:
    scores = metrics.summary_scores(["the cat sat"], ["the cat ran off"])
    assert list(scores) == ["rouge1", "rouge2", "rougeL"]
    assert scores["rouge1"] == pytest.approx(2 * (2 / 4) * (2 / 3) / (2 / 4 + 2 / 3))
    assert scores["rouge2"] == pytest.approx(2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2))
    assert metrics.summary_scores([["nothing alike", "a b"]], ["a b"])["rougeL"] == 1.0  # the best reference counts


def test_summary_scores_when_references_differ_takes_all_kinds_from_the_closest_by_rouge1() -> None:
    closest, in_order = "d c b a", "x y z a b c"
    alone = metrics.summary_scores([in_order], ["a b c d"])
    both = metrics.summary_scores([[in_order, closest]], ["a b c d"])
    assert both == metrics.summary_scores([closest], ["a b c d"])
    assert both["rouge2"] < alone["rouge2"]


def test_summary_report_when_compared_with_its_scores() -> None:
    references, predictions = ["a b c", "d e f", "g h"], ["a b c", "d x y", "q"]
    report = metrics.summary_report(references, predictions)
    scores = metrics.summary_scores(references, predictions)
    assert {name: interval.value for name, interval in report.intervals.items()} == pytest.approx(scores)
    assert report.rouge1.low < report.rouge1.value < report.rouge1.high
    assert np.mean(metrics.per_example_rouge(references, predictions)) == pytest.approx(scores["rouge1"])


def test_per_example_correct_when_scored() -> None:
    assert metrics.per_example_correct(["a", "b"], ["a", "a"]) == [1.0, 0.0]


@pytest.mark.parametrize(("y_true", "y_pred"), [([], []), (["a"], []), (["a"], ["a", "b"])])
def test_scores_when_answers_are_missing(y_true: list[str], y_pred: list[str]) -> None:
    for score in (metrics.classification_scores, metrics.summary_scores, metrics.per_example_correct):
        with pytest.raises(InputError, match="Expected"):
            score(y_true, y_pred)
