"""`Manifest`: what a template's `template.toml` declares."""

import tomllib
from typing import Any, Literal, Self

from babel import Locale, UnknownLocaleError
from pydantic import Field, field_validator, model_validator

from configs.errors import ConfigError, TemplateError
from configs.loader import ClosedModel, parse

Format = Literal["docx", "pdf", "html"]

FILE = "template.toml"
MARKDOWN_SOURCE = "template.md.j2"
WORD_SOURCE = "template.docx"
SCHEMA = "schema.json"
NAME_PATTERN = r"[a-z0-9][a-z0-9-]{0,63}"
COLOUR = r"#[0-9a-fA-F]{6}"


class PassageSpec(ClosedModel):
    """A piece of text that a model writes for a document."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$", description="The name under which the source prints it.")
    task: str = Field("summarization", description="The task of the model that writes it.")
    source: str = Field(description="Dotted path into the data, naming a text or a list of texts.")
    max_sentences: int = Field(3, ge=1, le=50)
    on_failure: Literal["fallback"] = Field("fallback", description="What to do when a claim cannot be proven.")
    fallback: str = Field(min_length=1, description="A sentence with placeholders, printed in the passage's stead.")


class ThemeConfig(ClosedModel):
    """The looks that a template chooses."""

    name: str = Field("classic", pattern=f"^{NAME_PATTERN}$", description="A theme of the package.")
    accent: str | None = Field(None, pattern=f"^{COLOUR}$", description="Instead of the theme's own colour.")
    page: Literal["a4", "letter"] | None = Field(None, description="Instead of the theme's own size.")
    orientation: Literal["portrait", "landscape"] = "portrait"
    docx: str | None = Field(None, description="A .docx in the folder whose styles are used instead of our own.")


class DocumentConfig(ClosedModel):
    """How a document is built, whatever it looks like."""

    numbered_headings: bool = Field(False, description="Number the headings below the title: 1, 1.1, …")
    numbered_captions: bool = Field(False, description="Number captions even where nothing refers to one.")
    archival: bool = Field(False, description="Write PDF/A-3a that is PDF/UA-1 too, and refuse what these forbid.")
    attach_data: bool = Field(False, description="Attach the data that a PDF was made from to it, as JSON.")


class FacturXConfig(ClosedModel):
    """That a PDF of this template can be an electronic invoice: where its data have `e_invoice`."""

    profile: Literal["basic", "en16931"] = Field("en16931", description="How much of the standard its XML uses.")


class Limits(ClosedModel):
    """What one document of this template may be as its largest."""

    max_source_characters: int = Field(2_000_000, ge=1, description="Rendered source; about 1,000 pages of text.")


class Manifest(ClosedModel):
    """What a template declares about itself."""

    name: str = Field(pattern=f"^{NAME_PATTERN}$")
    version: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$")
    title: str = Field(min_length=1)
    description: str = ""
    formats: tuple[Format, ...] = Field(("docx", "pdf", "html"), min_length=1)
    locale: str = "en"
    locale_field: str | None = Field(None, description="Dotted path to the document's language in the data.")
    date_field: str | None = Field(None, description="Dotted path to the document's date in the data.")
    theme: ThemeConfig = ThemeConfig()
    document: DocumentConfig = DocumentConfig()
    factur_x: FacturXConfig | None = None
    passages: tuple[PassageSpec, ...] = ()
    limits: Limits = Limits()
    source: Literal["markdown", "word"]

    @field_validator("locale")
    @classmethod
    def _is_known_locale(cls, value: str) -> str:
        try:
            Locale.parse(value)
        except (UnknownLocaleError, ValueError):
            raise ValueError("expected a locale such as en, en_GB or de") from None
        return value

    @model_validator(mode="after")
    def _invoices_are_markdown(self) -> Self:
        if self.factur_x and self.source == "word":
            raise ValueError("`factur_x` needs a Markdown template: LibreOffice writes no PDF for archives")
        return self

    @model_validator(mode="after")
    def _passages_have_own_names(self) -> Self:
        names = [passage.name for passage in self.passages]
        if len(set(names)) != len(names):
            raise ValueError("two passages have the same name")
        return self

    def passage(self, name: str) -> PassageSpec | None:
        """Find a declared passage."""
        return next((passage for passage in self.passages if passage.name == name), None)


def read_manifest(content: bytes, *, source: Literal["markdown", "word"], where: str) -> Manifest:
    """Read `template.toml`.

    Args:
        content: the bytes of the file.
        source: the kind of source that stands beside it.
        where: the place that errors name.

    Raises:
        TemplateError: it is no TOML, or a key is unknown, missing or of a wrong type.
    """
    values = _read_toml(content, where)
    if "source" in values:
        raise TemplateError("This key is not known.", where=f"{where}, key `source`", hint="The file's name tells it.")
    try:
        return parse({**values, "source": source}, Manifest, source=where)
    except ConfigError as error:
        raise TemplateError(error.message, where=error.where, hint=error.hint) from None


def _read_toml(content: bytes, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise TemplateError(f"Expected UTF-8 text, but byte {error.start} is not.", where=where) from None
    except RecursionError:
        raise TemplateError("The tables are nested too deeply.", where=where) from None
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(f"Expected TOML, but it cannot be read: {error}.", where=where) from None
