"""Look through a document's texts before it is written: what cannot be printed, and what no font of ours can draw."""

import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from configs.errors import ContextError, TemplateError
from templates import fonts
from templates.blocks import Document, Image, Run
from templates.data import FORBIDDEN
from templates.theme import Theme
from templates.typesetting import missing_characters

_MAX_WARNINGS = 20  # a text in a script without a font would name its whole alphabet


def warnings_of(document: Document, *, where: str) -> tuple[str, ...]:
    """Name the characters that will show as empty boxes or not at all.

    Raises:
        TemplateError: the template writes a character that no document can hold; `where` names it.
    """
    set_by_typst = {character for text in _texts(document) for character in text}
    drawn = {character for text in _drawn(document.blocks) for character in text}
    forbidden = FORBIDDEN.search("".join(sorted(set_by_typst | drawn)))
    if forbidden:  # data was checked before, so it comes from the template, which may write "\x01"
        raise TemplateError(f"The template writes the character U+{ord(forbidden[0]):04X}.", where=where)
    missing = set(missing_characters(frozenset(set_by_typst), document.theme.families))
    drawable = fonts.characters(document.theme.text)
    missing |= {character for character in drawn if ord(character) not in drawable and character.isprintable()}
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


def _texts(value: Any) -> Iterator[str]:
    """Give every text of blocks that is set as text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for entry in value:
            yield from _texts(entry)
    elif is_dataclass(value) and not isinstance(value, Image | Theme):
        for each in fields(value):
            yield from _texts(getattr(value, each.name))


def _drawn(value: Any) -> Iterator[str]:
    """Give the texts of pictures; a chart draws those of its alternative text itself."""
    if isinstance(value, Image):
        yield value.alt
    elif isinstance(value, tuple):
        for entry in value:
            yield from _drawn(entry)
    elif is_dataclass(value) and not isinstance(value, Run | Theme):
        for each in fields(value):
            yield from _drawn(getattr(value, each.name))
