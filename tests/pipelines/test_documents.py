import json
from pathlib import Path

import pytest

from configs.errors import ColophonError, ContextError, DocumentError, InputError, ModelNotFoundError
from configs.settings import Settings
from pipelines.documents import render_file, verify_file
from templates import colophon
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


def test_render_file_when_a_theme_is_named_seals_its_name(home: Settings, output: Path, tmp_path: Path) -> None:
    data = BUILT_IN / "invoice" / "example.json"
    render_file("invoice", data, "docx", output, home, theme="modern")
    assert colophon.read(output.read_bytes())["document"]["theme"] == "modern"
    path = tmp_path / "acme.toml"
    path.write_text("[colours]\naccent = '#7a1f3d'\n", encoding="utf-8")
    render_file("invoice", data, "docx", output, home, theme=str(path))
    assert colophon.read(output.read_bytes())["document"]["theme"].startswith("acme.toml, sha256 ")
    assert verify_file(output, home, keys=[]).genuine


@pytest.mark.parametrize(
    ("theme", "said"),
    [
        ("modren", "There is no theme `modren`. Known: classic, modern."),
        ("../modern", "../modern: The file cannot be read"),
        ("none.toml", "none.toml: The file cannot be read"),
    ],
)
def test_render_file_when_there_is_no_such_theme_says_the_way_out(
    home: Settings, output: Path, theme: str, said: str
) -> None:
    with pytest.raises(ColophonError) as caught:
        render_file("invoice", BUILT_IN / "invoice" / "example.json", "pdf", output, home, theme=theme)
    assert said in str(caught.value)
    assert not output.exists()


def test_render_file_when_a_preview_shall_be_verified_is_refused(home: Settings, output: Path) -> None:
    with pytest.raises(InputError, match="cannot be read back"):
        render_file("invoice", BUILT_IN / "invoice" / "example.json", "html", output, home, verify=True)


def test_verify_file_when_it_is_no_document_names_it(home: Settings) -> None:
    with pytest.raises(DocumentError, match=r"example\.json: Expected a DOCX or a PDF"):
        verify_file(LETTER, home, keys=[])
