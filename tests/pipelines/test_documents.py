import json
from pathlib import Path

import pytest

from configs.errors import ContextError, ModelNotFoundError
from configs.settings import Settings
from pipelines.documents import render_file, verify_file
from templates.library import BUILT_IN

REPORT = BUILT_IN / "monthly-report" / "example.json"
LETTER = BUILT_IN / "business-letter" / "example.json"


@pytest.fixture
def home(settings: Settings) -> Settings:
    settings.prepare()
    return settings


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_render_file_when_texts_are_given_needs_no_model(home: Settings, output: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts.json"
    texts.write_text(json.dumps({"summary": "The month went well."}), encoding="utf-8")
    result = render_file("monthly-report", REPORT, "pdf", output, home, passages=texts)
    assert result.sealed
    assert verify_file(output, home, keys=[]).genuine


def test_render_file_when_no_model_writes_the_passage_says_the_ways_out(home: Settings, output: Path) -> None:
    with pytest.raises(ModelNotFoundError, match=r"`note-summarizer` writes.*--passages"):
        render_file("monthly-report", REPORT, "docx", output, home)
    assert not output.exists()


def test_render_file_when_the_template_is_a_single_word_file(home: Settings, output: Path) -> None:
    path = BUILT_IN / "business-letter" / "template.docx"
    assert render_file(str(path), LETTER, "docx", output, home).sealed
    assert verify_file(output, home, keys=[]).genuine


def test_render_file_when_the_data_lacks_a_field_leaves_nothing(home: Settings, output: Path, tmp_path: Path) -> None:
    data = json.loads(LETTER.read_text(encoding="utf-8"))
    del data["sender"]
    lacking = tmp_path / "data.json"
    lacking.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ContextError, match="sender"):
        render_file("business-letter", lacking, "docx", output, home)
    assert not output.exists()
