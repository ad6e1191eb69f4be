"""The picture of a learning curve."""

from collections.abc import Sequence
from pathlib import Path

from evaluation.metrics import Interval
from evaluation.reports.drawing import BLUE, PALE, new_figure, plain, save


def learning_plot(metric: str, examples: Sequence[int], scores: Sequence[Interval], path: Path) -> None:
    """Draw the score on validation over the number of training examples, with intervals."""
    figure, axes = new_figure(8, 3.6)
    axes.plot(examples, [score.value for score in scores], "o-", color=BLUE)
    for count, score in zip(examples, scores, strict=True):
        axes.plot([count, count], [score.low, score.high], color=BLUE, linewidth=2, alpha=0.5)
    axes.set_xlim(0, max(examples) * 1.05)
    axes.set_xlabel("training examples")
    axes.set_ylabel(f"{metric} on validation, with its 95 % interval")
    gain = scores[-1].value - scores[-2].value
    axes.set_title(f"From {examples[-2]:,} to {examples[-1]:,} examples: {gain:+.3f}", loc="left")
    axes.grid(axis="y", color=PALE)
    plain(axes)
    save(figure, path)
