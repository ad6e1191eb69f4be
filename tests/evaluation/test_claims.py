"""Claims of a text and what proves them."""

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evaluation.claims import check

DATA: dict[str, Any] = {
    "date": "2026-11-23",
    "reference": "AN-2026-0417",
    "currency": "EUR",
    "revenue": 2483120.5,
    "vat_rate": 0.23,
    "growth": 12.5,
    "loss": -1834.27,
    "items": [
        {"name": "Desk, 180 cm", "quantity": 12, "price": 685.0},
        {"name": "Lamp", "quantity": 24, "price": 118.5},
    ],
    "due": "The amount is due by 15 January 2027 (5.5 % interest after that).",
    "started": "2026-11-23T10:30:00",
    "paid": True,
    "a/b~c": 77,
}


def verdicts(text: str, *, data: Any = None, source: str = "") -> list[tuple[str, str | None]]:
    ledger = check(text, data=DATA if data is None else data, source=source)
    return [(claim.verdict, claim.evidence) for claim in ledger.claims]


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("12 desks", "/items/0/quantity"),
        ("revenue of €2,483,120.50", "/revenue"),
        ("revenue of 2.5 million euros", "/revenue"),
        ("EUR 2.48m", "/revenue"),
        ("2,483 thousand", "/revenue"),
        ("23% VAT", "/vat_rate"),
        ("23.0 percent VAT", "/vat_rate"),
        ("grew by 12.5%", "/growth"),
        ("a loss of 1,834.27", "/loss"),
        ("−1,834", "/loss"),
        ("on 23 November 2026", "/date"),
        ("on November 23rd, 2026", "/date"),
        ("on 23/11/2026", "/date"),
        ("on 11/23/2026", "/date"),
        ("on 23 Nov", "/date"),
        ("in November 2026", "/date"),
        ("in 2026", "/date"),
        ("reference AN-2026-0417", "/reference"),
        ("180 cm wide", "/items/0/name"),
        ("due 15 January 2027", "/due"),
        ("5.5 % interest", "/due"),
        ("77", "/a~1b~0c"),
    ],
)
def test_claim_is_bound_to_the_cell_that_says_it(text: str, pointer: str) -> None:
    assert verdicts(text) == [("bound", pointer)]


@pytest.mark.parametrize(
    "text",
    [
        "13 desks",
        "€2,483,120.51",
        "2.6 million euros",
        "$2,483,120.50",  # another currency
        "24% VAT",
        "grew by 12.6%",
        "24% of the lamps",  # a quantity is no percentage
        "+1,834.27",  # it is negative
        "on 24 November 2026",
        "in 2027-11-23",
        "on 31 February 2026",
        "15 January 2026",
        "AN-2026-0418",
        "1 paid",  # `true` is no number
        "½ of it",
        "at 11:30",
    ],
)
def test_claim_is_unsupported_when_nothing_says_it(text: str) -> None:
    ledger = check(text, data=DATA)
    assert not ledger.clean
    assert [claim.verdict for claim in ledger.claims if claim.verdict == "bound"] == []


def test_claim_is_bound_to_the_source_when_the_data_is_silent() -> None:
    source = "They sold 3,400 lamps for $5m in Q3, up 8 percent since 4 May."
    text = "In Q3 they sold 3400 lamps, 8% more than on May 4, for $5 million, not €5 million."
    ledger = check(text, data=DATA, source=source)

    def place(words: str) -> str:
        return f"source[{source.index(words)}:{source.index(words) + len(words)}]"

    found = [(claim.text, claim.evidence) for claim in ledger.claims]
    assert found == [
        ("Q3", place("Q3")),
        ("3400", place("3,400")),
        ("8%", place("8 percent")),
        ("May 4", place("4 May")),
        ("$5 million", place("$5m")),
        ("€5 million", None),
    ]
    assert [claim.verdict for claim in ledger.claims] == ["bound"] * 5 + ["unsupported"]


def test_text_without_claims_is_clean() -> None:
    ledger = check("All desks are made of oiled oak.", data=DATA)
    assert ledger.clean
    assert ledger.claims == ()


def test_nearest_cell_is_the_evidence_when_several_round_to_the_claim() -> None:
    assert verdicts("12", data={"a": 11.6, "b": 12}) == [("bound", "/b")]


def test_currency_is_that_of_the_closest_object() -> None:
    data = {"currency": "USD", "uk": {"currency": "GBP", "price": 5}, "price": 7}
    assert verdicts("£5 and $7", data=data) == [("bound", "/uk/price"), ("bound", "/price")]
    assert verdicts("$5 and £7", data=data) == [("unsupported", None), ("unsupported", None)]


def test_ledger_is_plain_data() -> None:
    plain = check("12 desks and 13 lamps", data=DATA).as_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["clean"] is False
    assert plain["claims"][0] == {
        "text": "12",
        "kind": "number",
        "value": "12",
        "start": 0,
        "end": 2,
        "verdict": "bound",
        "evidence": "/items/0/quantity",
    }


CELLS = st.one_of(
    st.integers(-(10**9), 10**9),
    st.floats(-1e7, 1e7, allow_nan=False).map(lambda value: round(value, 4)),
)
NUMBER_FORMATS = ["{:,}", "{}", "{:,.0f}", "{:.1f}", "{:,.2f}", "€{:,.2f}", "EUR {:.2f}", "{:,.1f} euros"]


@settings(deadline=None)  # a busy machine is no error
@given(cells=st.lists(CELLS, min_size=1, max_size=6), index=st.integers(0), form=st.sampled_from(NUMBER_FORMATS))
def test_every_number_formatted_from_a_cell_is_bound(cells: list[float], index: int, form: str) -> None:
    cell = cells[index % len(cells)]
    written = form.format(cell)
    assume("e" not in written.replace("euros", ""))
    assume(form != "{:,.0f}" or abs(cell) >= 100 or cell == int(cell))  # small whole numbers are counts
    ledger = check(f"The total was {written} this year.", data={"cells": cells})
    assert [claim.verdict for claim in ledger.claims] == ["bound"]


@settings(deadline=None)  # a busy machine is no error
@given(share=st.floats(-2, 2).map(lambda value: round(value, 5)), digits=st.integers(0, 3))
def test_every_share_written_as_a_percentage_is_bound(share: float, digits: int) -> None:
    assume(abs(share) > 1e-3)
    text = f"It changed by {share * 100:.{digits}f}% since then."
    assert [claim.verdict for claim in check(text, data={"x": share}).claims] == ["bound"]


@settings(deadline=None)  # a busy machine is no error
@given(date=st.dates(), form=st.sampled_from(["%Y-%m-%d", "%-d %B %Y", "%B %-d, %Y", "%b %-d, %Y", "%-d %b", "%B %Y"]))
def test_every_date_formatted_from_a_cell_is_bound(date: Any, form: str) -> None:
    assume(date.year >= 1000)
    ledger = check(f"On {date.strftime(form)} it rained.", data={"d": date.isoformat()})
    assert [claim.verdict for claim in ledger.claims] == ["bound"]


@settings(deadline=None)  # a busy machine is no error
@given(
    value=st.integers(10, 10**8),
    position=st.integers(0, 8),
    digit=st.integers(0, 9),
    others=st.lists(st.integers(0, 99)),
)
def test_changed_digit_is_not_bound_unless_the_data_holds_it(
    value: int, position: int, digit: int, others: list[int]
) -> None:
    digits = str(value)
    position %= len(digits)
    changed = int(digits[:position] + str(digit) + digits[position + 1 :])
    assume(len(str(changed)) == len(digits))
    cells = [value, *others]
    [claim] = check(f"We counted {changed:,} of them.", data={"cells": cells}).claims
    assert (claim.verdict == "bound") is (changed in cells)
