"""The source of a template as the doctor sees it: texts with tags, whatever kind of file they stand in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from templates.doctor.problems import Place, Problem, Severity
from templates.word.tags import Tag


@dataclass(eq=False)
class SourceTag:
    """A tag where it stands.

    Attributes:
        path: names of the elements around it; the tags of one block must agree in it.
        element: what holds the beginning of the tag.
        owner: the element that a tag with a scope takes the place of.
        standing: the table, row and cell around it, by identity.
        in_text: whether it stands in text, not in an attribute or a property.
    """

    tag: Tag
    place: Place
    path: tuple[str, ...] = ()
    element: Any = None
    owner: Any = None
    standing: tuple[Any, Any, Any] = (None, None, None)
    in_text: bool = True

    def problem(
        self, code: str, message: str, suggestion: str = "", *, severity: Severity = "error", quoted: str = ""
    ) -> Problem:
        """Make a problem of this tag."""
        return Problem(code, severity, message, self.place, quoted or self.tag.quoted[:200], suggestion)


@dataclass
class Section:
    """One program: a part of a Word file, or a whole Markdown source; names that are `set` stay inside."""

    name: str
    tags: Sequence[SourceTag]
    problems: list[Problem] = field(default_factory=list)


def write_tag(kind: str, body: str, scope: str = "", trims: tuple[str, str] = ("", "")) -> str:
    """Write a tag the way an author would."""
    opening, closing = {"expression": ("{{", "}}"), "statement": ("{%", "%}"), "comment": ("{#", "#}")}[kind]
    return f"{opening}{trims[0]}{scope} {body.strip()} {trims[1]}{closing}"


def rewrite(tag: Tag, body: str) -> str:
    """Write a tag with another body."""
    return write_tag(tag.kind, body, tag.scope, tag.trims)
