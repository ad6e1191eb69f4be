"""Typing errors as people make them: letters swapped, dropped, doubled or hit beside, capitals left out."""

import random
import re
from collections.abc import Callable

# Below four letters a typing error often makes another word.
_WORD = re.compile(r"[A-Za-z]{4,}")
_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "ko", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip


def mistype(text: str, rng: random.Random, rate: float) -> str:
    """Put a typing error into about `rate` of the longer words."""
    return _WORD.sub(lambda match: _misspell(match.group(), rng) if rng.random() < rate else match.group(), text)


def write_carelessly(text: str, rng: random.Random) -> str:
    """Write as on a phone: no capitals, no apostrophes, or fewer commas."""
    return rng.choice(_HABITS)(text)


def _misspell(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)  # people notice a wrong first letter, and correct it
    return rng.choice(_SLIPS)(word, at, rng)


def _swap(word: str, at: int, _rng: random.Random) -> str:
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _drop(word: str, at: int, _rng: random.Random) -> str:
    return word[:at] + word[at + 1 :]


def _double(word: str, at: int, _rng: random.Random) -> str:
    return word[:at] + word[at] + word[at:]


def _hit_beside(word: str, at: int, rng: random.Random) -> str:
    return word[:at] + rng.choice(_NEIGHBOURS[word[at].lower()]) + word[at + 1 :]


_SLIPS = (_swap, _drop, _double, _hit_beside)
_HABITS: tuple[Callable[[str], str], ...] = (
    str.lower,
    lambda text: text.replace("'", ""),
    lambda text: text.replace(", ", " "),
)
