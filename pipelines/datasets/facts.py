"""What is known about a dataset once it was checked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from configs.files import digest_of
from models.types import LabelledText, MultiLabelledText, SummarizedText

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
Example = LabelledText | MultiLabelledText | SummarizedText
Parts = dict[Split, list[Example]]


@dataclass(frozen=True)
class DatasetFacts:
    """Where examples come from, and what they are; written into the run, the version and the model card.

    Attributes:
        source: the path, the hub's name, or the generator with its seed.
        licence: as the source states it.
        url: where the data comes from.
        sha256: file → hash of its bytes; of generated data: split → hash of its rows.
        counts: split → number of examples.
        labels: split → label → number of examples; empty where the examples have no labels.
        warnings: what was found and is no error, each with its count.
        digest: sha256 over all examples of all splits, as a model meets them.
    """

    source: str
    licence: str | None
    url: str | None
    sha256: Mapping[str, str]
    counts: Mapping[str, int]
    labels: Mapping[str, Mapping[str, int]]
    warnings: tuple[str, ...]
    digest: str


@dataclass(frozen=True)
class DatasetSplits:
    """Checked examples: to learn from, to choose by, and to be judged on; no text is in two of them."""

    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    test: tuple[Example, ...]
    facts: DatasetFacts


def describe(
    parts: Parts,
    *,
    source: str,
    licence: str | None,
    url: str | None,
    sha256: Mapping[str, str],
    warnings: Sequence[str],
) -> DatasetSplits:
    """Count and hash the examples, and put them together with what is known about them."""
    facts = DatasetFacts(
        source=source,
        licence=licence,
        url=url,
        sha256=dict(sha256),
        counts={split: len(parts[split]) for split in SPLITS},
        labels={split: label_counts(parts[split]) for split in SPLITS},
        warnings=tuple(warnings),
        digest=digest_of(rows_digests(parts)),
    )
    return DatasetSplits(tuple(parts["train"]), tuple(parts["validation"]), tuple(parts["test"]), facts)


def label_counts(examples: Sequence[Example]) -> dict[str, int]:
    """Count each label, in alphabetical order."""
    labels = (label for example in examples for label in _labels_of(example))
    return dict(sorted(Counter(labels).items()))


def _labels_of(example: Example) -> Sequence[str]:
    if isinstance(example, SummarizedText):
        return ()
    return example.labels if isinstance(example, MultiLabelledText) else (example.label,)


def rows_digests(parts: Parts) -> dict[str, str]:
    """Hash the examples of each split, in their order."""
    return {split: digest_of([asdict(example) for example in examples]) for split, examples in parts.items()}
