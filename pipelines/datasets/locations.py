"""Where the files of a dataset are."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from configs.errors import DatasetError
from pipelines.datasets.facts import SPLITS, Split

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
_SAVED_MARKS = ("dataset_dict.json", "state.json")  # what `save_to_disk` of the datasets library leaves


def is_saved_dataset(path: Path) -> bool:
    """Whether `path` is a folder that the `datasets` library saved."""
    return any((path / mark).is_file() for mark in _SAVED_MARKS)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Say in our words that something at `path` could not be read.

    Raises:
        DatasetError: it may not be read, its name is too long, or the disk fails.
    """
    try:
        yield
    except OSError as error:
        place = error.filename or path
        raise DatasetError(f"The file cannot be read: {error.strerror or error}.", where=str(place)) from None


def locate(path: Path, names: Mapping[Split, str]) -> dict[Split, Path]:
    """Find the file of each split.

    Args:
        path: the one file of a dataset, or a folder.
        names: files of that folder; without any, `train.csv`, `test.jsonl` and so on are looked for.

    Raises:
        DatasetError: a file is missing, or it is not clear which one is meant.
    """
    if not path.exists():
        raise DatasetError(
            "There is no such file or folder.",
            where=str(path),
            hint="Give it in `dataset.path`; a relative path starts at the current directory.",
        )
    if path.is_file():
        return _single(path, names)
    found = _named(path, names) if names else _conventional(path)
    if "train" not in found:
        raise DatasetError("No file of training examples was found.", where=str(path), hint=_what_is_there(path))
    return found


def _single(path: Path, names: Mapping[Split, str]) -> dict[Split, Path]:
    if names:
        raise DatasetError(
            "Expected a folder, because files below it are named, but this is a file.",
            where=str(path),
            hint=f"Leave out {', '.join(f'`{name}`' for name in names)}, or give the folder.",
        )
    return {"train": path}


def _named(folder: Path, names: Mapping[Split, str]) -> dict[Split, Path]:
    for split, name in names.items():
        if not (folder / name).is_file():
            raise DatasetError(
                f"The file of `{split}` is missing.", where=str(folder / name), hint=_what_is_there(folder)
            )
    return {split: folder / name for split, name in names.items()}


def _conventional(folder: Path) -> dict[Split, Path]:
    found: dict[Split, Path] = {}
    for split in SPLITS:
        files = [file for suffix in SUFFIXES if (file := folder / f"{split}{suffix}").is_file()]
        if len(files) > 1:
            raise DatasetError(
                f"There are several files for `{split}`: {', '.join(file.name for file in files)}.",
                where=str(folder),
                hint=f"Name the one you mean: `{split}: {files[0].name}`.",
            )
        if files:
            found[split] = files[0]
    return found


def _what_is_there(folder: Path) -> str:
    # Two levels: enough for a repository of data, and quick even where somebody names his whole disk.
    below = [*folder.glob("*"), *folder.glob("*/*")]
    files = sorted(file.relative_to(folder).as_posix() for file in below if file.suffix in SUFFIXES)
    if not files:
        return f"The folder holds none of {', '.join(SUFFIXES)}."
    return f"Name a file with `train`, `validation` or `test`; there: {', '.join(files[:10])}."
