"""Languages of a template: gettext catalogues, the functions that use them, and our own words."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from pypdf import PdfReader

from configs.errors import ContextError, TemplateError
from templates.blocks import Document, Paragraph, plain
from templates.engine import DocumentEngine
from templates.words import _WORDS, words_of

MakeTemplate = Callable[..., DocumentEngine]
MANIFEST = 'locale = "en_GB"\nlocale_field = "language"\n'
GERMAN = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Invoice"
msgstr "Rechnung"

msgid "Dear {name},"
msgstr "Guten Tag {name},"

msgid "{n} day"
msgid_plural "{n} days"
msgstr[0] "{n} Tag"
msgstr[1] "{n} Tage"

msgid "Bold"
msgstr "**nicht** [fett](x)"
"""
POLISH = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "{n} day"
msgid_plural "{n} days"
msgstr[0] "{n} dzień"
msgstr[1] "{n} dni"
msgstr[2] "{n} dni (wiele)"
"""


def catalogues(**texts: str) -> dict[str, bytes]:
    return {f"locales/{name}.po": text.encode() for name, text in texts.items()}


def first(document: Document) -> str:
    block = document.blocks[0]
    assert isinstance(block, Paragraph)
    return plain(block.runs)


@pytest.fixture
def say(make_template: MakeTemplate) -> Callable[..., str]:
    """Render one paragraph in a language."""

    def render(source: str, language: str | None = None, *, po: dict[str, bytes] | None = None, **data: Any) -> str:
        engine = make_template(f"{source}\n", manifest=MANIFEST, files=po or catalogues(de=GERMAN, pl=POLISH))
        values = {**data, "language": language} if language else data
        compiled = engine._compile("letter")
        assert compiled._markdown is not None
        chosen = compiled._language(values)
        return first(compiled._markdown.document(values, {}, created=0, language=chosen))

    return render


@pytest.mark.parametrize("tag", ["de", "de-DE", "de_AT"])
def test_words_are_translated_when_the_data_names_the_language(say: Callable[..., str], tag: str) -> None:
    assert say('{{ _("Invoice") }}', tag) == "Rechnung"
    assert say('{{ _("Invoice") }}') == "Invoice"
    assert say('{{ _("Invoice") }}', "en") == "Invoice"


def test_numbers_follow_the_region_of_the_language(say: Callable[..., str]) -> None:
    source = '{{ 1234.5 | money("EUR") }}'
    assert say(source) == "€1,234.50"
    assert say(source, "en") == "€1,234.50"
    assert say(source, "de").startswith("1.234,50")
    assert say(source, "de-AT").startswith("€\xa01.234,50") or "234,50" in say(source, "de-AT")
    assert say('{{ "2026-11-23" | date("long") }}', "de") == "23. November 2026"


def test_values_stay_values_inside_of_translations(say: Callable[..., str]) -> None:
    source = '{{ _("Dear {name},", name=who) }}'
    assert say(source, "de", who="**Ann** {x} `y`") == "Guten Tag **Ann** {x} `y`,"
    assert say('{{ _("Bold") }}', "de") == "**nicht** [fett](x)"


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("en", 1, "1 day"),
        ("en", 2_000, "2,000 days"),
        ("de", 1, "1 Tag"),
        ("de", 2_000, "2.000 Tage"),
        ("de", 5.0, "5 Tage"),
        ("pl", 3, "3 dni"),
        ("pl", 5, "5 dni (wiele)"),
    ],
)
def test_plural_follows_the_rule_of_the_language(
    say: Callable[..., str], language: str, count: int, expected: str
) -> None:
    assert say('{{ ngettext("{n} day", "{n} days", count) }}', language, count=count) == expected


def test_name_of_the_author_wins_over_the_function_of_translations(say: Callable[..., str]) -> None:
    source = '{% macro _(text) %}<{{ text }}>{% endmacro %}{{ _("Invoice") }}'
    assert say(source, language="de") == "<Invoice>"


def test_texts_of_a_passage_are_translated(make_template: MakeTemplate) -> None:
    passage = '[[passages]]\nname = "summary"\nsource = "x"\nfallback = \'{{ _("Invoice") }} {{ 1.5 | number }}\'\n'
    engine = make_template("x\n", manifest=MANIFEST + passage, files=catalogues(de=GERMAN))
    assert engine.fallback("letter", "summary", {"language": "de"}) == "Rechnung 1,5"
    assert engine.fallback("letter", "summary", {}) == "Invoice 1.5"


def test_missing_translations_are_named(make_template: MakeTemplate) -> None:
    source = '{{ _("Invoice") }}\n\n{{ _("Total") }}{{ ngettext("{n} day", "{n} days", 2) }}\n'
    engine = make_template(source, manifest=MANIFEST, files=catalogues(de=GERMAN, pl=POLISH))
    assert engine.render("letter", {"language": "de"}, "docx").warnings == ("“Total” has no translation into de.",)
    assert engine.render("letter", {}, "docx").warnings == ()
    found = engine._compile("letter").untranslated()
    assert {locale: [(m.text, m.line) for m in messages] for locale, messages in found.items()} == {
        "de": [("Total", 3)],
        "pl": [("Invoice", 1), ("Total", 3)],
    }


def test_language_is_refused_when_the_template_is_not_offered_in_it(make_template: MakeTemplate) -> None:
    engine = make_template("x\n", manifest=MANIFEST, files=catalogues(de=GERMAN))
    for tag in ("fr", "klingon", "", "x" * 100):
        with pytest.raises(ContextError, match="Offered: en-GB, de") as caught:
            engine.render("letter", {"language": tag}, "docx")
        assert caught.value.where == "language"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('{{ _("Dear {name},") }}', "needs a value for `name`"),
        ('{{ _("Dear {name},", nam="x") }}', "Did you mean `nam`"),
        ("{{ _(word) }}", "needs the text itself in quotes"),
        ("{{ _() }}", "needs the text itself in quotes"),
        ('{{ ngettext("a", word, 2) }}', "needs the text itself in quotes"),
        ('{{ ngettext("a", "b", 1.5) }}', "whole number"),
        ('{{ _("Dear {name},", name=none) }}', "empty value"),
    ],
)
def test_wrong_use_is_an_error_with_its_line(make_template: MakeTemplate, source: str, said: str) -> None:
    with pytest.raises(TemplateError) as caught:
        make_template(f"First.\n\n{source}\n").render("letter", {"word": "x"}, "docx")
    assert said in str(caught.value)
    assert "line 3" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "place", "said"),
    [
        ("de", 'msgid "a\n', "locales/de.po, line 1", "gettext catalogue"),
        ("de", 'msgid "Dear {name},"\nmsgstr "Guten Tag {nahme},"\n', "locales/de.po, line 1", "Did you mean `name`?"),
        ("de", 'msgid "a"\nmsgstr "{b}"\n', "locales/de.po, line 1", "has none"),
        ("german", 'msgid "a"\nmsgstr "b"\n', "locales/german.po", "de.po"),
        ("de", 'msgid "a"\nmsgstr "\\u0001"\n'.replace("\\u0001", "\x01"), "locales/de.po, line 1", "character"),
    ],
)
def test_broken_catalogue_is_refused_with_its_place(
    make_template: MakeTemplate, name: str, content: str, place: str, said: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        make_template("x\n", files=catalogues(**{name: content})).render("letter", {}, "docx")
    assert place in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize("rule", ["nplurals=2; plural=__import__('os');", "nplurals=2; plural=" + "(" * 5000])
def test_plural_rule_of_a_catalogue_runs_nothing(make_template: MakeTemplate, rule: str) -> None:
    head = f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: {rule}\\n"\n'
    body = 'msgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] "a"\nmsgstr[1] "b"\n'
    with pytest.raises(TemplateError, match=r"locales/de\.po"):
        make_template("x\n", files=catalogues(de=head + body)).render("letter", {}, "docx")


def test_page_numbers_are_written_in_the_language_of_the_data(make_template: MakeTemplate) -> None:
    engine = make_template("x\n", manifest=MANIFEST, files=catalogues(de=GERMAN))
    content = engine.render("letter", {"language": "de"}, "pdf").content
    text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert "Seite 1 von 1" in text


def test_our_words_are_whole_in_every_language() -> None:
    for language, words in _WORDS.items():
        texts = list(vars(words).values())
        assert all(texts), language
        assert "[page]" in words.page_of
        assert "[pages]" in words.page_of
        assert "{name}" in words.logo_of
    assert words_of("pt-BR").table == "Tabela"
    assert words_of("eo") == words_of("en")


def test_word_template_is_filled_in_the_language_of_the_data(tmp_path: Path) -> None:
    folder = tmp_path / "note"
    folder.mkdir()
    (folder / "template.toml").write_text(
        f'name = "note"\nversion = "1"\ntitle = "Note"\nformats = ["docx"]\n{MANIFEST}'
    )
    (folder / "schema.json").write_text('{"type": "object"}')
    document = docx.Document()
    document.add_paragraph('{{ _("Dear {name},", name=who) }} {{ ngettext("{n} day", "{n} days", 2) }} {{ _("New") }}')
    document.save(str(folder / "template.docx"))
    (folder / "locales").mkdir()
    (folder / "locales" / "de.po").write_text(GERMAN, encoding="utf-8")
    engine = DocumentEngine([tmp_path], isolate=False)
    rendered = engine.render("note", {"language": "de", "who": "A & B"}, "docx")
    assert docx.Document(io.BytesIO(rendered.content)).paragraphs[0].text == "Guten Tag A & B, 2 Tage New"
    assert rendered.warnings == ("“New” has no translation into de.",)
