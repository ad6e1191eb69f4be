"""Templates from outside run in processes that can be stopped, and that nothing is left of."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from configs.errors import ContextError, DependencyError, LimitError, TemplateError
from templates.compiled import CompiledTemplate
from templates.engine import DocumentEngine
from templates.library import BUILT_IN, TemplateFiles, read_folder
from templates.worker import frames, process, serve
from templates.worker.isolated import IsolatedTemplate, WorkerLimits, rendering_pool
from templates.worker.pool import WorkerPool
from templates.worker.process import Program, WorkerLostError, WorkerProcess
from templates.worker.scratch import make_scratch

LIMITS = WorkerLimits(seconds=2, memory_mb=300, processes=1)
HEAD = b'name = "t"\nversion = "1"\ntitle = "T"\n'


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    made = rendering_pool(LIMITS)
    yield made
    made.close()


def template(source: str, *, schema: Any = None, head: bytes = HEAD) -> TemplateFiles:
    files = {"template.toml": head, "template.md.j2": source.encode(), "schema.json": json.dumps(schema or {}).encode()}
    return TemplateFiles("t", files, f"{hash((source, json.dumps(schema), head))}")


def isolated(pool: WorkerPool, source: str, **options: Any) -> IsolatedTemplate:
    return IsolatedTemplate(template(source, **options), pool, LIMITS)


@pytest.mark.parametrize("name", ["monthly-report", "business-letter"])
def test_worker_writes_the_same_bytes_as_this_process(pool: WorkerPool, name: str) -> None:
    files = read_folder(BUILT_IN / name)
    here, there = CompiledTemplate(files), IsolatedTemplate(files, pool, LIMITS)
    example = here.example()
    assert there.example() == example
    assert there.manifest == here.manifest
    for to in here.manifest.formats:
        if to == "pdf" and here.manifest.source == "word":
            continue
        assert there.write(example, {}, to) == here.write(example, {}, to)


def test_worker_answers_with_the_error_that_this_process_would_raise(pool: WorkerPool) -> None:
    schema = {"type": "object", "required": ["a"]}
    for source, data in [("{{ b }}\n", {"a": 1}), ("x\n", {}), ("{{ a }}\n", {"a": None})]:
        files = template(source, schema=schema)
        with pytest.raises((ContextError, TemplateError)) as here:
            CompiledTemplate(files).write(data, {}, "html")
        with pytest.raises(type(here.value)) as there:
            IsolatedTemplate(files, pool, LIMITS).write(data, {}, "html")
        assert there.value.as_dict() == here.value.as_dict()


def test_template_is_refused_when_it_cannot_be_compiled(pool: WorkerPool) -> None:
    with pytest.raises(TemplateError, match="line 3"):
        isolated(pool, "a\n\n{% if %}\n")


def test_fallback_and_check_are_the_worker_s(pool: WorkerPool) -> None:
    head = HEAD + b'[[passages]]\nname = "sum"\nsource = "notes"\nfallback = "{{ n }} orders."\n'
    made = isolated(pool, "{{ passages.sum }}\n", schema={"required": ["n"]}, head=head)
    assert made.fallback("sum", {"n": 3}) == "3 orders."
    assert b"3 orders." in made.write({"n": 3}, {}, "html")[0]
    assert b"Given." in made.write({"n": 3}, {"sum": "Given."}, "html")[0]
    with pytest.raises(ContextError, match="`n` is required"):
        made.check({})


def test_document_is_stopped_when_it_takes_too_long(pool: WorkerPool) -> None:
    # Within the sandbox's limits, without a character printed, and many times the two seconds on any machine.
    work = "{% if range(9000) | sum == 1 %}x{% endif %}"
    loops = f"{{% for a in range(9000) %}}{{% for b in range(90) %}}{work}{{% endfor %}}{{% endfor %}}\n"
    slow = isolated(pool, loops)
    before = pool.process_ids()
    with pytest.raises(LimitError, match=r"^t: The template took longer than 2 s\.") as caught:
        slow.write({}, {}, "html")
    assert caught.value.hint
    assert pool.process_ids() != before
    assert b"still here" in isolated(pool, "still here\n").write({}, {}, "html")[0]


def test_document_is_stopped_when_it_needs_too_much_memory(pool: WorkerPool) -> None:
    lists = (
        "{% set n.long = n.long + n.long %}" * 3 + "{% for i in range(90) %}{% set n.all = n.all + [n.long + [i]] %}"
    )
    greedy = isolated(pool, "{% set n = namespace(long=range(90000) | list, all=[]) %}\n" + lists + "{% endfor %}\n")
    with pytest.raises(LimitError, match=r"^t/template.md.j2, line 2: The template needed more memory"):
        greedy.write({}, {}, "html")
    assert b"still here" in isolated(pool, "still here\n").write({}, {}, "html")[0]


def test_document_is_lost_alone_when_its_worker_is_killed() -> None:
    pool = rendering_pool(LIMITS)
    made = isolated(pool, "{{ n }}\n")
    (victim,) = pool.process_ids()
    os.kill(victim, signal.SIGKILL)
    with pytest.raises(TemplateError, match="its process ended"):
        made.write({"n": 1}, {}, "html")
    assert b"2" in made.write({"n": 2}, {}, "html")[0]
    assert pool.process_ids() != [victim]
    pool.close()
    assert pool.process_ids() == []


def test_worker_has_no_network_no_files_and_no_other_program(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    worker = WorkerProcess(Program("tests.templates.curious_worker", memory_mb=300, extra={"secret": str(secret)}))
    answer, _ = worker.call({}, (), seconds=10)
    worker.end()
    assert set(answer["tried"].values()) == {"refused"}, answer["tried"]
    assert answer["kernel_files"] in ("refused", "no landlock")
    assert "COLOPHON_SECRET" not in answer["environment"]


def test_worker_ends_with_its_parent_whatever_it_does() -> None:
    script = (
        "import sys, threading, time; from templates.worker.isolated import *;"
        "from templates.worker.process import *;"
        "w = WorkerProcess(Program('templates.worker.rendering', memory_mb=300)); w.wait_until_ready();"
        "print(w.process_id, w.scratch, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=os.environ)
    assert parent.stdout is not None
    number = int(parent.stdout.readline().split()[0])
    assert Path(f"/proc/{number}").exists()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while _runs(number) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _runs(number)


def test_worker_leaves_nothing_when_it_is_ended() -> None:
    worker = WorkerProcess(Program("templates.worker.rendering", memory_mb=300))
    scratch, number = worker.scratch, worker.process_id
    assert scratch.is_dir()
    worker.end()
    worker.end()
    assert not scratch.exists()
    assert not _runs(number)
    with pytest.raises((WorkerLostError, ValueError, OSError)):
        worker.call({}, (), seconds=1)


def test_folder_of_a_killed_parent_is_removed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    make_scratch.__globals__["_remove_left_over"].cache_clear()
    (tmp_path / "colophon-worker-strange").mkdir()
    dead, held = make_scratch()
    alive, _ = make_scratch()
    os.close(held)
    make_scratch.__globals__["_remove_left_over"].cache_clear()
    fresh, _ = make_scratch()
    assert not dead.exists()
    assert {path.name for path in tmp_path.iterdir()} == {alive.name, fresh.name, "colophon-worker-strange"}


def test_pool_replaces_a_worker_when_it_has_served_its_time() -> None:
    pool = WorkerPool(Program("templates.worker.rendering", memory_mb=300), size=1, retire_after=2)
    made = isolated(pool, "{{ n }}\n")  # the first message
    first = pool.process_ids()
    made.write({"n": 1}, {}, "html")
    assert pool.process_ids() != first
    made.write({"n": 1}, {}, "html")
    pool.close()


def test_pool_tries_once_more_when_a_worker_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = []
    wait = WorkerProcess.wait_until_ready

    def wait_or_fail(worker: WorkerProcess) -> None:
        attempts.append(worker.process_id)
        if len(attempts) == 1:
            raise DependencyError("It hangs.")
        wait(worker)

    monkeypatch.setattr(WorkerProcess, "wait_until_ready", wait_or_fail)
    pool = rendering_pool(LIMITS)
    assert b"up" in isolated(pool, "up\n").write({}, {}, "html")[0]
    assert not _runs(attempts[0])
    pool.close()
    broken = WorkerPool(Program("templates.worker.nothing", memory_mb=300), size=1)
    with pytest.raises(DependencyError, match=r"does not start: status 1"), broken.worker():
        pass
    broken.close()


def test_pool_tries_once_more_when_a_program_hangs_while_it_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(process, "_START_SECONDS", 5)
    program = Program("tests.templates.hanging_worker", memory_mb=300, extra={"marker": str(tmp_path / "started")})
    pool = WorkerPool(program, size=1)
    pool.start()
    (hanging,) = pool.process_ids()
    with pool.worker() as worker:
        header, blobs = worker.call({"n": 1}, [b"x"], seconds=20)
    assert (header["n"], blobs) == (1, [b"x"])
    assert not _runs(hanging)
    pool.close()


def test_threads_share_few_workers_and_get_their_own_documents() -> None:
    limits = WorkerLimits(seconds=20, memory_mb=400, processes=2)
    pool = rendering_pool(limits)
    made = [IsolatedTemplate(template(f"{letter} {{{{ n }}}}\n"), pool, limits) for letter in "abc"]
    wrong: list[str] = []

    def work(number: int) -> None:
        for turn in range(5):
            letter = "abc"[(number + turn) % 3]
            content, _ = made[(number + turn) % 3].write({"n": f"{number}-{turn}"}, {}, "html")
            if f"{letter} {number}-{turn}".encode() not in content:
                wrong.append(f"{number}-{turn}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(pool.process_ids()) <= 2
    pool.close()


def test_engine_isolates_templates_from_outside_only(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, content in template("{{ n }}\n").files.items():
        (folder / name).write_bytes(content.replace(b'"t"', b'"mine"'))
    with DocumentEngine([tmp_path]) as engine:
        assert isinstance(engine._compile("mine"), IsolatedTemplate)
        assert isinstance(engine._compile(folder), IsolatedTemplate)
        assert isinstance(engine._compile("monthly-report"), CompiledTemplate)
        assert b">7</p>" in engine.render("mine", {"n": 7}, "html").content
        inside = DocumentEngine([tmp_path], isolate=False)
        assert inside.render("mine", {"n": 7}, "docx") == engine.render("mine", {"n": 7}, "docx")


def test_message_is_refused_when_it_is_none() -> None:
    for written in (
        b"",
        b"\x01",
        b"\xff" * 8,
        b"\x02\0\0\0\0\0\0\0[]",
        b"\x01\0\0\0\0\0\0\0{",
        b"\x02\0\0\0\x01\0\0\0{}",
    ):
        reader, writer = os.pipe()
        os.write(writer, written)
        os.close(writer)
        with pytest.raises(EOFError):
            frames.receive(reader, seconds=1)
        os.close(reader)


def test_message_comes_through_whole_when_it_is_larger_than_a_pipe() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    header, blobs = {"a": "é\ud800", "n": 10**30, "f": 0.1}, [b"", b"x" * 3_000_000]
    thread = threading.Thread(target=frames.send, args=(writer, header, blobs), kwargs={"seconds": 10})
    thread.start()
    assert frames.receive(reader, seconds=10) == (header, blobs)
    thread.join()
    with pytest.raises(TimeoutError):
        frames.receive(reader, seconds=0.01)


def test_options_are_read_from_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"lifeline": 3, "scratch": "/x", "memory_mb": 1, "extra": {}}
    monkeypatch.setattr("sys.argv", ["worker", json.dumps(given)])
    assert serve.Options.from_arguments() == serve.Options(**given)


def _runs(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_engine_is_shared_by_many_threads_and_templates(tmp_path: Path) -> None:
    """Templates of the package, isolated ones and single files, all at once, each compiled while others render."""
    for number in range(4):
        folder = tmp_path / f"mine-{number}"
        folder.mkdir()
        for name, content in template(f"{number} {{{{ n }}}}\n").files.items():
            (folder / name).write_bytes(content.replace(b'"t"', f'"mine-{number}"'.encode()))
    own = DocumentEngine()
    expected = {name: own.render(name, own.example(name), "docx").content_digest for name in ("business-letter",)}
    wrong: list[str] = []
    with DocumentEngine([tmp_path], limits=WorkerLimits(processes=2)) as engine:

        def work(number: int) -> None:
            for turn in range(4):
                name = f"mine-{(number + turn) % 4}"
                content = engine.render(name, {"n": number * 10 + turn}, "html").content
                if f"{(number + turn) % 4} {number * 10 + turn}".encode() not in content:
                    wrong.append(name)
                for known, digest in expected.items():
                    if engine.render(known, engine.example(known), "docx").content_digest != digest:
                        wrong.append(known)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong
