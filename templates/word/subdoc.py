"""`Subdoc`: a Word document that becomes a part of another, with its styles, numberings, notes and pictures."""

import copy
import io
import os
import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Protocol

from lxml import etree

from configs.errors import ContextError, InputError
from templates.word import xml
from templates.word.archive import read_archive
from templates.word.inserts import WORD_TYPE, relationship_entry
from templates.word.package import FilledPart
from templates.word.parts import Parts, find_parts, relationships_name
from templates.word.values import WordValue, paragraphs_in_text_error

_OFFICE = f"{{{xml.RELATIONSHIP_NAMESPACE}}}"
_STYLED = {"pStyle": "paragraph", "rStyle": "character", "tblStyle": "table"}
_NOTES = {"footnote": "footnotes", "endnote": "endnotes"}
_LEFT_OUT = ("commentRangeStart", "commentRangeEnd", "commentReference", "headerReference", "footerReference")


class Savable(Protocol):
    """A document of python-docx."""

    def save(self, stream: IO[bytes], /) -> None:
        """Write the file."""


class Subdoc(WordValue):
    """A document whose body is a value, for `{{p name }}`.

    Args:
        docpath: a path, the bytes of a .docx, an open file, or a document made with python-docx.

    Raises:
        ContextError: it is no Word document, has macros, or loads something from outside of itself.
        LimitError: it is larger than a document would be.
    """

    def __init__(self, docpath: "str | os.PathLike[str] | bytes | IO[bytes] | Savable") -> None:
        where = str(docpath)[:100] if isinstance(docpath, str | os.PathLike) else "a sub-document"
        try:
            self._members = read_archive(_bytes_of(docpath), name=where)
            self._parts: Parts = find_parts(self._members, name=where)
        except InputError as error:
            kind = ContextError if type(error).__name__ == "TemplateError" else type(error)
            raise kind(error.message, where=error.where, hint=error.hint) from None
        except OSError as error:
            raise ContextError(f"The sub-document cannot be read: {error.strerror}.", where=where) from None

    def in_text(self, part: FilledPart) -> str:  # noqa: ARG002
        raise paragraphs_in_text_error()

    def as_blocks(self, part: FilledPart, shell: tuple[str, ...]) -> str:  # noqa: ARG002
        root = next(filled.root for filled in self._parts.filled if filled.name == self._parts.main)
        body = copy.deepcopy(root.find("{*}body"))
        last = next(reversed(body), None)
        if last is not None and xml.local_name(last) == "sectPr":
            body.remove(last)
        return _Import(self, part).write(body)

    def root_of(self, kind: str) -> Any:
        """Parse the part of a kind, such as `styles`; None where there is none."""
        name = self.name_of(kind)
        return xml.parse(self._members[name].unpack(), where=name) if name else None

    def name_of(self, kind: str) -> str | None:
        """Name the part of a kind."""
        return next((name for name, type in self._parts.types.items() if type == f"{WORD_TYPE}{kind}+xml"), None)

    def relationships(self, part: str) -> dict[str, tuple[str, str, bool]]:
        """Give type, target and whether it is external, by the ids of a part's relationships."""
        name = relationships_name(part)
        if name not in self._members:
            return {}
        root = xml.parse(self._members[name].unpack(), where=name)
        found = {}
        for entry in root:
            external = entry.get("TargetMode") == "External"
            target = entry.get("Target", "")
            if not external:
                folder = posixpath.dirname(part)
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[entry.get("Id", "")] = (entry.get("Type", ""), target, external)
        return found

    def content(self, name: str) -> bytes | None:
        """Give a member."""
        return self._members[name].unpack() if name in self._members else None

    @property
    def main(self) -> str:
        """The name of the part with the body."""
        return self._parts.main

    @property
    def types(self) -> Mapping[str, str]:
        """The content types, by the names of the parts."""
        return self._parts.types


class _Import:
    """Brings one copy of a sub-document's body into a part."""

    def __init__(self, source: Subdoc, part: FilledPart) -> None:
        self._source = source
        self._part = part
        self._filling = part.filling
        self._inserts = part.filling.inserts
        self._copied: dict[str, str] = {}
        self._styles: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        self._bookmarks: dict[str, str] = {}
        self._style_elements = {
            xml.word_attribute(style, "styleId"): style for style in _children(source.root_of("styles"), "style")
        }
        self._numbering = source.root_of("numbering")

    def write(self, body: Any) -> str:
        self._adapt(body, self._source.main, self._part.name)
        return "".join(etree.tostring(element, encoding="unicode", with_tail=False) for element in body)

    def _adapt(self, root: Any, old_part: str, new_part: str) -> None:
        """Change all ids below an element to those that mean the same in the document."""
        for element in list(root.iter("*")):
            name = xml.local_name(element)
            if name in _LEFT_OUT:
                element.getparent().remove(element)
            elif name in _STYLED:
                _set_value(element, self._style(_value(element), _STYLED[name]))
            elif name == "numId":
                _set_value(element, self._number(_value(element)))
            elif name in ("footnoteReference", "endnoteReference"):
                self._note(element, name.removesuffix("Reference"))
            elif name == "docPr" or name in ("bookmarkStart", "bookmarkEnd"):
                self._renumber(element, name)
        relationships = self._source.relationships(old_part)
        for element in root.iter("*"):
            for key, value in element.attrib.items():
                if key.startswith(_OFFICE) and value in relationships:
                    element.set(key, self._related(relationships[value], new_part))

    def _renumber(self, element: Any, name: str) -> None:
        if name == "docPr":
            self._filling.drawings += 1
            element.set("id", str(self._filling.drawings))
        else:
            old = element.get(_word("id"), "")
            if old not in self._bookmarks:
                self._filling.bookmarks += 1
                self._bookmarks[old] = str(self._filling.bookmarks)
            element.set(_word("id"), self._bookmarks[old])

    # Relationships: links keep their target, members are copied with all that they refer to.

    def _related(self, relationship: tuple[str, str, bool], part: str) -> str:
        kind, target, external = relationship
        if not external:
            target = self._copy(target)
        return self._filling.relate(part, kind, target, external=external)

    def _copy(self, name: str) -> str:
        if name not in self._copied:
            content = self._source.content(name)
            if content is None:
                raise ContextError(f"The sub-document lacks its member `{name}`.")
            relationships = self._source.relationships(name)
            add = self._filling.add_member if relationships else self._filling.add_shared
            self._copied[name] = new = add(name, content, self._source.types.get(name, ""))
            if relationships:
                entries = [
                    relationship_entry(new, key, kind, target if external else self._copy(target), external=external)
                    for key, (kind, target, external) in relationships.items()
                ]
                self._filling.add_relationships(new, "".join(entries))
        return self._copied[name]

    # Styles: one of the same name is taken from the template, another is brought along.

    def _style(self, old: str, kind: str) -> str:
        if old in self._styles:
            return self._styles[old]
        style = self._style_elements.get(old)
        if style is None:
            return old
        name = next((_value(e) for e in style.iterfind("{*}name")), old)
        known = self._inserts.style_named(name, kind)
        if known is not None:
            self._styles[old] = known
            return known
        self._styles[old] = new = self._inserts.add_style(old, name, kind)
        copied = copy.deepcopy(style)
        copied.set(_word("styleId"), new)
        copied.attrib.pop(_word("default"), None)
        for reference in list(copied):
            if xml.local_name(reference) in ("basedOn", "next"):
                _set_value(reference, self._style(_value(reference), kind))
            elif xml.local_name(reference) == "link":
                copied.remove(reference)
        for number in copied.iter("{*}numId"):
            _set_value(number, self._number(_value(number)))
        self._inserts.insert("styles", etree.tostring(copied, encoding="unicode"), before="</w:styles>")
        return new

    # Numberings: each list of the sub-document counts for itself.

    def _number(self, old: str) -> str:
        if old in self._numbers or old == "0" or self._numbering is None:
            return self._numbers.get(old, old)
        number = next((e for e in _children(self._numbering, "num") if e.get(_word("numId")) == old), None)
        if number is None:
            return old
        wanted = next((_value(e) for e in number.iterfind("{*}abstractNumId")), "")
        abstract = next(
            (e for e in _children(self._numbering, "abstractNum") if e.get(_word("abstractNumId")) == wanted), None
        )
        if abstract is None:
            return old
        new, new_abstract = (self._inserts.next_number("numbering") for _ in range(2))
        number, abstract = copy.deepcopy(number), copy.deepcopy(abstract)
        self._numbers[old] = new
        for element in list(abstract.iter("*")):
            if xml.local_name(element) in ("lvlPicBulletId", "nsid", "styleLink", "numStyleLink"):
                element.getparent().remove(element)
            elif xml.local_name(element) in _STYLED:
                _set_value(element, self._style(_value(element), "paragraph"))
        abstract.set(_word("abstractNumId"), new_abstract)
        number.set(_word("numId"), new)
        _set_value(number.find("{*}abstractNumId"), new_abstract)
        self._inserts.insert("numbering", etree.tostring(abstract, encoding="unicode"), before="<w:num ")
        self._inserts.insert("numbering", etree.tostring(number, encoding="unicode"), before="</w:numbering>")
        return new

    # Footnotes and endnotes.

    def _note(self, reference: Any, kind: str) -> None:
        part = _NOTES[kind]
        old = reference.get(_word("id"), "")
        notes = self._source.root_of(part)
        note = next((e for e in _children(notes, kind) if e.get(_word("id")) == old), None)
        if note is None:
            return
        note = copy.deepcopy(note)
        new = self._inserts.next_number(part)
        reference.set(_word("id"), new)
        note.set(_word("id"), new)
        self._adapt(note, str(self._source.name_of(part)), self._inserts.part_of(part))
        self._inserts.insert(part, etree.tostring(note, encoding="unicode"), before=f"</w:{part}>")


def _bytes_of(source: Any) -> bytes:
    if isinstance(source, bytes):
        return source
    if isinstance(source, str | os.PathLike):
        return Path(source).read_bytes()
    if hasattr(source, "read"):
        content: bytes = source.read()
        return content
    buffer = io.BytesIO()
    source.save(buffer)
    return buffer.getvalue()


def _children(root: Any, name: str) -> Iterator[Any]:
    return root.iterfind(f"{{*}}{name}") if root is not None else iter(())


def _word(name: str) -> str:
    return f"{{{xml.WORD_NAMESPACE}}}{name}"


def _value(element: Any) -> str:
    return xml.word_attribute(element, "val")


def _set_value(element: Any, value: str) -> None:
    element.set(_word("val"), value)
