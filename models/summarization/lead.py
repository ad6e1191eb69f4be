"""Summarization by the first sentences: the baseline, hard to beat where writers put the news first."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

from models.saved import reading
from models.summarization.sentences import sentences_of
from models.summarization.summarizer import Summarizer
from models.types import Report, Score, SummarizedText, Summary, SummaryRequest


class LeadSummarizer(Summarizer):
    """Takes the first sentences. There is nothing to learn; `fit` reports the score."""

    kind: ClassVar[str] = "lead"

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
        report(1, 1, self.score_on(validation, score))

    def predict(self, inputs: Sequence[SummaryRequest]) -> list[Summary]:
        return [
            Summary(tuple(sentences_of(request)[: request.max_sentences or self.config.max_sentences]))
            for request in inputs
        ]

    def save(self, folder: Path) -> None:
        self.write_about(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        with reading("summarizer", folder):
            return cls(**cls.read_about(folder)["parameters"])
