"""Tags that speak of their table cell: `{% cellbg %}`, `{% colspan %}`, `{% vm %}` and `{% hm %}`."""

from collections.abc import Mapping
from typing import Any

from configs.errors import TemplateError
from templates.word.places import path_of
from templates.word.tags import Tag
from templates.word.text import TEXT
from templates.word.xml import WORD_NAMESPACE, local_name

CELL_TAGS = frozenset({"cellbg", "colspan", "vm", "hm"})

_EXAMPLES = {"cellbg": "{% cellbg row.colour %}", "colspan": "{% colspan columns | count %}"}
# The order in which Word wants a cell's properties.
_ORDER = (
    *("cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap", "tcMar"),
    *("textDirection", "tcFitText", "vAlign", "hideMark"),
)


def argument_of(tag: Tag, *, where: str) -> str:
    """Give the expression behind the keyword.

    Raises:
        TemplateError: there is none.
    """
    body = tag.body.strip().removeprefix(tag.keyword).strip()
    if not body:
        raise TemplateError(
            f"`{tag.quoted}` needs a value.", where=where, hint=f"Write it as `{_EXAMPLES[tag.keyword]}`."
        )
    return body


def add_property(cell: Any, name: str, attributes: Mapping[str, str]) -> None:
    """Give a cell a property instead of the one of that name that it has."""
    properties = cell.find(_word("tcPr"))
    if properties is None:
        properties = cell.makeelement(_word("tcPr"))
        cell.insert(0, properties)
    for old in properties.findall(_word(name)):
        properties.remove(old)
    new = cell.makeelement(_word(name), {_word(key): value for key, value in attributes.items()})
    later = _ORDER[_ORDER.index(name) + 1 :]
    position = next((n for n, e in enumerate(properties) if local_name(e) in later), len(properties))
    properties.insert(position, new)


def span_of(cell: Any) -> int:
    """Say how many columns a cell takes."""
    span = cell.find(f"{_word('tcPr')}/{_word('gridSpan')}")
    value = "1" if span is None else span.get(_word("val"), "1")
    return int(value) if value.isdecimal() else 1


def first_text(cell: Any, last: Any) -> Any:
    """Give the first text of a cell that stands between the same elements as `last`."""
    return next(element for element in cell.iter(TEXT) if element is last or path_of(element) == path_of(last))


def _word(name: str) -> str:
    return f"{{{WORD_NAMESPACE}}}{name}"
