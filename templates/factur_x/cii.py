"""Write an invoice as UN/CEFACT Cross Industry Invoice (CII D16B), the XML of Factur-X; the order is the schema's."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal

from lxml import etree

from templates.factur_x.invoice import Amounts, Buyer, Invoice, Line, Place, Rate, Seller, line_amount
from templates.factur_x.units import ONE, code_of

Profile = Literal["basic", "en16931"]

_GUIDELINES = {
    "basic": "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic",
    "en16931": "urn:cen.eu:en16931:2017",
}
_STANDARD = "urn:un:unece:uncefact:data:standard:"
_NAMESPACES = {
    "rsm": f"{_STANDARD}CrossIndustryInvoice:100",
    "ram": f"{_STANDARD}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_STANDARD}UnqualifiedDataType:100",
}
_VAT_ID = re.compile(r"[A-Z]{2}[0-9A-Z]{2,}")
# Why no VAT is charged, in the codes of the VATEX list.
_REASON_CODES = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G"}

Node = Any  # an element of lxml, which has no types
Content = Any  # an element, a text, or None


def write_cii(invoice: Invoice, amounts: Amounts, profile: Profile) -> bytes:
    """Give the XML of an invoice."""
    root = etree.Element(_name("rsm", "CrossIndustryInvoice"), nsmap=_NAMESPACES)
    parts = (
        _node("rsm:ExchangedDocumentContext", _guideline(profile)),
        _document(invoice),
        _node(
            "rsm:SupplyChainTradeTransaction",
            *(_line(number, line, invoice) for number, line in enumerate(invoice.lines, 1)),
            _agreement(invoice, profile),
            _delivery(invoice),
            _settlement(invoice, amounts, profile),
        ),
    )
    root.extend([part for part in parts if part is not None])
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _name(prefix: str, name: str) -> str:
    return f"{{{_NAMESPACES[prefix]}}}{name}"


def _node(name: str, *contents: Content, **attributes: str) -> Node:
    """Make an element of what is there; one without content is left out."""
    contents = tuple(content for content in contents if content is not None)
    if not contents:
        return None
    prefix, colon, local = name.rpartition(":")
    node = etree.Element(_name(prefix if colon else "ram", local), attributes)
    for content in contents:
        if isinstance(content, str):
            node.text = content
        else:
            node.append(content)
    return node


def _number(value: float | Decimal) -> str:
    return f"{Decimal(str(value)).normalize():f}"


def _amount(name: str, value: float, **attributes: str) -> Node:
    return _node(name, f"{Decimal(str(value)):.2f}", **attributes)


def _percent(share: float) -> Node:
    return _node("RateApplicablePercent", _number(Decimal(str(share)) * 100))


def _date(name: str, day: str) -> Node:
    return _node(name, _node("udt:DateTimeString", day.replace("-", "")[:8], format="102"))


def _guideline(profile: Profile) -> Node:
    return _node("GuidelineSpecifiedDocumentContextParameter", _node("ID", _GUIDELINES[profile]))


def _document(invoice: Invoice) -> Node:
    registration = invoice.seller.registration
    return _node(
        "rsm:ExchangedDocument",
        _node("ID", invoice.number),
        _node("TypeCode", "380" if invoice.kind == "invoice" else "381"),
        _date("IssueDateTime", invoice.date),
        _node("IncludedNote", _node("Content", invoice.introduction)),
        _node("IncludedNote", _node("Content", registration), _node("SubjectCode", "REG")) if registration else None,
    )


def _category(rate: float, invoice: Invoice) -> str:
    return "S" if rate else invoice.untaxed


def _line(number: int, line: Line, invoice: Invoice) -> Node:
    unit = line.unit_code or (code_of(line.unit) if line.unit else None) or ONE
    return _node(
        "IncludedSupplyChainTradeLineItem",
        _node("AssociatedDocumentLineDocument", _node("LineID", str(number))),
        _node("SpecifiedTradeProduct", _node("Name", line.description)),
        _node(
            "SpecifiedLineTradeAgreement",
            _node("NetPriceProductTradePrice", _node("ChargeAmount", _number(line.unit_price))),
        ),
        _node("SpecifiedLineTradeDelivery", _node("BilledQuantity", _number(line.quantity), unitCode=unit)),
        _node(
            "SpecifiedLineTradeSettlement",
            _node(
                "ApplicableTradeTax",
                _node("TypeCode", "VAT"),
                _node("CategoryCode", _category(line.vat_rate, invoice)),
                _percent(line.vat_rate),
            ),
            _node(
                "SpecifiedTradeSettlementLineMonetarySummation",
                _amount("LineTotalAmount", line_amount(line, invoice.currency)),
            ),
        ),
    )


def _agreement(invoice: Invoice, profile: Profile) -> Node:
    extra = invoice.e_invoice
    return _node(
        "ApplicableHeaderTradeAgreement",
        _node("BuyerReference", extra.buyer_reference),
        _seller(invoice.seller, extra.seller, profile),
        _buyer(invoice.buyer, extra.buyer),
        _node("BuyerOrderReferencedDocument", _node("IssuerAssignedID", invoice.order_reference)),
    )


def _seller(seller: Seller, place: Place, profile: Profile) -> Node:
    return _node(
        "SellerTradeParty",
        _node("Name", seller.name),
        _contact(seller) if profile == "en16931" else None,
        _address(seller.address, place),
        _node("URIUniversalCommunication", _node("URIID", seller.email, schemeID="EM")),
        _tax_registration(seller.vat_id),
    )


def _contact(seller: Seller) -> Node:
    return _node(
        "DefinedTradeContact",
        _node("PersonName", seller.contact),
        _node("TelephoneUniversalCommunication", _node("CompleteNumber", seller.phone)),
        _node("EmailURIUniversalCommunication", _node("URIID", seller.email)),
    )


def _buyer(buyer: Buyer, place: Place) -> Node:
    return _node(
        "BuyerTradeParty",
        _node("ID", buyer.customer_number),
        _node("Name", buyer.name),
        _address(buyer.address, place),
        _tax_registration(buyer.vat_id) if buyer.vat_id else None,
    )


def _tax_registration(identifier: str) -> Node:
    """A VAT number begins with its country; anything else is a number of the tax office."""
    joined = identifier.replace(" ", "")
    scheme = "VA" if _VAT_ID.fullmatch(joined) else "FC"
    return _node("SpecifiedTaxRegistration", _node("ID", joined if scheme == "VA" else identifier, schemeID=scheme))


def _address(lines: tuple[str, ...], place: Place) -> Node:
    """Give an address; the printed line with town and postcode is not repeated where both are told apart."""
    known = [each for each in (place.postcode, place.city) if each]
    streets = [line for line in lines if not (known and all(each in line for each in known))]
    first, second, third = [*streets[:2], ", ".join(streets[2:])] if len(streets) > 2 else [*streets, "", "", ""][:3]
    return _node(
        "PostalTradeAddress",
        _node("PostcodeCode", place.postcode),
        _node("LineOne", first or None),
        _node("LineTwo", second or None),
        _node("LineThree", third or None),
        _node("CityName", place.city),
        _node("CountryID", place.country),
    )


def _delivery(invoice: Invoice) -> Node:
    country = invoice.e_invoice.buyer.country
    # A supply to another country of the EU says where it went.
    ship_to = _node("ShipToTradeParty", _node("PostalTradeAddress", _node("CountryID", country)))
    goes_abroad = invoice.untaxed == "K" and any(not line.vat_rate for line in invoice.lines)
    day = (invoice.supplied.until or invoice.supplied.begin) if invoice.supplied else invoice.date
    return _node(
        "ApplicableHeaderTradeDelivery",
        ship_to if goes_abroad else None,
        _node("ActualDeliverySupplyChainEvent", _date("OccurrenceDateTime", day)),
    )


def _settlement(invoice: Invoice, amounts: Amounts, profile: Profile) -> Node:
    supplied, payment = invoice.supplied, invoice.payment
    period = None
    if supplied and supplied.until:
        begin, end = _date("StartDateTime", supplied.begin), _date("EndDateTime", supplied.until)
        period = _node("BillingSpecifiedPeriod", begin, end)
    is_payable = invoice.kind == "invoice" and amounts.due > 0
    return _node(
        "ApplicableHeaderTradeSettlement",
        _node("PaymentReference", payment.reference or invoice.number),
        _node("InvoiceCurrencyCode", invoice.currency),
        _payment_means(invoice, profile) if is_payable else None,
        *(_tax(each, invoice) for each in amounts.rates),
        period,
        *_allowances(invoice, amounts),
        _node(
            "SpecifiedTradePaymentTerms",
            _node("Description", payment.terms),
            _date("DueDateDateTime", invoice.due_date),
        ),
        _summation(amounts, invoice.currency),
        _node("InvoiceReferencedDocument", _node("IssuerAssignedID", invoice.corrects)),
    )


def _payment_means(invoice: Invoice, profile: Profile) -> Node:
    payment, is_full = invoice.payment, profile == "en16931"
    return _node(
        "SpecifiedTradeSettlementPaymentMeans",
        _node("TypeCode", "58" if invoice.currency == "EUR" else "30"),  # a SEPA transfer, or any
        _node(
            "PayeePartyCreditorFinancialAccount",
            _node("IBANID", payment.iban.replace(" ", "")),
            _node("AccountName", payment.holder) if is_full else None,
        ),
        _node("PayeeSpecifiedCreditorFinancialInstitution", _node("BICID", payment.bic)) if is_full else None,
    )


def _tax(rate: Rate, invoice: Invoice) -> Node:
    category = _category(rate.rate, invoice)
    return _node(
        "ApplicableTradeTax",
        _amount("CalculatedAmount", rate.vat),
        _node("TypeCode", "VAT"),
        _node("ExemptionReason", invoice.vat_note) if category not in ("S", "Z") else None,
        _amount("BasisAmount", rate.net),
        _node("CategoryCode", category),
        _node("ExemptionReasonCode", _REASON_CODES.get(category)),
        _percent(rate.rate),
    )


def _allowances(invoice: Invoice, amounts: Amounts) -> Iterator[Node]:
    """A discount lowers each rate's lines by itself, so it is told for each."""
    if invoice.discount is None:
        return
    share = Decimal(str(invoice.discount.share)) * 100
    for each in amounts.rates:
        yield _node(
            "SpecifiedTradeAllowanceCharge",
            _node("ChargeIndicator", _node("udt:Indicator", "false")),
            _node("CalculationPercent", _number(share)),
            _amount("BasisAmount", each.lines),
            _amount("ActualAmount", each.reduction),
            _node("Reason", invoice.discount.label),
            _node(
                "CategoryTradeTax",
                _node("TypeCode", "VAT"),
                _node("CategoryCode", _category(each.rate, invoice)),
                _percent(each.rate),
            ),
        )


def _summation(amounts: Amounts, currency: str) -> Node:
    return _node(
        "SpecifiedTradeSettlementHeaderMonetarySummation",
        _amount("LineTotalAmount", amounts.lines),
        _amount("AllowanceTotalAmount", amounts.reduction) if amounts.reduction else None,
        _amount("TaxBasisTotalAmount", amounts.net),
        _amount("TaxTotalAmount", amounts.vat, currencyID=currency),
        _amount("GrandTotalAmount", amounts.total),
        _amount("TotalPrepaidAmount", amounts.paid) if amounts.paid else None,
        _amount("DuePayableAmount", amounts.due),
    )
