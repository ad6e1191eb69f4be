"""Check a whole set of records against what a template needs, before a run starts; one record is held at a time."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from configs.errors import ColophonError, InputError
from templates.data import DataSchema, check_plain
from templates.doctor.problems import Place, Problem

_NUMBERS_SHOWN = 5  # of the records that have a problem
_MAX_KINDS = 200  # of problems; a set with more is another set than the template's
_INDEX = re.compile(r"\[\d+\]")


@dataclass
class _Finding:
    message: str
    hint: str
    count: int = 0
    first: list[int] = field(default_factory=list)


def check_records(records: Iterable[Any], schema: DataSchema, *, name: str) -> tuple[int, list[Problem]]:
    """Check every record; give how many there were, and a problem for each field and kind of mistake.

    Args:
        records: plain data, or the error of a record that could not be read.
        schema: what the template needs.
        name: what places call the set.
    """
    findings: dict[tuple[str, str], _Finding] = {}
    number = 0
    for number, record in enumerate(records, start=1):
        seen = set()
        for path, message, hint in _wrong_in(record, schema):
            key = (_INDEX.sub("[]", path), _general(message))
            if key in seen or (key not in findings and len(findings) >= _MAX_KINDS):
                continue
            seen.add(key)
            finding = findings.setdefault(key, _Finding(message, hint))
            finding.count += 1
            if len(finding.first) < _NUMBERS_SHOWN:
                finding.first.append(number)
    ordered = sorted(findings.items(), key=lambda entry: -entry[1].count)
    return number, [_problem(path, finding, number, name) for (path, _), finding in ordered]


def read_records(path: Path) -> Iterator[Any]:
    """Read a JSON Lines file record by record; a line that cannot be read is given as its error.

    Raises:
        InputError: there is no such file.
    """
    try:
        with path.open("rb") as file:
            for line in file:
                if line.strip():
                    yield _record(line)
    except OSError as error:
        raise InputError(f"The file cannot be read: {error.strerror}.", where=str(path)) from None


def _record(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        return InputError(f"The line is no JSON: {error}.", where="the record")


def _wrong_in(record: Any, schema: DataSchema) -> Iterator[tuple[str, str, str]]:
    if isinstance(record, ColophonError):
        yield record.where or "", record.message, record.hint or ""
        return
    try:
        check_plain(record)
    except ColophonError as error:
        yield error.where or "", error.message, error.hint or ""
        return
    if not isinstance(record, Mapping):
        yield "the data", "The data of a document must be a mapping.", ""
        return
    for problem in schema.problems(record):
        yield problem.where or "", problem.message, problem.hint or ""


def _general(message: str) -> str:
    """Leave out what differs from record to record: positions and the value that came."""
    return _INDEX.sub("[]", message.partition(", but it is ")[0])


def _problem(path: str, finding: _Finding, total: int, name: str) -> Problem:
    records = ", ".join(f"{number:,}" for number in finding.first)
    more = ", …" if finding.count > len(finding.first) else ""
    plural = "s" if len(finding.first) > 1 else ""
    share = f"In {finding.count:,} of {total:,} records (record{plural} {records}{more})."
    message = f"{_INDEX.sub('[]', finding.message)} {share}"
    return Problem("record", "error", message, Place(f"{name}, {path}", name), "", finding.hint)
