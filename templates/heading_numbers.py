"""The numbers that Word draws before headings: they are part of what a reader sees and stand nowhere in the text."""

import re
from dataclasses import dataclass
from typing import Any

_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9


@dataclass(frozen=True)
class _Level:
    numbering: str
    index: int
    text: str  # such as `%1.%2`


class HeadingNumbers:
    """Counts the headings of one document as Word does.

    Args:
        styles: the root of `styles.xml`, or None.
        numbering: the root of `numbering.xml`, or None.
    """

    def __init__(self, styles: Any, numbering: Any) -> None:
        self._levels: dict[str, _Level] = {}
        self._counts: dict[str, list[int]] = {}
        if styles is None or numbering is None:
            return
        texts = _texts(numbering)
        for style in styles.iterfind("{*}style"):
            properties = style.find("{*}pPr")
            number = None if properties is None else properties.find("{*}numPr/{*}numId")
            if number is None or properties.find("{*}outlineLvl") is None:
                continue
            level = properties.find("{*}numPr/{*}ilvl")
            index = 0 if level is None else _level(_value(level))
            text = texts.get((_value(number), index))
            if text:
                self._levels[style.get(_name(style, "styleId"), "")] = _Level(_value(number), index, text)

    def next(self, paragraph: Any) -> str:
        """Give the number that stands before a paragraph, or nothing where it is no numbered heading."""
        style = paragraph.find("{*}pPr/{*}pStyle") if self._levels else None
        level = None if style is None else self._levels.get(_value(style))
        if level is None:
            return ""
        counts = self._counts.setdefault(level.numbering, [0] * _LEVELS)
        counts[level.index] += 1
        counts[: level.index] = [max(count, 1) for count in counts[: level.index]]
        counts[level.index + 1 :] = [0] * (_LEVELS - level.index - 1)
        return _PLACE.sub(lambda place: str(counts[int(place[1]) - 1]), level.text)


def _texts(numbering: Any) -> dict[tuple[str, int], str]:
    """Give the text of each level of each numbering that counts in plain numbers."""
    abstract = {each.get(_name(each, "abstractNumId")): each for each in numbering.iterfind("{*}abstractNum")}
    texts = {}
    for used in numbering.iterfind("{*}num"):
        reference = used.find("{*}abstractNumId")
        levels = abstract.get(_value(reference)) if reference is not None else None
        for level in () if levels is None else levels.iterfind("{*}lvl"):
            form, text = level.find("{*}numFmt"), level.find("{*}lvlText")
            if form is not None and text is not None and _value(form) == "decimal":
                texts[used.get(_name(used, "numId"), ""), _level(level.get(_name(level, "ilvl"), "0"))] = _value(text)
    return texts


def _level(text: str) -> int:
    return int(text) if len(text) == 1 and text in "012345678" else 0  # a broken file may say anything


def _value(element: Any) -> str:
    return str(element.get(_name(element, "val"), "0"))


def _name(element: Any, name: str) -> str:
    """Give the name of an attribute; its namespace is the element's own, which differs in strict files."""
    return f"{str(element.tag).rpartition('}')[0]}}}{name}"
