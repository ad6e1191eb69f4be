"""Texts with several labels, from a file to a promoted version that answers."""

import csv
import json
import random
from typing import Any

import pytest

from configs.loader import parse
from configs.settings import Settings
from models import pyfunc
from pipelines.predict import lines_of, predict
from pipelines.promote import promote
from pipelines.stores import open_registry, open_tracking
from pipelines.train import TrainingResult, train
from pipelines.training_config import TrainingConfig

WORDS = {"billing": ["invoice", "refund", "fee"], "delivery": ["parcel", "van"], "account": ["password", "login"]}


@pytest.fixture(scope="module")
def trained_on_topics(deployment: Settings, tmp_path_factory: pytest.TempPathFactory) -> TrainingResult:
    path = tmp_path_factory.mktemp("data") / "tickets.csv"
    chance = random.Random(1)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "topics"])
        for number in range(300):
            topics = [topic for topic in WORDS if chance.random() < 0.4]
            words = ["hello", "please", "the", str(number), *(chance.choice(WORDS[topic]) for topic in topics)]
            chance.shuffle(words)
            writer.writerow([" ".join(words), "; ".join(topics)])
    values: dict[str, Any] = {
        "model": "topics",
        "description": "Tells what a ticket is about.",
        "intended_use": "Tests.",
        "task": "multi-label-classification",
        "dataset": {"source": "files", "path": str(path), "labels": "topics"},
        "predictor": {"kind": "tfidf-linear"},
        "baseline": {"kind": "tfidf-linear", "parameters": {"min_documents": 60}},
        "gate": {"metric": "micro_f1", "margin": 0.01, "floors": {"macro_f1": 0.8, "exact": 0.7}},
    }
    return train(parse(values, TrainingConfig, source="topics"), deployment)


def test_train_when_texts_have_several_labels_scores_them(
    trained_on_topics: TrainingResult, deployment: Settings
) -> None:
    metrics = trained_on_topics.metrics
    assert metrics["test/micro_f1"] > 0.9
    assert metrics["test/micro_f1_low"] <= metrics["test/micro_f1"] <= metrics["test/micro_f1_high"]
    assert metrics["baseline/micro_f1"] < metrics["test/micro_f1"]
    card = open_tracking(deployment).artifact(trained_on_topics.run_id, "card.md").read_text(encoding="utf-8")
    assert "micro_f1" in card


def test_predict_when_texts_have_several_labels_gives_all(
    trained_on_topics: TrainingResult, deployment: Settings
) -> None:
    assert promote(trained_on_topics.name, deployment).action == "promoted"
    both, nothing = predict("topics", ["the parcel and the refund", "hello"], deployment, explain=True)
    assert both["labels"] == ["billing", "delivery"]
    assert nothing["labels"] == []
    assert lines_of(both)[0].startswith("billing 0.")
    assert lines_of(nothing)[0] == "(no label)"
    loaded = open_registry(deployment).load("topics", alias="champion")
    frame = pyfunc.PyfuncModel(loaded.predictor).predict(["the parcel and the refund"])
    assert json.loads(frame["labels"][0]) == ["billing", "delivery"]
