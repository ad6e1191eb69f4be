"""`CompiledTemplate`: a template folder, read and checked once, ready to write documents."""

import functools
import json
from collections.abc import Mapping
from typing import Any

from jinja2 import Template

from configs.errors import ContextError, TemplateError
from configs.loader import suggest
from templates.blocks import Document
from templates.content import ContentPlan
from templates.data import DataSchema, check_plain, check_text, read_date
from templates.environment import BUDGET, Budget, environment_for
from templates.legibility import refuse_illegible, warnings_of
from templates.library import TemplateFiles
from templates.manifest import FILE, MARKDOWN_SOURCE, SCHEMA, WORD_SOURCE, Format, Manifest, PassageSpec, read_manifest
from templates.markdown import MarkdownTemplate
from templates.markup import unseal
from templates.places import compile_source, located
from templates.translations import NO_CATALOGUE, Language, Languages, Message
from templates.word import WordTemplate, compile_template, rich_value
from templates.word.plain import plain_form
from templates.writers import docx, html, pdf

EXAMPLE = "example.json"
_MAX_NAMED = 10  # of the texts that lack a translation
PASSAGES = "passages"  # the name under which a source finds the passages

_WRITERS = {"docx": docx.write_docx, "pdf": pdf.write_pdf, "html": html.write_html}


class CompiledTemplate:
    """A template; it may be shared by threads."""

    def __init__(self, files: TemplateFiles) -> None:
        self.files = files
        self.manifest = _manifest(files)
        self._schema = DataSchema(files.read(SCHEMA), where=f"{files.name}/{SCHEMA}")
        self._content = ContentPlan(self._schema.schema)
        self._markdown: MarkdownTemplate | None = None
        self._word: WordTemplate | None = None
        try:
            if self.manifest.source == "markdown":
                self._markdown = MarkdownTemplate(files, self.manifest)
            else:
                _refuse_formats(self.manifest)
                self._word = compile_template(files.read(WORD_SOURCE), name=f"{files.name}/{WORD_SOURCE}")
        except TemplateError as error:
            raise _explained(error, files, None) from None
        self._languages = Languages(files, self.manifest.locale)
        self._untranslated = functools.lru_cache(maxsize=64)(self._new_untranslated)
        self._fallbacks = {
            (spec.name, language): self._compile_fallback(spec, language)
            for spec in self.manifest.passages
            for language in self._languages.all()
        }

    def example(self) -> Any:
        """Give the example data that comes with the template.

        Raises:
            TemplateError: there is none, or it is no JSON.
        """
        try:
            return json.loads(self.files.read(EXAMPLE))
        except ValueError as error:
            raise TemplateError(f"Expected JSON: {error}.", where=f"{self.files.name}/{EXAMPLE}") from None

    def check(self, data: Any) -> None:
        """Refuse data that cannot be printed or does not fit the schema.

        Raises:
            ContextError: the first problem, with its path.
            LimitError: there is too much of it.
        """
        try:
            check_plain(data)
        except ContextError:
            if self._word is None:
                raise
            data = plain_form(data)  # rich texts, pictures and sub-documents, which come from Python only
            check_plain(data)
        self._schema.check(data)
        if not isinstance(data, Mapping):
            raise ContextError("The data of a document must be a mapping.", where="the data")
        if PASSAGES in data:
            raise ContextError(f"`{PASSAGES}` is the name of the passages.", where=PASSAGES, hint="Rename the field.")

    def fallback(self, passage: str, data: Mapping[str, Any]) -> str:
        """Give the sentence that stands for a passage that no model wrote.

        Raises:
            ContextError: the template declares no such passage.
            TemplateError: the sentence names something that the data does not hold.
        """
        spec = self._passage(passage)
        language = self._language(data)
        template = self._fallbacks.get((spec.name, language)) or self._compile_fallback(spec, language)
        with located(self._place(spec), data):
            context = template.new_context({**data, BUDGET: Budget()})
            return unseal("".join(template.root_render_func(context))).strip()

    def write(
        self, data: Mapping[str, Any], passages: Mapping[str, str], to: Format, *, theme: str | None = None
    ) -> tuple[bytes, tuple[str, ...]]:
        """Check the data and write one document; a passage that is not given becomes its fallback.

        Returns:
            The bytes, and what a reader of the document should be warned of.

        Raises:
            ContextError: the data does not fit.
            TemplateError: the template cannot be filled with it.
            LimitError: the document would grow too large.
        """
        self.check(data)
        try:
            return self._written(data, passages, to, theme)
        except TemplateError as error:
            raise _explained(error, self.files, data) from None

    def _written(
        self, data: Mapping[str, Any], passages: Mapping[str, str], to: Format, theme: str | None
    ) -> tuple[bytes, tuple[str, ...]]:
        if self._markdown is None:
            return self._filled(data, passages), tuple(self._untranslated(self._language(data)))
        document = self._document(self._markdown, data, passages, theme, electronic=to == "pdf")
        warnings = warnings_of(document, where=f"{self.files.name}/{MARKDOWN_SOURCE}")
        if document.archival and to == "pdf":
            refuse_illegible(warnings, where=f"{self.files.name}/{MARKDOWN_SOURCE}")
        return _WRITERS[to](document), (*warnings, *document.warnings, *self._untranslated(self._language(data)))

    def draft(self, data: Mapping[str, Any], passages: Mapping[str, str]) -> bytes:
        """Give a DOCX of checked data whose characters nobody has looked at: it is only read back."""
        if self._markdown is None:
            return self._filled(data, passages)
        return docx.write_docx(self._document(self._markdown, data, passages, None))

    def _document(
        self,
        source: MarkdownTemplate,
        data: Mapping[str, Any],
        passages: Mapping[str, str],
        theme: str | None,
        *,
        electronic: bool = False,
    ) -> Document:
        created = read_date(data, self.manifest.date_field, where=f"{self.files.name}/{FILE}, key `date_field`")
        texts = self._texts(data, passages)
        language = self._language(data)
        return source.document(data, texts, created=created, language=language, theme=theme, electronic=electronic)

    def _filled(self, data: Mapping[str, Any], passages: Mapping[str, str]) -> bytes:
        if self._word is None:
            raise TemplateError("The template has no source.", where=self.files.name)
        read_date(data, self.manifest.date_field, where=f"{self.files.name}/{FILE}, key `date_field`")
        values = {**self._content.wrap(data, rich_value), PASSAGES: self._texts(data, passages)}
        language = self._language(data)
        return self._word.fill(values, environment_for("word", language.locale, language.catalogue))

    def untranslated(self) -> Mapping[str, list[Message]]:
        """Give the marked texts that a catalogue lacks, by its locale; for the doctor."""
        return {
            language.locale: language.catalogue.missing(self._messages())
            for language in self._languages.all()
            if language.catalogue is not NO_CATALOGUE
        }

    def _new_untranslated(self, language: Language) -> list[str]:
        missing = language.catalogue.missing(self._messages())
        return [f"“{message.text}” has no translation into {language.tag}." for message in missing[:_MAX_NAMED]]

    def _messages(self) -> list[Message]:
        if self._markdown is not None:
            return self._markdown.messages
        programs = self._word.compile(environment_for("word", self.manifest.locale)) if self._word else ()
        return [message for program in programs for message in program.messages]

    def _language(self, data: Mapping[str, Any]) -> Language:
        return self._languages.of(data, self.manifest.locale_field)

    def _compile_fallback(self, spec: PassageSpec, language: Language) -> Template:
        environment = environment_for("markdown", language.locale, language.catalogue)
        return compile_source(environment, spec.fallback, name=self._place(spec))

    def _texts(self, data: Mapping[str, Any], passages: Mapping[str, str]) -> dict[str, str]:
        for name, text in passages.items():
            self._passage(name)
            check_text(text, f"{PASSAGES}.{name}")
        return {
            spec.name: passages[spec.name] if spec.name in passages else self.fallback(spec.name, data)
            for spec in self.manifest.passages
        }

    def _passage(self, name: str) -> PassageSpec:
        spec = self.manifest.passage(name)
        if spec is None:
            known = [spec.name for spec in self.manifest.passages]
            raise ContextError(
                f"The template has no passage `{name}`.",
                where=PASSAGES,
                hint=suggest(name, known) if known else "It has none.",
            )
        return spec

    def _place(self, spec: PassageSpec) -> str:
        return f"{self.files.name}/{FILE}, fallback of `{spec.name}`"


def _explained(error: TemplateError, files: TemplateFiles, data: Mapping[str, Any] | None) -> TemplateError:
    from templates.doctor.explain import explained  # only when something is wrong, and it builds on this module

    return explained(error, files, data)


def _manifest(files: TemplateFiles) -> Manifest:
    sources = [name for name in (MARKDOWN_SOURCE, WORD_SOURCE) if name in files.files]
    if len(sources) != 1:
        raise TemplateError(
            f"A template has one source, {MARKDOWN_SOURCE} or {WORD_SOURCE}; this one has {len(sources)}.",
            where=files.name,
        )
    source = "markdown" if sources == [MARKDOWN_SOURCE] else "word"
    manifest = read_manifest(files.read(FILE), source=source, where=f"{files.name}/{FILE}")  # type: ignore[arg-type]
    if manifest.name != files.name:
        raise TemplateError(
            f"The folder's name must be `{manifest.name}`, but it is `{files.name}`.", where=f"{files.name}/{FILE}"
        )
    return manifest


def _refuse_formats(manifest: Manifest) -> None:
    if "html" in manifest.formats:
        raise TemplateError(
            "A Word template cannot be written as html.",
            where=f"{manifest.name}/{FILE}, key `formats`",
            hint='Write `formats = ["docx", "pdf"]`, or write the template in Markdown.',
        )
