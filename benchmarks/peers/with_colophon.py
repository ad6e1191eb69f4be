"""Colophon: a folder with the template, and `DocumentEngine().render(…)` as its users call it."""

import importlib.metadata
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import word_sources
from schemas import SCHEMAS

from templates import DocumentEngine

NAME = "colophon"
_MARKDOWN = Path(__file__).parent / "markdown"


def version() -> str:
    return importlib.metadata.version("colophon")


def prepare(work: str, folder: Path, option: str = "") -> Callable[[dict[str, Any]], bytes]:
    """Give the function that writes a document; `work` is `docx-invoice`, `pair-invoice` and the like."""
    form, _, kind = work.partition("-")
    # The peers run a template in the process that asks; `isolated` is how ours run those of strangers.
    engine = DocumentEngine([folder], isolate=option == "isolated")
    if form == "docx":
        write_template(folder, f"{kind}-word", "docx", kind)
        return lambda data: engine.render(f"{kind}-word", data, "docx").content
    write_template(folder, f"{kind}-pages", "docx pdf", kind)
    if form == "pdf":
        return lambda data: engine.render(f"{kind}-pages", data, "pdf").content
    if form == "markdown":
        return lambda data: engine.render(f"{kind}-pages", data, "docx").content
    return lambda data: b"".join(engine.render(f"{kind}-pages", data, to).content for to in ("docx", "pdf"))


def write_template(folder: Path, name: str, formats: str, kind: str) -> None:
    """Write a template's folder; its source is Markdown unless it can only become DOCX."""
    target = folder / name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    manifest = {"name": name, "version": "1.0.0", "title": kind.title(), "locale": "en_IE", "formats": formats.split()}
    dated = 'date_field = "date"\n' if "date" in SCHEMAS[kind]["properties"] else ""
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in manifest.items())
    limits = "[limits]\nmax_source_characters = 100_000_000\n"  # for a table of 30,000 rows
    (target / "template.toml").write_text(lines + dated + limits, encoding="utf-8")
    (target / "schema.json").write_text(json.dumps(SCHEMAS[kind]), encoding="utf-8")
    if "pdf" not in formats:
        (target / "template.docx").write_bytes(word_sources.build(kind, "jinja"))
        return
    shutil.copy(_MARKDOWN / f"{kind}.md.j2", target / "template.md.j2")
    (target / "assets").mkdir()
    (target / "assets" / "logo.png").write_bytes(word_sources.logo())
