"""Rows and columns out of CSV, TSV, JSON lines and Parquet files; nothing is believed yet."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from configs.errors import DatasetError
from pipelines.datasets.locations import SUFFIXES


@dataclass(frozen=True)
class Row:
    """One row as it was read.

    Attributes:
        number: where it stands in the file, as an editor or a spreadsheet counts: the header of a CSV is row 1.
        cells: column → whatever stood there.
    """

    number: int
    cells: Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """What a file or split holds; `place` is the name that errors use."""

    place: str
    columns: tuple[str, ...]
    rows: Sequence[Row]


def read_table(path: Path, wanted: Sequence[str], columns: Sequence[str] | None = None) -> Table:
    """Read a file by its suffix.

    Args:
        path: a CSV, TSV, JSONL or Parquet file.
        wanted: the columns that are of use; others may be left out of the rows.
        columns: the names of the columns of a CSV or TSV file that has no header.

    Raises:
        DatasetError: the file is empty, broken, no UTF-8, or of another format.
    """
    suffix = path.suffix.lower()
    if columns is not None and suffix in SUFFIXES and suffix not in {".csv", ".tsv"}:
        raise DatasetError(
            f"Expected CSV or TSV, because `columns` names the columns, but a {suffix} file names its own.",
            where=str(path),
            hint="Leave out `columns`.",
        )
    if suffix == ".parquet":
        return _read_parquet(path, wanted)
    if suffix not in SUFFIXES:
        raise DatasetError(
            f"The format of `{suffix or path.name}` is not known.",
            where=str(path),
            hint=f"Known: {', '.join(SUFFIXES)}.",
        )
    text = _read_text(path)
    if suffix in {".jsonl", ".ndjson"}:
        return _read_json_lines(path, text)
    records = _tab_records(path, text) if suffix == ".tsv" else _csv_records(path, text, ",")
    return _from_records(path, records, columns)


def _read_text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"Expected UTF-8 text, but byte {error.start} is not.", where=str(path), hint="Save the file as UTF-8."
        ) from None
    if not text.strip():
        raise DatasetError("The file is empty.", where=str(path))
    return text


def _csv_records(path: Path, text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for record in reader:
            yield record
            number += 1
    except csv.Error as error:
        raise DatasetError(
            f"The row cannot be read: {error}.",
            where=f"{path}, row {number}",
            hint="Check its quotes: a quote inside a quoted field is written twice.",
        ) from None


def _tab_records(path: Path, text: str) -> Iterator[list[str]]:
    """Read tab-separated values, which in the wild are written with and without quotes.

    Where each line has as many tabs as the first, lines are rows for certain, and a
    line that breaks the rules of quoting is taken as it stands.
    """
    lines = [line.rstrip("\r") for line in text.split("\n")]
    if any(line.count("\t") != lines[0].count("\t") for line in lines if line):
        yield from _csv_records(path, text, "\t")
        return
    for line in lines:
        try:
            yield next(csv.reader([line], delimiter="\t", strict=True), [])
        except csv.Error:
            yield line.split("\t")


def _from_records(path: Path, records: Iterable[list[str]], names: Sequence[str] | None) -> Table:
    numbered = ((number, record) for number, record in enumerate(records, start=1) if record)
    if names is None:
        _, names = next(numbered, (0, []))
    columns = tuple(name.strip() for name in names)
    doubled = sorted({name for name in columns if name and columns.count(name) > 1})
    if doubled:
        raise DatasetError(f"Two columns have the name `{doubled[0]}`.", where=f"{path}, row 1")
    rows = []
    for number, record in numbered:
        if len(record) != len(columns):
            raise DatasetError(
                f"Expected {len(columns)} fields, but the row has {len(record)}.",
                where=f"{path}, row {number}",
                hint="A field that holds the separator or a line break must stand in double quotes.",
            )
        rows.append(Row(number, dict(zip(columns, record, strict=True))))
    return Table(str(path), columns, rows)


def _read_json_lines(path: Path, text: str) -> Table:
    rows = []
    columns: dict[str, None] = {}
    # Not splitlines(): a text may hold U+2028, which JSON leaves as it is.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            row = Row(number, _parse_object(line, f"{path}, row {number}"))
            rows.append(row)
            columns.update(dict.fromkeys(row.cells))
    return Table(str(path), tuple(columns), rows)


def _parse_object(line: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise DatasetError(
            f"Expected a JSON object, but {error.msg.lower()} at column {error.colno}.", where=where
        ) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or brackets nested as deep
        raise DatasetError(
            "The JSON cannot be read: a number is too long or it is nested too deeply.", where=where
        ) from None
    if not isinstance(value, dict):
        raise DatasetError(f"Expected a JSON object, but the row holds a {type(value).__name__}.", where=where)
    return value


def _read_parquet(path: Path, wanted: Sequence[str]) -> Table:
    # Arrow takes a quarter of a second to import, and most data does not need it.
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(path)
        columns = tuple(file.schema_arrow.names)
        records = file.read(columns=[name for name in wanted if name in columns]).to_pylist()
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DatasetError(f"Expected a Parquet file, but it cannot be read: {reason}", where=str(path)) from None
    return Table(str(path), columns, [Row(number, record) for number, record in enumerate(records, start=1)])
