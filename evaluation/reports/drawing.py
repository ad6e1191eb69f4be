"""What all pictures share. Colours are told apart by colour-blind readers (Okabe and Ito's palette)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.metrics import Interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREY, PALE = "#0072B2", "#D55E00", "#6B7280", "#E5E7EB"


def new_figure(width: float, height: float, *, columns: int = 1) -> tuple["Figure", Any]:
    """Give an empty figure and its axes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # draws without a display
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(1, columns)


def draw_intervals(axes: "Axes", rows: Mapping[str, Interval], *, colors: Sequence[str]) -> None:
    """Draw one row for each name: a value and its interval."""
    for position, (interval, color) in enumerate(zip(rows.values(), colors, strict=True)):
        axes.plot([interval.low, interval.high], [position, position], color=color, linewidth=2, alpha=0.6)
        axes.plot(interval.value, position, "o", color=color, markersize=6)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(axis="x", color=PALE)
    plain(axes)


def plain(axes: "Axes") -> None:
    """Leave out what frames the data and says nothing."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)


def literal(text: str) -> str:
    """Keep matplotlib from reading a formula between two dollar signs."""
    return text.replace("$", r"\$")


def share(interval: Interval) -> str:
    """Write a score with its interval."""
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def save(figure: "Figure", path: Path) -> None:
    """Write a figure as PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A model page of MLflow shows some 700 pixels and cuts off the rest: figures are at most 8.7 inches wide.
    figure.savefig(path, dpi=80)
