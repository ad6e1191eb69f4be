"""Any blocks, written and read back: the text is exact, the files open, and no value changes the structure."""

import io
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from pypdf import PdfReader

from templates import fonts
from templates.blocks import (
    CALLOUT_KINDS,
    PARAGRAPH_STYLES,
    Block,
    Callout,
    Code,
    Column,
    Columns,
    Contents,
    Cover,
    Document,
    Figure,
    Footer,
    Heading,
    Image,
    KeyValue,
    KeyValues,
    Landscape,
    Letterhead,
    ListBlock,
    PageBreak,
    Paragraph,
    Quote,
    Rule,
    Run,
    Signature,
    Signatures,
    Table,
)
from templates.library import TemplateFiles
from templates.manifest import ThemeConfig
from templates.markup import RESERVED
from templates.readback import normalise, text_of_docx, text_of_pdf
from templates.theme import Theme
from templates.words import words_of
from templates.writers.docx import write_docx
from templates.writers.html import write_html
from templates.writers.pdf import write_pdf

THEME = Theme.of(ThemeConfig(), TemplateFiles("t", {}, "digest"))
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10"/></svg>'
IMAGE = Image(SVG, "svg", 20.0, 10.0, "a box")

# Every character that XML 1.0 allows, less those that stand for sealed values; the forms of line breaks that readers
# of Markdown never see are left to the tests of Markdown.
XML_CHARACTERS = st.characters(
    exclude_categories=("Cs",), exclude_characters="\r\ufffe\uffff" + "".join(map(chr, range(9))) + "\x0b\x0c"
).filter(lambda character: not RESERVED.match(character) and (character >= " " or character in "\n"))
# One character of each glyph, and none that is put together from several: a PDF tells these apart, pypdf does not.
GLYPHS = fonts._font(THEME.text.face(fonts.REGULAR)).getBestCmap()
LEFT_TO_RIGHT = "".join(
    chr(code)
    for code in {glyph: code for code, glyph in sorted(GLYPHS.items())}.values()
    if unicodedata.category(chr(code))[0] in "LNPS"
    and unicodedata.bidirectional(chr(code)) not in ("R", "AL")
    and chr(code) not in "¹²³"  # the marks of footnotes
    and (code < 0x180 or unicodedata.normalize("NFKD", chr(code)) == chr(code))
)


ANY_TEXT = st.text(XML_CHARACTERS, max_size=25)
SHOWN_TEXT = st.text(st.sampled_from(LEFT_TO_RIGHT + " " * 40), max_size=25)
LETTERS = "abcdefghijklmnopqrstuvwxyzäöüßéèñçøåąęłőžABCDEFΩλдж0123456789"
WORDS = st.lists(st.text(st.sampled_from(LETTERS), min_size=1, max_size=9), max_size=6).map(
    lambda words: ", ".join([*words, ""])
)


def runs(text: st.SearchStrategy[str], *, notes: bool = False) -> st.SearchStrategy[tuple[Run, ...]]:
    plain = st.builds(
        Run,
        text,
        bold=st.booleans(),
        italic=st.booleans(),
        code=st.just(False),
        link=st.sampled_from([None, None, "https://x.org/?a=1&b=2"]),
    )
    code = st.builds(Run, st.sampled_from(["code ", "x = 1; "]), code=st.just(True))  # its font has fewer letters
    with_note = st.builds(lambda note: Run("", note=(Run(note),)), text)
    pieces = st.one_of(plain, plain, code, with_note) if notes else st.one_of(plain, plain, code)
    return st.lists(pieces, max_size=3).map(tuple)


def tables(text: st.SearchStrategy[str]) -> st.SearchStrategy[Table]:
    def build(count: int) -> st.SearchStrategy[Table]:
        columns = st.tuples(
            *[st.builds(Column, st.just(1 / count), st.sampled_from(["left", "center", "right"]))] * count
        )
        row = st.tuples(*[runs(text)] * count)
        return st.builds(
            Table, columns, row, st.lists(row, max_size=3).map(tuple), st.integers(0, 1), runs(text), st.integers(1, 9)
        )

    return st.integers(1, 4).flatmap(build)


def blocks(text: st.SearchStrategy[str]) -> st.SearchStrategy[Block]:
    line = text.map(lambda value: value.replace("\n", " "))
    facts = st.lists(st.builds(KeyValue, line, line, line), min_size=1, max_size=4).map(tuple)
    leaves: st.SearchStrategy[Block] = st.one_of(
        st.builds(Heading, st.integers(1, 4), runs(line)),
        st.builds(Paragraph, runs(text, notes=True), st.sampled_from(PARAGRAPH_STYLES)),
        tables(text),
        st.builds(Figure, st.just(IMAGE), runs(text), st.integers(1, 9)),
        st.builds(Code, st.sampled_from(["", "a = 1\n  b", "x"])),
        st.builds(KeyValues, facts, st.sampled_from(["tiles", "rows"])),
        st.builds(Letterhead, line, runs(text), st.sampled_from([None, IMAGE])),
        st.builds(
            Signatures,
            st.lists(st.builds(Signature, line, line, st.one_of(st.none(), line)), min_size=1, max_size=5).map(tuple),
        ),
        st.builds(Rule),
    )

    def nested(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
        several = st.lists(inner, max_size=3).map(tuple)
        entries = st.lists(several, min_size=1, max_size=3).map(tuple)
        return st.one_of(
            st.builds(ListBlock, st.booleans(), entries, st.integers(0, 99)),
            st.builds(Callout, st.sampled_from(CALLOUT_KINDS), line, several),
            st.builds(Quote, several),
            st.builds(Columns, st.just((0.6, 0.4)), st.tuples(several, several)),
        )

    return st.recursive(leaves, nested, max_leaves=6)


def documents(text: st.SearchStrategy[str]) -> st.SearchStrategy[Document]:
    line = text.map(lambda value: value.replace("\n", " "))
    some = st.lists(st.one_of(blocks(text), blocks(text), st.builds(PageBreak)), max_size=4)
    covers = st.builds(
        Cover,
        line,
        line,
        st.sampled_from([None, IMAGE]),
        st.lists(st.builds(Paragraph, runs(text)), max_size=2).map(tuple),
    )
    turned = st.builds(Landscape, some.map(tuple))
    contents = st.builds(Contents, line, st.integers(1, 3))
    parts = st.tuples(
        st.lists(covers, max_size=1), st.lists(contents, max_size=1), some, st.lists(turned, max_size=1), some
    )
    whole = parts.map(lambda parts: tuple(block for part in parts for block in part))
    return st.builds(
        Document,
        title=line,
        language=st.sampled_from(["en-GB", "de", "el", "fr"]),
        created=st.just(1_795_392_000),
        theme=st.just(THEME),
        blocks=whole,
        header=runs(line),
        watermark=line,
        numbered_captions=st.booleans(),
        footer=st.builds(Footer, runs(line), line),
    )


def expected(value: Any, document: Document) -> Iterator[str]:
    """The texts of blocks as a reader should meet them, in their order; notes are left out."""
    if isinstance(value, Run):
        yield value.text
    elif isinstance(value, tuple):
        for entry in value:
            yield from expected(entry, document)
    elif isinstance(value, Table | Figure):
        words = words_of(document.language)
        word = words.table if isinstance(value, Table) else words.figure
        number = [f"{word} {value.number}: "] if document.numbered_captions and value.caption else []
        yield from [*number, *expected(value.caption, document)]
        if isinstance(value, Table):
            yield from expected((value.header, value.rows), document)
    elif isinstance(value, Signature):
        yield from [value.name, value.role]
        if value.date is not None:
            yield f"{words_of(document.language).date}: {value.date}"
    elif isinstance(value, KeyValues) and value.layout == "rows":
        for entry in value.entries:
            yield from [entry.label, f"{entry.value} · {entry.note}" if entry.note else entry.value]
    elif isinstance(value, str):
        yield value
    elif is_dataclass(value) and not isinstance(value, Image):
        left_out = {"kind", "style", "layout", "number", "logo", "depth", "shares"}
        left_out |= set() if isinstance(value, KeyValue) else {"label"}
        for each in fields(value):
            if each.name not in left_out:
                yield from expected(getattr(value, each.name), document)


def notes_of(value: Any) -> Iterator[str]:
    if isinstance(value, Run):
        yield from (run.text for run in value.note)
    elif isinstance(value, tuple):
        for entry in value:
            yield from notes_of(entry)
    elif is_dataclass(value) and not isinstance(value, Image):
        for each in fields(value):
            yield from notes_of(getattr(value, each.name))


def bare(text: str) -> str:
    """A text without white space: where blocks meet, how much there is says nothing."""
    return normalise(text).replace(" ", "")


def all_text(document: Document) -> str:
    return bare("".join([*expected(document.blocks, document), *notes_of(document.blocks)]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents(ANY_TEXT))
def test_text_of_docx_is_exact_whatever_the_characters(document: Document) -> None:
    content = write_docx(document)
    assert bare(text_of_docx(content)) == all_text(document)
    opened = docx.Document(io.BytesIO(content))
    assert opened.core_properties.title == document.title
    for name in zipfile.ZipFile(io.BytesIO(content)).namelist():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read(name))


@settings(max_examples=100, deadline=None)
@given(st.lists(ANY_TEXT, min_size=1, max_size=5))
def test_every_paragraph_of_docx_is_the_text_that_came_in(paragraphs: list[str]) -> None:
    document = Document("t", "en", 0, THEME, tuple(Paragraph((Run(text),)) for text in paragraphs))
    opened = docx.Document(io.BytesIO(write_docx(document)))
    assert [paragraph.text for paragraph in opened.paragraphs] == paragraphs


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents(SHOWN_TEXT))
def test_text_of_pdf_is_exact_in_scripts_that_the_fonts_cover(document: Document) -> None:
    # Without white space: a PDF holds places of letters; where looks change inside of a word, readers guess.
    assert bare(text_of_pdf(write_pdf(document))) == all_text(document)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents(WORDS))
def test_text_of_pdf_is_that_of_docx_word_by_word(document: Document) -> None:
    assert normalise(text_of_pdf(write_pdf(document))).split() == normalise(text_of_docx(write_docx(document))).split()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents(ANY_TEXT))
def test_pdf_and_html_are_written_whatever_the_characters(document: Document) -> None:
    assert len(PdfReader(io.BytesIO(write_pdf(document))).pages) >= 1
    assert write_html(document).endswith(b"</html>\n")


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice, which opens the Word files")
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents(WORDS))
def test_libreoffice_opens_what_is_written(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    folder: Path = tmp_path_factory.mktemp("office")
    (folder / "document.docx").write_bytes(write_docx(document))
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "txt:Text"]
    subprocess.run([*command, "--outdir", str(folder), str(folder / "document.docx")], check=True, capture_output=True)
    assert (folder / "document.txt").exists()
