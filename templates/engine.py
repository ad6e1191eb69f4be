"""`DocumentEngine`: template and data in, finished document out."""

import asyncio
import contextlib
import functools
import hashlib
import importlib.metadata
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self, get_args

from configs.errors import ColophonError, InputError, TemplateError, TemplateNotFoundError
from configs.files import atomic_write, digest_of
from configs.loader import suggest
from templates.compiled import CompiledTemplate
from templates.convert.converter import Converter, ConvertLimits
from templates.convert.installation import INSTALL_HINT, find_office
from templates.library import BUILT_IN, Library, Signature, TemplateFiles, read_file, read_folder, signature
from templates.manifest import FILE, WORD_SOURCE, Format, Manifest
from templates.theme import check_name
from templates.theme_file import read_theme, with_theme
from templates.verification import Line, check_document, expected_lines
from templates.word.plain import plain_form
from templates.worker.isolated import IsolatedTemplate, WorkerLimits, rendering_pool
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
    "pymupdf-fonts",
    "segno",
)


_CHUNK_BYTES = 1 << 16  # what a server hands to the network at once


_KEPT_THEMED = 64  # templates with a theme file of one's own; a few megabytes each
_EAST_ASIAN_FONTS = "noto-cjk-sans-otc"  # an extra; where it is missing, so are its characters


@dataclass(frozen=True)
class RenderedDocument:
    """A finished document and what it was made from.

    Attributes:
        theme: the theme that was asked for instead of the template's own: its name, or its file's name and digest.
        docx_digest: sha256 of the DOCX that LibreOffice made this PDF from, whose own bytes differ each time.
        warnings: what a reader should know about its looks.
    """

    template: str
    template_version: str
    template_digest: str
    data_digest: str
    format: Format
    content: bytes = field(repr=False)
    content_digest: str
    media_type: str
    engine: Mapping[str, str]
    theme: str | None = None
    docx_digest: str | None = None
    warnings: tuple[str, ...] = ()

    def chunks(self, size: int = _CHUNK_BYTES) -> Iterator[memoryview]:
        """Give the content piece by piece, for a server that streams; nothing is copied."""
        view = memoryview(self.content)
        return (view[start : start + size] for start in range(0, len(view), size))

    def save(self, path: Path) -> None:
        """Write the content to a file, which appears whole or not at all."""
        atomic_write(path, self.content)


class DocumentEngine:
    """Writes documents from templates; it may be shared by threads.

    Templates that come with the package run in this process. All others run in
    a worker process with a memory limit and a time limit, without network and files.

    Args:
        folders: folders of templates, searched before those that come with the package.
        isolate: False runs the templates of `folders` in this process too; for templates of one's own only.
        limits: what one document of an isolated template may use up.
        convert: what making a PDF of a Word document may use up.
    """

    def __init__(
        self,
        folders: Sequence[Path] = (),
        *,
        isolate: bool = True,
        limits: WorkerLimits | None = None,
        convert: ConvertLimits | None = None,
    ) -> None:
        self._library = Library(folders)
        self._isolate = isolate
        self._limits = limits or WorkerLimits()
        self._pool = rendering_pool(self._limits)
        self._converter = Converter(convert)
        self._compiled: dict[Path, tuple[Signature, CompiledTemplate | IsolatedTemplate]] = {}
        self._themed_as: dict[tuple[str, str], CompiledTemplate | IsolatedTemplate] = {}
        self._lock = threading.Lock()

    def render(
        self,
        template: str | Path,
        data: Mapping[str, Any],
        to: Format,
        *,
        passages: Mapping[str, str] | None = None,
        theme: str | Path | None = None,
        verify: bool = False,
    ) -> RenderedDocument:
        """Write one document.

        Args:
            template: a template's name, with `@version` where only that version will do; or a `Path`: a template's
                folder, or a single .docx with tags. A text is never taken for a path.
            data: plain data that fits the template's schema; for a Word template that runs in this process also
                the objects of `templates.word` (`RichText`, `InlineImage`, `Subdoc`).
            to: the format.
            passages: the texts of its passages; one that is not given becomes its fallback sentence.
            theme: the name of a theme to use instead of the template's own choice, or the `Path` of a theme file,
                whose keys have the last word.
            verify: read the finished document back and look for every value that the template printed. It takes
                several times as long; HTML, which is a preview, cannot be verified.

        Raises:
            TemplateNotFoundError: there is no such template, or no such theme.
            DocumentError: a value is not where it should be in the finished document; the message names it.
            ContextError: the data does not fit; the message names the path of the first problem.
            TemplateError: the template is wrong; the message names file and line.
            LimitError: the document would grow too large, or takes too long.
        """
        with _placed(template):
            return self._render(template, data, to, passages or {}, theme, verify)

    def _render(
        self,
        template: str | Path,
        data: Mapping[str, Any],
        to: Format,
        passages: Mapping[str, str],
        theme: str | Path | None,
        verify: bool,
    ) -> RenderedDocument:
        plain = self._compile(template)
        _check_format(to, plain.manifest)
        if theme is not None:
            _check_theme(theme, plain.manifest)
        chosen = read_theme(theme) if isinstance(theme, Path) else None
        compiled = self._themed(plain, chosen) if chosen else plain
        name = theme if isinstance(theme, str) else None
        through_office = compiled.manifest.source == "word" and to == "pdf"
        content, warnings = compiled.write(data, passages, "docx" if through_office else to, theme=name)
        document = RenderedDocument(
            template=plain.manifest.name,
            template_version=plain.manifest.version,
            template_digest=plain.files.digest,
            data_digest=_digest(data),
            format=to,
            content=content,
            content_digest=hashlib.sha256(content).hexdigest(),
            media_type=_MEDIA_TYPES[to],
            engine=engine_versions(),
            theme=f"{chosen.name}, sha256 {chosen.digest}" if chosen else name,
            warnings=warnings,
        )
        if through_office:
            document = self._converted(document)
        if verify:
            check_document(document.content, to, _lines(compiled, data, passages), where=document.template)
        return document

    async def render_async(
        self,
        template: str | Path,
        data: Mapping[str, Any],
        to: Format,
        *,
        passages: Mapping[str, str] | None = None,
        theme: str | Path | None = None,
        verify: bool = False,
    ) -> RenderedDocument:
        """Do what `render` does in a thread, so that an event loop goes on meanwhile."""
        return await asyncio.to_thread(self.render, template, data, to, passages=passages, theme=theme, verify=verify)

    def templates(self) -> list[Manifest]:
        """List what can be rendered, by name; see `broken_templates` for the rest."""
        found = [self._manifest_or_error(name) for name in self._library.names()]
        return [each for each in found if isinstance(each, Manifest)]

    def broken_templates(self) -> dict[str, ColophonError]:
        """Say of each template that cannot be used what is wrong with it; it costs the others nothing."""
        found = {name: self._manifest_or_error(name) for name in self._library.names()}
        return {name: each for name, each in found.items() if isinstance(each, ColophonError)}

    def _manifest_or_error(self, name: str) -> Manifest | ColophonError:
        try:
            return self.manifest(name)
        except InputError as error:
            return error

    def manifest(self, template: str | Path) -> Manifest:
        """Give what a template declares about itself."""
        with _placed(template):
            return self._compile(template).manifest

    def check_theme(self, template: str | Path, theme: str | Path) -> None:
        """Refuse a theme that the template cannot be rendered with.

        Raises:
            InputError: the template is in Word.
            TemplateError: the theme file cannot be read or is wrong.
            TemplateNotFoundError: there is no theme of this name.
        """
        _check_theme(theme, self.manifest(template))
        if isinstance(theme, Path):
            read_theme(theme)

    def check_data(self, template: str | Path, data: Mapping[str, Any]) -> None:
        """Refuse data that does not fit.

        Raises:
            ContextError: the path of the first problem, what was expected and what came.
        """
        self._compile(template).check(data)

    def fallback(self, template: str | Path, passage: str, data: Mapping[str, Any]) -> str:
        """Give the sentence that a template prints where no model may write its passage."""
        return self._compile(template).fallback(passage, data)

    def example(self, template: str | Path) -> Any:
        """Give the example data of a template."""
        return self._compile(template).example()

    def start(self) -> None:
        """Start what the first document from outside would otherwise wait a second for."""
        if self._isolate and self._library.has_own_folders:
            self._pool.start()

    def close(self) -> None:
        """End the worker processes; they end with this process at the latest."""
        self._pool.close()
        self._converter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _compile(self, template: str | Path) -> CompiledTemplate | IsolatedTemplate:
        """Find a template and compile it, unless the same files have been compiled before."""
        if isinstance(template, Path):
            return self._compiled_at(template.absolute())
        name, _, version = template.partition("@")
        compiled = self._compiled_at(self._library.find(name))
        if version and version != compiled.manifest.version:
            raise TemplateNotFoundError(
                f"There is no version `{version[:40]}` of the template `{name}`.",
                hint=f"There is {compiled.manifest.version}.",
            )
        return compiled

    def _compiled_at(self, path: Path) -> CompiledTemplate | IsolatedTemplate:
        found = signature(path)
        with self._lock:
            known = self._compiled.get(path)
        if known is not None and known[0] == found:
            return known[1]
        # Outside of the lock: a template that takes its time must not stop the others.
        files = read_folder(path) if path.is_dir() else read_file(path)
        is_same = known is not None and known[1].files.digest == files.digest
        compiled = known[1] if known is not None and is_same else self._new(files, path)
        with self._lock:
            self._compiled[path] = (found, compiled)
        return compiled

    def _new(self, files: TemplateFiles, path: Path) -> CompiledTemplate | IsolatedTemplate:
        if self._isolate and path.parent != BUILT_IN:
            return IsolatedTemplate(files, self._pool, self._limits)
        return CompiledTemplate(files)

    def _themed(
        self, plain: CompiledTemplate | IsolatedTemplate, theme: TemplateFiles
    ) -> CompiledTemplate | IsolatedTemplate:
        """Compile a template as a theme file wants it; the last few are kept."""
        key = (plain.files.digest, theme.digest)
        with self._lock:
            known = self._themed_as.get(key)
        if known is not None:
            return known
        files = with_theme(plain.files, theme)
        is_apart = isinstance(plain, IsolatedTemplate)
        compiled = IsolatedTemplate(files, self._pool, self._limits) if is_apart else CompiledTemplate(files)
        with self._lock:
            self._themed_as[key] = compiled
            if len(self._themed_as) > _KEPT_THEMED:
                del self._themed_as[next(iter(self._themed_as))]
        return compiled

    def _converted(self, document: RenderedDocument) -> RenderedDocument:
        """Make a PDF of a Word document."""
        made = self._converter.convert(document.content, name=document.template)
        return replace(
            document,
            content=made.content,
            content_digest=hashlib.sha256(made.content).hexdigest(),
            docx_digest=document.content_digest,
            engine={**document.engine, "libreoffice": made.version},
        )


@functools.cache
def engine_versions() -> Mapping[str, str]:
    """Give the versions that decide the bytes of a document."""
    versions = {name: importlib.metadata.version(name) for name in _PARTS}
    versions |= {each.name: each.version for each in importlib.metadata.distributions(name=_EAST_ASIAN_FONTS)}
    return {**versions, "zlib": zlib.ZLIB_RUNTIME_VERSION}


def formats_here(manifest: Manifest) -> tuple[Format, ...]:
    """Give the formats of a template that can be made on this machine: a Word template needs LibreOffice for PDF."""
    if manifest.source == "word" and find_office() is None:
        return tuple(name for name in manifest.formats if name != "pdf")
    return manifest.formats


def _lines(
    compiled: CompiledTemplate | IsolatedTemplate, data: Mapping[str, Any], passages: Mapping[str, str]
) -> Sequence[Line]:
    if isinstance(compiled, IsolatedTemplate):
        return compiled.expected_lines(data, passages)
    return expected_lines(compiled.files, data, passages)


@contextlib.contextmanager
def _placed(template: str | Path) -> Iterator[None]:
    """Name a single Word file by its own name in errors, and not as the folder that it is read as."""
    try:
        yield
    except ColophonError as error:
        if isinstance(template, Path) and template.suffix.lower() == ".docx" and error.where:
            _, is_source, rest = error.where.partition(f"/{WORD_SOURCE}")
            if is_source:
                error.where = f"{template.name}{rest}"
            elif f"/{FILE}" in error.where:
                error.where = template.name
        raise


def _digest(data: Mapping[str, Any]) -> str:
    try:
        return digest_of(data)
    except TypeError:  # a rich text or a picture, which the digest of the document covers
        return digest_of(plain_form(data))


def _check_theme(theme: str | Path, manifest: Manifest) -> None:
    if manifest.source == "word":
        message = "A Word template has its own styles and takes no theme."
        raise InputError(message, where="theme", hint="Leave the theme out.")
    if isinstance(theme, str):
        check_name(theme)


def _check_format(to: str, manifest: Manifest) -> None:
    if to not in get_args(Format):
        raise InputError(f"There is no format `{to[:20]}`.", where="format", hint=suggest(to, list(get_args(Format))))
    if to in formats_here(manifest):
        return
    if to in manifest.formats:
        raise TemplateError(
            f"The template `{manifest.name}` becomes a {to} through LibreOffice, which is not installed.",
            where=manifest.name,
            hint=INSTALL_HINT,
        )
    raise TemplateError(
        f"The template `{manifest.name}` cannot be written as {to}.",
        where=f"{manifest.name}/{FILE}, key `formats`",
        hint=f"Ask for {', '.join(formats_here(manifest))}.",
    )
