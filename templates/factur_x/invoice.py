"""What an electronic invoice says: read from a document's data, with its amounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from configs.errors import ContextError
from templates.filters import round_money

FIELD = "e_invoice"  # data that have it ask for an electronic invoice


class _Part(BaseModel):
    """A part of the data; fields that are only printed do not matter here."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Place(_Part):
    """What the printed lines of an address do not tell a machine."""

    country: str = Field(pattern="^[A-Z]{2}$")
    postcode: str | None = None
    city: str | None = None


class Electronic(_Part):
    """What only the electronic invoice says."""

    seller: Place
    buyer: Place
    buyer_reference: str | None = None
    vat_category: Literal["Z", "E", "AE", "K", "G"] | None = None


class Seller(_Part):
    """Who writes the invoice."""

    name: str
    address: tuple[str, ...]
    vat_id: str
    phone: str | None = None
    email: str | None = None
    contact: str | None = None
    registration: str | None = None


class Buyer(_Part):
    """Who pays it."""

    name: str
    address: tuple[str, ...]
    customer_number: str | None = None
    vat_id: str | None = None


class Line(_Part):
    """What was sold."""

    description: str
    quantity: float
    unit_price: float
    vat_rate: float
    unit: str | None = None
    unit_code: str | None = None


class Discount(_Part):
    """A share off all lines."""

    label: str
    share: float


class Prepayment(_Part):
    """What was paid before."""

    amount: float


class Payment(_Part):
    """Where the money goes."""

    iban: str
    holder: str | None = None
    bic: str | None = None
    reference: str | None = None
    terms: str | None = None


class Supplied(_Part):
    """When it was delivered."""

    begin: str = Field(alias="from")
    until: str | None = None


class Invoice(_Part):
    """The data of an invoice as the library's template has them, without what is only printed."""

    kind: Literal["invoice", "credit-note"]
    number: str
    date: str
    due_date: str
    currency: str
    seller: Seller
    buyer: Buyer
    lines: tuple[Line, ...]
    payment: Payment
    e_invoice: Electronic
    supplied: Supplied | None = None
    order_reference: str | None = None
    corrects: str | None = None
    introduction: str | None = None
    discount: Discount | None = None
    prepayments: tuple[Prepayment, ...] = ()
    vat_note: str | None = None

    @property
    def untaxed(self) -> str:
        """The category of lines without VAT: what the data say, or exempt with a reason, or a rate of zero."""
        return self.e_invoice.vat_category or ("E" if self.vat_note else "Z")


@dataclass(frozen=True)
class Rate:
    """The amounts of all lines with one rate of VAT."""

    rate: float
    lines: float
    reduction: float
    net: float
    vat: float


@dataclass(frozen=True)
class Amounts:
    """The sums of an invoice, rounded as the template rounds them."""

    rates: tuple[Rate, ...]
    lines: float
    reduction: float
    net: float
    vat: float
    total: float
    paid: float
    due: float


def read_invoice(data: Mapping[str, Any]) -> Invoice:
    """Read the data of an invoice.

    Raises:
        ContextError: a field that electronic invoices need is not there, or is something else.
    """
    try:
        return Invoice.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        problem = "is missing" if first["type"] == "missing" else f"does not fit: {first['msg']}"
        message = f"An electronic invoice needs `{where}`, which {problem}."
        raise ContextError(message, where=where, hint=f"Without `{FIELD}` the PDF is for people only.") from None


def line_amount(line: Line, currency: str) -> float:
    """Give the amount of a line."""
    return round_money(line.quantity * line.unit_price, currency)


def amounts_of(invoice: Invoice) -> Amounts:
    """Add up an invoice: VAT is rounded once for each rate, as EN 16931 wants it."""
    currency = invoice.currency

    def add(values: list[float]) -> float:
        return round_money(sum((Decimal(str(value)) for value in values), Decimal(0)), currency)

    share = invoice.discount.share if invoice.discount else 0
    rates = []
    for rate, group in groupby(sorted(invoice.lines, key=lambda line: line.vat_rate), lambda line: line.vat_rate):
        lines = add([line_amount(line, currency) for line in group])
        reduction = round_money(lines * share, currency)
        net = add([lines, -reduction])
        rates.append(Rate(rate, lines, reduction, net, round_money(net * rate, currency)))
    lines, reduction = add([each.lines for each in rates]), add([each.reduction for each in rates])
    net, vat = add([lines, -reduction]), add([each.vat for each in rates])
    total, paid = add([net, vat]), add([payment.amount for payment in invoice.prepayments])
    return Amounts(tuple(rates), lines, reduction, net, vat, total, paid, add([total, -paid]))
