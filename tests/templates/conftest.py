"""Small templates, made for one test."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from templates.compiled import CompiledTemplate
from templates.engine import DocumentEngine

MakeTemplate = Callable[..., DocumentEngine]


@pytest.fixture
def make_template(tmp_path: Path) -> MakeTemplate:
    """Write a Markdown template called `letter` and give an engine that finds it."""

    def make(
        source: str,
        *,
        manifest: str = "",
        schema: Mapping[str, Any] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> DocumentEngine:
        folder = tmp_path / "templates" / "letter"
        folder.mkdir(parents=True, exist_ok=True)
        head = 'name = "letter"\nversion = "1.0.0"\ntitle = "Letter"\n'
        (folder / "template.toml").write_text(head + manifest, encoding="utf-8")
        (folder / "template.md.j2").write_text(source, encoding="utf-8")
        (folder / "schema.json").write_text(json.dumps(schema or {"type": "object"}), encoding="utf-8")
        for name, content in (files or {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        return DocumentEngine([folder.parent], isolate=False)  # workers have tests of their own

    return make


@pytest.fixture
def make_document(make_template: MakeTemplate) -> Callable[..., Any]:
    """Give the blocks that a Markdown source makes of some data."""

    def make(source: str, data: Mapping[str, Any] | None = None, **options: Any) -> Any:
        engine = make_template(source, **options)
        compiled = engine._compile("letter")
        assert isinstance(compiled, CompiledTemplate)
        compiled.check(data or {})
        markdown = compiled._markdown
        assert markdown is not None
        return markdown.document(data or {}, compiled._texts(data or {}, {}), created=0)

    return make


@pytest.fixture
def picture() -> bytes:
    """A PNG of four pixels."""
    import io

    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (4, 2), "#0b5c66").save(made, "PNG")
    return made.getvalue()
