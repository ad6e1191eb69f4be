"""The styles of a Word document, under the names that Word knows, so that an author restyles it in Word."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from templates.fonts import Family
from templates.scripts import is_right_to_left
from templates.theme import Theme
from templates.writers.docx_xml import DECLARATION, NAMESPACES, colour, frame_at_foot, half_points, twips

_CONTENTS_INDENT = 20.0  # points, for each level of the contents


@dataclass(frozen=True)
class Style:
    """A paragraph style: sizes in points."""

    name: str
    size: float
    colour: str
    bold: bool = False
    italic: bool = False
    role: Literal["text", "heading", "mono"] = "text"
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


def styles_of(theme: Theme) -> tuple[Style, ...]:
    """Give the paragraph styles of a theme; the names are the same in all themes."""
    sizes, choices = theme.sizes, theme.style
    ink, muted, accent = theme.ink, theme.muted, theme.accent_text
    is_ruled = choices.headings == "ruled"
    section = accent if choices.headings == "plain" else ink
    head = theme.on_accent if choices.tables == "banded" else muted
    tile = accent if choices.tiles == "filled" else ink
    heading = partial(Style, bold=True, role="heading", keep_next=True)
    return (
        Style("Normal", sizes.text, ink, after=sizes.text / 2),
        heading("heading 1", sizes.title, ink, before=4, after=5, line=1.2, outline=0),
        heading(
            "heading 2",
            sizes.section,
            section,
            before=18 if is_ruled else 15,
            after=4,
            line=1.2,
            outline=1,
            border="heading" if is_ruled else "",
        ),
        heading("heading 3", sizes.subsection, ink, before=10, after=3, line=1.25, outline=2),
        heading("heading 4", sizes.minor, muted, before=8, after=2, line=1.25, outline=3),
        Style("Lead", sizes.lead, ink, after=6, line=1.45),
        Style("Overline", sizes.label, accent, bold=True, before=13, line=1.3, tracking=0.6, keep_next=True),
        Style("Meta", sizes.table, muted, after=11),
        Style("Small", sizes.small, muted, after=4, line=1.3),
        Style("List Bullet", sizes.text, ink, after=3.5),
        Style("List Number", sizes.text, ink, after=3.5),
        Style("Quote", sizes.text, muted, italic=True, before=4, after=8, indent=14),
        Style("caption", sizes.label, muted, before=2, after=10, line=1.3),
        Style("Figure", sizes.text, ink, before=4, after=2, line=1.26),
        Style("Code", sizes.code, ink, role="mono", before=4, after=8, indent=10, border="code"),
        Style("Rule", 2, ink, before=2, after=6, line=1.26, border="rule"),
        Style("Spacer", 1, ink, line=1.26, after=5),
        Style("Table Header", sizes.label, head, bold=True, line=1.26),
        Style("Table Text", sizes.table, ink, line=1.26),
        Style("Table Total", sizes.table, ink, bold=True, line=1.26),
        Style("Fact Label", sizes.label, muted, bold=True, line=1.26),
        Style("Callout Title", sizes.text, ink, bold=True, after=2, line=1.3, keep_next=True),
        Style("Tile Label", sizes.label, muted, line=1.3),
        Style("Tile Value", sizes.tile, tile, bold=True, role="heading", line=1.3),
        Style("Tile Note", sizes.label, muted, line=1.3),
        Style("Letterhead Name", sizes.name, ink, bold=True, role="heading", line=1.26),
        Style("Letterhead Address", sizes.label, muted, line=1.35, align="right"),
        heading("Title", sizes.cover, ink, before=150, after=10, line=1.15, outline=0, border="title"),
        Style("Subtitle", sizes.lead + 3.5, muted, after=0, line=1.3),
        Style("Cover Text", sizes.text + 0.5, muted, after=0, line=1.5, frame=True),
        heading("TOC Heading", sizes.section, section, before=15, after=6, line=1.2),
        Style("toc 2", sizes.text, ink, bold=True, before=5, after=2, line=1.3, contents=1),
        Style("toc 3", sizes.text, ink, after=2, line=1.3, contents=2),
        Style("toc 4", sizes.text, muted, after=2, line=1.3, contents=3),
        Style("footnote text", sizes.label, muted, after=2, line=1.3),
        Style("Signature Name", sizes.table, ink, bold=True, before=38, line=1.3, border="signature"),
        Style("Signature Note", sizes.label, muted, line=1.3),
        Style("header", sizes.small, muted, line=1.3),
        Style("footer", sizes.small, muted, line=1.3, border="footer"),
    )


TABLE_STYLE = "ColophonTable"
LINK_STYLE = "Hyperlink"
NOTE_STYLE = "FootnoteReference"
CODE_STYLE = "CodeText"
_DEFAULT = "Normal"
_EAST_ASIAN = {"ja": "Yu Gothic", "ko": "Malgun Gothic", "zh": "Microsoft YaHei"}
_COMPLEX = "Arial"  # for Hebrew and Arabic


def style_ids(theme: Theme) -> Mapping[str, str]:
    """Give the id of each style by its name."""
    return {style.name: style.id for style in styles_of(theme)}


def styles_part(theme: Theme, language: str) -> bytes:
    """Write `styles.xml`."""
    turned = is_right_to_left(language)
    styles = "".join(_style(style, theme, turned=turned) for style in styles_of(theme))
    east_asian = language if language[:2] in _EAST_ASIAN else "en-US"
    bidi = language if turned else "ar-SA"
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{_fonts(theme.text, language)}{_size(theme.sizes.text)}"
        f"<w:lang w:val={quoteattr(language)} w:eastAsia={quoteattr(east_asian)} w:bidi={quoteattr(bidi)}/>"
        "</w:rPr></w:rPrDefault>"
        f"<w:pPrDefault/></w:docDefaults>"
    )
    characters = (
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>'
        f'<w:style w:type="character" w:styleId="{LINK_STYLE}"><w:name w:val="Hyperlink"/>'
        f'<w:rPr><w:color w:val="{colour(theme.accent_text)}"/><w:u w:val="single"/></w:rPr></w:style>'
        f'<w:style w:type="character" w:styleId="{NOTE_STYLE}"><w:name w:val="footnote reference"/>'
        '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{CODE_STYLE}"><w:name w:val="Code Text"/>'
        f"<w:rPr>{_fonts(theme.mono)}{_size(theme.sizes.code)}</w:rPr></w:style>"
    )
    styles_xml = f"{DECLARATION}<w:styles {NAMESPACES}>{defaults}{styles}{characters}{_tables(theme)}</w:styles>"
    return styles_xml.encode()


def _style(style: Style, theme: Theme, *, turned: bool) -> str:
    is_default = style.name == _DEFAULT
    custom = "" if style.name.lower() in _BUILT_IN else ' w:customStyle="1"'
    default = ' w:default="1"' if is_default else ""
    based = "" if is_default else f'<w:basedOn w:val="{_DEFAULT}"/>'
    return (
        f'<w:style w:type="paragraph"{default}{custom} w:styleId="{style.id}"><w:name w:val="{escape(style.name)}"/>'
        f"{based}<w:qFormat/><w:pPr>{_paragraph(style, theme, turned=turned and is_default)}</w:pPr>"
        f"<w:rPr>{_characters(style, theme)}</w:rPr></w:style>"
    )


_BUILT_IN = frozenset(
    {"normal", "heading 1", "heading 2", "heading 3", "heading 4", "list bullet", "list number", "quote", "caption"}
    | {"header", "footer", "title", "subtitle", "toc heading", "toc 2", "toc 3", "toc 4", "footnote text"}
)


def _paragraph(style: Style, theme: Theme, *, turned: bool) -> str:
    keep = "<w:keepNext/><w:keepLines/>" if style.keep_next else ""
    borders = {
        "rule": f'<w:bottom w:val="single" w:sz="6" w:space="1" w:color="{colour(theme.line)}"/>',
        "footer": f'<w:top w:val="single" w:sz="4" w:space="6" w:color="{colour(theme.line)}"/>',
        "title": f'<w:top w:val="single" w:sz="24" w:space="16" w:color="{colour(theme.accent)}"/>',
        "signature": f'<w:top w:val="single" w:sz="6" w:space="5" w:color="{colour(theme.ink)}"/>',
        "heading": f'<w:top w:val="single" w:sz="8" w:space="7" w:color="{colour(theme.ink)}"/>',
        "code": f'<w:left w:val="single" w:sz="18" w:space="8" w:color="{colour(theme.line)}"/>',
    }
    border = f"<w:pBdr>{borders[style.border]}</w:pBdr>" if style.border else ""
    tabs = _tabs(style, theme)
    spacing = ("<w:bidi/>" if turned else "") + (
        f'<w:spacing w:before="{twips(style.before)}" w:after="{twips(style.after)}" '
        f'w:line="{round(style.line / _family(style, theme).line * 240)}" w:lineRule="auto"/>'
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
    family = _family(style, theme)
    return (
        (_fonts(family) if family != theme.text else "")
        + ("<w:b/><w:bCs/>" if style.bold else "")
        + ("<w:i/><w:iCs/>" if style.italic else "")
        + f'<w:color w:val="{colour(style.colour)}"/>'
        + (f'<w:spacing w:val="{twips(style.tracking)}"/>' if style.tracking else "")
        + _size(style.size)
    )


def _tables(theme: Theme) -> str:
    return (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
        '<w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{TABLE_STYLE}"><w:name w:val="Colophon Table"/>'
        '<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblStyleRowBandSize w:val="1"/>'
        f"<w:tblBorders>{_table_lines(theme)}</w:tblBorders>"
        '<w:tblCellMar><w:top w:w="62" w:type="dxa"/><w:left w:w="80" w:type="dxa"/>'
        '<w:bottom w:w="62" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"{_table_bands(theme)}</w:style>"
    )


def _table_lines(theme: Theme) -> str:
    bottom = f'<w:bottom w:val="single" w:sz="8" w:space="0" w:color="{colour(theme.strong)}"/>'
    if theme.style.tables == "banded":
        return bottom
    return f'{bottom}<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{colour(theme.line)}"/>'


def _table_bands(theme: Theme) -> str:
    """Write how the header row looks, and in banded tables every second row."""
    accent = colour(theme.accent)
    if theme.style.tables == "lined":
        line = f'<w:tcBorders><w:bottom w:val="single" w:sz="8" w:space="0" w:color="{accent}"/></w:tcBorders>'
        return f'<w:tblStylePr w:type="firstRow"><w:tcPr>{line}</w:tcPr></w:tblStylePr>'
    grounds = {"firstRow": accent, "band2Horz": colour(theme.band)}
    return "".join(
        f'<w:tblStylePr w:type="{rows}"><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{ground}"/></w:tcPr>'
        "</w:tblStylePr>"
        for rows, ground in grounds.items()
    )


def _family(style: Style, theme: Theme) -> Family:
    return {"text": theme.text, "heading": theme.heading, "mono": theme.mono}[style.role]


def _fonts(family: Family, language: str = "") -> str:
    """Write the fonts of a text; scripts that the family lacks are left to those that come with Word."""
    name = quoteattr(family.name)
    east_asian = quoteattr(_EAST_ASIAN.get(language[:2], family.name))
    return f'<w:rFonts w:ascii={name} w:hAnsi={name} w:eastAsia={east_asian} w:cs="{_COMPLEX}"/>'


def _size(points: float) -> str:
    return f'<w:sz w:val="{half_points(points)}"/><w:szCs w:val="{half_points(points)}"/>'
