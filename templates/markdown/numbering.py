"""Number headings and captions, and let references find them by their labels."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal

from configs.errors import TemplateError
from configs.loader import suggest
from templates.blocks import Image, Reference, Run, Runs, plain
from templates.theme import Theme
from templates.words import Words

LABEL = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,31}")  # what Word takes as the name of a bookmark, less our prefix
_LABEL_IN_JINJA = re.compile(r"\{#(?=([A-Za-z][\w-]*)[ }])")  # the author's `{#label}`, which Jinja takes for a comment
_SPACE = "\u00a0"  # so that no line ends between a word and its number

Kind = Literal["table", "figure"]


def labels_as_attributes(source: str) -> str:
    """Write the labels `{#label …}` of a template so that Jinja does not take them for comments."""

    def rewrite(line: str) -> str:
        match = _LABEL_IN_JINJA.search(line)
        if not match or "#}" in line[match.end() :] or "}" not in line[match.end() :]:
            return line
        label = match[1]
        rest = line[match.end() + len(label) :]
        return f'{line[: match.start()]}{{id="{label}"{rest}'

    return "\n".join(rewrite(line) if "{#" in line else line for line in source.split("\n"))


@dataclass(frozen=True)
class _Labelled:
    reference: Reference
    text: str


class Numbering:
    """Counts what is numbered while a document is built, and fills in the references when it is."""

    def __init__(self, words: Words, *, headings: bool, strict_levels: bool) -> None:
        self._words = words
        self._numbers_headings = headings
        self._strict_levels = strict_levels
        self._level = 0
        self._headings: list[int] = []
        self._captions: dict[Kind, int] = {"table": 0, "figure": 0}
        self._labelled: dict[str, _Labelled] = {}
        self._references: list[tuple[str, bool, str]] = []

    def heading(self, level: int, runs: Runs, label: str, where: str) -> str:
        """Count a heading and give its number; the title (level 1) has none.

        Raises:
            TemplateError: it skips a level where that is not allowed, or its label cannot be used.
        """
        self.follow(level, where)
        number = self._next(level) if self._numbers_headings and level > 1 else ""
        labelled = _Labelled("number", f"{self._words.section}{_SPACE}{number}") if number else None
        self._note(label, labelled or _Labelled("text", plain(runs)), where)
        return number

    def follow(self, level: int, where: str) -> None:
        """Note a heading's level.

        Raises:
            TemplateError: levels must be strict, and this one skips one.
        """
        if self._strict_levels and level > self._level + 1:
            came = f"follows one of level {self._level}" if self._level else "is the first"
            raise TemplateError(
                f"An archival document skips no level of headings, but this one of level {level} {came}.",
                where=where,
                hint=f"Use level {self._level + 1}: `{'#' * (self._level + 1)}`.",
            )
        self._level = level

    def caption(self, kind: Kind, caption: Runs, label: str, where: str) -> int:
        """Count a table or figure that has a caption and give its number.

        Raises:
            TemplateError: it has a label and no caption, so that a reference would lead to something without a name.
        """
        if not caption:
            if label:
                raise TemplateError(f"The label `{label}` stands at a {kind} without a caption.", where=where)
            return 0
        self._captions[kind] += 1
        number = self._captions[kind]
        word = self._words.table if kind == "table" else self._words.figure
        self._note(label, _Labelled("caption", f"{word}{_SPACE}{number}"), where)
        return number

    def refer(self, label: str, where: str, *, by_itself: bool) -> None:
        """Note a reference, which may stand before what it leads to."""
        self._references.append((label, by_itself, where))

    @property
    def shows_captions(self) -> bool:
        """Say whether a reference names a caption by its number."""
        return any(
            by_itself and self._labelled[label].reference == "caption" for label, by_itself, _ in self._references
        )

    def check(self) -> None:
        """Refuse references that lead nowhere.

        Raises:
            TemplateError: the first such reference, with its place.
        """
        for label, _, where in self._references:
            if label not in self._labelled:
                hint = suggest(label, sorted(self._labelled)) if self._labelled else "Write `{#label}` above a heading."
                raise TemplateError(f"Nothing has the label `{label}`.", where=where, hint=hint)

    def fill(self, value: Any) -> Any:
        """Put the text into each reference in blocks that has none of its own."""
        return _filled(value, self._labelled) if any(by_itself for _, by_itself, _ in self._references) else value

    def _next(self, level: int) -> str:
        counts = [*self._headings, *[0] * level][: level - 1]
        self._headings = [*(max(count, 1) for count in counts[:-1]), counts[-1] + 1]
        return ".".join(map(str, self._headings))

    def _note(self, label: str, labelled: _Labelled, where: str) -> None:
        if not label:
            return
        if not LABEL.fullmatch(label):
            raise TemplateError(
                f"`{label[:40]}` cannot be a label.", where=where, hint="Use up to 32 letters, digits and hyphens."
            )
        if label.lower() in (known.lower() for known in self._labelled):  # Word does not tell the case of letters
            raise TemplateError(f"Two elements have the label `{label}`.", where=where)
        self._labelled[label] = labelled


def _filled(value: Any, labelled: dict[str, _Labelled]) -> Any:
    if isinstance(value, Run):
        if value.reference:
            target = labelled[value.target]
            return replace(value, text=target.text, reference=target.reference)
        return replace(value, note=_filled(value.note, labelled)) if value.note else value
    if isinstance(value, tuple):
        return tuple(_filled(entry, labelled) for entry in value)
    if is_dataclass(value) and not isinstance(value, type | Image | Theme):
        inner = {each.name: getattr(value, each.name) for each in fields(value)}
        return replace(value, **{name: _filled(entry, labelled) for name, entry in inner.items() if _holds(entry)})
    return value


def _holds(entry: Any) -> bool:
    return isinstance(entry, Sequence) and not isinstance(entry, str | bytes)
