"""The generated messages with their moods."""

from collections import Counter
from pathlib import Path

import pytest

from configs.loader import load_yaml
from models import factory
from models.text_classification.classifier import TextClassifier
from pipelines.datasets.checks import folded
from pipelines.datasets.config import GeneratedDataset
from pipelines.datasets.facts import SPLITS, DatasetSplits
from pipelines.datasets.loader import load_dataset
from pipelines.tasks import TASKS
from pipelines.training_config import TrainingConfig

CONFIG = Path(__file__).resolve().parents[2] / "configs" / "training" / "sentiment.yaml"


@pytest.fixture(scope="module")
def moods() -> DatasetSplits:
    return load_dataset(GeneratedDataset(source="generated", generator="sentiment"))


def test_sentiment_when_generated_has_the_promised_shape(moods: DatasetSplits) -> None:
    assert moods.facts.counts == {"train": 1200, "validation": 200, "test": 600}
    for split in SPLITS:
        shares = Counter(moods.facts.labels[split])
        assert set(shares) == {"negative", "neutral", "positive"}
        assert max(shares.values()) - min(shares.values()) <= 2


def test_sentiment_when_split_shares_no_text(moods: DatasetSplits) -> None:
    seen = [{folded(example.text) for example in getattr(moods, split)} for split in SPLITS]
    assert len(set.union(*seen)) == 2000


@pytest.mark.parametrize(("part", "low", "high"), [("baseline", 0.35, 0.7), ("words", 0.8, 0.95)])
def test_sentiment_when_baselines_answer_is_neither_trivial_nor_hopeless(
    moods: DatasetSplits, part: str, low: float, high: float, tmp_path: Path
) -> None:
    task, baseline = TASKS["text-classification"], load_yaml(CONFIG, TrainingConfig).baseline
    kind, parameters = (baseline.kind, baseline.parameters) if part == "baseline" else ("tfidf-linear", {})
    predictor = factory.create(task.name, kind, parameters)
    predictor.fit(
        moods.train, moods.validation, score=task.score, report=lambda *_: None, checkpoint_dir=tmp_path, seed=7
    )
    assert isinstance(predictor, TextClassifier)
    answers = predictor.predict(task.inputs(moods.test))
    assert low < task.score(task.truths(moods.test), task.answers(answers))["accuracy"] < high
