"""The numberings of a Word document: bullets, ordered lists, headings."""

from collections.abc import Iterable, Mapping
from typing import Any

from templates.theme import Theme
from templates.word import xml
from templates.writers.docx_xml import colour, part, twips

BULLETS = 1  # the numbering that all bullet lists share
HEADINGS = 2  # that of the headings; their styles carry it, so that a heading added in Word is numbered too
FIRST_LIST = 3  # each ordered list has its own, so that it starts anew
_BULLETS = {"round": ("•", "–", "·"), "square": ("▪", "–", "▫")}
_HEADINGS = ("heading 2", "heading 3", "heading 4")  # the title has no number
_LIST_INDENT = 18.0  # points, for each level
_BEFORE_NUMBERING = frozenset({"pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl"})


def list_indent(level: int) -> float:
    """Give the points by which the text of a list's level is moved in."""
    return _LIST_INDENT * (level + 1) - 4


def numbering_part(ordered_starts: Iterable[int], theme: Theme, style_ids: Mapping[str, str]) -> bytes:
    """Write `numbering.xml`, with a numbering for each ordered list that starts where the list does."""
    bullets = "".join(
        _list_level(level, "bullet", _BULLETS[theme.style.bullets][level % 3], theme) for level in range(9)
    )
    numbers = "".join(_list_level(level, "decimal", f"%{level + 1}.", theme) for level in range(9))
    headings = "".join(_heading_level(level, style_ids[name]) for level, name in enumerate(_HEADINGS))
    abstract = (
        f'<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="hybridMultilevel"/>{bullets}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="hybridMultilevel"/>{numbers}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="2"><w:multiLevelType w:val="multilevel"/>{headings}</w:abstractNum>'
    )
    used = f'<w:num w:numId="{BULLETS}"><w:abstractNumId w:val="0"/></w:num>'
    used += f'<w:num w:numId="{HEADINGS}"><w:abstractNumId w:val="2"/></w:num>'
    for number, start in enumerate(ordered_starts, start=FIRST_LIST):
        overrides = "".join(
            f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>' for level in range(9)
        )
        used += f'<w:num w:numId="{number}"><w:abstractNumId w:val="1"/>{overrides}</w:num>'
    return part("numbering", abstract + used)


def number_headings(styles: bytes, style_ids: Mapping[str, str]) -> bytes:
    """Give the styles of headings their numbering."""
    root = xml.parse(styles, where="the styles")
    levels = {style_ids[name]: level for level, name in enumerate(_HEADINGS)}
    for style in root.iterfind("{*}style"):
        level = levels.get(style.get(f"{{{xml.WORD_NAMESPACE}}}styleId", ""))
        if level is not None:
            _number(style, level)
    return xml.serialize(root).encode()


def _number(style: Any, level: int) -> None:
    word = f"{{{xml.WORD_NAMESPACE}}}"
    properties = style.find("{*}pPr")
    if properties is None:  # an author's style may have none
        properties = style.makeelement(f"{word}pPr")
        following = style.find("{*}rPr")
        style.append(properties) if following is None else following.addprevious(properties)
    numbering = properties.makeelement(f"{word}numPr")
    for name, value in (("ilvl", level), ("numId", HEADINGS)):
        numbering.append(numbering.makeelement(f"{word}{name}", {f"{word}val": str(value)}))
    properties.insert(sum(xml.local_name(child) in _BEFORE_NUMBERING for child in properties), numbering)


def _list_level(level: int, form: str, text: str, theme: Theme) -> str:
    left, hanging = twips(list_indent(level)), twips(list_indent(0))
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{left}" w:hanging="{hanging}"/></w:pPr>'
        f'<w:rPr><w:color w:val="{colour(theme.accent_text)}"/></w:rPr></w:lvl>'
    )


def _heading_level(level: int, style_id: str) -> str:
    text = ".".join(f"%{number}" for number in range(1, level + 2))
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="{style_id}"/>'
        f'<w:suff w:val="space"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>'
    )
