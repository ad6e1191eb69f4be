"""Summarization by a regression that foretells how good a summary each sentence would be, without an encoder."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import Field
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import Ridge

from configs.errors import DatasetError, IntegrityError
from models.saved import reading
from models.summarization.lexical_features import SHAPE, Matrix, Words, shape_of
from models.summarization.selection import choose
from models.summarization.shortening import Shortening
from models.summarization.summarizer import Summarizer, SummarizerConfig, refuse_too_few, sentences_read
from models.types import Report, Score, SummarizedText, Summary, SummaryRequest

_REGULARIZATIONS = (1.0, 3.0, 10.0)  # strengths that `fit` tries
_REDUNDANCIES = (0.0, 0.1, 0.3)  # of a merit that lies between 0 and 1; `fit` tries them for longer summaries
_SHAPE_SCALE = 0.05  # standardised columns become as large as the weight of a word, so that both are shrunk alike
_WEIGHTS_FILE = "ranker.safetensors"


class LexicalRankingConfig(SummarizerConfig):
    """The hyperparameters of `LexicalRankingSummarizer`; `fit` chooses the rest on validation."""

    longest_ngram: int = Field(3, ge=1, le=5, description="Runs of up to this many words are known.")
    min_sentences: int = Field(5, ge=1, description="A run has to stand in this many training sentences.")
    shorten: bool = Field(
        False, description="Drop brackets, and openings such as `In this paper,`, where that helps on validation."
    )


@dataclass(frozen=True)
class _Ranker:
    """Weights of words and of shape; the means of the columns cancel out between the sentences of a text."""

    words: Matrix
    shape: Matrix
    redundancy: float
    shortening: Shortening

    def summarize(self, document: "_Document", count: int) -> Summary:
        if not document.sentences:
            return Summary(())
        merit = document.rows @ self.words + document.shape @ self.shape
        chosen = choose(merit, document.likeness, count, redundancy=self.redundancy)
        return Summary(tuple(self.shortening.apply(document.sentences[index]) for index in chosen))


@dataclass(frozen=True)
class _Document:
    sentences: list[str]
    rows: csr_matrix
    likeness: Matrix
    shape: Matrix


class LexicalRankingSummarizer(Summarizer):
    """Scores each training sentence as if it were the summary, and learns to foretell that score.

    What it looks at is words and runs of words ("we propose"), place, length, and
    likeness to the other sentences. The score is the mean of the metrics of `fit`.
    """

    kind: ClassVar[str] = "lexical-ranking"
    config_class: ClassVar[type[SummarizerConfig]] = LexicalRankingConfig
    config: LexicalRankingConfig

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self._words = self._new_words()
        self._ranker: _Ranker | None = None

    def fit(
        self,
        train: Sequence[SummarizedText],
        validation: Sequence[SummarizedText],
        *,
        score: Score,
        report: Report,
        checkpoint_dir: Path,  # noqa: ARG002 (a minute of work: starting anew is cheaper than a checkpoint)
        seed: int,  # noqa: ARG002 (nothing is left to chance)
    ) -> None:
        refuse_too_few(train, validation)
        sentences = [sentences_read(example.request) for example in train]
        self._words = self._new_words()
        self._words.learn([sentence for found in sentences for sentence in found])
        documents = [self._document(found) for found in sentences]

        def merit(sentence: str, text: int) -> float:
            return float(np.mean(list(score([train[text].references], [sentence]).values())))

        shortening = Shortening()
        if self.config.shorten:
            shortening = Shortening.learn(_numbered(sentences), merit)
        targets = [[merit(shortening.apply(one), text) for one in found] for text, found in enumerate(sentences)]
        candidates = list(_candidates(documents, targets, shortening, redundant=self.config.max_sentences > 1))
        held_out = [self._document(sentences_read(example.request)) for example in validation]
        references = [example.references for example in validation]
        best = -np.inf
        for step, candidate in enumerate(candidates, start=1):
            texts = [candidate.summarize(document, self.config.max_sentences).text for document in held_out]
            scores = score(references, texts)
            report(step, len(candidates), {f"validation/{name}": value for name, value in scores.items()})
            if next(iter(scores.values())) > best:
                best = next(iter(scores.values()))
                self._ranker = candidate

    def predict(self, inputs: Sequence[SummaryRequest]) -> list[Summary]:
        ranker = self._fitted()
        return [
            ranker.summarize(
                self._document(sentences_read(request)),
                request.max_sentences or self.config.max_sentences,
            )
            for request in inputs
        ]

    def save(self, folder: Path) -> None:
        ranker = self._fitted()
        arrays = {"words": ranker.words, "shape": ranker.shape, "rarity": self._words.rarity}
        save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, folder / _WEIGHTS_FILE)
        self.write_about(
            folder,
            shape=list(SHAPE),
            redundancy=ranker.redundancy,
            openings=sorted(ranker.shortening.openings),
            brackets=ranker.shortening.brackets,
            vocabulary=self._words.vocabulary,
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        with reading("summarizer", folder):
            about = cls.read_about(folder)
            arrays = load_file(folder / _WEIGHTS_FILE)
            predictor = cls(**about["parameters"])
            predictor._words.restore(about["vocabulary"], arrays["rarity"])
            shortening = Shortening(frozenset(about["openings"]), bool(about["brackets"]))
            ranker = _Ranker(arrays["words"], arrays["shape"], float(about["redundancy"]), shortening)
            shape = tuple(about["shape"])
        if shape != SHAPE or ranker.shape.shape != (len(SHAPE),) or ranker.words.shape != arrays["rarity"].shape:
            raise IntegrityError("The ranker was learnt on other features than these.", where=str(folder))
        predictor._ranker = ranker
        return predictor

    def _new_words(self) -> Words:
        return Words(longest_ngram=self.config.longest_ngram, min_sentences=self.config.min_sentences)

    def _document(self, sentences: list[str]) -> _Document:
        if not sentences:
            return _Document(
                [], csr_matrix((0, 0)), np.empty((0, 0), np.float32), np.empty((0, len(SHAPE)), np.float32)
            )
        rows = self._words.rows(sentences)
        likeness = self._words.likeness(rows)
        return _Document(sentences, rows, likeness, shape_of(sentences, likeness))

    def _fitted(self) -> _Ranker:
        if self._ranker is None:
            raise RuntimeError("Expected a fitted summarizer: call `fit` or `load` first.")
        return self._ranker


def _numbered(sentences: Sequence[Sequence[str]]) -> Iterator[tuple[str, int]]:
    return ((sentence, text) for text, found in enumerate(sentences) for sentence in found)


def _candidates(
    documents: Sequence[_Document], targets: Sequence[Sequence[float]], shortening: Shortening, *, redundant: bool
) -> Iterator[_Ranker]:
    """Fit a ridge regression of each strength; whether sentences are shortened is tried, too."""
    read = [(document, np.asarray(own)) for document, own in zip(documents, targets, strict=True) if len(own)]
    # Only differences within a text choose a sentence of it.
    merit = np.concatenate([own - own.mean() for _, own in read])
    if not merit.any():
        raise DatasetError(
            "The summaries tell no sentence from another: expected texts longer than their summaries, in common words."
        )
    shape = np.concatenate([document.shape for document, _ in read])
    spread = np.maximum(shape.std(axis=0), 1e-6) / _SHAPE_SCALE
    words = vstack([document.rows for document, _ in read], format="csr")
    columns = hstack([words, csr_matrix((shape - shape.mean(axis=0)) / spread)], format="csr")
    for strength in _REGULARIZATIONS:
        weights = Ridge(alpha=strength).fit(columns, merit).coef_.astype(np.float32)
        count = words.shape[1]
        for redundancy in _REDUNDANCIES if redundant else _REDUNDANCIES[:1]:
            for tried in dict.fromkeys([Shortening(), shortening]):
                yield _Ranker(weights[:count], weights[count:] / spread, redundancy, tried)
