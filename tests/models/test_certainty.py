"""`Certainty`: probabilities that mean what they say, and texts that are not answered."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from configs.errors import ConfigError, IntegrityError
from models import factory
from models.text_classification.certainty import Certainty, Floats, Ints
from models.text_classification.tfidf_linear import TfidfLinearClassifier
from models.types import LabelledText, Score

LABELS = ("a", "b", "c")


def drawn(temperature: float, *, count: int = 20_000, seed: int = 1) -> tuple[Floats, Ints]:
    """Logits that are `temperature` times too large, and labels drawn by the probabilities that they should be."""
    random = np.random.default_rng(seed)
    logits = random.normal(size=(count, len(LABELS))) * 2
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truths = (random.random((count, 1)) > probabilities.cumsum(axis=1)).sum(axis=1)
    return logits * temperature, truths


def fit(train: list[LabelledText], validation: list[LabelledText], score: Score, **parameters: Any) -> Any:
    classifier = TfidfLinearClassifier(**parameters)
    classifier.fit(train, validation, score=score, report=lambda *_: None, checkpoint_dir=Path("unused"), seed=1)
    return classifier


@pytest.mark.parametrize("temperature", [0.25, 1.0, 4.0])
def test_fit_finds_the_temperature_when_logits_are_too_large_or_small(temperature: float) -> None:
    assert Certainty.fit(*drawn(temperature)).temperature == pytest.approx(temperature, rel=0.05)


def test_probabilities_are_right_as_often_as_they_say_when_calibrated() -> None:
    logits, truths = drawn(5.0, seed=2)
    certainty = Certainty.fit(*drawn(5.0, seed=1))
    for probabilities, honest in [(certainty.probabilities(logits), True), (Certainty().probabilities(logits), False)]:
        share_right = (probabilities.argmax(axis=1) == truths).mean()
        assert bool(abs(probabilities.max(axis=1).mean() - share_right) < 0.01) is honest


def test_labels_stay_when_calibrated() -> None:
    logits, truths = drawn(3.0, count=500)
    calibrated = Certainty.fit(logits, truths).classifications(LABELS, logits)
    plain = Certainty().classifications(LABELS, logits)
    assert [answer.label for answer in calibrated] == [answer.label for answer in plain]
    assert [answer.score for answer in calibrated] != [answer.score for answer in plain]


def test_uncalibrated_gives_the_first_probabilities_back_when_asked() -> None:
    logits, truths = drawn(3.0, count=500)
    certainty = Certainty.fit(logits, truths)
    answers = certainty.classifications(LABELS, logits)
    for answer, plain in zip(answers, Certainty().classifications(LABELS, logits), strict=True):
        assert certainty.uncalibrated(answer.scores) == pytest.approx(dict(plain.scores), abs=1e-6)


def test_fit_stays_modest_when_few_texts_are_all_right() -> None:
    logits = np.array([[3.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 3.0]])
    probabilities = Certainty.fit(logits, np.array([0, 1, 2])).probabilities(logits)
    assert 0.7 < probabilities.max() < 0.99


@pytest.mark.parametrize("wanted", [0.8, 0.9, 0.97])
def test_answers_are_as_accurate_as_wanted_when_a_threshold_is_chosen(wanted: float) -> None:
    certainty = Certainty.fit(*drawn(2.0, seed=1), answered_accuracy=wanted)
    logits, truths = drawn(2.0, seed=2)
    answers = certainty.classifications(LABELS, logits)
    right = [LABELS.index(answer.label) == truth for answer, truth in zip(answers, truths, strict=True)]
    answered = [is_right for is_right, answer in zip(right, answers, strict=True) if answer.answered]
    assert sum(answered) / len(answered) == pytest.approx(wanted, abs=0.01)
    assert sum(right) / len(right) < wanted - 0.02
    assert 0.1 < len(answered) / len(right) < 0.95


def test_all_are_answered_when_that_is_accurate_enough() -> None:
    logits, truths = drawn(1.0, count=500)
    answers = Certainty.fit(logits, truths, answered_accuracy=0.3).classifications(LABELS, logits)
    assert all(answer.answered for answer in answers)


def test_nothing_is_answered_when_the_surest_answer_is_wrong() -> None:
    logits = np.array([[5.0, 0.0], [1.0, 0.0]])
    answers = Certainty.fit(logits, np.array([1, 0]), answered_accuracy=0.9).classifications(("a", "b"), logits)
    assert [(answer.label, answer.answered) for answer in answers] == [("a", False), ("a", False)]


def test_texts_of_equal_confidence_are_answered_together_when_some_are_wrong() -> None:
    logits = np.array([[2.0, 0.0]] * 4 + [[9.0, 0.0]] * 4)
    certainty = Certainty.fit(logits, np.array([0, 0, 1, 1, 0, 0, 0, 0]), answered_accuracy=0.8)
    assert [answer.answered for answer in certainty.classifications(("a", "b"), logits)] == [False] * 4 + [True] * 4


def test_classifier_does_not_know_when_a_text_says_nothing(
    train_texts: list[LabelledText], validation_texts: list[LabelledText], accuracy: Score, tmp_path: Path
) -> None:
    factory.save(fit(train_texts, validation_texts, accuracy, answered_accuracy=0.99), tmp_path)
    sure, unsure = factory.load(tmp_path).predict(["refund of the invoice, payment and fee", "qwertz"])
    assert (sure.label, sure.answered) == ("billing", True)
    assert not unsure.answered


def test_classifier_keeps_its_certainty_when_saved(
    train_texts: list[LabelledText], validation_texts: list[LabelledText], accuracy: Score, tmp_path: Path
) -> None:
    classifier = fit(train_texts, validation_texts, accuracy, answered_accuracy=0.99)
    assert classifier.certainty.temperature != 1.0
    factory.save(classifier, tmp_path)
    loaded = factory.load(tmp_path)
    assert isinstance(loaded, TfidfLinearClassifier)
    assert loaded.certainty == classifier.certainty


def test_load_refuses_when_the_certainty_is_impossible(
    train_texts: list[LabelledText], validation_texts: list[LabelledText], accuracy: Score, tmp_path: Path
) -> None:
    classifier = fit(train_texts, validation_texts, accuracy)
    classifier.certainty = Certainty(temperature=-1.0)
    factory.save(classifier, tmp_path)
    with pytest.raises(IntegrityError, match="out of bounds"):
        factory.load(tmp_path)


def test_create_refuses_when_the_wanted_accuracy_is_no_share() -> None:
    with pytest.raises(ConfigError, match="answered_accuracy"):
        factory.create("text-classification", "tfidf-linear", {"answered_accuracy": 98})
