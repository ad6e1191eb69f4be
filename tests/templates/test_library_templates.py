"""The templates that ship with the package: each is right with its own example, in every format it offers."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from configs.errors import ContextError
from templates import gallery
from templates.engine import DocumentEngine
from templates.library import BUILT_IN
from templates.readback import normalise, text_of_docx, text_of_pdf
from tests.templates.from_schema import data_for

THEMES = ("classic", "modern")

ENGINE = DocumentEngine()
NAMES = [manifest.name for manifest in ENGINE.templates()]
MARKDOWN = [manifest.name for manifest in ENGINE.templates() if manifest.source == "markdown"]
EXAMPLES = [(name, path.name) for name in NAMES for path in sorted((BUILT_IN / name).glob("example*.json"))]
MARKDOWN_EXAMPLES = [(name, file) for name, file in EXAMPLES if name in MARKDOWN]
# What a printed number looks like to the reader of a schema: it must end somewhere.
BOUNDS = {"string": {"maxLength", "pattern", "format", "enum"}, "array": {"maxItems"}, "number": {"maximum"}}


def read(name: str, file: str = "example.json") -> Any:
    return json.loads((BUILT_IN / name / file).read_text(encoding="utf-8"))


def formats(name: str) -> list[Any]:
    """The formats that this machine can write: PDF of a Word template needs LibreOffice."""
    manifest = ENGINE.manifest(name)
    return [to for to in manifest.formats if manifest.source == "markdown" or to == "docx"]


def text_of(name: str, data: Any) -> str:
    return text_of_docx(ENGINE.render(name, data, "docx").content)


def test_library_has_what_a_company_sends() -> None:
    assert set(NAMES) == {
        "account-statement",
        "business-letter",
        "certificate",
        "invoice",
        "meeting-minutes",
        "model-card",
        "monthly-report",
        "offer-letter",
        "quote",
        "service-agreement",
    }
    for name in NAMES:
        assert (BUILT_IN / name / "README.md").read_text(encoding="utf-8").startswith("# ")
        assert len([file for example, file in EXAMPLES if example == name]) >= 2
        assert ENGINE.manifest(name).description.endswith(".")


@pytest.mark.parametrize(("name", "file"), EXAMPLES)
def test_example_fits_and_renders_without_warning(name: str, file: str) -> None:
    for to in formats(name):
        rendered = ENGINE.render(name, read(name, file), to)
        assert rendered.warnings == ()
        assert len(rendered.content) > 1_000


@pytest.mark.parametrize(("name", "file"), MARKDOWN_EXAMPLES)
def test_text_is_the_same_in_docx_and_pdf(name: str, file: str) -> None:
    data = read(name, file)
    word = ENGINE.render(name, data, "docx").content
    pdf = ENGINE.render(name, data, "pdf").content
    assert normalise(text_of_docx(word)) == normalise(text_of_pdf(pdf))
    assert len(normalise(text_of_docx(word))) > 300


@pytest.mark.parametrize("name", MARKDOWN)
def test_template_can_be_set_in_each_theme(name: str) -> None:
    texts = {text_of_docx(ENGINE.render(name, read(name), "docx", theme=theme).content) for theme in THEMES}
    assert len(texts) == 1
    assert len({ENGINE.render(name, read(name), "pdf", theme=theme).content_digest for theme in THEMES}) == len(THEMES)


@pytest.mark.parametrize("name", NAMES)
def test_schema_is_closed_bounded_and_described(name: str) -> None:
    schema = read(name, "schema.json")
    assert schema["title"]
    assert schema["description"]
    for where, rule in rules(schema, name):
        if rule.get("type") == "object":
            assert rule["additionalProperties"] is False, where
        kind = "number" if rule.get("type") == "integer" else rule.get("type")
        if isinstance(kind, str) and kind in BOUNDS:
            assert BOUNDS[kind] & set(rule), where


def rules(rule: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Walk through all rules of a schema."""
    yield where, rule
    inner = {**rule.get("properties", {}), **rule.get("$defs", {}), "[]": rule.get("items")}
    for name, each in inner.items():
        if each is not None:
            yield from rules(each, f"{where}.{name}")


@pytest.mark.parametrize("name", NAMES)
def test_unknown_field_is_refused_with_its_path_at_any_depth(name: str) -> None:
    data = read(name)
    for path, mapping in mappings(data):
        mapping["surprise"] = 1
        with pytest.raises(ContextError) as caught:
            ENGINE.check_data(name, data)
        assert caught.value.where == ".".join([*path, "surprise"])
        del mapping["surprise"]


def mappings(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Walk through all mappings of data that do not stand in lists."""
    if isinstance(value, dict):
        yield path, value
        for name, inner in value.items():
            yield from mappings(inner, (*path, name))


@pytest.mark.parametrize("name", NAMES)
def test_document_is_whole_when_all_that_is_optional_is_left_out(name: str) -> None:
    schema = read(name, "schema.json")
    for file in (file for example, file in EXAMPLES if example == name):
        data = required_only(read(name, file), schema, schema.get("$defs", {}))
        for to in formats(name):
            assert ENGINE.render(name, data, to).warnings == ()


def required_only(value: Any, rule: Any, named: Any) -> Any:
    """Take out of data what its schema does not ask for."""
    rule = named[rule["$ref"].rpartition("/")[2]] if "$ref" in rule else rule
    if isinstance(value, dict):
        return {name: required_only(value[name], rule["properties"][name], named) for name in rule["required"]}
    if isinstance(value, list):
        return [required_only(each, rule["items"], named) for each in value]
    return value


@pytest.mark.parametrize("name", NAMES)
@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # shrinking a whole document takes minutes and says little
    suppress_health_check=list(HealthCheck),
)
@given(draw=st.data())
def test_any_data_that_the_schema_allows_renders(name: str, draw: st.DataObject) -> None:
    data = draw.draw(data_for(read(name, "schema.json")))
    ENGINE.check_data(name, data)
    for to in formats(name):
        assert len(ENGINE.render(name, data, to).content) > 1_000


@pytest.mark.parametrize("name", NAMES)
def test_same_bytes_in_another_process_zone_locale_and_hash_seed(name: str) -> None:
    code = (
        "import sys, hashlib; from templates.engine import DocumentEngine; e = DocumentEngine();"
        "n = sys.argv[1];"
        "print([e.render(n, e.example(n), f).content_digest for f in sys.argv[2:]])"
    )
    seen = {repr([ENGINE.render(name, ENGINE.example(name), to).content_digest for to in formats(name)])}
    for zone, seed, locale in (("Asia/Kathmandu", "1", "C"), ("America/St_Johns", "77", "de_DE.UTF-8")):
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": locale}
        result = subprocess.run(
            [sys.executable, "-c", code, name, *formats(name)],
            env=environment,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
        seen.add(result.stdout.strip())
    assert len(seen) == 1


@pytest.mark.parametrize("name", NAMES)
def test_each_missing_field_is_named(name: str) -> None:
    schema = json.loads((BUILT_IN / name / "schema.json").read_text())
    for field in schema["required"]:
        data = ENGINE.example(name)
        del data[field]
        with pytest.raises(ContextError) as caught:
            ENGINE.render(name, data, "docx")
        assert f"`{field}` is required, but it is missing." in str(caught.value)


def test_monthly_report_holds_what_its_readers_look_for() -> None:
    example = ENGINE.example("monthly-report")
    summary = "Revenue in October came to £340,980."
    word = ENGINE.render("monthly-report", example, "docx", passages={"summary": summary}).content
    text = text_of_docx(word)
    for expected in ("October 2026", "£340,980", "+3.6%", "94.2%", summary, "Decision needed by 30 November 2026"):
        assert expected in text
    document = docx.Document(io.BytesIO(word))
    totals = [cell.text for cell in document.tables[2].rows[-1].cells]
    assert totals == ["Total", "762", "£340,980", "£329,200", "+3.6%"]


def test_monthly_report_is_whole_without_its_optional_part() -> None:
    example = ENGINE.example("monthly-report")
    del example["decision"]
    text = text_of_pdf(ENGINE.render("monthly-report", example, "pdf").content)
    assert "Decision" not in text
    assert "Actions" in text


def test_monthly_report_fits_two_pages() -> None:
    pdf = ENGINE.render("monthly-report", ENGINE.example("monthly-report"), "pdf").content
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2


def test_monthly_report_figures_agree_with_each_other() -> None:
    example = ENGINE.example("monthly-report")
    assert sum(line["revenue"] for line in example["lines"]) == example["trend"][-1]["revenue"] == 340_980
    assert sum(line["previous_revenue"] for line in example["lines"]) == example["trend"][-2]["revenue"]
    assert example["on_time"]["share"] == example["trend"][-1]["on_time"]
    assert max(month["revenue"] for month in example["trend"]) == 340_980


def cents(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def in_euro(amount: Decimal) -> str:
    return f"{'-' if amount < 0 else ''}€{abs(amount):,.2f}"


def invoice_figures(data: Any) -> dict[str, Decimal]:
    """Compute an invoice anew, in decimals and without the template."""
    share = Decimal(str(data.get("discount", {"share": 0})["share"]))
    figures = {"net": Decimal(0), "reduction": Decimal(0), "vat": Decimal(0)}
    for rate in {line["vat_rate"] for line in data["lines"]}:
        amounts = [
            cents(float(Decimal(str(line["quantity"])) * Decimal(str(line["unit_price"]))))
            for line in data["lines"]
            if line["vat_rate"] == rate
        ]
        net = sum(amounts, Decimal(0))
        reduction = (net * share).quantize(Decimal("0.01"), ROUND_HALF_UP)
        figures["net"] += net
        figures["reduction"] += reduction
        figures["vat"] += ((net - reduction) * Decimal(str(rate))).quantize(Decimal("0.01"), ROUND_HALF_UP)
    figures["total"] = figures["net"] - figures["reduction"] + figures["vat"]
    paid = sum((Decimal(str(each["amount"])) for each in data.get("prepayments", [])), Decimal(0))
    return {**figures, "due": figures["total"] - paid}


def test_invoice_totals_are_those_of_its_lines() -> None:
    data = read("invoice")
    text = text_of("invoice", data)
    for name in ("net", "total", "due"):
        assert in_euro(invoice_figures(data)[name]) in text, name
    data["discount"] = {"label": "Autumn sale", "share": 0.125}
    figures = invoice_figures(data)
    text = text_of("invoice", data)
    assert in_euro(-figures["reduction"]) in text
    assert in_euro(figures["net"] - figures["reduction"]) in text
    assert in_euro(figures["due"]) in text


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    lines=st.lists(
        st.fixed_dictionaries(
            {
                "description": st.just("x"),
                "quantity": st.integers(-2_000, 2_000).map(lambda number: number / 4),
                "unit_price": st.integers(0, 999_999).map(lambda number: number / 100),
                "vat_rate": st.sampled_from([0, 0.07, 0.135, 0.19, 0.23]),
            }
        ),
        min_size=1,
        max_size=12,
    )
)
def test_invoice_total_is_right_for_any_lines(lines: list[dict[str, Any]]) -> None:
    data = {**read("invoice"), "lines": lines}
    assert in_euro(invoice_figures(data)["total"]) in text_of("invoice", data)


def test_invoice_says_what_it_is_when_money_flows_back() -> None:
    data = read("invoice")
    credit = {**data, "kind": "credit-note", "corrects": "2026-0399"}
    del credit["prepayments"]
    text = text_of("invoice", credit)
    assert "Credit note 2026-0417" in text
    assert "2026-0399" in text
    assert "Amount credited" in text
    assert "Scan to pay" not in text
    returned = {**data, "lines": [{**data["lines"][0], "quantity": -1}]}
    del returned["prepayments"]
    text = text_of("invoice", returned)
    assert "In your favour" in text
    assert "Please transfer" not in text


def test_invoice_with_forty_lines_has_two_pages_and_with_one_line_one() -> None:
    data = read("invoice")
    pages = [len(PdfReader(io.BytesIO(invoice_of(data, count))).pages) for count in (1, 40, 200)]
    assert pages[0] <= 2
    assert pages[1] == 2
    assert pages[2] >= 6


def invoice_of(data: Any, count: int) -> bytes:
    lines = (data["lines"] * 5)[:count]
    small = {**data, "lines": lines}
    return ENGINE.render("invoice", small, "pdf").content


def test_quote_adds_up_and_leaves_its_options_out() -> None:
    data = read("quote")
    lines = [line for section in data["sections"] for line in section["lines"]]
    net = sum((cents(line["quantity"] * line["unit_price"]) for line in lines), Decimal(0))
    net -= cents(float(net * Decimal("0.03")))
    total = net + cents(float(net * Decimal("0.2")))
    text = text_of("quote", data)
    assert f"£{total:,.2f}" in text
    assert f"£{net:,.2f}" in text
    rows = docx.Document(io.BytesIO(ENGINE.render("quote", data, "docx").content)).tables
    plan = next(table for table in rows if table.rows[0].cells[0].text == "When")
    parts = [Decimal(row.cells[2].text.removeprefix("£").replace(",", "")) for row in plan.rows[1:]]
    assert sum(parts) == total


def test_statement_shows_what_does_not_add_up() -> None:
    data = read("account-statement")
    assert "Not yet allocated" not in text_of("account-statement", data)
    data["open_items"].pop()
    text = text_of("account-statement", data)
    assert "Not yet allocated" in text
    assert "£13,200.60" in text
    assert "66 days overdue" in text


def test_statement_asks_for_nothing_when_nothing_is_overdue() -> None:
    data = read("account-statement")
    text = text_of("account-statement", {**data, "date": "2026-09-01"})
    assert "Nothing is overdue" in text
    assert "Please transfer" not in text


def test_agreement_is_marked_while_it_is_a_draft() -> None:
    data = read("service-agreement")
    draft = ENGINE.render("service-agreement", data, "html").content.decode()
    final = ENGINE.render("service-agreement", {**data, "status": "final"}, "html").content.decode()
    assert "DRAFT" in draft
    assert "DRAFT" not in final
    assert "not binding" not in final


def test_agreement_numbers_move_up_when_a_section_is_left_out() -> None:
    data = read("service-agreement")
    assert "Section 10" in normalise(text_of("service-agreement", data))
    del data["levels"]
    text = normalise(text_of("service-agreement", data))
    assert "Section 9" in text
    assert "Service levels" not in text


def test_minutes_count_votes() -> None:
    text = text_of("meeting-minutes", read("meeting-minutes"))
    assert "Decision 2" in text
    assert "Motion 3, rejected" in text
    assert "took 2 decisions" in text


@pytest.mark.parametrize("file", ["example.json", "example.de.json"])
def test_certificate_fits_one_page(file: str) -> None:
    longest = {**read("certificate", file), "topics": ["A topic of about forty characters, yes"] * 8}
    longest["signers"] = [
        {"name": f"Prof. Dr. Maximiliane Example-Long {n}", "role": "Head of all training"} for n in "123"
    ]
    for data in (read("certificate", file), longest):
        pages = PdfReader(io.BytesIO(ENGINE.render("certificate", data, "pdf").content)).pages
        assert len(pages) == 1
        assert pages[0].mediabox.width > pages[0].mediabox.height


def test_gallery_shows_the_templates_as_they_are() -> None:
    folder = Path(__file__).parents[2] / "docs"
    digests = json.loads((folder / gallery.PICTURES / gallery.DIGESTS).read_text(encoding="utf-8"))
    assert digests == {name: gallery.digest(name) for name in NAMES}, "run `make gallery`"
    page = (folder / gallery.PAGE).read_text(encoding="utf-8")
    for shot in gallery.shots():
        assert f"{gallery.PICTURES}/{shot.file}" in page
        assert 5_000 < (folder / gallery.PICTURES / shot.file).stat().st_size <= 120_000
