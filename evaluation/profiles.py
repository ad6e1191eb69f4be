"""Reference profiles: what the inputs and answers of a version looked like when it was trained.

A profile holds derived columns only, never a text, and is saved with each
version; drift is told by comparing what was served with it.
"""

import io
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from configs.errors import InputError, IntegrityError
from configs.files import atomic_write, sha256_of_file

Row = Mapping[str, float | str]
ItemT = TypeVar("ItemT")

LABEL_COLUMN = "predicted_label"
CONFIDENCE_COLUMN = "confidence"

# Above this, distances between samples no longer change in the digits that thresholds have,
# while comparing and storing goes on to cost more.
MAX_ROWS = 5000

_ROWS_FILE = "profile.parquet"
_FACTS_FILE = "profile.json"
_FORMAT = 1


def text_columns(text: str) -> dict[str, float]:
    """Derive numbers from a text that say how it looks and nothing of what it says."""
    characters = len(text)
    words = text.split()
    letters = sum(map(str.isalpha, text))
    digits = sum(map(str.isdigit, text))
    spaces = sum(map(str.isspace, text))
    # A letter or digit counts once; what is neither, nor a space, is punctuation or a symbol.
    symbols = characters - sum(map(str.isalnum, text)) - spaces
    ascii_characters = len(text.encode("ascii", "ignore"))
    return {
        "characters": float(characters),
        "words": float(len(words)),
        "lines": float(len(text.splitlines())),
        "mean_word_length": sum(map(len, words)) / len(words) if words else 0.0,
        "uppercase_share": _share(sum(map(str.isupper, text)), letters),
        "digit_share": _share(digits, characters),
        "punctuation_share": _share(symbols, characters),
        "non_ascii_share": _share(characters - ascii_characters, characters),
    }


def prediction_columns(label: str | None, score: float | None) -> dict[str, float | str]:
    """Name what was answered; what a task does not have is left out."""
    columns: dict[str, float | str] = {}
    if label is not None:
        columns[LABEL_COLUMN] = label
    if score is not None:
        columns[CONFIDENCE_COLUMN] = float(score)
    return columns


def sample(items: Sequence[ItemT], *, seed: int, limit: int = MAX_ROWS) -> list[ItemT]:
    """Give at most `limit` of the items, drawn without replacement, in their order."""
    if len(items) <= limit:
        return list(items)
    chosen = random.Random(seed).sample(range(len(items)), limit)
    return [items[index] for index in sorted(chosen)]


@dataclass(frozen=True)
class ReferenceProfile:
    """What drift compares with.

    Attributes:
        rows: derived columns, a seeded sample of at most 5,000 rows.
        counts: how many `rows` there were and how many were `sampled`.
        label_counts: how often each label was answered, over all rows.
    """

    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    label_counts: Mapping[str, int]

    def save(self, folder: Path) -> None:
        """Write Parquet and JSON into `folder`."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        buffer = io.BytesIO()
        pq.write_table(pa.Table.from_pylist([dict(row) for row in self.rows]), buffer)
        atomic_write(folder / _ROWS_FILE, buffer.getvalue())
        facts = {
            "format": _FORMAT,
            "sha256": sha256_of_file(folder / _ROWS_FILE),
            "counts": dict(self.counts),
            "label_counts": dict(self.label_counts),
        }
        atomic_write(folder / _FACTS_FILE, json.dumps(facts, indent=1, sort_keys=True).encode())

    @classmethod
    def load(cls, folder: Path) -> "ReferenceProfile":
        """Read what `save` wrote.

        Raises:
            IntegrityError: a file is missing, or is not what was saved.
        """
        import pyarrow.parquet as pq

        try:
            facts = json.loads((folder / _FACTS_FILE).read_text(encoding="utf-8"))
            if sha256_of_file(folder / _ROWS_FILE) != facts["sha256"]:
                raise IntegrityError(
                    "The rows of the reference profile are not those that were saved.", where=str(folder)
                )
            rows = tuple(pq.read_table(folder / _ROWS_FILE).to_pylist())
            return cls(rows=rows, counts=facts["counts"], label_counts=facts["label_counts"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IntegrityError(
                f"Expected a reference profile, but it cannot be read: {error}.",
                where=str(folder),
                hint="Train the version again to get a new one.",
            ) from None


def build(rows: Sequence[Row], *, seed: int) -> ReferenceProfile:
    """Make the profile of a version from what it was seen with.

    Args:
        rows: `text_columns` and `prediction_columns` of each example. Take examples that the version
            did not learn from: it is surer of those it did, and every window would look drifted.
        seed: chooses the rows that are kept.

    Raises:
        InputError: there are no rows, or they do not have the same columns.
    """
    if not rows:
        raise InputError("Expected at least one row to make a reference profile of, but got none.")
    _check_columns(rows)
    kept = sample(rows, seed=seed)
    labels = Counter(str(row[LABEL_COLUMN]) for row in rows if LABEL_COLUMN in row)
    return ReferenceProfile(
        rows=tuple(dict(row) for row in kept),
        counts={"rows": len(rows), "sampled": len(kept)},
        label_counts=dict(sorted(labels.items())),
    )


def _check_columns(rows: Sequence[Row]) -> None:
    expected = set(rows[0])
    for number, row in enumerate(rows):
        if set(row) != expected:
            differing = ", ".join(sorted(set(row) ^ expected))
            raise InputError(
                f"Expected the same columns in every row, but these differ: {differing}.", where=f"row {number}"
            )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
