from typing import Any

import pytest

from configs.errors import TemplateError
from templates.filters import LocaleWriter, days_until, round_money, rounded


@pytest.mark.parametrize(
    ("locale", "written", "expected"),
    [
        ("en", lambda w: w.money(2.675, "EUR"), "€2.68"),  # half up, and not what a double makes of it
        ("en", lambda w: w.money("1234567.5", "EUR", digits=0), "€1,234,568"),
        ("de", lambda w: w.money(1234.5, "EUR"), "1.234,50\xa0€"),
        ("en", lambda w: w.money(1234.5, "JPY"), "¥1,235"),
        ("en", lambda w: w.number(1234.5), "1,234.5"),
        ("en", lambda w: w.number(3, digits=2), "3.00"),
        ("en", lambda w: w.number(31, signed=True), "+31"),
        ("en", lambda w: w.number(0, signed=True), "0"),
        ("hi", lambda w: w.number(1234567), "12,34,567"),
        ("en", lambda w: w.percent(0.125, 1), "12.5%"),
        ("en", lambda w: w.percent(0.125), "13%"),
        ("en", lambda w: w.percent(0.135, None), "13.5%"),
        ("en", lambda w: w.percent(0.19, None), "19%"),
        ("de", lambda w: w.percent(-0.042, 1, signed=True), "-4,2\xa0%"),
        ("en", lambda w: w.percent(-0.0004), "0%"),  # what is rounded to nothing has no sign
        ("en", lambda w: w.money(-0.001, "GBP"), "£0.00"),
        ("en", lambda w: w.number(-0.04, digits=1), "0.0"),
        ("en", lambda w: w.compact(1234567, "EUR"), "€1.2M"),
        ("de", lambda w: w.compact(250000, "EUR"), "250.000\xa0€"),
        ("en", lambda w: w.compact(0.25), "0.25"),
        ("en_GB", lambda w: w.date("2026-11-23"), "23 November 2026"),
        ("en", lambda w: w.date("2026-11-23", "MMMM y"), "November 2026"),
        ("de", lambda w: w.date("2026-11-23T10:00:00", "short"), "23.11.26"),
        ("en", lambda w: w.plural(1, one="day", other="days"), "day"),
        ("en", lambda w: w.plural(0, one="day", other="days"), "days"),
        ("pl", lambda w: w.plural(3, one="dzień", few="dni", other="dnia"), "dni"),
    ],
)
def test_filter_writes_quantity_as_readers_of_the_locale_expect(locale: str, written, expected: str) -> None:  # type: ignore[no-untyped-def]
    assert written(LocaleWriter(locale)) == expected


@pytest.mark.parametrize(
    "call",
    [
        lambda w: w.money("x", "EUR"),
        lambda w: w.money(True, "EUR"),
        lambda w: w.money(None, "EUR"),
        lambda w: w.money(1, "EURO"),
        lambda w: w.money(float("nan"), "EUR"),
        lambda w: w.number("1e999999"),
        lambda w: w.number(1, digits=99),
        lambda w: w.date("23.11.2026"),
        lambda w: w.date(20261123),
        lambda w: w.plural(1, one="day"),
    ],
)
def test_filter_says_what_it_expects_when_value_is_wrong(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TemplateError, match=r"expects|takes|needs"):
        call(LocaleWriter("en"))


@pytest.mark.parametrize(
    ("locale", "options", "expected"),
    [
        ("en", {"name": "kilogram"}, "12.5 kilograms"),
        ("en", {"name": "kilogram", "length": "short"}, "12.5 kg"),
        ("de", {"name": "kilogram", "digits": 2}, "12,50 Kilogramm"),
        ("pl", {"name": "kilogram"}, "12,5 kilograma"),
    ],
)
def test_unit_follows_the_language(locale: str, options: dict[str, Any], expected: str) -> None:
    assert LocaleWriter(locale).unit(12.5, **options) == expected


@pytest.mark.parametrize(
    ("options", "said"),
    [({"name": "kilogramm"}, "Did you mean `kilogram`"), ({"name": "kilogram", "length": "tiny"}, "long or short")],
)
def test_unit_is_refused_when_unknown(options: dict[str, Any], said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        LocaleWriter("en").unit(1, **options)


@pytest.mark.parametrize(
    ("value", "written"),
    [(1e-30, "0"), (0.1 + 0.2, "0.3"), (1 / 3, "0.3333333333"), (1.5e-9, "0.0000000015"), (2, "2")],
)
def test_number_has_as_many_decimals_as_a_reader_could_compare(value: float, written: str) -> None:
    assert LocaleWriter("en").number(value) == written


@pytest.mark.parametrize(
    ("value", "digits", "method", "expected"),
    [
        (2.675, 2, "common", 2.68),  # Python's own gives 2.67
        (-2.675, 2, "common", -2.68),
        (3 * 0.335, 2, "common", 1.01),  # 1.0050000000000001 as a double, and 1.005 to its author
        (0.5, 0, "common", 1.0),
        (1234.5, -2, "common", 1200.0),
        (1.001, 2, "ceil", 1.01),
        (1.009, 2, "floor", 1.0),
    ],
)
def test_round_is_the_rounding_of_people(value: float, digits: int, method: str, expected: float) -> None:
    assert rounded(value, digits, method) == expected


def test_round_leaves_no_minus_before_zero() -> None:
    assert LocaleWriter("en").money(rounded(-0.001, 2), "EUR") == "€0.00"


def test_round_money_knows_the_decimals_of_a_currency() -> None:
    assert round_money(10.125, "EUR") == 10.13
    assert round_money(10.5, "JPY") == 11.0
    with pytest.raises(TemplateError, match="currency code"):
        round_money(1, "EURO")


def test_days_until_counts_over_months_and_backwards() -> None:
    assert days_until("2026-02-27", "2026-03-01") == 2
    assert days_until("2026-03-01", "2026-02-27") == -2
    with pytest.raises(TemplateError, match="expects a date"):
        days_until("soon", "2026-03-01")
