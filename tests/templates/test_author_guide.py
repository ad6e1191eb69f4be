"""The examples of `docs/markdown-templates.md` work as they stand there."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from templates.engine import DocumentEngine
from templates.manifest import read_manifest
from templates.markdown.directives import known_attributes
from templates.readback import normalise, text_of_docx, text_of_pdf

GUIDE = (Path(__file__).parents[2] / "docs" / "markdown-templates.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```markdown\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10"/></svg>'
PAPER = b'<svg xmlns="http://www.w3.org/2000/svg" width="210" height="297"><rect width="210" height="9"/></svg>'
DATA = {
    "number": "2026-114",
    "customer": {"name": "Brightwater & Co"},
    "period": "2026-11-01",
    "total": 12.5,
    "days": 14,
    "lines": [{"item": "Pen", "pieces": 2, "price": 3}, {"item": "Ink", "pieces": 1, "price": 9.5}],
    "facts": [{"label": "Number", "value": "2026-114", "note": "new"}],
    "signers": [{"name": "Mary Byrne", "role": "Director", "date": "2026-11-23"}, {"name": "John Walsh"}],
}


@pytest.mark.parametrize("source", EXAMPLES)
def test_example_can_be_written_and_says_the_same_in_both_formats(
    make_template: Callable[..., DocumentEngine], source: str
) -> None:
    engine = make_template(source, files={"assets/logo.svg": LOGO, "assets/paper.svg": PAPER})
    word, pdf, html = (engine.render("letter", DATA, to).content for to in ("docx", "pdf", "html"))
    assert normalise(text_of_docx(word)) == normalise(text_of_pdf(pdf)) != ""
    assert html


def test_manifest_of_the_guide_is_one() -> None:
    (manifest,) = re.findall(r"^```toml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    assert json.dumps(tomllib.loads(manifest))
    assert read_manifest(manifest.encode(), source="markdown", where="guide").document.numbered_headings


def test_guide_shows_every_directive() -> None:
    missing = [name for name in known_attributes() if not re.search(rf":::+ {name}\b", GUIDE)]
    assert missing == []
