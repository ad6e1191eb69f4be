"""Answers of a registered model, without a service."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from configs.settings import Settings
from models.types import SummaryRequest
from pipelines.stores import open_registry


def predict(
    model: str, texts: Sequence[str], settings: Settings, *, alias: str | None = "champion", version: str | None = None
) -> list[dict[str, Any]]:
    """Let one version of a model answer texts; one dictionary of plain data each.

    Raises:
        ModelNotFoundError: no such model, alias or version.
    """
    loaded = open_registry(settings).load(model, alias=alias, version=version)
    if loaded.predictor.task == "summarization":
        outputs = loaded.predictor.predict([SummaryRequest(text) for text in texts])
        return [{"summary": output.text} for output in outputs]
    answers = (asdict(output) for output in loaded.predictor.predict(list(texts)))
    return [{"label": answer["label"], "score": round(answer["score"], 4)} for answer in answers]
