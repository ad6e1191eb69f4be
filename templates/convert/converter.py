"""`Converter`: Word documents as PDF, through a pool of warm LibreOffice processes.

What it cannot do: the same document gives other bytes each time, because
LibreOffice writes the time and a random id into a PDF. Such a PDF is proven by
the digest of the DOCX it was made from, and by its text.
"""

import itertools
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from configs.errors import ColophonError, DependencyError, DocumentError, LimitError, TemplateError
from templates.convert.installation import INSTALL_HINT, find_office
from templates.word.archive import read_archive
from templates.word.parts import CONTENT_TYPES
from templates.worker.pool import WorkerPool
from templates.worker.process import Program, WorkerLostError

_RETIRE_AFTER = 200  # LibreOffice keeps a little of each document; a start costs a second


@dataclass(frozen=True)
class ConvertLimits:
    """What one conversion may use up, and how many run at the same time."""

    seconds: float = 60  # thirty pages take 1.5 s; a thousand most of a minute
    memory_mb: int = 1_536  # LibreOffice itself holds 200 MB, a document with photographs some hundred more
    processes: int = min(2, os.cpu_count() or 1)  # each keeps a core busy and 200 MB of memory


@dataclass(frozen=True)
class Converted:
    """A PDF, and the version of LibreOffice that made it."""

    content: bytes
    version: str


class Converter:
    """Converts documents; it may be shared by threads, and starts no process before it is needed."""

    def __init__(self, limits: ConvertLimits | None = None) -> None:
        self.limits = limits or ConvertLimits()
        self._pool: WorkerPool | None = None

    def convert(self, document: bytes, *, name: str = "document") -> Converted:
        """Give a DOCX as PDF; its table of contents and other indexes are filled.

        Args:
            document: the bytes of a DOCX.
            name: what errors call it.

        Raises:
            DependencyError: LibreOffice is not there or does not start.
            DocumentError: LibreOffice cannot open the document, or ends while it does.
            LimitError: it takes too long or needs too much memory.
        """
        _refuse_other_files(document, name)
        pool = self._started()
        try:
            with pool.worker() as worker:
                header, blobs = worker.call({}, [document], seconds=self.limits.seconds)
        except TimeoutError:
            raise LimitError(
                f"LibreOffice took longer than {self.limits.seconds:g} s.", where=name, hint="Shorten the document."
            ) from None
        except WorkerLostError as error:
            if error.out_of_memory:
                raise LimitError(
                    f"LibreOffice needed more than {self.limits.memory_mb:,} MB of memory.",
                    where=name,
                    hint="Shorten the document or make its pictures smaller.",
                ) from None
            raise DocumentError(f"LibreOffice failed on the document ({error}).", where=name) from None
        if "error" in header:
            raise DocumentError(header["error"]["message"], where=name)
        return Converted(blobs[0], str(header["version"]))

    def convert_all(self, documents: Iterable[bytes]) -> Iterator[Converted | ColophonError]:
        """Convert many documents in their order; a bad one gives its error and costs the others nothing.

        No more documents are taken from `documents` than are converted at the same time.
        """
        rest = iter(documents)
        with ThreadPoolExecutor(self.limits.processes, thread_name_prefix="convert") as threads:
            running = [threads.submit(self._attempt, each) for each in itertools.islice(rest, self.limits.processes)]
            while running:
                yield running.pop(0).result()
                running += [threads.submit(self._attempt, each) for each in itertools.islice(rest, 1)]

    def process_ids(self) -> list[int]:
        """List the processes that run."""
        return self._pool.process_ids() if self._pool else []

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.close()

    def _attempt(self, document: bytes) -> Converted | ColophonError:
        try:
            return self.convert(document)
        except ColophonError as error:
            return error

    def _started(self) -> WorkerPool:
        office = find_office()
        if office is None:
            raise DependencyError(
                "A Word document becomes a PDF through LibreOffice, which is not installed.", hint=INSTALL_HINT
            )
        if self._pool is None:
            program = Program(
                "templates.convert.conversion",
                memory_mb=self.limits.memory_mb,
                extra={"program": str(office.folder), "library": str(office.library)},
                environment={"SAL_USE_VCLPLUGIN": "svp"},  # no display
            )
            self._pool = WorkerPool(program, size=self.limits.processes, retire_after=_RETIRE_AFTER)
        return self._pool


def _refuse_other_files(document: bytes, name: str) -> None:
    """LibreOffice opens whatever it recognises, a web page for one, and makes an empty page of nothing."""
    try:
        is_package = CONTENT_TYPES in read_archive(document, name=name)
    except TemplateError:
        is_package = False
    if not is_package:
        raise DocumentError("Expected a DOCX.", where=name)
