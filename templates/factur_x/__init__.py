"""Electronic invoices (Factur-X, in Germany ZUGFeRD): the same invoice as XML inside of the PDF that people read."""

from templates.factur_x.electronic import ElectronicInvoice, electronic_invoice

__all__ = ["ElectronicInvoice", "electronic_invoice"]
