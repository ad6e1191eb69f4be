"""Classifying and summarizing: limits → model → answer, and a record of each text."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from configs.errors import ModelNotFoundError
from models.occlusion import Occlusion
from models.types import Classification, Summary, SummaryRequest
from serving.batching import Answer
from serving.columns import classification_columns, summary_columns
from serving.config import CLASSIFICATION, TASKS, ServingConfig
from serving.middleware import request_id
from serving.model_store import ModelStore, ServedModel
from serving.recorder import Inference, Recorder
from serving.schemas import ClassifyRequest, ClassifyResponse, Label, SummarizeRequest, SummarizeResponse, Word

if TYPE_CHECKING:  # it imports MLflow, which takes seconds
    from models.registry import LoadedModel

ClassifyEndpoint = Literal["classify", "sentiment"]

_SHOWN_LABELS = 5  # with 77 labels, all scores of 64 texts would be 150 kB


class InferenceEngine:
    """What the inference endpoints do, without HTTP."""

    def __init__(self, config: ServingConfig, store: ModelStore, recorder: Recorder) -> None:
        self._config = config
        self._store = store
        self._recorder = recorder

    async def classify(self, request: ClassifyRequest, endpoint: ClassifyEndpoint = "classify") -> ClassifyResponse:
        """Label each text; `endpoint` decides which model does it where the request names none.

        Raises:
            InputError: no text, an empty one, or more than allowed.
            ModelNotFoundError: the model is not served or has no version yet.
            OverloadedError: too much waits for it.
        """
        limits, texts = self._config.limits, request.texts
        limits.check_texts(texts)
        # The text and what is left of it without each word go as one call, so that one version answers all of them.
        occlusion = Occlusion.of(limits.only_text(texts)) if request.explain else None
        served = self._store.get(self._named(request.model, endpoint), tasks=CLASSIFICATION)
        started = time.perf_counter()
        variants = occlusion.variants() if occlusion else []
        answer: Answer[Classification, LoadedModel] = await served.batcher.submit([*texts, *variants])
        outputs, erased = answer.outputs[: len(texts)], answer.outputs[len(texts) :]
        answer = replace(answer, outputs=outputs)
        self._record(endpoint, served, answer, texts, started, classification_columns, _noted_label)
        results = [_label(output) for output in outputs]
        if occlusion:
            words = occlusion.weigh(outputs[0], erased, outputs[0].label)
            results[0].words = [Word(**asdict(word)) for word in words]
        return ClassifyResponse(
            model=served.config.name, version=answer.model.version.version, alias=served.config.alias, results=results
        )

    def _named(self, name: str | None, endpoint: ClassifyEndpoint) -> str:
        default: str | None = getattr(self._config.endpoints, endpoint)
        if name is None and default is None:
            hint = f"Name one in the request, or in serving.yaml under endpoints.{endpoint}."
            raise ModelNotFoundError(f"No model answers /{endpoint} by default.", where="model", hint=hint)
        return name or default or ""

    async def summarize(self, request: SummarizeRequest) -> SummarizeResponse:
        """Summarize a text.

        Raises:
            InputError: the text is empty or longer than allowed, or too many sentences are asked for.
            ModelNotFoundError: the model is not served or has no version yet.
            OverloadedError: too much waits for it.
        """
        self._config.limits.check_summary(request.text, request.max_sentences)
        name = request.model or self._config.endpoints.summarize
        served, answer = await self.summaries([SummaryRequest(request.text, request.max_sentences)], "summarize", name)
        summary = answer.outputs[0]
        return SummarizeResponse(
            model=served.config.name,
            version=answer.model.version.version,
            alias=served.config.alias,
            summary=summary.text,
            sentences=list(summary.sentences),
        )

    async def summaries(
        self, requests: Sequence[SummaryRequest], endpoint: str, name: str | None = None
    ) -> tuple[ServedModel, Answer[Summary, LoadedModel]]:
        """Summarize several texts for an endpoint, which the records name."""
        served = self._store.get(name or self._config.endpoints.summarize, tasks=TASKS["summarize"])
        started = time.perf_counter()
        answer: Answer[Summary, LoadedModel] = await served.batcher.submit(requests)
        texts = [request.text for request in requests]
        self._record(endpoint, served, answer, texts, started, summary_columns, _noted_summary)
        return served, answer

    def _record(
        self,
        endpoint: str,
        served: ServedModel,
        answer: Answer[Any, LoadedModel],
        texts: Sequence[str],
        started: float,
        columns: Callable[[str, Any], Mapping[str, float | str]],
        noted: Callable[[Any], Mapping[str, Any]],
    ) -> None:
        latency_ms = (time.perf_counter() - started) * 1000
        self._recorder.add(
            [
                Inference(
                    request_id=request_id.get(),
                    endpoint=endpoint,
                    model=served.config.name,
                    version=answer.model.version.version,
                    alias=served.config.alias,
                    text=text,
                    columns=partial(columns, text, output),
                    output=noted(output),
                    latency_ms=latency_ms,
                )
                for text, output in zip(texts, answer.outputs, strict=True)
            ]
        )


def _label(output: Classification) -> Label:
    likely = sorted(output.scores.items(), key=lambda item: item[1], reverse=True)[:_SHOWN_LABELS]
    labels = None if output.labels is None else list(output.labels)
    return Label(label=output.label, labels=labels, answered=output.answered, score=output.score, scores=dict(likely))


def _noted_label(output: Classification) -> dict[str, Any]:
    noted = {"label": output.label, "score": output.score, "answered": output.answered}
    return noted if output.labels is None else {**noted, "labels": list(output.labels)}


def _noted_summary(output: Summary) -> dict[str, Any]:
    """Note the size only: a summary is made of sentences of the text, which may not be kept."""
    return {"sentences": len(output.sentences), "characters": len(output.text)}
