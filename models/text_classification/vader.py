"""Sentiment by VADER: a lexicon of words with their mood and rules for what stands around them. It learns nothing.

Hutto and Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", 2014. The
baseline of sentiment that costs nothing; English only.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import Field
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from configs.errors import DatasetError
from configs.files import atomic_write
from models.classifier import Floats
from models.saved import reading
from models.text_classification.certainty import Certainty, CertaintyConfig
from models.text_classification.classifier import TextClassifier
from models.types import LabelledText, Report, Score

_NEUTRAL = 0.05  # the authors' bound: compound scores between -0.05 and 0.05 are neutral


class VaderConfig(CertaintyConfig):
    """What the data calls the moods."""

    negative: str = Field("negative", min_length=1)
    neutral: str | None = Field(None, min_length=1, description="Without it, a text of no mood is positive.")
    positive: str = Field("positive", min_length=1)


class VaderClassifier(TextClassifier):
    """Tells the sentiment of English texts; only the certainty is fitted."""

    kind: ClassVar[str] = "vader"
    config_class: ClassVar[type[VaderConfig]] = VaderConfig
    config: VaderConfig

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        # Of equally probable labels the first one is answered; the authors count both bounds out of what is neutral.
        moods = (self.config.positive, self.config.negative, self.config.neutral)
        self.labels = tuple(mood for mood in moods if mood is not None)
        self._analyzer: Any = SentimentIntensityAnalyzer()

    def fit(
        self,
        train: Sequence[LabelledText],
        validation: Sequence[LabelledText],
        *,
        score: Score,
        report: Report,
        checkpoint_dir: Path,  # noqa: ARG002 (nothing is learnt)
        seed: int,  # noqa: ARG002
    ) -> None:
        unknown = sorted({example.label for example in train} - set(self.labels))
        if unknown:
            raise DatasetError(
                f"VADER knows the labels {', '.join(self.labels)}, but the examples have `{unknown[0]}`.",
                hint="Say in the parameters which labels are `negative`, `neutral` and `positive`.",
            )
        scores = self.calibrate_and_score(validation, score)
        report(1, 1, {f"validation/{name}": value for name, value in scores.items()})

    def logits(self, texts: Sequence[str]) -> Floats:
        compounds = [float(self._analyzer.polarity_scores(text)["compound"]) for text in texts]
        # The highest of these three is the label that the authors' bound gives.
        moods = {self.config.positive: 1.0, self.config.negative: -1.0}
        rows = [
            [compound * moods[label] if label in moods else _NEUTRAL for label in self.labels] for compound in compounds
        ]
        return np.array(rows, dtype=np.float64).reshape(len(texts), len(self.labels))

    def save(self, folder: Path) -> None:
        about = {"certainty": self.certainty.as_dict(), "parameters": self.config.model_dump(mode="json")}
        atomic_write(folder / "classifier.json", json.dumps(about, ensure_ascii=False, indent=2).encode())

    @classmethod
    def load(cls, folder: Path) -> Self:
        with reading("classifier", folder):
            about = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
            predictor = cls(**about["parameters"])
            predictor.certainty = Certainty.from_dict(about["certainty"])
        return predictor
