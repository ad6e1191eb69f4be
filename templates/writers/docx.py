"""Write a document as DOCX: real styles, repeated table headers, page numbers, alternative texts, same bytes."""

import datetime
import functools
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from templates.blocks import Document, Footer
from templates.theme import Theme
from templates.word.archive import ArchiveWriter, Member
from templates.writers.docx_body import BULLETS, Body, list_indent
from templates.writers.docx_fonts import FONT_TYPE, font_parts
from templates.writers.docx_theme import resolve_styles
from templates.writers.docx_xml import DECLARATION, NAMESPACES, colour, text_run, twips

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PARTS = ("styles", "settings", "numbering", "fontTable", "header", "footer")
_BULLETS = ("•", "–", "·")
_HEADER_DISTANCE = 11.0  # millimetres from the page's edge


def write_docx(document: Document) -> bytes:
    """Give the bytes of a .docx file."""
    archive, style_ids = _fixed_parts(document.theme, document.language)
    body = Body(document.theme, style_ids)
    content = body.write(document.blocks)
    header = body.style("header", body.runs(document.header))
    footer = body.style("footer", body.runs(document.footer.runs) + _numbering_of_pages(document.footer))
    section = _section(document.theme, has_header=bool(document.header))
    return archive.write(
        {
            "docProps/core.xml": _core(document),
            "word/numbering.xml": _numbering(body.ordered_starts, document.theme),
            "word/_rels/document.xml.rels": _relationships(body),
            # Links are numbered through all three parts, so each of them carries the whole list.
            **{f"word/_rels/{part}.xml.rels": _relationship_list(_links(body)) for part in ("header", "footer")},
            "word/header.xml": _part("hdr", header),
            "word/footer.xml": _part("ftr", footer),
            "word/document.xml": _part("document", f"<w:body>{content}{section}</w:body>"),
            **{f"word/media/{name}": data for name, data in body.media.items()},
        }
    )


@functools.lru_cache(maxsize=64)
def _fixed_parts(theme: Theme, language: str) -> tuple[ArchiveWriter, Mapping[str, str]]:
    """Compress once what all documents of a theme share; give it with the ids of the theme's styles."""
    styles, style_ids = resolve_styles(theme, language)
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
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _package_relationships(),
        "docProps/app.xml": application.encode(),
        "word/styles.xml": styles,
        "word/settings.xml": settings.encode(),
        **font_parts(),
    }
    return ArchiveWriter(Member.pack(name, data) for name, data in parts.items()), style_ids


def _content_types() -> bytes:
    defaults = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
        "png": "image/png",
        "jpeg": "image/jpeg",
        "svg": "image/svg+xml",
        "odttf": FONT_TYPE,
    }
    overrides = {f"/word/{part}.xml": f"{_WORD_TYPE}.{part}+xml" for part in _PARTS}
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


def _relationships(body: Body) -> bytes:
    entries = [f'<Relationship Id="{part}" Type="{_OFFICE}/{part}" Target="{part}.xml"/>' for part in _PARTS]
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
    return _part("numbering", abstract + used)


def _level(level: int, form: str, text: str, theme: Theme) -> str:
    left, hanging = twips(list_indent(level)), twips(list_indent(0))
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{left}" w:hanging="{hanging}"/></w:pPr>'
        f'<w:rPr><w:color w:val="{colour(theme.accent)}"/></w:rPr></w:lvl>'
    )


def _numbering_of_pages(footer: Footer) -> str:
    """Write the page's number, right-aligned, as fields that Word counts."""
    fields = {"[page]": "PAGE", "[pages]": "NUMPAGES"}
    pieces = ["<w:r><w:tab/></w:r>"]
    for piece in footer.pieces():
        if piece in fields:
            pieces.append(f'<w:fldSimple w:instr=" {fields[piece]} "><w:r><w:t>1</w:t></w:r></w:fldSimple>')
        else:
            pieces.append(text_run(piece))
    return "".join(pieces)


def _section(theme: Theme, *, has_header: bool) -> str:
    millimetre = 72 / 25.4
    side, top, bottom = (twips(m * millimetre) for m in (theme.margin_side, theme.margin_top, theme.margin_bottom))
    distance = twips(_HEADER_DISTANCE * millimetre)
    return (
        "<w:sectPr>"
        + ('<w:headerReference w:type="default" r:id="header"/>' if has_header else "")
        + '<w:footerReference w:type="default" r:id="footer"/><w:footerReference w:type="first" r:id="footer"/>'
        f'<w:pgSz w:w="{twips(theme.page_width * millimetre)}" w:h="{twips(theme.page_height * millimetre)}"/>'
        f'<w:pgMar w:top="{top}" w:right="{side}" w:bottom="{bottom}" w:left="{side}" w:header="{distance}" '
        f'w:footer="{distance}" w:gutter="0"/><w:titlePg/></w:sectPr>'
    )


def _part(root: str, content: str) -> bytes:
    return f"{DECLARATION}<w:{root} {NAMESPACES}>{content}</w:{root}>".encode()
