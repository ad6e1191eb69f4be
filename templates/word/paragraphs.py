"""The running text of a paragraph, with the tags found in it, and the ways to cut and join it."""

import copy
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from templates.word.tags import FoundTag, Tag, find_escapes, find_tags
from templates.word.xml import WORD_NAMESPACE, local_name, word_attribute

_RUN = f"{{{WORD_NAMESPACE}}}r"
_ESCAPE = Tag("comment", "", ("", ""), "", "_")  # an underscore that goes away, as a comment does
_BLANK = " \t"


@dataclass(frozen=True)
class LocatedTag(FoundTag):
    """A tag of a paragraph, and the place in words in which its author wrote it."""

    place: str = ""

    def at(self, start: int, end: int) -> "LocatedTag":
        """Give the same tag somewhere else."""
        return replace(self, start=start, end=end)


class TaggedParagraph:
    """A paragraph's elements with text, and the tags of their joined text."""

    def __init__(self, element: Any, pieces: list[tuple[Any, str]], place: str) -> None:
        """Find the tags.

        Args:
            element: the paragraph.
            pieces: its running text.
            place: where it stands, in words.

        Raises:
            UnclosedTagError: a tag has no end.
        """
        self.element = element
        self.place = place
        self._pieces = pieces
        tags = [LocatedTag(found.start, found.end, found.tag, place) for found in find_tags(self.text)]
        inside = [position for tag in tags for position in (tag.start, tag.end)]
        for position in find_escapes(self.text) if "_" in self.text else ():
            if bisect_right(inside, position) % 2 == 0:
                tags.append(LocatedTag(position, position + 1, _ESCAPE, place))
        self.tags = sorted(tags, key=lambda tag: tag.start)
        self._index()

    @property
    def text(self) -> str:
        """The joined text."""
        return "".join(text for _, text in self._pieces)

    def _index(self) -> None:
        self._starts = [0]
        for _, text in self._pieces:
            self._starts.append(self._starts[-1] + len(text))
        self._ends = [found.end for found in self.tags]

    def element_at(self, position: int) -> Any:
        """Give the element whose text holds the character at `position`."""
        return self._pieces[bisect_right(self._starts, position) - 1][0]

    def elements_between(self, start: int, end: int) -> list[Any]:
        """Give the elements that hold the characters between two positions."""
        first = bisect_right(self._starts, start) - 1
        return [element for element, _ in self._pieces[first : bisect_right(self._starts, end - 1)]]

    def tags_between(self, start: int, end: int) -> Iterator[LocatedTag]:
        """Give the tags of which at least one character stands between the two positions."""
        for found in self.tags[bisect_right(self._ends, start) :]:
            if found.start >= end:
                return
            yield found

    def pieces_with_tags(self) -> Iterator[tuple[Any, int, str]]:
        """Give the elements that hold a part of a tag, each with its position and text."""
        for (element, text), start in zip(self._pieces, self._starts, strict=False):
            if any(self.tags_between(start, start + len(text))):
                yield element, start, text

    # A run of its own for a tag.

    def isolate(self, found: LocatedTag) -> Any:
        """Cut the runs around a tag, so that it has runs of its own, and give the first of them."""
        self._cut(found.end)
        self._cut(found.start)
        first, *others = dict.fromkeys(e.getparent() for e in self.elements_between(found.start, found.end))
        for run in others:  # nothing but the tag stands in them
            run.getparent().remove(run)
        return first

    def _cut(self, position: int) -> None:
        """Begin a new run at a position, unless one begins there."""
        number = bisect_right(self._starts, position) - 1
        if position >= self._starts[-1]:
            number = len(self._pieces)
        elif position > self._starts[number]:
            element, text = self._pieces[number]
            behind = copy.copy(element)
            behind.tail = None
            cut = position - self._starts[number]
            element.text, behind.text = text[:cut], text[cut:]
            element.addnext(behind)
            self._pieces[number : number + 1] = [(element, text[:cut]), (behind, text[cut:])]
            self._index()
            number += 1
        if number < len(self._pieces):
            _split_run(self._pieces[number][0], before=True)
        if number:
            _split_run(self._pieces[number - 1][0], before=False)

    # Tags with a minus sign on a line of their own.

    def joins_previous(self) -> bool:
        """Say whether the paragraph begins with `{%-`, which joins it to the one before."""
        return bool(self.tags) and _trims(self.tags[0], 0) and not self.text[: self.tags[0].start].strip(_BLANK)

    def joins_next(self) -> bool:
        """Say whether the paragraph ends with `-%}`, which joins it to the one behind."""
        return bool(self.tags) and _trims(self.tags[-1], 1) and not self.text[self.tags[-1].end :].strip(_BLANK)

    def absorb(self, other: "TaggedParagraph") -> None:
        """Take in the text of the next paragraph, which then goes away; the minus signs between have been obeyed."""
        size = self._starts[-1]
        if self.joins_next():
            self.tags[-1] = _obeyed(self.tags[-1].at(self.tags[-1].start, size), 1)
        if other.joins_previous():
            other.tags[0] = _obeyed(other.tags[0].at(0, other.tags[0].end), 0)
        for child in list(other.element):
            if local_name(child) != "pPr":
                self.element.append(child)
        other.element.getparent().remove(other.element)
        self.tags += [tag.at(tag.start + size, tag.end + size) for tag in other.tags]
        self._pieces += other._pieces
        self._index()

    def join_lines(self) -> None:
        """Take away the line breaks before `{%-` and behind `-%}`, with the blanks between."""
        for number in range(len(self.tags)):
            tag, text = self.tags[number], self.text
            start = len(text[: tag.start].rstrip(_BLANK))
            if _trims(tag, 0) and start and self._is_line_break(start - 1):
                self.tags[number] = _obeyed(tag.at(start, tag.end), 0)
                self._drop_break(start - 1)
            tag, text = self.tags[number], self.text
            end = len(text) - len(text[tag.end :].lstrip(_BLANK))
            if _trims(tag, 1) and end < len(text) and self._is_line_break(end):
                self.tags[number] = _obeyed(tag.at(tag.start, end), 1)
                self._drop_break(end)

    def _is_line_break(self, position: int) -> bool:
        element = self.element_at(position)
        return local_name(element) in ("br", "cr") and word_attribute(element, "type") not in ("page", "column")

    def _drop_break(self, position: int) -> None:
        number = bisect_right(self._starts, position) - 1
        element, _ = self._pieces.pop(number)
        element.getparent().remove(element)
        self.tags = [tag.at(tag.start - 1, tag.end - 1) if tag.start > position else tag for tag in self.tags]
        self._index()


def _trims(found: FoundTag, side: int) -> bool:
    return found.tag.kind == "statement" and not found.tag.scope and found.tag.trims[side] == "-"


def _obeyed(found: LocatedTag, side: int) -> LocatedTag:
    left, right = found.tag.trims
    return replace(found, tag=replace(found.tag, trims=("", right) if side == 0 else (left, "")))


def _split_run(element: Any, *, before: bool) -> None:
    """Give what stands in the same run before an element, or behind it, a run of its own with the same look."""
    run = element.getparent()
    moved = [e for e in element.itersiblings(preceding=before) if local_name(e) != "rPr"]
    if run.tag != _RUN or not moved:
        return
    other = run.makeelement(run.tag, dict(run.attrib))
    look = run.find(f"{{{WORD_NAMESPACE}}}rPr")
    if look is not None:
        other.append(copy.deepcopy(look))
    other.extend(reversed(moved) if before else moved)
    if before:
        run.addprevious(other)
    else:
        run.addnext(other)


def joined(paragraphs: list[TaggedParagraph]) -> list[TaggedParagraph]:
    """Join paragraphs and lines as `{%-` and `-%}` ask for."""
    if not any("-" in found.tag.trims for paragraph in paragraphs for found in paragraph.tags):
        return paragraphs
    left: dict[Any, TaggedParagraph] = {}
    for paragraph in paragraphs:
        previous = left.get(paragraph.element.getprevious())
        if previous is not None and paragraph.joins_previous():
            previous.absorb(paragraph)
        else:
            left[paragraph.element] = paragraph
    for element, paragraph in list(left.items()):
        while element in left and paragraph.joins_next() and (following := left.pop(element.getnext(), None)):
            paragraph.absorb(following)
        paragraph.join_lines()
    return list(left.values())
