"""Documents: how long ours take, beside the floor and the engines that people use today.

    make bench-setup                          # the other engines, once; without them they are listed as not here
    .venv/bin/python benchmarks/documents.py  # everything: about half an hour on two cores
    .venv/bin/python benchmarks/documents.py --quick --only docx-invoice

Each engine runs in a process of its own, and they take turns of a few documents, so that a noisy machine is noisy for
all of them. No document is like another. The first document of each is not counted, and read back: one that lacks
what the data says ends the run. Medians of the turns are printed, and how many times ours they are.
"""

import argparse
import contextlib
import importlib.metadata
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEERS = HERE.parent / "build" / "bench"
sys.path.insert(0, str(HERE / "peers"))

import content  # noqa: E402 - the folder of the peers is no package: their own Pythons read it too
import merging  # noqa: E402
import word_sources  # noqa: E402
from font_source_sans_pro import font_directory  # noqa: E402
from lxml import etree  # noqa: E402
from pypdf import PdfReader  # noqa: E402

_IN_OUR_PYTHON = ("colophon", "colophon-isolated", "colophon-markdown", "floor", "typst-by-hand")
_OPTIONS = ("tagged", "isolated")  # what stands behind the last hyphen of an engine's name, and is told to it
_UNDER_NODE = ("docxtemplater", "carbone")
_WORD_ENGINES = ("colophon", "floor", "docxtpl", "docxtemplater", "carbone", "python-docx")
_PDF_ENGINES = ("colophon", "typst-by-hand", "weasyprint", "weasyprint-tagged", "reportlab")
_MODULES = {"typst-by-hand": "typst", "python-docx": "python_docx"}


_COMPARED = 30  # letters, less than a line


@dataclass(frozen=True)
class Work:
    """Documents of one kind.

    Attributes:
        kind: `invoice`, `report` or `table`.
        make: number to data.
        repeats: how many turns each engine gets.
        turn: how many documents it writes in one turn.
    """

    name: str
    kind: str
    make: Callable[[int], dict[str, Any]]
    engines: tuple[str, ...]
    repeats: int
    turn: int


@dataclass(frozen=True)
class Row:
    """One line of the result."""

    work: str
    engine: str
    version: str
    median_ms: float
    times_ours: float
    notes: dict[str, Any] = field(default_factory=dict)


def _works() -> list[Work]:
    tables = [
        Work(
            f"docx-{rows // 1000}k-rows",
            "table",
            lambda number, rows=rows: content.table(number, rows),
            engines,
            repeats,
            1,
        )
        for rows, engines, repeats in (
            (1_000, ("colophon", "colophon-markdown", "floor", "docxtpl"), 7),
            (10_000, ("colophon", "colophon-markdown", "floor"), 5),
        )
    ]
    return [
        Work("docx-invoice", "invoice", content.invoice, (*_WORD_ENGINES, "colophon-isolated"), 15, 10),
        Work("pdf-invoice", "invoice", content.invoice, _PDF_ENGINES, 15, 3),
        Work("pair-invoice", "invoice", content.invoice, ("colophon",), 15, 2),
        Work("docx-report", "report", content.report, _WORD_ENGINES, 7, 2),
        Work("pdf-report", "report", content.report, _PDF_ENGINES, 4, 1),
        *tables,
    ]


def main() -> None:
    """Measure, print, and write what a program may read."""
    works = _works()
    names = [work.name for work in works] + [merging.NAME]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=names, action="append", help="measure only this; may be given twice")
    parser.add_argument("--quick", action="store_true", help="few repeats, 2,000 letters")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows as JSON")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep one document of each engine")
    arguments = parser.parse_args()
    chosen = arguments.only or names
    rows: list[Row] = []
    print(f"{'work':<15} {'engine':<18} {'version':<10} {'median ms':>10} {'× ours':>7}  documents/s per core")
    for work in works:
        if work.name in chosen:
            repeats = max(2, work.repeats // 5) if arguments.quick else work.repeats
            rows += _measure(work, repeats, arguments.keep)
    if merging.NAME in chosen:
        for sealed in (True, False):
            rows.append(Row(**merging.measure(2_000 if arguments.quick else 100_000, sealed=sealed)))
            _print(rows[-1])
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")


def _measure(work: Work, repeats: int, keep: Path | None) -> list[Row]:
    with tempfile.TemporaryDirectory() as made, contextlib.ExitStack() as processes:
        folder = Path(made)
        _furnish(folder, work.kind)
        engines = [processes.enter_context(_started(engine, work, folder)) for engine in work.engines]
        here = [engine for engine in engines if engine.missing is None]
        for engine in engines:
            if engine.missing is not None:
                print(f"{work.name:<15} {engine.name:<18} not here ({engine.missing}); get it with: make bench-setup")
        for engine in here:  # the first document: caches are filled, and its content is read back
            first = work.make(0)
            kept = (keep or folder) / f"{work.name}-{engine.name}.{'pdf' if work.name.startswith('pdf') else 'docx'}"
            kept.parent.mkdir(parents=True, exist_ok=True)
            engine.ask([first], kept)
            _check(kept, first, engine.name, work)
        times: dict[str, list[float]] = {engine.name: [] for engine in here}
        for number in range(1, repeats + 1):
            documents = [work.make(number * work.turn + index) for index in range(work.turn)]
            for engine in here:
                times[engine.name].append(engine.ask(documents, None))
        if "colophon" not in times:
            sys.exit(f"Colophon itself is not here: {engines[0].missing}")
        ours = statistics.median(times["colophon"])
        rows = [
            Row(
                work.name,
                engine.name,
                engine.version,
                round(statistics.median(times[engine.name]), 3),
                round(statistics.median(times[engine.name]) / ours, 2),
            )
            for engine in here
        ]
    for row in rows:
        _print(row)
    return rows


def _print(row: Row) -> None:
    rate = row.notes.get("documents_per_second_per_core", 1000 / row.median_ms)
    notes = ", ".join(f"{name} {value}" for name, value in row.notes.items() if name != "documents_per_second_per_core")
    print(
        f"{row.work:<15} {row.engine:<18} {row.version:<10} {row.median_ms:>10.2f} {row.times_ours:>7.2f}  {rate:,.1f}"
        f"{'  ' if notes else ''}{notes}",
        flush=True,
    )


def _furnish(folder: Path, kind: str) -> None:
    """Put down what several engines read: the Word template in each dialect, and the fonts."""
    for dialect in ("jinja", "docxtemplater", "carbone"):
        (folder / f"{kind}-{dialect}.docx").write_bytes(word_sources.build(kind, dialect))
    for form in ("otf", "ttf"):
        (folder / "fonts" / form).mkdir(parents=True)
        for face in ("Regular", "It", "Semibold", "Bold"):
            shutil.copy(Path(font_directory) / f"SourceSansPro-{face}.{form}", folder / "fonts" / form)


class _Engine:
    """A process that writes documents."""

    def __init__(self, name: str, process: "subprocess.Popen[str]") -> None:
        self.name = name
        self._process = process
        try:
            hello = self._answer()
        except EOFError as error:
            hello = {"missing": str(error)}
        self.version = str(hello.get("version", ""))
        self.missing: str | None = hello.get("missing")

    def ask(self, documents: list[dict[str, Any]], keep: Path | None) -> float:
        """Let it write some documents; give the milliseconds that one took."""
        assert self._process.stdin
        print(
            json.dumps({"documents": documents, "keep": str(keep) if keep else None}),
            file=self._process.stdin,
            flush=True,
        )
        return float(self._answer()["ms"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise EOFError(f"{self.name} ended with status {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextlib.contextmanager
def _started(engine: str, work: Work, folder: Path) -> Iterator[_Engine]:
    form, _, _ = work.name.partition("-")
    task = f"{'markdown' if engine == 'colophon-markdown' else form}-{work.kind}"
    own = folder / engine
    own.mkdir()
    if engine in _UNDER_NODE:
        command = ["node", str(HERE / "node" / "worker.js"), engine, task, str(folder), str(PEERS / "node")]
    else:
        python = sys.executable if engine in _IN_OUR_PYTHON else str(PEERS / "peers" / "bin" / "python")
        module = _MODULES.get(engine, engine.partition("-")[0])
        options = [option for option in _OPTIONS if engine.endswith(f"-{option}")]
        command = [python, str(HERE / "peers" / "worker.py"), module, task, str(folder), *options]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if engine in _IN_OUR_PYTHON:
        environment["PYTHONPATH"] = os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])
    errors = (own / "errors").open("w")
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
        )
    except OSError as error:
        process = subprocess.Popen(
            [sys.executable, "-c", f"print({json.dumps(json.dumps({'missing': f'{command[0]}: {error.strerror}'}))})"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    try:
        yield _Engine(engine, process)
    except (EOFError, BrokenPipeError):
        errors.flush()
        sys.exit(f"{engine} failed at {work.name}:\n{(own / 'errors').read_text()[-2000:]}")
    finally:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()  # type: ignore[union-attr]
        process.wait()
        errors.close()


def _check(path: Path, data: dict[str, Any], engine: str, work: Work) -> None:
    """Refuse to measure an engine that leaves out what the data says, or prints a tag."""
    made = path.read_bytes()
    if work.name.startswith("pair"):
        made = made[: made.rindex(b"%PDF-")]
    text = _text_of_pdf(made) if work.name.startswith("pdf") else _text_of_docx(made)
    missing = [value for value in _printed(data) if not _holds(text, "".join(value.split()))]
    if missing or "{d." in text or "{%" in text:
        sys.exit(f"{engine} at {work.name} leaves out {missing[:3]!r} of {len(missing)} texts, or prints a tag: {path}")


def _holds(text: str, value: str) -> bool:
    """Look for the beginning or the end of a text: a page may end in it."""
    return value[:_COMPARED] in text or value[-_COMPARED:] in text


def _printed(value: Any) -> Iterator[str]:
    """Give the texts that a document has to show; a chart may show its values in its own way."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value[:3] + value[-3:]:
            yield from _printed(entry)
    elif isinstance(value, dict):
        for name, entry in value.items():
            if name not in ("email", "contact", "street", "city", "date", "due", "bars", "chart"):
                yield from _printed(entry)


def _text_of_docx(made: bytes) -> str:
    """Give the text without its white space, which engines break in different ways."""
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        parts = [name for name in archive.namelist() if name.startswith("word/") and name.endswith(".xml")]
        texts = ["".join(etree.fromstring(archive.read(part)).itertext()) for part in parts]
    return "".join("".join(texts).split())


def _text_of_pdf(made: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())


if __name__ == "__main__":
    print(f"colophon {importlib.metadata.version('colophon')}; medians of interleaved repeats; {os.cpu_count()} cores")
    main()
