"""The names of merged files: by number, or by a field of the data; two records never want the same file."""

import hashlib
import json
import unicodedata
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from configs.errors import ContextError, InputError
from templates.data import look_up

_MAX_LETTERS = 120  # file systems take 255 bytes, and a letter may need four; the ending comes on top
_OPTION = "--name"


@dataclass(frozen=True)
class Namer:
    """Names files.

    Attributes:
        field: the dotted path of the field that names them; None for their numbers.
        ending: what follows the point.
    """

    field: str | None
    ending: str

    def name(self, number: int, data: Mapping[str, Any]) -> str:
        """Give the file name of a record.

        Raises:
            ContextError: the field is missing, or holds nothing that could be a file name.
        """
        if self.field is None:
            return f"{number:06}.{self.ending}"  # so that a listing is in order up to a million
        value = look_up(data, self.field, where=_OPTION)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ContextError(f"`{self.field}` must be a text or a number to name a file.", where=self.field)
        kept = "".join(c if c.isalnum() or c in "-_.()" else "-" if c in "/\\:" else " " for c in _composed(str(value)))
        name = "_".join(kept.split()).strip(".-_")[:_MAX_LETTERS]
        if not name:
            raise ContextError(f"`{self.field}` holds nothing that could name a file.", where=self.field)
        return f"{name}.{self.ending}"


def refuse_collisions(lines: Iterator[tuple[int, bytes]], namer: Namer, *, where: str) -> None:
    """Read all records once and refuse two of the same name, before anything is written.

    Only 8 bytes are kept of each name, so that a million records take a few megabytes; records that cannot be named
    are left to the merge, which tells what is wrong with them.

    Raises:
        InputError: it names the records and the file.
    """
    keys = array("Q")
    numbers = array("Q")
    for number, name in _names(lines, namer):
        # File systems of other machines may not tell capital letters from small ones.
        digest = hashlib.blake2b(name.casefold().encode(), digest_size=8).digest()
        keys.append(int.from_bytes(digest))
        numbers.append(number)
    order = sorted(range(len(keys)), key=keys.__getitem__)
    pairs = [(numbers[a], numbers[b]) for a, b in pairwise(order) if keys[a] == keys[b]]
    if pairs:
        first, second = min(pairs)
        raise InputError(
            f"The records {first} and {second} would be written to the same file"
            f"{f', and so would {len(pairs) - 1:,} others' if len(pairs) > 1 else ''}.",
            where=where,
            hint=f"Choose another field for {_OPTION}, or leave it out to name files by number.",
        )


def _names(lines: Iterator[tuple[int, bytes]], namer: Namer) -> Iterator[tuple[int, str]]:
    for number, line in lines:
        try:
            data = json.loads(line)
            if isinstance(data, dict):
                yield number, namer.name(number, data)
        except (ValueError, InputError, RecursionError):
            continue


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
