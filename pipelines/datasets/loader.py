"""The one way to data: any source, checked, split without leaks, with the facts of where it is from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from configs.errors import DatasetError
from configs.files import digest_of, digest_of_folder, sha256_of_file
from configs.logging import get_logger
from models.types import LabelledText, SummarizedText
from pipelines.datasets.checks import (
    Columns,
    Example,
    check_labels,
    double_warnings,
    examples_of,
    label_counts,
    without_leaks,
)
from pipelines.datasets.config import DatasetConfig, FilesConfig, GeneratedConfig, HubConfig
from pipelines.datasets.splits import carve
from pipelines.datasets.tables import Rows, read_table

log = get_logger(__name__)

SPLIT_NAMES = ("train", "validation", "test")
_KINDS: Mapping[str, type[Example]] = {"text-classification": LabelledText, "summarization": SummarizedText}


@dataclass(frozen=True)
class DatasetFacts:
    """Where the examples are from.

    Attributes:
        source: path, hub id or generator, for people.
        licence: as stated, or None.
        digest: sha256 over all examples of all splits.
        files: sha256 of each file that was read.
        counts: examples of each split.
        label_counts: examples of each label in the training split.
        warnings: what was found and mended or let through, each with its count.
    """

    source: str
    licence: str | None
    digest: str
    files: Mapping[str, str]
    counts: Mapping[str, int]
    label_counts: Mapping[str, int]
    warnings: Sequence[str]


@dataclass(frozen=True)
class DatasetSplits:
    """Checked examples."""

    train: tuple[Any, ...]
    validation: tuple[Any, ...]
    test: tuple[Any, ...]
    facts: DatasetFacts


def load_dataset(config: DatasetConfig, task: str) -> DatasetSplits:
    """Load the examples of a task, check them and split them.

    Raises:
        DatasetError: the data are missing, broken or unfit for the task; the message says where.
    """
    kind = _KINDS[task]
    where, licence = _name(config), None if isinstance(config, GeneratedConfig) else config.licence
    found = _read(config, kind)
    train, validation, test = (
        (found["train"], found["validation"], found["test"])
        if isinstance(config, GeneratedConfig)
        else carve(found, config, where=where)
    )
    train, validation, warnings = without_leaks(train, validation, test)
    for name, examples in (("training", train), ("validation", validation), ("test", test)):
        if not examples:
            raise DatasetError(f"The {name} split holds no examples.", where=where)
        warnings += double_warnings(name, examples)
    if kind is LabelledText:
        check_labels(train, test, where=where)
    for warning in warnings:
        log.warning("dataset", source=where, warning=warning)
    splits = dict(zip(SPLIT_NAMES, (train, validation, test), strict=True))
    facts = DatasetFacts(
        source=where,
        licence=licence,
        digest=digest_of({name: [asdict(example) for example in splits[name]] for name in SPLIT_NAMES}),
        files=file_digests(config),
        counts={name: len(splits[name]) for name in SPLIT_NAMES},
        label_counts=label_counts(train),
        warnings=warnings,
    )
    return DatasetSplits(tuple(train), tuple(validation), tuple(test), facts)


def file_digests(config: DatasetConfig) -> dict[str, str]:
    """Hash the files that a configuration names; a file that changes is other data.

    Raises:
        DatasetError: a file is missing.
    """
    if not isinstance(config, FilesConfig):
        return {}
    if _is_saved_dataset(config.path):
        return {config.path.name: digest_of_folder(config.path)}
    try:
        return {path.name: sha256_of_file(path) for path in _paths(config).values()}
    except OSError as error:
        raise DatasetError(f"The file cannot be read: {error.strerror}.", where=str(error.filename)) from None


def _read(config: DatasetConfig, kind: type[Example]) -> dict[str, list[Any]]:
    """Read the splits that the source has of its own."""
    if isinstance(config, GeneratedConfig):
        generator = import_module(f"pipelines.datasets.{config.generator}")  # its phrases are read only when needed
        return {name: generator.generate(name, getattr(config, name), config.seed) for name in SPLIT_NAMES}
    columns = Columns(config.text, config.target)
    read: Callable[[], Mapping[str, Rows]] = (
        (lambda: _rows_of_hub(config)) if isinstance(config, HubConfig) else (lambda: _rows_of_files(config))
    )
    return {name: examples_of(rows, columns, kind, where=f"{_name(config)}, {name}") for name, rows in read().items()}


def _rows_of_files(config: FilesConfig) -> dict[str, Rows]:
    if _is_saved_dataset(config.path):
        from datasets import load_from_disk

        saved = load_from_disk(str(config.path))
        return {name: list(saved[name]) for name in saved} if hasattr(saved, "keys") else {"train": list(saved)}
    return {name: read_table(path) for name, path in _paths(config).items()}


def _rows_of_hub(config: HubConfig) -> dict[str, Rows]:
    from datasets import load_dataset as load_from_hub

    names = {"train": config.train, "validation": config.validation, "test": config.test}
    try:
        return {
            split: list(load_from_hub(config.id, config.name, split=name, revision=config.revision))
            for split, name in names.items()
            if name is not None
        }
    except Exception as error:  # the library raises its own, the hub's and the network's errors
        raise DatasetError(
            f"The hub did not give this dataset: {str(error).splitlines()[0]}",
            where=config.id,
            hint="Check the name and the network, or download it and name its folder with `source: files`.",
        ) from error


def _paths(config: FilesConfig) -> dict[str, Path]:
    names = {"train": config.train, "validation": config.validation, "test": config.test}
    if config.path.is_file() or config.train is None:
        return {"train": config.path} | {name: config.path.parent / file for name, file in names.items() if file}
    return {name: config.path / file for name, file in names.items() if file}


def _is_saved_dataset(path: Path) -> bool:
    """Whether `datasets` saved this folder."""
    return (path / "dataset_dict.json").is_file() or (path / "dataset_info.json").is_file()


def _name(config: DatasetConfig) -> str:
    if isinstance(config, GeneratedConfig):
        return f"generated {config.generator}, seed {config.seed}"
    return config.id if isinstance(config, HubConfig) else str(config.path)
