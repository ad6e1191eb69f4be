"""Typst by hand: a source written for this one document, the values as JSON; one compiler, kept warm."""

import importlib.metadata
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typst
import word_sources

NAME = "typst-by-hand"


def version() -> str:
    return importlib.metadata.version("typst")


def prepare(work: str, folder: Path) -> Callable[[dict[str, Any]], bytes]:
    root = folder / "typst"
    shutil.copytree(Path(__file__).parent / "typst", root, dirs_exist_ok=True)
    (root / "logo.png").write_bytes(word_sources.logo())
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(folder / "fonts" / "otf")])
    compiler = typst.Compiler(root=str(root), font_paths=fonts)
    source = str(root / f"{work.partition('-')[2]}.typ")

    def render(data: dict[str, Any]) -> bytes:
        inputs = {"data": json.dumps(data, ensure_ascii=False)}
        made: bytes = compiler.compile(source, sys_inputs=inputs, format="pdf", timestamp=0)
        return made

    return render
