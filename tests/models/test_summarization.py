"""Summarizers: the lead baseline, and a ranking that learns what people chose."""

import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from configs.errors import ConfigError, DatasetError, IntegrityError
from models import factory
from models.summarization.lead import LeadSummarizer
from models.summarization.sentence_features import oracle
from models.summarization.sentence_ranking import SentenceRankingSummarizer
from models.types import Score, SummarizedText, SummaryRequest

GREETINGS = ["Hello there.", "Thanks for the mail.", "Hope you are well today.", "Please help with the problem again."]


def letters(count: int, *, seed: int) -> list[SummarizedText]:
    """Letters whose two sentences with numbers were the summary, wherever they stood."""
    chance = random.Random(seed)
    examples = []
    for _ in range(count):
        facts = [
            f"The invoice {chance.randint(100, 999)} was a charge of {chance.randint(10, 99)} today.",
            f"The parcel {chance.randint(100, 999)} is late with the courier.",
        ]
        sentences = [*chance.sample(GREETINGS, 4), *facts]
        chance.shuffle(sentences)
        summary = " ".join(sentence for sentence in sentences if sentence in facts)
        examples.append(SummarizedText(" ".join(sentences), summary))
    return examples


def shared_words(references: Sequence[Sequence[str]], predictions: Sequence[str]) -> Mapping[str, float]:
    """Share of the reference's words that the prediction has, less its length: enough to rank."""
    shares = []
    for reference, prediction in zip(references, predictions, strict=True):
        expected, came = set(" ".join(reference).split()), set(prediction.split())
        shares.append(2 * len(expected & came) / max(1, len(expected) + len(came)))
    return {"overlap": sum(shares) / len(shares)}


@pytest.fixture(scope="module")
def fitted(encoder_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> SentenceRankingSummarizer:
    summarizer = SentenceRankingSummarizer(encoder=str(encoder_folder), max_sentences=2, max_tokens=32)
    summarizer.fit(
        letters(40, seed=1),
        letters(10, seed=2),
        score=shared_words,
        report=lambda *_: None,
        checkpoint_dir=tmp_path_factory.mktemp("checkpoints"),
        seed=1,
    )
    return summarizer


def test_ranking_beats_lead_when_facts_stand_anywhere(fitted: SentenceRankingSummarizer) -> None:
    examples = letters(30, seed=3)
    requests = [SummaryRequest(example.text) for example in examples]
    references = [example.references for example in examples]
    ranked = shared_words(references, [summary.text for summary in fitted.predict(requests)])["overlap"]
    lead = shared_words(references, [summary.text for summary in LeadSummarizer(max_sentences=2).predict(requests)])
    assert ranked > 0.9 > lead["overlap"]


def test_ranking_reports_its_choices_when_fitting(encoder_folder: Path, tmp_path: Path, progress: Any) -> None:
    watched = progress()
    summarizer = SentenceRankingSummarizer(encoder=str(encoder_folder), max_tokens=32)
    summarizer.fit(
        letters(10, seed=1),
        letters(5, seed=2),
        score=shared_words,
        report=watched,
        checkpoint_dir=tmp_path,
        seed=1,
    )
    assert watched.steps == list(range(1, 13))
    assert all(set(metrics) == {"validation/overlap"} for metrics in watched.metrics)


def test_ranking_goes_on_when_its_fit_was_stopped(
    encoder_folder: Path, tmp_path: Path, progress: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fit(report: Any, folder: Path) -> SentenceRankingSummarizer:
        summarizer = SentenceRankingSummarizer(encoder=str(encoder_folder), max_tokens=32)
        summarizer.fit(
            letters(10, seed=1),
            letters(5, seed=2),
            score=shared_words,
            report=report,
            checkpoint_dir=folder,
            seed=1,
        )
        return summarizer

    whole = fit(progress(), tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        fit(progress(die_at=5), tmp_path / "stopped")
    with monkeypatch.context() as patch:
        patch.setattr(SentenceRankingSummarizer, "_embed", lambda *_: pytest.fail("embedded again"))
        resumed = fit(progress(), tmp_path / "stopped")
    requests = [SummaryRequest(example.text) for example in letters(10, seed=4)]
    assert resumed.predict(requests) == whole.predict(requests)


def test_ranking_keeps_the_order_of_the_source_when_choosing(fitted: SentenceRankingSummarizer) -> None:
    for example in letters(10, seed=5):
        (summary,) = fitted.predict([SummaryRequest(example.text, max_sentences=4)])
        places = [example.text.index(sentence) for sentence in summary.sentences]
        assert places == sorted(places)
        assert len(set(places)) == 4


@pytest.mark.parametrize(
    ("text", "max_sentences", "count"),
    [("", None, 0), ("One only", 3, 1), ("Alpha. Beta. Gamma. Delta.", None, 2)],
)
def test_ranking_gives_what_there_is_when_texts_are_short(
    fitted: SentenceRankingSummarizer, text: str, max_sentences: int | None, count: int
) -> None:
    (summary,) = fitted.predict([SummaryRequest(text, max_sentences)])
    assert len(summary.sentences) == count


def test_ranking_is_the_same_when_batched_or_threaded(fitted: SentenceRankingSummarizer) -> None:
    requests = [SummaryRequest(example.text) for example in letters(12, seed=6)]
    with ThreadPoolExecutor(4) as pool:
        alone = list(pool.map(lambda request: fitted.predict([request])[0], requests))
    assert alone == fitted.predict(requests)


def test_load_gives_equal_answers_when_saved(
    fitted: SentenceRankingSummarizer, tmp_path: Path, assert_safe: Callable[[Path], None]
) -> None:
    factory.save(fitted, tmp_path)
    assert_safe(tmp_path)
    requests = [SummaryRequest(example.text) for example in letters(10, seed=7)]
    loaded = factory.load(tmp_path)
    assert loaded.predict(requests) == fitted.predict(requests)
    assert loaded.parameters() == fitted.parameters()


@pytest.mark.parametrize("name", ["ranker.safetensors", "summarizer.json", "encoder/tokenizer.json"])
def test_load_refuses_when_a_file_is_cut(fitted: SentenceRankingSummarizer, tmp_path: Path, name: str) -> None:
    factory.save(fitted, tmp_path)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(IntegrityError):
        factory.load(tmp_path)


def test_fit_refuses_when_summaries_say_nothing(encoder_folder: Path, tmp_path: Path) -> None:
    summarizer = SentenceRankingSummarizer(encoder=str(encoder_folder), max_tokens=32)
    examples = [SummarizedText("One. Two.", "unrelated")]
    with pytest.raises(DatasetError):
        summarizer.fit(examples, examples, score=shared_words, report=lambda *_: None, checkpoint_dir=tmp_path, seed=1)


def test_lead_reports_its_score_when_fitted(progress: Any, tmp_path: Path) -> None:
    watched = progress()
    lead = LeadSummarizer(max_sentences=2)
    score: Score = shared_words
    lead.fit([], letters(5, seed=1), score=score, report=watched, checkpoint_dir=tmp_path, seed=1)
    assert set(watched.metrics[0]) == {"validation/overlap"}


def test_lead_takes_the_first_sentences_when_asked() -> None:
    summaries = LeadSummarizer(max_sentences=1).predict(
        [SummaryRequest("Alpha. Beta."), SummaryRequest("Alpha. Beta.", 2)]
    )
    assert [summary.sentences for summary in summaries] == [("Alpha.",), ("Alpha.", "Beta.")]


def test_oracle_chooses_what_overlaps_when_summary_is_known() -> None:
    sentences = ["Hello there.", "The cat sat on the mat.", "It rained.", "The dog barked."]
    assert sorted(oracle(sentences, "A cat sat on the mat while a dog barked.", 3)) == [1, 3]


@pytest.mark.parametrize("kind", ["lead", "sentence-ranking"])
def test_create_refuses_when_a_parameter_is_wrong(kind: str) -> None:
    with pytest.raises(ConfigError, match="max_sentences"):
        factory.create("summarization", kind, {"max_sentences": 0})
