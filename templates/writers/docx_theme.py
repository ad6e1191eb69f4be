"""The styles of a Word file that an author made: theirs where the file has one of that name, ours where not."""

from collections.abc import Mapping
from typing import Any

from configs.errors import TemplateError
from templates.theme import Theme
from templates.word import xml
from templates.word.archive import read_archive
from templates.writers.docx_styles import style_ids, styles_part

_STYLES_PART = "word/styles.xml"


def resolve_styles(theme: Theme, language: str) -> tuple[bytes, Mapping[str, str]]:
    """Give the styles part of a document, and the id of each style that the writer uses.

    Raises:
        TemplateError: the author's file is no Word file.
    """
    ours = styles_part(theme, language)
    if theme.docx is None:
        return ours, style_ids(theme)
    where = "the file named in `theme.docx`"
    members = read_archive(theme.docx, name=where)
    if _STYLES_PART not in members:
        raise TemplateError("Expected a Word file with styles, but it has none.", where=where)
    theirs = xml.parse(members[_STYLES_PART].unpack(), where=where)
    return _merged(theirs, xml.parse(ours, where="our styles"), style_ids(theme))


def _merged(theirs: Any, ours: Any, own_ids: Mapping[str, str]) -> tuple[bytes, Mapping[str, str]]:
    ids = {_name(style): style.get(_key(style, "styleId"), "") for style in theirs.iterfind("{*}style")}
    resolved = {name: ids.get(name.lower(), own) for name, own in own_ids.items()}
    for numbering in list(theirs.iterfind(".//{*}numPr")):
        numbering.getparent().remove(numbering)  # it points into the numbering of their file
    for style in ours.iterfind("{*}style"):
        if _name(style) in ids or style.get(_key(style, "styleId")) in ids.values():
            continue
        style.attrib.pop(_key(style, "default"), None)  # their file has its own
        base = style.find("{*}basedOn")
        if base is not None and base.get(_key(base, "val")) == own_ids["Normal"]:
            base.set(_key(base, "val"), resolved["Normal"])
        theirs.append(style)
    return xml.serialize(theirs).encode(), resolved


def _name(style: Any) -> str:
    """Give a style's name as Word compares it; in every language of Word the built-in ones are English."""
    name = style.find("{*}name")
    return "" if name is None else str(name.get(_key(name, "val"), "")).lower()


def _key(element: Any, name: str) -> str:
    return f"{str(element.tag).rpartition('}')[0]}}}{name}"
