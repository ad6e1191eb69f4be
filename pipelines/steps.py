"""A step of a flow: its output appears whole under the digest of what it was made from.

A step that was done is not done again; one that was killed finds what it had
left. The digest is Prefect's cache key as well, so its UI shows a finished
step as cached.
"""

import fcntl
import os
import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from configs.errors import ConflictError, DependencyError
from configs.files import digest_of, sha256_of_file

_SOURCE_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Step:
    """One step, before or after it ran.

    Attributes:
        name: what it does, for people.
        digest: sha256 of its inputs, configuration and code.
        folder: its output, there only when it is complete.
    """

    name: str
    digest: str
    folder: Path

    @property
    def done(self) -> bool:
        """Whether the output is there."""
        return self.folder.is_dir()

    @property
    def partial_folder(self) -> Path:
        """Where the output grows; a killed step leaves it for the next run."""
        return self.folder.with_name(f"{self.folder.name}.partial")

    @property
    def interrupted(self) -> bool:
        """Whether an earlier run began the step and did not finish it."""
        return not self.done and self.partial_folder.is_dir()

    @property
    def state(self) -> str:
        """`done before`, `interrupted before` or `new`, as the flow's log says it."""
        return "done before" if self.done else "interrupted before" if self.interrupted else "new"

    @contextmanager
    def output(self) -> Iterator[Path]:
        """Give the folder to write into; it becomes `folder` when the block ends without an error.

        Raises:
            ConflictError: another process works on the same step.
            DependencyError: the disk is full or cannot be written.
        """
        with _exclusive(self.folder.with_name(f"{self.folder.name}.lock"), self.name):
            try:
                self.partial_folder.mkdir(parents=True, exist_ok=True)
                yield self.partial_folder
                if self.done:  # another process was faster, with the same inputs
                    shutil.rmtree(self.partial_folder)
                else:
                    self.partial_folder.rename(self.folder)
            except OSError as error:
                raise DependencyError(
                    f"The step `{self.name}` cannot write its output: {error.strerror or error}.",
                    where=str(self.folder),
                    hint="Free some space or name another folder in COLOPHON_HOME.",
                ) from None


def plan(
    work_folder: Path, name: str, *, inputs: Mapping[str, Any], code: Sequence[str], libraries: Sequence[str] = ()
) -> Step:
    """Name a step by what its output depends on.

    Args:
        work_folder: where steps leave their output.
        name: what the step does.
        inputs: plain data: configuration and the digests of the steps before.
        code: files or folders of this repository whose change makes the output stale.
        libraries: distributions whose version counts as code.
    """
    digest = digest_of(
        {
            "step": name,
            "inputs": inputs,
            "code": {path: _digest_of_source(path) for path in code},
            "libraries": {library: version(library) for library in libraries},
            "python": platform.python_version(),
        }
    )
    # Sixteen hex digits are enough to tell the steps of one machine apart, and short enough to read.
    return Step(name=name, digest=digest, folder=work_folder / f"{name}-{digest[:16]}")


@cache
def _digest_of_source(path: str) -> str:
    target = _SOURCE_ROOT / path
    files = [target] if target.is_file() else sorted(target.rglob("*.py"))
    return digest_of({file.relative_to(_SOURCE_ROOT).as_posix(): sha256_of_file(file) for file in files})


@contextmanager
def _exclusive(path: Path, name: str) -> Iterator[None]:
    """Hold a lock that the system gives back when the process dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ConflictError(
            f"Another process works on the step `{name}`.", where=str(path), hint="Wait for it, or stop it."
        ) from None
    finally:
        os.close(handle)
