"""What one filling adds to the file beside its text: links, pictures, parts, and the lists that name them."""

import hashlib
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from configs.errors import ContextError
from configs.loader import suggest
from templates.word import notes, xml
from templates.word.archive import Member
from templates.word.inserts import WORD_TYPE, Inserts, empty_relationships, names_by_kind, relationship_entry
from templates.word.links import checked_link
from templates.word.parts import CONTENT_TYPES, relationships_name

_MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg"}
_FIRST_BOOKMARK = 1_000_000  # Word counts its own from 0


@dataclass(frozen=True)
class Package:
    """A compiled template's file, as far as a filling must know it.

    Attributes:
        main: the name of the part with the body.
        types: the content types of the parts, by name.
        styles: the ids of its styles, by kind ("character", "paragraph") and by id and by name.
        text_width: between the margins of its first page, in EMU.
    """

    members: Mapping[str, Member]
    main: str
    types: Mapping[str, str]
    styles: Mapping[str, Mapping[str, str]]
    text_width: int


@dataclass
class Filling:
    """Collects what one document has beyond its template's members; the same data collect the same."""

    package: Package
    parts: dict[str, bytes] = field(default_factory=dict)  # that are filled
    has_elements: bool = False  # whether a value brought elements of its own
    drawings: int = 0  # numbered so far
    bookmarks: int = _FIRST_BOOKMARK
    pending: list[Any] = field(default_factory=list)  # pictures that are sized when their place is known
    _added: dict[str, bytes] = field(default_factory=dict)
    _entries: dict[str, dict[tuple[str, str, bool], str]] = field(default_factory=dict)
    _shared: dict[str, str] = field(default_factory=dict)
    _overrides: dict[str, str] = field(default_factory=dict)

    @cached_property
    def inserts(self) -> Inserts:
        """What is added to the lists of styles, numberings and notes."""
        return Inserts(self, self._lists, self.package.styles)

    @cached_property
    def _lists(self) -> dict[str, str]:
        return names_by_kind(self.package.types)

    def relate(self, part: str, kind: str, target: str, *, external: bool = False) -> str:
        """Give the id of a relationship of a part, which is made when it is new.

        Args:
            part: the name of the part.
            kind: the last step of the relationship's type, or the whole type.
            target: an address, or the name of a member.
            external: whether the target is an address.
        """
        entries = self._entries.setdefault(part, {})
        key = (kind if "/" in kind else f"{xml.RELATIONSHIP_NAMESPACE}/{kind}", target, external)
        if key not in entries:
            known = self._relationships(part)
            number = len(entries) + 1
            while f'"rIdC{number}"' in known or f"rIdC{number}" in entries.values():
                number += 1
            entries[key] = f"rIdC{number}"
        return entries[key]

    def add_picture(self, part: str, data: bytes, kind: str) -> str:
        """Give the id under which a part finds a picture."""
        name = self.add_shared(f"word/media/picture.{kind}", data, _MEDIA_TYPES[kind])
        return self.relate(part, "image", name)

    def add_shared(self, name: str, data: bytes, content_type: str) -> str:
        """Add a member, or find the one of the same content that was added before."""
        digest = hashlib.sha256(data).hexdigest()
        if digest not in self._shared:
            self._shared[digest] = self.add_member(name, data, content_type)
        return self._shared[digest]

    def add_member(self, name: str, data: bytes, content_type: str = "") -> str:
        """Add a member under a name like this one that is still free, and give its name."""
        stem, extension = posixpath.splitext(name)
        number = 1
        while (free := f"{stem}C{number}{extension}") in self.package.members or free in self._added:
            number += 1
        self._added[free] = data
        if content_type:
            self._overrides[free] = content_type
        return free

    def add_part(self, name: str, text: str, kind: str) -> str:
        """Add a part that the main part refers to, and give its name."""
        added = self.add_member(name, text.encode(), f"{WORD_TYPE}{kind}+xml")
        self.relate(self.package.main, kind, added)
        return added

    def add_relationships(self, part: str, entries: str) -> None:
        """Write the list of relationships of a member that was added."""
        self._added[relationships_name(part)] = empty_relationships(entries).encode()

    def text_of(self, name: str) -> str:
        """Give a member as it stands, in the form in which this package writes XML."""
        if name in self.parts:
            return self.parts[name].decode()
        content = self._added[name] if name in self._added else self.package.members[name].unpack()
        return _opened(content, name)

    def style(self, name: str, kind: str) -> str:
        """Give the id of a style that is named by its id or its name.

        Raises:
            ContextError: the template has no such style.
        """
        known = self.package.styles.get(kind, {})
        found = known.get(name) or known.get(name.lower())
        if found is None:
            raise ContextError(f"The template has no {kind} style `{name}`.", hint=suggest(name, sorted(known)))
        return found

    def finish(self) -> dict[str, bytes]:
        """Give the members that are new or changed, by name."""
        lists = self.inserts.apply() if "inserts" in self.__dict__ else {}
        result = self._added | self.parts | {name: text.encode() for name, text in lists.items()}
        self._order_notes(result)
        for part, entries in self._entries.items():
            text = self._relationships(part)
            listing = "".join(
                relationship_entry(part, name, kind, target, external=external)
                for (kind, target, external), name in entries.items()
            )
            end = text.rindex("</")
            result[relationships_name(part)] = (text[:end] + listing + text[end:]).encode()
        if self._overrides:
            result[CONTENT_TYPES] = self._content_types()
        return result

    def _order_notes(self, changed: dict[str, bytes]) -> None:
        main = self.package.main
        for kind, name in self._lists.items() if main in changed else ():
            if kind in notes.KINDS:
                listed = changed[name].decode() if name in changed else self.text_of(name)
                ordered = notes.ordered_notes(kind, changed[main].decode(), listed)
                if ordered:
                    changed[main], changed[name] = (text.encode() for text in ordered)

    def _relationships(self, part: str) -> str:
        name = relationships_name(part)
        return self.text_of(name) if name in self.package.members else empty_relationships()

    def _content_types(self) -> bytes:
        root = xml.parse(self.package.members[CONTENT_TYPES].unpack(), where=CONTENT_TYPES)
        space = str(root.tag).rpartition("}")[0] + "}"
        for name, kind in self._overrides.items():
            root.append(root.makeelement(f"{space}Override", {"PartName": f"/{name}", "ContentType": kind}))
        return xml.serialize(root).encode()


@dataclass(frozen=True)
class FilledPart:
    """One part of a document while it is filled."""

    filling: Filling
    name: str

    def link(self, target: str) -> str:
        """Give the id of a link to an address.

        Raises:
            TemplateError: the address leads to a program or a file.
        """
        return self.filling.relate(self.name, "hyperlink", checked_link(target), external=True)

    def picture(self, data: bytes, kind: str) -> str:
        """Give the id of a picture."""
        return self.filling.add_picture(self.name, data, kind)


def styles_of(root: Any) -> dict[str, dict[str, str]]:
    """Index the styles of a file by kind and by their ids and names; an exact id goes before a name."""
    found: dict[str, dict[str, str]] = {}
    for keys in (_names, _ids):
        for style in root.iterfind("{*}style") if root is not None else ():
            table = found.setdefault(xml.word_attribute(style, "type"), {})
            for key in keys(style):
                table[key.lower()] = table[key] = xml.word_attribute(style, "styleId")
    return found


def _ids(style: Any) -> Iterable[str]:
    return (xml.word_attribute(style, "styleId"),)


def _names(style: Any) -> Iterable[str]:
    return (xml.word_attribute(name, "val") for name in style.iterfind("{*}name"))


def _opened(content: bytes, name: str) -> str:
    """Write XML anew, with an end tag behind which nothing stands."""
    root = xml.parse(content, where=name)
    root.text = root.text or ""
    return xml.serialize(root)
