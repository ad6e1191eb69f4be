"""The folder that a worker writes to; those of workers that were killed with their parent are removed by the next."""

import contextlib
import fcntl
import functools
import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "colophon-worker-"
_LOCK = "lock"


def make_scratch() -> tuple[Path, int]:
    """Make a folder, and give it with a descriptor that holds it: when that is closed, anyone may remove the folder."""
    _remove_left_over()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    held = folder / "held"
    descriptor = os.open(held, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    held.rename(folder / _LOCK)  # others see the lock only now that it is locked
    return folder, descriptor


@functools.cache
def _remove_left_over() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # still held, or another user's
            descriptor = os.open(folder / _LOCK, os.O_RDWR)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)
