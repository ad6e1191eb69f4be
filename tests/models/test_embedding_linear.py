"""`EmbeddingLinearClassifier`: learns what words alone do not tell, reads windows, saves."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from configs.errors import IntegrityError
from models import factory
from models.text_classification.embedding_linear import EmbeddingLinearClassifier
from models.types import LabelledText, Score


@pytest.fixture(scope="module")
def parameters(encoder_folder: Path) -> dict[str, Any]:
    return {"encoder": str(encoder_folder), "max_tokens": 16, "max_windows": 4, "loss": "hinge"}


@pytest.fixture(scope="module")
def fitted(
    parameters: dict[str, Any], train_texts: list[LabelledText], validation_texts: list[LabelledText], accuracy: Score
) -> EmbeddingLinearClassifier:
    return fit(parameters, train_texts, validation_texts, accuracy)


def fit(
    parameters: dict[str, Any], train: list[LabelledText], validation: list[LabelledText], score: Score
) -> EmbeddingLinearClassifier:
    classifier = EmbeddingLinearClassifier(**parameters)
    folder = Path("unused")
    classifier.fit(train, validation, score=score, report=lambda *_: None, checkpoint_dir=folder, seed=1)
    return classifier


def test_fit_beats_chance_when_topics_differ(
    fitted: EmbeddingLinearClassifier, test_texts: list[LabelledText], accuracy: Score
) -> None:
    predicted = [answer.label for answer in fitted.predict([example.text for example in test_texts])]
    assert accuracy([example.label for example in test_texts], predicted)["accuracy"] > 0.8


def test_fit_learns_from_embeddings_when_words_say_nothing(parameters: dict[str, Any], accuracy: Score) -> None:
    # Every text has words of its own, so that TF-IDF has nothing in common between training and test; to the encoder
    # all of them are one unknown word, and only their number differs.
    def examples(start: int) -> list[LabelledText]:
        return [
            LabelledText(" ".join(f"w{start}x{n}x{m}" for m in range(2 + 5 * (n % 2))), "odd" if n % 2 else "even")
            for n in range(20)
        ]

    classifier = fit(parameters | {"max_windows": 1, "embedding_weight": 10.0}, examples(1), examples(2), accuracy)
    answers = [answer.label for answer in classifier.predict([example.text for example in examples(3)])]
    assert answers == [example.label for example in examples(3)]


@pytest.mark.parametrize(("max_windows", "differs"), [(1, False), (4, True)])
def test_embeddings_differ_at_the_end_when_windows_are_read(
    parameters: dict[str, Any], train_texts: list[LabelledText], accuracy: Score, max_windows: int, differs: bool
) -> None:
    changes = {"max_windows": max_windows, "min_documents": 30}  # so that no word of a topic is a feature by itself
    classifier = fit(parameters | changes, train_texts, train_texts, accuracy)
    one, other = classifier.logits([" ".join(["zebra"] * 30 + [late] * 9) for late in ("parcel", "login")])
    assert bool(abs(one - other).max() > 1e-3) is differs


def test_load_gives_equal_answers_when_saved(
    fitted: EmbeddingLinearClassifier,
    test_texts: list[LabelledText],
    tmp_path: Path,
    assert_safe: Callable[[Path], None],
) -> None:
    factory.save(fitted, tmp_path)
    assert_safe(tmp_path)
    texts = [example.text for example in test_texts] + ["", "\ud800"]
    loaded = factory.load(tmp_path)
    assert loaded.predict(texts) == fitted.predict(texts)
    assert loaded.parameters() == fitted.parameters()
    assert fitted.predict([]) == []


@pytest.mark.parametrize("name", ["weights.safetensors", "encoder/model.safetensors", "classifier.json"])
def test_load_refuses_when_a_file_is_cut(fitted: EmbeddingLinearClassifier, tmp_path: Path, name: str) -> None:
    factory.save(fitted, tmp_path)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(IntegrityError):
        factory.load(tmp_path)
