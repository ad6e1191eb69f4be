"""Classifiers that give a text all labels that apply."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from configs.errors import DatasetError, InputError, IntegrityError
from models import factory
from models.multi_label_classification.thresholds import best_thresholds
from models.runtimes.choice import RuntimeChoice
from models.types import MultiLabelledText

WORDS = {
    "billing": ["invoice", "refund", "payment", "fee"],
    "delivery": ["parcel", "courier", "shipment", "van"],
    "account": ["password", "login", "email", "profile"],
}
FILLERS = ["please", "hello", "my", "the", "a", "is", "was", "with", "about", "thanks", "today", "again", "why"]
TASK = "multi-label-classification"


def texts(count: int, *, seed: int) -> list[MultiLabelledText]:
    """Messages with two words of each of their topics, which are none to all, among fillers."""
    chance = random.Random(seed)
    examples = []
    for _ in range(count):
        labels = [label for label in WORDS if chance.random() < 0.4]
        words = chance.choices(FILLERS, k=chance.randint(3, 6))
        words += [word for label in labels for word in chance.sample(WORDS[label], 2)]
        chance.shuffle(words)
        examples.append(MultiLabelledText(" ".join(words), tuple(labels)))
    return examples


def exact(y_true: Any, y_pred: Any) -> dict[str, float]:
    return {"exact": float(np.mean([set(truth) == set(answer) for truth, answer in zip(y_true, y_pred, strict=True)]))}


@pytest.fixture(scope="module", params=["tfidf-linear", "transformer"])
def classifier(
    request: pytest.FixtureRequest, encoder_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> factory.AnyPredictor:
    parameters: dict[str, Any] = {}
    if request.param == "transformer":
        parameters = {
            "encoder": str(encoder_folder),
            "epochs": 12,
            "consistency": 0,  # trains twice as fast
            "batch_size": 16,
            "learning_rate": 3e-3,  # a tiny encoder without pretraining wants far more than a real one
            "head_learning_rate": 1e-2,
            "averaging": 0.8,
            "max_tokens": 32,
        }
    return fit(request.param, tmp_path_factory.mktemp("checkpoints"), texts(200, seed=1), **parameters)


def fit(kind: str, folder: Path, train: list[MultiLabelledText], **parameters: Any) -> factory.AnyPredictor:
    made = factory.create(TASK, kind, parameters)
    made.fit(train, texts(60, seed=2), score=exact, report=lambda *_: None, checkpoint_dir=folder, seed=1)
    return made


def test_fit_finds_all_labels_when_texts_have_none_to_three(classifier: factory.AnyPredictor) -> None:
    unseen = texts(100, seed=3)
    answers = [answer.labels for answer in classifier.predict([example.text for example in unseen])]
    assert {len(labels) for labels in answers} == {0, 1, 2, 3}
    assert exact([example.labels for example in unseen], answers)["exact"] > 0.8


def test_predict_gives_the_labels_above_their_thresholds_when_asked(classifier: Any) -> None:
    (answer,) = classifier.predict(["hello refund my invoice about the parcel with a courier"])
    assert set(answer.labels) == {"billing", "delivery"}
    thresholds = dict(zip(classifier.labels, classifier.thresholds, strict=True))
    assert {label for label, score in answer.scores.items() if score >= thresholds[label]} == set(answer.labels)
    assert (answer.label, answer.score) == max(answer.scores.items(), key=lambda item: item[1])


def test_explain_finds_the_word_of_each_label_when_there_are_two(classifier: Any) -> None:
    for label, word in {"billing": "refund", "delivery": "parcel"}.items():
        weights = classifier.explain("hello why is the refund about my parcel", label)
        assert max(weights, key=lambda one: one.weight).word == word
    with pytest.raises(InputError, match="Did you mean `billing`"):
        classifier.explain("refund", "biling")


def test_load_gives_equal_answers_when_saved(
    classifier: factory.AnyPredictor, tmp_path: Path, assert_safe: Callable[[Path], None]
) -> None:
    factory.save(classifier, tmp_path)
    assert_safe(tmp_path)
    unseen = [example.text for example in texts(20, seed=4)] + ["", "\ud800"]
    assert factory.load(tmp_path).predict(unseen) == classifier.predict(unseen)
    assert classifier.predict([]) == []


def test_answers_stay_when_another_runtime_gives_them(classifier: factory.AnyPredictor, tmp_path: Path) -> None:
    if classifier.encoder is None:
        return  # nothing to choose: a linear model
    factory.save(classifier, tmp_path / "torch")
    loaded = factory.load(tmp_path / "torch")
    assert loaded.encoder is not None
    loaded.encoder.use(loaded.encoder.prepare(RuntimeChoice("onnx")))
    factory.save(loaded, tmp_path / "onnx")
    unseen = [example.text for example in texts(50, seed=5)]
    answers = [
        [answer.labels for answer in one.predict(unseen)] for one in (classifier, factory.load(tmp_path / "onnx"))
    ]
    assert answers[0] == answers[1]


def test_load_refuses_when_a_threshold_is_missing(classifier: Any, tmp_path: Path) -> None:
    factory.save(classifier, tmp_path)
    path = tmp_path / "classifier.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"account"', '"account", "more"', 1), encoding="utf-8")
    with pytest.raises(IntegrityError, match="thresholds"):
        factory.load(tmp_path)


@pytest.mark.parametrize("kind", ["tfidf-linear", "transformer"])
def test_fit_refuses_when_no_text_has_a_label(kind: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="none has any"):
        fit(kind, tmp_path, [MultiLabelledText("hello", ())] * 3)


def test_fit_learns_nothing_wrong_when_a_label_is_on_every_text(tmp_path: Path) -> None:
    train = [MultiLabelledText(one.text, (*one.labels, "mail")) for one in texts(80, seed=1)]
    made = fit("tfidf-linear", tmp_path, train)
    assert all("mail" in answer.labels for answer in made.predict(["refund", "hello"]))


@pytest.mark.parametrize(
    ("probabilities", "truths", "threshold"),
    [
        ([0.9, 0.3, 0.2, 0.1], [1, 1, 0, 0], 0.25),  # far below one half, and both are found
        ([0.9, 0.8, 0.7, 0.1], [1, 0, 0, 0], 0.85),
        ([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0], 0.3),  # two of equal probability get it together
        ([0.9, 0.8], [1, 1], 0.4),
        ([0.9, 0.8], [0, 0], 0.5),
    ],
)
def test_threshold_is_where_f1_is_best_when_chosen(
    probabilities: list[float], truths: list[int], threshold: float
) -> None:
    chosen = best_thresholds(np.array([probabilities]).T, np.array([truths], dtype=bool).T)
    assert chosen.tolist() == [pytest.approx(threshold)]
