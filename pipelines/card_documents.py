"""The model card as a document: rendered by our own engine, sealed, and kept with the run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from configs.errors import ColophonError
from configs.files import atomic_write
from configs.logging import get_logger
from configs.settings import Settings
from evaluation.records import Records
from models.registry import Version
from pipelines.documents import champion_summarizer
from serving.documents import FORMATS, DocumentWriter
from templates import colophon
from templates.engine import DocumentEngine

log = get_logger(__name__)

_TEMPLATE = "model-card"
_SUMMARY_NOTES = 2  # the version's own score and the one it is compared with; checked as a model's text would be


def write_card(folder: Path, data: Mapping[str, Any], version: Version, settings: Settings) -> None:
    """Write `model-card.docx` and `model-card.pdf` into `folder`.

    A card that cannot be rendered is said in the log and left out: the version is good without it.
    """
    data = {**data, "version": version.version}
    summary = {"summary": " ".join(data["notes"][:_SUMMARY_NOTES])}
    try:
        key = colophon.load_or_create_key(settings.resolved_signing_key_file)
        with Records.open(settings.resolved_records_url) as records:
            engine = DocumentEngine(settings.template_folders)
            writer = DocumentWriter(engine, champion_summarizer(settings), key, records)
            for to in FORMATS:
                document = writer.write(_TEMPLATE, data, to, request_id=f"train-{version.run_id}", passages=summary)
                atomic_write(folder / f"{_TEMPLATE}.{to}", document.content)
    except ColophonError as error:
        log.warning("the model card is not written as a document", model=version.name, reason=str(error))
