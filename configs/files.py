"""Files and folders that appear whole or not at all, and the digests that name them."""

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from configs.errors import DependencyError

_CHUNK_BYTES = 1 << 20  # large enough that the loop costs nothing beside the hash


def atomic_write(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write `content` so that `path` holds all of it or what it held before.

    Raises:
        DependencyError: the disk is full or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _disk_error(path, error) from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except OSError as error:
        raise _disk_error(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder to write into; it becomes `path` when the block ends without an error.

    A folder that is already at `path` is left as it is: who came first wins.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    except OSError as error:
        raise _disk_error(path, error) from None
    try:
        yield temporary
        temporary.chmod(0o755)
        if not path.exists():
            temporary.rename(path)
    except OSError as error:
        raise _disk_error(path, error) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def sha256_of_file(path: Path) -> str:
    """Hash the bytes of a file, as a hex string."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def digest_of_folder(folder: Path) -> str:
    """Hash names and contents of all files below `folder`; order, times and modes do not matter."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return digest_of({name: sha256_of_file(folder / name) for name in names})


def digest_of(value: Any) -> str:
    """Hash plain data through its canonical JSON, as a hex string."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def canonical_json(value: Any) -> bytes:
    """Write plain data as JSON in one way only: sorted keys, no spaces, UTF-8.

    Raises:
        ValueError: a number is not finite.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _disk_error(path: Path, error: OSError) -> DependencyError:
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return DependencyError(
        f"The file cannot be written: {error.strerror or error}.",
        where=str(path),
        hint="Free some space." if is_full else "Name another file or folder, or change the permissions of this one.",
    )
