"""What the doctor says: problems with place and suggestion, and the fields that a template needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Place:
    """Where something stands, for people and for programs.

    Attributes:
        text: the place in words, as rendering errors write it.
        part: the file, or the member of the .docx.
        paragraph: the paragraph's index among all paragraphs of a Word part, from 0.
        line: the line of a text file, from 1.
        column: the column of a text file, from 1.
    """

    text: str
    part: str = ""
    paragraph: int | None = None
    line: int | None = None
    column: int | None = None

    @property
    def order(self) -> tuple[str, int, int]:
        """Sort places of one part in the order of reading."""
        return (self.part, self.paragraph if self.paragraph is not None else self.line or 0, self.column or 0)

    def as_dict(self) -> dict[str, Any]:
        """Give what is known, for JSON."""
        values = {"text": self.text, "part": self.part, "paragraph": self.paragraph}
        return {k: v for k, v in {**values, "line": self.line, "column": self.column}.items() if v not in (None, "")}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, or could be better.

    Attributes:
        code: a stable word for programs.
        message: one sentence.
        quoted: the tag or text as the author wrote it.
        suggestion: the way out, if one is known.
    """

    code: str
    severity: Severity
    message: str
    place: Place
    quoted: str = ""
    suggestion: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Give the problem for JSON."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "place": self.place.as_dict(),
            "quoted": self.quoted,
            "suggestion": self.suggestion or None,
        }


@dataclass(frozen=True)
class Field:
    """A field of the data that a template uses.

    Attributes:
        path: as an author writes it, `items[].price` for a field of each entry.
        type: what it must be, in words; guessed from its use where there is no schema.
        required: whether a document needs it.
        uses: how often tags name it.
    """

    path: str
    type: str
    required: bool
    uses: int

    def as_dict(self) -> dict[str, Any]:
        """Give the field for JSON."""
        return {"path": self.path, "type": self.type, "required": self.required, "uses": self.uses}


@dataclass(frozen=True)
class Report:
    """Everything the doctor found in one template."""

    template: str
    problems: tuple[Problem, ...]
    fields: tuple[Field, ...] = ()
    records: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def healthy(self) -> bool:
        """Say that no error was found; warnings and notes are allowed."""
        return not any(problem.severity == "error" for problem in self.problems)

    def count(self, severity: Severity) -> int:
        """Count the problems of one severity."""
        return sum(problem.severity == severity for problem in self.problems)

    def as_dict(self) -> dict[str, Any]:
        """Give the report for JSON."""
        return {
            "template": self.template,
            "healthy": self.healthy,
            "problems": [problem.as_dict() for problem in self.problems],
            "fields": [entry.as_dict() for entry in self.fields],
            **({"records": self.records} if self.records else {}),
            **self.facts,
        }


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Put problems into the order of the template, each once."""
    once = {(problem.code, problem.message, problem.place): problem for problem in problems}
    # Sorting is stable, so the parts stay in the order in which they were read.
    parts = {part: number for number, part in enumerate(dict.fromkeys(problem.place.part for problem in once.values()))}
    return tuple(sorted(once.values(), key=lambda problem: (parts[problem.place.part], problem.place.order)))
