"""What predictors take and give: plain data, no framework."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Score = Callable[[Sequence[Any], Sequence[Any]], Mapping[str, float]]
"""`score(y_true, y_pred) -> {metric: value}`, handed to `fit` by the layer above; higher is better."""


class Report(Protocol):
    """Told how fitting goes: `report(step, total, {"train/loss": 0.4})`; steps count from 1."""

    def __call__(self, step: int, total: int, metrics: Mapping[str, float]) -> None: ...


@dataclass(frozen=True)
class LabelledText:
    """One example of text classification."""

    text: str
    label: str


@dataclass(frozen=True)
class SummarizedText:
    """One example of summarization."""

    text: str
    summary: str


@dataclass(frozen=True)
class Classification:
    """The answer of a text classifier.

    Attributes:
        label: the most probable label.
        score: its probability, 0 to 1.
        scores: the probability of each label.
        answered: whether the classifier is sure enough; if not, `label` is its best guess and no answer.
    """

    label: str
    score: float
    scores: Mapping[str, float]
    answered: bool = True


@dataclass(frozen=True)
class SummaryRequest:
    """A text to summarize to at most `max_sentences` sentences (None: the model's own default)."""

    text: str
    max_sentences: int | None = None


@dataclass(frozen=True)
class Summary:
    """The answer of a summarizer; `sentences` in the order of the source."""

    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentences as one passage."""
        return " ".join(self.sentences)
