"""What one process of a merge does: it writes batches of records."""

import json
import shutil
import signal
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import structlog

from configs.errors import ColophonError, InputError
from configs.settings import Settings
from evaluation.records import DocumentRecord, Records
from pipelines import runtime
from pipelines.documents import champion_summarizer, engine_for
from pipelines.merge_names import Namer
from serving.documents import DocumentWriter
from templates import colophon
from templates.manifest import Format

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """What all processes of a merge share; `request` begins the request id of its records."""

    template: str
    to: str
    output: Path
    unfinished: Path
    settings: Settings
    namer: Namer
    sealed: bool
    request: str
    theme: str | Path | None = None


@dataclass(frozen=True)
class Batch:
    """Some lines of the file, numbered, and their size in bytes."""

    lines: tuple[tuple[int, bytes], ...]
    size: int


@dataclass(frozen=True)
class Failure:
    """Why there is no document for a record."""

    record: int
    error: Mapping[str, str | None]

    @property
    def sentence(self) -> str:
        """One line for people."""
        where = f"{self.error['where']}: " if self.error["where"] else ""
        hint = f" {self.error['hint']}" if self.error["hint"] else ""
        return " ".join(f"record {self.record}: {where}{self.error['message']}{hint}".split())

    def as_dict(self) -> dict[str, Any]:
        """Give it as a line of `failures.jsonl`."""
        return {"record": self.record, "error": dict(self.error)}


@dataclass(frozen=True)
class BatchResult:
    """What became of a batch."""

    size: int
    written: int
    skipped: int
    failures: tuple[Failure, ...]


class _Collected:
    """Takes the records of a batch, so that they are written in one transaction."""

    def __init__(self) -> None:
        self.rows: list[DocumentRecord] = []

    def add_document(self, record: DocumentRecord) -> None:
        self.rows.append(record)


class BatchWriter:
    """Writes batches of one merge."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._engine, self._name = engine_for(job.template, job.settings)
        self._collected = _Collected()
        self._records: Records | None = None
        self._writer: DocumentWriter | None = None
        if job.sealed:
            key = colophon.load_or_create_key(job.settings.resolved_signing_key_file)
            self._records = Records.open(job.settings.resolved_records_url)
            self._writer = DocumentWriter(self._engine, champion_summarizer(job.settings), key, self._collected)

    def write(self, batch: Batch) -> BatchResult:
        """Write the documents of a batch that do not stand yet."""
        folder = Path(tempfile.mkdtemp(dir=self._job.unfinished))
        names: list[str] = []
        failures = []
        skipped = 0
        for number, line in batch.lines:
            try:
                data = _parse(line)
                name = self._job.namer.name(number, data)
                if _stands(self._job.output / name):
                    skipped += 1
                    continue
                (folder / name).write_bytes(self._render(number, data))
                names.append(name)
            except ColophonError as error:
                failures.append(Failure(number, error.as_dict()))
            except OSError:  # the disk, not the record
                raise
            except Exception as error:  # one record must not end the run of a hundred thousand
                _log.exception("merge_record_failed", record=number)
                message = f"The engine failed unexpectedly ({type(error).__name__})."
                failures.append(Failure(number, {"code": "error", "message": message, "where": None, "hint": None}))
        self._keep(folder, names)
        return BatchResult(batch.size, len(names), skipped, tuple(failures))

    def _render(self, number: int, data: dict[str, Any]) -> bytes:
        job = self._job
        if self._writer is None:
            to: Format = next(known for known in get_args(Format) if known == job.to)
            return self._engine.render(self._name, data, to, theme=job.theme).content
        request = f"{job.request}-{number}"
        return self._writer.write(self._name, data, job.to, request_id=request, theme=job.theme).content

    def _keep(self, folder: Path, names: list[str]) -> None:
        """Record first, then move: a kill in between leaves a record too many, never a document without one."""
        if self._records is not None:
            self._records.add_documents(self._collected.rows)
            self._collected.rows.clear()
        for name in names:
            (folder / name).replace(self._job.output / name)
        shutil.rmtree(folder)


_writer: BatchWriter | None = None


def start_process(job: Job) -> None:
    """Prepare a process of the pool; Ctrl-C is the business of the one that started it."""
    global _writer
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    runtime.prepare(job.settings)
    _writer = BatchWriter(job)


def write_batch(batch: Batch) -> BatchResult:
    """Write a batch in a process that `start_process` has prepared."""
    assert _writer is not None
    return _writer.write(batch)


def _parse(line: bytes) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except UnicodeDecodeError as error:
        raise InputError(f"Expected UTF-8 text, but byte {error.start} of the line is not.") from None
    except ValueError as error:
        reason = error.msg.lower() if isinstance(error, json.JSONDecodeError) else str(error)
        raise InputError(f"Expected JSON, but {reason}.", hint="Write one JSON object a line.") from None
    except RecursionError:
        raise InputError("The JSON is nested too deeply.") from None
    if not isinstance(data, dict):
        raise InputError(f"Expected a JSON object, but the line holds a {type(data).__name__}.")
    return data


def _stands(path: Path) -> bool:
    try:
        return path.stat().st_size > 0  # a machine that lost power may leave empty files
    except FileNotFoundError:
        return False
