"""The models that answer: each follows its alias in the registry without a restart.

A thread asks the registry for the alias of each listed model. A new version is
loaded and warmed beside the one that answers; then it takes over between two
batches. The old version goes when its last batch is done. Whatever fails on
the way, the version that answers goes on answering.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from configs.errors import ColophonError, ConfigError, ModelNotFoundError
from configs.loader import suggest
from configs.logging import get_logger
from models.types import SummaryRequest
from serving.batching import Batcher
from serving.config import ModelConfig, ServingConfig
from serving.metrics import Metrics
from serving.schemas import State

if TYPE_CHECKING:  # it imports MLflow, which takes seconds
    from models.registry import LoadedModel, Version

log = get_logger(__name__)

# A version that could not be loaded is tried again: its files may have been out of reach for a moment.
_RETRY_SECONDS = 30.0
_JOIN_SECONDS = 5.0
_WARM_TEXT = "The service was started at 9:30 and answers from now on. Its first answer must not be its slowest."


class RegistryReader(Protocol):
    """The part of `models.registry.Registry` that is used here."""

    def resolve(self, name: str, *, alias: str | None = None, version: str | None = None) -> Version:
        """Find the version that carries an alias."""

    def load(self, name: str, *, alias: str | None = None, version: str | None = None) -> LoadedModel:
        """Load a version and check its digest."""


@dataclass(frozen=True)
class ModelStatus:
    """What `/models` says of a model.

    Attributes:
        state: `live` answers; `loading` and `waiting` (for a first version with the alias) will;
            `failed` cannot be loaded.
        version, digest: of the version that answers.
        problem: why the version that should answer does not; an older one may still answer.
    """

    name: str
    task: str
    alias: str
    state: State
    version: str | None
    digest: str | None
    problem: str | None


class ServedModel:
    """One listed model: the version that answers now, and its queue."""

    def __init__(self, config: ModelConfig, serving: ServingConfig, metrics: Metrics) -> None:
        self.config = config
        self._metrics = metrics
        self._loaded: LoadedModel | None = None
        self._state: State = "loading"
        self._problem: str | None = None
        self._failed: tuple[str, float] | None = None  # a version and when it is tried again
        self.batcher: Batcher[Any, Any, LoadedModel] = Batcher(
            self.current,
            lambda loaded, inputs: loaded.predictor.predict(inputs),
            name=config.name,
            batch_size=serving.batching.texts,
            capacity=serving.limits.waiting_texts,
            observe=lambda texts: metrics.observe_batch(config.name, texts),
        )

    def current(self) -> LoadedModel:
        """Give the version that answers.

        Raises:
            ModelNotFoundError: none does yet.
        """
        if self._loaded is None:
            raise ModelNotFoundError(
                f"`{self.config.name}` has no version that answers: {self._problem or 'it is loading'}.",
                where="model",
                hint="GET /models shows which models answer.",
            )
        return self._loaded

    def status(self) -> ModelStatus:
        """Say what answers, and what does not."""
        version = self._loaded.version if self._loaded else None
        return ModelStatus(
            name=self.config.name,
            task=self.config.task,
            alias=self.config.alias,
            state=self._state,
            version=version.version if version else None,
            digest=version.digest if version else None,
            problem=self._problem,
        )

    def follow(self, registry: RegistryReader) -> None:
        """Take over the version that carries the alias now, if it is another one."""
        try:
            wanted = registry.resolve(self.config.name, alias=self.config.alias)
        except ModelNotFoundError:
            self._note_problem("waiting", f"no version in the registry has the alias `{self.config.alias}`")
            return
        except Exception as error:
            self._note_problem(self._state, f"the registry cannot be asked: {_sentence(error)}")
            return
        if self._loaded is not None and self._loaded.version.version == wanted.version:
            self._problem = None
        elif self._failed is None or self._failed[0] != wanted.version or time.monotonic() > self._failed[1]:
            self._take_over(registry, wanted)

    def _take_over(self, registry: RegistryReader, wanted: Version) -> None:
        started = time.monotonic()
        try:
            loaded = registry.load(wanted.name, version=wanted.version)
            self._check_task(loaded)
            loaded.predictor.predict([_warm_input(self.config.task)])
        except Exception as error:
            self._failed = (wanted.version, time.monotonic() + _RETRY_SECONDS)
            self._metrics.observe_problem(self.config.name)
            self._note_problem("failed", f"version {wanted.version} cannot be used: {_sentence(error)}")
            return
        previous = self._loaded.version.version if self._loaded else None
        self._loaded = loaded
        self._state, self._problem, self._failed = "live", None, None
        self._metrics.observe_version(self.config.name, wanted.version, previous)
        seconds = round(time.monotonic() - started, 2)
        log.info("model live", model=self.config.name, version=wanted.version, previous=previous, seconds=seconds)

    def _check_task(self, loaded: LoadedModel) -> None:
        if loaded.predictor.task != self.config.task:
            raise ConfigError(f"its task is {loaded.predictor.task} and not {self.config.task}")

    def _note_problem(self, state: State, problem: str) -> None:
        if problem != self._problem:
            log.warning("model problem", model=self.config.name, answering=self._loaded is not None, problem=problem)
        self._problem = problem
        if self._loaded is None:
            self._state = state


class ModelStore:
    """All listed models, and the thread that follows their aliases."""

    def __init__(
        self,
        config: ServingConfig,
        open_registry: Callable[[], RegistryReader],
        *,
        metrics: Metrics,
    ) -> None:
        """Make it; `open_registry` is called by the thread, which keeps a slow import out of the start."""
        self._models = {model.name: ServedModel(model, config, metrics) for model in config.models}
        self._poll_seconds = config.poll_seconds
        self._open_registry = open_registry
        self._registry: RegistryReader | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="models", daemon=True)

    def start(self) -> None:
        """Begin to follow and to answer; call it in the event loop."""
        for model in self._models.values():
            model.batcher.start()
        self._thread.start()

    async def stop(self) -> None:
        """Finish the batches that run."""
        self._stopping.set()
        for model in self._models.values():
            await model.batcher.stop()
        # A thread that loads a model when the interpreter ends could crash it.
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join, _JOIN_SECONDS)

    def get(self, name: str, *, tasks: Sequence[str]) -> ServedModel:
        """Find a listed model that does one of `tasks`.

        Raises:
            ModelNotFoundError: it is not listed, or does something else.
        """
        model = self._models.get(name)
        if model is None or model.config.task not in tasks:
            known = [other.config.name for other in self._models.values() if other.config.task in tasks]
            raise ModelNotFoundError(
                f"No model `{name}` is served for {' or '.join(tasks)}.", where="model", hint=suggest(name, known)
            )
        return model

    def statuses(self) -> Sequence[ModelStatus]:
        """Say of each listed model what answers."""
        return [model.status() for model in self._models.values()]

    def follow(self) -> None:
        """Ask the registry once about every model."""
        if self._registry is None:
            self._registry = self._open_registry()
        for model in self._models.values():
            if not self._stopping.is_set():
                model.follow(self._registry)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.follow()
            except Exception as error:  # the thread must outlive whatever a store raises
                log.error("registry not followed", error=_sentence(error), exc_info=error)
            self._stopping.wait(self._poll_seconds)


def _warm_input(task: str) -> str | SummaryRequest:
    return SummaryRequest(_WARM_TEXT) if task == "summarization" else _WARM_TEXT


def _sentence(error: Exception) -> str:
    return error.message if isinstance(error, ColophonError) else f"{type(error).__name__}: {error}"
