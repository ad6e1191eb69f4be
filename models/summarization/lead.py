"""Summarization by the first sentences: the baseline, hard to beat where writers put the news first."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import Field

from configs.errors import IntegrityError
from configs.files import atomic_write
from configs.loader import ClosedModel, parse
from models.base import Predictor
from models.summarization.sentences import sentences_of
from models.types import Report, Score, SummarizedText, Summary, SummaryRequest

_FILE = "summarizer.json"


class LeadConfig(ClosedModel):
    """The hyperparameter of `LeadSummarizer`."""

    max_sentences: int = Field(3, ge=1, le=100, description="Length of a summary when the request names none.")


class LeadSummarizer(Predictor[SummarizedText, SummaryRequest, Summary]):
    """Takes the first sentences. There is nothing to learn; `fit` reports the score."""

    task: ClassVar[str] = "summarization"
    kind: ClassVar[str] = "lead"

    def __init__(self, **parameters: Any) -> None:
        self.config = parse(parameters, LeadConfig, source=f"{self.task}/{self.kind}")

    def fit(
        self,
        train: Sequence[SummarizedText],  # noqa: ARG002
        validation: Sequence[SummarizedText],
        *,
        score: Score,
        report: Report,
        checkpoint_dir: Path,  # noqa: ARG002
        seed: int,  # noqa: ARG002
    ) -> None:
        summaries = self.predict([example.request for example in validation])
        scores = score([example.references for example in validation], [summary.text for summary in summaries])
        report(1, 1, {f"validation/{name}": value for name, value in scores.items()})

    def predict(self, inputs: Sequence[SummaryRequest]) -> list[Summary]:
        return [
            Summary(tuple(sentences_of(request)[: request.max_sentences or self.config.max_sentences]))
            for request in inputs
        ]

    def save(self, folder: Path) -> None:
        about = {"parameters": self.config.model_dump(mode="json")}
        atomic_write(folder / _FILE, json.dumps(about).encode())

    @classmethod
    def load(cls, folder: Path) -> Self:
        try:
            return cls(**json.loads((folder / _FILE).read_text(encoding="utf-8"))["parameters"])
        except (OSError, KeyError, ValueError, TypeError) as error:
            raise IntegrityError(f"The summarizer cannot be read: {error!r}.", where=str(folder)) from None

    def parameters(self) -> Mapping[str, Any]:
        return self.config.model_dump(mode="json")
