"""`VaderClassifier`: knows moods without learning."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from configs.errors import DatasetError, IntegrityError
from models import factory
from models.text_classification.vader import VaderClassifier
from models.types import LabelledText, Score

VALIDATION = [
    LabelledText("What a wonderful day, I love it", "positive"),
    LabelledText("Great service, thank you so much", "positive"),
    LabelledText("I am happy with the new chairs", "positive"),
    LabelledText("Terrible, I hate it", "negative"),
    LabelledText("The worst support ever, a horrible mess", "negative"),
    LabelledText("Bad quality and rude people", "negative"),
    LabelledText("Great, it broke again", "negative"),  # sarcasm is beyond it
]


def fit(score: Score, examples: list[LabelledText] = VALIDATION, **parameters: Any) -> VaderClassifier:
    classifier = VaderClassifier(**parameters)
    classifier.fit(examples, examples, score=score, report=lambda *_: None, checkpoint_dir=Path("unused"), seed=1)
    return classifier


def test_predict_tells_the_mood_when_never_fitted() -> None:
    texts = ["This is wonderful!", "This is awful.", "not good at all", "The parcel is red."]
    labels = [answer.label for answer in VaderClassifier(neutral="neutral").predict(texts)]
    assert labels == ["positive", "negative", "negative", "neutral"]
    assert [answer.label for answer in VaderClassifier().predict(texts)][:3] == labels[:3]


def test_predict_follows_the_authors_bounds_when_a_text_is_almost_neutral(monkeypatch: pytest.MonkeyPatch) -> None:
    classifier = VaderClassifier(neutral="none")
    compounds = {"a": 0.05, "b": 0.049, "c": 0.0, "d": -0.049, "e": -0.05}
    monkeypatch.setattr(classifier._analyzer, "polarity_scores", lambda text: {"compound": compounds[text]})
    labels = [answer.label for answer in classifier.predict(list(compounds))]
    assert labels == ["positive", "none", "none", "none", "negative"]


def test_predict_uses_the_names_of_the_data_when_they_are_given() -> None:
    assert VaderClassifier(negative="0", positive="1").predict(["awful", "great"])[1].label == "1"


def test_fit_makes_probabilities_honest_when_the_lexicon_errs(accuracy: Score) -> None:
    classifier = fit(accuracy)
    assert classifier.certainty.temperature != 1.0
    assert 0.6 < max(answer.score for answer in classifier.predict([one.text for one in VALIDATION])) < 0.99


def test_fit_refuses_when_the_data_has_other_labels(accuracy: Score) -> None:
    with pytest.raises(DatasetError, match="`good`"):
        fit(accuracy, [LabelledText("nice", "good")])


def test_explain_finds_the_word_that_carries_the_mood_when_asked(accuracy: Score) -> None:
    weights = fit(accuracy).explain("the chairs that came on Monday are terrible")
    assert max(weights, key=lambda word: word.weight).word == "terrible"
    assert sum(abs(word.weight) > 1e-6 for word in weights) == 1


def test_load_gives_equal_answers_when_saved(
    accuracy: Score, tmp_path: Path, assert_safe: Callable[[Path], None]
) -> None:
    classifier = fit(accuracy, neutral="neutral", answered_accuracy=0.9)
    factory.save(classifier, tmp_path)
    assert_safe(tmp_path)
    texts = [example.text for example in VALIDATION] + ["", "😡", "\ud800 great"]
    assert factory.load(tmp_path).predict(texts) == classifier.predict(texts)


def test_load_refuses_when_the_file_is_cut(accuracy: Score, tmp_path: Path) -> None:
    factory.save(fit(accuracy), tmp_path)
    (tmp_path / "classifier.json").write_text('{"certainty"')
    with pytest.raises(IntegrityError, match="cannot be read"):
        factory.load(tmp_path)


def test_predict_gives_nothing_when_given_nothing() -> None:
    assert VaderClassifier().predict([]) == []
