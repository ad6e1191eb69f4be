"""Predictors by name: made from parameters, saved to a folder and read back, loaded only when asked for."""

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from configs.errors import ConfigError, DependencyError, IntegrityError
from configs.files import atomic_write
from configs.loader import suggest
from models.base import Predictor

KINDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "text-classification": MappingProxyType(
            {
                "transformer": "models.text_classification.transformer:TransformerClassifier",
                "tfidf-linear": "models.text_classification.tfidf_linear:TfidfLinearClassifier",
                "embedding-linear": "models.text_classification.embedding_linear:EmbeddingLinearClassifier",
                "vader": "models.text_classification.vader:VaderClassifier",
            }
        ),
        "multi-label-classification": MappingProxyType(
            {
                "transformer": "models.multi_label_classification.transformer:MultiLabelTransformer",
                "tfidf-linear": "models.multi_label_classification.tfidf_linear:MultiLabelTfidfClassifier",
            }
        ),
        "summarization": MappingProxyType(
            {
                "sentence-ranking": "models.summarization.sentence_ranking:SentenceRankingSummarizer",
                "lexical-ranking": "models.summarization.lexical_ranking:LexicalRankingSummarizer",
                "centrality": "models.summarization.centrality:CentralitySummarizer",
                "seq2seq": "models.summarization.seq2seq:Seq2SeqSummarizer",
                "lead": "models.summarization.lead:LeadSummarizer",
            }
        ),
    }
)
"""The class of each kind, by task."""

_ABOUT = "predictor.json"
_FORMAT = 1

AnyPredictor = Predictor[Any, Any, Any]


def create(task: str, kind: str, parameters: Mapping[str, Any]) -> AnyPredictor:
    """Make a predictor that has yet to be fitted.

    Raises:
        ConfigError: the task, the kind or a parameter is not known, or a value is wrong.
    """
    return _class_of(task, kind)(**parameters)


def save(predictor: AnyPredictor, folder: Path) -> None:
    """Write a fitted predictor and what it is into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    predictor.save(folder)
    about = {"format": _FORMAT, "task": predictor.task, "kind": predictor.kind}
    atomic_write(folder / _ABOUT, json.dumps(about, indent=2).encode())


def load(folder: Path) -> AnyPredictor:
    """Read what `save` wrote.

    Raises:
        IntegrityError: a file is missing or broken, or was written by a later release.
    """
    task, kind = task_and_kind(folder)
    try:
        return _class_of(task, kind).load(folder)
    except ConfigError as error:
        raise IntegrityError(f"The predictor cannot be read: {error}", where=str(folder)) from None


def task_and_kind(folder: Path) -> tuple[str, str]:
    """Read what kind of predictor `folder` holds, without loading it."""
    path = folder / _ABOUT
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        written_as, task, kind = about["format"], str(about["task"]), str(about["kind"])
    except (OSError, ValueError, KeyError, TypeError):
        raise IntegrityError(f"Expected a saved predictor, but `{_ABOUT}` cannot be read.", where=str(folder)) from None
    if written_as != _FORMAT:
        raise IntegrityError(
            f"This release reads format {_FORMAT}, but the predictor was saved in format {written_as}.",
            where=str(path),
            hint="Train it again or use the release that saved it.",
        )
    return task, kind


def _class_of(task: str, kind: str) -> type[AnyPredictor]:
    if task not in KINDS:
        raise ConfigError(f"No predictor does the task `{task}`.", hint=suggest(task, list(KINDS)))
    if kind not in KINDS[task]:
        raise ConfigError(f"There is no `{kind}` for {task}.", hint=suggest(kind, list(KINDS[task])))
    module, _, name = KINDS[task][kind].partition(":")
    try:
        found: type[AnyPredictor] = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        raise DependencyError(
            f"`{error.name}` is not installed.", where=f"{task}/{kind}", hint="Run `pip install 'colophon[models]'`."
        ) from None
    return found
