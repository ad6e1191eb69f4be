"""Give an error of a template the place and the advice that the doctor would give."""

from collections.abc import Mapping
from typing import Any

from configs.errors import ColophonError, TemplateError
from templates.doctor.check import Examination, shape_for
from templates.doctor.problems import Problem
from templates.doctor.target import target_of_files
from templates.library import TemplateFiles

# What keeps a template from being compiled; a name that the data lacks shows later.
_GRAMMAR = frozenset(
    """syntax smart-quotes unclosed-tag half-open-tag unclosed-block unmatched-end unmatched-branch wrong-end
    crossed-tags unknown-tag unknown-filter unknown-test unbalanced-block block-across scope-outside tags-lost
    """.split()  # noqa: SIM905 - one line for each would hide the list
)


def explained(error: TemplateError, files: TemplateFiles, data: Mapping[str, Any] | None = None) -> TemplateError:
    """Say what the doctor says about the place where a template failed.

    Args:
        error: what compiling or filling the template raised.
        files: the template.
        data: what it was filled with; without data, it could not be compiled.

    Returns:
        The error with the doctor's advice; `error` itself where the doctor finds nothing.
    """
    try:
        target = target_of_files(files)
        problems = Examination(target, shape_for(target, data)).problems
    except ColophonError:
        return error
    wrong = [problem for problem in problems if problem.severity == "error"]
    wrong = [problem for problem in wrong if data is not None or problem.code in _GRAMMAR]
    here = [problem for problem in wrong if _is_at(problem, error.where or "")]
    if here:
        told = here[0]
        message = told.message if data is None else error.message
        return TemplateError(message, where=error.where, hint=told.suggestion or error.hint)
    if wrong and data is None:  # what Jinja stumbled over is often not where the mistake is
        told = wrong[0]
        at = f", at `{told.quoted[:100]}`" if told.quoted and target.kind == "word" else ""
        return TemplateError(told.message, where=f"{told.place.text}{at}", hint=told.suggestion or None)
    return error


def _is_at(problem: Problem, where: str) -> bool:
    return where == problem.place.text or where.startswith(f"{problem.place.text}, at `{problem.quoted[:100]}")
