"""Documents in one folder for each label: out of a folder, or out of a `.tar.gz` that is read and never extracted."""

import tarfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from configs.errors import DatasetError
from models.types import LabelledText
from pipelines.datasets.facts import Parts, Split
from pipelines.datasets.locations import readable

_ARCHIVES = (".tar", ".tar.gz", ".tgz")
_LARGEST_BYTES = 1 << 30  # of all documents together: a small archive can unpack to more than any memory holds

_Document = tuple[PurePosixPath, bytes]


def read_folders(path: Path, names: Mapping[Split, str], encoding: str) -> Parts:
    """Read the documents of each split; the name of the folder that a document is in is its label.

    Args:
        path: a folder or an archive (.tar, .tar.gz, .tgz).
        names: the folder of each split below `path`; without any, all of `path` is the training part.
        encoding: how the documents are written, as Python names it.

    Raises:
        DatasetError: there is no document, one is empty or not written in `encoding`, something lies elsewhere than in
            `<label>/<document>`, or an archive is broken, too large or holds anything but files and folders.
    """
    roots: dict[Split, PurePosixPath] = {
        split: PurePosixPath(name) for split, name in (names or {"train": "."}).items()
    }
    if "train" not in roots:
        raise DatasetError("No folder of training documents is named.", where=str(path), hint="Name it with `train`.")
    parts: Parts = {split: [] for split in roots}
    with readable(path):
        for name, content in sorted(_documents(path)):
            for split, root in roots.items():
                if name.is_relative_to(root):
                    parts[split].append(_example(path, name, root, content, encoding))
    for split, root in roots.items():
        if not parts[split]:
            raise DatasetError(f"There is no document for `{split}`.", where=_place(path, root))
    return parts


def _documents(path: Path) -> Iterator[_Document]:
    if path.is_dir():
        return _below_folder(path)
    if path.is_file() and path.name.lower().endswith(_ARCHIVES):
        return _in_archive(path)
    raise DatasetError(
        f"Expected a folder or an archive ({', '.join(_ARCHIVES)}), but there is none.",
        where=str(path),
        hint="Give it in `dataset.path`; a relative path starts at the current directory.",
    )


def _below_folder(folder: Path) -> Iterator[_Document]:
    for file in folder.rglob("*"):
        name = PurePosixPath(file.relative_to(folder).as_posix())
        if file.is_file() and not _is_hidden(name):
            yield name, file.read_bytes()


def _in_archive(path: Path) -> Iterator[_Document]:
    left = _LARGEST_BYTES
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                name = PurePosixPath(member.name)
                if name.is_absolute() or ".." in name.parts:
                    raise DatasetError("The archive holds a path that leads out of it.", where=_place(path, name))
                if member.isdir() or _is_hidden(name):
                    continue
                content = archive.extractfile(member) if member.isreg() else None
                if content is None:
                    raise DatasetError(
                        "Expected files and folders, but the archive holds a link or a device.",
                        where=_place(path, name),
                    )
                left -= member.size
                if left < 0:
                    raise DatasetError(
                        f"The archive unpacks to more than {_LARGEST_BYTES >> 20} MB.",
                        where=str(path),
                        hint="Unpack it and give the folder.",
                    )
                yield name, content.read()
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise DatasetError(f"The archive cannot be read: {error}.", where=str(path)) from None


def _is_hidden(name: PurePosixPath) -> bool:
    """What file managers leave behind, such as `.DS_Store` and `._1234`."""
    return any(part.startswith(".") for part in name.parts)


def _example(path: Path, name: PurePosixPath, root: PurePosixPath, content: bytes, encoding: str) -> LabelledText:
    place = _place(path, name)
    label, *document = name.relative_to(root).parts
    if len(document) != 1:
        raise DatasetError(
            "Expected each document in the folder of its label, as `<label>/<document>`.",
            where=place,
            hint="Name the folders of the splits with `train` and `test`, or move the file.",
        )
    try:
        text = content.decode(encoding)
        text.encode("utf-8")  # some encodings can write half a character
    except UnicodeError as error:
        raise DatasetError(
            f"The document is not written in {encoding}: {error}.",
            where=place,
            hint="Say how it is written with `encoding`; latin-1 reads any bytes.",
        ) from None
    if not text.strip():
        raise DatasetError("The document is empty.", where=place, hint="Take it out.")
    return LabelledText(text, label)


def _place(path: Path, name: PurePosixPath) -> str:
    return f"{path}, {name}" if path.is_file() else str(path / name)
