"""PDF of Word documents, through a real LibreOffice where there is one."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from pypdf import PdfReader

from configs.errors import DependencyError, DocumentError, LimitError, TemplateError
from templates import fonts
from templates.convert import installation
from templates.convert.converter import Converted, Converter, ConvertLimits
from templates.convert.installation import find_office
from templates.engine import DocumentEngine, formats_here
from templates.readback import normalise, text_of_docx, text_of_pdf

needs_office = pytest.mark.skipif(find_office() is None, reason="LibreOffice is not installed")
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture(scope="module")
def converter() -> Iterator[Converter]:
    made = Converter(ConvertLimits(processes=1))
    yield made
    made.close()


def letter(text: str = "Dear reader", change: Callable[[Any], None] = lambda _: None) -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    change(document)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def add_field(document: Any, instruction: str, shown: str) -> None:
    paragraph = document.add_paragraph()._p
    for run in (
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> {instruction} </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        f"<w:t>{shown}</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    ):
        paragraph.append(parse_xml(f"<w:r {W}>{run}</w:r>"))


@needs_office
def test_pdf_has_the_text_of_the_document_and_tags(converter: Converter) -> None:
    source = letter("Grüße & <b> “x” 1.234,50 €", lambda made: made.add_heading("Terms", 1))
    made = converter.convert(source)
    assert normalise(text_of_pdf(made.content)) == normalise(text_of_docx(source))
    assert PdfReader(io.BytesIO(made.content)).root_object["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a PDF's own boolean
    assert made.version[0].isdigit()


@needs_office
def test_pdf_does_not_claim_to_be_accessible_when_nobody_checked(converter: Converter) -> None:
    assert b"pdfuaid" not in converter.convert(letter()).content


@needs_office
def test_contents_are_filled_with_headings_and_pages(converter: Converter) -> None:
    def change(document: Any) -> None:
        add_field(document, 'TOC \\o "1-3" \\h', "not filled")
        for name in ("First", "Second"):
            document.add_page_break()
            document.add_heading(name, 1)

    source = letter(change=change)
    for _ in range(5):  # LibreOffice fills them when it likes, and must be waited for
        page = PdfReader(io.BytesIO(converter.convert(source).content)).pages[0].extract_text()
        assert "not filled" not in page
        assert normalise(page).replace(".", "").endswith("First2 Second3")


@needs_office
def test_fonts_of_the_package_are_used_without_being_installed(converter: Converter) -> None:
    def change(document: Any) -> None:
        document.add_paragraph().add_run("Ours").font.name = "Source Sans Pro"

    page = PdfReader(io.BytesIO(converter.convert(letter("", change=change)).content)).pages[0]
    (font,) = page["/Resources"]["/Font"].values()
    widths = {round(fonts.glyph(character, fonts.SOURCE_SANS, fonts.REGULAR)[1] * 1000) for character in "Ours"}
    assert {round(width) for width in font["/Widths"]} >= widths  # the name of an OpenType font is lost on the way


@needs_office
def test_system_is_left_as_it_was(converter: Converter) -> None:
    before = set(Path.home().iterdir())
    converter.convert(letter())
    assert set(Path.home().iterdir()) == before


@needs_office
@pytest.mark.parametrize("command", ["INCLUDETEXT", "INCLUDEPICTURE", "RD", "DDEAUTO"])
def test_no_file_of_the_machine_gets_into_a_document(converter: Converter, tmp_path: Path, command: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the house")
    made = converter.convert(letter(change=lambda made: add_field(made, f'{command} "{secret}"', "shown")))
    assert "secret of" not in text_of_pdf(made.content)


@needs_office
def test_bad_document_costs_only_itself(converter: Converter) -> None:
    good = letter()
    results = list(converter.convert_all([good, b"PK\x03\x04 no zip", b"", good]))
    assert [type(result) for result in results] == [Converted, DocumentError, DocumentError, Converted]


@needs_office
def test_lost_process_is_replaced(converter: Converter) -> None:
    converter.convert(letter())
    (victim,) = converter.process_ids()
    os.kill(victim, signal.SIGSTOP)
    os.kill(victim, signal.SIGKILL)
    with pytest.raises(DocumentError, match="SIGKILL"):
        converter.convert(letter(), name="mine")
    assert converter.convert(letter()).content.startswith(b"%PDF")
    assert converter.process_ids() != [victim]


@needs_office
def test_document_is_stopped_when_it_takes_too_long() -> None:
    converter = Converter(ConvertLimits(seconds=0.05, processes=1))
    with pytest.raises(LimitError, match=r"^mine: LibreOffice took longer than 0\.05 s"):
        converter.convert(letter("word " * 20_000), name="mine")
    converter.close()
    assert converter.process_ids() == []


@needs_office
def test_word_template_becomes_pdf_through_the_engine(tmp_path: Path) -> None:
    path = tmp_path / "Reminder Letter.docx"
    path.write_bytes(letter("Dear {{ name }}, you owe us {{ sum | money('EUR') }}."))
    with DocumentEngine() as engine:
        data = {"name": "R&D", "sum": 12.5}
        word, pdf = engine.render(path, data, "docx"), engine.render(path, data, "pdf")
        assert text_of_docx(word.content) == "Dear R&D, you owe us €12.50."
        assert normalise(text_of_pdf(pdf.content)) == text_of_docx(word.content)
        assert pdf.template == "reminder-letter"
        assert pdf.docx_digest == word.content_digest
        assert pdf.engine["libreoffice"]
        assert "libreoffice" not in word.engine


def test_pdf_is_refused_with_the_way_out_when_there_is_no_office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("templates.convert.installation._candidates", lambda: [tmp_path])
    installation.find_office.cache_clear()
    path = tmp_path / "a.docx"
    path.write_bytes(letter("{{ a }}"))
    try:
        with DocumentEngine(isolate=False) as engine:
            assert formats_here(engine.manifest(path)) == ("docx",)
            assert engine.render(path, {"a": 1}, "docx").content
            with pytest.raises(TemplateError, match="apt install libreoffice-writer"):
                engine.render(path, {"a": 1}, "pdf")
            with pytest.raises(DependencyError, match="apt install libreoffice-writer"):
                Converter().convert(letter())
    finally:
        installation.find_office.cache_clear()


@needs_office
def test_no_process_is_left_behind_when_the_parent_is_killed() -> None:
    script = (
        "import sys, time; from pathlib import Path; from templates.convert.converter import Converter;"
        "c = Converter(); c.convert(sys.stdin.buffer.read()); print(*c.process_ids(), flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write(letter())
    parent.stdin.close()
    number = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(500):
        if not _runs(number):
            break
        time.sleep(0.01)
    assert not _runs(number)


def _runs(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
