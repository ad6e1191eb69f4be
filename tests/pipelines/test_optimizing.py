"""The step `optimize` on a tiny encoder: measures, chooses, keeps what was fitted."""

import csv
import json
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel

from configs.files import digest_of_folder
from configs.loader import parse
from evaluation.reports.runtimes import RuntimeRow
from models import factory
from models.runtimes import choice as runtime_choice
from models.text_classification.certainty import Certainty
from models.types import LabelledText
from pipelines import optimizing
from pipelines.optimizing import choose, optimize_predictor, read_runtimes
from pipelines.splits import Splits
from pipelines.tasks import TASKS
from pipelines.training_config import TrainingConfig

_TOPICS = {"billing": ["invoice", "refund", "payment"], "delivery": ["parcel", "courier", "van"]}
_FILLERS = ["please", "hello", "my", "the", "is", "today", "again"]
TASK = TASKS["text-classification"]


def examples(count: int, seed: int) -> list[LabelledText]:
    chance = random.Random(seed)
    labels = [chance.choice(sorted(_TOPICS)) for _ in range(count)]
    return [
        LabelledText(" ".join([*chance.choices(_FILLERS, k=5), chance.choice(_TOPICS[one])]), one) for one in labels
    ]


@pytest.fixture(scope="module")
def splits() -> Splits:
    return Splits(examples(80, 1), examples(40, 2), [], {})


@pytest.fixture(scope="module")
def fit_folder(tmp_path_factory: pytest.TempPathFactory, splits: Splits) -> Path:
    """What the step `fit` leaves: a classifier on an encoder of two small layers, and facts beside it."""
    encoder = tmp_path_factory.mktemp("encoder")
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *_FILLERS,
        *(word for topic in _TOPICS.values() for word in topic),
    ]
    tokenizer = Tokenizer(WordLevel({word: index for index, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.save(str(encoder / "tokenizer.json"))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        size = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
        BertModel(BertConfig(vocab_size=len(words), max_position_embeddings=32, **size)).save_pretrained(encoder)
    parameters = {"encoder": str(encoder), "max_tokens": 16, "epochs": 3, "batch_size": 16, "learning_rate": 3e-3}
    classifier = factory.create("text-classification", "transformer", parameters)
    folder = tmp_path_factory.mktemp("fit")
    classifier.fit(
        splits.train, splits.validation, score=TASK.score, report=lambda *_: None, checkpoint_dir=folder / "ck", seed=1
    )
    factory.save(classifier, folder / "model")
    (folder / "usage.json").write_text("{}", encoding="utf-8")
    return folder


def config_of(tiny: dict[str, Any], **inference: Any) -> TrainingConfig:
    return parse({**tiny, "inference": inference}, TrainingConfig, source="tiny")


def test_optimize_when_run_keeps_answers_and_files(
    fit_folder: Path, splits: Splits, tiny: dict[str, Any], tmp_path: Path
) -> None:
    before = digest_of_folder(fit_folder)
    optimize_predictor(tmp_path, config=config_of(tiny), task=TASK, splits=splits, fit_folder=fit_folder)
    assert digest_of_folder(fit_folder) == before
    assert (tmp_path / "usage.json").exists()
    about = read_runtimes(tmp_path)
    reference, loaded = factory.load(fit_folder / "model"), factory.load(tmp_path / "model")
    assert loaded.encoder is not None
    assert loaded.encoder.runtime.name == about["chosen"]
    texts = [example.text for example in splits.validation]
    truths = [example.label for example in splits.validation]
    scores = [TASK.score(truths, TASK.answers(one.predict(texts)))["accuracy"] for one in (reference, loaded)]
    assert scores[0] > 0.8
    assert scores[1] >= scores[0] - 0.003
    assert about["metrics"]["runtime/accuracy_given_up"] == pytest.approx(scores[0] - scores[1])
    assert about["metrics"]["runtime/torch/accuracy"] == scores[0]
    with (tmp_path / "runtimes.csv").open(encoding="utf-8") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert float(rows["onnx-int8"]["per_second"]) > 0
    assert (tmp_path / "runtimes.png").read_bytes().startswith(b"\x89PNG")


def test_optimize_when_a_runtime_is_chosen_calibrates_with_its_answers(
    fit_folder: Path, splits: Splits, tiny: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optimizing, "choose", lambda rows, **_: next(row for row in rows if row.name == "onnx-int8"))
    optimize_predictor(tmp_path, config=config_of(tiny), task=TASK, splits=splits, fit_folder=fit_folder)
    reference, chosen = factory.load(fit_folder / "model"), factory.load(tmp_path / "model")
    truths = np.array([chosen.labels.index(example.label) for example in splits.validation])
    own = Certainty.fit(chosen.logits([example.text for example in splits.validation]), truths)
    assert chosen.certainty == own != reference.certainty


def test_optimize_when_one_runtime_is_allowed_takes_no_other(
    fit_folder: Path, splits: Splits, tiny: dict[str, Any], tmp_path: Path
) -> None:
    config = config_of(tiny, runtimes=["torch"])
    optimize_predictor(tmp_path, config=config, task=TASK, splits=splits, fit_folder=fit_folder)
    assert read_runtimes(tmp_path)["chosen"] == "torch"
    assert digest_of_folder(tmp_path / "model") == digest_of_folder(fit_folder / "model")


def test_optimize_when_an_earlier_run_was_killed_leaves_nothing_of_it(
    fit_folder: Path, splits: Splits, tiny: dict[str, Any], tmp_path: Path
) -> None:
    stale = tmp_path / "model" / "encoder"
    stale.mkdir(parents=True)
    runtime_choice.write(runtime_choice.RuntimeChoice("onnx"), stale)
    config = config_of(tiny, runtimes=["torch"])
    optimize_predictor(tmp_path, config=config, task=TASK, splits=splits, fit_folder=fit_folder)
    assert digest_of_folder(tmp_path / "model") == digest_of_folder(fit_folder / "model")


def test_optimize_when_there_is_no_encoder_copies(tiny: dict[str, Any], splits: Splits, tmp_path: Path) -> None:
    baseline = factory.create("text-classification", "tfidf-linear", {})
    baseline.fit(
        splits.train, splits.validation, score=TASK.score, report=lambda *_: None, checkpoint_dir=tmp_path, seed=1
    )
    factory.save(baseline, tmp_path / "fit" / "model")
    optimize_predictor(tmp_path / "out", config=config_of(tiny), task=TASK, splits=splits, fit_folder=tmp_path / "fit")
    assert digest_of_folder(tmp_path / "out") == digest_of_folder(tmp_path / "fit")
    assert read_runtimes(tmp_path / "out") == {}


def test_optimize_when_a_runtime_cannot_be_had_says_why(
    fit_folder: Path, splits: Splits, tiny: dict[str, Any], tmp_path: Path
) -> None:
    path = Path(shutil.copytree(fit_folder, tmp_path / "fit"))
    config_file = path / "model" / "encoder" / "config.json"
    entries = json.loads(config_file.read_text(encoding="utf-8")) | {"hidden_act": "relu"}
    config_file.write_text(json.dumps(entries), encoding="utf-8")
    optimize_predictor(tmp_path / "out", config=config_of(tiny), task=TASK, splits=splits, fit_folder=path)
    with (tmp_path / "out" / "runtimes.csv").open(encoding="utf-8") as file:
        problems = {row["name"]: row["problem"] for row in csv.DictReader(file)}
    assert "activation relu" in problems["onnx"]
    assert "activation relu" in problems["onnx-int8"]
    assert problems["torch"] == ""


def rows(**measured: tuple[float, float]) -> list[RuntimeRow]:
    return [RuntimeRow(name, score, speed) for name, (score, speed) in measured.items()]


@pytest.mark.parametrize(
    ("measured", "chosen"),
    [
        ({"torch": (0.9, 100.0), "fast": (0.898, 300.0), "faster": (0.89, 400.0)}, "fast"),
        ({"torch": (0.9, 100.0), "fast": (0.89, 300.0)}, "torch"),
        ({"torch": (0.9, 100.0), "fast": (0.95, 105.0)}, "torch"),
        ({"torch": (0.9, 100.0), "fast": (0.897, 120.0)}, "fast"),
    ],
    ids=["fastest that is good enough", "too much lost", "hardly faster", "at the bound"],
)
def test_choose_when_measured(measured: dict[str, tuple[float, float]], chosen: str) -> None:
    assert choose(rows(**measured), tolerated_loss=0.003).name == chosen


def test_choose_when_a_runtime_had_a_problem_leaves_it_out() -> None:
    broken = RuntimeRow("onnx", 0.0, 0.0, "no graph")
    assert choose([RuntimeRow("torch", 0.0, 10.0), broken], tolerated_loss=0.003).name == "torch"
