"""The training loop of a network: fits that survive a kill, averaged weights, the best epoch kept."""

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn

from configs.files import digest_of
from configs.loader import ClosedModel
from configs.logging import get_logger
from models import checkpoints
from models.batches import batches_by_length, batches_by_tokens
from models.devices import accelerated, device_of
from models.types import Report

_log = get_logger(__name__)

_POOL_BATCHES = 16  # sorted by length within this many batches: little padding, yet the order stays random
# Tokens of a batch that are learnt from at once, padding included: more of them take gigabytes, and of fewer, adding up
# the gradients would take a share of the time worth naming.
_TOKENS_AT_ONCE = 2048
_SECONDS_BETWEEN_CHECKPOINTS = 60  # writing one takes about a second
_MAX_GRADIENT_NORM = 1.0
_WEIGHT_DECAY = 0.01
_WARMUP_SHARE = 0.1

Weights = dict[str, Tensor]
Evaluate = Callable[[], Mapping[str, float]]


class FineTuningConfig(ClosedModel):
    """How to fine-tune. The defaults were chosen on a validation split of Banking77 with a 6-layer encoder."""

    epochs: int = Field(6, ge=1, le=1000)
    batch_size: int = Field(64, ge=1)
    learning_rate: float = Field(1.5e-4, gt=0, lt=1, description="Of the encoder, at its highest.")
    head_learning_rate: float = Field(1e-3, gt=0, lt=1)
    averaging: float = Field(0.99, ge=0, lt=1, description="Share of the running average of weights kept at each step.")
    patience: int = Field(3, ge=1, description="Epochs without a better validation score before stopping.")


class Drawn(NamedTuple):
    """An example, or a part of one, that an epoch learns from: the number of the example, and the tokens to be read."""

    number: int
    token_ids: Sequence[int]


class Objective(Protocol):
    """What a network shall learn. Every random choice comes from the generator that is handed in."""

    @property
    def size(self) -> int:
        """How many examples an epoch draws."""

    @property
    def digest(self) -> str:
        """Names the examples and what is asked of them: no fit goes on from the checkpoint of another objective."""

    def draw(self, generator: np.random.Generator) -> list[Drawn]:
        """Give the examples of an epoch; the loop shuffles them into batches."""

    def loss(self, batch: Sequence[Drawn], generator: np.random.Generator) -> Tensor:
        """Give the loss of a batch."""


def fine_tune(
    network: nn.Module,
    objective: Objective,
    config: FineTuningConfig,
    *,
    evaluate: Evaluate,
    report: Report,
    checkpoint_dir: Path,
    seed: int,
) -> None:
    """Train until the last epoch or until patience ends; leave the network with the best epoch's weights.

    The state is written every minute and after each epoch, so that a killed fit goes on there, to the same result.

    Args:
        network: what learns; `encoder.` starts the names of its pretrained weights.
        objective: what it learns.
        config: how to learn.
        evaluate: scores the network as it is; the first metric decides, higher is better.
        report: told the metrics of each epoch.
        checkpoint_dir: where a fit that was killed finds what it had done.
        seed: makes the fit reproducible on one machine.
    """
    with accelerated(network):
        fit = _Fit(network, objective, config, seed=seed, checkpoint=checkpoint_dir / "fine-tuning.safetensors")
        _assign(network, fit.run(evaluate, report))
        network.eval()


class _Fit:
    """A fit with its state.

    Every random choice follows from the seed and the number of the epoch or step, so no generator's state is kept.
    """

    def __init__(
        self,
        network: nn.Module,
        objective: Objective,
        config: FineTuningConfig,
        *,
        seed: int,
        checkpoint: Path,
    ) -> None:
        self._network = network
        self._objective = objective
        self._config = config
        self._seed = seed
        self._checkpoint = checkpoint
        self._optimizer = torch.optim.AdamW(_parameter_groups(network, config), fused=True)
        self._steps_per_epoch = math.ceil(objective.size / config.batch_size)
        self._average = _copy_of_weights(network)
        self._best = _copy_of_weights(network)
        self._progress = _Progress()
        self._fingerprint = digest_of([objective.digest, config.model_dump(mode="json"), seed])

    def run(self, evaluate: Evaluate, report: Report) -> Weights:
        """Train, or go on; give the best epoch's weights."""
        with torch.random.fork_rng():
            self._resume()
            while not self._finished:
                self._run_epoch(evaluate, report)
        return self._best

    @property
    def _finished(self) -> bool:
        progress = self._progress
        return progress.epoch >= self._config.epochs or progress.epoch - progress.best_epoch >= self._config.patience

    def _run_epoch(self, evaluate: Evaluate, report: Report) -> None:
        loss = self._train_epoch()
        with _swapped_in(self._network, self._average):
            scores = dict(evaluate())
        self._progress.epoch += 1
        self._keep_if_best(next(iter(scores.values())))
        metrics = {
            "train/loss": loss,
            "train/learning_rate": self._config.learning_rate * self._factor(self._progress.step - 1),
        }
        report(
            self._progress.epoch,
            self._config.epochs,
            metrics | {f"validation/{name}": value for name, value in scores.items()},
        )
        self._save()

    def _train_epoch(self) -> float:
        """Do the steps that the epoch still lacks; give the mean loss of all of them."""
        self._network.train()
        progress = self._progress
        batches = self._batches(np.random.default_rng([self._seed, progress.epoch]))
        saved = time.monotonic()
        for batch in batches[progress.step - progress.epoch * self._steps_per_epoch :]:
            progress.loss += self._step(batch) / len(batches)
            progress.step += 1
            if time.monotonic() - saved > _SECONDS_BETWEEN_CHECKPOINTS:
                self._save()
                saved = time.monotonic()
        loss, progress.loss = progress.loss, 0.0
        return loss

    def _step(self, batch: Sequence[Drawn]) -> float:
        """Learn from one batch; give its loss."""
        step = self._progress.step
        generator = np.random.default_rng([self._seed, self._config.epochs + step])  # epochs have the numbers below
        torch.manual_seed(int(generator.integers(2**63)))  # for dropout
        batch_loss = 0.0
        for part in batches_by_tokens([one.token_ids for one in batch], _TOKENS_AT_ONCE):
            loss = self._objective.loss([batch[index] for index in part], generator) * (len(part) / len(batch))
            loss.backward()  # type: ignore[no-untyped-call]
            batch_loss += float(loss.detach())
        for group in self._optimizer.param_groups:
            group["lr"] = group["highest_lr"] * self._factor(step)
        nn.utils.clip_grad_norm_(self._network.parameters(), _MAX_GRADIENT_NORM)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self._update_average(step)
        return batch_loss

    def _factor(self, step: int) -> float:
        """Share of the highest learning rate: a linear warm-up, then half a cosine down to zero."""
        steps = self._steps_per_epoch * self._config.epochs
        warmup = max(1, int(steps * _WARMUP_SHARE))
        if step < warmup:
            return (step + 1) / warmup
        return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))

    def _batches(self, generator: np.random.Generator) -> list[list[Drawn]]:
        """Draw the examples of an epoch, shuffle, sort by length within pools, cut into batches and shuffle these."""
        drawn = self._objective.draw(generator)
        order = generator.permutation(len(drawn)).tolist()
        size = self._config.batch_size
        batches = []
        for start in range(0, len(order), size * _POOL_BATCHES):
            pool = order[start : start + size * _POOL_BATCHES]
            grouped = batches_by_length([drawn[index].token_ids for index in pool], size)
            batches += [[drawn[pool[position]] for position in batch] for batch in grouped]
        return [batches[index] for index in generator.permutation(len(batches))]

    def _update_average(self, step: int) -> None:
        # Young averages forget faster, so that the start does not weigh on short fits.
        kept = min(self._config.averaging, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, parameter in self._network.named_parameters():
                self._average[name].lerp_(parameter, 1 - kept)

    def _keep_if_best(self, score: float) -> None:
        if score > self._progress.best_score:
            self._progress.best_score = score
            self._progress.best_epoch = self._progress.epoch
            self._best = {name: tensor.clone() for name, tensor in self._average.items()}

    def _save(self) -> None:
        tensors = _prefixed("network", dict(self._network.named_parameters()))
        tensors |= _prefixed("average", self._average) | _prefixed("best", self._best)
        for index, state in self._optimizer.state_dict()["state"].items():
            tensors |= _prefixed(f"optimizer.{index}", state)
        checkpoints.write(self._checkpoint, tensors, fingerprint=self._fingerprint, facts=vars(self._progress))

    def _resume(self) -> None:
        found = checkpoints.read(self._checkpoint, fingerprint=self._fingerprint)
        if found is None:
            return
        tensors, facts = found
        self._restore(_Progress(**facts), tensors)
        _log.info("fit resumed", epochs_done=self._progress.epoch, epochs=self._config.epochs)

    def _restore(self, progress: "_Progress", tensors: Weights) -> None:
        self._progress = progress
        _assign(self._network, _without_prefix("network", tensors))
        device = device_of(self._network)
        self._average, self._best = (
            {name: tensor.to(device) for name, tensor in _without_prefix(prefix, tensors).items()}
            for prefix in ("average", "best")
        )
        state = self._optimizer.state_dict()
        count = sum(len(group["params"]) for group in state["param_groups"])
        states = {index: _without_prefix(f"optimizer.{index}", tensors) for index in range(count)}
        state["state"] = {index: values for index, values in states.items() if values}
        self._optimizer.load_state_dict(state)


@dataclass
class _Progress:
    """How far a fit is: whole epochs, steps over all epochs, and the loss of the epoch that is under way."""

    epoch: int = 0
    step: int = 0
    loss: float = 0.0
    best_epoch: int = 0
    best_score: float = -math.inf


def _parameter_groups(network: nn.Module, config: FineTuningConfig) -> list[dict[str, Any]]:
    """Weight decay for the encoder's matrices only; a higher rate for the head, which is new."""
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        pretrained = name.startswith("encoder.")
        rate = config.learning_rate if pretrained else config.head_learning_rate
        decay = _WEIGHT_DECAY if pretrained and parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return [
        {"params": parameters, "lr": rate, "highest_lr": rate, "weight_decay": decay}
        for (rate, decay), parameters in groups.items()
    ]


def _copy_of_weights(network: nn.Module) -> Weights:
    return {name: parameter.detach().clone() for name, parameter in network.named_parameters()}


def _assign(network: nn.Module, weights: Weights) -> None:
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.copy_(weights[name])


@contextlib.contextmanager
def _swapped_in(network: nn.Module, weights: Weights) -> Iterator[None]:
    own = _copy_of_weights(network)
    _assign(network, weights)
    network.eval()
    try:
        yield
    finally:
        _assign(network, own)


def _prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> Weights:
    return {f"{prefix}/{name}": tensor for name, tensor in tensors.items()}


def _without_prefix(prefix: str, tensors: Mapping[str, Tensor]) -> Weights:
    return {
        name.removeprefix(f"{prefix}/"): tensor for name, tensor in tensors.items() if name.startswith(f"{prefix}/")
    }
