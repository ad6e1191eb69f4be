"""`colophon templates check` and `new`: what stands between the command line and `templates.doctor`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from configs.errors import InputError
from configs.files import atomic_write
from pipelines.inputs import read_json_object, read_text
from templates.doctor import Report, Target, check, check_records, comment, find_target, in_order, read_records
from templates.doctor import schema_for as schema_of_target
from templates.worker.isolated import IsolatedTemplate, WorkerLimits, rendering_pool

_JSON_LINES = (".jsonl", ".ndjson")


def check_template(
    template: str, folders: Sequence[Path], *, data: Path | None = None, comments: Path | None = None
) -> Report:
    """Check a template by name, folder or file.

    Args:
        template: what to check.
        folders: folders of templates beside those of the package.
        data: an example or a set of records.
        comments: where to write a copy of the Word file with comments.

    Raises:
        TemplateNotFoundError: there is no such template.
        InputError: the data cannot be read, or comments are asked for of what is no Word file.
    """
    target = find_target(template, folders)
    if comments is not None and target.kind != "word":
        raise InputError("Comments can be written into a Word file only.", where="--comments", hint="Leave it out.")
    is_set = data is not None and _holds_records(data)
    example = read_json_object(data) if data is not None and not is_set else None
    report = check(target, example) if target.is_ours else _checked_apart(target, example)
    if data is not None and is_set:
        report = _with_records(report, target, data)
    if comments is not None:
        atomic_write(comments, comment(target.content, report))
    return report


def _checked_apart(target: Target, example: Mapping[str, Any] | None) -> Report:
    """Check a template from outside; what runs of it runs in a worker process."""
    limits = WorkerLimits()
    pool = rendering_pool(limits)
    try:
        return check(target, example, lambda files: IsolatedTemplate(files, pool, limits))
    finally:
        pool.close()


def _holds_records(data: Path) -> bool:
    if data.suffix.lower() in _JSON_LINES:
        return True
    try:
        with data.open("rb") as file:
            return file.read(64).lstrip().startswith(b"[")
    except OSError as error:
        raise InputError(f"The file cannot be read: {error.strerror}.", where=str(data)) from None


def _with_records(report: Report, target: Target, data: Path) -> Report:
    records: Any = read_records(data) if data.suffix.lower() in _JSON_LINES else _list(data)
    count, problems = check_records(records, schema_of_target(target), name=data.name)
    if not count:
        raise InputError("There are no records in the file.", where=str(data))
    return replace(report, problems=(*report.problems, *in_order(problems)), records=count)


def _list(data: Path) -> list[Mapping[str, Any]]:
    try:
        loaded = json.loads(read_text(data))
    except (ValueError, RecursionError) as error:
        raise InputError(f"Expected JSON: {error}.", where=str(data)) from None
    return loaded if isinstance(loaded, list) else [loaded]
