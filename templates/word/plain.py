"""The plain form of data that holds values with a look of their own, for what knows JSON only."""

from collections.abc import Mapping
from typing import Any

from templates.data import MAX_DEPTH
from templates.word.values import RichText, WordValue


def plain_form(value: Any, depth: int = MAX_DEPTH) -> Any:
    """Give the data with a text in the place of each `WordValue`: what a rich text says, the kind of all others."""
    if isinstance(value, WordValue):
        return str(value) if isinstance(value, RichText) else type(value).__name__
    if depth < 0:  # a check that follows says so
        return value
    if isinstance(value, Mapping):
        return {key: plain_form(entry, depth - 1) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain_form(entry, depth - 1) for entry in value]
    return value
