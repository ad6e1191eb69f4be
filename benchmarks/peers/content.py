"""The data of the documents that are measured: made from a number, and different in nearly every string.

Looping one document would flatter whoever memoises, Typst six times. Everything that is printed comes as finished
text, so that each engine prints the same and none is charged for formatting numbers.
"""

import random
from typing import Any

Data = dict[str, Any]

_WORDS = [
    "account",
    "agreed",
    "amount",
    "answer",
    "arrival",
    "audit",
    "balance",
    "before",
    "between",
    "board",
    "branch",
    "budget",
    "building",
    "business",
    "call",
    "carrier",
    "change",
    "check",
    "city",
    "claim",
    "client",
    "close",
    "company",
    "contract",
    "cost",
    "count",
    "country",
    "course",
    "credit",
    "customer",
    "date",
    "day",
    "deadline",
    "delivery",
    "demand",
    "deposit",
    "detail",
    "discount",
    "district",
    "dock",
    "document",
    "draft",
    "early",
    "estimate",
    "event",
    "evening",
    "extra",
    "factory",
    "fee",
    "file",
    "final",
    "fixture",
    "freight",
    "garden",
    "goods",
    "ground",
    "group",
    "half",
    "hand",
    "harbour",
    "hour",
    "house",
    "inside",
    "invoice",
    "item",
    "job",
    "joint",
    "labour",
    "last",
    "later",
    "ledger",
    "letter",
    "level",
    "line",
    "list",
    "load",
    "local",
    "loss",
    "lot",
    "lower",
    "machine",
    "main",
    "margin",
    "market",
    "material",
    "measure",
    "meeting",
    "member",
    "metal",
    "method",
    "middle",
    "minute",
    "model",
    "month",
    "morning",
    "mount",
    "network",
    "north",
    "note",
    "notice",
    "number",
    "object",
    "offer",
    "office",
    "open",
    "order",
    "outside",
    "owner",
    "package",
    "page",
    "panel",
    "paper",
    "part",
    "partner",
    "payment",
    "period",
    "person",
    "phone",
    "place",
    "plan",
    "plant",
    "plate",
    "point",
    "position",
    "post",
    "price",
    "print",
    "process",
    "product",
    "profit",
    "project",
    "quality",
    "quarter",
    "rail",
    "range",
    "rate",
    "reason",
    "receipt",
    "record",
    "region",
    "remark",
    "rent",
    "repair",
    "report",
    "request",
    "reserve",
    "result",
    "return",
    "review",
    "right",
    "risk",
    "road",
    "roof",
    "room",
    "route",
    "sale",
    "sample",
    "scale",
    "schedule",
    "season",
    "section",
    "service",
    "share",
    "sheet",
    "shift",
    "ship",
    "shop",
    "side",
    "site",
    "size",
    "staff",
    "stage",
    "stock",
    "stone",
    "store",
    "street",
    "supply",
    "support",
    "surface",
    "survey",
    "system",
    "table",
    "task",
    "tax",
    "team",
    "term",
    "test",
    "time",
    "total",
    "tower",
    "town",
    "track",
    "trade",
    "train",
    "transport",
    "travel",
    "trial",
    "truck",
    "type",
    "unit",
    "value",
    "view",
    "visit",
    "volume",
    "wall",
    "warehouse",
    "water",
    "way",
    "week",
    "weight",
    "west",
    "window",
    "winter",
    "wood",
    "work",
    "worker",
    "workshop",
    "yard",
    "year",
    "zone",
    "Straße",
    "façade",
    "café",
    "señal",
    "Łódź",
]
_TOWNS = ("Porto", "Gdańsk", "Graz", "Århus", "Ghent", "Brno", "Cork", "Turin", "Malmö", "Lille")
_FIRMS = ("& Sons", "Ltd", "GmbH", "S.A.", "& Co. <Trading>", "Group", "Works")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")


def invoice(number: int) -> Data:
    """Two pages: addresses, 150 words, a chart of six bars, 40 lines with totals."""
    draw = random.Random(f"invoice {number}")
    lines = []
    total = 0
    for position in range(1, 41):
        quantity, price = draw.randint(1, 90), draw.randint(300, 90_000)
        total += quantity * price
        lines.append(
            {
                "position": str(position),
                "item": f"{_words(draw, 4)} {draw.randint(1000, 99999)}",
                "quantity": str(quantity),
                "price": _money(price),
                "amount": _money(quantity * price),
            }
        )
    tax = round(total * 0.2)
    totals = {"Net": total, "VAT 20 %": tax, "Total": total + tax}
    return {
        "number": f"{2026}-{number:07d}",
        "date": "2026-11-23",
        "due": f"2026-12-{1 + number % 28:02d}",
        "company": _party(draw),
        "customer": _party(draw),
        "opening": [{"text": _sentence(draw, 50)} for _ in range(3)],
        "chart": _chart(draw, 6),
        "lines": lines,
        "totals": [{"label": label, "amount": _money(amount)} for label, amount in totals.items()],
        "closing": f"Please quote {draw.randint(10**6, 10**7)} with your payment.",
    }


def report(number: int) -> Data:
    """Thirty pages: 10 chapters of two sections, 12,000 words, 20 tables, 10 figures."""
    draw = random.Random(f"report {number}")
    return {
        "title": f"Report {number}: {_words(draw, 4)}",
        "date": "2026-11-23",
        "company": _party(draw),
        "chapters": [
            {
                "title": f"{_words(draw, 3).capitalize()} {draw.randint(100, 999)}",
                "figure": {"caption": _words(draw, 8).capitalize(), "bars": _chart(draw, 8)},
                "sections": [
                    {
                        "title": f"{_words(draw, 4).capitalize()} {draw.randint(100, 999)}",
                        "paragraphs": [{"text": _sentence(draw, 100)} for _ in range(6)],
                        "rows": [
                            {
                                "name": f"{_words(draw, 3)} {draw.randint(100, 9999)}",
                                "first": _money(draw.randint(10**4, 10**7)),
                                "second": _money(draw.randint(10**4, 10**7)),
                                "note": _words(draw, 2),
                            }
                            for _ in range(8)
                        ],
                    }
                    for _ in range(2)
                ],
            }
            for _ in range(10)
        ],
    }


def table(number: int, rows: int) -> Data:
    """One table of five columns."""
    draw = random.Random(f"table {number}")
    return {
        "title": f"Stock list {number}",
        "rows": [
            {
                "position": str(position),
                "item": f"{_words(draw, 3)} {draw.randint(1000, 99999)}",
                "place": draw.choice(_TOWNS),
                "quantity": str(draw.randint(1, 9_999)),
                "value": _money(draw.randint(300, 9_000_000)),
            }
            for position in range(1, rows + 1)
        ],
    }


def letter(number: int) -> Data:
    """One page of 150 words."""
    draw = random.Random(f"letter {number}")
    return {
        "number": f"{number:07d}",
        "date": "2026-11-23",
        "company": _party(draw),
        "customer": _party(draw),
        "subject": _words(draw, 5).capitalize(),
        "paragraphs": [{"text": _sentence(draw, 50)} for _ in range(3)],
        "signer": _name(draw),
    }


def _party(draw: random.Random) -> Data:
    return {
        "name": f"{_words(draw, 1).capitalize()} {draw.choice(_FIRMS)} {draw.randint(1, 9999)}",
        "contact": _name(draw),
        "street": f"{_words(draw, 1).capitalize()} Street {draw.randint(1, 400)}",
        "city": f"{draw.randint(10000, 99999)} {draw.choice(_TOWNS)}",
        "email": f"{draw.choice(_WORDS[:100])}{draw.randint(1, 9999)}@example.com",
    }


def _chart(draw: random.Random, bars: int) -> list[Data]:
    values = [draw.randint(2_000, 99_000) for _ in range(bars)]
    return [
        {
            "label": _MONTHS[index],
            "value": value,
            "text": _money(value * 100),
            "bar": "█" * max(1, round(30 * value / max(values))),
        }
        for index, value in enumerate(values)
    ]


def _words(draw: random.Random, count: int) -> str:
    return " ".join(draw.choices(_WORDS, k=count))


def _sentence(draw: random.Random, count: int) -> str:
    return f"{_words(draw, count - 1).capitalize()} {draw.randint(10, 99_999)}."


def _name(draw: random.Random) -> str:
    return f"{draw.choice(_WORDS).capitalize()} {draw.choice(_WORDS).capitalize()}-{draw.randint(1, 999)}"


def _money(cents: int) -> str:
    return f"€{cents // 100:,}.{cents % 100:02d}"
