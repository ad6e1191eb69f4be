"""What the classifiers on a fine-tuned transformer encoder share: a head, the fit, and the saved folder."""

import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from configs.errors import IntegrityError
from configs.files import atomic_write
from models.batches import mean_rows
from models.classifier import Classifier, ExampleT, Floats
from models.devices import device_of
from models.encoders import Encoder, EncoderConfig, locate
from models.fine_tuning import fine_tune
from models.label_objective import LabelObjective, LabelObjectiveConfig
from models.saved import reading
from models.types import Report, Score

Windows = Sequence[Sequence[Sequence[int]]]
"""Of each text, the token ids of each of its windows."""


class EncoderClassifierConfig(LabelObjectiveConfig, EncoderConfig):
    """The hyperparameters of all classifiers on an encoder."""


class HeadedEncoder(nn.Module):
    """An encoder below one row of weights and a bias for each label; a subclass says how vectors meet the rows.

    Args:
        encoder: what reads.
        rows: as long as the encoder's vectors, one for each label.
        bias: one number for each label.
    """

    rows_name: ClassVar[str]
    """What the rows are called in a saved folder."""

    def __init__(self, encoder: Encoder, rows: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.text_encoder = encoder
        self.encoder = encoder.model  # a submodule, so that its weights are trained
        self.rows = nn.Parameter(rows)
        self.bias = nn.Parameter(bias)

    @abstractmethod
    def score(self, vectors: Tensor) -> Tensor:
        """Give a row of logits for each vector."""

    def forward(self, token_ids: Sequence[Sequence[int]]) -> Tensor:
        """Give a row of logits for each tokenized text, with gradients if they are enabled."""
        return self.classify(self.text_encoder.forward(token_ids))

    def classify(self, vectors: Tensor) -> Tensor:
        """Give a row of logits for each vector, in float32 also under autocast."""
        with torch.autocast(vectors.device.type, enabled=False):
            return self.score(vectors)


class EncoderClassifier(Classifier[ExampleT]):
    """A classifier whose encoder and head learn together; a text of several windows gets the mean of their logits."""

    kind: ClassVar[str] = "transformer"
    config_class: ClassVar[type[EncoderClassifierConfig]]
    network_class: ClassVar[type[HeadedEncoder]]
    config: EncoderClassifierConfig

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self._network: HeadedEncoder | None = None

    @abstractmethod
    def targets_of(self, examples: Sequence[ExampleT]) -> Tensor:
        """Give what is right of each example, as the objective takes it."""

    @abstractmethod
    def first_head(self, encoder: Encoder, windows: Windows, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Give the rows and the bias that learning starts with."""

    @abstractmethod
    def objective(self, network: nn.Module, windows: Windows, targets: Tensor, *, mask_id: int) -> LabelObjective:
        """Give what the network shall learn."""

    def fit(
        self,
        train: Sequence[ExampleT],
        validation: Sequence[ExampleT],
        *,
        score: Score,
        report: Report,
        checkpoint_dir: Path,
        seed: int,
    ) -> None:
        self.labels = self.learnable_labels(train, validation)
        encoder = Encoder.load(locate(self.config.encoder), max_tokens=self.config.max_tokens)
        windows = encoder.windows([example.text for example in train], limit=self.config.max_windows)
        targets = self.targets_of(train)
        self._network = self.network_class(encoder, *self.first_head(encoder, windows, targets))

        def evaluate() -> Mapping[str, float]:
            return self.calibrate_and_score(validation, score)  # each epoch is judged with its own thresholds

        fine_tune(
            self._network,
            self.objective(self._network, windows, targets, mask_id=encoder.mask_id),
            self.config,
            evaluate=evaluate,
            report=report,
            checkpoint_dir=checkpoint_dir,
            seed=seed,
        )
        self.calibrate(validation)

    @property
    def encoder(self) -> Encoder | None:
        return self._network.text_encoder if self._network else None

    def logits(self, texts: Sequence[str]) -> Floats:
        network = self._fitted()
        windows = network.text_encoder.windows(texts, limit=self.config.max_windows)
        with torch.inference_mode():
            vectors = network.text_encoder.embed_tokens([ids for each in windows for ids in each])
            logits = network.classify(vectors.to(device_of(network))).cpu()
        means: Floats = mean_rows(logits, [len(each) for each in windows]).double().numpy()
        return means

    def save(self, folder: Path) -> None:
        network = self._fitted()
        network.text_encoder.save(folder / "encoder")
        save_file({network.rows_name: network.rows.data, "bias": network.bias.data}, folder / "head.safetensors")
        about = {**self.answering(), "parameters": self.parameters()}
        atomic_write(folder / "classifier.json", json.dumps(about, indent=2, ensure_ascii=False).encode())

    @classmethod
    def load(cls, folder: Path) -> Self:
        with reading("classifier", folder):
            about = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
            predictor = cls(**about["parameters"])
            predictor.restore_answering(about)
            head = load_file(folder / "head.safetensors")
            rows, bias = head[cls.network_class.rows_name], head["bias"]
        encoder = Encoder.load(folder / "encoder", max_tokens=predictor.config.max_tokens)
        if rows.shape != (len(predictor.labels), encoder.width) or bias.shape != (len(predictor.labels),):
            raise IntegrityError("The head does not fit the labels and the encoder.", where=str(folder))
        predictor._network = cls.network_class(encoder, rows, bias).eval()
        return predictor

    def _fitted(self) -> HeadedEncoder:
        if self._network is None:
            raise RuntimeError("Expected a fitted classifier: call `fit` or `load` first.")
        return self._network
