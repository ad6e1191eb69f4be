"""Text classification by a linear model on TF-IDF and sentence embeddings: nothing is fine-tuned."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch.nn.functional as F
from pydantic import Field
from scipy.sparse import csr_matrix, hstack

from models.batches import mean_rows
from models.devices import accelerated, fast_precision, learning_device
from models.encoders import Encoder, EncoderConfig, locate
from models.text_classification.tfidf_linear import TfidfLinearClassifier, TfidfLinearConfig
from models.tfidf_classifier import TfidfClassifierConfig


class EmbeddingLinearConfig(TfidfLinearConfig, EncoderConfig):
    """The hyperparameters of `EmbeddingLinearClassifier`."""

    embedding_weight: float = Field(
        1.0, gt=0, description="The length of an embedding; that of the words of a text is 1."
    )


class EmbeddingLinearClassifier(TfidfLinearClassifier):
    """A linear classifier over TF-IDF features beside the mean vector of the text's windows."""

    kind: ClassVar[str] = "embedding-linear"
    config_class: ClassVar[type[TfidfClassifierConfig]] = EmbeddingLinearConfig
    config: EmbeddingLinearConfig

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self._encoder: Encoder | None = None

    @property
    def encoder(self) -> Encoder | None:
        return self._encoder

    def save(self, folder: Path) -> None:
        super().save(folder)
        self._loaded_encoder().save(folder / "encoder")

    def _fit_rows(self, texts: Sequence[str]) -> csr_matrix:
        self._encoder = Encoder.load(locate(self.config.encoder), max_tokens=self.config.max_tokens)
        with accelerated(self._encoder.model), fast_precision(learning_device()):
            return self._with_embeddings(super()._fit_rows(texts), texts)

    def _rows(self, texts: Sequence[str]) -> csr_matrix:
        return self._with_embeddings(super()._rows(texts), texts)

    def _restore_features(self, folder: Path) -> None:
        self._encoder = Encoder.load(folder / "encoder", max_tokens=self.config.max_tokens)

    @property
    def _width(self) -> int:
        return super()._width + self._loaded_encoder().width

    def _with_embeddings(self, rows: csr_matrix, texts: Sequence[str]) -> csr_matrix:
        encoder = self._loaded_encoder()
        windows = encoder.windows(texts, limit=self.config.max_windows)
        vectors = F.normalize(encoder.embed_tokens([token_ids for each in windows for token_ids in each]))
        means = F.normalize(mean_rows(vectors, [len(each) for each in windows]))
        return hstack([rows, csr_matrix(self.config.embedding_weight * means.numpy())], format="csr")

    def _loaded_encoder(self) -> Encoder:
        if self._encoder is None:
            raise RuntimeError("Expected a fitted classifier: call `fit` or `load` first.")
        return self._encoder
