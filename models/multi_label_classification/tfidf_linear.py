"""Multi-label classification by TF-IDF and one logistic regression for each label: the baseline."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from sklearn.linear_model import LogisticRegression

from configs.errors import IntegrityError
from configs.files import atomic_write
from configs.loader import parse
from models.multi_label_classification.classifier import MultiLabelClassifier, labels_of
from models.multi_label_classification.thresholds import Floats
from models.text_classification.tfidf import TfidfConfig, TfidfFeatures
from models.types import MultiLabelledText, Report, Score

_ITERATIONS = 1000  # far more than it takes to converge on scaled features


class MultiLabelTfidfConfig(TfidfConfig):
    """The hyperparameters of `MultiLabelTfidfClassifier`."""

    inverse_regularization: float = Field(10.0, gt=0, description="Larger fits the training texts more closely.")


class MultiLabelTfidfClassifier(MultiLabelClassifier):
    """A linear classifier a label over weighted words, runs of words and, where asked for, runs of letters."""

    kind: ClassVar[str] = "tfidf-linear"

    def __init__(self, **parameters: Any) -> None:
        self.config = parse(parameters, MultiLabelTfidfConfig, source=f"{self.task}/{self.kind}")
        self._tfidf = self._new_tfidf()
        self._weights: NDArray[np.float32] = np.empty((0, 0), dtype=np.float32)
        self._bias: NDArray[np.float32] = np.empty(0, dtype=np.float32)

    def fit(
        self,
        train: Sequence[MultiLabelledText],
        validation: Sequence[MultiLabelledText],
        *,
        score: Score,
        report: Report,
        checkpoint_dir: Path,  # noqa: ARG002 (seconds of work: starting anew is cheaper than a checkpoint)
        seed: int,
    ) -> None:
        self.labels = labels_of(train, validation)
        self._tfidf = self._new_tfidf()
        rows = self._tfidf.fit_transform([example.text for example in train])
        fitted = [self._fit_label(rows, column, seed) for column in self.truths(train).T]
        self._weights = np.array([weights for weights, _ in fitted], dtype=np.float32)
        self._bias = np.array([bias for _, bias in fitted], dtype=np.float32)
        self.calibrate(validation)
        answers = [answer.labels for answer in self.predict([example.text for example in validation])]
        scores = score([example.labels for example in validation], answers)
        report(1, 1, {f"validation/{name}": value for name, value in scores.items()})

    def logits(self, texts: Sequence[str]) -> Floats:
        if not self.labels:
            raise RuntimeError("Expected a fitted classifier: call `fit` or `load` first.")
        if not texts:
            return np.empty((0, len(self.labels)))
        scores: Floats = np.asarray(self._tfidf.transform(texts) @ self._weights.T + self._bias, dtype=np.float64)
        return scores

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        about = {
            **self.saved_labels(),
            "parameters": self.config.model_dump(mode="json"),
            **self._tfidf.vocabulary,
        }
        arrays = {"weights": self._weights, "bias": self._bias, **self._tfidf.rarity}
        save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, folder / "weights.safetensors")
        atomic_write(folder / "classifier.json", json.dumps(about, ensure_ascii=False).encode())

    @classmethod
    def load(cls, folder: Path) -> Self:
        try:
            about = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
            arrays = load_file(folder / "weights.safetensors")
            predictor = cls(**about["parameters"])
            predictor.restore_labels(about)
            predictor._tfidf.restore(about, arrays)
            predictor._weights, predictor._bias = arrays["weights"], arrays["bias"]
            if predictor._weights.shape != (len(predictor.labels), predictor._tfidf.width):
                raise ValueError("the weights do not fit the labels and the features")
        except (OSError, KeyError, ValueError, TypeError, SafetensorError) as error:
            raise IntegrityError(f"The classifier cannot be read: {error!r}.", where=str(folder)) from None
        return predictor

    def parameters(self) -> Mapping[str, Any]:
        return self.config.model_dump(mode="json")

    def _fit_label(self, rows: Any, truths: NDArray[np.bool_], seed: int) -> tuple[NDArray[np.float64], float]:
        if truths.all():  # nothing to tell apart: the label applies always
            return np.zeros(rows.shape[1]), 10.0
        model = LogisticRegression(C=self.config.inverse_regularization, max_iter=_ITERATIONS, random_state=seed)
        model.fit(rows, truths)
        return model.coef_[0], float(model.intercept_[0])

    def _new_tfidf(self) -> TfidfFeatures:
        return TfidfFeatures(TfidfConfig(**self.config.model_dump(include=set(TfidfConfig.model_fields))))
