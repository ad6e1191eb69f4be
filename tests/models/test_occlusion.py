"""Which words carried an answer."""

from pathlib import Path
from typing import Any

import pytest

from configs.errors import InputError
from models import factory
from models.occlusion import Occlusion
from models.types import LabelledText, Score


@pytest.fixture(scope="module", params=["tfidf-linear", "transformer"])
def classifier(
    request: pytest.FixtureRequest,
    train_texts: list[LabelledText],
    validation_texts: list[LabelledText],
    accuracy: Score,
    encoder_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Any:
    parameters: dict[str, Any] = {}
    if request.param == "transformer":
        parameters = {
            "encoder": str(encoder_folder),
            "epochs": 8,
            "batch_size": 16,
            "learning_rate": 3e-3,
            "head_learning_rate": 1e-2,
            "averaging": 0.8,
            "max_tokens": 32,
        }
    made = factory.create("text-classification", request.param, parameters)
    made.fit(
        train_texts,
        validation_texts,
        score=accuracy,
        report=lambda *_: None,
        checkpoint_dir=tmp_path_factory.mktemp("checkpoints"),
        seed=1,
    )
    return made


def test_explain_finds_the_planted_word_when_one_carries_the_label(classifier: Any) -> None:
    text = "hello, can you please help with the refund again today?"
    assert classifier.predict([text])[0].label == "billing"
    weights = classifier.explain(text)
    assert [word.word for word in weights] == [text[word.start : word.end] for word in weights]
    heaviest = max(weights, key=lambda word: word.weight)
    assert heaviest.word == "refund"
    assert heaviest.weight > 1.5 * sorted(word.weight for word in weights)[-2]  # its word pairs make neighbours weigh


def test_explain_says_what_speaks_against_a_label_when_one_is_named(classifier: Any) -> None:
    weights = {word.word: word.weight for word in classifier.explain("the parcel and the password", "delivery")}
    assert weights["parcel"] > 0 > weights["password"]


def test_explain_refuses_when_the_label_is_unknown(classifier: Any) -> None:
    with pytest.raises(InputError, match="Did you mean `billing`"):
        classifier.explain("refund", "biling")


@pytest.mark.parametrize("text", ["", "   "])
def test_explain_gives_nothing_when_there_is_no_word(classifier: Any, text: str) -> None:
    assert classifier.explain(text) == []


def test_parts_are_words_and_signs_when_a_text_is_short() -> None:
    text = "Don't charge me twice!!! 😡 (v1.2)"
    assert [text[start:end] for start, end in Occlusion.of(text).parts] == [
        "Don't",
        "charge",
        "me",
        "twice",
        "!!!",
        "😡",
        "(",
        "v1.2",
        ")",
    ]


def test_parts_are_a_few_words_each_when_a_text_is_long() -> None:
    words = [f"word{index}" for index in range(1000)]
    occlusion = Occlusion.of(" ".join(words))
    assert len(occlusion.variants()) <= 64
    assert " ".join(occlusion.text[start:end] for start, end in occlusion.parts).split() == words


def test_variants_do_not_join_neighbours_when_a_word_is_taken_out() -> None:
    assert [" ".join(variant.split()) for variant in Occlusion.of("a,b").variants()] == [",b", "a b", "a,"]
