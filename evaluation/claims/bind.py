"""Bind each claim to the cell of the data, or the place of the source, that says the same.

A number is bound to a cell that rounds to it in the digits that it shows; a
small whole number counts things, so there the cell must be that number. A
percentage is bound to a share (0.125), or to 12.5 where the names around the
cell speak of percentages. An amount is bound where the data names no other
currency. A claim that nothing matches is unsupported.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from evaluation.claims.extract import extract, read_number, written
from evaluation.claims.types import CalendarDate, Claim, Code, Found, Ledger, Quantity, Verdict

_PERCENT_NAMES = re.compile(
    r"percent|pct|rate|share|ratio|margin|growth|change|discount|vat|tax|yield|quota|increase|decrease|usage|utili[sz]",
    re.IGNORECASE,
)
_CURRENCY = re.compile("[A-Z]{3}")
_FIRST_ROUNDED = 100  # 1,834.27 may be written 1,834; but 13 lamps are not 12.5
_MAX_SHARE = 10  # 0.125 is 12.5 %; what is above ten times the whole is no share


@dataclass(frozen=True)
class _Cell:
    """A plain value of the data.

    Attributes:
        pointer: where it stands (RFC 6901).
        currency: what the closest `currency` around it says.
    """

    pointer: str
    value: Decimal | str
    currency: str | None

    @cached_property
    def is_percentage(self) -> bool:
        """Whether a name on the way to the cell speaks of percentages."""
        return bool(_PERCENT_NAMES.search(self.pointer))

    @cached_property
    def found(self) -> list[Found]:
        """What the text of the cell claims."""
        return extract(self.value) if isinstance(self.value, str) else []


def check(text: str, *, data: Mapping[str, Any], source: str = "") -> Ledger:
    """Check every claim of a text.

    Args:
        text: what a model wrote.
        data: the data of the document.
        source: the text that the model was given to write from.
    """
    cells = list(_cells(data, "", None))
    sources = extract(source)
    return Ledger(tuple(_claim(found, cells, sources) for found in extract(text)))


def _claim(found: Found, cells: list[_Cell], sources: list[Found]) -> Claim:
    distances = ((_distance(cell, found), cell.pointer) for cell in cells)
    evidence = min(((far, pointer) for far, pointer in distances if far is not None), default=(None, None))[1]
    if evidence is None:
        same = next((place for place in sources if _is_same(found, place)), None)
        evidence = f"source[{same.start}:{same.end}]" if same else None
    value = written(found.reading) + (" %" if found.kind == "percent" else "")
    verdict: Verdict = "unsupported" if evidence is None else "bound"
    return Claim(found.text, found.kind, value, found.start, found.end, verdict, evidence)


def _cells(value: Any, pointer: str, currency: str | None) -> Iterator[_Cell]:
    """Walk the data; truth values and nulls prove nothing."""
    if isinstance(value, Mapping):
        named = value.get("currency")
        inner = named if isinstance(named, str) and _CURRENCY.fullmatch(named) else currency
        for key, item in value.items():
            step = str(key).replace("~", "~0").replace("/", "~1")
            yield from _cells(item, f"{pointer}/{step}", inner)
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            yield from _cells(item, f"{pointer}/{position}", currency)
    elif isinstance(value, str):
        number = read_number(value)
        yield _Cell(pointer, value, currency)
        if number is not None:
            yield _Cell(pointer, number, currency)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield _Cell(pointer, Decimal(value), currency)
    elif isinstance(value, float) and math.isfinite(value):
        yield _Cell(pointer, Decimal(str(value)), currency)


def _distance(cell: _Cell, found: Found) -> Decimal | None:
    """Say how far a cell is from what the claim says; None when it does not prove it."""
    if isinstance(cell.value, str):
        return min((far for other in cell.found if (far := _distance_to_text(found, other)) is not None), default=None)
    if not isinstance(found.reading, Quantity):
        return None
    currencies = found.reading.currencies
    if currencies and cell.currency and cell.currency not in currencies:
        return None
    if found.kind != "percent":
        return _distance_to_number(found, cell.value)
    share = _rounding(found.reading, cell.value.scaleb(2)) if abs(cell.value) <= _MAX_SHARE else None
    return _rounding(found.reading, cell.value) if share is None and cell.is_percentage else share


def _distance_to_text(found: Found, other: Found) -> Decimal | None:
    if isinstance(found.reading, Quantity) and isinstance(other.reading, Quantity):
        return _distance_to_number(found, other.reading.value) if _is_same_kind(found, other) else None
    return Decimal(0) if _is_same(found, other) else None


def _distance_to_number(found: Found, value: Decimal) -> Decimal | None:
    shown = found.reading
    if not isinstance(shown, Quantity):
        return None
    counts = found.kind == "number" and shown.step == 1 and abs(shown.value) < _FIRST_ROUNDED
    return None if counts and abs(value) != abs(shown.value) else _rounding(shown, value)


def _rounding(shown: Quantity, value: Decimal) -> Decimal | None:
    """Say how much `value` was rounded to be written as `shown`; None when it is not written so.

    Half a step rounds either way. The text may say the direction (it fell by 3 %), but a written sign must be right.
    """
    if (shown.sign == "-" and value > 0) or (shown.sign == "+" and value < 0):
        return None
    far = abs(abs(value) - abs(shown.value))
    return far if far * 2 <= shown.step else None


def _is_same(found: Found, other: Found) -> bool:
    """Say whether two texts say the same, digit by digit."""
    mine, its = found.reading, other.reading
    if isinstance(mine, Quantity) and isinstance(its, Quantity):
        return _is_same_kind(found, other) and mine.value == its.value
    if isinstance(mine, Code) or isinstance(its, Code):
        return isinstance(mine, Code) and isinstance(its, Code) and mine.text.casefold() == its.text.casefold()
    if isinstance(mine, tuple) and isinstance(its, tuple):
        return any(date.is_said_by(known) for date in mine for known in its)
    return isinstance(mine, Quantity) and isinstance(its, tuple) and any(_is_year(mine, known) for known in its)


def _is_same_kind(found: Found, other: Found) -> bool:
    """A bare number may repeat the digits of an amount or a percentage, but not the other way round."""
    if found.kind != "money" or other.kind != "money":
        return found.kind in ("number", other.kind)
    mine, its = found.reading, other.reading
    return isinstance(mine, Quantity) and isinstance(its, Quantity) and bool(mine.currencies & its.currencies)


def _is_year(shown: Quantity, date: CalendarDate) -> bool:
    return shown.step == 1 and not shown.sign and shown.value == date.year
