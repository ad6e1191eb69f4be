"""Numbers of a language: ours are those of Babel."""

import copy
import decimal

import pytest
from babel import Locale, localedata
from hypothesis import given
from hypothesis import strategies as st

from templates.number_writer import NumberWriter

LOCALES = sorted(localedata.locale_identifiers())[::9]  # a hundred, of all parts of the world
KINDS = {"decimal_formats": None, "percent_formats": None, "currency_formats": "standard"}
TEXTS = ["0", "-1", "12", "999.995", "-1234567.891", "123456789012345678901.5", "2.675", "1e-12"]
VALUES = [decimal.Decimal(text) for text in TEXTS]


def by_babel(locale: Locale, kind: str, digits: int, currency: str | None, value: decimal.Decimal) -> str:
    pattern = copy.copy(getattr(locale, kind)[KINDS[kind]])
    pattern.frac_prec = (digits, digits)
    with decimal.localcontext(rounding=decimal.ROUND_HALF_UP):
        return str(pattern.apply(value, locale, currency=currency, currency_digits=False))


def ours(locale: Locale, kind: str, digits: int, currency: str | None, value: decimal.Decimal) -> str:
    return NumberWriter(getattr(locale, kind)[KINDS[kind]], locale, digits, currency).write(value)


@pytest.mark.parametrize("kind", KINDS)
def test_number_is_written_as_babel_writes_it_in_every_language(kind: str) -> None:
    for name in LOCALES:
        locale = Locale.parse(name)
        for currency in ("EUR", "JPY") if kind == "currency_formats" else (None,):
            for value in VALUES:
                assert ours(locale, kind, 2, currency, value) == by_babel(locale, kind, 2, currency, value), name


@given(st.decimals(-(10**15), 10**15, places=6), st.integers(0, 6), st.sampled_from(["en_IN", "de_CH", "ar_EG", "pl"]))
def test_number_is_written_as_babel_writes_it_whatever_it_is(value: decimal.Decimal, digits: int, name: str) -> None:
    locale = Locale.parse(name)
    written = by_babel(locale, "decimal_formats", digits, None, value)
    if not any(map(str.isdigit, written.translate({ord("0"): None}))):  # Babel writes a minus before nothing
        written = by_babel(locale, "decimal_formats", digits, None, decimal.Decimal(0))
    assert ours(locale, "decimal_formats", digits, None, value) == written


def test_number_has_no_minus_when_nothing_is_left_of_it() -> None:
    locale = Locale.parse("en")
    assert ours(locale, "decimal_formats", 2, None, decimal.Decimal("-0.004")) == "0.00"
    assert ours(locale, "decimal_formats", 2, None, decimal.Decimal("-0.005")) == "-0.01"
