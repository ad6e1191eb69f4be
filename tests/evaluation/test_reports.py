from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from evaluation.metrics import Interval, classification_report
from evaluation.reports import plots
from evaluation.reports.card import CardFacts, model_card
from evaluation.reports.runtimes import RuntimeRow, runtimes_plot, runtimes_sentence
from evaluation.reports.tables import markdown_table, worst_errors

HISTORY = [{"step": step, "train/loss": 1 / step, "validation/accuracy": 1 - 0.5 / step} for step in (1, 2, 3)]


def a_report(labels: int) -> object:
    truths = [f"label-{number % labels}" for number in range(labels * 12)]
    answers = [truth if number % 5 else f"label-{(number + 1) % labels}" for number, truth in enumerate(truths)]
    return classification_report(truths, answers)


@pytest.mark.parametrize("labels", [3, 77])
def test_plots_when_drawn_are_pictures(labels: int, tmp_path: Path) -> None:
    report = a_report(labels)
    plots.confusion_plot(report, tmp_path / "confusion.png")
    plots.recall_plot(report, tmp_path / "recall.png")
    plots.curves_plot(HISTORY, tmp_path / "curves.png")
    plots.intervals_plot("accuracy", {"a": Interval(0.8, 0.7, 0.9), "b": Interval(0.6, 0.5, 0.7)}, tmp_path / "i.png")
    rows = [RuntimeRow("torch", 0.93, 220.0), RuntimeRow("onnx-int8", 0.928, 640.0), RuntimeRow("onnx", problem="no")]
    runtimes_plot(rows, rows[1], "accuracy", 0.003, tmp_path / "runtimes.png")
    for path in tmp_path.iterdir():
        with Image.open(path) as picture:
            assert 300 < picture.width <= 700  # what a page of MLflow shows
            assert len(picture.convert("RGB").getcolors(1 << 24)) > 10  # something is drawn


def test_plots_when_labels_look_like_formulas(tmp_path: Path) -> None:
    report = classification_report(["$\\frac$", "below $5"], ["below $5", "below $5"])
    plots.confusion_plot(report, tmp_path / "confusion.png")
    plots.recall_plot(report, tmp_path / "recall.png")
    assert len(list(tmp_path.iterdir())) == 2


def test_curves_plot_when_a_step_reports_less(tmp_path: Path) -> None:
    plots.curves_plot([{"step": 1, "train/loss": 2.0}, *HISTORY[1:]], tmp_path / "curves.png")
    assert (tmp_path / "curves.png").stat().st_size > 1000


def test_confused_pairs_when_counted() -> None:
    report = classification_report(["a", "a", "b", "b"], ["b", "b", "b", "c"])
    assert plots.confused_pairs(report) == [("a", "b", 2), ("b", "c", 1)]
    assert [row.label for row in plots.worst_classes(report, limit=5)] == ["a", "b"]


def test_worst_errors_when_sorted() -> None:
    rows = worst_errors(
        ["right", "unsure", "sure"], ["a", "a", "a"], ["a", "b", "b"], [0.9, 0.5, 0.99], [1.0, 0.0, 0.0], limit=5
    )
    assert [row["text"] for row in rows] == ["sure", "unsure"]


FACTS = CardFacts(
    name="mail",
    description="Sorts mail.",
    intended_use="Sorting, not deciding.",
    digest="d" * 64,
    predictor="transformer",
    data={
        "source": "files",
        "licence": None,
        "digest": "e" * 64,
        "counts": {"train": 9},
        "warnings": ["2 doubles"],
    },
    metric="accuracy",
    scores={
        "this version": {"accuracy": Interval(0.9, 0.8, 0.95)},
        "baseline": {"accuracy": Interval(0.7, 0.6, 0.8)},
    },
    differences={"baseline": Interval(0.2, 0.1, 0.3)},
    latency_ms=1.0,
    size_bytes=2_000_000,
    seconds=3.0,
    peak_mb=512.0,
    errors=[{"text": "a | b\nc", "true": "x", "answered": "y", "confidence": "0.9", "score": "0.0"}],
    pictures={"Confusion": "plots/confusion.png"},
)


def test_model_card_when_written_holds_its_facts() -> None:
    card = model_card(FACTS)
    for part in (
        "d" * 64,
        "e" * 64,
        "not stated",
        "0.900 (0.800 to 0.950)",
        "+0.200",
        "more than chance",
        "2 doubles",
        "512 MB",
    ):
        assert part in card
    assert "![Confusion](get-artifact?path=plots/confusion.png&run_uuid={run_id})" in card
    assert "a \\| b c" in card


def test_model_card_when_there_is_much_to_say_fits_a_description() -> None:
    label = "a_label_with_a_rather_long_and_telling_name"
    row = {**FACTS.errors[0], "text": "some words " * 40, "true": label, "answered": label}
    long = replace(
        FACTS,
        worst_classes=[(label, Interval(0.5, 0.4, 0.6), 9)] * 20,
        confused=[(label, label, 3)] * 20,
        errors=[row] * 20,
    )
    card = model_card(long)
    assert 3000 < len(card) <= 5000
    assert card.count(label) > 10
    assert "predictor = load(" in card


def test_markdown_table_when_a_cell_holds_a_bar() -> None:
    assert markdown_table(("a",), [("x|y",)]).splitlines()[-1] == "| x\\|y |"


def test_runtimes_sentence_when_another_is_faster_says_what_it_costs() -> None:
    rows = [RuntimeRow("torch", 0.93, 220.0), RuntimeRow("onnx-int8", 0.928, 660.0)]
    assert "3.0 times as fast as torch" in runtimes_sentence(rows, rows[1], "accuracy")
    assert "0.9280 instead of 0.9300" in runtimes_sentence(rows, rows[1], "accuracy")
    assert "no other runtime" in runtimes_sentence(rows, rows[0], "accuracy")
