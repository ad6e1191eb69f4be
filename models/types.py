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
    """One example of text classification; `slices` are the parts of the data it belongs to, e.g. `channel: chat`."""

    text: str
    label: str
    slices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # JSON gives a list back, which neither hashes nor equals what was written.
        object.__setattr__(self, "slices", tuple(self.slices))


@dataclass(frozen=True)
class MultiLabelledText:
    """One example of multi-label classification: all labels that apply, possibly none."""

    text: str
    labels: tuple[str, ...]
    slices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))
        object.__setattr__(self, "slices", tuple(self.slices))


@dataclass(frozen=True)
class SummarizedText:
    """One example of summarization.

    Attributes:
        text: what is summarized.
        summary: what a person wrote, to learn from.
        other_summaries: what further people wrote; the answer that is scored may be like any of them.
        sentences: of the text, where its source says where they end; otherwise empty.
        slices: the parts of the data it belongs to.
    """

    text: str
    summary: str
    other_summaries: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    slices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "other_summaries", tuple(self.other_summaries))
        object.__setattr__(self, "sentences", tuple(self.sentences))
        object.__setattr__(self, "slices", tuple(self.slices))

    @property
    def references(self) -> tuple[str, ...]:
        """All summaries that people wrote."""
        return (self.summary, *self.other_summaries)

    @property
    def request(self) -> "SummaryRequest":
        """What a summarizer is asked."""
        return SummaryRequest(self.text, sentences=self.sentences)


@dataclass(frozen=True)
class Classification:
    """The answer of a text classifier.

    Attributes:
        label: the most probable label.
        score: its probability, 0 to 1.
        scores: the probability of each label.
        answered: whether the classifier is sure enough; if not, `label` is its best guess and no answer.
        labels: all labels that apply, possibly none; None: the classifier gives exactly one, `label`.
    """

    label: str
    score: float
    scores: Mapping[str, float]
    answered: bool = True
    labels: tuple[str, ...] | None = None


@dataclass(frozen=True)
class WordWeight:
    """What a word, or a few neighbouring ones, did for a label.

    Attributes:
        word: as it stands in the text, from character `start` to before `end`.
        weight: by how much it raised the logarithm of the label's odds; negative: it spoke against it.
    """

    word: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class SummaryRequest:
    """A text to summarize.

    Attributes:
        text: the text.
        max_sentences: at most so many; None: the model's own default.
        sentences: of the text, where it is known where they end; otherwise the model finds them.
    """

    text: str
    max_sentences: int | None = None
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Summary:
    """The answer of a summarizer; sentences taken from the source stand in its order."""

    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentences as one passage."""
        return " ".join(self.sentences)
