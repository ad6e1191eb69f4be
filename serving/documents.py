"""From data to a sealed document: data checked → passages → render → seal → record.

Knows no server: the service, the flows and the tests use the same writer.
"""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from configs.errors import InputError
from configs.files import digest_of
from evaluation.records import DocumentRecord
from serving.passages import Passage, PassageWriter, Summarize
from templates import colophon
from templates.data import look_up
from templates.engine import DocumentEngine, RenderedDocument
from templates.manifest import Format
from templates.readback import normalise, text_of_pdf

FORMATS = ("docx", "pdf")  # those that can carry a colophon


@dataclass(frozen=True)
class SealedDocument:
    """A finished file, and what its colophon says.

    Attributes:
        content_digest: sha256 of the rendered bytes before sealing.
        sealed_digest: sha256 of `content`.
        manifest: what was sealed into the file.
        ledger: for each passage, where its text is from and the verdict on each claim.
        warnings: what a reader should know about the document's looks, e.g. letters that the font lacks.
    """

    content: bytes = field(repr=False)
    template: str
    media_type: str
    filename: str
    content_digest: str
    sealed_digest: str
    manifest: Mapping[str, Any]
    ledger: Mapping[str, Any]
    passages: Mapping[str, Passage]
    warnings: tuple[str, ...]


class TakesDocuments(Protocol):
    """Where document records go: the database, or a batch for it."""

    def add_document(self, record: DocumentRecord) -> None:
        """Take a record."""


class DocumentWriter:
    """Writes, seals and records documents; may be called from several threads if `summarize` may."""

    def __init__(
        self, engine: DocumentEngine, summarize: Summarize, key: colophon.SigningKey, records: TakesDocuments
    ) -> None:
        self._engine = engine
        self._passages = PassageWriter(engine, summarize)
        self._key = key
        self._records = records

    def write(
        self,
        template: str | Path,
        data: Mapping[str, Any],
        file_format: str,
        *,
        request_id: str,
        passages: Mapping[str, str] | None = None,
        theme: str | Path | None = None,
        approval: Mapping[str, Any] | None = None,
        verify: bool = False,
    ) -> SealedDocument:
        """Write one document.

        Args:
            template: the name of a template; a `Path` where the caller may read files.
            data: its data, which must fit the template's schema.
            file_format: `docx` or `pdf`.
            request_id: what the document record is found by.
            passages: texts written elsewhere, by passage name; they are checked like a model's.
            theme: the name of a theme instead of the template's own; a `Path` where the caller may read files.
            approval: who approved the content, for the colophon.
            verify: read the document back before it is sealed; see `DocumentEngine.render`.

        Raises:
            TemplateNotFoundError: there is no such template.
            ContextError: the data does not fit, or a given text belongs to no passage.
            InputError: the format cannot be sealed.
            ModelNotFoundError: a passage is to be written, and no model answers.
        """
        if file_format not in FORMATS:
            raise InputError(f"Expected docx or pdf, but got `{file_format}`.", where="format")
        declared = self._engine.manifest(template)
        if declared.passages:  # no model sees what does not fit; the engine itself checks what it prints
            self._engine.check_data(template, data)
        written = self._passages.write(declared, data, passages or {})
        texts = {name: passage.text for name, passage in written.items()}
        to: Format = "docx" if file_format == "docx" else "pdf"
        rendered = self._engine.render(template, data, to, passages=texts, theme=theme, verify=verify)
        date = look_up(data, declared.date_field, where=declared.name) if declared.date_field else None
        document = self._seal(rendered, written, date, approval)
        self._records.add_document(self._record(rendered, document, request_id))
        return document

    def _seal(
        self,
        rendered: RenderedDocument,
        passages: Mapping[str, Passage],
        date: str | None,
        approval: Mapping[str, Any] | None,
    ) -> SealedDocument:
        ledger = {name: passage.as_dict() for name, passage in passages.items()}
        content, manifest = colophon.seal_whole(
            rendered.content, _manifest(rendered, ledger, date, approval), self._key
        )
        return SealedDocument(
            content=content,
            template=rendered.template,
            media_type=rendered.media_type,
            filename=f"{rendered.template}.{rendered.format}",
            content_digest=rendered.content_digest,
            sealed_digest=hashlib.sha256(content).hexdigest(),
            manifest=manifest,
            ledger=ledger,
            passages=passages,
            warnings=rendered.warnings,
        )

    def _record(self, rendered: RenderedDocument, document: SealedDocument, request_id: str) -> DocumentRecord:
        return DocumentRecord(
            id=uuid.uuid4().hex,
            at=datetime.now(UTC),
            template=rendered.template,
            template_version=rendered.template_version,
            template_digest=rendered.template_digest,
            data_digest=rendered.data_digest,
            format=rendered.format,
            content_digest=document.content_digest,
            sealed_digest=document.sealed_digest,
            key_id=self._key.public.key_id,
            models=document.manifest["models"],
            ledger=document.ledger,
            request_id=request_id,
        )


def _manifest(
    rendered: RenderedDocument,
    ledger: Mapping[str, Any],
    date: str | None,
    approval: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Say what the document was made from, by digest: the manifest must not repeat what the document may not show."""
    return {
        "template": {
            "name": rendered.template,
            "version": rendered.template_version,
            "digest": rendered.template_digest,
        },
        "data_digest": rendered.data_digest,
        "document": {"format": rendered.format, "date": date, **_theme(rendered), **_proof(rendered)},
        "engine": dict(rendered.engine),
        "models": {name: part["author"] for name, part in ledger.items() if part["author"]},
        "passages": {name: part["origin"] for name, part in ledger.items()},
        "ledger_digest": digest_of(ledger),
        "approval": dict(approval) if approval else None,
    }


def _theme(rendered: RenderedDocument) -> dict[str, str]:
    return {} if rendered.theme is None else {"theme": rendered.theme}


def _proof(rendered: RenderedDocument) -> dict[str, str]:
    """Say what proves a PDF that LibreOffice made: its own bytes differ each time, the DOCX and the text do not."""
    if rendered.docx_digest is None:
        return {}
    text = normalise(text_of_pdf(rendered.content))
    return {"docx_digest": rendered.docx_digest, "text_digest": hashlib.sha256(text.encode()).hexdigest()}
