"""How fast and how good each runtime of a model was: a row, a sentence and a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.reports.drawing import BLUE, GREY, ORANGE, new_figure, plain, save


@dataclass(frozen=True)
class RuntimeRow:
    """One runtime.

    Attributes:
        name: of the runtime.
        score: its score on validation.
        per_second: answers per second of one core.
        problem: why it could not be measured; empty where it was.
    """

    name: str
    score: float = 0.0
    per_second: float = 0.0
    problem: str = ""


def runtimes_sentence(rows: Sequence[RuntimeRow], chosen: RuntimeRow, metric: str) -> str:
    """Say what was chosen, how much faster than the first row it is, and what that costs."""
    reference = rows[0]
    if chosen == reference:
        return f"Answers are computed by {chosen.name}: no other runtime that was allowed is faster and as good."
    return (
        f"Answers are computed by {chosen.name}, {chosen.per_second / reference.per_second:.1f} times as fast as "
        f"{reference.name} on the machine that trained; {metric} on validation is {chosen.score:.4f} instead of "
        f"{reference.score:.4f}."
    )


def runtimes_plot(
    rows: Sequence[RuntimeRow], chosen: RuntimeRow, metric: str, tolerated_loss: float, path: Path
) -> None:
    """Draw speed against score, the chosen runtime in orange; what lies left of the line gives up too much."""
    measured = [row for row in rows if not row.problem]
    figure, axes = new_figure(8, 3.5)
    for row in measured:
        axes.plot(row.score, row.per_second, "o", color=ORANGE if row == chosen else BLUE, markersize=8)
        axes.annotate(row.name, (row.score, row.per_second), textcoords="offset points", xytext=(8, 4))
    axes.axvline(rows[0].score - tolerated_loss, color=GREY, linestyle="--", linewidth=1)
    axes.margins(x=0.25)
    axes.set_ylim(0, 1.15 * max(row.per_second for row in measured))
    axes.set_xlabel(f"{metric} on validation; dashed: the least that is tolerated")
    axes.set_ylabel("answers per second of one core")
    axes.set_title(f"Chosen: {chosen.name}", loc="left")
    plain(axes)
    save(figure, path)
