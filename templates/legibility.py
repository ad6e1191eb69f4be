"""Look through a document's texts before it is written: what cannot be printed, and what no font of ours can draw."""

import functools
import unicodedata
from dataclasses import fields, is_dataclass
from typing import Any

from configs.errors import ContextError, TemplateError
from templates import fonts
from templates.blocks import Attachment, Document, Image, Run
from templates.data import FORBIDDEN
from templates.theme import Theme
from templates.typesetting import missing_characters

_MAX_WARNINGS = 20  # a text in a script without a font would name its whole alphabet


def warnings_of(document: Document, *, where: str) -> tuple[str, ...]:
    """Name the characters that will show as empty boxes or not at all.

    Raises:
        TemplateError: the template writes a character that no document can hold; `where` names it.
    """
    texts: list[str] = []
    alternatives: list[str] = []
    _collect(document, texts, alternatives)
    set_by_typst, drawn = set("".join(texts)), set("".join(alternatives))
    forbidden = FORBIDDEN.search("".join(sorted(set_by_typst | drawn)))
    if forbidden:  # data was checked before, so it comes from the template, which may write "\x01"
        raise TemplateError(f"The template writes the character U+{ord(forbidden[0]):04X}.", where=where)
    families = document.theme.families
    more = fonts.fallbacks(frozenset(set_by_typst | drawn), families, document.language)
    missing = set(missing_characters(frozenset(set_by_typst), (*families, *more)))
    drawable = [fonts.characters(family) for family in (document.theme.text, *more)]
    missing |= {
        character
        for character in drawn
        if character.isprintable() and not any(ord(character) in each for each in drawable)
    }
    warnings = [_sentence(character) for character in sorted(missing)]
    if len(warnings) > _MAX_WARNINGS:
        warnings[_MAX_WARNINGS:] = [f"{len(warnings) - _MAX_WARNINGS} more characters are in no font of ours."]
    return tuple(warnings)


def refuse_illegible(warnings: tuple[str, ...], *, where: str) -> None:
    """Stop a document that has to be readable for ever.

    Raises:
        ContextError: a character would show as an empty box.
    """
    if warnings:
        more = f" And {len(warnings) - 1} more such warnings." if len(warnings) > 1 else ""
        raise ContextError(
            f"An archival document shows every character. {warnings[0]}{more}",
            where=where,
            hint="Choose a theme whose fonts have it, or write it in another way.",
        )


def _sentence(character: str) -> str:
    name = unicodedata.name(character, "no name")
    return f"No font of ours has “{character}” (U+{ord(character):04X}, {name}); it may show as an empty box."


def _collect(value: Any, texts: list[str], drawn: list[str]) -> None:
    """Find the texts that are set as text, and those of pictures; a chart draws its alternative text itself."""
    kind = type(value)
    if kind is str:
        texts.append(value)
    elif kind is Run and not (value.note or value.target or value.link):
        texts.append(value.text)  # nearly all that there is
    elif kind is tuple:
        for entry in value:
            _collect(entry, texts, drawn)
    elif kind is Image:
        drawn.append(value.alt)
    elif kind not in (Theme, Attachment):  # an attached file is not shown
        for name in _field_names(kind):  # type: ignore[arg-type]  # mypy does not see that classes can be hashed
            _collect(getattr(value, name), texts, drawn)


@functools.cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) else ()
