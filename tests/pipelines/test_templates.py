"""`colophon templates check` and `new`, as they are run."""

import json
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from click.testing import Result
from typer.testing import CliRunner

from pipelines.cli import app

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COLOPHON_HOME", str(tmp_path / "home"))
    return lambda *arguments: CliRunner().invoke(app, ["templates", *map(str, arguments)])


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    document = docx.Document()
    document.core_properties.title = "Letter"
    document.add_paragraph("Dear {{ customer.name }},")
    document.add_paragraph("{{ total | mony('EUR') }}")
    document.save(str(tmp_path / "letter.docx"))
    return tmp_path / "letter.docx"


def test_check_ends_with_status_1_where_there_are_errors(run: Run, letter: Path) -> None:
    result = run("check", letter)

    assert result.exit_code == 1
    assert "✗ document body, paragraph 2" in result.output
    assert "→ Did you mean `money`?" in result.output


def test_check_ends_with_status_0_where_there_are_none(run: Run) -> None:
    result = run("check", "business-letter", "--json")

    values = json.loads(result.output)
    assert result.exit_code == 0
    assert values["healthy"] is True
    assert values["problems"] == []
    assert {"path": "recipient.name", "type": "a text", "required": True, "uses": 1} in values["fields"]


def test_check_writes_comments_into_a_copy(run: Run, letter: Path, tmp_path: Path) -> None:
    before = letter.read_bytes()

    run("check", letter, "--comments", tmp_path / "copy.docx")

    comments = [comment.text for comment in docx.Document(str(tmp_path / "copy.docx")).comments]
    assert any("Did you mean `money`?" in text for text in comments)
    assert letter.read_bytes() == before


def test_check_tries_the_template_with_the_data_given(run: Run, letter: Path, tmp_path: Path) -> None:
    document = docx.Document(str(letter))
    document.paragraphs[1].runs[0].text = "{{ total | money('EUR') }}"
    document.save(str(letter))
    (tmp_path / "data.json").write_text('{"customer": {"nam": "Ida"}, "total": 3}')

    wrong = run("check", letter, "--data", tmp_path / "data.json")
    (tmp_path / "data.json").write_text('{"customer": {"name": "Ida"}, "total": 3}')
    right = run("check", letter, "--data", tmp_path / "data.json")

    assert (wrong.exit_code, right.exit_code) == (1, 0)
    assert "Did you mean `customer.nam`?" in wrong.output


def test_check_counts_what_records_lack(run: Run, tmp_path: Path) -> None:
    run("new", "mine", "--in", tmp_path)
    good = json.loads((tmp_path / "mine" / "example.json").read_text())
    bad = {**good, "customer": {}}
    (tmp_path / "set.jsonl").write_text("".join(json.dumps(record) + "\n" for record in (good, bad, bad)))

    result = run("check", tmp_path / "mine", "--data", tmp_path / "set.jsonl")

    assert result.exit_code == 1
    assert "In 2 of 3 records (records 2, 3)." in result.output


def test_new_starts_a_template_that_passes(run: Run, tmp_path: Path) -> None:
    assert run("new", "mine", "--word", "--in", tmp_path).exit_code == 0
    assert run("new", "mine", "--in", tmp_path).exit_code == 1
    assert run("check", tmp_path / "mine").exit_code == 0


def test_an_unknown_template_is_one_sentence(run: Run) -> None:
    result = run("check", "busines-letter")

    assert result.exit_code == 1
    assert "Did you mean `business-letter`?" in result.output
    assert "Traceback" not in result.output
