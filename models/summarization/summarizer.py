"""What all summarizers share: parameters, the judging of summaries, and what is written beside their weights."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from configs.errors import DatasetError
from configs.files import atomic_write
from configs.loader import ClosedModel
from models.base import Predictor
from models.summarization.sentences import sentences_of
from models.types import Score, SummarizedText, Summary, SummaryRequest

_FILE = "summarizer.json"
_READ_SENTENCES = 1000  # of one text: the work grows with the square; far beyond a letter, a report or a thread


class SummarizerConfig(ClosedModel):
    """The hyperparameter of all summarizers."""

    max_sentences: int = Field(3, ge=1, le=100, description="Length of a summary when the request names none.")


class Summarizer(Predictor[SummarizedText, SummaryRequest, Summary]):
    """A predictor of summaries."""

    task: ClassVar[str] = "summarization"
    config_class: ClassVar[type[SummarizerConfig]] = SummarizerConfig
    config: SummarizerConfig

    def score_on(self, examples: Sequence[SummarizedText], score: Score) -> dict[str, float]:
        """Summarize examples and compare with what people wrote; gives the metrics as `report` takes them."""
        summaries = self.predict([example.request for example in examples])
        scores = score([example.references for example in examples], [summary.text for summary in summaries])
        return {f"validation/{name}": value for name, value in scores.items()}

    def write_about(self, folder: Path, **facts: Any) -> None:
        """Write the parameters, and what else is plain data, into a saved folder."""
        folder.mkdir(parents=True, exist_ok=True)
        about = {"parameters": self.parameters(), **facts}
        atomic_write(folder / _FILE, json.dumps(about, ensure_ascii=False).encode())

    @staticmethod
    def read_about(folder: Path) -> dict[str, Any]:
        """Read what `write_about` wrote; to be called within `reading`."""
        about: dict[str, Any] = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return about


def sentences_read(request: SummaryRequest) -> list[str]:
    """Give the sentences of a text that a summarizer looks at."""
    return sentences_of(request)[:_READ_SENTENCES]


def refuse_too_few(train: Sequence[SummarizedText], validation: Sequence[SummarizedText]) -> None:
    """Refuse to learn from nothing.

    Raises:
        DatasetError: there are no examples.
    """
    if not train or not validation:
        raise DatasetError("Expected texts with summaries to learn from and to validate on, but got none.")
