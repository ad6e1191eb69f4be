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
_TEXT = '<w:t xml:space="preserve">'
_PAGE = '<w:br w:type="page"/>'
_CELL_WIDTH = re.compile(r'<w:tcW(?: w:w="(\d+)"| w:type="dxa"){2}/>')
_EMU_PER_TWIP = 635
_CELL_MARGINS = 216  # twips on both sides of a cell, where nothing else is said

Draw = Callable[[int, int], str]


@dataclass
class _Open:
    name: str
    properties: str
    width: int


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
    for tag in re.finditer(f"<(/?){name}(?=[ />])[^>]*?(/?)>", text[position:]):
        depth += -1 if tag[1] else 0 if tag[2] else 1
        end = position + tag.end()
        if depth <= 0:
            break
    return text[position:end]


def _settled(mark: str, number: str, around: list[_Open], draw: Draw) -> str:
    run = around[-1]
    look = f"<w:r>{run.properties}{_TEXT}"
    if mark == "i":
        return draw(int(number), run.width)
    if mark == "x":
        return "</w:t></w:r>"
    if mark == "r":
        return look
    paragraph = around[-2] if len(around) > 1 else run
    divides = run.name == "r" and paragraph.name == "p" and "<w:sectPr" not in paragraph.properties
    if not divides:  # in a link, say: there the paragraph cannot end
        return f"</w:t>{_PAGE if mark == 'f' else '<w:br/>'}{_TEXT}"
    page = f"<w:p><w:r>{_PAGE}</w:r></w:p>" if mark == "f" else ""
    return f"</w:t></w:r></w:p>{page}<w:p>{paragraph.properties}{look}"
