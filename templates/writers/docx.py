"""Write a document as DOCX: real styles, repeated table headers, page numbers, alternative texts, same bytes."""

import datetime
import functools
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from templates.blocks import Document
from templates.theme import Theme
from templates.word.archive import ArchiveWriter, Member
from templates.writers.docx_body import BULLETS, Body, list_indent
from templates.writers.docx_fonts import FONT_TYPE, font_parts
from templates.writers.docx_sections import write_furniture, write_sections
from templates.writers.docx_theme import resolve_styles
from templates.writers.docx_xml import DECLARATION, NAMESPACES, colour, part, twips

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PARTS = ("styles", "settings", "fontTable")
_BULLETS = ("•", "–", "·")


def write_docx(document: Document) -> bytes:
    """Give the bytes of a .docx file."""
    body = Body(document, _styles(document.theme, document.language)[1])
    content = write_sections(body, document)
    furniture = write_furniture(body, document)
    own_parts = {**furniture, "numbering": _numbering(body.ordered_starts, document.theme)}
    return _fixed_members(document.theme, document.language, tuple(own_parts)).write(
        {
            "docProps/core.xml": _core(document),
            "word/_rels/document.xml.rels": _relationships(body, own_parts),
            # Links are numbered through all parts, so each of them carries the whole list.
            **{f"word/_rels/{name}.xml.rels": _relationship_list(_links(body)) for name in furniture},
            **{f"word/{name}.xml": written for name, written in own_parts.items()},
            "word/document.xml": part("document", f"<w:body>{content}</w:body>"),
            **{f"word/media/{name}": data for name, data in body.media.items()},
        }
    )


@functools.lru_cache(maxsize=64)
def _styles(theme: Theme, language: str) -> tuple[bytes, Mapping[str, str]]:
    return resolve_styles(theme, language)


@functools.lru_cache(maxsize=64)
def _fixed_members(theme: Theme, language: str, own_parts: tuple[str, ...]) -> ArchiveWriter:
    """Compress once what all documents of a theme share that have the same parts of their own."""
    settings = (
        f'{DECLARATION}<w:settings {NAMESPACES}><w:zoom w:percent="100"/>'
        '<w:embedTrueTypeFonts/><w:saveSubsetFonts/><w:defaultTabStop w:val="720"/>'
        '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>'
    )
    application = (
        f'{DECLARATION}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        "<Application>Colophon</Application></Properties>"
    )
    parts = {
        "[Content_Types].xml": _content_types(own_parts),
        "_rels/.rels": _package_relationships(),
        "docProps/app.xml": application.encode(),
        "word/styles.xml": _styles(theme, language)[0],
        "word/settings.xml": settings.encode(),
        **font_parts(),
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
    for name in body.media:
        key = name.partition(".")[0]
        entries.append(f'<Relationship Id="{key}" Type="{_OFFICE}/image" Target="media/{name}"/>')
    return _relationship_list([*entries, *_links(body)])


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


def _numbering(ordered_starts: list[int], theme: Theme) -> bytes:
    """Write the numberings: one for bullets, and for each ordered list one that starts where the list does."""
    bullets = "".join(_level(level, "bullet", _BULLETS[level % 3], theme) for level in range(9))
    numbers = "".join(_level(level, "decimal", f"%{level + 1}.", theme) for level in range(9))
    abstract = (
        f'<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="hybridMultilevel"/>{bullets}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="hybridMultilevel"/>{numbers}</w:abstractNum>'
    )
    used = f'<w:num w:numId="{BULLETS}"><w:abstractNumId w:val="0"/></w:num>'
    for number, start in enumerate(ordered_starts, start=BULLETS + 1):
        overrides = "".join(
            f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>' for level in range(9)
        )
        used += f'<w:num w:numId="{number}"><w:abstractNumId w:val="1"/>{overrides}</w:num>'
    return part("numbering", abstract + used)


def _level(level: int, form: str, text: str, theme: Theme) -> str:
    left, hanging = twips(list_indent(level)), twips(list_indent(0))
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{left}" w:hanging="{hanging}"/></w:pPr>'
        f'<w:rPr><w:color w:val="{colour(theme.accent)}"/></w:rPr></w:lvl>'
    )
