"""Tables for people: Markdown, CSV, and the errors that a reviewer reads first."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Write a table; a bar or a line break in a cell cannot end it."""
    lines = [_row(header), _row(["---"] * len(header)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def write_table(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as CSV; the columns are those of the first row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else ["text"])
        writer.writeheader()
        writer.writerows(rows)


def worst_errors(
    texts: Sequence[str],
    truths: Sequence[str | Sequence[str]],
    answers: Sequence[str],
    confidences: Sequence[float | None],
    scores: Sequence[float],
    *,
    limit: int,
) -> list[dict[str, Any]]:
    """Give the worst answers: the lowest scores first, and among equals those the predictor was surest of."""
    order = sorted(range(len(texts)), key=lambda index: (scores[index], -(confidences[index] or 0.0), index))
    wrong = [index for index in order if scores[index] < 1.0][:limit]
    return [
        {
            "text": texts[index],
            "true": _shown(truths[index]),
            "answered": answers[index],
            **({} if confidences[index] is None else {"confidence": f"{confidences[index]:.3f}"}),
            "score": f"{scores[index]:.3f}",
        }
        for index in wrong
    ]


def _shown(truth: str | Sequence[str]) -> str:
    """Give what was right in one line; what several people wrote stands side by side."""
    return truth if isinstance(truth, str) else " / ".join(truth)


def _row(cells: Sequence[Any]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
