"""The picture of a split's parts."""

from collections.abc import Sequence
from pathlib import Path

from evaluation.reports.drawing import BLUE, ORANGE, draw_intervals, literal, new_figure, save
from evaluation.slices import SliceScore

_SHOWN = 30


def slices_plot(metric: str, scores: Sequence[SliceScore], path: Path) -> None:
    """Draw the score of each part with its interval, the worst first."""
    shown = scores[:_SHOWN]
    rows = {f"{literal(one.name)}  ({one.support})": one.score for one in shown}
    figure, axes = new_figure(8, 1.2 + 0.28 * len(rows))
    draw_intervals(axes, rows, colors=[ORANGE if one.below else BLUE for one in shown])
    below = sum(one.below for one in scores)
    axes.set_xlabel(f"{metric} with its 95 % interval; examples in brackets")
    axes.set_title(f"{below} of {len(scores)} parts clearly below the whole (orange)", loc="left")
    save(figure, path)
