"""docxtpl: a `DocxTemplate` for each document, as its documentation shows; with escaping switched on."""

import importlib.metadata
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate

NAME = "docxtpl"


def version() -> str:
    return importlib.metadata.version("docxtpl")


def prepare(work: str, folder: Path) -> Callable[[dict[str, Any]], bytes]:
    source = folder / f"{work.partition('-')[2]}-jinja.docx"

    def render(data: dict[str, Any]) -> bytes:
        template = DocxTemplate(source)
        template.render(data, autoescape=True)
        target = io.BytesIO()
        template.save(target)
        return target.getvalue()

    return render
