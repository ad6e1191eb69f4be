"""Seal a document, and tell whether a sealed one is still what it was.

The signature is made over the whole sealed file with zeros in the signature's
place (and, in a DOCX, with the zip checksum that belongs to those zeros). So
there is no byte outside the signature that it does not cover, and checking it
needs neither the renderer nor the exact libraries that wrote the file.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

from configs.errors import DocumentError
from templates.colophon import docx, envelope, pdf
from templates.colophon.envelope import BLANK, Envelope
from templates.colophon.keys import PublicKey, SigningKey

FORMAT = "colophon/1"
_MARKS = (docx.MARK, pdf.MARK, b'"format": "colophon/1"')  # a sealed file holds two of them: one may be damaged
_IN_ALL_MARKS = b"colophon"

Verdict = Literal["genuine", "changed", "unknown_key", "no_colophon"]


@dataclass(frozen=True)
class Verification:
    """What checking a file found.

    Attributes:
        reason: one sentence for people.
        manifest: what the file says of itself; None unless its signature is right.
        content_digest: sha256 of the rendered bytes before sealing; None when the file was changed.
        key_id: the key that signed; None unless the signature is right.
    """

    genuine: bool
    reason: str
    verdict: Verdict
    manifest: Mapping[str, Any] | None = None
    content_digest: str | None = None
    key_id: str | None = None


@dataclass(frozen=True)
class _Sealed:
    """A file in which a colophon was found; nothing about it is believed yet."""

    content: bytes
    envelope: Envelope
    message: bytes
    whole: bool


def seal(content: bytes, manifest: Mapping[str, Any], key: SigningKey) -> bytes:
    """Add the signed manifest to a rendered DOCX or PDF; see `seal_whole`."""
    return seal_whole(content, manifest, key)[0]


def seal_whole(content: bytes, manifest: Mapping[str, Any], key: SigningKey) -> tuple[bytes, Mapping[str, Any]]:
    """Add the signed manifest to a rendered DOCX or PDF, and give the manifest as it was sealed too.

    Args:
        content: the rendered bytes.
        manifest: plain data that names what the document was made of; the format, the content digest
            and the key are added to it.
        key: the key that signs. The same three arguments always give the same bytes.

    Raises:
        DocumentError: the bytes are neither a DOCX nor a PDF, are broken, or are sealed already.
        LimitError: the manifest is too large.
    """
    form = _form(content)
    if _carries_mark(content):
        raise DocumentError("The document carries a colophon already.", hint="Strip it before sealing anew.")
    public = key.public
    full_manifest = {
        **manifest,
        "format": FORMAT,
        "content_digest": hashlib.sha256(content).hexdigest(),
        "key_id": public.key_id,
        "public_key": public.raw.hex(),
    }
    blank = form.attach(content, envelope.write(full_manifest))
    place = form.locate(blank)
    if place is None:
        raise DocumentError("The document cannot take a colophon.")
    return bytes(form.fill(blank, place, key.sign(_message(blank)).hex().encode())), full_manifest


def verify(data: bytes, trusted: Sequence[PublicKey]) -> Verification:
    """Say whether a file is exactly what was sealed, and by a trusted key.

    Raises:
        DocumentError: the bytes are neither a DOCX nor a PDF.
    """
    sealed = _open(data)
    if sealed is None:
        if _carries_mark(data):
            return _changed()
        _form(data)
        digest = hashlib.sha256(data).hexdigest()
        return Verification(False, "The file carries no colophon.", "no_colophon", content_digest=digest)
    manifest = sealed.envelope.manifest
    key = _key_in(manifest)
    digest = hashlib.sha256(sealed.content).hexdigest()
    if key is None or not sealed.whole or manifest.get("content_digest") != digest:
        return _changed()
    if not key.accepts(sealed.envelope.signature, sealed.message):
        return _changed()
    if key not in trusted:
        reason = f"The file is whole, but it was signed by an unknown key ({key.key_id})."
        return Verification(False, reason, "unknown_key", manifest, digest, key.key_id)
    reason = f"The file is genuine: no byte has changed since it was sealed with the key {key.key_id}."
    return Verification(True, reason, "genuine", manifest, digest, key.key_id)


def read(data: bytes) -> Mapping[str, Any]:
    """Give the manifest that a file carries, without checking anything.

    Raises:
        DocumentError: the file carries none that can be read.
    """
    return _opened(data).envelope.manifest


def strip(data: bytes) -> bytes:
    """Give the rendered bytes as they were before sealing.

    Raises:
        DocumentError: the file carries no colophon, or the bytes are not the ones it names.
    """
    sealed = _opened(data)
    if hashlib.sha256(sealed.content).hexdigest() != sealed.envelope.manifest.get("content_digest"):
        raise DocumentError("The file was changed after it was sealed, so the rendered bytes are lost.")
    return sealed.content


def _form(data: bytes) -> ModuleType:
    for form in (pdf, docx):
        if form.looks_like(data):
            return form
    raise DocumentError("Expected a DOCX or a PDF, but the bytes are neither.")


def _open(data: bytes) -> _Sealed | None:
    for form in (pdf, docx):
        place = form.locate(data) if form.looks_like(data) else None
        found = envelope.parse(data[place.start : place.end]) if place else None
        if place and found:
            blank = form.fill(data, place, BLANK)
            whole = form.fill(blank, place, found.signature.hex().encode()) == data
            return _Sealed(place.content, found, _message(blank), whole)
    return None


def _opened(data: bytes) -> _Sealed:
    sealed = _open(data)
    if sealed is None:
        _form(data)
        raise DocumentError("The file carries no colophon that can be read.")
    return sealed


def _message(blank: bytes) -> bytes:
    return FORMAT.encode() + b"\n" + hashlib.sha256(blank).digest()


def _key_in(manifest: Mapping[str, Any]) -> PublicKey | None:
    if manifest.get("format") != FORMAT:
        return None
    try:
        key = PublicKey(bytes.fromhex(manifest["public_key"]))
    except (KeyError, TypeError, ValueError):
        return None
    return key if len(key.raw) == 32 and manifest.get("key_id") == key.key_id else None


def _carries_mark(data: bytes) -> bool:
    return _IN_ALL_MARKS in data and any(mark in data for mark in _MARKS)


def _changed() -> Verification:
    return Verification(False, "The file was changed after it was sealed.", "changed")
