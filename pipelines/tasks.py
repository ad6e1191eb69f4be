"""What differs between tasks: how examples are read, answers compared, and rows for drift derived."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation import label_sets, metrics
from models.types import LabelledText, MultiLabelledText, Score, SummarizedText
from serving.columns import classification_columns, summary_columns

Row = Mapping[str, float | str]


@dataclass(frozen=True)
class Task:
    """One task, as the flows see it.

    Attributes:
        name: its Hugging Face name.
        example: the class of its examples.
        inputs: examples to what `predict` takes.
        truths: examples to what was right: the label, all labels, or all summaries that people wrote.
        answers: outputs of `predict` to what is compared with the truths.
        score: `(truths, answers) -> metrics`; the first one decides.
        per_example: `(truths, answers) -> one score per example`, for intervals.
        confidence: how sure an output is, 0 to 1, or None where the task has no such thing.
        profile_row: `(input, output) -> derived columns`, for drift.
        schema: names and types of input and output, compared by the gate.
    """

    name: str
    example: type[LabelledText] | type[MultiLabelledText] | type[SummarizedText]
    inputs: Callable[[Sequence[Any]], list[Any]]
    truths: Callable[[Sequence[Any]], list[Any]]
    answers: Callable[[Sequence[Any]], list[Any]]
    score: Score
    per_example: Callable[[Sequence[Any], Sequence[Any]], Sequence[float]]
    confidence: Callable[[Any], float | None]
    profile_row: Callable[[Any, Any], Row]
    schema: Mapping[str, str]


TASKS: Mapping[str, Task] = {
    "text-classification": Task(
        name="text-classification",
        example=LabelledText,
        inputs=lambda examples: [example.text for example in examples],
        truths=lambda examples: [example.label for example in examples],
        answers=lambda outputs: [output.label for output in outputs],
        score=metrics.classification_scores,
        per_example=metrics.per_example_correct,
        confidence=lambda output: float(output.score),
        profile_row=classification_columns,
        schema={"input": "text: string", "output": "label: string, score: double, answered: boolean"},
    ),
    "multi-label-classification": Task(
        name="multi-label-classification",
        example=MultiLabelledText,
        inputs=lambda examples: [example.text for example in examples],
        truths=lambda examples: [example.labels for example in examples],
        answers=lambda outputs: [output.labels for output in outputs],
        score=label_sets.label_set_scores,
        per_example=label_sets.per_example_f1,
        confidence=lambda _output: None,
        profile_row=classification_columns,
        schema={"input": "text: string", "output": "labels: list of string"},
    ),
    "summarization": Task(
        name="summarization",
        example=SummarizedText,
        inputs=lambda examples: [example.request for example in examples],
        truths=lambda examples: [example.references for example in examples],
        answers=lambda outputs: [output.text for output in outputs],
        score=metrics.summary_scores,
        per_example=metrics.per_example_rouge,
        confidence=lambda _output: None,
        profile_row=lambda request, output: summary_columns(request.text, output),
        schema={"input": "text: string, max_sentences: long", "output": "sentences: string"},
    ),
}
