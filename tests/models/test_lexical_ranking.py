"""The ranking without an encoder: it learns what people chose, and says it more shortly where that is as good."""

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from configs.errors import DatasetError, IntegrityError
from models import factory
from models.summarization.lead import LeadSummarizer
from models.summarization.lexical_ranking import LexicalRankingSummarizer
from models.summarization.shortening import Shortening
from models.types import SummarizedText, SummaryRequest

SUBJECTS = ["networks", "graphs", "parsers", "robots", "images", "proteins", "markets", "agents"]
BACKGROUND = ["Many tasks need large {}.", "The cost of {} grows every year.", "Others (see below) studied {} before."]


def abstracts(count: int, *, seed: int) -> list[SummarizedText]:
    """Abstracts of which the one sentence that begins "In this paper we" was the summary, without these words."""
    chance = random.Random(seed)
    examples = []
    for _ in range(count):
        subject, other = chance.sample(SUBJECTS, 2)
        point = f"propose a method (by chance) that makes {subject} faster than {other}."
        sentences = [text.format(chance.choice(SUBJECTS)) for text in BACKGROUND]
        sentences.insert(chance.randint(0, 3), f"In this paper we {point}")
        summary = f"We {point}".replace(" (by chance)", "")
        examples.append(SummarizedText(" ".join(sentences), summary, sentences=tuple(sentences)))
    return examples


def precision_and_recall(references: Sequence[Sequence[str]], predictions: Sequence[str]) -> Mapping[str, float]:
    """The mean F1 over words of the closest reference."""

    def f1(reference: str, prediction: str) -> float:
        expected, came = set(reference.lower().split()), set(prediction.lower().split())
        return 2 * len(expected & came) / max(1, len(expected) + len(came))

    pairs = zip(references, predictions, strict=True)
    scores = [max(f1(reference, prediction) for reference in known) for known, prediction in pairs]
    return {"f1": sum(scores) / len(scores)}


def fit(folder: Path, report: Any = lambda *_: None, **parameters: Any) -> LexicalRankingSummarizer:
    summarizer = LexicalRankingSummarizer(max_sentences=1, min_sentences=2, **parameters)
    summarizer.fit(
        abstracts(60, seed=1),
        abstracts(20, seed=2),
        score=precision_and_recall,
        report=report,
        checkpoint_dir=folder,
        seed=1,
    )
    return summarizer


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> LexicalRankingSummarizer:
    return fit(tmp_path_factory.mktemp("checkpoints"), shorten=True)


def test_ranking_finds_the_point_when_it_stands_anywhere(fitted: LexicalRankingSummarizer, tmp_path: Path) -> None:
    examples = abstracts(30, seed=3)
    requests, references = [one.request for one in examples], [one.references for one in examples]

    def score(summarizer: Any) -> float:
        return precision_and_recall(references, [answer.text for answer in summarizer.predict(requests)])["f1"]

    assert score(fitted) == 1.0  # the openings and the brackets are gone, too
    assert 0.7 < score(fit(tmp_path)) < 0.9  # the right sentences, in the words of the source
    assert score(LeadSummarizer(max_sentences=1)) < 0.6


def test_ranking_tries_strengths_and_shortening_when_fitted(tmp_path: Path, progress: Any) -> None:
    watched = progress()
    fit(tmp_path, watched, shorten=True)
    assert watched.steps == [1, 2, 3, 4, 5, 6]
    assert max(metrics["validation/f1"] for metrics in watched.metrics) == 1.0


def test_ranking_gives_more_sentences_in_order_when_asked(fitted: LexicalRankingSummarizer) -> None:
    example = abstracts(1, seed=4)[0]
    (summary,) = fitted.predict([SummaryRequest(example.text, max_sentences=10)])
    kept = ["Many tasks need", "The cost of", "Others studied"]
    assert [next((start for start in kept if one.startswith(start)), "We") for one in summary.sentences] == [
        next((start for start in kept if one.replace(" (see below)", "").startswith(start)), "We")
        for one in example.sentences
    ]


@pytest.mark.parametrize(("text", "count"), [("", 0), ("Unknown words only", 1), ("Alpha. Beta.", 1)])
def test_ranking_gives_what_there_is_when_texts_are_short(
    fitted: LexicalRankingSummarizer, text: str, count: int
) -> None:
    assert [len(summary.sentences) for summary in fitted.predict([SummaryRequest(text)])] == [count]


def test_load_gives_equal_answers_when_saved(
    fitted: LexicalRankingSummarizer, tmp_path: Path, assert_safe: Callable[[Path], None]
) -> None:
    factory.save(fitted, tmp_path)
    assert_safe(tmp_path)
    loaded = factory.load(tmp_path)
    requests = [example.request for example in abstracts(10, seed=5)]
    assert loaded.predict(requests) == fitted.predict(requests)
    assert loaded.parameters() == fitted.parameters()


@pytest.mark.parametrize("name", ["ranker.safetensors", "summarizer.json"])
def test_load_refuses_when_a_file_is_cut(fitted: LexicalRankingSummarizer, tmp_path: Path, name: str) -> None:
    factory.save(fitted, tmp_path)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(IntegrityError):
        factory.load(tmp_path)


def test_fit_refuses_when_summaries_say_nothing(tmp_path: Path) -> None:
    examples = [SummarizedText("One here. Two here.", "unrelated")]
    with pytest.raises(DatasetError, match="tell no sentence from another"):
        LexicalRankingSummarizer(min_sentences=1).fit(
            examples, examples, score=precision_and_recall, report=lambda *_: None, checkpoint_dir=tmp_path, seed=1
        )


@pytest.mark.parametrize(
    ("sentence", "shorter"),
    [
        ("In this paper, we show that it works well (see below).", "We show that it works well."),
        ("In this paper we show that it works.", "We show that it works."),
        ("In this paper, it works.", "In this paper, it works."),  # nothing worth a sentence would be left
        ("Unlike in this paper, we show that it works.", "Unlike in this paper, we show that it works."),
    ],
)
def test_shortening_keeps_sentences_whole_when_it_drops(sentence: str, shorter: str) -> None:
    assert Shortening(frozenset({"in this paper"}), brackets=True).apply(sentence) == shorter


def test_shortening_learns_an_opening_when_summaries_gain_without_it() -> None:
    cases = [(f"{start}, we see {number} cats.", number) for start in ("However", "Rarely") for number in range(5)]

    def merit(sentence: str, _text: int) -> float:
        return float(not sentence.startswith("However")) - float(not sentence.startswith(("However", "Rarely"))) / 2

    assert Shortening.learn(cases, merit).openings == {"however"}
    assert Shortening.learn(cases[:4], merit).openings == set()  # seen too rarely to be an opening
