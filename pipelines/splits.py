"""The checked splits of a dataset as JSON lines in a step's folder."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.loader import load_dataset
from pipelines.tasks import TASKS

SPLIT_NAMES = ("train", "validation", "test")


@dataclass(frozen=True)
class Splits:
    """Examples to learn from, to choose by, and to be judged on, with the facts of their source."""

    train: Sequence[Any]
    validation: Sequence[Any]
    test: Sequence[Any]
    facts: dict[str, Any]


def write_splits(folder: Path, config: DatasetConfig) -> None:
    """Load and check the dataset and write its splits and facts into `folder`.

    Raises:
        DatasetError: the data is missing, broken or unfit for the task.
    """
    dataset = load_dataset(config)
    for name in SPLIT_NAMES:
        write_examples(folder / f"{name}.jsonl", getattr(dataset, name))
    facts = json.dumps(asdict(dataset.facts), indent=1, ensure_ascii=False)
    (folder / "facts.json").write_text(facts, encoding="utf-8")


def read_splits(folder: Path, task: str) -> Splits:
    """Read what `write_splits` wrote."""
    train, validation, test = (read_examples(folder / f"{name}.jsonl", task) for name in SPLIT_NAMES)
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    return Splits(train, validation, test, facts)


def write_examples(path: Path, examples: Sequence[Any]) -> None:
    """Write one JSON object a line."""
    lines = [json.dumps(asdict(example), ensure_ascii=False) for example in examples]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_examples(path: Path, task: str) -> list[Any]:
    """Read what `write_examples` wrote, as examples of `task`."""
    example = TASKS[task].example
    # Not splitlines(): a text may hold U+2028, which JSON leaves as it is.
    return [example(**json.loads(line)) for line in path.read_text(encoding="utf-8").split("\n") if line]
