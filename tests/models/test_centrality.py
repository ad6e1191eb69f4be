"""Summaries by centrality: nothing is learnt, and the sentence that most others are like is chosen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from configs.errors import IntegrityError
from models import factory
from models.summarization.centrality import CentralitySummarizer
from models.types import SummarizedText, Summary, SummaryRequest

TEXT = "The invoice charge refund payment. My parcel courier is late. The invoice charge amount. A refund payment bill."


def fit(encoder_folder: Path, report: Any = lambda *_: None, **parameters: Any) -> CentralitySummarizer:
    summarizer = CentralitySummarizer(encoder=str(encoder_folder), max_tokens=32, max_sentences=1, **parameters)
    validation = [SummarizedText(TEXT, "The invoice.", ("A bill.",))]
    summarizer.fit(
        [],
        validation,
        score=lambda references, answers: {
            "known": float(references == [("The invoice.", "A bill.")] and len(answers))
        },
        report=report,
        checkpoint_dir=Path("unused"),
        seed=1,
    )
    return summarizer


def summaries(summarizer: CentralitySummarizer, *requests: SummaryRequest) -> list[Summary]:
    return summarizer.predict(requests)


def test_centrality_chooses_what_the_others_are_like_when_nothing_was_learnt(
    encoder_folder: Path, progress: Any
) -> None:
    watched = progress()
    summarizer = fit(encoder_folder, watched)
    assert watched.metrics == [{"validation/known": 1.0}]
    given = ("Hello.", "The invoice charge.", "The invoice charge.", "The invoice charge.", "Why again?")
    text = " ".join(given)
    assert summaries(summarizer, SummaryRequest(text))[0].sentences == ("The invoice charge.",)
    longest = summaries(summarizer, SummaryRequest(text, 9))[0]
    assert longest.sentences == given  # all there are, in the order of the text


def test_centrality_favours_early_sentences_when_what_precedes_counts_less(encoder_folder: Path) -> None:
    requests = [SummaryRequest(TEXT)]
    early = fit(encoder_folder, preceding_weight=-2, redundancy=0).predict(requests)
    assert early[0].sentences == (TEXT.split(". ", maxsplit=1)[0] + ".",)


def test_centrality_gives_nothing_when_there_is_no_text(encoder_folder: Path) -> None:
    both = summaries(fit(encoder_folder), SummaryRequest(""), SummaryRequest("One only"))
    assert [summary.sentences for summary in both] == [(), ("One only",)]


def test_load_gives_equal_answers_when_saved(
    encoder_folder: Path, tmp_path: Path, assert_safe: Callable[[Path], None]
) -> None:
    fitted = fit(encoder_folder)
    factory.save(fitted, tmp_path)
    assert_safe(tmp_path)
    assert factory.load(tmp_path).predict([SummaryRequest(TEXT)]) == fitted.predict([SummaryRequest(TEXT)])
    (tmp_path / "summarizer.json").write_text("{")
    with pytest.raises(IntegrityError):
        factory.load(tmp_path)
