"""A tiny encoder, toy data and one MLflow database for the tests of `models`."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel

from models import factory
from models.types import LabelledText, Score

TOPICS = {
    "billing": ["invoice", "charge", "refund", "payment", "amount", "bill", "fee", "price"],
    "delivery": ["parcel", "courier", "shipment", "late", "address", "track", "box", "van"],
    "account": ["password", "login", "email", "reset", "username", "locked", "profile", "sign"],
}
FILLERS = [
    "please",
    "hello",
    "my",
    "the",
    "a",
    "is",
    "was",
    "with",
    "about",
    "thanks",
    "today",
    "again",
    "why",
    "can",
    "you",
    "help",
]
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    save_tiny_encoder(folder)
    return folder


def save_tiny_encoder(folder: Path) -> None:
    """Write a BERT of two small layers with a vocabulary of whole words: real files, no pretraining."""
    words = SPECIALS + FILLERS + [word for topic in TOPICS.values() for word in topic]
    vocabulary = {word: index for index, word in enumerate(words)}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.save(str(folder / "tokenizer.json"))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        config = BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=64,
        )
        BertModel(config).save_pretrained(folder)


def labelled_texts(count: int, *, seed: int) -> list[LabelledText]:
    """Messages with two words of their topic among fillers."""
    chance = random.Random(seed)
    examples = []
    for _ in range(count):
        label = chance.choice(sorted(TOPICS))
        words = chance.choices(FILLERS, k=chance.randint(2, 9)) + chance.sample(TOPICS[label], 2)
        chance.shuffle(words)
        examples.append(LabelledText(" ".join(words), label))
    return examples


@pytest.fixture(scope="session")
def train_texts() -> list[LabelledText]:
    return labelled_texts(150, seed=1)


@pytest.fixture(scope="session")
def validation_texts() -> list[LabelledText]:
    return labelled_texts(40, seed=2)


@pytest.fixture(scope="session")
def test_texts() -> list[LabelledText]:
    return labelled_texts(60, seed=3)


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Threads gain nothing on tiny matrices and wait for each other where tests share the cores."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def accuracy() -> Score:
    """The scorer that the layer above would hand in."""

    def score(y_true: Sequence[str], y_pred: Sequence[str]) -> Mapping[str, float]:
        return {"accuracy": sum(map(str.__eq__, y_true, y_pred)) / len(y_true)}

    return score


class Progress:
    """Remembers what was reported; stops the fit like a kill would, if told when."""

    def __init__(self, die_at: int | None = None) -> None:
        self.steps: list[int] = []
        self.metrics: list[Mapping[str, float]] = []
        self._die_at = die_at

    def __call__(self, step: int, total: int, metrics: Mapping[str, float]) -> None:
        assert step <= total
        if step == self._die_at:
            raise KeyboardInterrupt
        self.steps.append(step)
        self.metrics.append(metrics)


@pytest.fixture
def progress() -> type[Progress]:
    return Progress


@pytest.fixture(scope="session")
def assert_safe() -> Callable[[Path], None]:
    """Check that each file of a saved folder has a format that cannot run code, under its true name."""

    def check(folder: Path) -> None:
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert files
        for path in files:
            if path.suffix == ".safetensors":
                load_file(path)
            else:
                assert path.suffix == ".json", path
                json.loads(path.read_text(encoding="utf-8"))

    return check


@pytest.fixture(scope="session")
def tracking_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One MLflow database for all tests: creating its tables takes seconds."""
    return f"sqlite:///{tmp_path_factory.mktemp('mlflow') / 'mlflow.db'}"


@pytest.fixture
def new_run(tracking_url: str, tmp_path: Path) -> Callable[[], str]:
    """Start a run whose artifacts lie in the test's own folder."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=tracking_url)
    experiment_id = client.create_experiment(tmp_path.name, artifact_location=(tmp_path / "artifacts").as_uri())
    return lambda: client.create_run(experiment_id).info.run_id


@pytest.fixture
def saved_lead(tmp_path: Path) -> Path:
    """The smallest saved predictor."""
    factory.save(factory.create("summarization", "lead", {"max_sentences": 2}), tmp_path / "lead")
    return tmp_path / "lead"
