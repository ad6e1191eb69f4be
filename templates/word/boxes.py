"""Text boxes stand twice in a Word file: as a drawing, and as the older kind for programs that know no drawings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from templates.word.text import running_text


@dataclass(frozen=True)
class TwinBox:
    """The two contents of one text box."""

    shown: Any
    fallback: Any


def twin_boxes(root: Any) -> Iterator[TwinBox]:
    """Find the text boxes that hold tags and say the same in both of their forms."""
    for alternate in list(root.iter("{*}AlternateContent")):
        if alternate.getroottree().getroot() is not root:
            continue  # it stood in a form that has been emptied
        shown = alternate.findall("{*}Choice//{*}txbxContent")
        fallback = alternate.findall("{*}Fallback//{*}txbxContent")
        if len(shown) != len(fallback):
            continue
        for one, other in zip(shown, fallback, strict=True):
            text = _text(one)
            # A name that is set in a shared box would be lost outside of it.
            if "{" in text and "{% set" not in text and text == _text(other):
                yield TwinBox(one, other)


def _text(box: Any) -> str:
    return "\n".join("".join(text for _, text in running_text(paragraph)) for paragraph in box.iter("{*}p"))
