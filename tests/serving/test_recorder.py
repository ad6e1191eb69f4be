import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from configs.errors import DependencyError
from evaluation.records import InferenceRecord, Records
from serving import recorder
from serving.config import RecordsConfig
from serving.metrics import Metrics
from serving.recorder import Inference, Recorder

INFERENCE = Inference(
    request_id="r1",
    endpoint="classify",
    model="kinds",
    version="1",
    alias="champion",
    text="Please call Ms Meyer.",
    columns=lambda: {"words": 4.0},
    output={"label": "request"},
    latency_ms=1.5,
)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records.open(f"sqlite:///{tmp_path / 'records.db'}") as opened:
        yield opened


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "_RETRY_SECONDS", 0.01)
    monkeypatch.setattr(recorder, "_GATHER_SECONDS", 0.01)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def written_by(store: Callable[[], recorder.Store], config: RecordsConfig, inferences: list[Inference]) -> Metrics:
    metrics = Metrics()
    writer = Recorder(store, config, metrics)
    writer.start()
    writer.add(inferences)
    writer.stop()
    return metrics


@pytest.mark.parametrize(
    ("keep", "text", "hashed"), [("full", True, True), ("hash", False, True), ("off", False, False)]
)
def test_record_when_texts_are_kept_or_not(records: Records, keep: str, text: bool, hashed: bool) -> None:
    config = RecordsConfig.model_validate({"text": keep})
    written_by(lambda: records, config, [INFERENCE])
    (record,) = records.inferences(model="kinds")
    assert record.text == (INFERENCE.text if text else None)
    assert record.text_sha256 == (hashlib.sha256(INFERENCE.text.encode()).hexdigest() if hashed else None)
    assert (record.request_id, record.columns, record.output) == ("r1", {"words": 4.0}, {"label": "request"})
    assert record.at == INFERENCE.at


def test_stop_when_many_wait(records: Records) -> None:
    metrics = written_by(lambda: records, RecordsConfig(), [INFERENCE] * 1200)
    assert len(records.inferences(model="kinds")) == 1200
    assert 'colophon_records_total{outcome="written"} 1200.0' in metrics.text().decode()


def test_add_when_the_database_fails(records: Records) -> None:
    class Failing:
        fails = True

        def add_inferences(self, batch: list[InferenceRecord]) -> None:
            if self.fails:
                raise DependencyError("The disk is full.")
            records.add_inferences(batch)

        def forget_texts(self, _: datetime) -> int:
            raise DependencyError("The disk is full.")

    store, metrics = Failing(), Metrics()
    writer = Recorder(lambda: store, RecordsConfig(), metrics)
    writer.start()
    writer.add([INFERENCE] * 3)
    wait_for(lambda: 'colophon_records_total{outcome="failed"} 3.0' in metrics.text().decode())
    store.fails = False
    writer.add([INFERENCE])
    writer.stop()
    assert len(records.inferences(model="kinds")) == 1


def test_add_when_the_database_cannot_be_opened() -> None:
    def store() -> recorder.Store:
        raise DependencyError("No connection.")

    metrics = written_by(store, RecordsConfig(), [INFERENCE] * 2)
    assert 'colophon_records_total{outcome="failed"} 2.0' in metrics.text().decode()


def test_add_when_too_many_wait(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "_CAPACITY", 2)
    metrics = Metrics()
    writer = Recorder(lambda: records, RecordsConfig(), metrics)
    writer.add([INFERENCE] * 5)
    writer.start()
    writer.stop()
    assert len(records.inferences(model="kinds")) == 2
    assert 'colophon_records_total{outcome="dropped"} 3.0' in metrics.text().decode()


def test_add_when_the_database_is_slow() -> None:
    let_go = threading.Event()

    class Slow:
        def add_inferences(self, _: list[InferenceRecord]) -> None:
            let_go.wait(5)

        def forget_texts(self, _: datetime) -> int:
            return 0

    writer = Recorder(Slow, RecordsConfig(), Metrics())
    writer.start()
    started = time.perf_counter()
    for _ in range(100):
        writer.add([INFERENCE])
    assert time.perf_counter() - started < 0.5
    let_go.set()
    writer.stop()


def test_texts_when_they_are_older_than_the_retention(records: Records) -> None:
    old = replace(INFERENCE, at=datetime.now(UTC) - timedelta(days=31))
    config = RecordsConfig(text="full", keep_text_days=30)
    written_by(lambda: records, config, [old, INFERENCE])
    assert [record.text for record in records.inferences(model="kinds")] == [None, INFERENCE.text]
