"""The templates that ship with the package: each is right with its own example, in every format it offers."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader

from configs.errors import ContextError
from templates.engine import DocumentEngine
from templates.library import BUILT_IN
from templates.readback import normalise, text_of_docx, text_of_pdf

ENGINE = DocumentEngine()
NAMES = [manifest.name for manifest in ENGINE.templates()]
MARKDOWN = [manifest.name for manifest in ENGINE.templates() if manifest.source == "markdown"]


@pytest.mark.parametrize("name", NAMES)
def test_example_fits_and_renders_without_warning(name: str) -> None:
    example = ENGINE.example(name)
    for to in ENGINE.manifest(name).formats:
        rendered = ENGINE.render(name, example, to)
        assert rendered.warnings == ()
        assert len(rendered.content) > 1_000


@pytest.mark.parametrize("name", MARKDOWN)
def test_text_is_the_same_in_docx_and_pdf(name: str) -> None:
    example = ENGINE.example(name)
    word = ENGINE.render(name, example, "docx").content
    pdf = ENGINE.render(name, example, "pdf").content
    assert normalise(text_of_docx(word)) == normalise(text_of_pdf(pdf))
    assert len(normalise(text_of_docx(word))) > 500


@pytest.mark.parametrize("name", NAMES)
def test_same_bytes_in_another_process_zone_locale_and_hash_seed(name: str) -> None:
    code = (
        "import sys, hashlib; from templates.engine import DocumentEngine; e = DocumentEngine();"
        "n = sys.argv[1];"
        "print([e.render(n, e.example(n), f).content_digest for f in e.manifest(n).formats])"
    )
    seen = {
        repr([ENGINE.render(name, ENGINE.example(name), to).content_digest for to in ENGINE.manifest(name).formats])
    }
    for zone, seed, locale in (("Asia/Kathmandu", "1", "C"), ("America/St_Johns", "77", "de_DE.UTF-8")):
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": locale}
        result = subprocess.run(
            [sys.executable, "-c", code, name],
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
