"""PDF for archives: PDF/A-3a and PDF/UA-1 together, with the data attached, sealed or not."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from configs.errors import ColophonError, ContextError, TemplateError
from templates.colophon import SigningKey, seal, strip, verify
from templates.engine import DocumentEngine
from templates.readback import normalise, text_of_docx, text_of_pdf

MakeTemplate = Callable[..., DocumentEngine]
ARCHIVAL = "[document]\narchival = true\n"
EVERYTHING = """\
::: cover {title="Report" subtitle="Sub" logo="assets/a.png"}
{{ text }}
:::

::: watermark {text="COPY"}
:::

::: header
Head
:::

::: contents {title="Contents"}
:::

## Part {#part}

::: letterhead {name="Acme" logo="assets/a.png"}
Street
:::

Text[^a] with *looks*, `code`, [a link](https://example.org/), [](#prices) and [](#part).

[^a]: A note.

{#prices caption="Prices" totals=1}
| Item | Sum |
|:--|--:|
| Pen | 1.50 |
| Total | 1.50 |

### Inner

:::: columns
::: column
- list
  1. inner
:::
::: column
> quote
:::
::::

::: key-values {data="facts" layout="tiles"}
:::

::: key-values {data="facts"}
:::

::: callout {title="Look"}
Box
:::

::: chart {data="rows" label="k" value="n" title="t"}
Caption
:::

![Alt](assets/a.png)

```
code
```

---

::: landscape
| A |
|--|
| x |
:::

::: signatures {data="signers" date="date"}
:::
"""
DATA = {
    "text": "Ünïcode & <b>",
    "facts": [{"label": "L", "value": "V", "note": "N"}],
    "rows": [{"k": "a", "n": 1}, {"k": "b", "n": 2}],
    "signers": [{"name": "Mary", "role": "Director"}],
}


def pdf(engine: DocumentEngine, data: dict[str, Any] | None = None) -> bytes:
    return engine.render("letter", data or {}, "pdf").content


def test_archival_document_claims_both_standards_and_has_what_they_ask_for(
    make_template: MakeTemplate, picture: bytes
) -> None:
    engine = make_template(EVERYTHING, manifest=ARCHIVAL, files={"assets/a.png": picture})
    content = pdf(engine, DATA)
    reader = PdfReader(io.BytesIO(content))
    root = reader.root_object
    metadata = root["/Metadata"].get_object().get_data().decode()
    for claim in ("<pdfaid:part>3<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"):
        assert claim in metadata
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/OutputIntents"]
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            (inner,) = font.get_object()["/DescendantFonts"]
            names = inner.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile3", "/FontFile2"} & set(names)
    word = engine.render("letter", DATA, "docx").content
    assert normalise(text_of_pdf(content)) == normalise(text_of_docx(word))


def test_ordinary_document_claims_nothing(make_template: MakeTemplate) -> None:
    content = pdf(make_template("text\n"))
    assert b"pdfaid:part" not in content
    assert b"pdfuaid:part" not in content
    assert b"/StructTreeRoot" in content or b"/ObjStm" in content


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("# A\n\n### B\n", 3, "this one of level 3 follows one of level 1. Use level 2"),
        ("text\n\n## A\n", 3, "this one of level 2 is the first"),
        ("# A\n\n## B\n\n> #### C\n", 5, "this one of level 4 follows one of level 2"),
        ('::: contents {title="C"}\n:::\n', 1, "this one of level 2 is the first"),
        ("![](assets/a.png)\n", 1, "no alternative text"),
    ],
)
def test_what_the_standards_forbid_is_named_with_its_line(
    make_template: MakeTemplate, source: str, line: int, words: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        pdf(make_template(source, manifest=ARCHIVAL, files={"assets/a.png": b""}))
    assert caught.value.where == f"letter/template.md.j2, line {line}"
    assert words in str(caught.value)


def test_skipped_level_is_fine_where_nothing_is_archived(make_template: MakeTemplate) -> None:
    assert pdf(make_template("# A\n\n### B\n"))


def test_character_without_a_glyph_is_refused_in_an_archive_only(make_template: MakeTemplate) -> None:
    data = {"v": "a\U00013000"}
    with pytest.raises(ContextError, match="U\\+13000"):
        pdf(make_template("{{ v }}\n", manifest=ARCHIVAL), data)
    assert make_template("{{ v }}\n", manifest=ARCHIVAL).render("letter", data, "docx").warnings
    assert make_template("{{ v }}\n").render("letter", data, "pdf").warnings


def test_private_use_character_is_refused_with_one_sentence(make_template: MakeTemplate) -> None:
    with pytest.raises(ColophonError) as caught:
        pdf(make_template("{{ v }}\n", manifest=ARCHIVAL), {"v": "a\ue000"})
    assert "archiv" in str(caught.value)


def test_data_are_attached_when_the_manifest_says_so(make_template: MakeTemplate) -> None:
    manifest = "[document]\narchival = true\nattach_data = true\n"
    data = {"b": 'ä "x" #panic()\n', "a": [1, 2.5, None, True]}
    content = pdf(make_template("{{ b }}\n", manifest=manifest), data)
    reader = PdfReader(io.BytesIO(content))
    assert list(reader.attachments) == ["data.json"]
    assert json.loads(reader.attachments["data.json"][0]) == data
    (specification,) = (each.get_object() for each in reader.root_object["/AF"])
    assert specification["/AFRelationship"] == "/Data"
    embedded = specification["/EF"]["/F"].get_object()
    assert embedded["/Subtype"] == "/application/json"
    again = pdf(make_template("{{ b }}\n", manifest=manifest), dict(reversed(data.items())))
    assert again == content


def test_nothing_is_attached_by_itself(make_template: MakeTemplate) -> None:
    assert not PdfReader(io.BytesIO(pdf(make_template("text\n")))).attachments


@pytest.mark.parametrize("to", ["docx", "pdf"])
def test_sealed_document_with_everything_is_genuine_and_keeps_what_it_had(
    make_template: MakeTemplate, picture: bytes, to: str
) -> None:
    manifest = "[document]\narchival = true\nattach_data = true\nnumbered_headings = true\n"
    engine = make_template(EVERYTHING, manifest=manifest, files={"assets/a.png": picture})
    content = engine.render("letter", DATA, to).content  # type: ignore[arg-type]
    key = SigningKey.generate()
    sealed = seal(content, {"template": "letter"}, key)
    assert verify(sealed, [key.public]).genuine
    assert strip(sealed) == content
    if to == "pdf":
        before, after = (PdfReader(io.BytesIO(each), strict=True) for each in (content, sealed))
        assert list(after.attachments) == ["colophon.json", "data.json"]
        claims = [each.root_object["/Metadata"].get_object().get_data() for each in (before, after)]
        assert claims[0] == claims[1]
        relations = [str(each.get_object()["/AFRelationship"]) for each in after.root_object["/AF"]]
        assert relations == ["/Data", "/Supplement"]
        assert text_of_pdf(sealed) == text_of_pdf(content)
    else:
        assert text_of_docx(sealed) == text_of_docx(content)
