"""Read a Word file for the doctor: its tags part by part, each with its place, and what is wrong with its texts."""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from templates.doctor.problems import Place, Problem
from templates.doctor.scan import scan
from templates.doctor.source import Section, SourceTag
from templates.word.archive import Member, read_archive
from templates.word.parts import Part, find_parts
from templates.word.places import PlaceFinder, nearest, path_of
from templates.word.tags import FoundTag
from templates.word.text import DELETED, TEXT, running_text
from templates.word.xml import WORD_NAMESPACE, local_name

_SCOPES = {"p": "a paragraph", "tr": "a table row", "tc": "a table cell", "r": "a run"}
_TAG_SIGN = re.compile(r"\{\s?[{%#]|[}%#]\s?\}")


@dataclass(frozen=True)
class WordSource:
    """A Word template, read.

    Attributes:
        sections: the parts that hold tags or problems.
        places: where each paragraph of each part stands.
    """

    members: dict[str, Member]
    parts: tuple[Part, ...]
    heading_styles: frozenset[str]
    sections: tuple[Section, ...]
    places: dict[Any, Place]


def read_word(content: bytes, *, name: str, looks_known: Callable[[str], bool]) -> WordSource:
    """Read a .docx with all its tags, the broken ones among them.

    Raises:
        TemplateError: the file is no Word document that may be read.
        LimitError: the file is larger than a template would be.
    """
    members = read_archive(content, name=name)
    found = find_parts(members, name=name)
    places: dict[Any, Place] = {}
    readers = [_PartReader(part, name, found.heading_styles, looks_known, places) for part in found.filled]
    sections = tuple(section for section in (reader.read() for reader in readers) if section.tags or section.problems)
    return WordSource(members, found.filled, found.heading_styles, sections, places)


class _PartReader:
    def __init__(
        self,
        part: Part,
        name: str,
        heading_styles: Collection[str],
        looks_known: Callable[[str], bool],
        places: dict[Any, Place],
    ) -> None:
        self._part = part
        self._label = f"{name}, {part.label}"
        self._finder = PlaceFinder(self._label, heading_styles)
        self._looks_known = looks_known
        self._places = places
        self._section = Section(part.name, [])
        self._positions = {element: number for number, element in enumerate(part.root.iter("*"))}
        self._found: list[tuple[tuple[int, int], SourceTag]] = []

    def read(self) -> Section:
        for number, paragraph in enumerate(self._part.root.iter(f"{{{WORD_NAMESPACE}}}p")):
            self._paragraph(paragraph, number)
        for element in self._part.root.iter("*"):
            self._elsewhere(element)
        self._section.tags = [tag for _, tag in sorted(self._found, key=lambda entry: entry[0])]
        self._section.problems += _scope_problems(self._section.tags)
        return self._section

    def _paragraph(self, paragraph: Any, number: int) -> None:
        pieces = list(running_text(paragraph))
        text = "".join(piece for _, piece in pieces)
        place = Place(self._finder.visit(paragraph, text), self._part.name, number)
        self._places[paragraph] = place
        if not _TAG_SIGN.search(text) and "{" not in text and "%}" not in text:
            return
        if nearest(paragraph, "Fallback") is not None:  # the same text once more, for old programs
            return
        tags, breaks = scan(text, looks_known=self._looks_known)
        for broken in breaks:
            problem = Problem(broken.code, broken.severity, broken.message, place, broken.quoted, broken.suggestion)
            self._section.problems.append(problem)
        starts = _starts(pieces)
        for found in tags:
            element = pieces[_piece_at(starts, found.start)][0]
            order = (self._positions[element], found.start)
            if found.tag.kind != "comment" or found.tag.scope:
                self._found.append((order, _placed(found, element, place)))
        self._beside(text, tags, place)

    def _beside(self, text: str, tags: list[FoundTag], place: Place) -> None:
        """Warn of text that vanishes together with the paragraph that a tag takes the place of."""
        scoped = [found for found in tags if found.tag.scope == "p"]
        if not scoped:
            return
        rest = text
        for found in reversed(tags):
            rest = rest[: found.start] + rest[found.end :]
        if rest.strip():
            tag = scoped[0].tag
            message = f"The text “{' '.join(rest.split())[:60]}” is lost, because `{tag.quoted}` takes its paragraph."
            suggestion = "Give the tag a paragraph of its own."
            self._section.problems.append(Problem("text-lost", "warning", message, place, tag.quoted, suggestion))

    def _elsewhere(self, element: Any) -> None:
        """Read the tags in attributes, field codes and properties."""
        text = element.text or ""
        texts = [text] if "{" in text and element.tag != TEXT and not _is_deleted(element) else []
        texts += [value for value in element.attrib.values() if "{{" in value or "{%" in value]
        for value in texts:
            place = self._place_around(element)
            for found in scan(value, looks_known=lambda name: False)[0]:  # noqa: ARG005
                if found.tag.kind != "comment":
                    path = (*path_of(element), str(len(self._found)))
                    tag = SourceTag(found.tag, place, path, in_text=False)
                    self._found.append(((self._positions[element], found.start), tag))

    def _place_around(self, element: Any) -> Place:
        paragraph = next((around for around in element.iterancestors() if around in self._places), None)
        number = None if paragraph is None else self._places[paragraph].paragraph
        return Place(f"{self._label}, {local_name(element)}", self._part.name, number)


def _placed(found: FoundTag, element: Any, place: Place) -> SourceTag:
    scope = found.tag.scope
    owner = nearest(element, scope) if scope else None
    path = path_of(element)
    if owner is not None:
        path = path_of(owner.getparent())
    cell = nearest(element, "tc")
    row = None if cell is None else nearest(cell, "tr")
    table = None if row is None else nearest(row, "tbl")
    return SourceTag(found.tag, place, path, element, owner, (table, row, cell))


def _scope_problems(tags: Collection[SourceTag]) -> Iterator[Problem]:
    """Find tags that do not stand in what they take the place of, and those that take others away with them."""
    owners: dict[Any, list[SourceTag]] = {}
    for tag in tags:
        if tag.tag.scope and tag.owner is None:
            yield _homeless(tag)
        elif tag.tag.scope and tag.tag.kind != "comment":
            owners.setdefault(tag.owner, []).append(tag)
    lost: dict[Any, list[SourceTag]] = {}
    for tag in tags if owners else ():
        for around in _around(tag):
            if around in owners and around is not tag.owner and tag.tag.kind != "comment":
                lost.setdefault(around, []).append(tag)
    for owner, victims in lost.items():
        yield _thief(owners[owner][0], victims)


def _around(tag: SourceTag) -> Iterator[Any]:
    element = tag.owner if tag.owner is not None else tag.element
    if element is not None:
        yield from element.iterancestors()


def _homeless(tag: SourceTag) -> Problem:
    scope, quoted = tag.tag.scope, tag.tag.quoted
    plain = quoted.replace(scope, "", 1) if scope == "r" else quoted.replace(f"%{scope}", "%p", 1)
    message = f"`{quoted}` takes the place of {_SCOPES[scope]}, but it does not stand in one."
    return tag.problem("scope-outside", message, f"Move it into {_SCOPES[scope]}, or write `{plain}`.")


def _thief(tag: SourceTag, victims: list[SourceTag]) -> Problem:
    what = _SCOPES[tag.tag.scope].partition(" ")[2]
    names = ", ".join(f"`{victim.tag.quoted[:60]}`" for victim in victims[:3])
    more = f" and {len(victims) - 3} more" if len(victims) > 3 else ""
    message = f"`{tag.tag.quoted}` takes the place of its {what}, so {names}{more} in it would be lost."
    return tag.problem("tags-lost", message, f"Give `{tag.tag.quoted}` {_SCOPES[tag.tag.scope]} of its own.")


def _starts(pieces: list[tuple[Any, str]]) -> list[int]:
    starts, position = [], 0
    for _, text in pieces:
        starts.append(position)
        position += len(text)
    return starts


def _piece_at(starts: list[int], position: int) -> int:
    return bisect_right(starts, position) - 1


def _is_deleted(element: Any) -> bool:
    around = (element, *element.iterancestors())
    return any(local_name(e) in ("delText", "delInstrText", *DELETED) for e in around)
