"""Find the parts of a Word file that are filled, and refuse files that reach outside of themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from configs.errors import TemplateError
from templates.word import xml
from templates.word.archive import Member
from templates.word.links import has_tags, is_safe

CONTENT_TYPES = "[Content_Types].xml"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_MAIN = _WORD + "document.main+xml"
_FILLED = {
    _MAIN: "document body",
    _WORD + "header+xml": "header",
    _WORD + "footer+xml": "footer",
    _WORD + "footnotes+xml": "footnotes",
    _WORD + "endnotes+xml": "endnotes",
    "application/vnd.openxmlformats-package.core-properties+xml": "document properties",
    "application/vnd.openxmlformats-officedocument.custom-properties+xml": "custom properties",
}
_STYLES = _WORD + "styles+xml"
_A4_TEXT = 9_026  # twips between the margins of a new document
_EMU_PER_TWIP = 635


@dataclass(frozen=True)
class Part:
    """One part that may hold tags."""

    name: str
    label: str
    root: Any
    links: Mapping[str, str] = field(default_factory=dict)  # targets with tags, by the id of their relationship


@dataclass(frozen=True)
class Parts:
    """What a template consists of, as far as filling is concerned."""

    filled: tuple[Part, ...]
    main: str
    types: Mapping[str, str]  # the content types of all parts
    styles: Any  # the root of the part with the styles, or None
    heading_styles: frozenset[str]
    text_width: int  # between the margins of the first page, in EMU
    changed: Mapping[str, bytes]  # members to be written instead of the file's own


def find_parts(members: Mapping[str, Member], *, name: str) -> Parts:
    """Read the list of content types and parse the parts that may hold tags.

    Raises:
        TemplateError: the file is no Word document, has macros, or links to files outside.
    """
    if CONTENT_TYPES not in members:
        raise TemplateError("Expected a .docx file, but it has no list of content types.", where=name)
    listing = xml.parse(members[CONTENT_TYPES].unpack(), where=f"{name}, {CONTENT_TYPES}")
    types = _types_by_part(listing, members)
    _refuse_macros(types, name)
    _refuse_outside_links(members, name)
    if _MAIN not in types.values():
        raise TemplateError(
            "Expected a Word document (.docx), but the file is of another kind.",
            where=name,
            hint="Open it in Word and save it as .docx.",
        )
    changed: dict[str, bytes] = {}
    filled = []
    for part, kind in types.items():
        if kind in _FILLED:
            links, remaining = _links(part, members)
            filled.append(_part(part, kind, members[part], name, links))
            changed |= {relationships_name(part): remaining} if remaining else {}
    if declared := _with_xml_declared(listing):
        changed[CONTENT_TYPES] = declared
    styles = next((members[part] for part, kind in types.items() if kind == _STYLES), None)
    styles_root = xml.parse(styles.unpack(), where=f"{name}, styles") if styles else None
    main = next(part for part in filled if types[part.name] == _MAIN)
    return Parts(
        tuple(filled), main.name, types, styles_root, _heading_styles(styles_root), _text_width(main.root), changed
    )


def relationships_name(part: str) -> str:
    """Name the member that lists what a part refers to."""
    folder, _, file = part.rpartition("/")
    return f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"


def _links(part: str, members: Mapping[str, Member]) -> tuple[dict[str, str], bytes | None]:
    """Take the links whose targets hold tags out of a part's relationships."""
    name = relationships_name(part)
    if name not in members:
        return {}, None
    root = xml.parse(members[name].unpack(), where=name)
    links = {}
    for relationship in list(root):
        target = relationship.get("Target", "")
        if relationship.get("TargetMode") == "External" and has_tags(target):
            links[relationship.get("Id", "")] = target
            root.remove(relationship)
    return links, xml.serialize(root).encode() if links else None


def _text_width(root: Any) -> int:
    section = next(root.iter("{*}sectPr"), None)
    size, margins = (None, None) if section is None else (section.find("{*}pgSz"), section.find("{*}pgMar"))
    if size is None or margins is None:
        return _A4_TEXT * _EMU_PER_TWIP
    page, *sides = (xml.word_attribute(size, "w"), *(xml.word_attribute(margins, side) for side in ("left", "right")))
    if not all(number.isdecimal() for number in (page, *sides)):
        return _A4_TEXT * _EMU_PER_TWIP
    return max(int(page) - sum(map(int, sides)), 0) * _EMU_PER_TWIP or _A4_TEXT * _EMU_PER_TWIP


def _part(part: str, kind: str, member: Member, name: str, links: Mapping[str, str]) -> Part:
    label = _FILLED[kind]
    if label in ("header", "footer"):  # there may be several
        label = f"{label} ({part.rpartition('/')[2]})"
    root = xml.parse(member.unpack(), where=f"{name}, {label}")
    if kind.startswith(_WORD) and not root.tag.startswith(f"{{{xml.WORD_NAMESPACE}}}"):
        raise TemplateError(
            "The file is saved as Strict Open XML, which is not read.",
            where=f"{name}, {label}",
            hint="Save it in Word as “Word Document (.docx)”.",
        )
    return Part(part, label, xml.with_word_prefix(root) if kind.startswith(_WORD) else root, links)


def _types_by_part(listing: Any, members: Mapping[str, Member]) -> dict[str, str]:
    by_extension = {}
    by_name = {}
    for element in listing:
        kind = element.get("ContentType", "")
        if xml.local_name(element) == "Default":
            by_extension[element.get("Extension", "").lower()] = kind
        else:
            by_name[element.get("PartName", "").removeprefix("/").lower()] = kind
    parts = [name for name in members if name != CONTENT_TYPES]  # the list itself is no part
    return {part: by_name.get(part.lower(), by_extension.get(part.rpartition(".")[2].lower(), "")) for part in parts}


def _refuse_macros(types: Mapping[str, str], name: str) -> None:
    for part, kind in types.items():
        if "macroenabled" in kind.lower() or "vbaproject" in kind.lower() or part.lower().endswith("vbaproject.bin"):
            raise TemplateError(
                "The file holds macros.", where=f"{name}, {part}", hint="Save it as .docx without them."
            )


def _refuse_outside_links(members: Mapping[str, Member], name: str) -> None:
    for part, member in members.items():
        if not part.lower().endswith(".rels"):
            continue
        for relationship in xml.parse(member.unpack(), where=f"{name}, {part}"):
            kind = relationship.get("Type", "").rpartition("/")[2]
            target = relationship.get("Target", "")
            is_link = kind == "hyperlink" and is_safe(target)
            if relationship.get("TargetMode") == "External" and not is_link:
                raise TemplateError(
                    f"The file loads something from outside of itself ({kind}: {target[:80]!r}).",
                    where=f"{name}, {part}",
                    hint="Embed it in the file, or detach the document template it was made from.",
                )


def _heading_styles(styles: Any) -> frozenset[str]:
    """Collect the ids of heading styles; their names are English in every language of Word."""
    headings = set()
    for style in styles.iterfind("{*}style") if styles is not None else ():
        title = style.find("{*}name")
        if title is not None and _value(title).lower().startswith(("heading", "title")):
            headings.add(next((v for key, v in style.attrib.items() if key.endswith("}styleId")), ""))
    return frozenset(headings)


def _value(element: Any) -> str:
    return next((str(value) for key, value in element.attrib.items() if key.endswith("}val")), "")


def _with_xml_declared(listing: Any) -> bytes | None:
    """Declare a content type for `.xml`, which a part that is added later (the colophon) needs."""
    for element in listing:
        if xml.local_name(element) == "Default" and element.get("Extension", "").lower() == "xml":
            return None
    namespace = str(listing.tag).rpartition("}")[0] + "}"
    default = listing.makeelement(f"{namespace}Default", {"Extension": "xml", "ContentType": "application/xml"})
    listing.insert(0, default)
    return xml.serialize(listing).encode()
