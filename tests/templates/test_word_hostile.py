"""A template that means harm, or is no template: one clear error, in bounded time."""

import contextlib
import io
import struct
import time
import zipfile
from collections.abc import Mapping

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.errors import ColophonError, LimitError, TemplateError
from templates.word import archive, compile_template

BODY = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>%s</w:body></w:document>'
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{MAIN}"/></Types>'
)
RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://x/%s" Target="%s" TargetMode="External"/></Relationships>'
)


def package(changes: Mapping[str, str | bytes | None] = {}) -> bytes:
    members = {
        "[Content_Types].xml": TYPES,
        "word/document.xml": BODY % "<w:p><w:r><w:t>{{ a }}</w:t></w:r></w:p>",
        **changes,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            if content is not None:
                file.writestr(name, content)
    return buffer.getvalue()


def refusal(content: bytes) -> ColophonError:
    with pytest.raises((TemplateError, LimitError)) as raised:
        compile_template(content, name="bad.docx")
    assert str(raised.value.where).startswith("bad.docx")
    return raised.value


def test_smallest_package_is_filled() -> None:
    assert compile_template(package(), name="t").fill({"a": 1})


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"hello", b"%PDF-1.7", package()[:-30], package()[200:], b"PK\x05\x06" + bytes(18)]
)
def test_file_that_is_no_archive_is_refused(content: bytes) -> None:
    refusal(content)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"[Content_Types].xml": None}, "list of content types"),
        ({"[Content_Types].xml": TYPES.replace("wordprocessingml", "spreadsheetml")}, "another kind"),
        ({"[Content_Types].xml": TYPES.replace("document.main", "template.main")}, "another kind"),
        ({"[Content_Types].xml": "<Types>"}, "not well-formed"),
        ({"word/document.xml": b"\xff\xfe\x00"}, "not well-formed"),
        ({"word/document.xml": BODY.replace("schemas.openxmlformats.org", "purl.oclc.org/x") % ""}, "Strict"),
        ({"word/vbaProject.bin": b"x"}, "macros"),
        ({"../evil.xml": "<a/>"}, "points out"),
        ({"/etc/passwd": "<a/>"}, "points out"),
        ({"word\\..\\x.xml": "<a/>"}, "points out"),
        ({"word/Document.xml": "<a/>"}, "same name"),
        (
            {"word/_rels/document.xml.rels": RELATIONSHIPS % ("attachedTemplate", "https://evil.example/t.dotm")},
            "outside of itself",
        ),
        (
            {"word/_rels/document.xml.rels": RELATIONSHIPS % ("image", "https://evil.example/pixel.png")},
            "outside of itself",
        ),
        ({"word/_rels/document.xml.rels": RELATIONSHIPS % ("hyperlink", "file:///etc/passwd")}, "outside of itself"),
        ({"word/_rels/document.xml.rels": RELATIONSHIPS % ("hyperlink", "\\\\share\\x")}, "outside of itself"),
    ],
)
def test_package_that_is_unsafe_or_no_word_file_is_refused(
    changes: dict[str, str | bytes | None], message: str
) -> None:
    assert message in refusal(package(changes)).message


@pytest.mark.parametrize("target", ["https://example.org/", "mailto:a@example.org", "page.html"])
def test_package_with_an_ordinary_link_is_read(target: str) -> None:
    assert compile_template(package({"word/_rels/document.xml.rels": RELATIONSHIPS % ("hyperlink", target)}), name="t")


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d SYSTEM "http://evil.example/x.dtd">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_and_document_types_are_refused(declaration: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{declaration}' + BODY % "<w:p>&a;</w:p>"
    refusal(package({"word/document.xml": text.encode(encoding)}))


def test_bomb_is_refused_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    started = time.monotonic()
    error = refusal(package({"word/media/bomb.bin": bytes(20 << 20)}))
    assert isinstance(error, LimitError)
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 1000)
    assert isinstance(refusal(package({"word/media/a.bin": bytes(2000)})), LimitError)
    assert time.monotonic() - started < 2


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 10)
    assert "members" in refusal(package({f"word/{number}.bin": b"" for number in range(12)})).message


def test_member_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(package({"word/media/a.bin": bytes(5000)}))
    entry = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, entry + 24, 10)  # the uncompressed size in the directory
    assert "not what the archive's directory says" in refusal(bytes(content)).message


def test_too_large_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("templates.word.xml.MAX_XML_BYTES", 1000)
    assert isinstance(refusal(package({"word/document.xml": BODY % ("<w:p/>" * 500)})), LimitError)


def test_too_many_tags_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("templates.word.segments.MAX_TAGS", 50)
    body = BODY % ("<w:p><w:r><w:t>{{ a }}</w:t></w:r></w:p>" * 60)
    assert "tags" in refusal(package({"word/document.xml": body})).message


@pytest.mark.parametrize(
    "text",
    [
        "{% if a %}" * 400 + "x" + "{% endif %}" * 400,
        "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
        "{{ " + "-" * 5000 + "1 }}",
    ],
)
def test_deep_nesting_is_refused(text: str) -> None:
    refusal(package({"word/document.xml": BODY % f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"}))


def test_deep_xml_is_refused() -> None:
    refusal(package({"word/document.xml": BODY % ("<w:p>" * 3000 + "</w:p>" * 3000)}))


def test_reserved_characters_are_refused() -> None:
    body = BODY % "<w:p><w:r><w:t>&#xFDD0;0&#xFDD1; {{ a }}</w:t></w:r></w:p>"
    assert "U+FDD0" in refusal(package({"word/document.xml": body})).message


def test_processing_instructions_of_the_file_are_not_taken_for_tags() -> None:
    body = BODY % "<?c 0?><w:p><w:r><w:t>{{ a }}</w:t></w:r></w:p>"
    filled = compile_template(package({"word/document.xml": body}), name="t").fill({"a": "once"})
    assert zipfile.ZipFile(io.BytesIO(filled)).read("word/document.xml").count(b"once") == 1


def test_type_of_xml_is_declared_when_the_file_does_not() -> None:
    types = TYPES.replace('<Default Extension="xml" ContentType="application/xml"/>', "")
    filled = compile_template(package({"[Content_Types].xml": types}), name="t").fill({"a": 1})
    assert b'Extension="xml"' in zipfile.ZipFile(io.BytesIO(filled)).read("[Content_Types].xml")


@settings(deadline=None)  # a busy machine is no error
@given(position=st.integers(0, 10_000), value=st.integers(0, 255), cut=st.booleans())
def test_damaged_file_never_gives_a_traceback(position: int, value: int, cut: bool) -> None:
    content = bytearray(package())
    if cut:
        del content[position % len(content) :]
    else:
        content[position % len(content)] = value
    with contextlib.suppress(ColophonError):
        compile_template(bytes(content), name="t").fill({"a": 1})


def test_word_default_document_is_read_in_any_case() -> None:
    buffer = io.BytesIO()
    docx.Document().save(buffer)
    assert docx.Document(io.BytesIO(compile_template(buffer.getvalue(), name="t").fill({})))
