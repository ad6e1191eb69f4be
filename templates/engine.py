"""`DocumentEngine`: template and data in, finished document out."""

import functools
import hashlib
import importlib.metadata
import threading
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from configs.errors import InputError, TemplateError, TemplateNotFoundError
from configs.files import digest_of
from configs.loader import suggest
from templates.compiled import CompiledTemplate
from templates.library import Library, Signature, read_folder, signature
from templates.manifest import FILE, Format, Manifest
from templates.writers import docx, html, pdf

_MEDIA_TYPES = {"docx": docx.MEDIA_TYPE, "pdf": pdf.MEDIA_TYPE, "html": html.MEDIA_TYPE}
# Whose versions decide the bytes of a document.
_PARTS = (
    "colophon",
    "typst",
    "jinja2",
    "markdown-it-py",
    "mdit-py-plugins",
    "babel",
    "fonttools",
    "font-source-sans-pro",
)


@dataclass(frozen=True)
class RenderedDocument:
    """A finished document and what it was made from."""

    template: str
    template_version: str
    template_digest: str
    data_digest: str
    format: Format
    content: bytes = field(repr=False)
    content_digest: str
    media_type: str
    engine: Mapping[str, str]
    warnings: tuple[str, ...] = ()


class DocumentEngine:
    """Writes documents from templates; it may be shared by threads.

    Args:
        folders: folders of templates, searched before those that come with the package.
    """

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self._library = Library(folders)
        self._compiled: dict[Path, tuple[Signature, CompiledTemplate]] = {}
        self._lock = threading.Lock()

    def render(
        self, template: str, data: Mapping[str, Any], to: Format, *, passages: Mapping[str, str] | None = None
    ) -> RenderedDocument:
        """Write one document.

        Args:
            template: a template's name, with `@version` where only that version will do.
            data: plain data that fits the template's schema.
            to: the format.
            passages: the texts of its passages; one that is not given becomes its fallback sentence.

        Raises:
            TemplateNotFoundError: there is no such template.
            ContextError: the data does not fit; the message names the path of the first problem.
            TemplateError: the template is wrong; the message names file and line.
            LimitError: the document would grow too large.
        """
        compiled = self._compile(template)
        _check_format(to, compiled.manifest)
        compiled.check(data)
        content, warnings = compiled.write(data, passages or {}, to)
        return RenderedDocument(
            template=compiled.manifest.name,
            template_version=compiled.manifest.version,
            template_digest=compiled.files.digest,
            data_digest=digest_of(data),
            format=to,
            content=content,
            content_digest=hashlib.sha256(content).hexdigest(),
            media_type=_MEDIA_TYPES[to],
            engine=engine_versions(),
            warnings=warnings,
        )

    def templates(self) -> list[Manifest]:
        """List what can be rendered, by name."""
        return [self.manifest(name) for name in self._library.names()]

    def manifest(self, template: str) -> Manifest:
        """Give what a template declares about itself."""
        return self._compile(template).manifest

    def check_data(self, template: str, data: Mapping[str, Any]) -> None:
        """Refuse data that does not fit.

        Raises:
            ContextError: the path of the first problem, what was expected and what came.
        """
        self._compile(template).check(data)

    def fallback(self, template: str, passage: str, data: Mapping[str, Any]) -> str:
        """Give the sentence that a template prints where no model may write its passage."""
        return self._compile(template).fallback(passage, data)

    def example(self, template: str) -> Any:
        """Give the example data of a template."""
        return self._compile(template).example()

    def _compile(self, template: str) -> CompiledTemplate:
        """Find a template and compile it, unless the same files have been compiled before."""
        name, _, version = template.partition("@")
        folder = self._library.find(name)
        found = signature(folder)
        with self._lock:
            known = self._compiled.get(folder)
            if known is None or known[0] != found:
                files = read_folder(folder)
                is_same = known is not None and known[1].files.digest == files.digest
                known = (found, known[1] if known and is_same else CompiledTemplate(files))
                self._compiled[folder] = known
        compiled = known[1]
        if version and version != compiled.manifest.version:
            raise TemplateNotFoundError(
                f"There is no version `{version[:40]}` of the template `{name}`.",
                hint=f"There is {compiled.manifest.version}.",
            )
        return compiled


@functools.cache
def engine_versions() -> Mapping[str, str]:
    """Give the versions that decide the bytes of a document."""
    versions = {name: importlib.metadata.version(name) for name in _PARTS}
    return {**versions, "zlib": zlib.ZLIB_RUNTIME_VERSION}


def _check_format(to: str, manifest: Manifest) -> None:
    if to not in get_args(Format):
        raise InputError(f"There is no format `{to[:20]}`.", where="format", hint=suggest(to, list(get_args(Format))))
    if to not in manifest.formats:
        offered = ", ".join(manifest.formats)
        message = f"The template `{manifest.name}` cannot be written as {to}."
        if manifest.source == "word":
            message = f"The template `{manifest.name}` is a Word file, which cannot be written as {to} yet."
        raise TemplateError(message, where=f"{manifest.name}/{FILE}, key `formats`", hint=f"Ask for {offered}.")
