"""Say where in a Word file something stands, in words an author can follow.

A Word file holds no pages, so a place is the part, the heading above, and the
table, row and cell or the number of the paragraph.
"""

from collections.abc import Collection
from typing import Any

from templates.word.xml import local_name

_HEADING_CHARACTERS = 60  # enough to recognise a heading


class PlaceFinder:
    """Counts along while the paragraphs of a part are visited in their order."""

    def __init__(self, label: str, heading_styles: Collection[str]) -> None:
        self._label = label
        self._heading_styles = heading_styles
        self._heading = ""
        self._paragraphs = 0
        self._numbers: dict[Any, int] = {}
        self._counts: dict[Any, int] = {}

    def visit(self, paragraph: Any, text: str) -> str:
        """Take note of the next paragraph and its text, and describe where it stands."""
        steps = self._steps_in_table(paragraph)
        if not steps:
            self._paragraphs += 1
            steps = [f"paragraph {self._paragraphs}"]
        heading = [f"under the heading “{self._heading}”"] if self._heading else []
        if _style(paragraph) in self._heading_styles and text.strip():
            self._heading = " ".join(text.split())[:_HEADING_CHARACTERS]
        return ", ".join([self._label, *heading, *steps])

    def _steps_in_table(self, paragraph: Any) -> list[str]:
        cell = nearest(paragraph, "tc")
        row = None if cell is None else nearest(cell, "tr")
        table = None if row is None else nearest(row, "tbl")
        if table is None:
            return []
        numbers = (self._number(table, None), self._number(row, table), self._number(cell, row))
        return [f"{name} {number}" for name, number in zip(("table", "row", "cell"), numbers, strict=True)]

    def _number(self, element: Any, parent: Any) -> int:
        if element not in self._numbers:
            self._counts[parent] = self._counts.get(parent, 0) + 1
            self._numbers[element] = self._counts[parent]
        return self._numbers[element]


def nearest(element: Any, name: str) -> Any:
    """Give the closest element around `element` that has the local name, or None."""
    return next((ancestor for ancestor in element.iterancestors() if local_name(ancestor) == name), None)


def path_of(element: Any) -> tuple[str, ...]:
    """Give the names of the elements around something, from the root down to `element`."""
    return (*(local_name(ancestor) for ancestor in reversed(list(element.iterancestors()))), local_name(element))


def _style(paragraph: Any) -> str:
    style = paragraph.find("{*}pPr/{*}pStyle")
    if style is None:
        return ""
    return next((str(value) for key, value in style.attrib.items() if key.endswith("}val")), "")
