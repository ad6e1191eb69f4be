"""`TransformerClassifier` on a tiny encoder: learns, resumes, saves."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

from configs.errors import ConfigError, DatasetError, IntegrityError
from configs.files import digest_of_folder
from models import factory, fine_tuning
from models.devices import device_of
from models.text_classification.transformer import TransformerClassifier
from models.types import LabelledText, Score


@pytest.fixture(scope="session")
def parameters(encoder_folder: Path) -> dict[str, Any]:
    return {
        "encoder": str(encoder_folder),
        "epochs": 4,
        "batch_size": 16,
        "learning_rate": 3e-3,  # a tiny encoder without pretraining wants far more than a real one
        "head_learning_rate": 1e-2,
        "averaging": 0.8,
        "max_tokens": 32,
    }


@pytest.fixture(scope="session")
def fit(
    parameters: dict[str, Any], train_texts: list[LabelledText], validation_texts: list[LabelledText], accuracy: Score
) -> Callable[..., TransformerClassifier]:
    def run(checkpoint_dir: Path, report: Any, seed: int = 1, **changes: Any) -> TransformerClassifier:
        classifier = TransformerClassifier(**(parameters | changes))
        classifier.fit(
            train_texts, validation_texts, score=accuracy, report=report, checkpoint_dir=checkpoint_dir, seed=seed
        )
        return classifier

    return run


@pytest.fixture(scope="session")
def fitted(
    fit: Callable[..., TransformerClassifier], tmp_path_factory: pytest.TempPathFactory
) -> TransformerClassifier:
    return fit(tmp_path_factory.mktemp("checkpoints"), lambda *_: None)


@pytest.fixture(scope="session")
def saved(fitted: TransformerClassifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    factory.save(fitted, folder)
    return folder


def answers(classifier: TransformerClassifier, examples: list[LabelledText]) -> list[tuple[str, float]]:
    return [(answer.label, answer.score) for answer in classifier.predict([example.text for example in examples])]


def test_fit_beats_chance_when_topics_differ(
    fitted: TransformerClassifier, test_texts: list[LabelledText], accuracy: Score
) -> None:
    predicted = [label for label, _ in answers(fitted, test_texts)]
    assert accuracy([example.label for example in test_texts], predicted)["accuracy"] > 0.8


def test_fit_reports_each_epoch_when_running(
    fit: Callable[..., TransformerClassifier], progress: Any, tmp_path: Path
) -> None:
    watched = progress()
    fit(tmp_path, watched, epochs=2)
    assert watched.steps == [1, 2]
    assert set(watched.metrics[0]) == {"train/loss", "train/learning_rate", "validation/accuracy"}
    assert watched.metrics[1]["train/loss"] < watched.metrics[0]["train/loss"]


@pytest.mark.parametrize("die_at", [1, 3])
def test_fit_gives_the_same_model_when_interrupted(
    fit: Callable[..., TransformerClassifier],
    fitted: TransformerClassifier,
    test_texts: list[LabelledText],
    progress: Any,
    tmp_path: Path,
    die_at: int,
) -> None:
    with pytest.raises(KeyboardInterrupt):
        fit(tmp_path, progress(die_at=die_at))
    resumed = progress()
    classifier = fit(tmp_path, resumed)
    assert resumed.steps[0] == die_at
    assert answers(classifier, test_texts) == answers(fitted, test_texts)


def test_fit_starts_anew_when_checkpoint_is_of_another_fit(
    fit: Callable[..., TransformerClassifier], progress: Any, tmp_path: Path
) -> None:
    fit(tmp_path, progress(), seed=1, epochs=1)
    watched = progress()
    fit(tmp_path, watched, seed=2, epochs=1)
    assert watched.steps == [1]


def test_fit_starts_anew_when_checkpoint_is_broken(
    fit: Callable[..., TransformerClassifier], progress: Any, tmp_path: Path
) -> None:
    (tmp_path / "fine-tuning.safetensors").write_bytes(b"half a file")
    watched = progress()
    fit(tmp_path, watched, epochs=1)
    assert watched.steps == [1]


def test_fit_stops_early_when_score_stays(
    parameters: dict[str, Any], train_texts: list[LabelledText], progress: Any, tmp_path: Path
) -> None:
    classifier = TransformerClassifier(**(parameters | {"epochs": 20, "patience": 2}))
    watched = progress()
    classifier.fit(
        train_texts, train_texts[:5], score=lambda *_: {"flat": 0.5}, report=watched, checkpoint_dir=tmp_path, seed=1
    )
    assert watched.steps == [1, 2, 3]


def test_fit_leaves_random_numbers_alone_when_done(fit: Callable[..., TransformerClassifier], tmp_path: Path) -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    fit(tmp_path, lambda *_: None, epochs=1)
    assert torch.equal(torch.rand(1), expected)


def test_fit_gives_nearly_the_same_when_a_batch_is_learnt_in_parts(
    fit: Callable[..., TransformerClassifier],
    test_texts: list[LabelledText],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = {"masking": 0, "consistency": 0, "epochs": 1}
    monkeypatch.setattr(torch.nn.Dropout, "forward", lambda _, tensor: tensor)
    whole = fit(tmp_path / "whole", lambda *_: None, **plain)
    monkeypatch.setattr(fine_tuning, "_TOKENS_AT_ONCE", 64)
    parts = fit(tmp_path / "parts", lambda *_: None, **plain)
    texts = [example.text for example in test_texts]
    assert parts.logits(texts) == pytest.approx(whole.logits(texts), abs=0.05)


@pytest.mark.gpu
def test_fit_learns_on_a_gpu_and_answers_on_the_processor(
    fit: Callable[..., TransformerClassifier], test_texts: list[LabelledText], accuracy: Score, tmp_path: Path
) -> None:
    if not torch.cuda.is_available():
        pytest.skip("there is no GPU here")
    torch.cuda.reset_peak_memory_stats()
    fitted = fit(tmp_path, lambda *_: None)
    assert torch.cuda.max_memory_allocated() > 1e6
    assert fitted.encoder is not None
    assert device_of(fitted.encoder.model).type == "cpu"
    predicted = [label for label, _ in answers(fitted, test_texts)]
    assert accuracy([example.label for example in test_texts], predicted)["accuracy"] > 0.8


@pytest.mark.gpu
def test_fit_goes_on_from_its_checkpoint_on_a_gpu(
    fit: Callable[..., TransformerClassifier], progress: Any, tmp_path: Path
) -> None:
    if not torch.cuda.is_available():
        pytest.skip("there is no GPU here")
    with pytest.raises(KeyboardInterrupt):
        fit(tmp_path, progress(die_at=3))
    resumed = progress()
    fit(tmp_path, resumed)
    assert resumed.steps == [3, 4]


@pytest.mark.slow
def test_fit_gives_the_same_model_when_killed_within_an_epoch(
    saved: Path, parameters: dict[str, Any], tmp_path: Path
) -> None:
    script = Path(__file__).with_name("fit_in_a_process.py")
    command = [sys.executable, str(script), repr(parameters), str(tmp_path)]
    # Ten steps an epoch, with a checkpoint after each of them and one at its end: this is within the second.
    killed = subprocess.run([*command, "13"], env=os.environ, check=False)
    assert killed.returncode == -signal.SIGKILL
    subprocess.run([*command, "0"], env=os.environ, check=True)
    assert digest_of_folder(tmp_path / "saved") == digest_of_folder(saved)


def test_load_gives_equal_answers_when_saved(
    fitted: TransformerClassifier, saved: Path, test_texts: list[LabelledText], assert_safe: Callable[[Path], None]
) -> None:
    assert_safe(saved)
    loaded = factory.load(saved)
    assert isinstance(loaded, TransformerClassifier)
    assert answers(loaded, test_texts) == answers(fitted, test_texts)
    assert loaded.parameters() == fitted.parameters()


def test_save_gives_equal_bytes_when_repeated(fitted: TransformerClassifier, saved: Path, tmp_path: Path) -> None:
    factory.save(fitted, tmp_path)
    for path in saved.rglob("*"):
        if path.is_file():
            assert (tmp_path / path.relative_to(saved)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", ["head.safetensors", "classifier.json", "encoder/model.safetensors"])
def test_load_refuses_when_a_file_is_cut(fitted: TransformerClassifier, tmp_path: Path, name: str) -> None:
    factory.save(fitted, tmp_path)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(IntegrityError) as caught:
        factory.load(tmp_path)
    assert "\n" not in str(caught.value)


def test_predict_is_the_same_when_batched_or_threaded(
    fitted: TransformerClassifier, test_texts: list[LabelledText]
) -> None:
    texts = [example.text for example in test_texts] + ["", "\ud800", "😀 " * 200]
    together = fitted.predict(texts)
    with ThreadPoolExecutor(4) as pool:
        alone = list(pool.map(lambda text: fitted.predict([text])[0], texts))
    for one, other in zip(together, alone, strict=True):
        assert one.label == other.label
        assert one.score == pytest.approx(other.score, abs=1e-5)
        assert sum(one.scores.values()) == pytest.approx(1, abs=1e-5)


def test_predict_gives_nothing_when_given_nothing(fitted: TransformerClassifier) -> None:
    assert fitted.predict([]) == []


def test_fit_refuses_when_there_is_one_label(parameters: dict[str, Any], accuracy: Score, tmp_path: Path) -> None:
    classifier = TransformerClassifier(**parameters)
    examples = [LabelledText("hello", "only")] * 4
    with pytest.raises(DatasetError, match="two labels"):
        classifier.fit(examples, examples, score=accuracy, report=lambda *_: None, checkpoint_dir=tmp_path, seed=1)


@pytest.mark.parametrize(
    ("parameters", "named"),
    [({"epoch": 3}, "epochs"), ({"epochs": "three"}, "epochs"), ({"label_smoothing": 1.5}, "label_smoothing")],
)
def test_create_refuses_when_a_parameter_is_wrong(parameters: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        factory.create("text-classification", "transformer", parameters)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)
