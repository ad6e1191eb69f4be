"""The sealed file: genuine as long as no byte of it changed, and never a traceback."""

import hashlib
import io
import multiprocessing
import stat
import zipfile
from pathlib import Path

import docx
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import PdfObject

from configs.errors import ConfigError, DependencyError, DocumentError, LimitError
from templates.colophon import SigningKey, load_or_create_key, read, seal, strip, verify

KEY = SigningKey.from_pem(
    b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"
    b"-----END PRIVATE KEY-----\n"
)
OTHER_KEY = SigningKey.generate()
MANIFEST = {"template": {"name": "letter", "version": "1"}, "approval": None, "note": "Jürgen & <Söhne> \ufffe"}
CONTENT_TYPES = (
    b'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/></Types>'
)
TYPST_SOURCE = b"#set document(title: [Letter], date: none)\n= Letter\nThe total is 12.50 EUR.\n"


def small_docx(content_types: bytes = CONTENT_TYPES) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (("[Content_Types].xml", content_types), ("word/document.xml", b"<w:document/>" * 9)):
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def word_docx() -> bytes:
    buffer = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("The total is 12.50 EUR.")
    document.save(buffer)
    return buffer.getvalue()


def small_pdf(with_date: bool = False) -> bytes:
    source = TYPST_SOURCE
    if with_date:
        source = source.replace(b"date: none", b"date: datetime(year: 2026, month: 11, day: 23)")
    return bytes(typst.compile(source))


def with_xref_stream(pdf: bytes) -> bytes:
    """Continue a PDF with an empty update whose index is a stream, as newer writers make it."""
    size = PdfReader(io.BytesIO(pdf)).trailer["/Size"]
    root = PdfReader(io.BytesIO(pdf)).trailer.raw_get("/Root").idnum
    previous = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
    row = b"\x01" + (len(pdf) + 1).to_bytes(4, "big") + b"\x00\x00"
    head = b"/W[1 4 2]/Index[%d 1]/Length 7/Size %d/Root %d 0 R/Prev %d" % (size, size + 1, root, previous)
    stream = b"\n%d 0 obj\n<</Type/XRef%b>>\nstream\n%b\nendstream\nendobj\n" % (size, head, row)
    return pdf + stream + b"startxref\n%d\n%%%%EOF\n" % (len(pdf) + 1)


FILES = {"docx": small_docx(), "pdf": small_pdf(), "pdf-xref-stream": with_xref_stream(small_pdf())}
SEALED = {name: seal(content, MANIFEST, KEY) for name, content in FILES.items()}


@pytest.fixture(params=list(FILES))
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_sealed_file_is_genuine_when_untouched(form: str) -> None:
    verification = verify(SEALED[form], [OTHER_KEY.public, KEY.public])
    assert verification.genuine
    assert verification.content_digest == hashlib.sha256(FILES[form]).hexdigest()
    assert verification.key_id == KEY.public.key_id
    assert verification.key_id in verification.reason
    assert verification.manifest == {
        **MANIFEST,
        "format": "colophon/1",
        "content_digest": verification.content_digest,
        "key_id": KEY.public.key_id,
        "public_key": KEY.public.raw.hex(),
    }
    assert read(SEALED[form]) == verification.manifest


def test_strip_gives_the_rendered_bytes(form: str) -> None:
    assert strip(SEALED[form]) == FILES[form]


def test_seal_gives_the_same_bytes_when_repeated(form: str) -> None:
    assert seal(FILES[form], MANIFEST, KEY) == SEALED[form]


def test_verify_names_the_key_when_it_is_unknown(form: str) -> None:
    verification = verify(SEALED[form], [OTHER_KEY.public])
    assert (verification.genuine, verification.verdict) == (False, "unknown_key")
    assert KEY.public.key_id in verification.reason


def test_verify_says_so_when_there_is_no_colophon(form: str) -> None:
    verification = verify(FILES[form], [KEY.public])
    assert (verification.genuine, verification.verdict) == (False, "no_colophon")
    assert "carries no colophon" in verification.reason
    with pytest.raises(DocumentError, match="carries no colophon"):
        strip(FILES[form])


def verdict_of(data: bytes) -> str:
    """Check a file that is not what was sealed; a refusal counts as an answer, a traceback does not."""
    try:
        verification = verify(data, [KEY.public])
    except DocumentError:
        return "refused"
    assert not verification.genuine
    return verification.verdict


@pytest.mark.parametrize("name", ["docx", "pdf-xref-stream"])
def test_every_flipped_byte_is_found(name: str) -> None:
    sealed = SEALED[name]
    tail = 0 if name == "docx" else len(FILES[name]) - 200  # of the PDF: the whole update
    for position in range(tail, len(sealed)):
        flipped = bytearray(sealed)
        flipped[position] ^= 1
        assert verdict_of(bytes(flipped)) == "changed", position


@settings(deadline=None)  # a busy machine is no error
@given(name=st.sampled_from(list(SEALED)), place=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_a_flipped_byte_is_found_wherever_it_is(name: str, place: float, mask: int) -> None:
    flipped = bytearray(SEALED[name])
    flipped[int(place * len(flipped))] ^= mask
    assert verdict_of(bytes(flipped)) == "changed"


@settings(deadline=None)  # a busy machine is no error
@given(name=st.sampled_from(list(SEALED)), place=st.floats(0, 1), extra=st.binary(min_size=1, max_size=40))
def test_an_inserted_or_appended_piece_is_found(name: str, place: float, extra: bytes) -> None:
    sealed = SEALED[name]
    position = int(place * len(sealed))
    assert verdict_of(sealed[:position] + extra + sealed[position:]) != "genuine"
    assert verdict_of(sealed + extra) == "changed"


@settings(deadline=None)  # a busy machine is no error
@given(name=st.sampled_from(list(SEALED)), place=st.floats(0, 1, exclude_max=True), count=st.integers(1, 60))
def test_a_removed_piece_is_found(name: str, place: float, count: int) -> None:
    sealed = SEALED[name]
    position = int(place * len(sealed))
    assert verdict_of(sealed[:position]) != "genuine"
    assert verdict_of(sealed[:position] + sealed[position + count :]) != "genuine"


def test_a_swapped_manifest_is_found(form: str) -> None:
    altered = SEALED[form].replace(b'"version": "1"', b'"version": "2"')
    assert altered != SEALED[form]
    assert verdict_of(altered) == "changed"


def test_a_signature_in_other_digits_is_found(form: str) -> None:
    head, _, tail = SEALED[form].rpartition(b'"signature": "')
    altered = head + b'"signature": "' + tail[:128].upper() + tail[128:]
    assert verdict_of(altered) == "changed"


def test_a_colophon_moved_to_another_document_is_found() -> None:
    other = small_pdf(with_date=True)
    foreign = other + SEALED["pdf"][len(FILES["pdf"]) :]
    assert verdict_of(foreign) == "changed"
    with pytest.raises(DocumentError, match="changed after it was sealed"):
        strip(foreign)


def test_a_file_sealed_again_by_a_stranger_is_not_genuine(form: str) -> None:
    forged = seal(FILES[form], MANIFEST, OTHER_KEY)
    assert verify(forged, [KEY.public]).verdict == "unknown_key"
    renamed = forged.replace(OTHER_KEY.public.raw.hex().encode(), KEY.public.raw.hex().encode())
    assert verdict_of(renamed.replace(OTHER_KEY.public.key_id.encode(), KEY.public.key_id.encode())) == "changed"


def test_a_rezipped_file_is_found() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SEALED["docx"])) as old, zipfile.ZipFile(buffer, "w") as new:
        for info in old.infolist():
            new.writestr(info, old.read(info))
    assert verdict_of(buffer.getvalue()) != "genuine"


def test_sealed_docx_still_opens_with_its_text() -> None:
    sealed = seal(word_docx(), MANIFEST, KEY)
    assert [paragraph.text for paragraph in docx.Document(io.BytesIO(sealed)).paragraphs] == ["The total is 12.50 EUR."]
    with zipfile.ZipFile(io.BytesIO(sealed)) as archive:
        assert archive.namelist()[-1] == "colophon.xml"
        assert archive.testzip() is None


def written(value: PdfObject) -> bytes:
    buffer = io.BytesIO()
    value.write_to_stream(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["pdf", "pdf-xref-stream"])
def test_sealed_pdf_lists_the_colophon_and_keeps_its_structure(name: str) -> None:
    before = PdfReader(io.BytesIO(FILES[name]), strict=True)
    after = PdfReader(io.BytesIO(SEALED[name]), strict=True)
    assert SEALED[name].startswith(FILES[name])
    assert list(after.attachments) == ["colophon.json"]
    assert b'"format": "colophon/1"' in after.attachments["colophon.json"][0]
    assert after.pages[0].extract_text() == before.pages[0].extract_text()
    for key in before.root_object:
        assert written(after.root_object.raw_get(key)) == written(before.root_object.raw_get(key)), key


def test_sealed_pdf_carries_the_documents_own_date() -> None:
    dated = small_pdf(with_date=True)
    assert b"/ModDate(D:20261123" in seal(dated, MANIFEST, KEY)[len(dated) :]
    assert b"/ModDate(" not in SEALED["pdf"][len(FILES["pdf"]) :]


def test_sealed_pdf_keeps_an_attachment_it_had() -> None:
    source = TYPST_SOURCE + b'#pdf.attach("zeta.txt", bytes("z"))\n#pdf.attach("alpha.txt", bytes("a"))\n'
    sealed = seal(bytes(typst.compile(source)), MANIFEST, KEY)
    attachments = PdfReader(io.BytesIO(sealed), strict=True).attachments
    assert list(attachments) == ["alpha.txt", "colophon.json", "zeta.txt"]
    assert attachments["zeta.txt"] == [b"z"]


def test_seal_refuses_what_is_sealed_already(form: str) -> None:
    with pytest.raises(DocumentError, match="already"):
        seal(SEALED[form], MANIFEST, KEY)


def test_seal_refuses_an_attachment_with_its_own_name() -> None:
    source = TYPST_SOURCE + b'#pdf.attach("colophon.json", bytes("{}"))'
    with pytest.raises(DocumentError, match="colophon's own name"):
        seal(bytes(typst.compile(source)), MANIFEST, KEY)


def test_seal_refuses_a_docx_that_declares_no_xml() -> None:
    with pytest.raises(DocumentError, match="content type"):
        seal(small_docx(CONTENT_TYPES.replace(b'"xml"', b'"png"')), MANIFEST, KEY)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"PK\x03\x04[Content_Types].xml word/",
        b"%PDF-1.7\n",
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R/Size 9999999999>>\nstartxref\n9\n%%EOF",
        small_docx()[:-1],
        small_docx() + b"x",
        small_pdf()[:-300],
        FILES["pdf"].replace(b"/Root", b"/Rood"),
    ],
)
def test_seal_refuses_a_broken_file(content: bytes) -> None:
    with pytest.raises(DocumentError):
        seal(content, MANIFEST, KEY)


@settings(deadline=None)  # a busy machine is no error
@given(st.binary(max_size=400), st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04[Content_Types].xmlword/"]))
def test_verify_answers_for_any_bytes(noise: bytes, start: bytes) -> None:
    assert verdict_of(start + noise) in {"refused", "no_colophon", "changed"}


def test_verify_unpacks_nothing_when_a_member_is_a_bomb() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        with archive.open("word/bomb.xml", "w") as member:
            for _ in range(100):
                member.write(bytes(1 << 20))
    assert len(buffer.getvalue()) < 1 << 20
    assert verify(seal(buffer.getvalue(), MANIFEST, KEY), [KEY.public]).genuine


def test_verify_survives_a_manifest_that_nests_deeply(form: str) -> None:
    old = b'"approval": null'
    assert verdict_of(SEALED[form].replace(old, b'"approval": ' + b"[" * 100_000)) == "changed"


@pytest.mark.parametrize("manifest", [{"x": object()}, {"x": float("nan")}, {1: 2, "x": 3}])
def test_seal_refuses_a_manifest_that_json_cannot_hold(manifest: dict[str, object]) -> None:
    with pytest.raises(DocumentError, match="plain data"):
        seal(FILES["docx"], manifest, KEY)


def test_seal_refuses_a_huge_manifest() -> None:
    with pytest.raises(LimitError):
        seal(FILES["docx"], {"x": "x" * (1 << 20)}, KEY)


def test_key_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.pem"
    key = load_or_create_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_create_key(path).public == key.public
    assert [file.name for file in path.parent.iterdir()] == ["signing.pem"]


def key_id_at(path: Path) -> str:
    return load_or_create_key(path).public.key_id


def test_key_is_one_when_processes_race(tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        found = pool.map(key_id_at, [tmp_path / f"{round_}.pem" for round_ in range(10) for _ in range(4)], chunksize=1)
    assert len(set(found)) == 10
    assert [len(set(found[start : start + 4])) for start in range(0, 40, 4)] == [1] * 10


def test_key_file_with_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "signing.pem"
    path.write_bytes(b"no key")
    with pytest.raises(ConfigError, match="Ed25519"):
        load_or_create_key(path)
    with pytest.raises(DependencyError):
        load_or_create_key(path / "below" / "a-file.pem")
