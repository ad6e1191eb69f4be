"""Sentences from templates: `[a|b]` chooses one of the texts, `{slot}` is filled with a name, a date, an amount."""

import random
import re
from collections.abc import Callable, Mapping

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")

_FIRST_NAMES = (
    "Anna", "Ben", "Carla", "David", "Elif", "Frank", "Grace", "Hannes", "Ines", "Jonas", "Karin", "Liam",
    "Maria", "Nadia", "Oskar", "Paula", "Ravi", "Sofia", "Tom", "Ulla", "Viktor", "Wanda", "Yusuf", "Zoe",
)  # fmt: skip
_LAST_NAMES = (
    "Albrecht", "Bauer", "Castillo", "Doyle", "Eriksen", "Ferrari", "Grant", "Hoffmann", "Ivanov", "Jensen",
    "Keller", "Lindqvist", "Moreau", "Novak", "Okafor", "Petersen", "Quinn", "Rossi", "Schmidt", "Tanaka",
    "Usman", "Vogel", "Weber", "Yilmaz",
)  # fmt: skip
_CITIES = (
    "Leeds", "Bremen", "Graz", "Utrecht", "Lyon", "Turin", "Porto", "Malmö", "Gdansk", "Cork", "Basel", "Ghent",
)  # fmt: skip
_STREETS = (
    "Mill Lane", "Station Road", "Harbour Street", "Park Avenue", "Kiln Row", "Bridge Street", "Orchard Close",
    "Market Square", "Old Quay", "Chapel Hill",
)  # fmt: skip
_COMPANIES = (
    "Moor & Halden", "Tamber Logistics", "Pike Dental Clinic", "Northgate Law", "Sable Studio", "Ostro Foods",
    "Kestrel Engineering", "Blue Door Hotel", "Varga Print", "Linden School",
)  # fmt: skip
_PRODUCTS = (
    "coffee machine", "label printer", "standing desk", "office chair", "projector", "paper shredder",
    "water dispenser", "document scanner", "headset", "desk lamp", "filing cabinet", "whiteboard",
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_COUNTS = ("two", "three", "four", "five", "six", "8", "12", "15", "20", "25", "40")
_ORDINALS = ("second", "third", "fourth")


def expand(template: str, rng: random.Random, facts: Mapping[str, str] | None = None) -> str:
    """Write one sentence from its template.

    Args:
        template: text with choices and slots; choices may be nested.
        rng: decides the choices and what slots are filled with.
        facts: slots whose text is given; the same slot elsewhere in a document then says the same.

    Raises:
        KeyError: a slot is not known.
    """
    given = facts or {}
    while match := _CHOICE.search(template):
        chosen = rng.choice(match.group(1).split("|"))
        template = f"{template[: match.start()]}{chosen}{template[match.end() :]}"
    return _SLOT.sub(lambda match: given.get(match.group(1)) or SLOTS[match.group(1)](rng), template)


def date(rng: random.Random) -> str:
    """A day as people write it."""
    day, month = rng.randint(1, 28), rng.randint(1, 12)
    name = MONTHS[month - 1]
    return rng.choice((f"{day} {name}", f"{name} {day}", f"{day}/{month}/2026", f"2026-{month:02d}-{day:02d}"))


def amount(rng: random.Random) -> str:
    """A sum of money as people write it."""
    value = rng.choice((rng.randint(20, 400), rng.randint(400, 9000), rng.randint(2000, 900000) / 100))
    written = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
    return rng.choice((f"€{written}", f"EUR {written}", f"{written} euros", f"${written}"))


def _choice(texts: tuple[str, ...]) -> Callable[[random.Random], str]:
    return lambda rng: rng.choice(texts)


def _number(rng: random.Random) -> str:
    # One style for orders, invoices and contracts: the number alone must not give the kind away.
    number = rng.randint(10000, 99999)
    return rng.choice((f"{number}", f"BW-{number}", f"{number}-{rng.randint(1, 9)}", f"no. {number}"))


def _person(rng: random.Random) -> str:
    return f"{rng.choice(_FIRST_NAMES)} {rng.choice(_LAST_NAMES)}"


def _email(rng: random.Random) -> str:
    return f"{rng.choice(_FIRST_NAMES).lower()}@{rng.choice(('example.com', 'example.org', 'example.net'))}"


SLOTS: Mapping[str, Callable[[random.Random], str]] = {
    "amount": amount,
    "city": _choice(_CITIES),
    "company": _choice(_COMPANIES),
    "count": _choice(_COUNTS),
    "date": date,
    "email": _email,
    "first_name": _choice(_FIRST_NAMES),
    "month": _choice(MONTHS),
    "number": _number,
    "ordinal": _choice(_ORDINALS),
    "person": _person,
    "phone": lambda rng: f"0{rng.randint(100, 999)} {rng.randint(100000, 999999)}",
    "product": _choice(_PRODUCTS),
    "street": lambda rng: f"{rng.choice(_STREETS)} {rng.randint(1, 140)}",
    "time": lambda rng: f"{rng.randint(7, 18)}:{rng.choice(('00', '15', '30', '45'))}",
    "weekday": _choice(_WEEKDAYS),
}
