"""Summaries in own words, by a T5 and a BART of one layer each, made here and trained in seconds."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import BartConfig, BartForConditionalGeneration, T5Config, T5ForConditionalGeneration

from configs.errors import ConfigError, IntegrityError
from models import factory
from models.summarization.seq2seq import Seq2SeqSummarizer
from models.types import SummarizedText, SummaryRequest

THINGS = ["invoice", "parcel", "password", "meeting", "contract", "delivery"]
FILLERS = ["please", "hello", "the", "is", "was", "with", "again", "today", "you", "help"]
WORDS = ["[PAD]", "[UNK]", "[EOS]", ".", "about", "it", *THINGS, *FILLERS]
PAD, EOS = 0, 2


def mails(count: int, *, seed: int) -> list[SummarizedText]:
    """Mails that name one thing among fillers; the summary says which in two sentences that no mail has."""
    chance = random.Random(seed)
    examples = []
    for _ in range(count):
        thing = chance.choice(THINGS)
        words = [*chance.choices(FILLERS, k=6), thing]
        chance.shuffle(words)
        examples.append(SummarizedText(" ".join(words), f"about {thing} . it is {thing} ."))
    return examples


def exact(references: Sequence[Sequence[str]], predictions: Sequence[str]) -> Mapping[str, float]:
    return {
        "exact": sum(answer in known for known, answer in zip(references, predictions, strict=True)) / len(references)
    }


@pytest.fixture(scope="module", params=["t5", "bart"])
def model_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    tokenizer = Tokenizer(WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(single="$A [EOS]", special_tokens=[("[EOS]", EOS)])
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[EOS]"])
    tokenizer.save(str(folder / "tokenizer.json"))
    shared: dict[str, Any] = {"vocab_size": len(WORDS), "d_model": 32, "pad_token_id": PAD, "eos_token_id": EOS}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model: Any
        if request.param == "t5":
            shared |= {"num_layers": 1, "num_heads": 2, "d_kv": 16, "d_ff": 64, "decoder_start_token_id": PAD}
            model = T5ForConditionalGeneration(T5Config(**shared, dropout_rate=0.0))
        else:
            model = BartForConditionalGeneration(
                BartConfig(
                    **shared,
                    encoder_layers=1,
                    decoder_layers=1,
                    encoder_attention_heads=2,
                    decoder_attention_heads=2,
                    encoder_ffn_dim=64,
                    decoder_ffn_dim=64,
                    max_position_embeddings=64,
                    decoder_start_token_id=EOS,
                    bos_token_id=EOS,
                    forced_eos_token_id=None,
                    dropout=0.0,
                    init_std=0.2,  # the usual 0.02 is for wide models
                )
            )
        model.save_pretrained(folder)
    return folder


def fit(model_folder: Path, checkpoint_dir: Path, report: Any = lambda *_: None, **changes: Any) -> Seq2SeqSummarizer:
    parameters = {
        "model": str(model_folder),
        "epochs": 6,
        "batch_size": 16,
        "learning_rate": 5e-3,  # a tiny model without pretraining wants far more than a real one
        "averaging": 0.8,
        "max_tokens": 32,
        "max_summary_tokens": 12,
        "beams": 2,
        "label_smoothing": 0.0,
    }
    summarizer = Seq2SeqSummarizer(**(parameters | changes))
    summarizer.fit(
        mails(300, seed=1), mails(30, seed=2), score=exact, report=report, checkpoint_dir=checkpoint_dir, seed=1
    )
    return summarizer


@pytest.fixture(scope="module")
def fitted(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Seq2SeqSummarizer:
    return fit(model_folder, tmp_path_factory.mktemp("checkpoints"))


def test_seq2seq_says_what_the_mail_is_about_when_fitted(fitted: Seq2SeqSummarizer) -> None:
    examples = mails(40, seed=3)
    answers = fitted.predict([example.request for example in examples])
    share = exact([example.references for example in examples], [answer.text for answer in answers])["exact"]
    assert share > 0.9


def test_seq2seq_keeps_to_the_length_when_asked(fitted: Seq2SeqSummarizer, tmp_path: Path) -> None:
    (example,) = mails(1, seed=4)
    (one,) = fitted.predict([SummaryRequest(example.text, max_sentences=1)])
    assert one.sentences == (example.summary.split(" .")[0] + " .",)
    factory.save(fitted, tmp_path)
    about = tmp_path / "summarizer.json"
    about.write_text(about.read_text().replace('"max_summary_tokens": 12', '"max_summary_tokens": 2'))
    (shortest,) = factory.load(tmp_path).predict([example.request])
    assert shortest.text == example.summary.split(" .")[0]
    about.write_text(about.read_text().replace('"max_summary_tokens": 2', '"max_summary_tokens": 24'))
    about.write_text(about.read_text().replace('"min_summary_tokens": 0', '"min_summary_tokens": 20'))
    (longest,) = factory.load(tmp_path).predict([SummaryRequest(example.text, 100)])
    assert len(longest.text.split()) >= 20


def test_seq2seq_goes_on_when_its_fit_was_stopped(model_folder: Path, tmp_path: Path, progress: Any) -> None:
    whole = fit(model_folder, tmp_path / "whole", epochs=3)
    with pytest.raises(KeyboardInterrupt):
        fit(model_folder, tmp_path / "stopped", progress(die_at=2), epochs=3)
    watched = progress()
    resumed = fit(model_folder, tmp_path / "stopped", watched, epochs=3)
    assert watched.steps == [2, 3]
    requests = [example.request for example in mails(20, seed=5)]
    assert resumed.predict(requests) == whole.predict(requests)


def test_load_gives_equal_answers_when_saved(
    fitted: Seq2SeqSummarizer, tmp_path: Path, assert_safe: Callable[[Path], None]
) -> None:
    factory.save(fitted, tmp_path)
    assert_safe(tmp_path)
    loaded = factory.load(tmp_path)
    requests = [*(example.request for example in mails(20, seed=6)), SummaryRequest(""), SummaryRequest("\ud800")]
    assert loaded.predict(requests) == fitted.predict(requests)
    assert loaded.parameters() == fitted.parameters()


@pytest.mark.parametrize("name", ["model/model.safetensors", "model/tokenizer.json", "summarizer.json"])
def test_load_refuses_when_a_file_is_cut(fitted: Seq2SeqSummarizer, tmp_path: Path, name: str) -> None:
    factory.save(fitted, tmp_path)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(IntegrityError):
        factory.load(tmp_path)


def test_create_refuses_when_lengths_contradict_each_other() -> None:
    with pytest.raises(ConfigError, match="min_summary_tokens"):
        Seq2SeqSummarizer(min_summary_tokens=64)


def test_load_refuses_when_nothing_says_how_a_summary_starts(fitted: Seq2SeqSummarizer, tmp_path: Path) -> None:
    factory.save(fitted, tmp_path)
    config = tmp_path / "model" / "config.json"
    about = json.loads(config.read_text())
    about["decoder_start_token_id"] = None
    config.write_text(json.dumps(about))
    (tmp_path / "model" / "generation_config.json").unlink()
    with pytest.raises(IntegrityError, match="decoder_start_token_id"):
        factory.load(tmp_path)
