"""Find the numbers, percentages, amounts and dates of an English text.

Every digit of the text ends up inside of one claim. Numbers written as words
are not looked for. A code such as `AN-2026-0417` or `10:30` counts as a number
of which every character must be right.
"""

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal

from evaluation.claims.types import CalendarDate, Code, Found, Kind, Quantity, Reading

_MAX_DIGITS = 24  # a longer run of digits is no quantity, and would not fit Decimal's precision

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIGNS = {"$": frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD"}), "US$": frozenset({"USD"})}
_SIGNS |= {"€": frozenset({"EUR"}), "£": frozenset({"GBP"}), "¥": frozenset({"JPY", "CNY"}), "₹": frozenset({"INR"})}
_NAMES = {"euro": _SIGNS["€"], "dollar": _SIGNS["$"], "pound": _SIGNS["£"], "yen": frozenset({"JPY"})}
_NAMES |= {"rupee": _SIGNS["₹"], "franc": frozenset({"CHF"})}
_SCALES = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_SCALES |= {"k": 3, "m": 6, "mn": 6, "mio": 6, "b": 9, "bn": 9, "tn": 12}

_CODES = (
    "AED|AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|IDR|ILS|INR|ISK|JPY|KRW|MXN|MYR|NOK|NZD|PHP|PLN|RON|SAR|SEK"
    "|SGD|THB|TRY|TWD|USD|VND|ZAR"
)
_GAP = "[ \u00a0\u2009\u202f]"
_NUMBER = "(?:\\d{1,3}(?:[,'’\u00a0\u2009\u202f]\\d{3})+(?!\\d)(?:\\.\\d+)?|\\d+(?:\\.\\d+)?|\\.\\d+)"
_SIGN = r"(?:(?<![\w.,%)])[-−–+])"
_SCALE = f"(?i:{_GAP}?(?:thousand|million|billion|trillion|mn|mio|bn|tn)|k)\\b"
_MONEY_SCALE = f"(?:{_SCALE}|(?i:{_GAP}?[mb])\\b)"  # `5 m` may be five metres, `€5 m` may not
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b(?:\.(?=,?\s*\d))?"
)
_CODE = (
    r"(?<!\w)(?:[^\W\d_]+|[A-Z]{1,8}[-/])\d\w*(?:[-/._:]\w*\d\w*)*"  # Q3, AN-2026-0417, v1.2.3
    r"|\d+(?:\.\d+){2,}|\d+(?:[:/]\d+)+|0\d+(?![.\d])"  # 1.2.3, 10:30, 24/7, 0142
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?(?![,.]?\d)"

_CLAIM = re.compile(
    rf"""
    (?P<iso>(?<![\w-])(?P<iy>\d{{4}})-(?P<im>\d\d)-(?P<id>\d\d)(?!\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)
    | (?P<dmy>(?<!\w)(?P<dd>{_DAY})(?:\s+of)?\s+(?P<dm>{_MONTH})(?:,?\s+(?P<dy>\d{{4}})(?![\d,.]?\d))?)
    | (?P<mdy>(?<!\w)(?P<mm>{_MONTH})\s+(?P<md>{_DAY})(?:,?\s+(?P<mdyear>\d{{4}})(?![,.]?\d))?)
    | (?P<my>(?<!\w)(?P<mym>{_MONTH}),?\s+(?P<myy>\d{{4}})(?![,.]?\d))
    | (?P<slashed>(?<![\w/.])(?P<s1>\d{{1,2}})(?P<mark>[/.])(?P<s2>\d{{1,2}})(?P=mark)(?P<sy>\d{{4}})(?![\d/]))
    | (?P<before>{_SIGN}?(?P<c1>US\$|[$€£¥₹]|\b(?:{_CODES})){_GAP}?[-−–+]?(?P<n1>{_NUMBER})(?P<p1>{_MONEY_SCALE})?)
    | (?P<code>{_CODE})
    | (?P<percent>{_SIGN}?(?P<n2>{_NUMBER})\s?(?:%|per\s?cent\b|percentage\spoints?\b|pp\b))
    | (?P<behind>{_SIGN}?(?P<n3>{_NUMBER})(?P<p3>{_MONEY_SCALE})?
        {_GAP}?(?P<c3>[€£¥₹]|(?:{_CODES})\b|(?:euro|dollar|pound|yen|rupee|franc)s?\b))
    | (?P<number>{_SIGN}?(?P<n4>{_NUMBER})(?P<p4>{_SCALE})?)
    """,
    re.VERBOSE,
)


def extract(text: str) -> list[Found]:
    """Find all claims of a text in their order."""
    found = list(_matches(text))
    if not text.isascii():  # fractions, superscripts and numerals that are no decimal digits
        covered = {position for claim in found for position in range(claim.start, claim.end)}
        found += [
            Found("number", character, position, position + 1, Code(character))
            for position, character in enumerate(text)
            if character.isnumeric() and position not in covered
        ]
    return sorted(found, key=lambda claim: claim.start)


def read_number(text: str) -> Decimal | None:
    """Read a text that is nothing but a number."""
    text = text.strip()
    return _decimal(text) if re.fullmatch(f"[-+]?{_NUMBER}", text) and len(text) <= _MAX_DIGITS else None


def written(reading: Reading) -> str:
    """Write what a claim says in one way only; the kind of a quantity is not part of it."""
    if isinstance(reading, Code):
        return reading.text
    if isinstance(reading, tuple):
        return str(reading[0])
    amount = format(reading.value, "f")
    amount = amount.rstrip("0").rstrip(".") if "." in amount else amount
    return f"{min(reading.currencies)} {amount}" if len(reading.currencies) == 1 else amount


def _matches(text: str) -> Iterator[Found]:
    for match in _CLAIM.finditer(text):
        kind, reading = _read(match)
        yield Found(kind, match[0], match.start(), match.end(), reading)


def _read(match: re.Match[str]) -> tuple[Kind, Reading]:
    if match["before"]:
        return "money", _quantity(match[0], match["n1"], match["p1"], _currencies(match["c1"]))
    if match["behind"]:
        return "money", _quantity(match[0], match["n3"], match["p3"], _currencies(match["c3"]))
    if match["percent"]:
        return "percent", _quantity(match[0], match["n2"], None)
    if match["number"]:
        return "number", _quantity(match[0], match["n4"], match["p4"])
    dates = () if match["code"] else tuple(_dates(match))
    return ("date", dates) if dates else ("number", Code(match[0]))


def _dates(match: re.Match[str]) -> Iterator[CalendarDate]:
    if match["iso"]:
        candidates = [(match["iy"], match["im"], match["id"])]
    elif match["dmy"]:
        candidates = [(match["dy"], _month(match["dm"]), match["dd"])]
    elif match["mdy"]:
        candidates = [(match["mdyear"], _month(match["mm"]), match["md"])]
    elif match["my"]:
        candidates = [(match["myy"], _month(match["mym"]), None)]
    else:  # 23/11/2026 or 11/23/2026; with dots the day comes first everywhere
        candidates = [(match["sy"], match["s2"], match["s1"])]
        candidates += [(match["sy"], match["s1"], match["s2"])] if match["mark"] == "/" else []
    for year, month, day in dict.fromkeys(candidates):
        date = CalendarDate(
            None if year is None else int(year), int(month), None if day is None else int(day.rstrip("sthndr"))
        )
        if _exists(date):
            yield date


def _exists(date: CalendarDate) -> bool:
    try:
        datetime.date(2000 if date.year is None else date.year, date.month, 1 if date.day is None else date.day)
    except ValueError:
        return False
    return True


def _month(name: str) -> str:
    return str(_MONTHS.index(name[:3]) + 1)


def _currencies(name: str) -> frozenset[str]:
    if name in _SIGNS:
        return _SIGNS[name]
    return _NAMES.get(name.removesuffix("s"), frozenset({name}))


def _quantity(text: str, number: str, scale: str | None, currencies: frozenset[str] = frozenset()) -> Quantity | Code:
    if len(number) > _MAX_DIGITS:
        return Code(text)
    power = _SCALES[scale.strip().lower()] if scale else 0
    decimals = len(number.partition(".")[2])
    before = text.partition(number)[0]
    sign = "-" if any(c in before for c in "-−–") else "+" if "+" in before else ""
    value = _decimal(number).scaleb(power)
    return Quantity(-value if sign == "-" else value, Decimal(1).scaleb(power - decimals), sign, currencies)


def _decimal(number: str) -> Decimal:
    return Decimal(re.sub("[,'’\u00a0\u2009\u202f]", "", number))
