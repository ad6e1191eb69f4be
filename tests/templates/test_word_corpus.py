"""Real templates: each is read, or refused in one sentence with a place, and quickly.

The files are not part of the project: name their folder in `COLOPHON_WORD_TEMPLATES`.
"""

import os
import time
from pathlib import Path

import pytest

from configs.errors import ColophonError, InputError
from templates.word import compile_template

FOLDER = os.environ.get("COLOPHON_WORD_TEMPLATES")
FILES = sorted(Path(FOLDER).rglob("*.docx")) if FOLDER else []


@pytest.mark.slow
@pytest.mark.skipif(not FILES, reason="COLOPHON_WORD_TEMPLATES names no folder with templates")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_template_is_read_or_refused_with_a_place(path: Path) -> None:
    started = time.process_time()
    try:
        template = compile_template(path.read_bytes(), name=path.name)
    except InputError as error:
        refused = error
    else:
        refused = None
        for data in ({}, {"items": 3, "name": {"a": [None]}}):
            try:
                template.fill(data)
            except ColophonError as error:
                refused = error
    assert time.process_time() - started < 2
    assert refused is None or str(refused.where).startswith(path.name) or str(refused.where).startswith("/")
