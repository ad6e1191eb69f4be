"""Whatever a template's schema allows can be written, in every format that the template has."""

import io
import json
from typing import Any

import docx
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from configs.errors import ContextError
from templates.engine import DocumentEngine
from templates.library import BUILT_IN
from tests.templates.schema_data import data_of

ENGINE = DocumentEngine()
NAMES = sorted(path.name for path in BUILT_IN.iterdir() if (path / "schema.json").is_file())


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_data_that_the_schema_allows_can_be_written(name: str, data: Any) -> None:
    schema = json.loads((BUILT_IN / name / "schema.json").read_text(encoding="utf-8"))
    schema["properties"].pop("e_invoice", None)  # asks for more than its schema can say: tests of its own
    values = data.draw(data_of(schema))
    try:
        ENGINE.check_data(name, values)
    except ContextError:
        assume(False)
    for to in ENGINE.manifest(name).formats:
        content = ENGINE.render(name, values, to).content
        if to == "docx":
            docx.Document(io.BytesIO(content))
