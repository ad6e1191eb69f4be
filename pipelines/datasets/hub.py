"""Tables out of the `datasets` library: folders that it saved, and datasets of the Hugging Face hub."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from configs.errors import DatasetError, DependencyError
from pipelines.datasets.config import HubDataset
from pipelines.datasets.facts import SPLITS, Split
from pipelines.datasets.tables import Row, Table

_DEFAULT_NAMES: Mapping[Split, str] = {split: split for split in SPLITS}


def read_saved(path: Path, names: Mapping[Split, str], wanted: Sequence[str]) -> dict[Split, Table]:
    """Read a folder that `save_to_disk` wrote.

    Raises:
        DatasetError: the folder is broken, or it lacks a split that is named.
    """
    # The library takes two seconds to import; only these two functions need it.
    import datasets
    import pyarrow

    try:
        return _tables(datasets.load_from_disk(str(path)), str(path), names, wanted)
    except (pyarrow.ArrowException, OSError, ValueError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise DatasetError(f"The saved dataset cannot be read: {_first_line(error)}", where=str(path)) from None


def read_hub(config: HubDataset) -> dict[Split, Table]:
    """Download a dataset of the hub, or take it from the library's cache.

    Raises:
        DatasetError: the hub has no such dataset, or not in this form.
        DependencyError: the hub cannot be reached.
    """
    import datasets
    from datasets.exceptions import DatasetsError

    try:
        loaded = datasets.load_dataset(config.id, config.config, revision=config.revision)
    except ConnectionError as error:
        raise DependencyError(
            f"The Hugging Face hub cannot be reached: {_first_line(error)}.",
            where=config.id,
            hint="Save the dataset where there is a network (`save_to_disk`) and use `source: files` with its folder.",
        ) from None
    except (DatasetsError, OSError, ValueError, RuntimeError) as error:
        raise DatasetError(f"The dataset cannot be loaded: {_first_line(error)}", where=config.id) from None
    return _tables(loaded, config.id, config.names, config.wanted)


def _tables(loaded: Any, place: str, names: Mapping[Split, str], wanted: Sequence[str]) -> dict[Split, Table]:
    # A dataset without splits is one mapping of columns; it is all there is to train from.
    parts: Mapping[str, Any] = loaded if isinstance(loaded, dict) else {"train": loaded}
    for split, name in names.items():
        if name not in parts:
            raise DatasetError(
                f"There is no split `{name}` for `{split}`.", where=place, hint=f"There: {', '.join(sorted(parts))}."
            )
    chosen = names or {split: name for split, name in _DEFAULT_NAMES.items() if name in parts}
    if "train" not in chosen:
        raise DatasetError(
            "No split of training examples is named.",
            where=place,
            hint=f"Name it with `train`: {', '.join(sorted(parts))}.",
        )
    return {split: _table(parts[name], f"{place}, split `{name}`", wanted) for split, name in chosen.items()}


def _table(part: Any, place: str, wanted: Sequence[str]) -> Table:
    columns = tuple(part.column_names)
    kept = [name for name in wanted if name in columns]
    label_names = {name: feature.names for name, feature in part.features.items() if hasattr(feature, "names")}
    rows = [
        Row(number, {name: _named(record[name], label_names.get(name)) for name in kept})
        for number, record in enumerate(part.select_columns(kept), start=1)
    ]
    return Table(place, columns, rows)


def _named(cell: Any, names: Sequence[str] | None) -> Any:
    """Give the name of a class that is stored as its number; the hub writes -1 where the label is not known."""
    if names is None or cell is None:
        return cell
    return names[cell] if 0 <= cell < len(names) else None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
