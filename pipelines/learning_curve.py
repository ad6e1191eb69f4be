"""The step `curve`: what more training data would bring, by fits on parts of it, judged on validation."""

import json
import math
import shutil
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from configs.files import atomic_write
from configs.logging import get_logger
from evaluation.metrics import Interval
from evaluation.reports.learning_plot import learning_plot
from evaluation.reports.tables import write_table
from evaluation.slices import mean_score
from models import factory
from pipelines.fitting import fit_in
from pipelines.splits import Splits
from pipelines.tasks import Task
from pipelines.training_config import LearningCurveConfig, PredictorConfig

log = get_logger(__name__)

_POINTS = "points.json"


@dataclass(frozen=True)
class Point:
    """A fit on a part of the training data: how many examples, and the score on validation."""

    examples: int
    score: Interval


def fit_curve(
    folder: Path,
    *,
    task: Task,
    predictor: PredictorConfig,
    config: LearningCurveConfig,
    splits: Splits,
    whole: Path,
    seed: int,
) -> None:
    """Write `points.json`, `tables/learning_curve.csv` and `plots/learning_curve.png`; a killed curve goes on.

    Args:
        folder: the step's growing output.
        task: how answers are compared.
        predictor: what is fitted on each part.
        config: the parts.
        splits: `train` is cut, `validation` judges; `test` is not looked at.
        whole: a saved predictor of the same kind that learnt from all of train.
        seed: makes parts and fits reproducible.
    """
    points = [_point(folder, share, task, predictor, splits, seed) for share in sorted(config.shares)]
    points.append(Point(len(splits.train), _score(task, factory.load(whole), splits)))
    metric = next(iter(task.score(task.truths(splits.validation[:1]), [""])))
    rows = [{"training examples": one.examples, "metric": metric, **asdict(one.score)} for one in points]
    write_table(folder / "tables" / "learning_curve.csv", rows)
    learning_plot(
        metric, [one.examples for one in points], [one.score for one in points], folder / "plots" / "learning_curve.png"
    )
    atomic_write(folder / _POINTS, json.dumps([asdict(one) for one in points]).encode())


def curve_sentence(folder: Path) -> str:
    """Say for the card what the last part of the data brought."""
    *_, half, whole = json.loads((folder / _POINTS).read_text(encoding="utf-8"))
    return (
        f"Learning curve: {half['examples']:,} training examples reach {half['score']['value']:.3f} on validation, all "
        f"{whole['examples']:,} reach {whole['score']['value']:.3f}."
    )


def part_of(examples: Sequence[Any], share: float, *, seed: int) -> list[Any]:
    """Take a share of the examples of each label, at least one; smaller shares are parts of larger ones."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for index in np.random.default_rng(seed).permutation(len(examples)).tolist():
        groups[str(getattr(examples[index], "label", ""))].append(index)
    chosen = sorted(index for group in groups.values() for index in group[: math.ceil(share * len(group))])
    return [examples[index] for index in chosen]


def _point(folder: Path, share: float, task: Task, predictor: PredictorConfig, splits: Splits, seed: int) -> Point:
    """Fit on one part, or read what an earlier attempt found."""
    done, growing = folder / f"share-{share:g}.json", folder / f"share-{share:g}"
    if not done.exists():
        part = Splits(part_of(splits.train, share, seed=seed), splits.validation, splits.test, splits.facts)
        log.info("learning curve", examples=len(part.train), of=len(splits.train))
        growing.mkdir(exist_ok=True)
        model = fit_in(growing, task=task, predictor=predictor, splits=part, seed=seed, watch=None)
        point = Point(len(part.train), _score(task, model, splits))
        atomic_write(done, json.dumps(asdict(point)).encode())
        shutil.rmtree(growing)
    found = json.loads(done.read_text(encoding="utf-8"))
    return Point(found["examples"], Interval(**found["score"]))


def _score(task: Task, model: factory.AnyPredictor, splits: Splits) -> Interval:
    answers = task.answers(model.predict(task.inputs(splits.validation)))
    return mean_score(np.asarray(task.per_example(task.truths(splits.validation), answers), dtype=float))
