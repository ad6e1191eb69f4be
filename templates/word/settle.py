"""Turn the marks in a filled part into elements, now that it is known between which elements they stand.

A new paragraph must look like the one that it divides, a run that a rich text
interrupts goes on in its own look, and a picture must fit its cell or page.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from templates.markup import MARK, MARK_END

_STEP = re.compile(
    f"{MARK}([a-z])([0-9]*){MARK_END}"
    r"|<(/?)w:(p|r|tc|hyperlink|ins|moveTo|smartTag|sdt|sdtContent|fldSimple|customXml|bdo|dir)(?=[ />])[^>]*?(/?)>"
)
_PROPERTIES = {name: re.compile(f"<(/?){name}(?=[ />])[^>]*?(/?)>") for name in ("w:pPr", "w:rPr")}
_TEXT = '<w:t xml:space="preserve">'
_PAGE = '<w:br w:type="page"/>'
_CELL_WIDTH = re.compile(r'<w:tcW(?: w:w="(\d+)"| w:type="dxa"){2}/>')
_EMU_PER_TWIP = 635
_CELL_MARGINS = 216  # twips on both sides of a cell, where nothing else is said

CLOSE_RUN = f"{MARK}x{MARK_END}"
# What the looks of Markdown add to a run, in the order in which Word wants it; they follow its style and fonts.
_LOOKS = ((1, "<w:b/>"), (2, "<w:i/>"), (4, "<w:strike/>"))
_CODE = 8
_CODE_FONT = '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" w:cs="Courier New"/>'
_RUN_HEAD = re.compile(r"(<w:rStyle [^>]*/>)?(<w:rFonts [^>]*/>)?")
_LIST_HEAD = re.compile(
    r"((?:<w:(?:pStyle|keepNext|keepLines|pageBreakBefore|framePr|widowControl)\b[^>]*/>)*)(.*)", re.S
)
_OWN_LIST = re.compile(r"<w:numPr>.*?</w:numPr>|<w:ind [^>]*/>", re.DOTALL)

Draw = Callable[[int, int], str]


@dataclass
class _Open:
    name: str
    properties: str
    width: int


def reopen_run(look: int = 0) -> str:
    """Give the mark for a run that goes on in its own look, with bold (1), italic (2), strike (4) or code (8)."""
    return f"{MARK}r{look}{MARK_END}"


def list_marks(paragraph: str, numbering: str, level: int) -> str:
    """Make a paragraph, of which the beginning is given, an entry of a list."""
    number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{numbering}"/></w:numPr>'
    start = paragraph.index(">") + 1
    own = _properties(paragraph, start, "w:pPr")
    inner = own.partition(">")[2].removesuffix("</w:pPr>") if own else ""
    head, rest = _LIST_HEAD.fullmatch(_OWN_LIST.sub("", inner)).groups()  # type: ignore[union-attr]
    return f"{paragraph[:start]}<w:pPr>{head}{number}{rest}</w:pPr>{paragraph[start + len(own) :]}"


def settle(text: str, draw: Draw, text_width: int) -> str:
    """Give the part without marks.

    Args:
        text: the filled part.
        draw: writes the picture of a number for a place that is so many EMU wide.
        text_width: the width where no cell says less.
    """
    if MARK not in text:
        return text
    pieces, position = [], 0
    around = [_Open("", "", text_width)]
    for step in _STEP.finditer(text):
        mark, number, closes, name, is_empty = step.groups()
        if mark:
            pieces += [text[position : step.start()], _settled(mark, number, around, draw)]
            position = step.end()
        elif closes:
            while len(around) > 1 and around.pop().name != name:
                pass
        elif not is_empty:
            around.append(_opened(text, step.end(), name, around[-1].width))
    return "".join((*pieces, text[position:]))


def _opened(text: str, position: int, name: str, width: int) -> _Open:
    if name == "tc":
        cell = _CELL_WIDTH.search(text, position, position + 200)
        own = (int(cell[1]) - _CELL_MARGINS) * _EMU_PER_TWIP if cell else width
        return _Open(name, "", min(own, width) if own > 0 else width)
    return _Open(name, _properties(text, position, f"w:{name}Pr") if name in "pr" else "", width)


def _properties(text: str, position: int, name: str) -> str:
    """Give the element of that name that begins here, or nothing; earlier properties may be nested in it."""
    if not text.startswith((f"<{name}>", f"<{name} "), position):
        return ""
    depth, end = 0, position
    for tag in _PROPERTIES[name].finditer(text, position):
        depth += -1 if tag[1] else 0 if tag[2] else 1
        end = tag.end()
        if depth <= 0:
            break
    return text[position:end]


def _settled(mark: str, number: str, around: list[_Open], draw: Draw) -> str:
    run = next((opened for opened in reversed(around) if opened.name == "r"), around[0])
    look = f"<w:r>{run.properties}{_TEXT}"
    if mark == "i":
        return draw(int(number), run.width)
    if mark == "x":
        return "</w:t></w:r>"
    if mark == "r":
        return f"<w:r>{_with_look(run.properties, int(number or 0))}{_TEXT}"
    # A run that a rich text has interrupted still counts as open here; real runs do not stand in each other.
    paragraph = next((opened for opened in reversed(around) if opened.name != "r"), around[0])
    divides = around[-1].name == "r" and paragraph.name == "p" and "<w:sectPr" not in paragraph.properties
    if not divides:  # in a link, say: there the paragraph cannot end
        return f"</w:t>{_PAGE if mark == 'f' else '<w:br/>'}{_TEXT}"
    page = f"<w:p><w:r>{_PAGE}</w:r></w:p>" if mark == "f" else ""
    return f"</w:t></w:r></w:p>{page}<w:p>{paragraph.properties}{look}"


def _with_look(properties: str, look: int) -> str:
    """Add bold, italic, strike or code to the properties of a run."""
    if not look:
        return properties
    inner = properties.partition(">")[2].removesuffix("</w:rPr>") if properties else ""
    added = [element for flag, element in _LOOKS if look & flag]
    for element in added:
        inner = re.sub(f"{element[:-2]}(?: [^>]*)?/>", "", inner)
    head = _RUN_HEAD.match(inner)
    style, fonts = (head[1] or "", head[2] or "") if head else ("", "")
    rest = inner[len(style + fonts) :]
    fonts = _CODE_FONT if look & _CODE else fonts
    return f"<w:rPr>{style}{fonts}{''.join(added)}{rest}</w:rPr>"
