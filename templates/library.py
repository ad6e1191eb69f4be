"""Find template folders by name and read them whole, so that what was hashed is what is compiled."""

import functools
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from configs.errors import LimitError, TemplateError, TemplateNotFoundError
from configs.files import digest_of
from configs.loader import suggest
from templates.manifest import FILE, NAME_PATTERN, SCHEMA, WORD_SOURCE

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

    @property
    def has_own_folders(self) -> bool:
        """Whether there are more templates than those of the package."""
        return len(self._folders) > 1

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
                path = _named(folder, name)
                if os.path.isfile(f"{path}/{FILE}"):  # noqa: PTH113 - before each document, and five times as fast
                    return path
        raise TemplateNotFoundError(f"There is no template `{name[:80]}`.", hint=suggest(name, self.names()))


@functools.lru_cache(maxsize=1_024)
def _named(folder: Path, name: str) -> Path:
    return folder / name


def signature(folder: Path) -> Signature:
    """Say cheaply whether a folder, or a file, may have changed: names, sizes and times.

    Raises:
        TemplateNotFoundError: there is nothing.
    """
    try:
        if folder.is_dir():
            return tuple(sorted(_stamps(folder)))
        status = folder.stat()
    except OSError:
        raise TemplateNotFoundError("There is no such file or folder.", where=str(folder)) from None
    return ((".", status.st_size, status.st_mtime_ns),)


def read_file(path: Path) -> TemplateFiles:
    """Read a single Word file as a template; without a schema, any data is taken.

    Raises:
        TemplateError: it is no .docx, or cannot be read.
        LimitError: it is too large.
    """
    if path.suffix.lower() != ".docx":
        raise TemplateError(
            "Expected a template's folder or a .docx file.", where=str(path), hint=f"A folder has a {FILE}."
        )
    name = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:64] or "document"
    manifest = f'name = "{name}"\nversion = "0"\ntitle = "{name}"\nformats = ["docx", "pdf"]\n'
    files = {WORD_SOURCE: read_whole(path, path.name), FILE: manifest.encode(), SCHEMA: b"{}"}
    return with_digest(name, files)


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
        files[name] = read_whole(path, f"{folder.name}/{name}")
    if FILE not in files:
        raise TemplateError(f"A template's folder has a file {FILE}; this one has none.", where=str(folder))
    return with_digest(folder.name, files)


def with_digest(name: str, files: Mapping[str, bytes]) -> TemplateFiles:
    """Hash the files of a template."""
    digests = {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}
    return TemplateFiles(name, files, digest_of(digests))


def read_whole(path: Path, where: str) -> bytes:
    """Read a file that a template may be as large as.

    Raises:
        TemplateError: it cannot be read.
        LimitError: it is too large.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise TemplateError(f"The file cannot be read: {error.strerror}.", where=where) from None
    if len(content) > MAX_BYTES:
        raise LimitError(f"A template may have {MAX_BYTES >> 20} MB; this one has more.", where=where)
    return content


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
