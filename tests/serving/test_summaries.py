"""What `POST /summarize` does behind HTTP: every kind of summarizer answers, also one whose words are its own."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import T5Config, T5ForConditionalGeneration

from models import factory
from models.types import SummarizedText
from serving.batching import Batcher
from serving.config import ServingConfig
from serving.inference import InferenceEngine
from serving.schemas import SummarizeRequest, SummarizeResponse

TEXT = "Many tasks are slow. In this work we make them fast. Others tried it before."
WORDS = ["[PAD]", "[EOS]", "[UNK]", "alpha", "beta", "gamma", "."]
CONFIG = ServingConfig.model_validate_json(
    """{"models": [{"name": "kinds", "task": "text-classification"}, {"name": "notes", "task": "summarization"}],
        "endpoints": {"classify": "kinds", "summarize": "notes"}}"""
)


def ranking(folder: Path) -> factory.AnyPredictor:
    """A ranking that has learnt to choose what begins with "In this work", and to leave these words out."""
    examples = [SummarizedText(TEXT.replace("tasks", f"{n} tasks"), "We make them fast.") for n in range(6)]

    def score(references: Sequence[Sequence[str]], answers: Sequence[str]) -> Mapping[str, float]:
        pairs = zip(references, answers, strict=True)
        shares = [len({*known[0].split()} & {*answer.split()}) / (1 + len(answer.split())) for known, answer in pairs]
        return {"share": sum(shares) / len(shares)}

    predictor = factory.create(
        "summarization", "lexical-ranking", {"max_sentences": 1, "min_sentences": 1, "shorten": True}
    )
    predictor.fit(examples, examples, score=score, report=lambda *_: None, checkpoint_dir=folder, seed=1)
    return predictor


def seq2seq(folder: Path) -> factory.AnyPredictor:
    """A T5 that has learnt nothing and says something all the same, in words that no text has."""
    predictor = factory.create("summarization", "seq2seq", {"min_summary_tokens": 5, "max_summary_tokens": 8})
    weights = folder / "model"
    sizes: dict[str, Any] = {"vocab_size": len(WORDS), "d_model": 16, "d_kv": 8, "d_ff": 16}
    sizes |= {"num_layers": 1, "num_heads": 2, "eos_token_id": 1, "decoder_start_token_id": 0}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        T5ForConditionalGeneration(T5Config(**sizes)).save_pretrained(weights)
    tokenizer = Tokenizer(WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(weights / "tokenizer.json"))
    (folder / "summarizer.json").write_text(json.dumps({"parameters": dict(predictor.parameters())}), encoding="utf-8")
    return type(predictor).load(folder)


async def ask(predictor: factory.AnyPredictor, request: SummarizeRequest) -> tuple[SummarizeResponse, Any]:
    loaded = SimpleNamespace(predictor=predictor, version=SimpleNamespace(version="3"))
    batcher: Batcher[Any, Any, Any] = Batcher(
        lambda: loaded,
        lambda model, inputs: model.predictor.predict(inputs),
        name="notes",
        batch_size=8,
        capacity=8,
    )
    served = SimpleNamespace(config=SimpleNamespace(name="notes", alias="champion"), batcher=batcher)
    noted: list[Any] = []
    engine = InferenceEngine(
        CONFIG,
        SimpleNamespace(get=lambda *_, **__: served),  # type: ignore[arg-type]
        SimpleNamespace(add=noted.extend),  # type: ignore[arg-type]
    )
    batcher.start()
    try:
        return await engine.summarize(request), noted[0]
    finally:
        await batcher.stop()


@pytest.mark.parametrize("make", [ranking, seq2seq])
def test_summarize_when_the_summary_is_not_in_the_text(make: Any, tmp_path: Path) -> None:
    answer, record = asyncio.run(ask(make(tmp_path), SummarizeRequest(text=TEXT, max_sentences=1)))
    assert len(answer.sentences) == 1
    assert answer.summary == answer.sentences[0]
    assert answer.summary not in TEXT
    assert record.columns()["summary_words"] == len(answer.summary.split())
    assert record.output == {"sentences": 1, "characters": len(answer.summary)}
    if make is ranking:
        assert answer.summary == "We make them fast."
