"""`TfidfLinearClassifier`: learns, saves."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from configs.errors import ConfigError, DatasetError, IntegrityError
from models import factory
from models.text_classification.tfidf_linear import TfidfLinearClassifier
from models.types import LabelledText, Score


def fit(
    train: list[LabelledText],
    validation: list[LabelledText],
    score: Score,
    report: Any = lambda *_: None,
    **parameters: Any,
) -> TfidfLinearClassifier:
    classifier = TfidfLinearClassifier(**parameters)
    classifier.fit(train, validation, score=score, report=report, checkpoint_dir=Path("unused"), seed=1)
    return classifier


@pytest.fixture(scope="module")
def fitted(
    train_texts: list[LabelledText], validation_texts: list[LabelledText], accuracy: Score
) -> TfidfLinearClassifier:
    return fit(train_texts, validation_texts, accuracy)


def test_fit_beats_chance_when_topics_differ(
    fitted: TfidfLinearClassifier, test_texts: list[LabelledText], accuracy: Score
) -> None:
    predicted = [answer.label for answer in fitted.predict([example.text for example in test_texts])]
    assert accuracy([example.label for example in test_texts], predicted)["accuracy"] > 0.8


def test_fit_reports_the_validation_score_when_done(
    train_texts: list[LabelledText], validation_texts: list[LabelledText], accuracy: Score, progress: Any
) -> None:
    watched = progress()
    fit(train_texts, validation_texts, accuracy, watched)
    assert watched.steps == [1]
    assert watched.metrics[0]["validation/accuracy"] > 0.8


def test_fit_learns_parts_of_words_when_letters_are_features(accuracy: Score) -> None:
    train = [LabelledText(word, "law") for word in ("lawful", "lawyer", "lawsuit", "outlaw")]
    train += [LabelledText(word, "sea") for word in ("seaside", "seaport", "seafood", "oversea")]
    unseen = ["lawmaker", "seagull"]
    answers = fit(train, train, accuracy, longest_letters=3, loss="hinge").predict(unseen)
    assert [answer.label for answer in answers] == ["law", "sea"]
    words_only = fit(train, train, accuracy).predict(unseen)
    assert words_only[0].scores == words_only[1].scores


@pytest.mark.parametrize("loss", ["logistic", "hinge"])
def test_fit_gives_rare_labels_their_part_when_balanced(accuracy: Score, loss: str) -> None:
    train = [LabelledText(f"parcel {n}", "common") for n in range(30)] + [LabelledText("parcel late", "rare")] * 3
    text = "parcel late"

    def answer(**parameters: Any) -> str:
        classifier = fit(train, train, accuracy, loss=loss, inverse_regularization=0.01, **parameters)
        return classifier.predict([text])[0].label

    assert (answer(), answer(class_weight="balanced")) == ("common", "rare")


@pytest.mark.parametrize("parameters", [{}, {"longest_letters": 4, "loss": "hinge"}])
@pytest.mark.parametrize("labels", [2, 3])
def test_load_gives_equal_answers_when_saved(
    train_texts: list[LabelledText],
    test_texts: list[LabelledText],
    accuracy: Score,
    tmp_path: Path,
    assert_safe: Callable[[Path], None],
    labels: int,
    parameters: dict[str, Any],
) -> None:
    kept = sorted({example.label for example in train_texts})[:labels]
    train = [example for example in train_texts if example.label in kept]
    classifier = fit(train, train, accuracy, **parameters)
    factory.save(classifier, tmp_path)
    assert_safe(tmp_path)
    texts = [example.text for example in test_texts] + ["", "\ud800"]
    answers = classifier.predict(texts)
    assert factory.load(tmp_path).predict(texts) == answers
    for answer in answers:
        assert set(answer.scores) == set(kept)
        assert sum(answer.scores.values()) == pytest.approx(1)


def test_predict_agrees_with_scikit_learn_when_there_are_two_labels(accuracy: Score) -> None:
    train = [LabelledText("good nice", "up"), LabelledText("bad ugly", "down"), LabelledText("good day", "up")] * 5
    answer = fit(train, train, accuracy).predict(["good"])[0]
    assert answer.label == "up"
    assert answer.score > 0.5


def test_load_refuses_when_weights_do_not_fit(fitted: TfidfLinearClassifier, tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    factory.save(fitted, tmp_path)
    arrays = {"idf": np.ones(2), "weights": np.ones((3, 2)), "bias": np.ones(3)}
    save_file(arrays, tmp_path / "weights.safetensors")
    with pytest.raises(IntegrityError, match="cannot be read"):
        factory.load(tmp_path)


@pytest.mark.parametrize(
    "examples", [[LabelledText("a", "x"), LabelledText("b", "x")], [LabelledText("!", "x"), LabelledText("?", "y")]]
)
def test_fit_refuses_when_there_is_nothing_to_learn(examples: list[LabelledText], accuracy: Score) -> None:
    with pytest.raises(DatasetError):
        fit(examples, examples, accuracy)


def test_create_refuses_when_a_parameter_is_wrong() -> None:
    with pytest.raises(ConfigError, match="longest_ngram"):
        factory.create("text-classification", "tfidf-linear", {"longest_ngram": 0})
