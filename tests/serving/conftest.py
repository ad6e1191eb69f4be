"""One real BentoML server over a real registry of tiny models, for all tests of this folder."""

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import yaml

from configs.files import atomic_write
from configs.settings import Settings
from models import factory
from models.registry import Registry, Version
from models.types import LabelledText, MultiLabelledText
from serving import server

SERVING = {
    "models": [
        {"name": "kinds", "task": "text-classification"},
        {"name": "moods", "task": "text-classification"},
        {"name": "concerns", "task": "multi-label-classification"},
        {"name": "notes", "task": "summarization"},
        {"name": "unborn", "task": "text-classification"},
        {"name": "swapped", "task": "text-classification"},
    ],
    "endpoints": {"classify": "kinds", "summarize": "notes", "sentiment": "moods"},
    "poll_seconds": 0.5,
    "limits": {"texts": 8, "text_characters": 500, "summary_characters": 2000, "body_bytes": 20000},
    "records": {"text": "hash"},
}

RECEIPT = {
    "template.toml": """
name = "receipt"
version = "1.2.0"
title = "Receipt"
formats = ["docx", "pdf"]
date_field = "date"

[[passages]]
name = "overview"
source = "notes"
max_sentences = 1
fallback = "{{ count }} orders came in."
""",
    "template.md.j2": "# Receipt for {{ customer }}\n\n{{ passages.overview }}\n\nOrders: {{ count }}\n",
    "schema.json": """{"type": "object", "required": ["customer", "count", "notes", "date"],
        "additionalProperties": false, "properties": {"customer": {"type": "string"}, "count": {"type": "integer"},
        "date": {"type": "string", "format": "date"}, "notes": {"type": "array", "items": {"type": "string"}}}}""",
    "example.json": """{"customer": "R&D <Ltd>", "count": 412, "date": "2026-11-02",
        "notes": ["We shipped 412 orders. Nothing was late."]}""",
}

# Means harm: it is stopped in its worker, and its sentence reaches the caller.
GREEDY = {
    "template.toml": 'name = "greedy"\nversion = "1"\ntitle = "Greedy"\n',
    "template.md.j2": "a\n{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}\n",
    "schema.json": "{}",
}

KINDS = [LabelledText(f"please send the invoice {i} again", "invoice") for i in range(20)]
KINDS += [LabelledText(f"where is my parcel number {i}", "parcel") for i in range(20)]
_PAIRS = list(zip(KINDS[:20], KINDS[20:], strict=True))
MOODS = [LabelledText(f"thank you so much {i}", "happy") for i in range(20)]
MOODS += [LabelledText(f"this is a terrible mess {i}", "angry") for i in range(20)]


class Deployment:
    """A home with a registry, and what a test does there."""

    def __init__(self, home: Path) -> None:
        templates = home.parent / "templates"
        for name, content in RECEIPT.items():
            atomic_write(templates / "receipt" / name, content.encode())
        for name, content in GREEDY.items():
            atomic_write(templates / "greedy" / name, content.encode())
        atomic_write(templates / "broken" / "template.toml", b"title = 3\n")
        self.settings = Settings(home=home, threads=1, service_port=free_port(), template_folders=(templates,))
        self.settings.prepare()
        self.registry = Registry(self.settings.resolved_tracking_url, artifacts_folder=self.settings.artifacts_folder)
        self._run_id = self._new_run()

    def _new_run(self) -> str:
        from mlflow import MlflowClient

        client = MlflowClient(self.settings.resolved_tracking_url, self.settings.resolved_tracking_url)
        experiment = client.create_experiment("tests", artifact_location=self.settings.artifacts_folder.as_uri())
        return str(client.create_run(experiment).info.run_id)

    def register(self, name: str, predictor: factory.AnyPredictor) -> Version:
        """Make a version of a fitted predictor."""
        folder = self.settings.home / "staging" / name / str(len(self.registry.versions(name)))
        factory.save(predictor, folder)
        return self.registry.log_and_register(name=name, folder=folder, run_id=self._run_id, tags={})

    def promote(self, version: Version) -> None:
        """Let a version serve."""
        self.registry.set_alias(version.name, "champion", version.version)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fitted(examples: list[LabelledText], folder: Path, *, seed: int = 0) -> factory.AnyPredictor:
    """Fit a TF-IDF classifier on a few texts."""
    predictor = factory.create("text-classification", "tfidf-linear", {})
    folder.mkdir(parents=True, exist_ok=True)
    predictor.fit(examples, examples[::5], score=_accuracy, report=lambda *_: None, checkpoint_dir=folder, seed=seed)
    return predictor


def fitted_concerns(folder: Path) -> factory.AnyPredictor:
    """Fit a classifier that gives a text all labels that apply."""
    alone = [MultiLabelledText(one.text, (one.label,)) for one in KINDS]
    both = [MultiLabelledText(f"{one.text} and {other.text}", ("invoice", "parcel")) for one, other in _PAIRS]
    predictor = factory.create("multi-label-classification", "tfidf-linear", {})
    folder.mkdir(parents=True, exist_ok=True)
    examples = [*alone, *both, *(MultiLabelledText(f"good morning {i}", ()) for i in range(20))]
    predictor.fit(examples, examples[::3], score=_accuracy, report=lambda *_: None, checkpoint_dir=folder, seed=0)
    return predictor


def _accuracy(y_true: object, y_pred: object) -> dict[str, float]:
    return {"accuracy": float(y_true == y_pred)}


@dataclass(frozen=True)
class Service:
    """A running server."""

    url: str
    deployment: Deployment
    log_path: Path
    process: "subprocess.Popen[bytes]"

    @property
    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A home whose registry has champions of two classifiers and a summarizer."""
    folder = tmp_path_factory.mktemp("deployment")
    made = Deployment(folder / "home")
    made.promote(made.register("kinds", fitted(KINDS, folder / "kinds")))
    made.promote(made.register("moods", fitted(MOODS, folder / "moods")))
    made.promote(made.register("concerns", fitted_concerns(folder / "concerns")))
    made.promote(made.register("notes", factory.create("summarization", "lead", {})))
    return made


@pytest.fixture(scope="session")
def serving_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("configs") / "serving.yaml"
    path.write_text(yaml.safe_dump(SERVING), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def service(deployment: Deployment, serving_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service as a deployment runs it: BentoML in production mode, in a process of its own."""
    log_path = tmp_path_factory.mktemp("logs") / "service.log"
    settings = deployment.settings
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            server.command(settings, serving_path),
            env={**os.environ, **server.environment(settings)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            server.wait_until_ready(server.url_of(settings), 180, process=process)  # on a busy machine
            yield Service(server.url_of(settings), deployment, log_path, process)
        finally:
            server.stop(process)


@pytest.fixture
def classifier() -> Callable[[list[LabelledText], Path], factory.AnyPredictor]:
    """Fits a classifier of a test's own."""
    return fitted


@pytest.fixture
def client(service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, timeout=30) as opened:
        yield opened


@pytest.fixture
def port() -> int:
    """A port that nobody uses."""
    return free_port()
