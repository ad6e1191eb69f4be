"""Score a predictor on examples: what training reports and what the gate asks for anew."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from evaluation.gates import Scores
from models.base import Predictor
from pipelines.tasks import Task

# One by one, as a caller waits for them; the median of 50 moves by a few percent between runs.
_TIMED_EXAMPLES = 50


@dataclass(frozen=True)
class Answered:
    """A predictor's outputs on a split, beside what was right."""

    inputs: Sequence[Any]
    outputs: Sequence[Any]
    truths: Sequence[Any]
    answers: Sequence[Any]
    scores: Scores


def score(task: Task, predictor: Predictor[Any, Any, Any], examples: Sequence[Any], *, folder: Path) -> Answered:
    """Let `predictor` answer `examples` and score the answers.

    Args:
        task: how answers are compared.
        predictor: what is scored.
        examples: a held-out split.
        folder: the predictor's files, for their size.
    """
    inputs = task.inputs(examples)
    truths = task.truths(examples)
    outputs = predictor.predict(inputs)
    answers = task.answers(outputs)
    scores = Scores(
        metrics=dict(task.score(truths, answers)),
        per_example=tuple(float(value) for value in task.per_example(truths, answers)),
        latency_ms=_median_latency_ms(predictor, inputs[:_TIMED_EXAMPLES]),
        size_bytes=sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()),
        schema=task.schema,
    )
    return Answered(inputs=inputs, outputs=outputs, truths=truths, answers=answers, scores=scores)


def _median_latency_ms(predictor: Predictor[Any, Any, Any], inputs: Sequence[Any]) -> float:
    durations = []
    for item in inputs:
        started = time.perf_counter()
        predictor.predict([item])
        durations.append(time.perf_counter() - started)
    return median(durations) * 1000
