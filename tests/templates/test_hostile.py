"""Every attack is refused with one sentence, or does no harm: within 2 s and 300 MB, which the worker's limits hold."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from configs.errors import ColophonError, InputError, LimitError, TemplateError
from templates.engine import DocumentEngine
from templates.library import MAX_FILES, TemplateFiles, read_folder
from templates.readback import normalise, text_of_docx, text_of_pdf
from templates.worker.isolated import IsolatedTemplate, WorkerLimits, rendering_pool
from templates.worker.pool import WorkerPool
from tests.templates.conftest import MakeTemplate
from tests.templates.hostile import Attack, attacks, package, word_template

LIMITS = WorkerLimits(seconds=2, memory_mb=300, processes=1)
ATTACKS = list(attacks())


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    made = rendering_pool(LIMITS)
    yield made
    made.close()


def _marked(attack: Attack) -> object:
    """Attacks that only the clock stops take two seconds each, and a new worker."""
    return pytest.param(attack, id=attack.name, marks=[pytest.mark.slow] if attack.is_patient else [])


@pytest.mark.parametrize("attack", [_marked(attack) for attack in ATTACKS])
def test_attack_is_refused_with_a_sentence_or_does_no_harm(pool: WorkerPool, attack: Attack) -> None:
    files = TemplateFiles("t", attack.files, attack.name)
    try:
        template = IsolatedTemplate(files, pool, LIMITS)
        for to in template.manifest.formats:
            template.write(attack.data, {}, to)
    except InputError as error:
        _check_sentence(error)
    else:
        assert not attack.must_fail


def test_attacks_are_many_and_of_all_kinds() -> None:
    kinds = {attack.name.split()[0] for attack in ATTACKS}
    assert kinds == {"escape", "growth", "nesting", "word", "schema", "asset", "manifest", "data"}
    assert len(ATTACKS) > 400


def test_worker_survives_the_attacks_it_answers(pool: WorkerPool) -> None:
    files = next(attack.files for attack in ATTACKS if attack.name == "escape 0")
    template = IsolatedTemplate(TemplateFiles("t", {**files, "template.md.j2": b"x\n"}, "harmless"), pool, LIMITS)
    template.write({}, {}, "html")
    before = pool.process_ids()
    for attack in ATTACKS:
        if attack.name.startswith("escape"):
            with pytest.raises(InputError):
                IsolatedTemplate(TemplateFiles("t", attack.files, attack.name), pool, LIMITS).write(
                    attack.data, {}, "html"
                )
    assert pool.process_ids() == before


@pytest.mark.parametrize(
    "value",
    [
        '#read("/etc/passwd")',
        '#import "@preview/example:0.1.0"',
        '#eval("1+1")',
        "#sys.inputs",
        "$x^2$ *b* _i_ `c` <label> @ref = h",
        "#set page(width: 1pt)",
        "\\u{41} \\ #h(1em)",
        "] #panic() [",
        '"); #panic("',
        "{{ n }} {% for %} {# #}",
        "# h\n- l\n| a |\n::: callout\n[a](b) ![a](b) <b>&amp;",
        "</w:t></w:r></w:p><w:p/>",
        "]]><!-- --><?x ?>",
    ],
)
def test_value_stays_text_whatever_language_it_speaks(make_template: MakeTemplate, value: str) -> None:
    engine = make_template(
        '# {{ v }}\n\na {{ v }} b\n\n| {{ v }} |\n|---|\n| {{ v }} |\n\n::: callout {title="{{ v }}"}\n{{ v }}\n:::\n'
    )
    for to, read in (("docx", text_of_docx), ("pdf", text_of_pdf)):
        text = normalise(read(engine.render("letter", {"v": value, "n": 1}, to).content))  # type: ignore[arg-type]
        assert text.replace(" ", "").count(normalise(value).replace(" ", "")) >= 6


def test_folder_is_refused_when_its_files_lead_out(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "x.svg").write_text("<svg/>")
    folder = _folder(tmp_path)
    for name, target in (("a.svg", "../secret/x.svg"), ("b.svg", "/etc/passwd"), ("c.svg", "../t/../secret/x.svg")):
        (folder / name).symlink_to(target)
        with pytest.raises(TemplateError, match="leads out"):
            read_folder(folder)
        (folder / name).unlink()


def test_folder_shows_nothing_of_linked_folders_pipes_and_devices(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "etc").symlink_to("/etc")
    (folder / "loop").symlink_to(".")
    (folder / "broken").symlink_to("nowhere")
    (folder / "zero").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe")
    assert set(read_folder(folder).files) == {"template.toml", "template.md.j2", "schema.json"}


def test_folder_is_refused_when_it_is_too_large(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    with (folder / "sparse").open("wb") as file:
        file.truncate(10 << 30)
    with pytest.raises(LimitError, match="100 MB"):
        read_folder(folder)
    (folder / "sparse").unlink()
    for number in range(MAX_FILES):
        (folder / f"{number}").touch()
    with pytest.raises(LimitError, match="500 files"):
        read_folder(folder)


def test_text_is_never_taken_for_a_path(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    engine = DocumentEngine(isolate=False)
    for name in (
        str(folder),
        "../t",
        "./t",
        f"{folder}/template.md.j2",
        "t/../t",
        "/etc/passwd",
        "t\x00",
        ".",
        "",
        "t@../x",
    ):
        with pytest.raises(ColophonError) as caught:
            engine.render(name, {}, "html")
        _check_sentence(caught.value)
    assert engine.render(folder, {}, "html").content


@pytest.mark.parametrize("name", ["nowhere.docx", "t/template.md.j2", "t/none", "t/schema.json"])
def test_path_is_refused_when_nothing_to_render_is_there(tmp_path: Path, name: str) -> None:
    _folder(tmp_path)
    with pytest.raises(ColophonError) as caught:
        DocumentEngine(isolate=False).render(tmp_path / name, {}, "docx")
    _check_sentence(caught.value)


def test_lone_word_file_is_attacked_in_vain(tmp_path: Path) -> None:
    path = tmp_path / "evil.docx"
    with DocumentEngine(limits=LIMITS) as engine:
        for content in (b"", b"PK", word_template(package())["template.toml"], package(**{"../x": b""})):
            path.write_bytes(content)
            with pytest.raises(TemplateError) as caught:
                engine.render(path, {}, "docx")
            _check_sentence(caught.value)


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "t"
    folder.mkdir()
    for name, content in next(attack.files for attack in ATTACKS if attack.name == "nesting 0").items():
        (folder / name).write_bytes(content if name != "template.md.j2" else b"x\n")
    return folder


def _check_sentence(error: ColophonError) -> None:
    assert "\n" not in error.message
    assert error.message.endswith(".")
    assert "Traceback" not in str(error)
    assert "The template could not be rendered" not in error.message, error.message
