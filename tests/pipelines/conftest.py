"""One tiny deployment for all tests of flows: a real MLflow on SQLite, real Prefect flows, seconds of training."""

import copy
from typing import Any

import pytest

from configs.loader import parse
from configs.settings import Settings
from pipelines.train import TrainingResult, train
from pipelines.training_config import TrainingConfig

_TINY: dict[str, Any] = {
    "model": "tiny-classifier",
    "description": "Sorts business messages.",
    "intended_use": "Tests.",
    "task": "text-classification",
    "dataset": {"source": "generated", "generator": "messages", "size": 240},
    "predictor": {"kind": "tfidf-linear", "parameters": {"answered_accuracy": 0.8}},
    # Words that stand in 60 of 240 messages say little: a baseline that can be beaten.
    "baseline": {"kind": "tfidf-linear", "parameters": {"min_documents": 60}},
    "gate": {"metric": "accuracy", "margin": 0.01, "floors": {"accuracy": 0.2}},
}


@pytest.fixture(scope="session")
def tiny() -> dict[str, Any]:
    """A training that takes a second."""
    return copy.deepcopy(_TINY)


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the deployment."""
    settings = Settings(home=tmp_path_factory.mktemp("deployment"))
    settings.prepare()
    return settings


@pytest.fixture(scope="session")
def trained(deployment: Settings, tiny: dict[str, Any]) -> TrainingResult:
    """A first version, not yet promoted."""
    return train(parse(tiny, TrainingConfig, source="tiny"), deployment)
