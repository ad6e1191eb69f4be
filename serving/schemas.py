"""What goes over HTTP."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

State = Literal["loading", "live", "waiting", "failed"]

_EXAMPLE_TEXT = "I was charged twice for my order of 3 March, please send one payment back."


class _Request(BaseModel):
    """A body: closed, and no value is turned into another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ClassifyRequest(_Request):
    """Texts to classify."""

    texts: list[str] = Field(examples=[[_EXAMPLE_TEXT]])
    model: str | None = Field(None, min_length=1, description="A served classifier; default: the one of serving.yaml.")
    explain: bool = Field(False, description="Say which words carried the label; for one text only.")


class SummarizeRequest(_Request):
    """A text to summarize."""

    text: str = Field(examples=[_EXAMPLE_TEXT])
    max_sentences: int | None = Field(None, description="At most this many; default: what the model was made for.")
    model: str | None = Field(None, min_length=1, description="A served summarizer; default: the one of serving.yaml.")


class RenderRequest(_Request):
    """The data of a document."""

    template: str = Field(description="The name of a template, never a path.", examples=["monthly-report"])
    data: dict[str, Any] = Field(description="What the template's schema asks for; GET /templates shows it.")
    format: Literal["docx", "pdf"]
    theme: str | None = Field(None, description="The name of a theme instead of the template's own; never a path.")
    verify: bool = Field(False, description="Read the document back and look for every value before it is sealed.")


class _Answer(BaseModel):
    model: str
    version: str
    alias: str


class Word(BaseModel):
    """What a word, or a few neighbouring ones of a long text, did for the label."""

    word: str
    start: int = Field(description="The first character.")
    end: int = Field(description="The character after the last one.")
    weight: float = Field(description="What it added to the logarithm of the label's odds; negative: it spoke against.")


class Label(BaseModel):
    """The label of one text."""

    label: str = Field(description="The most probable one.")
    labels: list[str] | None = Field(None, description="Of a multi-label model: all that apply, possibly none.")
    answered: bool = Field(description="False: the model does not know; the label is its best guess.")
    score: float = Field(description="Its probability, 0 to 1.")
    scores: dict[str, float] = Field(description="The five most probable labels.")
    words: list[Word] | None = Field(None, description="Where `explain` asked for them; in the order of the text.")


class ClassifyResponse(_Answer):
    """One label for each text, in order, and the version that gave them."""

    results: list[Label]


class SummarizeResponse(_Answer):
    """The summary, and the version that wrote it."""

    summary: str
    sentences: list[str]


class ModelInfo(BaseModel):
    """A served model."""

    name: str
    task: str
    alias: str
    state: State
    version: str | None = Field(description="The version that answers.")
    digest: str | None
    problem: str | None = Field(description="Why the version that carries the alias does not answer.")
    default_of: list[str] = Field(description="The endpoints that use it where the caller names no model.")


class ModelsResponse(BaseModel):
    """All served models."""

    models: list[ModelInfo]


class ReadyResponse(BaseModel):
    """Whether the service can answer."""

    ready: bool
    models: dict[str, State] = Field(description="What each model does; `waiting`: for a first version.")


class TemplateInfo(BaseModel):
    """A template that can be rendered."""

    name: str
    version: str
    title: str
    description: str
    formats: list[str]
    passages: list[str] = Field(description="What a model writes.")


class BrokenTemplate(BaseModel):
    """A template that cannot be used."""

    name: str
    problem: str = Field(description="What is wrong with it, and where.")


class TemplatesResponse(BaseModel):
    """All templates."""

    templates: list[TemplateInfo]
    broken: list[BrokenTemplate]


class VerifyResponse(BaseModel):
    """Whether a file is as it was sealed."""

    genuine: bool
    verdict: Literal["genuine", "changed", "unknown_key", "no_colophon"]
    reason: str
    manifest: dict[str, Any] | None
    content_digest: str | None
    key_id: str | None


class ErrorInfo(BaseModel):
    """What went wrong, where, and the way out."""

    code: str
    message: str
    where: str | None
    hint: str | None


class ErrorResponse(BaseModel):
    """The shape of every error."""

    error: ErrorInfo
