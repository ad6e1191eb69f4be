"""`MarkdownTemplate`: a compiled Markdown template that makes documents."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jinja2 import Template

from configs.errors import LimitError, TemplateError
from templates.blocks import Attachment, Cover, Document, Footer, Heading, plain
from templates.environment import BUDGET, Budget, environment_for
from templates.filters import LocaleWriter
from templates.library import TemplateFiles
from templates.manifest import MARKDOWN_SOURCE, Manifest
from templates.markdown.builder import build_blocks, read_notes
from templates.markdown.numbering import Numbering, labels_as_attributes
from templates.markdown.parser import parse_markdown
from templates.markdown.scope import Scope
from templates.markup import RESERVED
from templates.places import compile_source, located
from templates.theme import Theme
from templates.translations import Language, messages_in
from templates.words import words_of

if TYPE_CHECKING:
    from templates.factur_x import ElectronicInvoice


class MarkdownTemplate:
    """A Markdown template; it may be shared by threads."""

    def __init__(self, files: TemplateFiles, manifest: Manifest) -> None:
        self._files = files
        self._manifest = manifest
        self._name = f"{files.name}/{MARKDOWN_SOURCE}"
        self._themes = {"": Theme.of(manifest.theme, files)}
        self._source = self._read(files.read(MARKDOWN_SOURCE))
        self._templates: dict[Language, Template] = {}
        self._template(Language(manifest.locale))  # so that a wrong template is refused before it has data
        self.messages = messages_in(environment_for("markdown", manifest.locale).parse(self._source))
        """The texts that are marked for translation."""

    def document(
        self,
        data: Mapping[str, Any],
        passages: Mapping[str, str],
        *,
        created: int,
        language: Language | None = None,
        theme: str | None = None,
        electronic: bool = False,
    ) -> Document:
        """Make the document of checked data.

        Args:
            data: what the template's schema has accepted.
            passages: the text of each passage that the manifest declares.
            created: the document's date, in seconds since 1970.
            language: one that the template offers, instead of its own.
            theme: the name of a theme to use instead of the manifest's.
            electronic: attach the electronic invoice, where manifest and data ask for one.

        Raises:
            TemplateError: the template is wrong, with its place.
            ContextError: the data does not fit what the template does with it.
            LimitError: the document grew too large.
        """
        language = language or Language(self._manifest.locale)
        rendered, names = self._render({**data, "passages": passages}, self._template(language))
        tree, source = parse_markdown(rendered, name=self._name)
        look, words = self._theme(theme or ""), words_of(language.tag)
        config = self._manifest.document
        strict = config.archival or self._manifest.factur_x is not None  # an electronic invoice is archival too
        numbering = Numbering(words, headings=config.numbered_headings, strict_levels=strict)
        scope = Scope(
            source,
            self._files,
            look,
            LocaleWriter(language.locale),
            words,
            names,
            passages,
            build_blocks,
            room=look.text_width,
            numbering=numbering,
        )
        try:
            read_notes(tree, scope)
            blocks = build_blocks(tree.children, scope)
            numbering.check()
        except RecursionError:
            raise LimitError("The blocks are nested too deeply.", where=self._name) from None
        titles = (
            block.title if isinstance(block, Cover) else plain(block.runs)
            for block in blocks
            if isinstance(block, Cover) or (isinstance(block, Heading) and block.level == 1)
        )
        invoice = self._invoice(data, names) if electronic else None
        return Document(
            title=next(titles, "") or language.catalogue.translate(self._manifest.title),
            language=language.tag,
            created=created,
            theme=look,
            blocks=numbering.fill(blocks),
            header=numbering.fill(scope.header),
            watermark=scope.watermark,
            background=scope.background,
            footer=numbering.fill(scope.footer or Footer((), words.page_of)),
            numbered_captions=config.numbered_captions or numbering.shows_captions,
            archival=config.archival or invoice is not None,
            attachments=(
                *((_attached(data),) if config.attach_data else ()),
                *((invoice.attachment,) if invoice else ()),
            ),
            factur_x=invoice.profile if invoice else None,
            warnings=invoice.warnings if invoice else (),
        )

    def _invoice(self, data: Mapping[str, Any], names: Mapping[str, Any]) -> "ElectronicInvoice | None":
        if self._manifest.factur_x is None:
            return None
        from templates.factur_x import electronic_invoice  # lxml and the standard's schemas: of no use to others

        return electronic_invoice(data, names, self._manifest.factur_x.profile, where=self._name)

    def _theme(self, name: str) -> Theme:
        if name not in self._themes:
            self._themes[name] = Theme.of(self._manifest.theme, self._files, name=name)
        return self._themes[name]

    def _template(self, language: Language) -> Template:
        if language not in self._templates:
            environment = environment_for("markdown", language.locale, language.catalogue)
            self._templates[language] = compile_source(environment, self._source, name=self._name)
        return self._templates[language]

    def _read(self, content: bytes) -> str:
        try:
            source = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise TemplateError(
                f"Expected UTF-8 text, but byte {error.start} is not.", where=self._name, hint="Save it as UTF-8."
            ) from None
        if RESERVED.search(source):
            raise TemplateError("The template holds a private-use character (U+10F000 to U+10F1FF).", where=self._name)
        # With a line break at its end, so that the last line knows its number like the others.
        return labels_as_attributes(f"{source}\n")

    def _render(self, data: Mapping[str, Any], template: Template) -> tuple[str, Mapping[str, Any]]:
        """Run the Jinja part; give its text and all names at its end."""
        limit = self._manifest.limits.max_source_characters
        pieces, size = [], 0
        with located(self._name, data):
            context = template.new_context({**data, BUDGET: Budget()})
            for piece in template.root_render_func(context):
                pieces.append(piece)
                size += len(piece)
                if size > limit:
                    raise LimitError(f"The document grew beyond {limit:,} characters.", hint="Shorten the data.")
        exported = {name: context.vars[name] for name in context.exported_vars}
        return "".join(pieces), {**data, **exported}


def _attached(data: Mapping[str, Any]) -> Attachment:
    """Make the data itself an attachment; sorted, because the order of fields is no part of the data."""
    text = json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return Attachment("data.json", text, "application/json", "The data that this document was made from", "data")
