"""What scripts ask of a writer: which run from right to left, and whose letters join."""

import functools
import re
import unicodedata

from babel import Locale, UnknownLocaleError

_LETTERS = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"  # Hebrew, Arabic and their neighbours
RIGHT_TO_LEFT = re.compile(f"[{_LETTERS}](?:[{_LETTERS}\\s.,:;!?'\"–-]*[{_LETTERS}])?")


@functools.cache
def is_right_to_left(language: str) -> bool:
    """Say whether a language such as `ar-EG` is written from right to left."""
    try:
        return str(Locale.parse(language.replace("-", "_")).character_order) == "right-to-left"
    except (UnknownLocaleError, ValueError):
        return False


def is_joined(text: str) -> bool:
    """Say whether the letters of a text change with their neighbours, so that they cannot be drawn one by one."""
    return not text.isascii() and any(
        RIGHT_TO_LEFT.match(character) or unicodedata.category(character) in ("Mn", "Mc") for character in text
    )


def directions(text: str) -> list[str]:
    """Cut a text into parts of one direction: those from right to left stand at every second place."""
    parts, end = [], 0
    for match in RIGHT_TO_LEFT.finditer(text):
        parts += [text[end : match.start()], match[0]]
        end = match.end()
    return [*parts, text[end:]]
