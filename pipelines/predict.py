"""Answers of a registered model, without a service."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from configs.errors import InputError
from configs.settings import Settings
from models.multi_label_classification.classifier import MultiLabelClassifier
from models.text_classification.classifier import TextClassifier
from models.types import SummaryRequest
from pipelines.stores import open_registry

_SHOWN_WORDS = 5


def predict(
    model: str,
    texts: Sequence[str],
    settings: Settings,
    *,
    alias: str | None = "champion",
    version: str | None = None,
    explain: bool = False,
) -> list[dict[str, Any]]:
    """Let one version of a model answer texts; one dictionary of plain data each.

    Raises:
        ModelNotFoundError: no such model, alias or version.
        InputError: words are to be explained, and the model is no classifier.
    """
    predictor = open_registry(settings).load(model, alias=alias, version=version).predictor
    if isinstance(predictor, (TextClassifier, MultiLabelClassifier)):
        return _classify(predictor, texts, explain=explain)
    if explain:
        raise InputError(f"`{model}` does {predictor.task}; only the answers of classifiers can be explained.")
    return [{"summary": output.text} for output in predictor.predict([SummaryRequest(text) for text in texts])]


def lines_of(answer: Mapping[str, Any]) -> list[str]:
    """Say an answer to a person: one line, and one for each of the words that weigh most."""
    if "summary" in answer:
        return [answer["summary"]]
    heaviest = sorted(answer.get("words", ()), key=lambda word: -abs(word["weight"]))[:_SHOWN_WORDS]
    return [
        _labels(answer) if "labels" in answer else _label(answer),
        *(f"  {word['weight']:+6.2f}  {word['word']}" for word in heaviest),
    ]


def _label(answer: Mapping[str, Any]) -> str:
    unsure = "" if answer["answered"] else "  (not sure enough to answer)"
    return f"{answer['label']}  {answer['score']}{unsure}"


def _labels(answer: Mapping[str, Any]) -> str:
    return "  ".join(f"{label} {answer['scores'][label]}" for label in answer["labels"]) or "(no label)"


def _classify(
    classifier: TextClassifier | MultiLabelClassifier, texts: Sequence[str], *, explain: bool
) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = [
        {"label": output.label, "score": round(output.score, 4), "answered": output.answered}
        if output.labels is None
        else {"labels": list(output.labels), "scores": {name: round(score, 4) for name, score in output.scores.items()}}
        for output in classifier.predict(texts)
    ]
    if explain:
        for text, answer in zip(texts, answers, strict=True):
            answer["words"] = [asdict(word) for word in classifier.explain(text)]
    return answers
