import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from configs.errors import ConflictError, ContextError, InputError, TemplateNotFoundError
from configs.settings import Settings
from evaluation.records import Records
from pipelines.merge import FAILURES, _own_folder, _prepare_stores, merge
from pipelines.merge_names import Namer, refuse_collisions
from pipelines.merge_writing import Batch, BatchWriter, Job
from templates import colophon
from templates.library import BUILT_IN

SCHEMA = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    folder = tmp_path / "templates" / "note"
    folder.mkdir(parents=True)
    (folder / "template.toml").write_text('name = "note"\nversion = "1.0.0"\ntitle = "Note"\n')
    (folder / "schema.json").write_text(json.dumps(SCHEMA))
    (folder / "template.md.j2").write_text("# Dear {{ name }}\n\nThank you.\n")
    return folder


def records_of(tmp_path: Path, *lines: Mapping[str, Any] | str) -> Path:
    path = tmp_path / "records.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def settings_in(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home")
    settings.prepare()
    return settings


def job(template: Path, tmp_path: Path, **changes: Any) -> Job:
    settings = settings_in(tmp_path)
    _prepare_stores(settings)
    output, unfinished = tmp_path / "out", tmp_path / "out" / ".merging"
    unfinished.mkdir(parents=True, exist_ok=True)
    values = {"template": str(template), "to": "docx", "output": output, "unfinished": unfinished, "sealed": True}
    values |= {"settings": settings, "namer": Namer(None, "docx"), "request": "merge-1", **changes}
    return Job(**values)


def batch(*lines: bytes) -> Batch:
    return Batch(tuple(enumerate(lines, start=1)), sum(map(len, lines)))


def test_batch_is_sealed_recorded_and_named_by_number(template: Path, tmp_path: Path) -> None:
    task = job(template, tmp_path)
    result = BatchWriter(task).write(batch(b'{"name": "Ada"}', b'{"name": "Grace"}'))
    assert (result.written, result.skipped, result.failures) == (2, 0, ())
    key = colophon.load_or_create_key(task.settings.resolved_signing_key_file)
    files = {path.name: path.read_bytes() for path in task.output.glob("*.docx")}
    assert sorted(files) == ["000001.docx", "000002.docx"]
    digests = set()
    for content in files.values():
        found = colophon.verify(content, [key.public])
        assert found.genuine
        digests.add(found.content_digest)
    with Records.open(task.settings.resolved_records_url) as records:
        rows = records.documents()
    assert {row.content_digest for row in rows} == digests
    assert {row.request_id for row in rows} == {"merge-1-1", "merge-1-2"}
    assert list(task.unfinished.iterdir()) == []


def test_batch_leaves_what_stands_and_replaces_what_is_empty(template: Path, tmp_path: Path) -> None:
    task = job(template, tmp_path, sealed=False)
    (task.output / "000001.docx").write_bytes(b"stands")
    (task.output / "000002.docx").write_bytes(b"")
    result = BatchWriter(task).write(batch(b'{"name": "Ada"}', b'{"name": "Grace"}'))
    assert (result.written, result.skipped) == (1, 1)
    assert (task.output / "000001.docx").read_bytes() == b"stands"
    assert (task.output / "000002.docx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"{", "record 1: Expected JSON, but"),
        (b"[1]", "record 1: Expected a JSON object, but the line holds a list."),
        (b'{"name": "\xff"}', "record 1: Expected UTF-8 text, but byte 10 of the line is not."),
        (b'{"nme": "Ada"}', "record 1: name: `name` is required, but it is missing."),
        (b'{"name": "A\\u0007"}', "record 1: name: The character U+0007 at position 2 cannot stand in a document."),
    ],
)
def test_record_that_fails_is_told_in_one_line_and_the_others_go_on(
    template: Path, tmp_path: Path, line: bytes, sentence: str
) -> None:
    result = BatchWriter(job(template, tmp_path)).write(batch(line, b'{"name": "Ada"}'))
    assert result.written == 1
    (failure,) = result.failures
    assert failure.sentence.startswith(sentence)
    assert "\n" not in failure.sentence
    assert failure.as_dict()["record"] == 1


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Ada Lovelace", "Ada_Lovelace.pdf"),
        ("../../etc/passwd", "etc-passwd.pdf"),
        ("A/B: 7", "A-B-_7.pdf"),
        ("Zoë\n\x00 Łódź", "Zoë_Łódź.pdf"),
        (4711, "4711.pdf"),
        ("x" * 500, "x" * 120 + ".pdf"),
    ],
)
def test_field_names_the_file_safely(value: Any, name: str) -> None:
    assert Namer("customer.id", "pdf").name(1, {"customer": {"id": value}}) == name


@pytest.mark.parametrize("value", ["", "..", "///", None, True, ["a"]])
def test_field_that_cannot_name_a_file_is_an_error(value: Any) -> None:
    with pytest.raises(ContextError, match="name a file"):
        Namer("id", "pdf").name(1, {"id": value})


def test_two_records_of_one_name_are_refused_before_anything_is_written(template: Path, tmp_path: Path) -> None:
    records = records_of(tmp_path, {"name": "Ada"}, "", {"name": "Grace"}, "{", {"name": "ADA"})
    output = tmp_path / "out"
    with pytest.raises(InputError, match="The records 1 and 5 would be written to the same file"):
        merge(str(template), records, "docx", output, settings_in(tmp_path), name="name")
    assert not output.exists()


def test_names_that_differ_pass() -> None:
    lines = [(number, json.dumps({"name": f"n{number}"}).encode()) for number in range(1, 500)]
    refuse_collisions(iter(lines), Namer("name", "pdf"), where="records.jsonl")


def test_format_that_the_template_has_not_is_refused_at_once(template: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written as odt"):
        merge(str(template), tmp_path / "none.jsonl", "odt", tmp_path / "out", settings_in(tmp_path))


def test_theme_that_cannot_be_is_refused_at_once(tmp_path: Path) -> None:
    records, output, settings = tmp_path / "none.jsonl", tmp_path / "out", settings_in(tmp_path)
    with pytest.raises(TemplateNotFoundError, match="There is no theme `modren`"):
        merge("invoice", records, "pdf", output, settings, theme="modren")
    with pytest.raises(InputError, match="takes no theme"):
        merge("business-letter", records, "docx", output, settings, theme="modern")
    assert not output.exists()


def test_batch_is_sealed_with_the_theme_that_is_named(tmp_path: Path) -> None:
    data = json.loads((BUILT_IN / "invoice" / "example.json").read_bytes())
    writer = BatchWriter(job(Path("invoice"), tmp_path, theme="modern"))
    assert writer.write(batch(json.dumps(data).encode())).written == 1
    assert colophon.read((tmp_path / "out" / "000001.docx").read_bytes())["document"]["theme"] == "modern"


def test_second_merge_into_the_same_folder_is_refused(tmp_path: Path) -> None:
    with _own_folder(tmp_path / "out"), pytest.raises(ConflictError), _own_folder(tmp_path / "out"):
        pass


@pytest.mark.slow
def test_merge_goes_over_processes_and_tells_its_failures(template: Path, tmp_path: Path) -> None:
    good = [{"name": f"Guest {number}"} for number in range(60)]
    records = records_of(tmp_path, *good, {"name": 7})
    told: list[str] = []
    output = tmp_path / "out"
    result = merge(str(template), records, "docx", output, settings_in(tmp_path), processes=2, say=told.append)
    assert (result.written, result.failed, result.processes) == (60, 1, 2)
    assert [line for line in told if line.startswith("record ")] == [
        "record 61: name: `name` must be a text, but it is 7."
    ]
    (failure,) = (json.loads(line) for line in (output / FAILURES).read_text().splitlines())
    assert failure == {
        "record": 61,
        "error": {
            "code": "invalid_data",
            "message": "`name` must be a text, but it is 7.",
            "where": "name",
            "hint": None,
        },
    }
    records_of(tmp_path, *good, {"name": "mended"})
    again = merge(str(template), records, "docx", output, settings_in(tmp_path), processes=1, say=told.append)
    assert (again.written, again.skipped, again.failed) == (1, 60, 0)
    assert sorted(path.name for path in output.iterdir()) == [f"{number:06}.docx" for number in range(1, 62)]


@pytest.mark.slow
def test_merge_that_was_killed_goes_on_where_it_was(template: Path, tmp_path: Path) -> None:
    records = records_of(tmp_path, *({"name": f"Guest {number}"} for number in range(1_000)))
    output = tmp_path / "out"
    command = [sys.executable, "-m", "pipelines.cli", "merge", str(template), "--data", str(records), "--to", "docx"]
    command += ["-o", str(output), "--processes", "1", "--json"]
    environment = {**os.environ, "COLOPHON_HOME": str(tmp_path / "home")}
    first = subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while len(list(output.glob("*.docx"))) < 50 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    stood = {path.name: path.stat().st_mtime_ns for path in output.glob("*.docx")}
    assert 50 <= len(stood) < 1_000
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(again.stdout)["skipped"] == len(stood)
    assert len(list(output.glob("*.docx"))) == 1_000
    assert all((output / name).stat().st_mtime_ns == time_ for name, time_ in stood.items())
    assert [path.name for path in output.iterdir() if path.suffix != ".docx"] == []
