"""The worker's side of the pipe: read a request, answer it, read the next."""

import contextlib
import gc
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from configs.errors import ColophonError
from templates.worker import jail
from templates.worker.frames import Message, receive, send

Handler = Callable[[dict[str, Any], list[bytes]], tuple[dict[str, Any], Sequence[bytes]]]

_PAGE_KILOBYTES = os.sysconf("SC_PAGE_SIZE") >> 10


@dataclass(frozen=True)
class Options:
    """What a worker is told when it starts.

    Attributes:
        lifeline: the end of a pipe; when the other end closes, the worker dies.
        scratch: the only folder that it may write to.
        memory_mb: how much private data it may hold.
        extra: what its kind of work needs besides.
    """

    lifeline: int
    scratch: str
    memory_mb: int
    extra: dict[str, Any]

    @classmethod
    def from_arguments(cls) -> "Options":
        """Read the one argument of the command."""
        return cls(**json.loads(sys.argv[1]))


class Channel:
    """The pipe to the parent; what anything else prints goes nowhere."""

    def __init__(self) -> None:
        self._requests = os.dup(0)
        self._answers = os.dup(1)
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0)
        os.dup2(nowhere, 1)

    def serve(self, handle: Handler) -> None:
        """Say that the worker is ready, and answer until the parent closes the pipe."""
        send(self._answers, {"ready": True, "held_mb": _held_mb()}, seconds=None)
        while True:
            try:
                message = receive(self._requests, seconds=None)
            except EOFError:
                return
            header, blobs = _answer(handle, message)
            send(self._answers, {**header, "held_mb": _held_mb()}, blobs, seconds=None)
            del message, header, blobs


def start(options: Options, *, readable: Sequence[str] = ()) -> None:
    """Give up what must be given up before the first thread starts."""
    jail.die_with(options.lifeline)
    jail.bound_memory(options.memory_mb)
    jail.leave_network()
    jail.leave_files(readable=readable, writable=[options.scratch, os.devnull])


def package_paths() -> list[str]:
    """Give the folders of our own code that a worker reads."""
    root = Path(__file__).resolve().parent.parent.parent
    return [str(root / "configs"), str(root / "templates")]


def _answer(handle: Handler, message: Message) -> tuple[dict[str, Any], Sequence[bytes]]:
    """Let the work be done, and make a message of whatever it raises."""
    try:
        return handle(*message)
    except ColophonError as error:
        return {"error": {"kind": type(error).__name__, **error.as_dict()}}, ()
    except jail.ForbiddenError as error:
        return {"forbidden": str(error)}, ()
    except MemoryError:
        with contextlib.suppress(MemoryError):
            gc.collect()
        return {"memory": True}, ()


def _held_mb() -> int:
    """Say how much memory this process holds; the file is tiny and always there on Linux."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - runs after each document
            return int(file.read().split()[1]) * _PAGE_KILOBYTES >> 10
    except OSError:
        return 0
