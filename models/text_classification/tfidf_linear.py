"""Text classification by TF-IDF and a linear model: the baseline that a transformer has to beat."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix

from configs.errors import IntegrityError
from configs.files import atomic_write
from configs.loader import parse
from models.text_classification.certainty import Certainty, Floats
from models.text_classification.classifier import TextClassifier
from models.text_classification.linear import LinearConfig, LinearWeights
from models.text_classification.tfidf import TfidfConfig, TfidfFeatures
from models.types import LabelledText, Report, Score


class TfidfLinearConfig(TfidfConfig, LinearConfig):
    """The hyperparameters of `TfidfLinearClassifier`."""


class TfidfLinearClassifier(TextClassifier):
    """A linear classifier over weighted words, runs of words and, where asked for, runs of letters."""

    kind: ClassVar[str] = "tfidf-linear"
    config_class: ClassVar[type[TfidfLinearConfig]] = TfidfLinearConfig

    def __init__(self, **parameters: Any) -> None:
        self.config = parse(parameters, self.config_class, source=f"{self.task}/{self.kind}")
        self._tfidf = self._new_tfidf()
        self._weights: LinearWeights | None = None

    def fit(
        self,
        train: Sequence[LabelledText],
        validation: Sequence[LabelledText],
        *,
        score: Score,
        report: Report,
        checkpoint_dir: Path,  # noqa: ARG002 (seconds of work: starting anew is cheaper than a checkpoint)
        seed: int,
    ) -> None:
        rows = self._fit_rows([example.text for example in train])
        self._weights = LinearWeights.fit(rows, train, self.config, seed=seed)
        self.labels = self._weights.labels
        self.calibrate(validation)
        answers = self.predict([example.text for example in validation])
        scores = score([example.label for example in validation], [answer.label for answer in answers])
        report(1, 1, {f"validation/{name}": value for name, value in scores.items()})

    def logits(self, texts: Sequence[str]) -> Floats:
        weights = self._fitted()
        if not texts:
            return np.empty((0, len(self.labels)))
        return weights.logits(self._rows(texts))

    def save(self, folder: Path) -> None:
        weights = self._fitted()
        folder.mkdir(parents=True, exist_ok=True)
        about = {
            "labels": list(self.labels),
            "certainty": self.certainty.as_dict(),
            "parameters": self.config.model_dump(mode="json"),
            **self._tfidf.vocabulary,
        }
        arrays = {"weights": weights.weights, "bias": weights.bias, **self._tfidf.rarity}
        save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, folder / "weights.safetensors")
        atomic_write(folder / "classifier.json", json.dumps(about, ensure_ascii=False).encode())

    @classmethod
    def load(cls, folder: Path) -> Self:
        try:
            about = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
            arrays = load_file(folder / "weights.safetensors")
            predictor = cls(**about["parameters"])
            predictor._restore(folder, about, arrays)
        except (OSError, KeyError, ValueError, TypeError, SafetensorError) as error:
            raise IntegrityError(f"The classifier cannot be read: {error!r}.", where=str(folder)) from None
        return predictor

    def parameters(self) -> Mapping[str, Any]:
        return self.config.model_dump(mode="json")

    def _fit_rows(self, texts: Sequence[str]) -> csr_matrix:
        self._tfidf = self._new_tfidf()
        return self._tfidf.fit_transform(texts)

    def _rows(self, texts: Sequence[str]) -> csr_matrix:
        return self._tfidf.transform(texts)

    @property
    def _width(self) -> int:
        return self._tfidf.width

    def _restore(self, folder: Path, about: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:  # noqa: ARG002
        self._tfidf.restore(about, arrays)
        self._weights = LinearWeights.restore(about["labels"], arrays["weights"], arrays["bias"], width=self._width)
        self.labels = self._weights.labels
        self.certainty = Certainty.from_dict(about.get("certainty", {}))

    def _new_tfidf(self) -> TfidfFeatures:
        return TfidfFeatures(TfidfConfig(**self.config.model_dump(include=set(TfidfConfig.model_fields))))

    def _fitted(self) -> LinearWeights:
        if self._weights is None:
            raise RuntimeError("Expected a fitted classifier: call `fit` or `load` first.")
        return self._weights
