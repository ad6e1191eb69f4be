"""What keeps readers out who cannot see a Word file: pictures without words, tables without a header row, and so on."""

import re
from collections.abc import Iterator
from typing import Any

from templates.doctor.problems import Place, Problem
from templates.doctor.word_source import WordSource
from templates.word import xml
from templates.word.parts import Part
from templates.word.places import nearest
from templates.word.text import running_text
from templates.word.xml import local_name

_SAYS_NOTHING = frozenset(
    ["here", "click", "link", "more", "this", "read", "download", "website", "url", "hier", "mehr"]
)
_BIG_TABLE = 3  # rows; a smaller one is rather a means of layout


def check_word_accessibility(source: WordSource) -> Iterator[Problem]:
    """Find what hinders readers by ear; each is a warning or a note, as the document can be made."""
    body = next((part for part in source.parts if part.label == "document body"), None)
    if body is None:
        return
    yield from _pictures(source)
    yield from _tables(source, body)
    yield from _headings(source, body)
    yield from _links(source)
    yield from _properties(source, body)


def _place(source: WordSource, element: Any, part: Part) -> Place:
    around = (element, *element.iterancestors())
    found = next((source.places[one] for one in around if one in source.places), None)
    inside = next((source.places[one] for one in element.iter("{*}p") if one in source.places), None)
    return found or inside or Place(part.label, part.name)


def _pictures(source: WordSource) -> Iterator[Problem]:
    for part in source.parts:
        for properties in part.root.iter("{*}docPr"):
            is_picture = any(local_name(e) in ("blip", "chart") for e in properties.getparent().iter("*"))
            has_words = properties.get("descr", "").strip() or properties.get("title", "").strip()
            if (
                is_picture
                and not has_words
                and nearest(properties, "Fallback") is None
                and not _is_decoration(properties)
            ):
                message = "A picture has no alternative text, which readers who cannot see it need."
                hint = "In Word: right-click the picture, “View Alt Text”."
                yield Problem("picture-without-alt", "warning", message, _place(source, properties, part), "", hint)


def _is_decoration(properties: Any) -> bool:
    return any(local_name(e) == "decorative" and e.get("val") == "1" for e in properties.iter("*"))


def _tables(source: WordSource, body: Part) -> Iterator[Problem]:
    for table in body.root.iter("{*}tbl"):
        rows = table.findall("{*}tr")
        columns = len(rows[0].findall("{*}tc")) if rows else 0
        if len(rows) < _BIG_TABLE or columns < 2 or nearest(table, "Fallback") is not None:
            continue
        if rows[0].find("{*}trPr/{*}tblHeader") is None:
            message = "A table has no header row, so its columns have no names for readers by ear."
            hint = "In Word: select the first row, Table Layout, “Repeat Header Rows”."
            yield Problem("table-without-header", "warning", message, _place(source, rows[0], body), "", hint)


def _headings(source: WordSource, body: Part) -> Iterator[Problem]:
    level = 0
    for paragraph in body.root.iter(f"{{{xml.WORD_NAMESPACE}}}p"):
        style = paragraph.find("{*}pPr/{*}pStyle")
        value = "" if style is None else next((v for k, v in style.attrib.items() if k.endswith("}val")), "")
        match = re.search(r"(\d)$", value)
        text = "".join(piece for _, piece in running_text(paragraph)).strip()
        if value not in source.heading_styles or not match or not text:
            continue
        own = int(match[1])
        if own > level + 1 and level:
            message = f"A heading of level {own} follows one of level {level}; readers by ear miss the step between."
            hint = f"Give it the style “Heading {level + 1}”."
            yield Problem("heading-skipped", "warning", message, _place(source, paragraph, body), text[:80], hint)
        level = own


def _links(source: WordSource) -> Iterator[Problem]:
    for part in source.parts:
        for link in part.root.iter("{*}hyperlink"):
            text = "".join(piece for _, piece in running_text(link)).strip()
            words = set(re.findall(r"\w+", text.lower()))
            if text and "{" not in text and words <= _SAYS_NOTHING:
                message = f"The link text “{text[:40]}” does not say where it leads."
                yield Problem("link-text", "note", message, _place(source, link, part), text[:80], "Name its target.")


def _properties(source: WordSource, body: Part) -> Iterator[Problem]:
    core = next((part for part in source.parts if part.label == "document properties"), None)
    title = None if core is None else core.root.find("{*}title")
    if title is None or not (title.text or "").strip():
        message = "The document has no title, which a reader by ear hears first."
        hint = "In Word: File, Info, Title."
        yield Problem("no-title", "note", message, Place("document properties", "docProps/core.xml"), "", hint)
    styles = next((member for name, member in source.members.items() if name.endswith("styles.xml")), None)
    language = None
    if styles is not None:
        root = xml.parse(styles.unpack(), where="styles")
        language = next(root.iter(f"{{{xml.WORD_NAMESPACE}}}lang"), None)
    if language is None and next(body.root.iter(f"{{{xml.WORD_NAMESPACE}}}lang"), None) is None:
        message = "The document does not say its language, so it may be read out in a wrong one."
        hint = "In Word: select all, Review, Language, “Set Proofing Language”."
        yield Problem("no-language", "note", message, Place("document body", body.name), "", hint)
