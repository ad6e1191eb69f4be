"""What a classifier network learns: the labels of each window of a text, under hidden tokens and two dropouts."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn

from configs.files import digest_of
from models.devices import device_of, fast_precision
from models.fine_tuning import Drawn, FineTuningConfig


class LabelObjectiveConfig(FineTuningConfig):
    """How to learn labels. The defaults were chosen on a validation split of Banking77 with a 6-layer encoder."""

    label_smoothing: float = Field(0.1, ge=0, lt=1)
    consistency: float = Field(
        1.0, ge=0, description="Weight of agreeing with oneself under two dropouts; 0 trains twice as fast."
    )
    masking: float = Field(0.1, ge=0, lt=1, description="Share of tokens hidden from the network while it learns.")
    training_windows: int = Field(
        1, ge=1, le=64, description="A text of more windows than this gives so many of them an epoch, drawn anew."
    )
    class_weight: Literal["balanced"] | None = Field(
        None, description="`balanced`: a mistake weighs as much more as its label is rarer."
    )


class LabelObjective(ABC):
    """Learns windows of texts; a subclass compares logits with what is right.

    Args:
        network: maps token ids to one row of logits each.
        windows: of each text, the token ids.
        targets: what is right, one row or number a text.
        config: how to learn.
        mask_id: the token that hides another one.
    """

    def __init__(
        self,
        network: nn.Module,
        windows: Sequence[Sequence[Sequence[int]]],
        targets: Tensor,
        config: LabelObjectiveConfig,
        *,
        mask_id: int,
    ) -> None:
        self.size = sum(min(len(each), config.training_windows) for each in windows)
        self.digest = digest_of([[list(map(list, each)) for each in windows], targets.tolist()])
        self._network = network
        self._windows = windows
        self._targets = targets
        self._config = config
        self._mask_id = mask_id

    @abstractmethod
    def compare(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Give the mean loss of rows of logits."""

    @abstractmethod
    def disagreement(self, first: Tensor, second: Tensor) -> Tensor:
        """Give the symmetric Kullback-Leibler divergence of two answers to the same texts (R-Drop)."""

    def draw(self, generator: np.random.Generator) -> list[Drawn]:
        """Draw the windows of one epoch.

        A window is taken to have the labels of its text. Those that say nothing of them
        cancel out over the texts, and over the windows in a prediction.
        """
        drawn = []
        for index, windows in enumerate(self._windows):
            chosen: Sequence[int] = range(len(windows))
            if len(windows) > self._config.training_windows:
                chosen = generator.choice(len(windows), self._config.training_windows, replace=False).tolist()
            drawn += [Drawn(index, windows[position]) for position in chosen]
        return drawn

    def loss(self, batch: Sequence[Drawn], generator: np.random.Generator) -> Tensor:
        """Give the mean over the windows of a batch."""
        device = device_of(self._network)
        token_ids = [self._masked(one.token_ids, generator) for one in batch]
        targets = self._targets[[one.number for one in batch]].to(device)
        twice = self._config.consistency > 0
        with fast_precision(device):
            logits = self._network([*token_ids, *token_ids] if twice else token_ids).float()
        if not twice:
            return self.compare(logits, targets)
        loss = self.compare(logits, torch.cat([targets, targets]))
        return loss + self._config.consistency * self.disagreement(*logits.chunk(2))

    def _masked(self, token_ids: Sequence[int], generator: np.random.Generator) -> list[int]:
        """Hide some tokens, but never the special ones at both ends."""
        hidden = generator.random(len(token_ids)) < self._config.masking
        hidden[[0, -1]] = False
        return [self._mask_id if hide else token_id for hide, token_id in zip(hidden, token_ids, strict=True)]
