"""Documents from the command line: render and seal, verify, and the key that seals."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from configs.errors import DocumentError, InputError, ModelNotFoundError
from configs.files import atomic_write
from configs.settings import Settings
from evaluation.records import Records
from models.types import Summary, SummaryRequest
from pipelines.inputs import read_bytes, read_json_object
from serving import config as serving_config
from serving.documents import FORMATS, DocumentWriter
from serving.passages import Author, Summarize, summarizer_of
from templates import colophon
from templates.engine import DocumentEngine
from templates.manifest import FILE


@dataclass(frozen=True)
class Written:
    """A document that was written to a file."""

    file: str
    format: str
    content_digest: str
    sealed: bool
    sentence: str


def render_file(
    template: str,
    data_path: Path,
    to: str,
    output: Path,
    settings: Settings,
    *,
    passages: Path | None = None,
    theme: str | None = None,
    verify: bool = False,
) -> Written:
    """Render a document from a JSON file, seal it where its format can carry a colophon, and write it.

    Args:
        template: a library name, or the path of a template folder or of a single .docx.
        data_path: the document's data.
        to: `docx`, `pdf` or `html`; a preview in HTML is not sealed.
        output: the file to write.
        settings: the deployment.
        passages: a JSON file of passage texts; without it, the champion of the summarizer writes them.
        theme: the name of a theme to use instead of the template's own, or the path of a theme file.
        verify: read the document back, and look for every value, before it is written.

    Raises:
        ColophonError: the template, its data or a text is at fault; the message says where.
    """
    data = read_json_object(data_path)
    given = _texts_of(passages) if passages else {}
    engine, source = engine_for(template, settings)
    look = theme_for(theme)
    if to not in FORMATS:
        if to != "html":
            raise InputError(f"Expected docx, pdf or html, but got `{to}`.", where="--to")
        if verify:
            raise InputError("A preview in HTML cannot be read back.", where="--verify", hint="Leave it out.")
        preview = engine.render(source, data, "html", passages=given, theme=look)
        atomic_write(output, preview.content)
        return Written(str(output), to, preview.content_digest, False, "a preview, not sealed.")
    with Records.open(settings.resolved_records_url) as records:
        key = colophon.load_or_create_key(settings.resolved_signing_key_file)
        writer = DocumentWriter(engine, champion_summarizer(settings), key, records)
        request = f"cli-{uuid.uuid4().hex}"
        document = writer.write(source, data, to, request_id=request, passages=given, theme=look, verify=verify)
    atomic_write(output, document.content)
    return Written(str(output), to, document.content_digest, True, f"sealed; content {document.content_digest[:16]}.")


def verify_file(path: Path, settings: Settings, *, keys: Sequence[Path]) -> colophon.Verification:
    """Say whether a document is genuine: sealed by our key or one of `keys`, and not changed since.

    Raises:
        InputError: the file is missing.
        DocumentError: the file is neither DOCX nor PDF.
    """
    own = colophon.load_or_create_key(settings.resolved_signing_key_file).public
    trusted = [own, *(_public_key(key) for key in keys)]
    try:
        return colophon.verify(read_bytes(path), trusted)
    except DocumentError as error:
        error.where = str(path)
        raise


def describe_key(settings: Settings) -> dict[str, str]:
    """Give the public part of the key that seals, and where its private part lies."""
    path = settings.resolved_signing_key_file
    public_key = colophon.load_or_create_key(path).public
    return {"key_id": public_key.key_id, "private_key_file": str(path), "pem": public_key.to_pem().decode()}


def _public_key(path: Path) -> colophon.PublicKey:
    try:
        return colophon.PublicKey.from_pem(read_bytes(path))
    except ValueError:
        raise InputError(
            "Expected an Ed25519 public key in PEM form.", where=str(path), hint="`colophon keys` prints one."
        ) from None


def engine_for(template: str, settings: Settings) -> tuple[DocumentEngine, str | Path]:
    """A name is looked up in the library; a folder that is there, and a .docx, is taken as it is."""
    path = Path(template)
    if (path / FILE).is_file():
        return DocumentEngine((path.resolve().parent, *settings.template_folders)), path.resolve().name
    return DocumentEngine(settings.template_folders), path.resolve() if path.suffix.lower() == ".docx" else template


def theme_for(theme: str | None) -> str | Path | None:
    """A name stays a name; what has the form of a path, or ends in `.toml`, is a theme file."""
    if theme is None or ("/" not in theme and not theme.endswith(".toml")):
        return theme
    return Path(theme)


def _texts_of(path: Path) -> dict[str, str]:
    texts = read_json_object(path)
    for name, text in texts.items():
        if not isinstance(text, str):
            raise InputError(f"Expected a text, but got a {type(text).__name__}.", where=f"{path}, `{name}`")
    return texts


def champion_summarizer(settings: Settings) -> Summarize:
    """Load the summarizer when the first passage is written: a template without one needs no model."""

    def summarize(requests: list[SummaryRequest]) -> tuple[list[Summary], Author]:
        from pipelines.stores import open_registry  # MLflow: three seconds that most documents need not wait

        name = serving_config.load().endpoints.summarize
        try:
            loaded: Any = open_registry(settings).load(name, alias="champion")
        except ModelNotFoundError:
            raise ModelNotFoundError(
                f"The template has a passage that `{name}` writes, and no version of it is champion.",
                hint="Train and promote one, as `colophon demo` does, or give the texts with --passages.",
            ) from None
        return summarizer_of(loaded)(requests)

    return summarize
