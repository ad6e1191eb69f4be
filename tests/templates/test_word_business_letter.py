"""The business letter that comes with the package."""

import io
import json
from pathlib import Path
from typing import Any

import docx
import pytest
from jsonschema import Draft202012Validator

from templates.environment import environment_for
from templates.readback import text_of_docx
from templates.word import WordTemplate, compile_template

FOLDER = Path(__file__).parents[2] / "templates" / "library" / "business-letter"


@pytest.fixture(scope="module")
def template() -> WordTemplate:
    return compile_template((FOLDER / "template.docx").read_bytes(), name="business-letter")


@pytest.fixture
def data() -> dict[str, Any]:
    values: dict[str, Any] = json.loads((FOLDER / "example.json").read_text())
    return values


def filled(template: WordTemplate, data: dict[str, Any]) -> bytes:
    return template.fill(data, environment_for("word", "en_IE"))


def test_example_fits_the_schema(data: dict[str, Any]) -> None:
    schema = json.loads((FOLDER / "schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(data)


def test_letter_says_what_the_data_says(template: WordTemplate, data: dict[str, Any]) -> None:
    lines = text_of_docx(filled(template, data)).splitlines()
    assert "Quotation AN-2026-0417: reading desks for the city library" in lines
    assert "Dear Ms Okafor," in lines
    assert "No.\tDescription\tQuantity\tUnit price\tAmount" in lines
    assert "4\tRestoring the oak panelling of the north wall\t18.5 m²\t€96.00\t€1,776.00" in lines
    assert "5\tDelivery, fitting and removal of packaging\t1\t€640.00\t€640.00" in lines
    assert "VAT 23%\t€3,479.67" in lines
    assert "Total\t€18,608.67" in lines
    assert lines[-1] == "Enclosures: Drawings 1 to 4, Terms of delivery"
    assert not any("{" in line or "}" in line for line in lines)


def test_letter_leaves_out_what_is_not_there(template: WordTemplate, data: dict[str, Any]) -> None:
    del data["enclosures"]
    data["closing"] = []
    text = text_of_docx(filled(template, data))
    assert "Enclosures" not in text
    assert text.endswith("Managing Partner, Lindqvist & Marsh Joinery")


def test_letterhead_and_title_come_from_the_data(template: WordTemplate, data: dict[str, Any]) -> None:
    document = docx.Document(io.BytesIO(filled(template, data)))
    section = document.sections[0]
    assert document.core_properties.title == data["subject"]
    assert section.first_page_header.tables[0].rows[0].cells[0].text == "Lindqvist & Marsh Joinery"
    assert "23 November 2026" in section.header.paragraphs[0].text
    assert "IBAN IE29 AIBK 9311 5212 3456 78" in section.first_page_footer.tables[0].rows[0].cells[1].text


def test_table_heading_repeats_on_each_page(template: WordTemplate, data: dict[str, Any]) -> None:
    data["items"] *= 20
    table = docx.Document(io.BytesIO(filled(template, data))).tables[1]
    assert len(table.rows) == 104  # heading, 100 items, three totals
    assert table.rows[0]._tr.trPr.xpath("./w:tblHeader")
