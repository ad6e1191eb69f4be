"""Write a document as DOCX: real styles, repeated table headers, page numbers, alternative texts, same bytes."""

import datetime
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from templates.blocks import Document, headings_of
from templates.fonts import Family
from templates.scripts import is_right_to_left
from templates.theme import Theme
from templates.word.archive import ArchiveWriter, Member
from templates.writers.docx_body import Body
from templates.writers.docx_fonts import FONT_TYPE, font_parts
from templates.writers.docx_numbering import number_headings, numbering_part
from templates.writers.docx_references import footnotes_part
from templates.writers.docx_sections import write_furniture, write_sections
from templates.writers.docx_theme import resolve_styles
from templates.writers.docx_xml import DECLARATION, NAMESPACES, part

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
# Where a table says in which order its columns stand: behind the name of its style.
_TABLE = re.compile("<w:tblPr>(?:<w:tblStyle [^>]*/>)?")
_PARTS = ("styles", "settings", "fontTable")


def write_docx(document: Document) -> bytes:
    """Give the bytes of a .docx file."""
    numbered = any(heading.number for heading in headings_of(document.blocks))
    styles, style_ids = _styles(document.theme, document.language, numbered)
    body = Body(document, style_ids)
    content = write_sections(body, document)
    if is_right_to_left(document.language):
        content = _TABLE.sub(r"\g<0><w:bidiVisual/>", content)
    with_text = write_furniture(body, document)
    if body.notes:
        with_text["footnotes"] = footnotes_part(body, body.notes)
    own_parts = {**with_text, "numbering": numbering_part(body.ordered_starts, document.theme, style_ids)}
    return _fixed_members(styles, document.theme.families, tuple(own_parts)).write(
        {
            "docProps/core.xml": _core(document),
            "word/_rels/document.xml.rels": _relationships(body, own_parts),
            # Links are numbered through all parts, so each of them carries the whole list.
            **{f"word/_rels/{name}.xml.rels": _relationships_of(name, body, document) for name in with_text},
            **{f"word/{name}.xml": written for name, written in own_parts.items()},
            "word/document.xml": part("document", f"<w:body>{content}</w:body>"),
            **{f"word/media/{name}": data for name, data in body.media.items()},
        }
    )


@functools.lru_cache(maxsize=64)
def _styles(theme: Theme, language: str, numbered: bool) -> tuple[bytes, Mapping[str, str]]:
    styles, style_ids = resolve_styles(theme, language)
    return number_headings(styles, style_ids) if numbered else styles, style_ids


@functools.lru_cache(maxsize=64)
def _fixed_members(styles: bytes, families: tuple[Family, ...], own_parts: tuple[str, ...]) -> ArchiveWriter:
    """Compress once what all documents share that have the same styles, fonts and parts."""
    notes = (
        '<w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>' if "footnotes" in own_parts else ""
    )
    settings = (
        f'{DECLARATION}<w:settings {NAMESPACES}><w:zoom w:percent="100"/>'
        '<w:embedTrueTypeFonts/><w:saveSubsetFonts/><w:defaultTabStop w:val="720"/>'
        f'<w:characterSpacingControl w:val="doNotCompress"/>{notes}'
        '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
        'w:val="15"/></w:compat></w:settings>'
    )
    application = (
        f'{DECLARATION}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        "<Application>Colophon</Application></Properties>"
    )
    parts = {
        "[Content_Types].xml": _content_types(own_parts),
        "_rels/.rels": _package_relationships(),
        "docProps/app.xml": application.encode(),
        "word/styles.xml": styles,
        "word/settings.xml": settings.encode(),
        **font_parts(families),
    }
    return ArchiveWriter(Member.pack(name, data) for name, data in parts.items())


def _content_types(own_parts: Sequence[str]) -> bytes:
    defaults = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
        "png": "image/png",
        "jpeg": "image/jpeg",
        "svg": "image/svg+xml",
        "odttf": FONT_TYPE,
    }
    overrides = {f"/word/{name}.xml": f"{_WORD_TYPE}.{_kind(name)}+xml" for name in (*_PARTS, *own_parts)}
    overrides["/word/document.xml"] = f"{_WORD_TYPE}.document.main+xml"
    overrides["/docProps/core.xml"] = "application/vnd.openxmlformats-package.core-properties+xml"
    overrides["/docProps/app.xml"] = "application/vnd.openxmlformats-officedocument.extended-properties+xml"
    entries = [f'<Default Extension="{key}" ContentType="{value}"/>' for key, value in defaults.items()]
    entries += [f'<Override PartName="{key}" ContentType="{value}"/>' for key, value in overrides.items()]
    return f'{DECLARATION}<Types xmlns="{_PACKAGE}/content-types">{"".join(entries)}</Types>'.encode()


def _package_relationships() -> bytes:
    targets = {
        f"{_OFFICE}/officeDocument": "word/document.xml",
        f"{_PACKAGE}/relationships/metadata/core-properties": "docProps/core.xml",
        f"{_OFFICE}/extended-properties": "docProps/app.xml",
    }
    entries = [
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items(), start=1)
    ]
    return _relationship_list(entries)


def _kind(part_name: str) -> str:
    """Give what a part is: `headerFirst` is a header."""
    return next((kind for kind in ("header", "footer") if part_name.startswith(kind)), part_name)


def _relationships(body: Body, own_parts: Iterable[str]) -> bytes:
    entries = [
        f'<Relationship Id="{name}" Type="{_OFFICE}/{_kind(name)}" Target="{name}.xml"/>'
        for name in (*_PARTS, *own_parts)
    ]
    return _relationship_list([*entries, *_pictures(body), *_links(body)])


def _relationships_of(name: str, body: Body, document: Document) -> bytes:
    """Write what a header, a footer or the footnotes refer to; only a background stands in headers."""
    pictures = _pictures(body) if document.background and _kind(name) == "header" else []
    return _relationship_list([*pictures, *_links(body)])


def _pictures(body: Body) -> list[str]:
    return [
        f'<Relationship Id="{name.partition(".")[0]}" Type="{_OFFICE}/image" Target="media/{name}"/>'
        for name in body.media
    ]


def _links(body: Body) -> list[str]:
    return [
        f'<Relationship Id="link{number}" Type="{_OFFICE}/hyperlink" Target={quoteattr(target)} TargetMode="External"/>'
        for number, target in enumerate(body.links, start=1)
    ]


def _relationship_list(entries: list[str]) -> bytes:
    return f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(entries)}</Relationships>'.encode()


def _core(document: Document) -> bytes:
    moment = datetime.datetime.fromtimestamp(document.created, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(document.title)}</dc:title><dc:language>{escape(document.language)}</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified></cp:coreProperties>'
    ).encode()
