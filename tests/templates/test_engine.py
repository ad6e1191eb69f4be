import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from configs.errors import (
    ContextError,
    InputError,
    LimitError,
    TemplateError,
    TemplateNotFoundError,
)
from configs.files import digest_of, digest_of_folder
from templates import DocumentEngine

MakeTemplate = Callable[..., DocumentEngine]
SUMMARY = """
[[passages]]
name = "summary"
source = "notes"
fallback = "There are {{ notes | length }} notes, and {{ who }}."
"""


def test_render_says_what_the_document_was_made_from(make_template: MakeTemplate) -> None:
    engine = make_template("Dear {{ who }}\n")
    rendered = engine.render("letter", {"who": "Ada"}, "docx")
    assert (rendered.template, rendered.template_version, rendered.format) == ("letter", "1.0.0", "docx")
    assert rendered.template_digest == digest_of_folder(engine._library.find("letter"))
    assert rendered.data_digest == digest_of({"who": "Ada"})
    assert rendered.media_type.endswith("wordprocessingml.document")
    assert {"typst", "zlib", "jinja2"} <= set(rendered.engine)
    assert "PK" not in repr(rendered)


def test_passage_is_the_given_text_or_its_fallback(make_template: MakeTemplate) -> None:
    engine = make_template('::: passage {name="summary" class="lead"}\n:::\n', manifest=SUMMARY)
    data = {"notes": ["a", "b"], "who": "# Ada | <b>"}
    assert engine.fallback("letter", "summary", data) == "There are 2 notes, and # Ada | <b>."
    without = engine.render("letter", data, "html").content.decode()
    assert '<p class="lead">There are 2 notes, and # Ada | &lt;b&gt;.</p>' in without
    given = engine.render(
        "letter", data, "html", passages={"summary": "**One** line\nof <b>.\n\nTwo."}
    ).content.decode()
    assert '<p class="lead">**One** line of &lt;b&gt;.</p>\n<p class="lead">Two.</p>' in given


def test_passage_is_refused_when_it_is_not_declared_or_cannot_be_printed(make_template: MakeTemplate) -> None:
    engine = make_template("x {{ passages.summary }}\n", manifest=SUMMARY)
    data = {"notes": [], "who": "x"}
    with pytest.raises(ContextError, match="Did you mean `summary`"):
        engine.render("letter", data, "html", passages={"sumary": "x"})
    with pytest.raises(ContextError, match=r"passages\.summary"):
        engine.render("letter", data, "html", passages={"summary": "\x00"})
    with pytest.raises(ContextError, match="passages"):
        engine.render("letter", {**data, "passages": {}}, "html")
    with pytest.raises(TemplateError, match="fallback of `summary`"):
        engine.render("letter", {}, "html")


def test_manifest_names_passages_and_source(make_template: MakeTemplate) -> None:
    manifest = make_template("x\n", manifest=SUMMARY).manifest("letter")
    assert manifest.source == "markdown"
    assert [(spec.name, spec.task, spec.source, spec.max_sentences) for spec in manifest.passages] == [
        ("summary", "summarization", "notes", 3)
    ]


@pytest.mark.parametrize("name", ["leter", "", "../letter", "/etc", "letter/..", "LETTER", "a" * 500, "letter\n"])
def test_template_is_not_found_when_its_name_is_wrong(make_template: MakeTemplate, name: str) -> None:
    engine = make_template("x\n")
    with pytest.raises(TemplateNotFoundError):
        engine.render(name, {}, "docx")


def test_version_is_checked_when_it_is_asked_for(make_template: MakeTemplate) -> None:
    engine = make_template("x\n")
    assert engine.render("letter@1.0.0", {}, "html").template_version == "1.0.0"
    with pytest.raises(TemplateNotFoundError, match=r"There is 1\.0\.0"):
        engine.render("letter@2", {}, "html")


def test_format_is_refused_when_it_is_not_offered(make_template: MakeTemplate) -> None:
    engine = make_template("x\n", manifest='formats = ["pdf"]\n')
    with pytest.raises(TemplateError, match=r"Ask for pdf"):
        engine.render("letter", {}, "docx")
    with pytest.raises(InputError, match="no format"):
        engine.render("letter", {}, "odt")  # type: ignore[arg-type]


def test_word_template_gives_no_preview_and_says_so() -> None:
    engine = DocumentEngine()
    example = engine.example("business-letter")
    assert engine.render("business-letter", example, "docx").content.startswith(b"PK")
    with pytest.raises(TemplateError, match=r"cannot be written as html. Ask for docx"):
        engine.render("business-letter", example, "html")


def test_template_is_compiled_once_until_its_files_change(make_template: MakeTemplate) -> None:
    engine = make_template("old\n")
    first = engine._compile("letter")
    assert engine._compile("letter") is first
    folder = engine._library.find("letter")
    (folder / "template.md.j2").touch()
    assert engine._compile("letter") is first
    (folder / "template.md.j2").write_text("new text\n")
    assert b"new text" in engine.render("letter", {}, "html").content


def test_given_folders_come_before_the_library(tmp_path: Path) -> None:
    folder = tmp_path / "monthly-report"
    folder.mkdir()
    (folder / "template.toml").write_text('name = "monthly-report"\nversion = "9"\ntitle = "Mine"\n')
    (folder / "template.md.j2").write_text("mine\n")
    (folder / "schema.json").write_text("{}")
    manifests = {manifest.name: manifest for manifest in DocumentEngine([tmp_path], isolate=False).templates()}
    assert manifests["monthly-report"].version == "9"
    assert "business-letter" in manifests


def test_broken_template_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "template.toml").write_text("name = 3\n")
    engine = DocumentEngine([tmp_path], isolate=False)
    assert {"invoice", "quote"} <= {manifest.name for manifest in engine.templates()}
    ((name, error),) = engine.broken_templates().items()
    assert (name, "broken" in str(error)) == ("broken", True)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"template.toml": 'name = "letter"\nversion = "1"\n'}, "key `title`"),
        (
            {"template.toml": 'name = "letter"\nversion = "1"\ntitle = "T"\nformat = ["pdf"]\n'},
            "Did you mean `formats`",
        ),
        ({"template.toml": 'name = "letter"\nversion = 1\ntitle = "T"\n'}, "key `version`"),
        ({"template.toml": 'name = "other"\nversion = "1"\ntitle = "T"\n'}, "folder's name must be `other`"),
        ({"template.toml": "name = \n"}, "Expected TOML"),
        ({"template.toml": 'name = "letter"\nversion = "1"\ntitle = "T"\nlocale = "xx_YY"\n'}, "locale"),
        ({"template.toml": 'name = "letter"\nversion = "1"\ntitle = "T"\n[theme]\naccent = "red"\n'}, "accent"),
        ({"template.toml": 'name = "letter"\nversion = "1"\ntitle = "T"\nsource = "word"\n'}, "key `source`"),
        ({"template.md.j2": None}, "has 0"),
        ({"template.docx": ""}, "has 2"),
        ({"schema.json": None}, "no file `schema.json`"),
        ({"template.toml": 'name = "letter"\nversion = "1"\ntitle = "T"\n' + SUMMARY * 2}, "same name"),
        (
            {"template.toml": 'name = "letter"\nversion = "1"\ntitle = "T"\n' + SUMMARY.replace("}}.", "")},
            "fallback of",
        ),
    ],
)
def test_template_is_refused_with_its_place_when_a_file_is_wrong(
    make_template: MakeTemplate, files: dict[str, str | None], words: str
) -> None:
    engine = make_template("x\n")
    folder = engine._library.find("letter")
    for name, content in files.items():
        (folder / name).unlink(missing_ok=True)
        if content is not None:
            (folder / name).write_text(content)
    with pytest.raises(TemplateError) as caught:
        engine.manifest("letter")
    assert words in str(caught.value)
    assert caught.value.where is not None
    assert caught.value.where.startswith("letter")


def test_template_is_refused_when_a_link_leads_out_or_it_is_too_large(
    make_template: MakeTemplate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make_template("x\n")
    folder = engine._library.find("letter")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(TemplateError, match="leads out"):
        engine.manifest("letter")
    (folder / "link.txt").unlink()
    monkeypatch.setattr("templates.library.MAX_FILES", 2)
    with pytest.raises(LimitError):
        engine.manifest("letter")


def test_example_is_refused_when_it_is_no_json(make_template: MakeTemplate) -> None:
    engine = make_template("x\n", files={"example.json": b"{"})
    with pytest.raises(TemplateError, match=r"letter/example\.json"):
        engine.example("letter")


def test_threads_share_an_engine(make_template: MakeTemplate) -> None:
    source = '# {{ n }}\n\n::: chart {data="rows" label="k" value="v" title="t"}\n:::\n'
    engine = make_template(source)
    expected = {}
    found: dict[int, list[str]] = {number: [] for number in range(6)}

    def data(number: int) -> dict[str, object]:
        return {"n": number, "rows": [{"k": "é", "v": number}, {"k": "b", "v": 2}]}

    def work(number: int) -> None:
        for to in ("docx", "pdf"):
            found[number].append(engine.render("letter", data(number), to).content_digest)  # type: ignore[arg-type]

    threads = [threading.Thread(target=work, args=(number,)) for number in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in found:
        expected[number] = [engine.render("letter", data(number), to).content_digest for to in ("docx", "pdf")]  # type: ignore[arg-type]
    assert found == expected
    assert len({digest for digests in found.values() for digest in digests}) == 12


def test_data_survives_rendering_unchanged(make_template: MakeTemplate) -> None:
    engine = make_template("{% set x = rows | sort(attribute='a') | list %}{{ x[0].a }}\n")
    data = {"rows": [{"a": 2}, {"a": 1}]}
    before = json.dumps(data)
    engine.render("letter", data, "html")
    assert json.dumps(data) == before
