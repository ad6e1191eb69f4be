"""The pictures of an evaluation. Colours are told apart by colour-blind readers (Okabe and Ito's palette)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.metrics import ClassificationReport, ClassScore, Interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#6B7280"
_NUMBERED_LABELS = 20  # with more labels the numbers in the cells can no longer be read
_SHOWN_CLASSES = 30
_SHOWN_PAIRS = 10


def confusion_plot(report: ClassificationReport, path: Path) -> None:
    """Draw what was taken for what: rows are true labels, columns the answers."""
    size = len(report.labels)
    counts = np.asarray(report.confusion, dtype=float)
    numbered = size <= _NUMBERED_LABELS
    inches = min(14.0, max(5.0, 0.45 * size)) if numbered else 13.0
    figure, axes = _figure(inches + 1.5, inches)
    # A logarithmic scale shows single errors beside hundreds of hits.
    image = axes.imshow(np.log1p(counts), cmap="Blues")
    axes.set_xticks(range(size), report.labels, rotation=90, fontsize=9 if numbered else 5.5)
    axes.set_yticks(range(size), report.labels, fontsize=9 if numbered else 5.5)
    if numbered:
        _number_cells(axes, counts)
    axes.set_xlabel("answered")
    axes.set_ylabel("true")
    accuracy = report.accuracy
    axes.set_title(f"Accuracy {_share(accuracy)}", loc="left")
    if not numbered:
        figure.colorbar(image, ax=axes, shrink=0.6, label="log(1 + count)")
    _save(figure, path)


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
        "all labels" if len(classes) == len(report.classes) else f"the {len(classes)} worst of {len(report.classes)}"
    )
    rows = {f"{row.label}  ({row.support})": row.recall for row in classes}
    figure, axes = _figure(8, 1.2 + 0.28 * len(rows))
    _draw_intervals(axes, rows, colors=[_BLUE] * len(rows))
    axes.set_xlim(0, 1.02)
    axes.set_xlabel("recall, with its 95 % interval; examples in brackets")
    axes.set_title(f"Which labels are found: {shown}", loc="left")
    _save(figure, path)


def worst_classes(report: ClassificationReport, *, limit: int) -> list[ClassScore]:
    """Give the labels with the lowest recall, the worst first."""
    seen = [row for row in report.classes if row.support]
    return sorted(seen, key=lambda row: (row.recall.value, -row.support, row.label))[:limit]


def intervals_plot(metric: str, scores: Mapping[str, Interval], path: Path) -> None:
    """Draw the same metric of several predictors with intervals; the first one is the version itself."""
    figure, axes = _figure(8, 1.3 + 0.5 * len(scores))
    colors = [_ORANGE, *[_BLUE] * (len(scores) - 1)]
    _draw_intervals(axes, {f"{name}  {score.value:.3f}": score for name, score in scores.items()}, colors=colors)
    low, high = min(score.low for score in scores.values()), max(score.high for score in scores.values())
    room = 0.1 * (high - low) + 0.005
    axes.set_xlim(max(0.0, low - room), min(1.0, high + room))
    axes.set_xlabel(f"{metric} on the frozen test split, with its 95 % interval")
    best = max(scores, key=lambda name: scores[name].value)
    axes.set_title(f"Best: {best}", loc="left")
    _save(figure, path)


def curves_plot(history: Sequence[Mapping[str, float]], path: Path) -> None:
    """Draw how loss and validation score went, step by step."""
    steps = [row["step"] for row in history]
    losses = [name for name in history[0] if name.endswith("loss")]
    scores = [name for name in history[0] if name.startswith("validation/") and name not in losses]
    panels = [names for names in (losses, scores) if names]
    figure, all_axes = _figure(5.2 * len(panels), 3.6, columns=len(panels))
    for axes, names in zip(np.atleast_1d(all_axes), panels, strict=True):
        for name, color in zip(names, (_BLUE, _ORANGE, _GREY), strict=False):
            axes.plot(steps, [row[name] for row in history], color=color, marker="o", markersize=4, label=name)
        axes.set_xlabel("epoch")
        axes.set_xticks(steps)
        axes.legend(frameon=False)
        _plain(axes)
    figure.suptitle(f"{len(steps)} epochs", x=0.01, ha="left")
    _save(figure, path)


def _draw_intervals(axes: "Axes", rows: Mapping[str, Interval], *, colors: Sequence[str]) -> None:
    for position, (interval, color) in enumerate(zip(rows.values(), colors, strict=True)):
        axes.plot([interval.low, interval.high], [position, position], color=color, linewidth=2, alpha=0.6)
        axes.plot(interval.value, position, "o", color=color, markersize=6)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(axis="x", color="#E5E7EB")
    _plain(axes)


def _number_cells(axes: "Axes", counts: Any) -> None:
    dark = np.log1p(counts.max()) * 0.6
    for row, column in zip(*np.nonzero(counts), strict=True):
        color = "white" if np.log1p(counts[row, column]) > dark else "#111827"
        axes.text(column, row, f"{counts[row, column]:.0f}", ha="center", va="center", fontsize=8, color=color)


def _figure(width: float, height: float, *, columns: int = 1) -> tuple["Figure", Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # draws without a display
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(1, columns)


def _plain(axes: "Axes") -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)


def _share(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def _save(figure: "Figure", path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
