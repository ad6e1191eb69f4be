"""Fits on parts of the training data."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from configs.loader import parse
from configs.settings import Settings
from models import factory
from models.types import LabelledText
from pipelines import learning_curve
from pipelines.datasets.config import GeneratedDataset
from pipelines.datasets.loader import load_dataset
from pipelines.fitting import fit_predictor
from pipelines.learning_curve import curve_sentence, fit_curve, part_of
from pipelines.splits import Splits
from pipelines.stores import open_tracking
from pipelines.tasks import TASKS
from pipelines.train import train
from pipelines.training_config import LearningCurveConfig, PredictorConfig, TrainingConfig

TASK = TASKS["text-classification"]
LINEAR = PredictorConfig(kind="tfidf-linear")


@pytest.fixture(scope="module")
def splits() -> Splits:
    found = load_dataset(GeneratedDataset(source="generated", generator="messages", size=600))
    return Splits(found.train, found.validation, found.test, {})


@pytest.fixture(scope="module")
def whole(splits: Splits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    fit_predictor(folder, task=TASK, predictor=LINEAR, splits=splits, seed=1)
    return folder / "model"


def draw(folder: Path, splits: Splits, whole: Path) -> list[dict[str, str]]:
    config = LearningCurveConfig(shares=(0.5, 0.1))
    fit_curve(folder, task=TASK, predictor=LINEAR, config=config, splits=splits, whole=whole, seed=1)
    with (folder / "tables" / "learning_curve.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_curve_when_drawn_rises_with_the_data(splits: Splits, whole: Path, tmp_path: Path) -> None:
    rows = draw(tmp_path, splits, whole)
    assert [int(row["training examples"]) for row in rows] == [66, 305, 600]  # at least one of each label
    values = [float(row["value"]) for row in rows]
    assert values[0] < values[2] - 0.1
    answers = TASK.answers(factory.load(whole).predict(TASK.inputs(splits.validation)))
    assert values[2] == pytest.approx(TASK.score(TASK.truths(splits.validation), answers)["accuracy"])
    assert all(float(row["low"]) < float(row["value"]) < float(row["high"]) for row in rows)
    assert (tmp_path / "plots" / "learning_curve.png").stat().st_size > 1000
    assert f"all 600 reach {values[2]:.3f}" in curve_sentence(tmp_path)


def test_curve_when_interrupted_does_not_fit_again(
    splits: Splits, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted: list[int] = []
    fit = learning_curve.fit_in

    def watched(*arguments: Any, splits: Splits, **options: Any) -> Any:
        if len(fitted) == 1:
            fitted.append(0)
            raise KeyboardInterrupt
        fitted.append(len(splits.train))
        return fit(*arguments, splits=splits, **options)

    monkeypatch.setattr(learning_curve, "fit_in", watched)
    with pytest.raises(KeyboardInterrupt):
        draw(tmp_path, splits, whole)
    rows = draw(tmp_path, splits, whole)
    assert fitted == [66, 0, 305]
    assert len(rows) == 3
    assert not list(tmp_path.glob("share-*[0-9]"))


def test_part_of_when_cut_keeps_each_label_and_grows() -> None:
    examples = [LabelledText(f"text {number}", "rare" if number % 50 == 0 else "often") for number in range(200)]
    small, large = part_of(examples, 0.1, seed=1), part_of(examples, 0.5, seed=1)
    assert Counter(example.label for example in small) == {"rare": 1, "often": 20}
    assert {example.text for example in small} < {example.text for example in large}


def test_train_when_a_curve_is_asked_for_logs_it(tiny: dict[str, Any], deployment: Settings) -> None:
    curved = {**tiny, "model": "curved", "learning_curve": {"of": "baseline", "shares": [0.5]}}
    result = train(parse(curved, TrainingConfig, source="tiny"), deployment)
    assert result.steps["curve"] == "new"
    tracking = open_tracking(deployment)
    assert (tracking.artifact(result.run_id, "plots") / "learning_curve.png").exists()
    assert (tracking.artifact(result.run_id, "tables") / "learning_curve.csv").exists()
    assert "Learning curve" in tracking.artifact(result.run_id, "card.md").read_text(encoding="utf-8")
