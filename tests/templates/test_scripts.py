"""Texts in other scripts: which fonts they get, which way they run, and what is said where no font has them."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from configs.errors import ContextError
from templates.engine import DocumentEngine
from templates.fonts import FIRA_GO, SOURCE_SANS, characters_in, fallbacks
from templates.scripts import directions, is_joined, is_right_to_left

MakeTemplate = Callable[..., DocumentEngine]
ARABIC, HEBREW, JAPANESE, EMOJI = "شركة البناء", "חשבונית", "請求書", "😀"


def fonts_of(content: bytes) -> set[str]:
    pages = PdfReader(io.BytesIO(content)).pages
    found = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    return {re.sub("-(Regular|Bold|Identity).*", "", str(font["/BaseFont"]).partition("+")[2]) for font in found}


def part(content: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


@pytest.mark.parametrize(
    ("text", "family"),
    [(ARABIC, "FiraGO"), (HEBREW, "FiraGO"), ("Привет", "FiraGO"), ("สวัสดี", "FiraGO"), ("✔", "NotoSansSymbols2")],
)
def test_other_scripts_are_set_in_fonts_that_have_them(make_template: MakeTemplate, text: str, family: str) -> None:
    rendered = make_template("Text {{ v }}\n").render("letter", {"v": text}, "pdf")
    assert rendered.warnings == ()
    assert {"SourceSansPro", family} >= fonts_of(rendered.content)


@pytest.mark.parametrize(
    ("language", "family"), [("ja", "NotoSansCJKjp"), ("zh", "NotoSansCJKsc"), ("ko", "NotoSansCJKkr")]
)
def test_east_asian_text_is_drawn_as_its_language_does(make_template: MakeTemplate, language: str, family: str) -> None:
    pytest.importorskip("noto_cjk_sans_otc")
    rendered = make_template("{{ v }}\n", manifest=f'locale = "{language}"\n').render("letter", {"v": "骨"}, "pdf")
    assert rendered.warnings == ()
    assert family in fonts_of(rendered.content)


def test_characters_of_a_text_are_those_that_it_prints() -> None:
    every = "".join(chr(code) for code in range(0x21, 0x7F))
    assert characters_in(f"{every} {every}\n") == set(every)
    assert characters_in("Grüße 😀 漢é漢") == set("Grüße😀漢é")
    assert characters_in("") == frozenset()


def test_common_text_needs_no_other_font() -> None:
    assert fallbacks(frozenset("Grüße, €5 – “ok”"), (SOURCE_SANS,), "de") == ()
    assert fallbacks(frozenset(HEBREW), (SOURCE_SANS,), "he") == (FIRA_GO,)
    assert fallbacks(frozenset(HEBREW), (FIRA_GO,), "he") == ()


def test_character_without_a_font_is_named_and_stops_an_archival_document(make_template: MakeTemplate) -> None:
    engine = make_template("# T\n\n{{ v }}\n")
    assert [warning[:22] for warning in engine.render("letter", {"v": EMOJI}, "pdf").warnings] == [
        "No font of ours has “😀"
    ]
    archival = make_template("# T\n\n{{ v }}\n", manifest="[document]\narchival = true\n")
    with pytest.raises(ContextError, match="shows every character"):
        archival.render("letter", {"v": EMOJI}, "pdf")
    assert archival.render("letter", {"v": ARABIC + "漢"}, "pdf").content


def test_document_from_right_to_left_is_turned_in_every_format(make_template: MakeTemplate) -> None:
    engine = make_template("Text {{ v }}\n\n| A | B |\n| --- | ---: |\n| {{ v }} | 1 |\n", manifest='locale = "ar"\n')
    content = engine.render("letter", {"v": ARABIC}, "docx").content
    body, styles = part(content, "word/document.xml"), part(content, "word/styles.xml")
    assert "<w:bidiVisual/>" in body
    assert "<w:bidi/></w:sectPr>" in body
    assert "<w:bidi/><w:spacing" in styles
    assert 'w:bidi="ar"' in styles
    assert b'<html lang="ar" dir="rtl">' in engine.render("letter", {"v": ARABIC}, "html").content
    latin = make_template("Text {{ v }}\n").render("letter", {"v": "x"}, "docx").content
    assert "bidi" not in part(latin, "word/document.xml")


def test_only_what_runs_from_right_to_left_is_marked_in_word(make_template: MakeTemplate) -> None:
    content = make_template("**AB {{ v }} CD**\n").render("letter", {"v": HEBREW}, "docx").content
    runs = re.findall(r"<w:r>(<w:rPr>.*?</w:rPr>)?<w:t[^>]*>([^<]*)</w:t></w:r>", part(content, "word/document.xml"))
    assert [text for _, text in runs] == ["AB ", HEBREW, " CD"]
    assert ["<w:rtl/>" in properties for properties, _ in runs] == [False, True, False]
    assert "<w:bCs/>" in runs[1][0]


def test_chart_lets_letters_join(make_template: MakeTemplate) -> None:
    source = '::: chart {data="rows" label="k" value="v" title="t"}\n:::\n'
    engine = make_template(source)
    rendered = engine.render("letter", {"rows": [{"k": ARABIC, "v": 1}, {"k": "<b>", "v": 2}]}, "docx")
    assert rendered.warnings == ()
    svg = next(name for name in zipfile.ZipFile(io.BytesIO(rendered.content)).namelist() if name.endswith(".svg"))
    assert part(rendered.content, svg).count("<text") == 1


def test_directions_and_joining_are_seen() -> None:
    assert directions(f"a {ARABIC} b") == ["a ", ARABIC, " b"]
    assert directions("plain") == ["plain"]
    assert [is_joined(text) for text in ("abc", "é", JAPANESE, ARABIC, "नमस्ते")] == [False, False, False, True, True]
    assert [is_right_to_left(tag) for tag in ("ar-EG", "he", "en-GB", "ja", "nonsense")] == [
        True,
        True,
        False,
        False,
        False,
    ]
