"""The filters of templates: text, and numbers, money, dates and plurals in the language of the document."""

import copy
import datetime
import decimal
import functools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import (
    NumberPattern,
    format_compact_currency,
    format_compact_decimal,
    get_currency_precision,
    is_currency,
)
from babel.units import UnknownUnitError, format_unit
from jinja2 import Environment, pass_environment
from jinja2.filters import do_sum
from markupsafe import Markup

from configs.errors import TemplateError
from configs.loader import suggest
from templates.markup import MAX_CHARACTERS, SourceText, printed, refuse_beyond
from templates.number_writer import NumberWriter

Filters = Mapping[str, Callable[..., Any]]

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,20})?")
_UNIT_LENGTHS = ("long", "short")  # narrow ones are missing in many languages
_FORMAT = re.compile(r"%(?:%|[-+ 0#]*[0-9]{0,2}(?:\.[0-9]{0,2})?[sdifeEgGxX])")  # no width that fills the memory
_KEPT = 1_024  # of a kind, for each locale: less than half a megabyte
_MAX_DIGITS = 10  # decimals that a reader could still compare
_ROUNDINGS = {"common": decimal.ROUND_HALF_UP, "ceil": decimal.ROUND_CEILING, "floor": decimal.ROUND_FLOOR}


def text_filters(source: type[SourceText]) -> Filters:
    """Give the filters that work on text, for the kind of source that they end up in."""

    def join(values: Iterable[Any], separator: str = "") -> str:
        parts: list[Any] = []
        for value in values:
            parts += [separator, value] if parts else [value]
        return source.concatenate(parts)

    def replace(text: Any, old: str, new: str) -> str:
        if not old:
            raise TemplateError("`replace` needs a text to look for, but got an empty one.")
        value, inserted = _value("replace", text), _value("replace", new)
        refuse_beyond(len(value) + value.count(old) * len(inserted), MAX_CHARACTERS, "text")
        return value.replace(old, inserted)

    def formatted(pattern: Any, *values: Any) -> str:
        text = _value("format", pattern)
        if "%" in _FORMAT.sub("", text):
            raise TemplateError(
                f"`format` cannot read the pattern {_quoted(text)}.", hint='Example: "%.2f" | format(total).'
            )
        return text % tuple(v if isinstance(v, int | float) else _value("format", v) for v in values)

    @pass_environment
    def total(environment: Environment, values: Iterable[Any], attribute: str | None = None) -> Any:
        # Jinja's own takes a start value, with which lists could be glued together without end.
        return do_sum(environment, values, attribute)

    return {
        "format": formatted,
        "join": join,
        "replace": replace,
        "capitalize": lambda text: _value("capitalize", text).capitalize(),
        "sum": total,
        "lower": lambda text: _value("lower", text).lower(),
        "title": lambda text: _value("title", text).title(),
        "trim": lambda text: _value("trim", text).strip(),
        "upper": lambda text: _value("upper", text).upper(),
    }


def locale_filters(locale: str) -> Filters:
    """Give the filters whose result depends on the document's language."""
    writer = LocaleWriter(locale)
    return {
        "compact": writer.compact,
        "date": writer.date,
        "days_until": days_until,
        "datetime": writer.datetime,
        "money": writer.money,
        "number": writer.number,
        "percent": writer.percent,
        "plural": writer.plural,
        "round": rounded,
        "round_money": round_money,
        "unit": writer.unit,
    }


class LocaleWriter:
    """Writes quantities the way readers of one locale expect them."""

    def __init__(self, locale: str) -> None:
        self.locale = Locale.parse(locale)
        self._patterns = {"number": self.locale.decimal_formats[None], "percent": self.locale.percent_formats[None]}
        self._patterns["money"] = self.locale.currency_formats["standard"]
        self._writer_of = functools.lru_cache(maxsize=_KEPT)(self._new_writer)
        self._date_of = functools.lru_cache(maxsize=_KEPT)(self._write_date)  # most days come again

    def number(self, value: Any, digits: int | None = None, signed: bool = False) -> str:
        """Write a number; `digits` decimals, by default as many as it has."""
        amount = quantity(value, "number")
        return self._write("number", amount, _own_digits(amount) if digits is None else digits, signed)

    def percent(self, value: Any, digits: int | None = 0, signed: bool = False) -> str:
        """Write a share as a percentage: 0.125 becomes 12.5 % with one decimal, or with `none` as many as it has."""
        share = quantity(value, "percent")
        return self._write("percent", share, max(0, _own_digits(share) - 2) if digits is None else digits, signed)

    def money(self, value: Any, currency: str, digits: int | None = None) -> str:
        """Write an amount in a currency, rounded half up to the currency's decimals or to `digits`."""
        _checked_currency(currency, "money")
        places = _currency_digits(currency) if digits is None else digits
        return self._write("money", quantity(value, "money"), places, currency=currency)

    def _write(
        self, kind: str, value: decimal.Decimal, digits: int, signed: bool = False, currency: str | None = None
    ) -> str:
        _check_digits(digits, kind)
        written = self._writer_of(kind, digits, currency).write(value)
        return f"+{written}" if signed and value > 0 else written

    def _new_writer(self, kind: str, digits: int, currency: str | None) -> NumberWriter:
        return NumberWriter(self._patterns[kind], self.locale, digits, currency)

    def compact(self, value: Any, currency: str | None = None) -> str:
        """Write a quantity as briefly as the language can: 1.2M, €250K; for charts and headlines."""
        amount = quantity(value, "compact")
        brief = str(format_compact_decimal(amount, locale=self.locale, fraction_digits=1))
        if abs(amount) < 1_000 or sum(map(str.isdigit, brief)) > 4:  # German, for one, has no short thousands
            is_whole = amount == amount.to_integral_value() or abs(amount) >= 1_000
            if currency is None:
                return self.number(amount, digits=0 if is_whole else None)
            return self.money(amount, currency, digits=0 if is_whole else None)
        if currency is None:
            return brief
        return str(format_compact_currency(amount, currency, locale=self.locale, fraction_digits=1))

    def date(self, value: Any, style: str = "long") -> str:
        """Write an ISO date as short, medium, long or full, or by a pattern such as `MMMM y`."""
        return self._date_of(_moment(value, "date").date(), str(style))

    def _write_date(self, day: datetime.date, style: str) -> str:
        return str(format_date(day, style, locale=self.locale))

    def datetime(self, value: Any, style: str = "medium") -> str:
        """Write an ISO date and time as short, medium, long or full, or by a pattern."""
        return str(format_datetime(_moment(value, "datetime"), style, locale=self.locale))

    def unit(self, value: Any, name: str, length: str = "long", digits: int | None = None) -> str:
        """Write a measure with its unit, by the name that Unicode gives it: 5 kilograms, or 5 kg when short."""
        if length not in _UNIT_LENGTHS:
            raise TemplateError(f"`unit` writes long or short, but got {_quoted(length)}.")
        amount = quantity(value, "unit")
        places = _own_digits(amount) if digits is None else digits
        pattern = _with_digits(self.locale.decimal_formats[None], places, "unit")
        try:
            with _half_up():
                return str(format_unit(amount, str(name), length, pattern, locale=self.locale))  # type: ignore[arg-type]
        except UnknownUnitError:
            hint = suggest(str(name), sorted({str(unit).partition("-")[2] for unit in self.locale.unit_display_names}))
            raise TemplateError(f"`unit` knows no unit {_quoted(name)}.", hint=hint) from None

    def plural(self, count: Any, **forms: str) -> str:
        """Choose the form that goes with a count, by the names of Unicode: one, two, few, many, other."""
        if "other" not in forms:
            raise TemplateError("`plural` needs the form `other`.", hint='Example: plural(one="day", other="days").')
        return forms.get(self.locale.plural_form(quantity(count, "plural")), forms["other"])


@functools.lru_cache(maxsize=512)
def _is_currency(code: str) -> bool:
    return bool(is_currency(code))


@functools.lru_cache(maxsize=512)
def _currency_digits(code: str) -> int:
    return int(get_currency_precision(code))


def quantity(value: Any, name: str) -> decimal.Decimal:
    """Read a number, or a text that is one; `name` is the filter that asks.

    Raises:
        TemplateError: it is neither.
    """
    if isinstance(value, int | float | decimal.Decimal) and not isinstance(value, bool):
        number = decimal.Decimal(str(value))
        if number.is_finite():
            return number
    elif isinstance(value, str) and not isinstance(value, Markup) and _NUMBER.fullmatch(value):
        return decimal.Decimal(value)
    raise TemplateError(f"`{name}` expects a number, but got {_quoted(value)}.")


def rounded(value: Any, digits: int = 0, method: str = "common") -> float:
    """Round a number the way `money` prints it, so that a total is the sum of what stands above it.

    Jinja's own rounds the binary fraction: 2.675 would become 2.67 in a total and 2.68 on paper.
    """
    if method not in _ROUNDINGS:
        raise TemplateError(f"`round` knows {', '.join(_ROUNDINGS)}, but got {_quoted(method)}.")
    if not isinstance(digits, int) or not -_MAX_DIGITS <= digits <= _MAX_DIGITS:
        raise TemplateError(f"`round` takes {-_MAX_DIGITS} to {_MAX_DIGITS} decimals, but got {_quoted(digits)}.")
    # 15 digits are what a double holds for certain; what lies behind them is the noise of a multiplication.
    number = decimal.Context(prec=15).plus(quantity(value, "round"))
    with decimal.localcontext(prec=80):  # a number may have 40 digits before the point
        whole = float(number.quantize(decimal.Decimal(1).scaleb(-digits), rounding=_ROUNDINGS[method]))
    return whole + 0.0  # a minus before zero means nothing on paper


def round_money(value: Any, currency: str) -> float:
    """Round an amount half up to the decimals that its currency has: 2 for EUR, none for JPY."""
    return rounded(value, _currency_digits(_checked_currency(currency, "round_money")))


def _checked_currency(currency: Any, name: str) -> str:
    if not isinstance(currency, str) or not _is_currency(currency):
        raise TemplateError(f"`{name}` expects a currency code, but got `{currency}`.", hint=f'Example: {name}("EUR").')
    return currency


def days_until(start: Any, end: Any) -> int:
    """Count the days from one ISO date to another; negative where the other lies before."""
    return (_moment(end, "days_until").date() - _moment(start, "days_until").date()).days


def _moment(value: Any, name: str) -> datetime.datetime:
    if isinstance(value, str):
        try:
            return datetime.datetime.fromisoformat(value)
        except ValueError:
            pass
    raise TemplateError(f"`{name}` expects a date such as 2026-11-23, but got {_quoted(value)}.")


def _own_digits(value: decimal.Decimal) -> int:
    """Give the decimals of a number, as far as a reader could compare them."""
    if -int(value.as_tuple().exponent) > _MAX_DIGITS:  # 1e-30, or the last digit of a binary fraction
        value = round(value, _MAX_DIGITS).normalize()
    return max(0, -int(value.as_tuple().exponent))


def _with_digits(pattern: NumberPattern, digits: int, name: str) -> NumberPattern:
    _check_digits(digits, name)
    changed = copy.copy(pattern)
    changed.frac_prec = (digits, digits)
    return changed


def _check_digits(digits: Any, name: str) -> None:
    if not isinstance(digits, int) or not 0 <= digits <= _MAX_DIGITS:
        raise TemplateError(f"`{name}` takes 0 to {_MAX_DIGITS} decimals, but got {_quoted(digits)}.")


def _half_up() -> Any:
    """Round the way people do on paper; Python's default rounds 0.125 to 0.12."""
    return decimal.localcontext(rounding=decimal.ROUND_HALF_UP)


def _value(name: str, text: Any) -> str:
    if isinstance(text, Markup):
        raise TemplateError(
            f"`{name}` works on values, not on the text of a macro or a `set` block.", hint="Apply it to the value."
        )
    return printed(text)


def _quoted(value: Any) -> str:
    text = str(value)
    return f"“{text if len(text) <= 40 else text[:39] + '…'}”"
