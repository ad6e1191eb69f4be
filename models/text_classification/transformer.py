"""Text classification by fine-tuning a pretrained transformer encoder."""

from collections.abc import Sequence
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.devices import device_of, fast_precision
from models.encoder_classifier import EncoderClassifier, EncoderClassifierConfig, HeadedEncoder, Windows
from models.encoders import Encoder
from models.label_objective import LabelObjective, LabelObjectiveConfig
from models.text_classification.certainty import CertaintyConfig
from models.text_classification.classifier import TextClassifier
from models.types import LabelledText

# Enough for a good mean; reading all texts of a large data set would take as long as a tenth of an epoch.
_TEXTS_FOR_DIRECTION = 200
_SCALE = 16.0  # cosines lie within 1 of each other; this many nats apart they can express any certainty


class TransformerConfig(EncoderClassifierConfig, CertaintyConfig):
    """The hyperparameters of `TransformerClassifier`."""


class _CosineNetwork(HeadedEncoder):
    rows_name: ClassVar[str] = "directions"

    def score(self, vectors: Tensor) -> Tensor:
        return _SCALE * (F.normalize(vectors) @ F.normalize(self.rows).T) + self.bias


class TransformerClassifier(EncoderClassifier[LabelledText], TextClassifier):
    """A transformer whose mean token vector is compared with one learnt direction for each label.

    The directions start at the mean vectors of the labels' training examples, so
    that the first steps already improve a working classifier.
    """

    config_class: ClassVar[type[EncoderClassifierConfig]] = TransformerConfig
    network_class: ClassVar[type[HeadedEncoder]] = _CosineNetwork
    config: TransformerConfig

    def targets_of(self, examples: Sequence[LabelledText]) -> Tensor:
        return torch.tensor([self.labels.index(example.label) for example in examples])

    def first_head(self, encoder: Encoder, windows: Windows, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Average the normalised vectors of the first windows of each label's first texts."""
        count = len(self.labels)
        chosen = torch.cat([(targets == label).nonzero()[:_TEXTS_FOR_DIRECTION, 0] for label in range(count)])
        with fast_precision(device_of(encoder.model)):
            vectors = encoder.embed_tokens([windows[index][0] for index in chosen.tolist()])
        sums = torch.zeros(count, vectors.shape[1]).index_add_(0, targets[chosen], F.normalize(vectors))
        return F.normalize(sums), torch.zeros(count)

    def objective(self, network: nn.Module, windows: Windows, targets: Tensor, *, mask_id: int) -> LabelObjective:
        return _OneLabel(network, windows, targets, self.config, mask_id=mask_id)


class _OneLabel(LabelObjective):
    """Cross-entropy with the label of each text."""

    def __init__(
        self, network: nn.Module, windows: Windows, targets: Tensor, config: LabelObjectiveConfig, *, mask_id: int
    ) -> None:
        super().__init__(network, windows, targets, config, mask_id=mask_id)
        self._smoothing = config.label_smoothing
        self._class_weights = _class_weights(targets) if config.class_weight else None

    def compare(self, logits: Tensor, targets: Tensor) -> Tensor:
        weights = None if self._class_weights is None else self._class_weights.to(logits.device)
        return F.cross_entropy(logits, targets, weight=weights, label_smoothing=self._smoothing)

    def disagreement(self, first: Tensor, second: Tensor) -> Tensor:
        p, q = F.log_softmax(first, dim=1), F.log_softmax(second, dim=1)
        forward = F.kl_div(p, q, log_target=True, reduction="batchmean")
        backward = F.kl_div(q, p, log_target=True, reduction="batchmean")
        return 0.5 * (forward + backward)


def _class_weights(targets: Tensor) -> Tensor:
    """Weigh labels so that each has the same part in the loss, and the mean weight of an example is 1."""
    counts = torch.bincount(targets).float()
    return counts.sum() / (len(counts) * counts)
