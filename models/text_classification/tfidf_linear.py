"""Text classification by TF-IDF and logistic regression: the baseline that a transformer has to beat."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from configs.errors import DatasetError, IntegrityError
from configs.files import atomic_write
from configs.loader import parse
from models.text_classification.certainty import Certainty, CertaintyConfig, Floats
from models.text_classification.classifier import TextClassifier
from models.types import LabelledText, Report, Score

_ITERATIONS = 1000  # far more than it takes to converge on scaled features


class TfidfLinearConfig(CertaintyConfig):
    """The hyperparameters of `TfidfLinearClassifier`."""

    longest_ngram: int = Field(2, ge=1, le=5, description="Runs of up to this many words are features.")
    min_documents: int = Field(1, ge=1, description="A feature has to appear in this many texts.")
    inverse_regularization: float = Field(10.0, gt=0, description="Larger fits the training texts more closely.")


class TfidfLinearClassifier(TextClassifier):
    """A linear classifier over weighted words and word pairs."""

    kind: ClassVar[str] = "tfidf-linear"

    def __init__(self, **parameters: Any) -> None:
        self.config = parse(parameters, TfidfLinearConfig, source=f"{self.task}/{self.kind}")
        self._vectorizer = self._new_vectorizer()
        self._weights: NDArray[np.float64] = np.empty((0, 0))
        self._bias: NDArray[np.float64] = np.empty(0)

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
        if len({example.label for example in train}) < 2:
            raise DatasetError("Expected examples of at least two labels to learn from, but got one or none.")
        self._vectorizer = self._new_vectorizer()
        try:
            features = self._vectorizer.fit_transform([example.text for example in train])
        except ValueError as error:
            raise DatasetError(f"The texts hold no feature to learn from: {error}.") from None
        model = LogisticRegression(C=self.config.inverse_regularization, max_iter=_ITERATIONS, random_state=seed)
        model.fit(features, [example.label for example in train])
        self.labels = tuple(str(label) for label in model.classes_)
        self._weights, self._bias = _one_row_a_label(model.coef_, model.intercept_)
        report(1, 1, {f"validation/{name}": value for name, value in self._scores(validation, score).items()})
        self.fit_certainty(validation, self.config.answered_accuracy)

    def logits(self, texts: Sequence[str]) -> Floats:
        if not self.labels:
            raise RuntimeError("Expected a fitted classifier: call `fit` or `load` first.")
        if not texts:
            return np.empty((0, len(self.labels)))
        logits: Floats = self._vectorizer.transform(texts) @ self._weights.T + self._bias
        return logits

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        vocabulary: dict[str, int] = self._vectorizer.vocabulary_
        about = {
            "labels": list(self.labels),
            "certainty": self.certainty.as_dict(),
            "parameters": self.config.model_dump(mode="json"),
            "vocabulary": sorted(vocabulary, key=vocabulary.__getitem__),
        }
        arrays = {"idf": self._vectorizer.idf_, "weights": self._weights, "bias": self._bias}
        save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, folder / "weights.safetensors")
        atomic_write(folder / "classifier.json", json.dumps(about, ensure_ascii=False).encode())

    @classmethod
    def load(cls, folder: Path) -> Self:
        try:
            about = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
            arrays = load_file(folder / "weights.safetensors")
            predictor = cls(**about["parameters"])
            predictor._restore(about["labels"], about["vocabulary"], arrays)
            predictor.certainty = Certainty.from_dict(about.get("certainty", {}))
        except (OSError, KeyError, ValueError, TypeError, SafetensorError) as error:
            raise IntegrityError(f"The classifier cannot be read: {error!r}.", where=str(folder)) from None
        return predictor

    def parameters(self) -> Mapping[str, Any]:
        return self.config.model_dump(mode="json")

    def _restore(self, labels: list[str], vocabulary: list[str], arrays: Mapping[str, NDArray[np.float64]]) -> None:
        self.labels = tuple(labels)
        self._vectorizer = self._new_vectorizer({term: index for index, term in enumerate(vocabulary)})
        self._vectorizer.idf_ = arrays["idf"]
        self._weights, self._bias = arrays["weights"], arrays["bias"]
        if self._weights.shape != (len(labels), len(vocabulary)) or self._bias.shape != (len(labels),):
            raise ValueError("the weights do not fit the labels and the vocabulary")

    def _new_vectorizer(self, vocabulary: Mapping[str, int] | None = None) -> Any:
        return TfidfVectorizer(
            ngram_range=(1, self.config.longest_ngram),
            min_df=self.config.min_documents,
            sublinear_tf=True,
            token_pattern=r"(?u)\b\w+\b",  # words of one letter count, too: "I", "a", digits
            vocabulary=vocabulary,
        )

    def _scores(self, validation: Sequence[LabelledText], score: Score) -> Mapping[str, float]:
        answers = self.predict([example.text for example in validation])
        return score([example.label for example in validation], [answer.label for answer in answers])


def _one_row_a_label(
    weights: NDArray[np.float64], bias: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """With two labels scikit-learn keeps the second one's row only; the first one's is zero then."""
    if len(bias) > 1:
        return weights, bias
    return np.vstack([np.zeros_like(weights), weights]), np.concatenate([np.zeros(1), bias])
