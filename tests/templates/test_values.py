"""No value, whatever its characters, changes what a document is made of."""

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from templates.blocks import Image
from templates.compiled import CompiledTemplate
from templates.library import TemplateFiles
from templates.markup import RESERVED

SOURCE = """\
# {{ v }}

{{ v }}

Text {{ v }} text *{{ v }}* **{{ v }}** `{{ v }}` {{ v }}{{ v }}

- {{ v }}
- a {{ v }}
  - {{ v }}

1. {{ v }}

{{ v }}. x

> {{ v }}

| A {{ v }} | B |
|---|---|
| {{ v }} | x |
| y | {{ v }} |

```
{{ v }}
```

::: callout {title="{{ v }}"}
{{ v }}
:::

::: key-values {data="rows"}
:::

::: chart {data="rows" label="label" value="n" title="{{ v }}"}
{{ v }}
:::

::: contents {title="{{ v }}"}
:::

## {{ v }} x {#here}

[](#here) [{{ v }}](#here) note[^n] [](#table)

[^n]: {{ v }} *{{ v }}*

{#table caption="x {{ v }}"}
| {{ v }} |
|---|
| {{ v }}[^n] |

:::: columns
::: column
{{ v }}
:::
::: column
- {{ v }}
:::
::::

::: signatures {data="rows" name="label" role="value" date="note"}
:::

{% set s %}**{{ v }}**{% endset %}
{{ s }} {{ v ~ s }} {{ v | upper }} {{ [v, v] | join(", ") }}

::: footer {numbering="{{ v }}"}
{{ v }}
:::
"""
HOSTILE = [
    "# x",
    "| a |",
    "<b>x</b>",
    "](http://x.org)",
    "a\nb",
    "a\n\nb",
    "\n\n# x\n\n",
    "- x",
    "1. x",
    "```",
    "`",
    "**",
    "*",
    "_x_",
    "---",
    ":::",
    "\n:::\n",
    "::: page-break",
    "{{ 7 * 7 }}",
    "{% raw %}",
    '" onclick="x',
    "\\",
    "&amp;",
    "&#35; x",
    "    x",
    "\t",
    "",
    " ",
    "![a](b)",
    "#set page(width: 1pt)",
    "#panic()",
    "$x$",
    "@a",
    "//x",
    "</w:t>",
    "]]>",
    "x\r\ny\u2028z\u0085",
    "{.lead}",
    "\u202e x",
    "[page]",
]
VALUES = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.sampled_from("#|*_`[](){}<>&\\:-=+~!\"'\n\r\t .1a\u00a0"), max_size=30),
    st.text(st.characters(exclude_categories=("Cs", "Cc")).filter(lambda c: not RESERVED.match(c)), max_size=20),
)


def _compiled() -> CompiledTemplate:
    files = {
        "template.toml": b'name = "t"\nversion = "1"\ntitle = "T"\n',
        "schema.json": b'{"type": "object"}',
        "template.md.j2": SOURCE.encode(),
    }
    return CompiledTemplate(TemplateFiles("t", files, "digest"))


COMPILED = _compiled()


def _data(value: str) -> dict[str, Any]:
    return {"v": value, "rows": [{"label": value, "value": value, "note": value, "n": 3}]}


def _document(value: str) -> Any:
    data = _data(value)
    COMPILED.check(data)
    assert COMPILED._markdown is not None
    return COMPILED._markdown.document(data, {}, created=0)


def shape(value: Any) -> Any:
    """A document without its texts: kinds of blocks, numbers of entries, looks of runs."""
    if isinstance(value, str | bytes | Image):
        return "…"
    if isinstance(value, tuple):
        return tuple(shape(entry) for entry in value)
    if is_dataclass(value):
        names = [each.name for each in fields(value) if each.name not in ("theme", "width")]
        return (type(value).__name__, *((name, shape(getattr(value, name))) for name in names))
    return value


BENIGN = shape(_document("benign"))


@given(VALUES)
@settings(max_examples=150, deadline=None)
def test_value_changes_no_structure_whatever_its_characters(value: str) -> None:
    assert shape(_document(value)) == BENIGN


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_value_changes_no_structure(value: str) -> None:
    assert shape(_document(value)) == BENIGN


@given(VALUES)
@settings(max_examples=60, deadline=None)
def test_value_is_printed_as_it_is(value: str) -> None:
    document = _document(value)
    printed = "\n".join(value.splitlines()) if value else value
    text = document.blocks[1].runs[0].text
    assert "".join(text.split()) == "".join(printed.split())


@given(VALUES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_format_can_be_written_whatever_the_value(value: str) -> None:
    import io
    import zipfile

    import docx
    from lxml import etree
    from pypdf import PdfReader

    data = _data(value)
    word, _ = COMPILED.write(data, {}, "docx")
    for name in zipfile.ZipFile(io.BytesIO(word)).namelist():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(zipfile.ZipFile(io.BytesIO(word)).read(name))
    body = docx.Document(io.BytesIO(word))
    assert len(body.tables) == 6  # two tables, the callout, the facts, the columns, the signatures
    pdf, _ = COMPILED.write(data, {}, "pdf")
    assert len(PdfReader(io.BytesIO(pdf)).pages) >= 1
    html, _ = COMPILED.write(data, {}, "html")
    assert html.count(b"<table") == 2
    assert b"<b>" not in html


def test_source_of_typst_holds_no_place_that_evaluates_text() -> None:
    import templates

    source = (Path(str(templates.__file__)).parent / "writers" / "typst" / "document.typ").read_text()
    assert "eval(" not in source
    assert "read(" not in source
    assert source.count("sys.inputs") == source.count("json(bytes(sys.inputs.") == 2  # data, and nothing else
