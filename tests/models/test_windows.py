"""`TransformerClassifier` on texts of several windows, and on rare labels."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from models import factory
from models.encoders import Encoder
from models.text_classification.transformer import TransformerClassifier
from models.types import LabelledText, Score

WORDS = {
    "billing": ["invoice", "charge", "refund", "payment"],
    "delivery": ["parcel", "courier", "shipment", "van"],
}
FILLERS = ["please", "hello", "my", "the", "is", "was", "with", "about", "thanks", "today"]


@pytest.fixture(scope="session")
def parameters(encoder_folder: Path) -> dict[str, Any]:
    return {
        "encoder": str(encoder_folder),
        "epochs": 6,
        "batch_size": 16,
        "learning_rate": 3e-3,  # a tiny encoder without pretraining wants far more than a real one
        "head_learning_rate": 1e-2,
        "consistency": 0,
        "averaging": 0.8,
        "max_tokens": 12,
    }


def late_texts(count: int, *, seed: int) -> list[LabelledText]:
    """Texts of forty words, of which only the last six say what they are about."""
    chance = random.Random(seed)
    examples = []
    for _ in range(count):
        label = chance.choice(sorted(WORDS))
        words = chance.choices(FILLERS, k=34) + chance.choices(WORDS[label], k=6)
        examples.append(LabelledText(" ".join(words), label))
    return examples


def fit(
    parameters: dict[str, Any], train: Sequence[LabelledText], validation: Sequence[LabelledText], score: Score
) -> TransformerClassifier:
    classifier = TransformerClassifier(**parameters)
    folder = Path("unused")
    classifier.fit(train, validation, score=score, report=lambda *_: None, checkpoint_dir=folder, seed=1)
    return classifier


def accuracy_of(classifier: TransformerClassifier, examples: Sequence[LabelledText], score: Score) -> float:
    answers = [answer.label for answer in classifier.predict([example.text for example in examples])]
    return score([example.label for example in examples], answers)["accuracy"]


def test_windows_overlap_when_a_text_is_long(encoder_folder: Path) -> None:
    encoder = Encoder.load(encoder_folder, max_tokens=12)
    text = " ".join([*FILLERS, *WORDS["billing"], *WORDS["delivery"], "my", "the"])  # 20 words
    windows, short = encoder.windows([text, "hello"], limit=8)
    words = encoder.tokenize([text])[0][1:-1]
    assert len(short) == 1
    assert [len(window) for window in windows] == [12, 12, 6]
    assert all((window[0], window[-1]) == (windows[0][0], windows[0][-1]) for window in windows)
    assert windows[0][1:-1] == words
    assert windows[0][-3:-1] == windows[1][1:3]
    assert windows[1][-3:-1] == windows[2][1:3]
    assert encoder.windows([text], limit=2) == [windows[:2]]


@pytest.fixture
def in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("in_tmp_path")
@pytest.mark.parametrize(("max_windows", "learns"), [(1, False), (8, True)])
def test_fit_when_the_signal_is_late_learns_with_windows_only(
    parameters: dict[str, Any], accuracy: Score, max_windows: int, learns: bool
) -> None:
    train, validation, test = late_texts(200, seed=1), late_texts(40, seed=2), late_texts(80, seed=3)
    classifier = fit(parameters | {"max_windows": max_windows, "training_windows": 2}, train, validation, accuracy)
    reached = accuracy_of(classifier, test, accuracy)
    assert reached > 0.9 if learns else reached < 0.7
    factory.save(classifier, Path("saved"))
    texts = [example.text for example in test]
    assert factory.load(Path("saved")).predict(texts) == classifier.predict(texts)


@pytest.mark.usefixtures("in_tmp_path")
def test_predict_when_texts_have_windows_is_the_same_alone(parameters: dict[str, Any], accuracy: Score) -> None:
    examples = late_texts(60, seed=1)
    classifier = fit(parameters | {"max_windows": 3, "epochs": 1}, examples, examples, accuracy)
    texts = ["hello", *[example.text for example in examples[:5]], ""]
    together = classifier.logits(texts)
    for text, row in zip(texts, together, strict=True):
        assert classifier.logits([text])[0] == pytest.approx(row, abs=1e-5)
    assert classifier.predict([]) == []


@pytest.mark.usefixtures("in_tmp_path")
def test_fit_when_classes_are_balanced_finds_more_of_the_rare_one(
    parameters: dict[str, Any], labelled_by_chance: Callable[[int], list[LabelledText]], accuracy: Score
) -> None:
    train, test = labelled_by_chance(1), labelled_by_chance(2)
    rare = [example.text for example in test if example.label == "rare"]

    def found(**changes: Any) -> int:
        classifier = fit(parameters | {"epochs": 3} | changes, train, train, accuracy)
        return sum(answer.label == "rare" for answer in classifier.predict(rare))

    assert found(class_weight="balanced") > found()


@pytest.fixture
def labelled_by_chance() -> Callable[[int], list[LabelledText]]:
    """A quarter of the texts with a `parcel` is rare: too few to be guessed, unless each counts for more."""

    def make(seed: int) -> list[LabelledText]:
        chance = random.Random(seed)
        examples = []
        for _ in range(200):
            words, word = chance.choices(FILLERS, k=6), chance.choice(["parcel", "invoice"])
            label = "rare" if word == "parcel" and chance.random() < 0.25 else "common"
            examples.append(LabelledText(" ".join([*words, word]), label))
        return examples

    return make
