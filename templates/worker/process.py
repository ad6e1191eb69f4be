"""One worker process, as its parent sees it."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from configs.errors import DependencyError
from templates.worker.frames import Message, receive, send
from templates.worker.scratch import make_scratch

_START_SECONDS = 30  # a machine under load, with cold files; a second is usual
_PIPE_BYTES = 1 << 20  # most documents go through at once, so that neither side waits for the other
_LAST_WORDS_BYTES = 4_000
_OUT_OF_MEMORY = (b"memory allocation of", b"MemoryError", b"bad_alloc", b"Cannot allocate memory")


@dataclass(frozen=True)
class Program:
    """What a worker runs.

    Attributes:
        module: run as `python -m`.
        memory_mb: how much private data the process may hold.
        extra: handed to the module.
        environment: variables besides those that every worker gets.
    """

    module: str
    memory_mb: int
    extra: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


class WorkerLostError(Exception):
    """A worker ended before it answered."""

    def __init__(self, reason: str, *, out_of_memory: bool = False) -> None:
        super().__init__(reason)
        self.out_of_memory = out_of_memory


class WorkerProcess:
    """A process that answers one message at a time; it dies with the process that started it."""

    def __init__(self, program: Program) -> None:
        self._module = program.module
        self.scratch, claim = make_scratch()
        lifeline, held = os.pipe()
        self._errors = os.memfd_create("errors")
        options = {"lifeline": lifeline, "scratch": str(self.scratch), "memory_mb": program.memory_mb}
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", program.module, json.dumps({**options, "extra": dict(program.extra)})],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                pass_fds=(lifeline,),
                env={**_environment(self.scratch), **program.environment},
                cwd="/",
                start_new_session=True,  # Ctrl-C in a terminal is for the parent
                bufsize=0,
            )
        finally:
            os.close(lifeline)
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the worker has no pipes")
        self._requests = self._process.stdin.fileno()
        self._answers = self._process.stdout.fileno()
        os.set_blocking(self._requests, False)
        for pipe in (self._requests, self._answers):
            with contextlib.suppress(OSError):  # the system may allow each user only so much
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        # Runs at the latest when this process ends; not in a copy of it that was forked.
        self._end = weakref.finalize(self, _end, os.getpid(), self._process, (held, claim, self._errors), self.scratch)
        self._is_ready = False
        self.documents = 0
        self.held_mb = 0
        self.warm_mb = 0
        self.known: set[str] = set()

    @property
    def process_id(self) -> int:
        """The number of the process."""
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Wait for a process that was just started.

        Raises:
            DependencyError: it does not start.
        """
        if not self._is_ready:
            try:
                header, _ = self._exchange(None, (), _START_SECONDS)
            except (TimeoutError, WorkerLostError) as error:
                reason = str(error) or f"nothing came within {_START_SECONDS} s"
                raise DependencyError(f"A worker process does not start: {reason}.", where=self._module) from None
            self.warm_mb = self.held_mb = int(header.get("held_mb", 0))
            self._is_ready = True

    def call(self, header: Mapping[str, Any], blobs: Sequence[bytes], *, seconds: float) -> Message:
        """Hand a request over and wait for the answer.

        Raises:
            DependencyError: the process does not start.
            TimeoutError: there was none in time; the process is dead.
            WorkerLostError: the process ended instead.
        """
        self.wait_until_ready()
        answer = self._exchange(header, blobs, seconds)
        self.documents += 1
        self.held_mb = int(answer[0].get("held_mb", 0))
        return answer

    def end(self) -> None:
        """Kill the process, if it still runs, and remove what it left."""
        self._end()

    def _exchange(self, header: Mapping[str, Any] | None, blobs: Sequence[bytes], seconds: float) -> Message:
        try:
            if header is not None:
                send(self._requests, header, blobs, seconds=seconds)
            return receive(self._answers, seconds=seconds)
        except TimeoutError:
            self.end()
            raise
        except (EOFError, OSError):
            raise self._lost() from None

    def _lost(self) -> WorkerLostError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)  # it closed its pipe, so it is about to end
        status = self._process.poll()
        words = os.pread(self._errors, _LAST_WORDS_BYTES, max(os.fstat(self._errors).st_size - _LAST_WORDS_BYTES, 0))
        self.end()
        reason = f"signal {_signal_name(-status)}" if status is not None and status < 0 else f"status {status}"
        return WorkerLostError(reason, out_of_memory=any(sign in words for sign in _OUT_OF_MEMORY))


def _end(owner: int, process: subprocess.Popen[bytes], descriptors: Sequence[int], scratch: Path) -> None:
    if os.getpid() != owner:
        return
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.wait()
    shutil.rmtree(scratch, ignore_errors=True)
    for descriptor in descriptors:
        os.close(descriptor)


def _environment(scratch: Path) -> dict[str, str]:
    """Give what a worker may know of its surroundings: no secret of the parent's environment is among it."""
    root = str(Path(__file__).resolve().parent.parent.parent)
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join([root, *(path for path in sys.path if path and path != root)]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
