"""python-docx: the document is built call by call."""

import importlib.metadata
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import word_sources
from docx.shared import Cm
from word_sources import add_table, furnish, new_document, saved

NAME = "python-docx"


def version() -> str:
    return importlib.metadata.version("python-docx")


def prepare(work: str, folder: Path) -> Callable[[dict[str, Any]], bytes]:  # noqa: ARG001 - as the others
    build = {"invoice": _invoice, "report": _report, "table": _table}[work.partition("-")[2]]
    logo = word_sources.logo()

    def render(data: dict[str, Any]) -> bytes:
        document = new_document()
        build(document, data, io.BytesIO(logo))
        return saved(document)

    return render


def _invoice(document: Any, data: dict[str, Any], logo: io.BytesIO) -> None:
    company, customer = data["company"], data["customer"]
    furnish(document, f"{company['name']} · Invoice {data['number']}", company["email"])
    document.add_picture(logo, width=Cm(2))
    document.add_paragraph(f"{company['name']}, {company['street']}, {company['city']}")
    document.add_heading(f"Invoice {data['number']}", 1)
    for field in ("name", "contact", "street", "city"):
        document.add_paragraph(customer[field])
    document.add_paragraph(f"Date {data['date']}, due {data['due']}")
    for paragraph in data["opening"]:
        document.add_paragraph(paragraph["text"])
    document.add_heading("Your last six months", 2)
    _chart(document, data["chart"])
    document.add_heading("What we delivered", 2)
    fields = ("position", "item", "quantity", "price", "amount")
    rows = [[line[field] for field in fields] for line in data["lines"]]
    add_table(document, ("No.", "Item", "Quantity", "Price", "Amount"), rows, right=(2, 3, 4))
    document.add_heading("Total", 2)
    add_table(document, ("", "Amount"), [[total["label"], total["amount"]] for total in data["totals"]], right=(1,))
    document.add_paragraph(data["closing"])


def _report(document: Any, data: dict[str, Any], logo: io.BytesIO) -> None:
    furnish(document, data["title"], data["company"]["name"])
    document.add_picture(logo, width=Cm(2))
    document.add_heading(data["title"], 0)
    document.add_paragraph(f"{data['company']['name']}, {data['date']}")
    document.add_heading("Contents", 1)
    for chapter in data["chapters"]:
        document.add_paragraph(chapter["title"])
    for chapter in data["chapters"]:
        document.add_heading(chapter["title"], 1)
        _chart(document, chapter["figure"]["bars"])
        document.add_paragraph(f"Figure: {chapter['figure']['caption']}", style="Caption")
        for section in chapter["sections"]:
            document.add_heading(section["title"], 2)
            for paragraph in section["paragraphs"]:
                document.add_paragraph(paragraph["text"])
            rows = [[row[field] for field in ("name", "first", "second", "note")] for row in section["rows"]]
            add_table(document, ("Name", "This year", "Last year", "Note"), rows, right=(1, 2))


def _table(document: Any, data: dict[str, Any], logo: io.BytesIO) -> None:  # noqa: ARG001 - as the others
    furnish(document, data["title"], "Stock list")
    document.add_heading(data["title"], 1)
    fields = ("position", "item", "place", "quantity", "value")
    rows = [[row[field] for field in fields] for row in data["rows"]]
    add_table(document, ("No.", "Item", "Place", "Quantity", "Value"), rows, right=(3, 4))


def _chart(document: Any, bars: list[dict[str, Any]]) -> None:
    add_table(document, (), [[bar["label"], bar["bar"], bar["text"]] for bar in bars], right=(2,), bars=1)
