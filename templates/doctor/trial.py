"""Make a document for trial: what only shows when a template runs, and whether every value is in the result."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from configs.errors import ColophonError, ContextError, DocumentError
from templates.compiled import EXAMPLE, CompiledTemplate
from templates.doctor.problems import Place, Problem
from templates.doctor.target import Target
from templates.library import TemplateFiles
from templates.verification import check_document, expected_lines
from templates.worker.isolated import IsolatedTemplate

Compile = Callable[[TemplateFiles], CompiledTemplate | IsolatedTemplate]

_LINE = re.compile(r", line ([0-9]+)")


def try_template(
    target: Target, data: Mapping[str, Any] | None, places: Mapping[Any, Place], compile_: Compile = CompiledTemplate
) -> list[Problem]:
    """Compile a template, and fill it where there is data; give what goes wrong.

    Args:
        target: the template.
        data: what to fill it with; the template's example when it has one.
        places: where the paragraphs of a Word file stand.
        compile_: compiles it, in this process or in a worker.
    """
    try:
        return list(_tried(target, data, compile_))
    except DocumentError as error:
        return [Problem("value-lost", "error", error.message, Place(target.name), "", error.hint or "")]
    except ContextError as error:
        return [Problem("example", "error", error.message, Place(error.where or "the data"), "", error.hint or "")]
    except ColophonError as error:
        return [_located(error, target, places)]


def _tried(target: Target, data: Mapping[str, Any] | None, compile_: Compile) -> Iterator[Problem]:
    compiled = compile_(target.files)
    if data is None and EXAMPLE not in target.files.files:
        return  # that it compiles is all that can be said
    values = compiled.example() if data is None else data
    compiled.check(values)
    passages = {spec.name: compiled.fallback(spec.name, values) for spec in compiled.manifest.passages}
    lines = (
        compiled.expected_lines(values, passages)
        if isinstance(compiled, IsolatedTemplate)
        else expected_lines(target.files, values, passages)
    )
    for to in compiled.manifest.formats:
        if to == "pdf" and target.kind == "word":
            continue  # LibreOffice makes it of the DOCX; what the template does shows there
        content, warnings = compiled.write(values, passages, to)
        if to == compiled.manifest.formats[0]:
            yield from (Problem("legibility", "warning", warning, Place(target.name)) for warning in warnings)
        if to != "html":
            check_document(content, to, lines, where=target.name)


def _located(error: ColophonError, target: Target, places: Mapping[Any, Place]) -> Problem:
    where = error.where or target.name
    line = _LINE.search(where)
    if target.kind == "markdown" and line:
        place = Place(where, target.name.rpartition("/")[2], line=int(line[1]), column=1)
        return Problem("trial", "error", error.message, place, "", error.hint or "")
    inside = where.partition(", ")[2]  # a lone file has another name while it is tried
    known = [
        place
        for place in places.values()
        if (own := place.text.partition(", ")[2]) == inside or inside.startswith(f"{own}, at `")
    ]
    quoted = where.partition(", at `")[2].rstrip("`")
    place = known[0] if known else Place(where)
    return Problem("trial", "error", error.message, place, quoted, error.hint or "")
