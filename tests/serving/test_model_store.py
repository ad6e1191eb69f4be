import asyncio
import gc
import weakref
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from configs.errors import DependencyError, IntegrityError, ModelNotFoundError
from serving import model_store
from serving.config import ServingConfig
from serving.metrics import Metrics
from serving.model_store import ModelStatus, ModelStore, ServedModel

CONFIG = ServingConfig.model_validate_json(
    """{"models": [{"name": "kinds", "task": "text-classification"}, {"name": "notes", "task": "summarization"}],
        "endpoints": {"classify": "kinds", "summarize": "notes"}, "poll_seconds": 0.02}"""
)


@dataclass(frozen=True)
class Version:
    name: str
    version: str
    digest: str = "0" * 64
    run_id: str = ""
    task: str = "text-classification"
    kind: str = "tfidf-linear"
    aliases: tuple[str, ...] = ("champion",)
    tags: Any = None
    created_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)


class Predictor:
    task = "text-classification"

    def __init__(self, version: str) -> None:
        self.version = version

    def predict(self, inputs: Sequence[str]) -> list[str]:
        return [f"{self.version}:{text}" for text in inputs]


@dataclass(frozen=True)
class Loaded:
    version: Version
    predictor: Predictor
    folder: Path


class Registry:
    """Aliases that a test moves, and errors that it sets."""

    def __init__(self) -> None:
        self.champions: dict[str, str] = {}
        self.unreachable: Exception | None = None
        self.broken: dict[str, Exception] = {}
        self.loads: list[str] = []

    def resolve(self, name: str, *, alias: str | None = None, **_: Any) -> Version:
        assert alias == "champion"
        if self.unreachable:
            raise self.unreachable
        if name not in self.champions:
            raise ModelNotFoundError(f"No `{name}`.")
        return Version(name, self.champions[name])

    def load(self, name: str, *, version: str | None = None, **_: Any) -> Any:
        assert version is not None
        self.loads.append(version)
        if version in self.broken:
            raise self.broken[version]
        return Loaded(Version(name, version), Predictor(version), Path())


class Following:
    """A store whose registry is asked when the test says so."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.metrics = Metrics()
        self.store = ModelStore(CONFIG, lambda: registry, metrics=self.metrics)

    @property
    def kinds(self) -> ServedModel:
        return self.store.get("kinds", tasks=["text-classification"])

    @property
    def status(self) -> ModelStatus:
        return self.kinds.status()


@pytest.fixture
def following() -> Following:
    return Following(Registry())


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 10))


def test_status_when_nothing_was_asked_yet(following: Following) -> None:
    assert following.status.state == "loading"


def test_status_when_there_is_no_champion(following: Following) -> None:
    following.store.follow()
    assert (following.status.state, following.status.version) == ("waiting", None)
    with pytest.raises(ModelNotFoundError, match="alias `champion`"):
        following.kinds.current()


def test_follow_when_the_first_champion_appears(following: Following) -> None:
    following.store.follow()
    following.registry.champions["kinds"] = "1"
    following.store.follow()
    assert (following.status.state, following.status.version, following.status.problem) == ("live", "1", None)
    assert 'colophon_model_version{model="kinds",version="1"} 1.0' in following.metrics.text().decode()


def test_follow_when_the_alias_stays(following: Following) -> None:
    following.registry.champions["kinds"] = "1"
    for _ in range(3):
        following.store.follow()
    assert following.registry.loads == ["1"]


def test_follow_when_the_new_version_is_broken(following: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = following.registry
    registry.champions["kinds"] = "1"
    following.store.follow()
    registry.champions["kinds"] = "2"
    registry.broken["2"] = IntegrityError("The digest is another one.")
    following.store.follow()
    following.store.follow()
    assert registry.loads == ["1", "2"]  # not tried again at once
    assert (following.status.state, following.status.version) == ("live", "1")
    assert following.status.problem == "version 2 cannot be used: The digest is another one."
    registry.broken.clear()
    monkeypatch.setattr(model_store, "_RETRY_SECONDS", 0)
    registry.champions["kinds"] = "3"
    following.store.follow()
    assert (following.status.version, following.status.problem) == ("3", None)


def test_follow_when_a_broken_version_is_mended(following: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_store, "_RETRY_SECONDS", 0)
    following.registry.champions["kinds"] = "1"
    following.registry.broken["1"] = DependencyError("The files are out of reach.")
    following.store.follow()
    assert following.status.state == "failed"
    following.registry.broken.clear()
    following.store.follow()
    assert following.status.state == "live"


def test_follow_when_the_predictor_fails_on_its_first_text(following: Following) -> None:
    following.registry.champions["kinds"] = "1"
    following.store.follow()
    following.registry.champions["kinds"] = "2"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Predictor, "predict", lambda *_: 1 / 0)
        following.store.follow()
    assert following.status.version == "1"
    assert "ZeroDivisionError" in (following.status.problem or "")


def test_follow_when_the_version_does_another_task(following: Following) -> None:
    following.registry.champions["notes"] = "1"
    following.store.follow()
    status = following.store.get("notes", tasks=["summarization"]).status()
    assert status.state == "failed"
    assert "text-classification" in (status.problem or "")


def test_follow_when_the_registry_is_out_of_reach(following: Following) -> None:
    following.registry.champions["kinds"] = "1"
    following.store.follow()
    following.registry.unreachable = DependencyError("No connection.")
    following.store.follow()
    assert (following.status.state, following.status.version) == ("live", "1")
    assert following.status.problem == "the registry cannot be asked: No connection."
    following.registry.unreachable = None
    following.store.follow()
    assert following.status.problem is None


def test_follow_when_the_alias_is_taken_away(following: Following) -> None:
    following.registry.champions["kinds"] = "1"
    following.store.follow()
    following.registry.champions.clear()
    following.store.follow()
    assert (following.status.state, following.status.version) == ("live", "1")
    assert "champion" in (following.status.problem or "")


def test_follow_when_a_version_is_replaced(following: Following) -> None:
    following.registry.champions["kinds"] = "1"
    following.store.follow()
    old = weakref.ref(following.kinds.current().predictor)
    following.registry.champions["kinds"] = "2"
    following.store.follow()
    gc.collect()
    assert old() is None


def test_get_when_the_name_is_unknown(following: Following) -> None:
    with pytest.raises(ModelNotFoundError) as caught:
        following.store.get("kindz", tasks=["text-classification"])
    assert caught.value.hint == "Did you mean `kinds`?"


def test_get_when_the_model_does_another_task(following: Following) -> None:
    with pytest.raises(ModelNotFoundError):
        following.store.get("notes", tasks=["text-classification"])


def test_store_when_champions_change_under_load(following: Following) -> None:
    following.registry.champions["kinds"] = "1"

    async def test() -> None:
        following.store.start()
        try:
            while following.status.state != "live":
                await asyncio.sleep(0.01)
            seen: list[str] = []

            async def call() -> None:
                while "3" not in seen:
                    answer = await following.kinds.batcher.submit(["a", "b"])
                    version = answer.model.version.version
                    assert answer.outputs == [f"{version}:a", f"{version}:b"]
                    seen.append(version)

            async def promote() -> None:
                for version in ("2", "3"):
                    await asyncio.sleep(0.1)
                    following.registry.champions["kinds"] = version

            await asyncio.gather(promote(), *(call() for _ in range(8)))
            assert set(seen) == {"1", "2", "3"}
            assert seen.index("3") > seen.index("2") > seen.index("1")
        finally:
            await following.store.stop()

    run(test)


def test_store_when_the_registry_cannot_be_opened() -> None:
    attempts = []

    def open_registry() -> Registry:
        attempts.append(1)
        if len(attempts) < 3:
            raise DependencyError("No connection.")
        registry = Registry()
        registry.champions["kinds"] = "1"
        return registry

    async def test() -> None:
        store = ModelStore(CONFIG, open_registry, metrics=Metrics())
        store.start()
        try:
            while store.get("kinds", tasks=["text-classification"]).status().state != "live":
                await asyncio.sleep(0.01)
        finally:
            await store.stop()

    run(test)
