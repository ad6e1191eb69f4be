"""Write a report for an author who is no programmer: what, where, and what to do about it."""

import textwrap
from collections.abc import Iterable

from templates.doctor.problems import SEVERITIES, Problem, Report, Severity

_WIDTH = 100
_SIGNS: dict[Severity, str] = {"error": "✗", "warning": "!", "note": "·"}
_FIELDS_SHOWN = 60  # more are in the JSON


def write_report(report: Report, *, with_fields: bool = False) -> str:
    """Write the report as text, errors first."""
    lines = [_headline(report)]
    for severity in SEVERITIES:
        problems = [problem for problem in report.problems if problem.severity == severity]
        lines += _notes(problems) if severity == "note" else [line for p in problems for line in _problem(p, report)]
    if with_fields and report.fields:
        lines += ["", *_fields(report)]
    return "\n".join(lines)


def sentence(problem: Problem) -> str:
    """Write a problem in one line: place, what is quoted, what is wrong, what was meant."""
    quoted = f"`{problem.quoted}`: " if problem.quoted and f"`{problem.quoted}`" not in problem.message else ""
    return f"{problem.place.text}: {quoted}{problem.message} {problem.suggestion}".rstrip()


def _headline(report: Report) -> str:
    counts = [_counted(report.count(severity), severity) for severity in SEVERITIES if report.count(severity)]
    checked = f" {report.records:,} records checked." if report.records else ""
    if not counts:
        return f"{report.template}: no problems found.{checked}"
    verdict = "can be used" if report.healthy else "cannot be used yet"
    return f"{report.template}: {', '.join(counts)}. The template {verdict}.{checked}"


def _problem(problem: Problem, report: Report) -> list[str]:
    where = problem.place.text.removeprefix(f"{report.template}, ") or report.template
    if problem.place.column and problem.place.line:
        where = f"{where}, column {problem.place.column}"
    lines = ["", f"{_SIGNS[problem.severity]} {where}"]
    quoted = problem.quoted if problem.quoted and f"`{problem.quoted}`" not in problem.message else ""
    lines += [f"    {quoted}"] if quoted else []
    lines += _wrapped(problem.message)
    lines += _wrapped(problem.suggestion, arrow=True) if problem.suggestion else []
    return lines


def _notes(problems: Iterable[Problem]) -> list[str]:
    lines = [f"{_SIGNS['note']} {problem.message} {problem.suggestion}".rstrip() for problem in problems]
    return ["", *lines] if lines else []


def _fields(report: Report) -> list[str]:
    shown = report.fields[:_FIELDS_SHOWN]
    width = min(max(len(field.path) for field in shown), 48)
    lines = ["The data it needs:"]
    lines += [f"  {field.path:<{width}}  {field.type}{'' if field.required else ', optional'}" for field in shown]
    if len(report.fields) > len(shown):
        lines.append(f"  and {len(report.fields) - len(shown)} more; `--json` lists all")
    return lines


def _wrapped(text: str, *, arrow: bool = False) -> list[str]:
    first = "  → " if arrow else "    "
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def _counted(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"
