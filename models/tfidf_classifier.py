"""What the linear classifiers on TF-IDF share: the fit and the saved folder."""

import json
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix

from configs.files import atomic_write
from models.classifier import Classifier, ExampleT, Floats
from models.linear import LinearConfig, LinearWeights
from models.saved import reading
from models.tfidf import TfidfConfig, TfidfFeatures
from models.types import Report, Score


class TfidfClassifierConfig(TfidfConfig, LinearConfig):
    """The hyperparameters of all linear classifiers on TF-IDF."""


class TfidfClassifier(Classifier[ExampleT]):
    """A linear classifier over weighted words, runs of words and, where asked for, runs of letters."""

    kind: ClassVar[str] = "tfidf-linear"
    config_class: ClassVar[type[TfidfClassifierConfig]]
    config: TfidfClassifierConfig

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self._tfidf = self._new_tfidf()
        self._weights: LinearWeights | None = None

    @abstractmethod
    def fit_weights(self, rows: csr_matrix, examples: Sequence[ExampleT], *, seed: int) -> LinearWeights:
        """Fit one row of weights for each of `labels`."""

    def fit(
        self,
        train: Sequence[ExampleT],
        validation: Sequence[ExampleT],
        *,
        score: Score,
        report: Report,
        checkpoint_dir: Path,  # noqa: ARG002 (seconds of work: starting anew is cheaper than a checkpoint)
        seed: int,
    ) -> None:
        self.labels = self.learnable_labels(train, validation)
        self._tfidf = self._new_tfidf()
        rows = self._fit_rows([example.text for example in train])
        self._weights = self.fit_weights(rows, train, seed=seed)
        scores = self.calibrate_and_score(validation, score)
        report(1, 1, {f"validation/{name}": value for name, value in scores.items()})

    def logits(self, texts: Sequence[str]) -> Floats:
        weights = self._fitted()
        return weights.logits(self._rows(texts)) if texts else np.empty((0, len(self.labels)))

    def save(self, folder: Path) -> None:
        weights = self._fitted()
        folder.mkdir(parents=True, exist_ok=True)
        about = {**self.answering(), "parameters": self.parameters(), **self._tfidf.vocabulary}
        arrays = {"weights": weights.weights, "bias": weights.bias, **self._tfidf.rarity}
        save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, folder / "weights.safetensors")
        atomic_write(folder / "classifier.json", json.dumps(about, ensure_ascii=False).encode())

    @classmethod
    def load(cls, folder: Path) -> Self:
        with reading("classifier", folder):
            about = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
            arrays = load_file(folder / "weights.safetensors")
            predictor = cls(**about["parameters"])
            predictor.restore_answering(about)
            predictor._tfidf.restore(about, arrays)
            predictor._restore_features(folder)
            predictor._weights = LinearWeights.restore(arrays["weights"], arrays["bias"])
            if predictor._weights.weights.shape != (len(predictor.labels), predictor._width):
                raise ValueError("the weights do not fit the labels and the features")
        return predictor

    def _fit_rows(self, texts: Sequence[str]) -> csr_matrix:
        return self._tfidf.fit_transform(texts)

    def _rows(self, texts: Sequence[str]) -> csr_matrix:
        return self._tfidf.transform(texts)

    @property
    def _width(self) -> int:
        return self._tfidf.width

    def _restore_features(self, folder: Path) -> None:
        """Read what else makes features; TF-IDF needs nothing."""

    def _new_tfidf(self) -> TfidfFeatures:
        return TfidfFeatures(TfidfConfig(**self.config.model_dump(include=set(TfidfConfig.model_fields))))

    def _fitted(self) -> LinearWeights:
        if self._weights is None:
            raise RuntimeError("Expected a fitted classifier: call `fit` or `load` first.")
        return self._weights
