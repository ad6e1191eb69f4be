"""What counts as a claim in a text."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.claims import check
from evaluation.claims.extract import extract, written


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12 and 1,234.50", [("12", "number", "12"), ("1,234.50", "number", "1234.5")]),
        ("1\u202f234 or 1'234", [("1\u202f234", "number", "1234"), ("1'234", "number", "1234")]),
        ("-3 to +4, 5–7", [("-3", "number", "-3"), ("+4", "number", "4"), ("5", "number", "5"), ("7", "number", "7")]),
        ("2.5 million, 4k", [("2.5 million", "number", "2500000"), ("4k", "number", "4000")]),
        ("5 m long, €5 m", [("5", "number", "5"), ("€5 m", "money", "EUR 5000000")]),
        ("12.5%, 3 per cent", [("12.5%", "percent", "12.5"), ("3 per cent", "percent", "3")]),
        ("USD 5, 5 USD, $5", [("USD 5", "money", "USD 5"), ("5 USD", "money", "USD 5"), ("$5", "money", "5")]),
        ("€-5 or -€5", [("€-5", "money", "EUR -5"), ("-€5", "money", "EUR -5")]),
        ("2026-11-23T10:30Z", [("2026-11-23T10:30Z", "date", "2026-11-23")]),
        ("the 3rd of May", [("3rd of May", "date", "05-03")]),
        ("May 5,000 bloom", [("5,000", "number", "5000")]),
        ("Sept. 2026", [("Sept. 2026", "date", "2026-09")]),
        ("Q3, v1.2.3, 24/7", [("Q3", "number", "Q3"), ("v1.2.3", "number", "v1.2.3"), ("24/7", "number", "24/7")]),
        ("mid-2026, 12-month", [("2026", "number", "2026"), ("12", "number", "12")]),
        ("32/13/2026", [("32/13/2026", "number", "32/13/2026")]),
        ("0142, 0.5, .5", [("0142", "number", "0142"), ("0.5", "number", "0.5"), (".5", "number", "0.5")]),
        ("m² and ½", [("²", "number", "²"), ("½", "number", "½")]),
    ],
)
def test_claims_are_found(text: str, found: list[tuple[str, str, str]]) -> None:
    assert [(claim.text, claim.kind, written(claim.reading)) for claim in extract(text)] == found


TEXTS = st.one_of(
    st.text(max_size=60), st.text(st.sampled_from("0123456789.,-+/:€$%kmTQ May EURbn\u00a0½٣"), max_size=40)
)


@settings(deadline=None)  # a busy machine is no error
@given(TEXTS)
def test_every_digit_stands_in_one_claim(text: str) -> None:
    claims = extract(text)
    covered = [position for claim in claims for position in range(claim.start, claim.end)]
    assert len(covered) == len(set(covered))
    assert {position for position, character in enumerate(text) if character.isnumeric()} <= set(covered)
    assert all(claim.text == text[claim.start : claim.end] for claim in claims)


@settings(deadline=None)  # a busy machine is no error
@given(TEXTS)
def test_text_that_repeats_its_source_is_clean(text: str) -> None:
    ledger = check(text, data={}, source=text)
    assert [claim for claim in ledger.claims if claim.verdict != "bound"] == []


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)


@settings(deadline=None)  # a busy machine is no error
@given(text=TEXTS, data=st.dictionaries(st.text(max_size=5), JSON, max_size=3))
def test_any_text_and_data_get_a_ledger(text: str, data: dict[str, object]) -> None:
    json.dumps(check(text, data=data, source="").as_dict())


@pytest.mark.parametrize(
    "text", ["1" * 100_000, "1," * 50_000, "1." * 50_000, "May " * 25_000, "A-1" * 30_000, "1:" * 50_000]
)
def test_long_text_is_read_in_time(text: str) -> None:
    assert extract(text + " 5") is not None


def test_huge_numbers_are_compared_exactly() -> None:
    huge = 10**400
    assert not check(f"{huge + 1}", data={"a": huge}).clean
    assert not check("123456789012345678901234", data={"a": 123456789012345678901235}).clean
    assert check("123456789012345678901234", data={"a": 123456789012345678901234}).clean
