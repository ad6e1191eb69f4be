"""Walk the running text of a paragraph."""

from collections.abc import Collection, Iterator
from typing import Any

from templates.word.xml import WORD_NAMESPACE, local_name

TEXT = f"{{{WORD_NAMESPACE}}}t"
_FIELD_CODE = f"{{{WORD_NAMESPACE}}}instrText"
_FIELD_BORDER = f"{{{WORD_NAMESPACE}}}fldChar"
DELETED = frozenset({"del", "moveFrom"})  # tracked deletions: what stands there is no longer part of the text
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def running_text(paragraph: Any, *, without: Collection[str] = DELETED) -> Iterator[tuple[Any, str]]:
    """Give the elements that make up a paragraph's text, each with its text.

    Text boxes inside of the paragraph are left out, and so are the elements named in `without`.
    """
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        name = local_name(element)
        if name == "p" or name in without:
            continue
        if element.tag == TEXT:
            yield element, element.text or ""
        elif name in _BREAKS and local_name(element.getparent()) == "r":
            yield element, _BREAKS[name]
        else:
            waiting.extend(reversed(element))


def join_field_codes(paragraph: Any) -> None:
    """Let a field code with tags stand in one element; Word splits it as it splits text."""
    codes: list[Any] = []
    for element in paragraph.iter(_FIELD_CODE, _FIELD_BORDER):
        if element.tag == _FIELD_BORDER:
            codes = []
        elif codes and "{" in codes[0].text + (element.text or ""):
            codes[0].text += element.text or ""
            element.text = ""
        else:
            codes = [element]
            element.text = element.text or ""


def is_deleted(element: Any) -> bool:
    """Say whether a tracked change has taken an element away."""
    around = (element, *element.iterancestors())
    return any(local_name(e) in ("delText", "delInstrText", *DELETED) for e in around)
