"""The styles of a Word document, under the names that Word knows, so that an author restyles it in Word."""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from templates.fonts import FAMILY, MONO_FAMILY
from templates.theme import Theme, mix
from templates.writers.docx_xml import DECLARATION, NAMESPACES, colour, frame_at_foot, half_points, twips

# Word multiplies the font's own line, which is this many times as high as its letters.
_FONT_LINE = 1.257
_CONTENTS_INDENT = 20.0  # points, for each level of the contents


@dataclass(frozen=True)
class Style:
    """A paragraph style: sizes in points."""

    name: str
    size: float = 10.0
    colour: str = "ink"
    bold: bool = False
    italic: bool = False
    mono: bool = False
    before: float = 0.0
    after: float = 0.0
    line: float = 1.4  # from baseline to baseline, in heights of the letters
    indent: float = 0.0
    align: str = "left"
    outline: int | None = None
    keep_next: bool = False
    tracking: float = 0.0
    border: str = ""
    contents: int = 0  # the level of an entry of the contents, with a page number at the line's end
    frame: bool = False  # stands at the foot of its page, whatever is above

    @property
    def id(self) -> str:
        """Word's id of the style: its name without spaces, as Word itself forms it."""
        return self.name.title().replace(" ", "")


_BODY = Style("Normal", after=5)
STYLES: tuple[Style, ...] = (
    _BODY,
    Style("heading 1", 25, bold=True, after=1, line=1.2, outline=0, keep_next=True),
    Style("heading 2", 13.5, "accent", bold=True, before=15, after=4, line=1.2, outline=1, keep_next=True),
    Style("heading 3", 11, bold=True, before=10, after=3, line=1.25, outline=2, keep_next=True),
    Style("heading 4", 10, "muted", bold=True, before=8, after=2, line=1.25, outline=3, keep_next=True),
    Style("Lead", 11.5, after=6, line=1.45),
    Style("Overline", 8.5, "accent", bold=True, before=13, line=1.3, tracking=0.6, keep_next=True),
    Style("Meta", 9.5, "muted", after=11),
    Style("Small", 8, "muted", after=4, line=1.3),
    Style("List Bullet", after=3.5),
    Style("List Number", after=3.5),
    Style("Quote", italic=True, colour="muted", before=4, after=8, indent=14),
    Style("caption", 8.5, "muted", before=2, after=10, line=1.3),
    Style("Figure", before=4, after=2, line=1.26),
    Style("Code", 8.5, mono=True, before=4, after=8, line=1.4, indent=10, border="code"),
    Style("Rule", 2, before=2, after=6, line=1.26, border="rule"),
    Style("Spacer", 1, line=1.26, after=5),
    Style("Table Header", 8.5, "muted", bold=True, line=1.26),
    Style("Table Text", 9.5, line=1.26),
    Style("Table Total", 9.5, bold=True, line=1.26),
    Style("Callout Title", 10, bold=True, after=2, line=1.3, keep_next=True),
    Style("Tile Label", 8.5, "muted", line=1.3),
    Style("Tile Value", 17, "accent", bold=True, line=1.3),
    Style("Tile Note", 8.5, "muted", line=1.3),
    Style("Letterhead Name", 12.5, bold=True, line=1.26),
    Style("Letterhead Address", 8.5, "muted", line=1.35, align="right"),
    Style("Title", 34, bold=True, before=150, after=10, line=1.15, outline=0, border="title"),
    Style("Subtitle", 15, "muted", after=0, line=1.3),
    Style("Cover Text", 10.5, "muted", after=0, line=1.5, frame=True),
    Style("TOC Heading", 13.5, "accent", bold=True, before=15, after=6, line=1.2, keep_next=True),
    Style("toc 2", bold=True, before=5, after=2, line=1.3, contents=1),
    Style("toc 3", after=2, line=1.3, contents=2),
    Style("toc 4", colour="muted", after=2, line=1.3, contents=3),
    Style("footnote text", 8.5, "muted", after=2, line=1.3),
    Style("Signature Name", 9.5, bold=True, before=38, line=1.3, border="signature"),
    Style("Signature Note", 8.5, "muted", line=1.3),
    Style("header", 8, "muted", line=1.3),
    Style("footer", 8, "muted", line=1.3, border="footer"),
)
TABLE_STYLE = "ColophonTable"
LINK_STYLE = "Hyperlink"
NOTE_STYLE = "FootnoteReference"
CODE_STYLE = "CodeText"
STYLE_IDS: Mapping[str, str] = {style.name: style.id for style in STYLES}


def styles_part(theme: Theme, language: str) -> bytes:
    """Write `styles.xml`."""
    styles = "".join(_style(style, theme) for style in STYLES)
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{_fonts(FAMILY)}{_size(theme.size)}"
        f'<w:lang w:val={quoteattr(language)} w:eastAsia="en-US" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault/></w:docDefaults>"
    )
    characters = (
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>'
        f'<w:style w:type="character" w:styleId="{LINK_STYLE}"><w:name w:val="Hyperlink"/>'
        f'<w:rPr><w:color w:val="{colour(theme.accent)}"/><w:u w:val="single"/></w:rPr></w:style>'
        f'<w:style w:type="character" w:styleId="{NOTE_STYLE}"><w:name w:val="footnote reference"/>'
        '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{CODE_STYLE}"><w:name w:val="Code Text"/>'
        f"<w:rPr>{_fonts(MONO_FAMILY)}{_size(8.5)}</w:rPr></w:style>"
    )
    styles_xml = f"{DECLARATION}<w:styles {NAMESPACES}>{defaults}{styles}{characters}{_tables(theme)}</w:styles>"
    return styles_xml.encode()


def _style(style: Style, theme: Theme) -> str:
    is_default = style.name == _BODY.name
    custom = "" if style.name.lower() in _BUILT_IN else ' w:customStyle="1"'
    default = ' w:default="1"' if is_default else ""
    based = "" if is_default else f'<w:basedOn w:val="{_BODY.id}"/>'
    return (
        f'<w:style w:type="paragraph"{default}{custom} w:styleId="{style.id}"><w:name w:val="{escape(style.name)}"/>'
        f"{based}<w:qFormat/><w:pPr>{_paragraph(style, theme)}</w:pPr>"
        f"<w:rPr>{_characters(style, theme)}</w:rPr></w:style>"
    )


_BUILT_IN = frozenset(
    {"normal", "heading 1", "heading 2", "heading 3", "heading 4", "list bullet", "list number", "quote", "caption"}
    | {"header", "footer", "title", "subtitle", "toc heading", "toc 2", "toc 3", "toc 4", "footnote text"}
)


def _paragraph(style: Style, theme: Theme) -> str:
    keep = "<w:keepNext/><w:keepLines/>" if style.keep_next else ""
    borders = {
        "rule": f'<w:bottom w:val="single" w:sz="6" w:space="1" w:color="{colour(theme.line)}"/>',
        "footer": f'<w:top w:val="single" w:sz="4" w:space="6" w:color="{colour(theme.line)}"/>',
        "title": f'<w:top w:val="single" w:sz="24" w:space="16" w:color="{colour(theme.accent)}"/>',
        "signature": f'<w:top w:val="single" w:sz="6" w:space="5" w:color="{colour(theme.ink)}"/>',
        "code": f'<w:left w:val="single" w:sz="18" w:space="8" w:color="{colour(theme.line)}"/>',
    }
    border = f"<w:pBdr>{borders[style.border]}</w:pBdr>" if style.border else ""
    tabs = _tabs(style, theme)
    spacing = (
        f'<w:spacing w:before="{twips(style.before)}" w:after="{twips(style.after)}" '
        f'w:line="{round(style.line / _FONT_LINE * 240)}" w:lineRule="auto"/>'
    )
    left = style.indent + _CONTENTS_INDENT * max(style.contents - 1, 0)
    indent = f'<w:ind w:left="{twips(left)}"/>' if left else ""
    align = f'<w:jc w:val="{style.align}"/>' if style.align != "left" else ""
    outline = f'<w:outlineLvl w:val="{style.outline}"/>' if style.outline is not None else ""
    frame = frame_at_foot(theme.text_width) if style.frame else ""
    return f"{keep}{frame}<w:widowControl/>{border}{tabs}{spacing}{indent}{align}{outline}"


def _tabs(style: Style, theme: Theme) -> str:
    end = f'<w:tab w:val="right" w:pos="{twips(theme.text_width)}"/>'
    if style.contents:  # room for the heading's own number
        number = _CONTENTS_INDENT * style.contents + 6 * (style.contents - 1)
        return f'<w:tabs><w:tab w:val="left" w:pos="{twips(number)}"/>{end}</w:tabs>'
    return f"<w:tabs>{end}</w:tabs>" if style.name == "footer" else ""


def _characters(style: Style, theme: Theme) -> str:
    tone = {"ink": theme.ink, "muted": theme.muted, "accent": theme.accent}[style.colour]
    return (
        (_fonts(MONO_FAMILY) if style.mono else "")
        + ("<w:b/>" if style.bold else "")
        + ("<w:i/>" if style.italic else "")
        + f'<w:color w:val="{colour(tone)}"/>'
        + (f'<w:spacing w:val="{twips(style.tracking)}"/>' if style.tracking else "")
        + _size(style.size)
    )


def _tables(theme: Theme) -> str:
    line, strong = colour(theme.line), colour(mix(theme.ink, "#ffffff", 0.75))
    return (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
        '<w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{TABLE_STYLE}"><w:name w:val="Colophon Table"/>'
        '<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
        f'<w:bottom w:val="single" w:sz="8" w:space="0" w:color="{strong}"/>'
        f'<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{line}"/></w:tblBorders>'
        '<w:tblCellMar><w:top w:w="70" w:type="dxa"/><w:left w:w="80" w:type="dxa"/>'
        '<w:bottom w:w="70" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        '<w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders>'
        f'<w:bottom w:val="single" w:sz="8" w:space="0" w:color="{colour(theme.accent)}"/>'
        "</w:tcBorders></w:tcPr></w:tblStylePr></w:style>"
    )


def _fonts(family: str) -> str:
    return f'<w:rFonts w:ascii="{family}" w:hAnsi="{family}" w:eastAsia="{family}" w:cs="{family}"/>'


def _size(points: float) -> str:
    return f'<w:sz w:val="{half_points(points)}"/><w:szCs w:val="{half_points(points)}"/>'
