"""Cut one part of a Word file into static XML and tags.

Tags that Word split over runs are joined into the text element in which they
begin. A tag with a scope takes the place of its paragraph, row, cell or run.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from configs.errors import LimitError, TemplateError
from templates.word.parts import Part
from templates.word.places import PlaceFinder, nearest, path_of
from templates.word.tags import FoundTag, Tag, UnclosedTagError, find_tags
from templates.word.text import DELETED, TEXT, running_text
from templates.word.xml import WORD_NAMESPACE, local_name, serialize

MAX_TAGS = 20_000  # the largest real templates have some hundreds

# Noncharacters, which no text may hold, stand for a tag inside text; instructions for one between elements.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_TOKEN = re.compile(f"<\\?c ([0-9]+)\\?>|{_OPEN}([0-9]+){_CLOSE}")
_SCOPES = {"p": "a paragraph", "tr": "a table row", "tc": "a table cell", "r": "a run"}
_PARAGRAPH = f"{{{WORD_NAMESPACE}}}p"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True)
class PlacedTag:
    """A tag, where it stands in words, and between which elements.

    Attributes:
        path: names of the elements around it; the tags of one block must agree in it.
        in_text: whether line breaks may become elements; not so in an attribute or a property.
    """

    tag: Tag
    place: str
    path: tuple[str, ...]
    in_text: bool = True


Segments = list[str | PlacedTag]


class PartCutter:
    """Cuts one part; it changes the part's tree."""

    def __init__(self, part: Part, *, name: str, heading_styles: Collection[str]) -> None:
        self._root = part.root
        self._label = f"{name}, {part.label}"
        self._finder = PlaceFinder(self._label, heading_styles)
        self._placed: list[PlacedTag] = []

    def cut(self) -> Segments | None:
        """Give the part's XML with the tags taken out of it, in the order of the file; None when it holds no tags.

        Raises:
            TemplateError: a tag is not closed, or its scope does not fit where it stands.
            LimitError: there are too many tags.
        """
        if _OPEN in serialize(self._root):
            raise TemplateError("The text holds U+FDD0, which Unicode keeps out of texts.", where=self._label)
        paragraphs = [paragraph for paragraph in map(self._read, self._root.iter(_PARAGRAPH)) if paragraph.tags]
        count = sum(len(paragraph.tags) for paragraph in paragraphs)
        if count > MAX_TAGS:
            raise LimitError(f"The part has {count:,} tags; at most {MAX_TAGS:,} are read.", where=self._label)
        self._replace_elements(paragraphs)
        for paragraph in paragraphs:
            self._replace_text(paragraph)
        for element in self._root.iter("*"):
            self._replace_elsewhere(element)
        return self._segments() if count or self._placed else None

    def _read(self, element: Any) -> "_Paragraph":
        pieces = list(running_text(element))
        text = "".join(text for _, text in pieces)
        place = self._finder.visit(element, text)
        try:
            tags = find_tags(text)
        except UnclosedTagError as error:
            raise TemplateError(
                f"`{error}` begins a tag that is not closed in its paragraph.",
                where=place,
                hint="Close it with `}}`, `%}` or `#}` in the same paragraph.",
            ) from None
        return _Paragraph(pieces, tags, place)

    def _token(self, tag: Tag, place: str, path: tuple[str, ...], *, in_text: bool = True) -> int:
        self._placed.append(PlacedTag(tag, f"{place}, at `{tag.quoted[:100]}`", path, in_text))
        return len(self._placed) - 1

    # Tags that take the place of an element.

    def _replace_elements(self, paragraphs: list["_Paragraph"]) -> None:
        owners: dict[Any, list[tuple[Tag, str]]] = {}
        for paragraph in paragraphs:
            for found in paragraph.tags:
                if found.tag.scope:
                    owners.setdefault(_owner(paragraph, found), []).append((found.tag, paragraph.place))
        for paragraph in paragraphs if owners else ():
            for found in paragraph.tags:
                _refuse_when_lost(paragraph, found, owners)
        for owner, tags in owners.items():
            self._replace(owner, tags)

    def _replace(self, owner: Any, tags: list[tuple[Tag, str]]) -> None:
        parent = owner.getparent()
        path = path_of(parent)
        position = parent.index(owner)
        _drop(owner)
        for tag, place in tags:
            if tag.kind != "comment":
                instruction = etree.ProcessingInstruction("c", str(self._token(tag, place, path)))
                parent.insert(position, instruction)
                position += 1

    # Tags that stand in text.

    def _replace_text(self, paragraph: "_Paragraph") -> None:
        for element, start, text in paragraph.pieces_with_tags():
            if element.getroottree().getroot() is not self._root:
                continue  # its paragraph, row, cell or run was replaced
            if element.tag == TEXT:
                element.text = self._with_tokens(paragraph, element, start, text)
                element.set(_SPACE, "preserve")
            else:  # a line break or tab that was typed inside a tag
                _drop(element)

    def _with_tokens(self, paragraph: "_Paragraph", element: Any, start: int, text: str) -> str:
        result, position = "", 0
        for found in paragraph.tags_between(start, start + len(text)):
            first, behind = found.start - start, found.end - start
            result += text[position : max(first, position)]
            if first >= 0 and found.tag.kind != "comment" and not found.tag.scope:
                result += f"{_OPEN}{self._token(found.tag, paragraph.place, path_of(element))}{_CLOSE}"
            position = behind
        return result + text[position:]

    # Tags in attributes (alternative texts), field codes and properties: text without elements in it.

    def _replace_elsewhere(self, element: Any) -> None:
        text = element.text or ""
        if "{" in text and element.tag != TEXT and not _is_deleted(element):
            element.text = self._with_plain_tokens(text, element)
        for key, value in element.attrib.items():
            if "{" in value and not _is_deleted(element):
                element.set(key, self._with_plain_tokens(value, element))

    def _with_plain_tokens(self, text: str, element: Any) -> str:
        try:
            tags = find_tags(text)
        except UnclosedTagError:
            return text  # an attribute that looks so is not the author's
        place = f"{self._label}, {local_name(element)}"
        path = (*path_of(element), str(len(self._placed)))  # a block must end in the text in which it begins
        result, position = "", 0
        for found in tags:
            result += text[position : found.start]
            if found.tag.kind != "comment":
                result += f"{_OPEN}{self._token(found.tag, place, path, in_text=False)}{_CLOSE}"
            position = found.end
        return result + text[position:]

    def _segments(self) -> Segments:
        segments: Segments = []
        text = serialize(self._root)
        position = 0
        for token in _TOKEN.finditer(text):
            segments += [text[position : token.start()], self._placed[int(token[1] or token[2])]]
            position = token.end()
        return [*segments, text[position:]]


class _Paragraph:
    """The running text of one paragraph: its elements, and the tags found in their joined text."""

    def __init__(self, pieces: list[tuple[Any, str]], tags: list[FoundTag], place: str) -> None:
        self.tags = tags
        self.place = place
        self._pieces = pieces
        self._starts = [0]
        for _, text in pieces:
            self._starts.append(self._starts[-1] + len(text))
        self._ends = [found.end for found in tags]

    def element_at(self, position: int) -> Any:
        """Give the element whose text holds the character at `position`."""
        return self._pieces[bisect_right(self._starts, position) - 1][0]

    def tags_between(self, start: int, end: int) -> Iterator[FoundTag]:
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


def _owner(paragraph: _Paragraph, found: FoundTag) -> Any:
    owner = nearest(paragraph.element_at(found.start), found.tag.scope)
    if owner is None:
        raise TemplateError(
            f"`{found.tag.quoted}` takes the place of {_SCOPES[found.tag.scope]}, but it does not stand in one.",
            where=paragraph.place,
        )
    return owner


def _refuse_when_lost(paragraph: _Paragraph, found: FoundTag, owners: Collection[Any]) -> None:
    own = _owner(paragraph, found) if found.tag.scope else None
    around = paragraph.element_at(found.start).iterancestors()
    if found.tag.kind != "comment" and any(element in owners and element is not own for element in around):
        raise TemplateError(
            f"`{found.tag.quoted}` would be lost: a tag beside it takes the place of the whole element.",
            where=paragraph.place,
            hint="Give `{%p …%}`, `{%tr …%}`, `{%tc …%}` and `{%r …%}` a paragraph, row, cell or run of their own.",
        )


def _is_deleted(element: Any) -> bool:
    around = (element, *element.iterancestors())
    return any(local_name(e) in ("delText", "delInstrText", *DELETED) for e in around)


def _drop(element: Any) -> None:
    """Remove an element and keep the text behind it, if any."""
    parent = element.getparent()
    if element.tail:
        previous = element.getprevious()
        if previous is None:
            parent.text = (parent.text or "") + element.tail
        else:
            previous.tail = (previous.tail or "") + element.tail
    parent.remove(element)
