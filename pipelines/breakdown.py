"""What the evaluation says beyond the whole: parts of the test split, and other predictors measure by measure."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.comparison import Difference, compare_classifiers, compare_summaries
from evaluation.reports.slices_plot import slices_plot
from evaluation.reports.tables import write_table
from evaluation.slices import SliceScore, frequency_slices, length_slices, named_slices, slice_scores
from pipelines.scoring import Answered
from pipelines.splits import Splits

_NAMED_SLICES = 2  # in the card; the table holds all


def write_slices(folder: Path, splits: Splits, answered: Answered, metric: str) -> tuple[list[str], dict[str, str]]:
    """Score parts of the test split: `tables/slices.csv` and `plots/slices.png`.

    Returns:
        Sentences for the card, and title → path of the picture among the run's artifacts.
    """
    trained_on: Mapping[str, int] = splits.facts.get("labels", {}).get("train", {})
    slices = {
        **length_slices([example.text for example in splits.test]),
        **named_slices([example.slices for example in splits.test]),
    }
    if trained_on and all(isinstance(truth, str) for truth in answered.truths):
        slices |= frequency_slices(answered.truths, trained_on)
    scores = slice_scores(slices, answered.scores.per_example)
    write_table(folder / "tables" / "slices.csv", [_row(score) for score in scores])
    if not scores:
        return [], {}
    slices_plot(metric, scores, folder / "plots" / "slices.png")
    return _sentences(scores), {"Slices": "plots/slices.png"}


def write_comparisons(folder: Path, task: str, ours: Answered, others: Mapping[str, Answered]) -> None:
    """Compare with the baseline and the champion: `tables/compared_with_<name>.csv`, the largest loss of a label first.

    Args:
        folder: the step's growing output.
        task: the task's name.
        ours: the answers of the version itself.
        others: name → answers of another predictor on the same examples.
    """
    for name, theirs in others.items():
        rows = [difference.row(name) for difference in _differences(task, ours, theirs)]
        if rows:
            write_table(folder / "tables" / f"compared_with_{name.split()[0]}.csv", rows)


def _differences(task: str, ours: Answered, theirs: Answered) -> list[Difference]:
    if task == "text-classification":
        return compare_classifiers(ours.truths, ours.answers, theirs.answers)
    if task == "summarization":
        return compare_summaries(ours.truths, ours.answers, theirs.answers)
    return []


def _sentences(scores: Sequence[SliceScore]) -> list[str]:
    """Name the parts that are clearly worse than the whole."""
    worse = [score for score in scores if score.below][:_NAMED_SLICES]
    if not worse:
        return ["No part of the test split is clearly worse than the whole."]
    return [
        f"Clearly worse than the whole: {score.name}, {score.score.value:.3f} ({score.score.low:.3f} to "
        f"{score.score.high:.3f}) over {score.support:,} examples."
        for score in worse
    ]


def _row(score: SliceScore) -> dict[str, Any]:
    return {
        "slice": score.name,
        "score": f"{score.score.value:.4f}",
        "low": f"{score.score.low:.4f}",
        "high": f"{score.score.high:.4f}",
        "examples": score.support,
        "clearly below the whole": "yes" if score.below else "no",
    }
