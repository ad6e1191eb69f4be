"""The passages of a document: written by a model, checked claim by claim, replaced where a claim has no proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from configs.errors import ContextError, TemplateError
from configs.loader import suggest
from evaluation.claims import check
from models.types import Summary, SummaryRequest
from templates.data import look_up
from templates.engine import DocumentEngine
from templates.manifest import Manifest, PassageSpec

if TYPE_CHECKING:  # it imports MLflow, which takes seconds
    from models.registry import LoadedModel


@dataclass(frozen=True)
class Author:
    """The model version that wrote a passage."""

    name: str
    version: str
    digest: str

    @classmethod
    def of(cls, loaded: LoadedModel) -> Author:
        """Name a loaded version."""
        return cls(loaded.version.name, loaded.version.version, loaded.version.digest)


Summarize = Callable[[list[SummaryRequest]], tuple[list[Summary], Author]]
"""Writes summaries of texts, in order, and says who wrote them."""


def summarizer_of(loaded: LoadedModel) -> Summarize:
    """Let a loaded version write passages, without a server."""
    return lambda requests: (loaded.predictor.predict(requests), Author.of(loaded))


@dataclass(frozen=True)
class Passage:
    """A text in a document, and the verdict on what was written for it.

    Attributes:
        text: what stands in the document.
        origin: `model` wrote it, or it was `given`; `fallback` is the template's own sentence, taken where a claim
            of the written text has no proof, or where there was nothing to write about.
        author: the model version that wrote.
        ledger: the verdict on each claim of what was written, which after a fallback is not what the document says.
    """

    text: str
    origin: Literal["model", "given", "fallback"]
    author: Author | None
    ledger: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Give the passage's part of a document's ledger: all but its text."""
        author = asdict(self.author) if self.author else None
        return {"origin": self.origin, "author": author, "claims": self.ledger}


class PassageWriter:
    """Writes all passages of a document."""

    def __init__(self, engine: DocumentEngine, summarize: Summarize) -> None:
        self._engine = engine
        self._summarize = summarize

    def write(self, manifest: Manifest, data: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Passage]:
        """Write and check the passages that the manifest names.

        Args:
            manifest: of the template.
            data: the document's data, which has passed the template's schema.
            given: texts written elsewhere, by passage name; they are checked like a model's.

        Raises:
            ContextError: a given text belongs to no passage.
            TemplateError: a passage's source is not a text in the data.
            ModelNotFoundError: a passage is to be written, and no model answers.
        """
        names = [spec.name for spec in manifest.passages]
        for name in given:
            if name not in names:
                raise ContextError(
                    f"The template has no passage `{name}`.", where="passages", hint=suggest(name, names)
                )
        sources = {
            spec.name: source_text(data, spec.source, where=f"{manifest.name}, passage `{spec.name}`")
            for spec in manifest.passages
        }
        wanted = [spec for spec in manifest.passages if spec.name not in given and sources[spec.name]]
        written, author = self._summaries(wanted, sources)
        passages = {}
        for spec in manifest.passages:
            text = given.get(spec.name, written.get(spec.name, ""))
            wrote = author if spec.name in written else None
            passages[spec.name] = self._checked(manifest, spec, data, text, sources[spec.name], wrote)
        return passages

    def _summaries(
        self, specs: Sequence[PassageSpec], sources: Mapping[str, str]
    ) -> tuple[dict[str, str], Author | None]:
        """Write all passages in one call, so that one version writes the whole document."""
        if not specs:
            return {}, None
        summaries, author = self._summarize([SummaryRequest(sources[spec.name], spec.max_sentences) for spec in specs])
        return {spec.name: summary.text for spec, summary in zip(specs, summaries, strict=True)}, author

    def _checked(
        self,
        manifest: Manifest,
        spec: PassageSpec,
        data: Mapping[str, Any],
        text: str,
        source: str,
        author: Author | None,
    ) -> Passage:
        ledger = check(text, data=data, source=source)
        if text and ledger.clean:
            return Passage(text, "model" if author else "given", author, ledger.as_dict())
        fallback = self._engine.fallback(manifest.name, spec.name, data)
        return Passage(fallback, "fallback", author, ledger.as_dict())


def source_text(data: Mapping[str, Any], path: str, *, where: str) -> str:
    """Give the text at a dotted path, or the texts of the list there as paragraphs; empty where there is none.

    Raises:
        TemplateError: the path leads nowhere, or to something else.
    """
    found = look_up(data, path, where=where)
    texts = found if isinstance(found, list) else [found]
    if not all(isinstance(text, str) for text in texts):
        raise TemplateError(f"`{path}` is neither a text nor a list of texts.", where=where)
    return "\n\n".join(text.strip() for text in texts if text.strip())
