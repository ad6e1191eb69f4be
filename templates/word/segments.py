"""Cut one part of a Word file into static XML and tags.

Tags that Word split over runs are joined into the text element in which they
begin. A tag with a scope takes the place of its paragraph, row, cell or run.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from lxml import etree

from configs.errors import LimitError, TemplateError
from templates.word.boxes import TwinBox, twin_boxes
from templates.word.cells import CELL_TAGS, add_property, argument_of, first_text, span_of
from templates.word.links import link_pieces
from templates.word.paragraphs import LocatedTag, TaggedParagraph, joined
from templates.word.parts import Part
from templates.word.placed import Form, Generated, PlacedTag, Segments
from templates.word.places import PlaceFinder, nearest, path_of
from templates.word.tags import Tag, UnclosedTagError, find_tags
from templates.word.text import TEXT, is_deleted, join_field_codes, running_text
from templates.word.xml import (
    EMBEDDED,
    RELATIONSHIP_ID,
    WORD_NAMESPACE,
    drop,
    local_name,
    serialize,
    without_namespaces,
)

MAX_TAGS = 6_000  # the largest real templates have some hundreds; so many take two seconds to compile

# Noncharacters, which no text may hold, stand for a tag inside text; instructions for one between elements.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_TOKEN = re.compile(f"<\\?c ([0-9]+)\\?>|{_OPEN}([0-9]+){_CLOSE}")
_SCOPES = {"p": "a paragraph", "tr": "a table row", "tc": "a table cell", "r": "a run"}
_PARAGRAPH = f"{{{WORD_NAMESPACE}}}p"
_DRAWING_NAMESPACE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_DRAWINGS = (f"{_DRAWING_NAMESPACE}inline", f"{_DRAWING_NAMESPACE}anchor")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


class PartCutter:
    """Cuts one part; it changes the part's tree."""

    def __init__(self, part: Part, *, name: str, heading_styles: Collection[str]) -> None:
        self._root = part.root
        self._links = part.links
        self._label = f"{name}, {part.label}"
        self._finder = PlaceFinder(self._label, heading_styles)
        self._placed: list[PlacedTag | Generated] = []
        self._merged_texts: list[tuple[Any, Any, LocatedTag]] = []

    def cut(self) -> Segments | None:
        """Give the part's XML with the tags taken out of it, in the order of the file; None when it holds no tags.

        Raises:
            TemplateError: a tag is not closed, or its scope does not fit where it stands.
            LimitError: there are too many tags.
        """
        if _OPEN in serialize(self._root):
            raise TemplateError("The text holds U+FDD0, which Unicode keeps out of texts.", where=self._label)
        for number, twins in enumerate(twin_boxes(self._root)):
            self._share(twins, f"colophon_box_{number}")
        paragraphs = [self._read(paragraph) for paragraph in self._root.iter(_PARAGRAPH)]
        count = sum(len(paragraph.tags) for paragraph in paragraphs)
        if count > MAX_TAGS:
            raise LimitError(f"The part has {count:,} tags; at most {MAX_TAGS:,} are read.", where=self._label)
        paragraphs = [paragraph for paragraph in joined(paragraphs) if paragraph.tags]
        for paragraph in paragraphs:
            self._replace_cell_tags(paragraph)
        self._replace_elements(paragraphs)
        for paragraph in paragraphs:
            self._replace_text(paragraph)
        for first, last, found in self._merged_texts:
            self._show_once(first, last, found)
        for paragraph in self._root.iter(_PARAGRAPH):
            join_field_codes(paragraph)
        for drawing in self._root.iter(*_DRAWINGS):
            self._replace_picture(drawing)
        for element in self._root.iter("*"):
            self._replace_elsewhere(element)
        return self._segments() if count or self._placed else None

    def _read(self, element: Any) -> TaggedParagraph:
        pieces = list(running_text(element))
        place = self._finder.visit(element, "".join(text for _, text in pieces))
        try:
            return TaggedParagraph(element, pieces, place)
        except UnclosedTagError as error:
            raise TemplateError(
                f"`{error}` begins a tag that is not closed in its paragraph.",
                where=place,
                hint="Close it with `}}`, `%}` or `#}` in the same paragraph.",
            ) from None

    def _token(self, found: LocatedTag, path: tuple[str, ...], form: Form = "text", shell: tuple[str, ...] = ()) -> int:
        self._placed.append(PlacedTag(found.tag, _place_of(found), path, form, shell))
        return len(self._placed) - 1

    def _generated(self, source: str, found: LocatedTag | None = None) -> int:
        place = _place_of(found) if found else self._label
        self._placed.append(Generated(source, found.tag if found else None, place, needs_loop=found is not None))
        return len(self._placed) - 1

    # A text box stands twice in the file; it is filled once and shown twice.

    def _share(self, twins: TwinBox, name: str) -> None:
        twins.shown.insert(0, _instruction(self._generated(f"{{%\nset {name} %}}")))
        twins.shown.append(_instruction(self._generated(f"{{%\nendset %}}{{{{ {name} }}}}")))
        for child in list(twins.fallback):
            twins.fallback.remove(child)
        twins.fallback.append(_instruction(self._generated(f"{{{{\n{name} }}}}")))

    # Tags that speak of the cell in which they stand.

    def _replace_cell_tags(self, paragraph: TaggedParagraph) -> None:
        for number, found in enumerate(paragraph.tags):
            if found.tag.keyword not in CELL_TAGS or found.tag.scope:
                continue
            cell = nearest(paragraph.element, "tc")
            if cell is None:
                raise TemplateError(
                    f"`{found.tag.quoted}` speaks of a table cell, but it does not stand in one.", where=found.place
                )
            self._change_cell(cell, paragraph, found)
            paragraph.tags[number] = replace(found, tag=replace(found.tag, kind="comment"))

    def _change_cell(self, cell: Any, paragraph: TaggedParagraph, found: LocatedTag) -> None:
        keyword = found.tag.keyword
        if keyword == "cellbg":
            value = self._argument(found, "colour")
            add_property(cell, "shd", {"val": "clear", "color": "auto", "fill": value})
        elif keyword == "colspan":
            add_property(cell, "gridSpan", {"val": self._argument(found, "span")})
        elif keyword == "vm":
            source = "{%\nif loop.first %}restart{% else %}continue{% endif %}"
            add_property(cell, "vMerge", {"val": _mark(self._generated(source, found))})
            last = paragraph.element_at(found.end - 1)
            self._merged_texts.append((first_text(cell, last), last, found))
        else:
            source = f"{{{{\n{span_of(cell)} * loop.length }}}}"
            add_property(cell, "gridSpan", {"val": _mark(self._generated(source, found))})
            cell.addprevious(_instruction(self._generated("{%\nif loop.first %}", found)))
            cell.addnext(_instruction(self._generated("{%\nendif %}", found)))

    def _argument(self, found: LocatedTag, form: Form) -> str:
        body = argument_of(found.tag, where=found.place)
        value = replace(found, tag=replace(found.tag, kind="expression", body=body, trims=("", "")))
        return _mark(self._token(value, ("tcPr",), form))

    def _show_once(self, first: Any, last: Any, found: LocatedTag) -> None:
        """Show the text of a merged cell in the first row only."""
        first.text = _mark(self._generated("{%\nif loop.first %}", found)) + (first.text or "")
        last.text = (last.text or "") + _mark(self._generated("{%\nendif %}", found))

    # Tags that take the place of an element.

    def _replace_elements(self, paragraphs: list[TaggedParagraph]) -> None:
        owners: dict[Any, list[tuple[LocatedTag, TaggedParagraph]]] = {}
        for paragraph in paragraphs:
            paragraph.isolate(found for found in paragraph.tags if found.tag.scope == "r" and _takes_element(found.tag))
            for found in paragraph.tags:
                if _takes_element(found.tag):
                    owners.setdefault(_owner(paragraph, found), []).append((found, paragraph))
        for paragraph in paragraphs if owners else ():
            for found in paragraph.tags:
                _refuse_when_lost(paragraph, found, owners)
        for owner, tags in owners.items():
            self._replace(owner, tags)

    def _replace(self, owner: Any, tags: Iterable[tuple[LocatedTag, TaggedParagraph]]) -> None:
        parent = owner.getparent()
        path = path_of(parent)
        position = parent.index(owner)
        instructions = []
        for found, paragraph in tags:
            if found.tag.kind == "expression":
                shell = self._shell(owner, found, paragraph)
                form: Form = "block" if found.tag.scope == "p" else "run"
                instructions.append(_instruction(self._token(found, path, form, shell)))
            elif found.tag.kind != "comment":
                instructions.append(_instruction(self._token(found, path)))
        drop(owner)
        for offset, instruction in enumerate(instructions):
            parent.insert(position + offset, instruction)

    def _shell(self, owner: Any, found: LocatedTag, paragraph: TaggedParagraph) -> tuple[str, str]:
        """Give what stands around a value's text when the value is no more than text."""
        for element, start, text in paragraph.pieces_with_tags():
            if element.tag == TEXT and (owner is paragraph.element or element.getparent() is owner):
                element.text = self._with_tokens(paragraph, element, start, text, mark=found)
                element.set(_SPACE, "preserve")
        before, _, behind = without_namespaces(owner, self._root).partition(_OPEN + _CLOSE)
        return before, behind

    # Tags that stand in text.

    def _replace_text(self, paragraph: TaggedParagraph) -> None:
        for element, start, text in paragraph.pieces_with_tags():
            if element.getroottree().getroot() is not self._root:
                continue  # its paragraph, row, cell or run was replaced
            if element.tag == TEXT:
                element.text = self._with_tokens(paragraph, element, start, text)
                element.set(_SPACE, "preserve")
            else:  # a line break or tab that was typed inside a tag
                drop(element)

    def _with_tokens(
        self, paragraph: TaggedParagraph, element: Any, start: int, text: str, mark: LocatedTag | None = None
    ) -> str:
        result, position = "", 0
        for found in paragraph.tags_between(start, start + len(text)):
            first, behind = found.start - start, found.end - start
            result += text[position : max(first, position)]
            if found is mark:
                result += _OPEN + _CLOSE if first >= 0 else ""
            elif first >= 0 and found.tag.kind != "comment" and not found.tag.scope:
                result += _mark(self._token(found, path_of(element)))
            position = behind
        return result + text[position:]

    # Tags in attributes (alternative texts), field codes and properties: text without elements in it.

    def _replace_elsewhere(self, element: Any) -> None:
        text = element.text or ""
        if "{" in text and element.tag != TEXT and not is_deleted(element):
            element.text = self._with_plain_tokens(text, element)
        for key, value in element.attrib.items():
            if "{" in value and not is_deleted(element):
                element.set(key, self._with_plain_tokens(value, element))
            elif key == RELATIONSHIP_ID and value in self._links:
                element.set(key, self._link(self._links[value], element))

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
                located = LocatedTag(found.start, found.end, found.tag, place)
                result += _mark(self._token(located, path, "plain"))
            position = found.end
        return result + text[position:]

    def _replace_picture(self, drawing: Any) -> None:
        """Let a picture whose alternative text is no more than a tag be the one that the tag names."""
        properties = next(drawing.iter("{*}docPr"), None)
        text = "" if properties is None else properties.get("descr", "").strip()
        found = find_tags(text) if text.startswith("{{") and text.endswith("}}") else []
        blip = next(drawing.iter("{*}blip"), None)
        if len(found) == 1 and found[0].end == len(text) and blip is not None and EMBEDDED in blip.attrib:
            place = f"{self._label}, alternative text of a picture"
            located = LocatedTag(found[0].start, found[0].end, found[0].tag, place)
            own = (blip.get(EMBEDDED),)
            blip.set(EMBEDDED, _mark(self._token(located, path_of(blip), "picture", own)))

    def _link(self, target: str, element: Any) -> str:
        fixed, values = link_pieces(target)
        body = ", ".join(f"({tag.body})" for tag in values)
        quoted = " ".join(tag.quoted for tag in values)
        tag = Tag("expression", "", ("", ""), f"[{body}]", quoted)
        place = f"{self._label}, target of a link"
        return _mark(self._token(LocatedTag(0, 0, tag, place), path_of(element), "link", fixed))

    def _segments(self) -> Segments:
        segments: Segments = []
        text = serialize(self._root)
        position = 0
        for token in _TOKEN.finditer(text):
            segments += [text[position : token.start()], self._placed[int(token[1] or token[2])]]
            position = token.end()
        return [*segments, text[position:]]


def _takes_element(tag: Tag) -> bool:
    return bool(tag.scope) and not (tag.kind == "comment" and tag.scope == "r")


def _owner(paragraph: TaggedParagraph, found: LocatedTag) -> Any:
    if found.tag.scope == "r":
        return paragraph.own_run(found)
    owner = nearest(paragraph.element_at(found.start), found.tag.scope)
    if owner is None:
        raise TemplateError(
            f"`{found.tag.quoted}` takes the place of {_SCOPES[found.tag.scope]}, but it does not stand in one.",
            where=found.place,
        )
    return owner


def _refuse_when_lost(paragraph: TaggedParagraph, found: LocatedTag, owners: Collection[Any]) -> None:
    element = paragraph.element_at(found.start)
    own = nearest(element, found.tag.scope) if _takes_element(found.tag) else None
    if found.tag.kind != "comment" and any(e in owners and e is not own for e in element.iterancestors()):
        raise TemplateError(
            f"`{found.tag.quoted}` would be lost: a tag beside it takes the place of the whole element.",
            where=found.place,
            hint="Give `{%p …%}`, `{%tr …%}` and `{%tc …%}` a paragraph, row or cell of their own.",
        )


def _place_of(found: LocatedTag) -> str:
    return f"{found.place}, at `{found.tag.quoted[:100]}`"


def _mark(number: int) -> str:
    return f"{_OPEN}{number}{_CLOSE}"


def _instruction(number: int) -> Any:
    return etree.ProcessingInstruction("c", str(number))
