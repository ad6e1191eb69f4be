"""Make the electronic invoice of a document: mapped, compared with what the document prints, and checked."""

import functools
import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from configs.errors import ContextError, TemplateError
from templates.blocks import Attachment
from templates.factur_x.cii import Profile, write_cii
from templates.factur_x.invoice import FIELD, Amounts, Invoice, amounts_of, read_invoice
from templates.factur_x.units import code_of

NAME = "factur-x.xml"  # the standard's own
# The library that brings the schemas; it is not imported, because that sets up logging.
_LIBRARY = "facturx"
_SCHEMAS = {"basic": "facturx-basic/*_BASIC.xsd", "en16931": "facturx-en16931/*_EN16931.xsd"}


@dataclass(frozen=True)
class ElectronicInvoice:
    """An invoice as a machine reads it.

    Attributes:
        warnings: what a receiver's checks may complain about.
    """

    attachment: Attachment
    profile: Profile
    warnings: tuple[str, ...]


def electronic_invoice(
    data: Mapping[str, Any], printed: Mapping[str, Any], profile: Profile, *, where: str
) -> ElectronicInvoice | None:
    """Make the electronic invoice of the data that ask for one.

    Args:
        data: an invoice, as the library's template has it.
        printed: what the template computed; its `total` and `due` are compared with ours.
        profile: how much the XML says.
        where: the template, for errors.

    Raises:
        ContextError: the data lack what electronic invoices need.
        TemplateError: the template prints other amounts than its lines make.
    """
    if FIELD not in data:
        return None
    invoice = read_invoice(data)
    amounts = amounts_of(invoice)
    for name in ("total", "due"):
        _compare(name, printed.get(name), getattr(amounts, name), where)
    content = write_cii(invoice, amounts, profile)
    _check(content, profile)
    about = "This invoice for machines (Factur-X, ZUGFeRD)"
    attachment = Attachment(NAME, content.decode(), "text/xml", about, "alternative")
    return ElectronicInvoice(attachment, profile, tuple(_doubts(invoice, amounts)))


def _compare(name: str, printed: Any, computed: float, where: str) -> None:
    if printed is None:
        raise TemplateError(
            f"The source sets no `{name}`, so nobody can tell whether the electronic invoice says what is printed.",
            where=where,
            hint=f"Write `{{% set {name} = … %}}`, or leave out `factur_x`.",
        )
    if printed != computed:
        raise TemplateError(
            f"The template's `{name}` is {printed}, but the lines, discount and prepayments make {computed:.2f}.",
            where=where,
            hint="An electronic invoice must say what is printed: correct the template, or leave out `factur_x`.",
        )


def _check(content: bytes, profile: Profile) -> None:
    schema = _schema(profile)
    if not schema.validate(etree.fromstring(content)):
        problem = schema.error_log[0]
        raise ContextError(f"The electronic invoice does not fit the standard: {problem.message}", where=FIELD)


@functools.cache
def _schema(profile: Profile) -> etree.XMLSchema:
    found = importlib.util.find_spec(_LIBRARY)
    folders = (found.submodule_search_locations if found else None) or ()
    (path,) = (each for folder in folders for each in Path(folder, "xsd").glob(_SCHEMAS[profile]))
    return etree.XMLSchema(etree.parse(str(path)))


def _doubts(invoice: Invoice, amounts: Amounts) -> Iterator[str]:
    """Say what the data leave open; the invoice is readable, but a receiver's checks may refuse it."""
    units = dict.fromkeys(line.unit for line in invoice.lines if line.unit and not line.unit_code)
    for unit in units:
        if code_of(unit) is None:
            yield f"The electronic invoice counts “{unit}” as “one”: give the line's `unit_code`."
    category = invoice.untaxed
    if any(not each.rate for each in amounts.rates):
        if category in ("AE", "K") and not invoice.buyer.vat_id:
            yield f"A supply without VAT of the category {category} needs the buyer's VAT number: `buyer.vat_id`."
        if category not in ("Z", *_WITH_CODE) and not invoice.vat_note:
            yield f"The category {category} needs the reason why no VAT is charged: `vat_note`."


_WITH_CODE = ("AE", "K", "G")  # these bring their reason as a code
