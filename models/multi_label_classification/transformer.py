"""Multi-label classification by fine-tuning a pretrained transformer encoder."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.encoder_classifier import EncoderClassifier, EncoderClassifierConfig, HeadedEncoder, Windows
from models.encoders import Encoder
from models.label_objective import LabelObjective, LabelObjectiveConfig
from models.multi_label_classification.classifier import MultiLabelClassifier
from models.types import MultiLabelledText


class _LinearNetwork(HeadedEncoder):
    rows_name: ClassVar[str] = "weights"

    def score(self, vectors: Tensor) -> Tensor:
        # Vectors of one length, whatever the encoder: sqrt(width), as normalised features have.
        return F.linear(F.normalize(vectors) * vectors.shape[1] ** 0.5, self.rows, self.bias)


class MultiLabelTransformer(EncoderClassifier[MultiLabelledText], MultiLabelClassifier):
    """A transformer whose mean token vector is scored for each label by itself."""

    config_class: ClassVar[type[EncoderClassifierConfig]] = EncoderClassifierConfig
    network_class: ClassVar[type[HeadedEncoder]] = _LinearNetwork

    def targets_of(self, examples: Sequence[MultiLabelledText]) -> Tensor:
        return torch.from_numpy(self.truths(examples).astype(np.float32))

    def first_head(self, encoder: Encoder, windows: Windows, targets: Tensor) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        """Start each label at its share of the texts: rare ones need not be unlearnt first."""
        counts, total = targets.sum(0), len(targets)
        return torch.zeros(len(self.labels), encoder.width), torch.log((counts + 1) / (total - counts + 1))

    def objective(self, network: nn.Module, windows: Windows, targets: Tensor, *, mask_id: int) -> LabelObjective:
        return _EachLabel(network, windows, targets, self.config, mask_id=mask_id)


class _EachLabel(LabelObjective):
    """Binary cross-entropy of each label by itself."""

    def __init__(
        self, network: nn.Module, windows: Windows, targets: Tensor, config: LabelObjectiveConfig, *, mask_id: int
    ) -> None:
        super().__init__(network, windows, targets, config, mask_id=mask_id)
        self._smoothing = config.label_smoothing
        # The times that a text without the label is as frequent as one with it.
        rarity = (len(targets) - targets.sum(0) + 1) / (targets.sum(0) + 1)
        self._weight_of_presence = rarity if config.class_weight else torch.ones_like(rarity)

    def compare(self, logits: Tensor, targets: Tensor) -> Tensor:
        smoothed = targets * (1 - self._smoothing) + self._smoothing / 2
        weights = self._weight_of_presence.to(logits.device)
        return F.binary_cross_entropy_with_logits(logits, smoothed, pos_weight=weights)

    def disagreement(self, first: Tensor, second: Tensor) -> Tensor:
        # Of two Bernoulli distributions, both divergences together are the difference of probabilities times that of
        # logits.
        gaps = (torch.sigmoid(first) - torch.sigmoid(second)) * (first - second)
        return 0.5 * gaps.sum(1).mean()
