"""The pictures of an evaluation."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.certainty import CertaintyReport, ReliabilityBin
from evaluation.metrics import ClassificationReport, ClassScore, Interval
from evaluation.reports.drawing import BLUE, GREY, ORANGE, PALE, draw_intervals, literal, new_figure, plain, save, share

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHOWN_LABELS = 20  # with more, the numbers in the cells can no longer be read
_SHOWN_CLASSES = 30
_SHOWN_PAIRS = 10
_DARKEST_COUNT = 10.0  # three errors shall not look like a disaster where there are no more


def confusion_plot(report: ClassificationReport, path: Path) -> None:
    """Draw what was taken for what: rows are true labels, columns the answers. Of many labels, the most confused."""
    labels, counts = _most_confused(report, limit=_SHOWN_LABELS)
    size = len(labels)
    inches = min(7.0, max(5.0, 0.45 * size))
    figure, axes = new_figure(inches + 1.5, inches)
    hits = np.eye(size, dtype=bool)
    _draw_cells(axes, np.ma.masked_where(~hits | (counts == 0), counts), "Blues")
    _draw_cells(axes, np.ma.masked_where(hits | (counts == 0), counts), "Oranges")
    axes.set_xticks(range(size), map(literal, labels), rotation=90, fontsize=8)
    axes.set_yticks(range(size), map(literal, labels), fontsize=8)
    axes.set_xlabel("answered")
    axes.set_ylabel("true")
    shown = "" if size == len(report.labels) else f"; the {size - 1} labels with most errors of {len(report.labels)}"
    title = f"Accuracy {share(report.accuracy)}\nright answers blue, errors orange{shown}"
    axes.set_title(title, loc="left", fontsize=10)
    for row, column in zip(*np.nonzero(counts), strict=True):
        axes.text(column, row, f"{counts[row, column]:.0f}", ha="center", va="center", fontsize=8)
    save(figure, path)


def _most_confused(report: ClassificationReport, *, limit: int) -> tuple[list[str], Any]:
    """Give the labels and counts to draw.

    Beyond `limit`, the others share a row and a column; their errors among each
    other are few, and left out, because the diagonal is for right answers.
    """
    counts = np.asarray(report.confusion, dtype=float)
    if len(report.labels) <= limit:
        return list(report.labels), counts
    errors = counts.sum(0) + counts.sum(1) - 2 * counts.diagonal()
    chosen = np.sort(np.argsort(-errors, kind="stable")[: limit - 1])
    others = np.setdiff1d(np.arange(len(report.labels)), chosen)
    groups = [*chosen.reshape(-1, 1), others]
    condensed = np.array([[counts[rows][:, columns].sum() for columns in groups] for rows in groups])
    condensed[-1, -1] = counts[others, others].sum()
    return [*(report.labels[index] for index in chosen), f"{len(others)} others"], condensed


def confused_pairs(report: ClassificationReport, *, limit: int = _SHOWN_PAIRS) -> list[tuple[str, str, int]]:
    """Give the most frequent errors: true label, answered label, count."""
    pairs = [
        (truth, answer, report.confusion[row][column])
        for row, truth in enumerate(report.labels)
        for column, answer in enumerate(report.labels)
        if row != column and report.confusion[row][column]
    ]
    return sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))[:limit]


def recall_plot(report: ClassificationReport, path: Path) -> None:
    """Draw the recall of each label with its interval, the worst first."""
    classes = worst_classes(report, limit=_SHOWN_CLASSES)
    shown = (
        f"all {len(classes)} labels"
        if len(classes) == len(report.classes)
        else f"the {len(classes)} worst of {len(report.classes)} labels"
    )
    rows = {f"{literal(row.label)}  ({row.support})": row.recall for row in classes}
    figure, axes = new_figure(8, 1.2 + 0.28 * len(rows))
    below = [row.recall.high < report.accuracy.value for row in classes]
    draw_intervals(axes, rows, colors=[ORANGE if is_below else BLUE for is_below in below])
    axes.axvline(report.accuracy.value, color=GREY, linestyle="--", linewidth=1)
    axes.set_xlim(0, 1.02)
    # Of the figure and not of the axes, which long labels make narrow.
    figure.supxlabel("recall, with its 95 % interval; examples in brackets; dashed: accuracy over all labels", size=10)
    figure.suptitle(f"Recall of {shown}: {sum(below)} clearly below the whole (orange)", x=0.01, ha="left", size=12)
    save(figure, path)


def worst_classes(report: ClassificationReport, *, limit: int) -> list[ClassScore]:
    """Give the labels with the lowest recall, the worst first."""
    seen = [row for row in report.classes if row.support]
    return sorted(seen, key=lambda row: (row.recall.value, -row.support, row.label))[:limit]


def intervals_plot(metric: str, scores: Mapping[str, Interval], path: Path) -> None:
    """Draw the same metric of several predictors with intervals; the first one is the version itself."""
    figure, axes = new_figure(8, 1.3 + 0.5 * len(scores))
    colors = [ORANGE, *[BLUE] * (len(scores) - 1)]
    draw_intervals(
        axes, {f"{literal(name)}  {score.value:.3f}": score for name, score in scores.items()}, colors=colors
    )
    low, high = min(score.low for score in scores.values()), max(score.high for score in scores.values())
    room = 0.1 * (high - low) + 0.005
    axes.set_xlim(max(0.0, low - room), min(1.0, high + room))
    axes.set_xlabel(f"{metric} on the frozen test split, with its 95 % interval")
    best = max(scores, key=lambda name: scores[name].value)
    axes.set_title(f"Best: {literal(best)}", loc="left")
    save(figure, path)


def reliability_plot(report: CertaintyReport, path: Path) -> None:
    """Draw how often answers of each confidence are right, with and without the temperature."""
    figure, all_axes = new_figure(8, 4.2, columns=2)
    panels = [
        ("calibrated", report.bins, report.ece),
        ("not calibrated", report.bins_uncalibrated, report.ece_uncalibrated),
    ]
    for axes, (name, bins, error) in zip(all_axes, panels, strict=True):
        _draw_reliability(axes, bins)
        axes.set_title(f"{name}: {error:.3f} off", loc="left", fontsize=10)
    all_axes[0].set_ylabel("share of right answers, with its 95 % interval")
    figure.suptitle("Answers as right as they are sure lie on the dashed line", x=0.01, ha="left")
    save(figure, path)


def coverage_plot(report: CertaintyReport, path: Path) -> None:
    """Draw what accuracy could be had by leaving the unsurest texts unanswered, and where the classifier stands."""
    figure, axes = new_figure(8, 4.2)
    axes.plot([one.coverage for one in report.curve], [one.accuracy for one in report.curve], color=BLUE)
    title = f"Answering every text: {report.curve[-1].accuracy:.1%} right"
    if report.coverage is not None and report.answered_accuracy is not None:
        accuracy = report.answered_accuracy
        axes.plot([report.coverage.value] * 2, [accuracy.low, accuracy.high], color=ORANGE, linewidth=2, alpha=0.6)
        axes.plot(report.coverage.value, accuracy.value, "o", color=ORANGE, markersize=7)
        title += f". Answering {report.coverage.value:.1%} as the threshold has it (orange): {accuracy.value:.1%} right"
    axes.set_xlim(0, 1.02)
    axes.set_xlabel("share of texts that are answered, the surest first")
    axes.set_ylabel("share of right answers among them")
    axes.set_title(title, loc="left", fontsize=10)
    axes.grid(color=PALE)
    plain(axes)
    save(figure, path)


def curves_plot(history: Sequence[Mapping[str, float]], path: Path) -> None:
    """Draw how loss and validation score went, step by step; what a step does not report leaves a gap."""
    names = list(dict.fromkeys(name for row in history for name in row if name != "step"))
    losses = [name for name in names if name.endswith("loss")]
    scores = [name for name in names if name.startswith("validation/") and name not in losses]
    panels = [panel for panel in (losses, scores) if panel]
    figure, all_axes = new_figure(4.3 * len(panels), 3.2, columns=len(panels))
    for axes, panel in zip(np.atleast_1d(all_axes), panels, strict=True):
        _draw_curves(axes, history, panel)
    figure.suptitle(_curves_title(history, scores), x=0.01, ha="left")
    save(figure, path)


def _draw_curves(axes: "Axes", history: Sequence[Mapping[str, float]], names: Sequence[str]) -> None:
    from matplotlib.ticker import MaxNLocator

    steps = [row["step"] for row in history]
    for name, color in zip(names, itertools.cycle((BLUE, ORANGE, GREY)), strict=False):
        values = [row.get(name, float("nan")) for row in history]
        axes.plot(steps, values, color=color, marker="o", markersize=4, label=name)
    axes.set_xlabel("step")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False)
    plain(axes)


def _curves_title(history: Sequence[Mapping[str, float]], scores: Sequence[str]) -> str:
    if not scores:
        return f"{len(history)} steps"
    best = max((row for row in history if scores[0] in row), key=lambda row: row[scores[0]])
    return f"{scores[0]} is highest after step {best['step']:.0f} of {len(history)}: {best[scores[0]]:.3f}"


def _draw_reliability(axes: "Axes", bins: Sequence[ReliabilityBin]) -> None:
    axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1)
    largest = max(one.count for one in bins)
    for one in bins:
        axes.plot([one.confidence] * 2, [one.accuracy.low, one.accuracy.high], color=BLUE, linewidth=2, alpha=0.5)
        # The area says how many answers a point stands for.
        size = 3 + 9 * np.sqrt(one.count / largest)
        axes.plot(one.confidence, one.accuracy.value, "o", color=BLUE, markersize=size)
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("confidence")
    axes.grid(color=PALE)
    plain(axes)


def _draw_cells(axes: "Axes", counts: Any, colors: str) -> None:
    """Colour the cells on a logarithmic scale, which shows single errors beside hundreds."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap, LogNorm

    # Neither the palest colours, so that a single one stands out from none, nor those on which no number is read.
    visible = ListedColormap(colormaps[colors](np.linspace(0.25, 0.75, 256)))
    largest = float(counts.max()) if counts.count() else 0.0
    axes.imshow(counts, cmap=visible, norm=LogNorm(vmin=1.0, vmax=max(_DARKEST_COUNT, largest)))
