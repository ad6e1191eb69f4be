"""The running text of a paragraph, with the tags found in it, and the ways to cut and join it."""

import copy
import functools
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
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

    def isolate(self, tags: Iterable[LocatedTag]) -> None:
        """Cut the runs around tags, so that each has runs of its own."""
        borders = sorted({position for tag in tags for position in (tag.start, tag.end)})
        self._cut_texts(borders)
        for position in reversed(borders):  # from the end, so that nothing is moved twice
            number = bisect_right(self._starts, position) - 1
            if number:
                _split_run(self._pieces[number - 1][0], before=False)
            if number < len(self._pieces):
                _split_run(self._pieces[number][0], before=True)

    def own_run(self, found: LocatedTag) -> Any:
        """Give the run of a tag that has been isolated, without those over which Word had split it."""
        first, *others = dict.fromkeys(e.getparent() for e in self.elements_between(found.start, found.end))
        for run in others:  # nothing but the tag stands in them
            run.getparent().remove(run)
        return first

    def _cut_texts(self, borders: list[int]) -> None:
        """Let a text element begin at each of the positions."""
        pieces = []
        for (element, text), start in zip(self._pieces, self._starts, strict=False):
            first, last = bisect_right(borders, start), bisect_left(borders, start + len(text))
            cuts = [0, *(border - start for border in borders[first:last]), len(text)]
            for number, (begin, end) in enumerate(itertools.pairwise(cuts)):
                if number:
                    element.addnext(following := element.makeelement(element.tag, dict(element.attrib)))
                    element = following
                if last > first:
                    element.text = text[begin:end]
                pieces.append((element, text[begin:end]))
        self._pieces = pieces
        self._index()

    # Tags with a minus sign on a line of their own.

    def joins_previous(self) -> bool:
        """Say whether the paragraph begins with `{%-`, which joins it to the one before."""
        return bool(self.tags) and _trims(self.tags[0], 0) and not self.text[: self.tags[0].start].strip(_BLANK)

    def joins_next(self) -> bool:
        """Say whether the paragraph ends with `-%}`, which joins it to the one behind."""
        return bool(self.tags) and _trims(self.tags[-1], 1) and not self.text[self.tags[-1].end :].strip(_BLANK)

    def absorb(self, others: Sequence["TaggedParagraph"]) -> None:
        """Take in the text of the paragraphs behind, which then go away; the minus signs between are obeyed."""
        for one, other in itertools.pairwise((self, *others)):
            if one.joins_next():
                one.tags[-1] = _obeyed(one.tags[-1].at(one.tags[-1].start, one._starts[-1]), 1)
            if other.joins_previous():
                other.tags[0] = _obeyed(other.tags[0].at(0, other.tags[0].end), 0)
        size = self._starts[-1]
        for other in others:
            self.element.extend([child for child in other.element if local_name(child) != "pPr"])
            other.element.getparent().remove(other.element)
            self.tags += [tag.at(tag.start + size, tag.end + size) for tag in other.tags]
            self._pieces += other._pieces
            size += other._starts[-1]
        self._index()

    def join_lines(self) -> None:
        """Take away the line breaks before `{%-` and behind `-%}`, with the blanks between."""
        text = self.text
        breaks = set()
        for number, tag in enumerate(self.tags):
            start, end = tag.start, tag.end
            while _trims(tag, 0) and start and text[start - 1] in _BLANK:
                start -= 1
            while _trims(tag, 1) and end < len(text) and text[end] in _BLANK:
                end += 1
            if _trims(tag, 0) and start and self._is_line_break(start - 1):
                breaks.add(start - 1)
                tag = _obeyed(tag.at(start, tag.end), 0)
            if _trims(tag, 1) and end < len(text) and self._is_line_break(end):
                breaks.add(end)
                tag = _obeyed(tag.at(tag.start, end), 1)
            self.tags[number] = tag
        if breaks:
            self._drop_breaks(sorted(breaks))

    def _is_line_break(self, position: int) -> bool:
        element = self.element_at(position)
        return local_name(element) in ("br", "cr") and word_attribute(element, "type") not in ("page", "column")

    def _drop_breaks(self, positions: list[int]) -> None:
        pieces, gone = [], set(positions)
        for (element, text), start in zip(self._pieces, self._starts, strict=False):
            if text and start in gone:
                element.getparent().remove(element)
            else:
                pieces.append((element, text))
        self._pieces = pieces
        before = functools.partial(bisect_left, positions)
        self.tags = [tag.at(tag.start - before(tag.start), tag.end - before(tag.end)) for tag in self.tags]
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
    groups: dict[Any, list[TaggedParagraph]] = {}  # by the element of their last paragraph
    for paragraph in paragraphs:
        before = groups.get(paragraph.element.getprevious())
        if before is not None and (paragraph.joins_previous() or before[-1].joins_next()):
            groups[paragraph.element] = groups.pop(before[-1].element)
            before.append(paragraph)
        else:
            groups[paragraph.element] = [paragraph]
    for first, *others in groups.values():
        first.absorb(others)
        first.join_lines()
    return [group[0] for group in groups.values()]
