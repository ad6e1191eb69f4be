"""Themes: their files, their errors, and that every writer takes its looks from them."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from configs.errors import InputError, TemplateError, TemplateNotFoundError
from templates.engine import DocumentEngine
from templates.fonts import FIRA_GO, REGULAR
from templates.library import TemplateFiles
from templates.manifest import ThemeConfig
from templates.theme import Theme, contrast, readable, theme_names

MakeTemplate = Callable[..., DocumentEngine]
SOURCE = "# Title\n\nText.\n\n| A | B |\n| --- | ---: |\n| x | 1 |\n| y | 2 |\n"


def theme(config: ThemeConfig | None = None, files: dict[str, bytes] | None = None, **options: Any) -> Theme:
    return Theme.of(config or ThemeConfig(), TemplateFiles("letter", files or {}, ""), **options)


def pdf_fonts(content: bytes) -> set[str]:
    pages = PdfReader(io.BytesIO(content)).pages
    found = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    return {str(font["/BaseFont"]).partition("+")[2].partition("-")[0] for font in found}


def part(content: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def test_themes_are_found_and_differ_in_type_and_style() -> None:
    assert {"classic", "modern"} <= set(theme_names())
    classic, modern = theme(), theme(ThemeConfig(name="modern"))
    assert classic.text != modern.text
    assert all(a != b for a, b in zip(vars(classic.style).values(), vars(modern.style).values(), strict=True))


@pytest.mark.parametrize("name", theme_names())
def test_text_can_be_read_in_every_theme(name: str) -> None:
    made = theme(ThemeConfig(name=name))
    for colour in (made.ink, made.muted, made.accent_text, made.colours.good, made.colours.warning):
        assert contrast(colour, "#ffffff") >= 4.5
    assert contrast(made.on_accent, made.accent) >= 4.5
    assert contrast(made.ink, made.tint) >= 4.5
    assert contrast(made.ink, made.band) >= 4.5


def test_light_accent_is_darkened_where_it_colours_letters() -> None:
    made = theme(ThemeConfig(accent="#FFD400"))
    assert made.accent == "#ffd400"
    assert contrast(made.accent_text, "#ffffff") >= 4.5
    assert made.on_accent == made.ink
    assert readable("#ffffff") != "#ffffff"


def test_theme_of_the_template_changes_single_keys() -> None:
    own = b'[colours]\naccent = "#123456"\n[style]\ntables = "banded"\n'
    made = theme(files={"theme.toml": own})
    assert (made.accent, made.style.tables, made.style.headings) == ("#123456", "banded", "plain")
    assert theme(files={"theme.toml": own}, name="modern").style.headings == "ruled"
    assert theme(ThemeConfig(accent="#654321"), {"theme.toml": own}).accent == "#654321"


@pytest.mark.parametrize(
    ("content", "place", "said"),
    [
        (b"[colours]\nacent = '#123456'\n", "key `colours.acent`", "Did you mean `accent`?"),
        (b"[style]\ntables = 'zebra'\n", "key `style.tables`", "lined"),
        (b"[sizes]\ntext = 200\n", "key `sizes.text`", "72"),
        (b"[fonts]\ntext = 'Sauce Sans Pro'\n", "key `fonts.text`", "Did you mean `Source Sans Pro`?"),
        (b"[fonts]\ntext = 'DejaVu Sans Mono'\n", "key `fonts.text`", "FiraGO"),
        (b"[fonts]\nfiles = ['assets/none.ttf']\n", "letter", "assets/none.ttf"),
        (b"[colours\n", "letter/theme.toml", "line 1"),
        (b"\xff", "letter/theme.toml", "UTF-8"),
    ],
)
def test_theme_file_is_refused_with_its_place(content: bytes, place: str, said: str) -> None:
    with pytest.raises(TemplateError) as caught:
        theme(files={"theme.toml": content})
    assert place in str(caught.value)
    assert said in str(caught.value)


def test_unknown_theme_is_refused_with_a_suggestion(make_template: MakeTemplate) -> None:
    engine = make_template(SOURCE)
    with pytest.raises(TemplateNotFoundError, match="modern"):
        engine.render("letter", {}, "pdf", theme="modren")
    with pytest.raises(TemplateNotFoundError, match="Known: classic, modern"):
        DocumentEngine([engine._library._folders[0]]).render("letter", {}, "pdf", theme="modren")
    with pytest.raises(InputError, match="takes no theme"):
        engine.render("business-letter", engine.example("business-letter"), "docx", theme="modern")


def test_documents_are_set_in_the_type_of_their_theme(make_template: MakeTemplate) -> None:
    engine = make_template(SOURCE)
    assert pdf_fonts(engine.render("letter", {}, "pdf").content) == {"SourceSansPro"}
    assert pdf_fonts(engine.render("letter", {}, "pdf", theme="modern").content) == {"FiraGO"}
    styles = part(engine.render("letter", {}, "docx", theme="modern").content, "word/styles.xml")
    assert 'w:ascii="FiraGO"' in styles
    assert "Source Sans" not in styles
    assert b"FiraGO" in engine.render("letter", {}, "html", theme="modern").content


def test_manifest_chooses_theme_and_page(make_template: MakeTemplate) -> None:
    engine = make_template(SOURCE, manifest='[theme]\nname = "modern"\norientation = "landscape"\n')
    content = engine.render("letter", {}, "pdf").content
    assert pdf_fonts(content) == {"FiraGO"}
    width, height = PdfReader(io.BytesIO(content)).pages[0].mediabox[2:]
    assert width > height
    section = part(engine.render("letter", {}, "docx").content, "word/document.xml")
    assert 'w:w="16838" w:h="11906" w:orient="landscape"' in section


def test_template_brings_its_own_font(make_template: MakeTemplate) -> None:
    own = b"[fonts]\ntext = 'FiraGO'\nheading = 'FiraGO'\nfiles = ['fonts/Fira.ttf']\n"
    files = {"theme.toml": own, "fonts/Fira.ttf": FIRA_GO.face(REGULAR).read()}
    assert theme(files=files).text.files[0].content
    assert pdf_fonts(make_template(SOURCE, files=files).render("letter", {}, "pdf").content) == {"FiraGO"}
    with pytest.raises(TemplateError, match="cannot be read"):
        theme(files={**files, "fonts/Fira.ttf": b"no font"})


def test_same_bytes_when_themes_take_turns(make_template: MakeTemplate) -> None:
    engine = make_template(SOURCE)
    first = [engine.render("letter", {}, "pdf", theme=name).content for name in ("classic", "modern", "classic")]
    assert first[0] == first[2] != first[1]


def test_theme_is_set_in_a_process_of_its_own_too(make_template: MakeTemplate) -> None:
    engine = make_template(SOURCE)
    with_theme = engine.render("letter", {}, "pdf", theme="modern").content
    alone = DocumentEngine([engine._library._folders[0]], isolate=True).render("letter", {}, "pdf", theme="modern")
    assert alone.content == with_theme


def theme_file(folder: Path, text: str, **files: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "acme.toml").write_text(text, encoding="utf-8")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder / "acme.toml"


def test_theme_file_has_the_last_word(make_template: MakeTemplate, tmp_path: Path) -> None:
    engine = make_template(
        SOURCE, manifest="[theme]\naccent = '#0b5c66'\n", files={"theme.toml": b"[style]\ntables = 'banded'\n"}
    )
    own = "page = 'letter'\n[colours]\naccent = '#7a1f3d'\n[fonts]\ntext = 'FiraGO'\nheading = 'FiraGO'\n"
    path = theme_file(tmp_path / "house", own)
    made = engine.render("letter", {}, "pdf", theme=path)
    assert pdf_fonts(made.content) == {"FiraGO"}
    assert PdfReader(io.BytesIO(made.content)).pages[0].mediabox[2] == 612
    page = engine.render("letter", {}, "html", theme=path).content
    assert b"#7a1f3d" in page
    assert b"#0b5c66" not in page
    plain = engine.render("letter", {}, "pdf")
    assert made.template_digest == plain.template_digest
    assert plain.theme is None
    assert made.theme is not None
    assert made.theme.startswith("acme.toml, sha256 ")


def test_theme_file_brings_its_logo_and_font(make_template: MakeTemplate, tmp_path: Path, picture: bytes) -> None:
    engine = make_template('::: letterhead {name="Acme"}\nRoad 1\n:::\n\n# Title\n')
    own = "logo = 'logo.png'\n[fonts]\ntext = 'FiraGO'\nheading = 'FiraGO'\nfiles = ['fira.ttf']\n"
    path = theme_file(tmp_path / "house", own, **{"logo.png": picture, "fira.ttf": FIRA_GO.face(REGULAR).read()})
    content = engine.render("letter", {}, "docx", theme=path).content
    assert any("media/" in name for name in zipfile.ZipFile(io.BytesIO(content)).namelist())
    alone = DocumentEngine([engine._library._folders[0]]).render("letter", {}, "docx", theme=path)
    assert alone.content == content


def test_theme_file_when_it_changes_is_read_anew(make_template: MakeTemplate, tmp_path: Path) -> None:
    engine = make_template(SOURCE)
    path = theme_file(tmp_path / "house", "[colours]\naccent = '#7a1f3d'\n")
    assert b"#7a1f3d" in engine.render("letter", {}, "html", theme=path).content
    path.write_text("[colours]\naccent = '#123456'\n", encoding="utf-8")
    assert b"#123456" in engine.render("letter", {}, "html", theme=path).content


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[colours]\nacent = '#123456'\n", r"acme.toml, key `colours.acent`.*Did you mean `accent`"),
        ("colours = 3\n", r"acme.toml, key `colours`"),
        ("[fonts]\nfiles = ['none.ttf']\n", r"acme.toml: .*names a file `none.ttf`, and there is none"),
        ("[fonts]\nfiles = ['../secret.ttf']\n", r"does not lie beside"),
        ("[fonts]\ntext = 'Sauce Sans Pro'\n", r"acme.toml, key `fonts.text`.*Did you mean `Source Sans Pro`"),
        ("[colours", r"acme.toml: Expected TOML"),
    ],
)
def test_theme_file_chosen_is_refused_with_its_place(
    make_template: MakeTemplate, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "secret.ttf").write_bytes(b"x")
    path = theme_file(tmp_path / "house", text)
    with pytest.raises(TemplateError) as caught:
        make_template(SOURCE).render("letter", {}, "pdf", theme=path)
    assert re.search(said, str(caught.value))
    assert "theme.chosen" not in str(caught.value)
