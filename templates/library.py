"""Find template folders by name and read them whole, so that what was hashed is what is compiled."""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from configs.errors import LimitError, TemplateError, TemplateNotFoundError
from configs.files import digest_of
from configs.loader import suggest
from templates.manifest import FILE, NAME_PATTERN

BUILT_IN = Path(__file__).parent / "library"

MAX_FILES = 500
MAX_BYTES = 100 << 20  # a Word template with photographs, and then some

Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class TemplateFiles:
    """The files of a template folder, in memory."""

    name: str
    files: Mapping[str, bytes]
    digest: str

    def read(self, path: str) -> bytes:
        """Give one file.

        Raises:
            TemplateError: the folder has no such file.
        """
        if path not in self.files:
            raise TemplateError(
                f"The template has no file `{path}`.", where=self.name, hint=suggest(path, sorted(self.files))
            )
        return self.files[path]


class Library:
    """Templates in several folders; the first folder that has a name wins."""

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self._folders = (*folders, BUILT_IN)

    def names(self) -> list[str]:
        """List the names of all templates."""
        return sorted({path.name for folder in self._folders for path in _template_folders(folder)})

    def find(self, name: str) -> Path:
        """Find the folder of a template.

        Raises:
            TemplateNotFoundError: no folder has a template of that name.
        """
        if re.fullmatch(NAME_PATTERN, name):
            for folder in self._folders:
                if (folder / name / FILE).is_file():
                    return folder / name
        raise TemplateNotFoundError(f"There is no template `{name[:80]}`.", hint=suggest(name, self.names()))


def signature(folder: Path) -> Signature:
    """Say cheaply whether a folder may have changed: names, sizes and times of its files."""
    return tuple(sorted(_stamps(folder)))


def read_folder(folder: Path) -> TemplateFiles:
    """Read all files of a template; the digest is that of `configs.files.digest_of_folder`.

    Raises:
        TemplateError: a link leads out of the folder, or a file cannot be read.
        LimitError: the folder holds too much.
    """
    files: dict[str, bytes] = {}
    total = 0
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        if not path.resolve().is_relative_to(folder.resolve()):
            raise TemplateError("This link leads out of the template's folder.", where=f"{folder.name}/{name}")
        total += path.stat().st_size
        if total > MAX_BYTES or len(files) >= MAX_FILES:
            raise LimitError(
                f"A template may have {MAX_FILES} files and {MAX_BYTES >> 20} MB; this one has more.", where=folder.name
            )
        try:
            files[name] = path.read_bytes()
        except OSError as error:
            raise TemplateError(f"The file cannot be read: {error.strerror}.", where=f"{folder.name}/{name}") from None
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    return TemplateFiles(folder.name, files, digest_of(digests))


def _stamps(folder: Path, prefix: str = "") -> Iterator[tuple[str, int, int]]:
    """Walk with `scandir`: this happens before each document, and costs a fifth of what paths cost."""
    with os.scandir(folder / prefix) as entries:
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if entry.is_file():
                status = entry.stat()
                yield name, status.st_size, status.st_mtime_ns
            elif entry.is_dir(follow_symlinks=False):
                yield from _stamps(folder, f"{name}/")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _template_folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if (path / FILE).is_file())
