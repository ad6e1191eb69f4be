"""`IsolatedTemplate`: a template from outside, which only ever runs in a worker."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from configs import errors
from configs.errors import ColophonError, ContextError, LimitError, TemplateError
from templates.data import check_plain
from templates.library import TemplateFiles
from templates.manifest import Format, Manifest
from templates.verification import Line
from templates.worker.frames import Message
from templates.worker.pool import WorkerPool
from templates.worker.process import Program, WorkerLostError

# What a worker may say about its work; any other name is its own failure.
_ERRORS: Mapping[str, type[ColophonError]] = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.InputError | errors.DependencyError)
}


@dataclass(frozen=True)
class WorkerLimits:
    """What a document of a template from outside may use up, and how many are written at the same time."""

    # A table of ten thousand rows is a PDF after about ten seconds on a slow core; the service gives up after 30.
    seconds: float = 30
    # In all: a worker that only waits holds 120 MB, a report of thirty pages 380, a thousand pages most of a gigabyte.
    memory_mb: int = 1_024
    # Each keeps a core busy; more than four on a large machine would mostly hold memory.
    processes: int = min(4, os.cpu_count() or 1)


def rendering_pool(limits: WorkerLimits) -> WorkerPool:
    """Make the pool whose workers render; no process starts before it is needed."""
    return WorkerPool(Program("templates.worker.rendering", memory_mb=limits.memory_mb), size=limits.processes)


class IsolatedTemplate:
    """Does what `CompiledTemplate` does, in a worker; it may be shared by threads."""

    def __init__(self, files: TemplateFiles, pool: WorkerPool, limits: WorkerLimits) -> None:
        self.files = files
        self._pool = pool
        self._limits = limits
        answer, _ = self._ask({"operation": "manifest"})
        self.manifest = Manifest.model_validate_json(answer["manifest"])

    def example(self) -> Any:
        """See `CompiledTemplate.example`."""
        return self._ask({"operation": "example"})[0]["example"]

    def check(self, data: Any) -> None:
        """See `CompiledTemplate.check`."""
        _check_plain(data)
        self._ask({"operation": "check", "data": data})

    def fallback(self, passage: str, data: Mapping[str, Any]) -> str:
        """See `CompiledTemplate.fallback`."""
        _check_plain(data)
        answer, _ = self._ask({"operation": "fallback", "passage": passage, "data": data})
        return str(answer["text"])

    def write(
        self, data: Mapping[str, Any], passages: Mapping[str, str], to: Format, *, theme: str | None = None
    ) -> tuple[bytes, tuple[str, ...]]:
        """See `CompiledTemplate.write`."""
        _check_plain(data)  # what passes is JSON, so nothing is lost on the way
        request = {"operation": "write", "data": data, "passages": dict(passages), "to": to, "theme": theme}
        answer, blobs = self._ask(request)
        return blobs[0], tuple(map(str, answer["warnings"]))

    def expected_lines(self, data: Mapping[str, Any], passages: Mapping[str, str]) -> tuple[Line, ...]:
        """See `templates.verification.expected_lines`."""
        _check_plain(data)
        answer, _ = self._ask({"operation": "expected_lines", "data": data, "passages": dict(passages)})
        return tuple(Line(str(text), tuple(map(str, values))) for text, values in answer["lines"])

    def _ask(self, request: Mapping[str, Any]) -> Message:
        """Let a worker answer.

        Raises:
            LimitError: it took longer or needed more memory than it may.
            TemplateError: it ended, or could not go on.
            ColophonError: what the template or its data made the engine raise.
        """
        try:
            answer = self._exchange({**request, "digest": self.files.digest})
        except TimeoutError:
            raise LimitError(
                f"The template took longer than {self._limits.seconds:g} s.",
                where=self.files.name,
                hint="Shorten the data, or look for a loop that does too much.",
            ) from None
        except WorkerLostError as error:
            raise (
                self._memory_error() if error.out_of_memory else self._failure(f"its process ended ({error})")
            ) from None
        return self._checked(answer)

    def _exchange(self, request: dict[str, Any]) -> Message:
        digest, seconds = self.files.digest, self._limits.seconds
        with self._pool.worker(digest) as worker:
            if digest in worker.known:
                answer = worker.call(request, (), seconds=seconds)
                if "needs_files" not in answer[0]:
                    return answer
            names = list(self.files.files)
            with_files = {**request, "name": self.files.name, "files": names}
            answer = worker.call(with_files, [self.files.files[name] for name in names], seconds=seconds)
            if "error" not in answer[0]:
                worker.known.add(digest)
            return answer

    def _checked(self, answer: Message) -> Message:
        header, _ = answer
        if "error" in header:
            problem = header["error"]
            kind = _ERRORS.get(problem["kind"], TemplateError)
            raise kind(problem["message"], where=problem["where"], hint=problem["hint"])
        if "memory" in header:
            raise self._memory_error()
        if "forbidden" in header:
            raise self._failure(f"it tried to do what no template may ({header['forbidden']})")
        if "failed" in header:
            raise self._failure(header["failed"])
        return answer

    def _memory_error(self) -> LimitError:
        return LimitError(
            f"The template needed more than {self._limits.memory_mb:,} MB of memory.",
            where=self.files.name,
            hint="Shorten the data, or look for a text that grows.",
        )

    def _failure(self, reason: str) -> TemplateError:
        return TemplateError(f"The template could not be rendered: {reason.rstrip('.')}.", where=self.files.name)


def _check_plain(data: Any) -> None:
    try:
        check_plain(data)
    except ContextError as error:
        if error.hint is None and "Expected plain data" in error.message:
            error.hint = "Rich texts and pictures as objects need `DocumentEngine(…, isolate=False)`."
        raise
