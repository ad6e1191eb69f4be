"""How long a line of text gets at most, told without setting it.

Typst sets each cell of a row twice, the first time only to learn how high the
row is. It is told the height of rows that surely take one line, which saves a
quarter of the time of a PDF that is mostly tables.
"""

import functools
import math
import unicodedata
from collections.abc import Mapping

from templates.fonts import FIRA_GO, SOURCE_SANS, Family, advances

# What the widths of single characters leave out, in heights of the letters: kerning, and the forms of digits and signs
# for columns of numbers. Seen in all pairs of characters of these families; in others it may be more.
_MEASURED = (SOURCE_SANS, FIRA_GO)
_SPARE_OF_LETTERS, _SPARE = 0.05, 0.1
# Latin and Greek; letters of Cyrillic become wider ones in Bulgarian.
_SIMPLE = (range(0x20, 0x400), range(0x2010, 0x2050), range(0x20A0, 0x20C0), (0xA0, 0x2212))
_DIGITS = "0123456789"


class _Longest(dict[str, float]):
    def __missing__(self, _: str) -> float:
        return math.inf


@functools.lru_cache(maxsize=64)
def longest(family: Family) -> Mapping[str, float]:
    """Give the most that a character takes in a line of a family's regular face, in heights of the letters.

    Characters that may join, stack, break a line, or be drawn by another font take an infinite length.
    """
    if family not in _MEASURED:
        return _Longest()
    known = advances(family)
    digit = max(known[digit] for digit in _DIGITS)
    characters = [chr(code) for codes in _SIMPLE for code in codes if chr(code) in known and _stands_alone(chr(code))]
    return _Longest({c: (digit if c in _DIGITS else known[c]) + _spare(c) for c in characters})


def _stands_alone(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" or character in " \u00a0"


def _spare(character: str) -> float:
    return _SPARE_OF_LETTERS if character.isalpha() or character.isspace() else _SPARE
