"""From rows that nobody vouches for to examples: each cell is what it should be, and no text is in two splits."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from configs.errors import DatasetError
from models.types import LabelledText, MultiLabelledText, SummarizedText
from pipelines.datasets.facts import SPLITS, Example, Parts, Split, label_counts
from pipelines.datasets.tables import Table

_LONGEST_SLICE = 40  # letters of a value that names a part: what a row of a plot has room for


def to_examples(
    table: Table,
    *,
    text: str,
    target: str,
    summarize: bool,
    label_names: Sequence[str] | None = None,
    separator: str | None = None,
    slices: Sequence[str] = (),
) -> list[Example]:
    """Check the rows of a table and make examples of them.

    Args:
        table: what was read.
        text: the column of the texts.
        target: the column of labels or summaries.
        summarize: whether `target` holds summaries; then text and target may be lists: sentences, and summaries.
        label_names: the labels' names, where `target` holds their numbers.
        separator: stands between labels, where a text may have several or none.
        slices: columns whose values name parts of the data.

    Raises:
        DatasetError: there is no row or column, or a cell is empty or no text; the message names row and column.
    """
    for column in (text, target, *slices):
        if column not in table.columns:
            hint = f"The columns are: {', '.join(table.columns)}."
            raise DatasetError(f"There is no column `{column}`.", where=table.place, hint=hint)
    if not table.rows:
        raise DatasetError("There are columns, but no row below them.", where=table.place)
    examples: list[Example] = []
    for row in table.rows:
        place = f"{table.place}, row {row.number}, column"
        given = row.cells.get(text), row.cells.get(target), f"{place} `{text}`", f"{place} `{target}`"
        example: Example
        if separator is not None:
            example = _multi_labelled(*given, separator)
        else:
            example = _summarized(*given) if summarize else _labelled(*given, label_names)
        examples.append(replace(example, slices=tuple(_slice_of(column, row.cells.get(column)) for column in slices)))
    return examples


def drop_leaks(parts: Parts) -> tuple[Parts, list[str]]:
    """Take out of train what is in validation or test as well, and out of validation what is in test.

    Two texts are the same if they differ in nothing but case and white space. The
    copy to judge by is the one that stays: a known test split keeps its figure.
    """
    kept: Parts = {"test": parts["test"]}
    taken = {folded(example.text) for example in parts["test"]}
    dropped: dict[str, int] = {}
    later: tuple[Split, ...] = ("validation", "train")
    for split in later:
        kept[split] = [example for example in parts[split] if folded(example.text) not in taken]
        dropped[split] = len(parts[split]) - len(kept[split])
        taken |= {folded(example.text) for example in kept[split]}
    if not kept["train"]:
        raise DatasetError("Every training example is in validation or test as well.", hint="Give other files.")
    warnings = []
    if dropped["train"]:
        warnings.append(f"{dropped['train']} training examples were dropped: their text is in validation or test too")
    if dropped["validation"]:
        warnings.append(f"{dropped['validation']} validation examples were dropped: their text is in test too")
    return kept, warnings


def count_conflicts(parts: Parts) -> list[str]:
    """Count texts that carry different labels within one split."""
    warnings = []
    for split in SPLITS:
        labels: defaultdict[str, set[str]] = defaultdict(set)
        for example in parts[split]:
            if isinstance(example, LabelledText):
                labels[folded(example.text)].add(example.label)
        conflicts = sum(len(found) > 1 for found in labels.values())
        if conflicts:
            warnings.append(f"{conflicts} texts of {split} occur with different labels")
    return warnings


def check_not_empty(parts: Parts, place: str) -> None:
    """Refuse a split that holds nothing, or nothing any more once its doubles are gone.

    Raises:
        DatasetError: names the split.
    """
    for split, examples in parts.items():
        if not examples:
            raise DatasetError(
                f"The {split} split holds no example that is not in another split too.",
                where=place,
                hint="Add different examples.",
            )


def check_labels(parts: Parts, place: str) -> None:
    """See that there is something to tell apart, and that what is judged was there to learn.

    Raises:
        DatasetError: train has one label only, or another split has a label that train lacks.
    """
    labels = {split: set(label_counts(parts[split])) for split in SPLITS}
    if len(labels["train"]) == 1 and isinstance(parts["train"][0], LabelledText):
        raise DatasetError(
            f"All training examples have the label `{next(iter(labels['train']))}`.",
            where=place,
            hint="Give examples of at least two labels, or another column in `label`.",
        )
    for split in SPLITS:
        unknown = sorted(labels[split] - labels["train"])
        if unknown:
            raise DatasetError(
                f"The label `{unknown[0]}` is in {split}, but no training example has it"
                f"{f' (and {len(unknown) - 1} more such labels)' if len(unknown) > 1 else ''}.",
                where=place,
                hint="Add training examples of it, or leave it out of the other files.",
            )


def folded(text: str) -> str:
    """Give what is left of a text when case and white space do not count."""
    return " ".join(text.casefold().split())


def _labelled(text: Any, label: Any, text_place: str, label_place: str, names: Sequence[str] | None) -> LabelledText:
    written, answer = _text_of(text, text_place), _label_of(label, label_place)
    return LabelledText(written, answer if names is None else _name_of(answer, names, label_place))


def _multi_labelled(text: Any, labels: Any, text_place: str, labels_place: str, separator: str) -> MultiLabelledText:
    """Read a JSON list, or labels between separators; no label at all is an answer too."""
    if not isinstance(labels, list):
        labels = [] if _is_missing(labels) else str(_label_of(labels, labels_place)).split(separator)
    named = {_label_of(label, labels_place) for label in labels}
    return MultiLabelledText(_text_of(text, text_place), tuple(sorted(named)))


def _summarized(text: Any, summary: Any, text_place: str, summary_place: str) -> SummarizedText:
    sentences, summaries = _texts_of(text, text_place), _texts_of(summary, summary_place)
    return SummarizedText(
        text=" ".join(sentences),
        summary=summaries[0],
        other_summaries=summaries[1:],
        sentences=sentences if isinstance(text, list) else (),
    )


def _texts_of(cell: Any, place: str) -> tuple[str, ...]:
    """Give the texts of a list, of which empty ones are left out, or the one text."""
    if not isinstance(cell, list):
        return (_text_of(cell, place),)
    items = [(number, item) for number, item in enumerate(cell, start=1) if not _is_missing(item)]
    if not items:
        return (_text_of(None, place),)
    return tuple(_text_of(item, f"{place}, item {number}") for number, item in items)


def _text_of(cell: Any, place: str) -> str:
    if _is_missing(cell):
        raise DatasetError("The cell is empty.", where=place, hint="Fill it or take the row out.")
    if not isinstance(cell, str):
        raise DatasetError(f"Expected text, but got a value of type `{type(cell).__name__}`.", where=place)
    try:
        cell.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DatasetError(
            f"The text holds half a character (a lone surrogate) at {error.start}.", where=place
        ) from None
    return cell


def _label_of(cell: Any, place: str) -> str:
    if _is_missing(cell):
        raise DatasetError("The label is missing.", where=place, hint="Fill it or take the row out.")
    if isinstance(cell, int):  # True and False too
        return str(cell)
    return _text_of(cell, place).strip()


def _slice_of(column: str, cell: Any) -> str:
    if _is_missing(cell):
        return f"{column}: empty"
    value = " ".join(str(cell).split())
    return f"{column}: {value if len(value) <= _LONGEST_SLICE else value[: _LONGEST_SLICE - 1] + '…'}"


def _name_of(number: str, names: Sequence[str], place: str) -> str:
    if not (number.isascii() and number.isdigit() and int(number) < len(names)):
        raise DatasetError(
            f"Expected a label's number from 0 to {len(names) - 1}, because `label_names` names {len(names)} labels, "
            f"but got `{number}`.",
            where=place,
        )
    return names[int(number)]


def _is_missing(cell: Any) -> bool:
    if isinstance(cell, float):
        return math.isnan(cell)
    return cell is None or (isinstance(cell, str) and not cell.strip())
