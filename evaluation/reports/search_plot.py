"""The picture of a search for hyperparameters."""

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from evaluation.reports.drawing import BLUE, GREY, ORANGE, PALE, new_figure, plain, save


def search_plot(metric: str, values: Sequence[float], pruned: Sequence[bool], path: Path) -> None:
    """Draw what each trial reached on validation; a hollow point was stopped early, the line is the best so far."""
    from matplotlib.ticker import MaxNLocator

    trials = range(1, len(values) + 1)
    figure, axes = new_figure(8, 3.6)
    axes.step(trials, list(accumulate(values, max)), where="post", color=ORANGE, linewidth=1.5)
    for trial, value, was_stopped in zip(trials, values, pruned, strict=True):
        color = GREY if was_stopped else BLUE
        axes.plot(trial, value, "o", markeredgecolor=color, color="white" if was_stopped else color, markersize=6)
    axes.set_xlabel(f"trial; hollow: stopped early ({sum(pruned)} of {len(values)})")
    axes.set_ylabel(f"best {metric} on validation")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title(f"Best: trial {values.index(max(values)) + 1} with {max(values):.3f}", loc="left")
    axes.grid(axis="y", color=PALE)
    plain(axes)
    save(figure, path)
