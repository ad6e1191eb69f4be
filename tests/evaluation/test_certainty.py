"""How sure answers were against how right they were."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from configs.errors import InputError
from evaluation.certainty import certainty_report, coverage_curve, expected_calibration_error, reliability
from evaluation.reports import plots


def drawn(count: int = 5000, seed: int = 1) -> tuple[list[float], list[float]]:
    """Answers that are right exactly as often as they are sure."""
    random = np.random.default_rng(seed)
    confidences = random.uniform(0.4, 1.0, count)
    return (random.random(count) < confidences).astype(float).tolist(), confidences.tolist()


def test_calibration_error_when_worked_out_by_hand() -> None:
    # Two bins: 0.62 sure and half right, 0.9 sure and all right.
    assert expected_calibration_error([1, 0, 1, 1], [0.62, 0.62, 0.9, 0.9]) == pytest.approx((0.12 + 0.1) / 2)


def test_calibration_error_when_answers_are_as_right_as_they_are_sure() -> None:
    correct, confidences = drawn()
    assert expected_calibration_error(correct, confidences) < 0.02
    bold = [confidence**0.25 for confidence in confidences]
    assert expected_calibration_error(correct, bold) == pytest.approx(np.mean(bold) - np.mean(confidences), abs=0.02)


def test_reliability_when_confidences_are_at_the_ends() -> None:
    bins = reliability([0, 1, 1], [0.0, 1.0, 1.0])
    assert [(one.confidence, one.accuracy.value, one.count) for one in bins] == [(0.0, 0.0, 1), (1.0, 1.0, 2)]


def test_coverage_curve_when_worked_out_by_hand() -> None:
    points = coverage_curve([0, 1, 1, 0], [0.5, 0.9, 0.7, 0.7])
    assert [(one.threshold, one.coverage, one.accuracy) for one in points] == [
        (0.9, 0.25, 1.0),
        (0.7, 0.75, pytest.approx(2 / 3)),  # equally sure, so answered together
        (0.5, 1.0, 0.5),
    ]


def test_report_when_some_texts_are_not_answered() -> None:
    report = certainty_report([1, 1, 1, 0], [0.9, 0.8, 0.7, 0.4], [0.5] * 4, [True, True, True, False])
    metrics = report.as_metrics("test")
    assert metrics["test/coverage"] == 0.75
    assert metrics["test/answered_accuracy"] == 1.0
    assert metrics["test/answered_accuracy_low"] < 0.5  # three answers prove little
    assert "answer 75.0% of the texts" in report.sentences()[1]


def test_report_when_every_text_is_answered() -> None:
    report = certainty_report([1, 0], [0.9, 0.8], [0.6, 0.5], None)
    assert set(report.as_metrics("test")) == {"test/ece", "test/ece_uncalibrated"}
    assert len(report.sentences()) == 1


def test_report_when_no_text_is_answered() -> None:
    report = certainty_report([1, 0], [0.9, 0.8], [0.6, 0.5], [False, False])
    assert report.as_metrics("test")["test/coverage"] == 0.0
    assert "test/answered_accuracy" not in report.as_metrics("test")
    assert "none of the texts" in report.sentences()[1]


@pytest.mark.parametrize(("correct", "confidences"), [([], []), ([1], [0.5, 0.5])])
def test_calibration_error_when_answers_are_missing(correct: list[float], confidences: list[float]) -> None:
    with pytest.raises(InputError):
        expected_calibration_error(correct, confidences)


@pytest.mark.parametrize("answered", [True, False, None])
def test_plots_when_drawn_are_pictures(answered: bool | None, tmp_path: Path) -> None:
    correct, confidences = drawn(100)
    given = None if answered is None else [answered] * 100
    report = certainty_report(correct, confidences, confidences, given)
    plots.reliability_plot(report, tmp_path / "reliability.png")
    plots.coverage_plot(report, tmp_path / "coverage.png")
    for name in ("reliability", "coverage"):
        with Image.open(tmp_path / f"{name}.png") as picture:
            assert picture.width <= 700
            assert len(picture.convert("RGB").getcolors(2**20) or ()) > 5
