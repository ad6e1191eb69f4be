"""Start a template: a folder that renders and passes the check as it is, to be written on."""

import json
import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from configs.errors import ConflictError, InputError
from configs.files import atomic_folder
from templates.compiled import EXAMPLE
from templates.library import Library, read_folder
from templates.manifest import FILE, MARKDOWN_SOURCE, NAME_PATTERN, SCHEMA, WORD_SOURCE
from templates.word.archive import ArchiveWriter, read_archive

_SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["date", "customer", "currency", "items"],
    "properties": {
        "date": {"type": "string", "format": "date", "description": "The document's date, as in 2026-11-23."},
        "customer": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name"],
            "properties": {"name": {"type": "string", "minLength": 1}, "city": {"type": "string"}},
        },
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217, as in EUR."},
        "items": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["description", "amount"],
                "properties": {"description": {"type": "string", "minLength": 1}, "amount": {"type": "number"}},
            },
        },
    },
}
_EXAMPLE: Mapping[str, Any] = {
    "date": "2026-11-23",
    "customer": {"name": "Harbour Bakery Ltd", "city": "Galway"},
    "currency": "EUR",
    "items": [{"description": "Oven inspection", "amount": 180}, {"description": "New door seal", "amount": 42.5}],
}
_MARKDOWN = """\
# {{ customer.name }}

{% if customer.city is defined %}
{{ customer.city }}

{% endif %}
{{ date | date("long") }}

| Item | Amount |
| :--- | ---: |
{% for item in items %}
| {{ item.description }} | {{ item.amount | money(currency) }} |
{% endfor %}

**Total: {{ items | sum(attribute="amount") | money(currency) }}**
"""


def start_template(name: str, folder: Path, *, origin: str | None = None, word: bool = False, library: Library) -> Path:
    """Write a new template's folder and give its path.

    Args:
        name: what it will be called.
        folder: where the templates lie.
        origin: the template to start from; a small one of our own when it is left out.
        word: start with a Word file rather than with Markdown.
        library: knows the templates to start from.

    Raises:
        InputError: the name is no name of a template, or both `origin` and `word` are given.
        ConflictError: there is such a folder already.
        TemplateNotFoundError: there is no template `origin`.
    """
    if not re.fullmatch(NAME_PATTERN, name):
        proposal = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64]
        raise InputError(
            f"`{name[:80]}` cannot be the name of a template.",
            where="NAME",
            hint=f"Use small letters, digits and hyphens, as in `{proposal or 'my-letter'}`.",
        )
    if origin is not None and word:
        raise InputError("A template that is started from another one has its source.", hint="Leave --word out.")
    path = folder / name
    if path.exists():
        raise ConflictError("There is such a folder already.", where=str(path), hint="Choose another name.")
    files = _copied(name, origin, library) if origin is not None else _new_files(name, word=word)
    with atomic_folder(path) as made:
        for file, content in files.items():
            (made / file).parent.mkdir(parents=True, exist_ok=True)
            (made / file).write_bytes(content)
    return path


def _copied(name: str, origin: str, library: Library) -> dict[str, bytes]:
    files = dict(read_folder(library.find(origin)).files)
    manifest = files[FILE].decode()
    manifest = re.sub(r'(?m)^name\s*=\s*"[^"]*"', f'name = "{name}"', manifest, count=1)
    manifest = re.sub(r'(?m)^version\s*=\s*"[^"]*"', 'version = "0.1.0"', manifest, count=1)
    return {**files, FILE: manifest.encode()}


def _new_files(name: str, *, word: bool) -> dict[str, bytes]:
    title = name.replace("-", " ").capitalize()
    formats = '["docx"]' if word else '["docx", "pdf", "html"]'
    manifest = (
        f'name = "{name}"\nversion = "0.1.0"\ntitle = "{title}"\ndescription = "What this document is for."\n'
        f'formats = {formats}\nlocale = "en_IE"\ndate_field = "date"\n'
    )
    source = (WORD_SOURCE, _word_source(title)) if word else (MARKDOWN_SOURCE, _MARKDOWN.encode())
    return {
        FILE: manifest.encode(),
        SCHEMA: _json(_SCHEMA),
        EXAMPLE: _json(_EXAMPLE),
        source[0]: source[1],
    }


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _word_source(title: str) -> bytes:
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = ""
    document.styles["Normal"].font.size = Pt(11)
    document.add_heading("{{ customer.name }}", 1)
    document.add_paragraph("{%p if customer.city is defined %}")
    document.add_paragraph("{{ customer.city }}")
    document.add_paragraph("{%p endif %}")
    document.add_paragraph('{{ date | date("long") }}')
    rows = [
        ("Item", "Amount"),
        ("{%tr for item in items %}", ""),
        ("{{ item.description }}", "{{ item.amount | money(currency) }}"),
        ("{%tr endfor %}", ""),
        ("Total", '{{ items | sum(attribute="amount") | money(currency) }}'),
    ]
    table = document.add_table(len(rows), 2, style="Light Grid Accent 1")
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(header)
    buffer = BytesIO()
    document.save(buffer)
    # Through our own archive, whose times are fixed.
    return ArchiveWriter(read_archive(buffer.getvalue(), name=WORD_SOURCE).values()).write({})
