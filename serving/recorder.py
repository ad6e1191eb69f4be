"""Inference records: noted when an answer is given, written by one thread, never in the way of a caller."""

import hashlib
import queue
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from configs.logging import get_logger
from evaluation.records import InferenceRecord
from serving.config import RecordsConfig
from serving.metrics import Metrics

log = get_logger(__name__)

# About a minute of full load; what comes while so many wait is dropped and counted.
_CAPACITY = 20_000
_BATCH = 500
_GATHER_SECONDS = 0.2  # one transaction for what comes in this time
_ATTEMPTS = 3
_RETRY_SECONDS = 1.0
_FORGET_SECONDS = 3600.0


class Store(Protocol):
    """The part of `evaluation.records.Records` that is used here."""

    def add_inferences(self, records: list[InferenceRecord], /) -> None:
        """Write records."""

    def forget_texts(self, before: datetime, /) -> int:
        """Blank the texts of older records."""


@dataclass(frozen=True)
class Inference:
    """One answered text, as the endpoint knows it; what is derived from it is computed by the writer."""

    request_id: str
    endpoint: str
    model: str
    version: str
    alias: str
    text: str
    columns: Callable[[], Mapping[str, float | str]]
    output: Mapping[str, Any]
    latency_ms: float
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Recorder:
    """Takes inferences and writes them in batches."""

    def __init__(self, store: Callable[[], Store], config: RecordsConfig, metrics: Metrics) -> None:
        """Make it; `store` is called when it is written to, so that a database that is down stops nothing else."""
        self._store = store
        self._config = config
        self._metrics = metrics
        self._queue: queue.Queue[Inference] = queue.Queue(_CAPACITY)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="records", daemon=True)
        self._forgotten_at = float("-inf")

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def add(self, inferences: list[Inference]) -> None:
        """Note inferences; returns at once and never fails."""
        dropped = 0
        for inference in inferences:
            try:
                self._queue.put_nowait(inference)
            except queue.Full:
                dropped += 1
        if dropped:
            self._metrics.observe_records("dropped", dropped)
            log.warning("records dropped", count=dropped, reason="too many wait to be written")

    def stop(self) -> None:
        """Write what waits, then end."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not (self._stopping.is_set() and self._queue.empty()):
            if self._queue.qsize() < _BATCH:
                self._stopping.wait(_GATHER_SECONDS)
            batch = self._take()
            if batch:
                self._write([self._record(inference) for inference in batch])
            if time.monotonic() - self._forgotten_at > _FORGET_SECONDS:
                self._forget_old_texts()

    def _take(self) -> list[Inference]:
        return [self._queue.get_nowait() for _ in range(min(_BATCH, self._queue.qsize()))]

    def _write(self, records: list[InferenceRecord]) -> None:
        """Write a batch, or give it up after a few attempts: what comes later must find room."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._store().add_inferences(records)
            except Exception as error:  # whatever a database driver raises, answers go on
                log.warning("records not written", count=len(records), attempt=attempt, error=str(error))
                self._stopping.wait(_RETRY_SECONDS)
            else:
                self._metrics.observe_records("written", len(records))
                return
        self._metrics.observe_records("failed", len(records))

    def _record(self, inference: Inference) -> InferenceRecord:
        text = inference.text
        keep = self._config.text
        return InferenceRecord(
            id=uuid.uuid4().hex,
            at=inference.at,
            request_id=inference.request_id,
            endpoint=inference.endpoint,
            model=inference.model,
            version=inference.version,
            alias=inference.alias,
            # PostgreSQL takes no NUL in a text, and one such text would cost its whole batch.
            text=text.replace("\0", "\ufffd") if keep == "full" else None,
            text_sha256=hashlib.sha256(text.encode()).hexdigest() if keep != "off" else None,
            columns=inference.columns(),
            output=inference.output,
            latency_ms=inference.latency_ms,
        )

    def _forget_old_texts(self) -> None:
        """Blank what is older than the retention; tried again in an hour where the database fails."""
        self._forgotten_at = time.monotonic()
        before = datetime.now(UTC) - timedelta(days=self._config.keep_text_days)
        try:
            forgotten = self._store().forget_texts(before)
        except Exception as error:
            log.warning("old texts not forgotten", error=str(error))
        else:
            if forgotten:
                log.info("old texts forgotten", count=forgotten)
