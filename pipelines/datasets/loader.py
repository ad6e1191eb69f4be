"""From a dataset's configuration to checked splits: the one way in for every source."""

from collections.abc import Mapping
from typing import assert_never

from pipelines.datasets import hub, messages, notes, sentiment
from pipelines.datasets.checks import check_labels, check_not_empty, count_conflicts, drop_leaks, to_examples
from pipelines.datasets.config import DatasetConfig, FilesDataset, FoldersDataset, GeneratedDataset, HubDataset
from pipelines.datasets.facts import SPLITS, DatasetSplits, Parts, Split, describe, rows_digests
from pipelines.datasets.folders import read_folders
from pipelines.datasets.locations import is_saved_dataset, locate, readable
from pipelines.datasets.splits import complete
from pipelines.datasets.tables import Table, read_table

_GENERATORS = {"messages": messages, "notes": notes, "sentiment": sentiment}
_OWN_LICENCE = "Apache-2.0"  # the project's own: what it generates is part of it


def load_dataset(config: DatasetConfig) -> DatasetSplits:
    """Read or generate a dataset, check it, and split it without leaks.

    Raises:
        DatasetError: a file is missing or broken, or its examples are unfit for the task.
        DependencyError: the Hugging Face hub cannot be reached.
    """
    match config:
        case FilesDataset():
            return _split(config, _read_files(config), str(config.path), config.file_digests())
        case FoldersDataset():
            given = read_folders(config.path.expanduser(), config.names, config.encoding)
            return _split(config, given, str(config.path), config.file_digests())
        case HubDataset():
            source = f"huggingface:{config.id}@{config.revision or 'latest'}"
            return _split(config, _examples(config, hub.read_hub(config)), source, {})
        case GeneratedDataset():
            return _generate(config)
        case _:
            assert_never(config)


def _read_files(config: FilesDataset) -> Parts:
    path = config.path.expanduser()
    with readable(path):
        if is_saved_dataset(path):
            return _examples(config, hub.read_saved(path, config.names, config.wanted))
        files = locate(path, config.names)
        tables = {split: read_table(file, config.wanted, config.columns) for split, file in files.items()}
        return _examples(config, tables)


def _examples(config: FilesDataset | HubDataset, tables: Mapping[Split, Table]) -> Parts:
    return {
        split: to_examples(
            table,
            text=config.text,
            target=config.target,
            summarize=config.task == "summarization",
            label_names=config.label_names,
            separator=config.label_separator if config.labels else None,
            slices=config.slices,
        )
        for split, table in tables.items()
    }


def _split(
    config: FilesDataset | FoldersDataset | HubDataset, given: Parts, source: str, sha256: Mapping[str, str]
) -> DatasetSplits:
    parts = complete(
        given,
        validation_share=config.validation_share,
        test_share=config.test_share,
        seed=config.seed,
        place=source,
    )
    parts, leaks = drop_leaks(parts)
    check_not_empty(parts, source)
    check_labels(parts, source)
    warnings = leaks + count_conflicts(parts)
    return describe(parts, source=source, licence=config.licence, url=config.url, sha256=sha256, warnings=warnings)


def _generate(config: GeneratedDataset) -> DatasetSplits:
    generator = _GENERATORS[config.generator]
    sizes = generator.sizes(config.size)
    parts: Parts = {split: list(generator.generate(split, sizes[split], config.seed)) for split in SPLITS}
    source = f"generated:{config.generator}, seed {config.seed}"
    return describe(
        parts, source=source, licence=_OWN_LICENCE, url=None, sha256=rows_digests(parts), warnings=generator.REMARKS
    )
