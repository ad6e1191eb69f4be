"""Styles, numberings and notes that a filling adds to the lists of its document."""

import posixpath
import re
from collections.abc import Mapping
from typing import Protocol
from xml.sax.saxutils import quoteattr

from templates.word import xml

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_ID = {
    "styles": re.compile(r'w:styleId="([^"]*)"'),
    "numbering": re.compile(r'w:(?:abstractNumId|numId)(?: w:val)?="(\d+)"'),
    "footnotes": re.compile(r'<w:footnote [^>]*?w:id="(-?\d+)"'),
    "endnotes": re.compile(r'<w:endnote [^>]*?w:id="(-?\d+)"'),
}
_BULLETS = ("•", "–", "·")
_LIST_INDENT = 360  # twips, for each level
_NOTE_BORDERS = (("separator", "-1", "separator"), ("continuationSeparator", "0", "continuationSeparator"))


class Holder(Protocol):
    """What `Inserts` needs of a filling."""

    def text_of(self, name: str) -> str:
        """Give a member as it stands."""

    def add_part(self, name: str, text: str, kind: str) -> str:
        """Add a part that the main part refers to, and give its name."""


class Inserts:
    """Collects what goes into the lists; each list is written once, when all is known."""

    def __init__(self, holder: Holder, names: dict[str, str], styles: Mapping[str, Mapping[str, str]]) -> None:
        self._holder = holder
        self._names = names  # shared with the filling, which orders the notes
        self._styles = styles
        self._new_styles: dict[tuple[str, str], str] = {}
        self._used: dict[str, set[str]] = {}
        self._waiting: dict[str, list[tuple[str, str]]] = {}

    def part_of(self, kind: str) -> str:
        """Name the part with a list, which is made where the document has none."""
        if kind not in self._names:
            borders = "".join(
                f'<w:{kind[:-1]} w:type="{type}" w:id="{number}"><w:p><w:r><w:{sign}/></w:r></w:p></w:{kind[:-1]}>'
                for type, number, sign in (_NOTE_BORDERS if kind.endswith("notes") else ())
            )
            text = f'{xml.DECLARATION}<w:{kind} xmlns:w="{xml.WORD_NAMESPACE}">{borders}</w:{kind}>'
            self._names[kind] = self._holder.add_part(f"word/{kind}.xml", text, kind)
        return self._names[kind]

    def insert(self, kind: str, content: str, *, before: str) -> None:
        """Put an element into a list: before the first of a kind of elements, or at the list's end."""
        self._waiting.setdefault(self.part_of(kind), []).append((before, content))

    def style_named(self, name: str, kind: str) -> str | None:
        """Give the id of the style of a name that the document has, if any."""
        return self._new_styles.get((kind, name)) or self._styles.get(kind, {}).get(name)

    def add_style(self, wanted: str, name: str, kind: str) -> str:
        """Give an id for a new style, close to the one that it had."""
        number, free = 0, wanted
        while free in self._ids("styles"):
            number += 1
            free = f"{wanted}C{number}"
        self._ids("styles").add(free)
        self._new_styles[kind, name] = free
        return free

    def next_number(self, kind: str) -> str:
        """Give a number that no entry of a list has yet."""
        used = self._ids(kind)
        free = str(max((int(number) for number in used), default=0) + 1)
        used.add(free)
        return free

    def add_list(self, level: int, ordered: bool, start: int) -> str:
        """Add a numbering for one list, which begins at a level, and give its number."""
        abstract, number = self.next_number("numbering"), self.next_number("numbering")
        entries = "".join(_list_level(depth, ordered, start if depth == level else 1) for depth in range(9))
        content = f'<w:abstractNum w:abstractNumId="{abstract}"><w:multiLevelType w:val="multilevel"/>{entries}'
        self.insert("numbering", f"{content}</w:abstractNum>", before="<w:num ")
        reference = f'<w:num w:numId="{number}"><w:abstractNumId w:val="{abstract}"/></w:num>'
        self.insert("numbering", reference, before="</w:numbering>")
        return number

    def apply(self) -> dict[str, str]:
        """Give the lists that changed, by the names of their parts."""
        changed = {}
        for name, entries in self._waiting.items():
            text = self._holder.text_of(name)
            for before, content in entries:
                found = text.find(before)
                position = found if found >= 0 else text.rindex("</")
                text = text[:position] + content + text[position:]
            changed[name] = text
        return changed

    def _ids(self, kind: str) -> set[str]:
        if kind not in self._used:
            text = self._holder.text_of(self.part_of(kind))
            self._used[kind] = set(_ID[kind].findall(text))
        return self._used[kind]


def _list_level(depth: int, ordered: bool, start: int) -> str:
    kind, text = ("decimal", f"%{depth + 1}.") if ordered else ("bullet", _BULLETS[depth % len(_BULLETS)])
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{_LIST_INDENT * (depth + 1)}" w:hanging="{_LIST_INDENT}"/>'
        "</w:pPr></w:lvl>"
    )


def names_by_kind(types: Mapping[str, str]) -> dict[str, str]:
    """Find the parts with lists among the content types of a file's parts."""
    kinds = {f"{WORD_TYPE}{kind}+xml": kind for kind in _ID}
    return {kinds[type]: name for name, type in types.items() if type in kinds}


def relationship_entry(part: str, identifier: str, kind: str, target: str, *, external: bool) -> str:
    """Write one entry of a part's list of relationships; a member's name becomes a path from the part."""
    path = target if external else posixpath.relpath(f"/{target}", posixpath.dirname(f"/{part}"))
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="{identifier}" Type="{kind}" Target={quoteattr(path)}{mode}/>'


def empty_relationships(entries: str = "") -> str:
    """Write a list of relationships."""
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{xml.DECLARATION}<Relationships xmlns="{namespace}">{entries}</Relationships>'
