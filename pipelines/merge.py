"""`colophon merge`: one document for each record of a JSON Lines file, over several processes.

A document that stands is not written again, so a merge that was stopped goes on where it was. Each process writes a
batch at a time: rendered and sealed into a folder of its own, recorded in one transaction, then moved into place. So
files appear whole, and none stands without its record.
"""

import fcntl
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from configs.errors import ConflictError, DependencyError, InputError
from configs.settings import Settings
from evaluation.records import Records
from pipelines.documents import engine_for, theme_for
from pipelines.merge_names import Namer, refuse_collisions
from pipelines.merge_writing import Batch, BatchResult, Job, start_process, write_batch
from serving.documents import FORMATS
from templates.colophon import load_or_create_key
from templates.manifest import Manifest

FAILURES = "failures.jsonl"
_UNFINISHED = ".merging"  # what is being written; it disappears when the merge ends
_MAX_RECORD_BYTES = 50 << 20  # as for the data of one document on the command line
_BATCH_RECORDS = 100  # a few of these a second keep the progress lively; a transaction for fewer is dear
_BATCH_BYTES = 1 << 20
_BATCHES_WAITING = 2  # for each process, so that none waits for the next; more would only take memory
_PROGRESS_SECONDS = 2.0


@dataclass(frozen=True)
class Merged:
    """What a merge did.

    Attributes:
        skipped: documents that stood already.
        rate: documents written per second.
        processes: how many wrote them.
    """

    folder: str
    written: int
    skipped: int
    failed: int
    seconds: float
    rate: float
    processes: int
    sentence: str


def merge(
    template: str,
    records: Path,
    to: str,
    output: Path,
    settings: Settings,
    *,
    processes: int | None = None,
    name: str | None = None,
    sealed: bool = True,
    theme: str | None = None,
    say: Callable[[str], None] = print,
) -> Merged:
    """Write a document for each record.

    Args:
        template: a library name, or the path of a template folder.
        records: a JSON Lines file: one JSON object a line, the data of one document.
        to: `docx`, `pdf` or `html`; a preview in HTML is not sealed.
        output: the folder for the documents.
        settings: the deployment.
        processes: how many write at the same time; by default as many as there are cores.
        name: the dotted path of the field that names the files; by default the records' numbers do.
        sealed: seal and record the documents.
        theme: the name of a theme to use instead of the template's own, or the path of a theme file.
        say: told about progress and about each record that failed.

    Raises:
        ColophonError: nothing can be written at all: the template is wrong, or two records want the same file.
    """
    look = theme_for(theme)
    manifest = _refuse_early(template, to, look, settings)
    sealed = sealed and to in FORMATS
    if sealed:
        _prepare_stores(settings)
    namer = Namer(name, to)
    count = processes or len(os.sched_getaffinity(0))
    if name:
        refuse_collisions(_numbered_lines(records), namer, where=str(records))
    started = time.monotonic()
    with _own_folder(output) as unfinished:
        request = f"merge-{uuid.uuid4().hex}"
        job = Job(template, to, output, unfinished, settings, namer, sealed, request, look)
        progress = _Progress(records, say)
        with (output / FAILURES).open("w", encoding="utf-8") as failures:
            for result in _results(job, records, count):
                progress.add(result)
                for failure in result.failures:
                    failures.write(json.dumps(failure.as_dict(), ensure_ascii=False) + "\n")
                    say(failure.sentence)
    if not progress.failed:
        (output / FAILURES).unlink()
    return _summary(manifest, output, progress, time.monotonic() - started, count)


def _refuse_early(template: str, to: str, theme: str | Path | None, settings: Settings) -> Manifest:
    """Find what would make every record fail: no or a broken template, a format or a theme that it has not."""
    engine, name = engine_for(template, settings)
    manifest = engine.manifest(name)
    if to not in manifest.formats:
        raise InputError(
            f"The template `{manifest.name}` cannot be written as {to[:20]}.",
            where="--to",
            hint=f"It offers {', '.join(manifest.formats)}.",
        )
    if theme is not None:
        engine.check_theme(name, theme)
    return manifest


def _prepare_stores(settings: Settings) -> None:
    """Make the key and the database's tables once, before several processes want them."""
    load_or_create_key(settings.resolved_signing_key_file)
    Records.open(settings.resolved_records_url).close()


@contextmanager
def _own_folder(output: Path) -> Iterator[Path]:
    """Give an empty folder for what is unfinished; only one merge at a time writes into `output`."""
    unfinished = output / _UNFINISHED
    try:
        unfinished.mkdir(parents=True, exist_ok=True)
        lock = (unfinished / "lock").open("w")
    except OSError as error:
        raise DependencyError(f"The folder cannot be written: {error.strerror}.", where=str(output)) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConflictError("Another merge is writing into this folder.", where=str(output)) from None
        for left in unfinished.iterdir():  # by a merge that was killed
            if left.is_dir():
                shutil.rmtree(left)
        try:
            yield unfinished
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def _results(job: Job, records: Path, processes: int) -> Iterator[BatchResult]:
    """Hand out batches, a few ahead of the processes, and give what comes back."""
    # Spawned: a fork would share the threads and connections of whoever calls.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=start_process, initargs=(job,))
    waiting: set[Future[BatchResult]] = set()
    try:
        for batch in _batches(records):
            waiting.add(pool.submit(write_batch, batch))
            if len(waiting) >= processes * (1 + _BATCHES_WAITING):
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    except BrokenProcessPool:
        raise DependencyError(
            "A process that writes documents was ended from outside, perhaps for want of memory.",
            hint="Run the same command to go on; fewer --processes need less memory.",
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _batches(records: Path) -> Iterator[Batch]:
    lines: list[tuple[int, bytes]] = []
    size = 0
    for number, line in _numbered_lines(records):
        lines.append((number, line))
        size += len(line)
        if len(lines) >= _BATCH_RECORDS or size >= _BATCH_BYTES:
            yield Batch(tuple(lines), size)
            lines, size = [], 0
    if lines:
        yield Batch(tuple(lines), size)


def _numbered_lines(records: Path) -> Iterator[tuple[int, bytes]]:
    """Give the lines that hold something, each with its number."""
    try:
        with records.open("rb") as file:
            number = 0
            while line := file.readline(_MAX_RECORD_BYTES + 1):
                number += 1
                if len(line) > _MAX_RECORD_BYTES:
                    raise InputError(
                        f"Expected at most {_MAX_RECORD_BYTES >> 20} MB a record.",
                        where=f"{records}, line {number}",
                        hint="The file must hold one JSON object a line.",
                    )
                if line.strip():
                    yield number, line
    except OSError as error:
        raise InputError(f"The file cannot be read: {error.strerror}.", where=str(records)) from None


class _Progress:
    """Counts what was done and tells it now and then."""

    def __init__(self, records: Path, say: Callable[[str], None]) -> None:
        with suppress(OSError):  # a file that cannot be read is refused where it is read
            self._bytes = records.stat().st_size
        self._say = say
        self._done_bytes = self.written = self.skipped = self.failed = 0
        self._started = self._told = time.monotonic()

    def add(self, result: BatchResult) -> None:
        self._done_bytes += result.size
        self.written += result.written
        self.skipped += result.skipped
        self.failed += len(result.failures)
        now = time.monotonic()
        if now - self._told >= _PROGRESS_SECONDS:
            self._told = now
            self._say(self._sentence(now - self._started))

    def _sentence(self, seconds: float) -> str:
        left = seconds * (self._bytes - self._done_bytes) / max(self._done_bytes, 1)
        share = self._done_bytes / max(self._bytes, 1)
        return (
            f"{share:.0%}: {self.written:,} written, {self.skipped:,} stood, {self.failed:,} failed; "
            f"{self.written / seconds:,.0f} documents/s, about {_duration(left)} left"
        )


def _summary(manifest: Manifest, output: Path, progress: _Progress, seconds: float, processes: int) -> Merged:
    rate = progress.written / seconds if seconds else 0.0
    failed = f" Failed: {progress.failed:,}, see {output / FAILURES}." if progress.failed else ""
    stood = f" {progress.skipped:,} stood already." if progress.skipped else ""
    sentence = (
        f"{progress.written:,} documents of `{manifest.name}` written in {_duration(seconds)}: "
        f"{rate:,.0f} a second, {rate / processes:,.0f} for each of {processes} processes.{stood}{failed}"
    )
    counts = (progress.written, progress.skipped, progress.failed)
    return Merged(str(output), *counts, round(seconds, 3), round(rate, 2), processes, sentence)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
