"""The step `fit`: a predictor learns, says how far it is, and is saved whole."""

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from configs.logging import get_logger
from models import factory
from models.types import Report
from pipelines.splits import Splits
from pipelines.tasks import Task
from pipelines.training_config import PredictorConfig
from pipelines.usage import UsageMeter

log = get_logger(__name__)

_CHECKPOINTS = "checkpoints"


def fit_predictor(
    folder: Path, *, task: Task, predictor: PredictorConfig, splits: Splits, seed: int, watch: Report | None = None
) -> None:
    """Fit and save a predictor into `folder`: `model/`, `parameters.json`, `history.jsonl`, `usage.json`.

    Args:
        folder: the step's growing output; a fit that was killed finds its checkpoints there.
        task: how answers are compared.
        predictor: kind and hyperparameters.
        splits: `train` to learn from, `validation` to choose by; `test` is not looked at.
        seed: makes the fit reproducible.
        watch: told the metrics of each step beside the log, or None.

    Raises:
        ConfigError: the kind or a hyperparameter is unknown.
    """
    model = fit_in(folder, task=task, predictor=predictor, splits=splits, seed=seed, watch=watch)
    (folder / "parameters.json").write_text(json.dumps(dict(model.parameters()), default=str), encoding="utf-8")
    shutil.rmtree(folder / "model", ignore_errors=True)  # what a killed save may have left
    factory.save(model, folder / "model")
    shutil.rmtree(folder / _CHECKPOINTS)


def fit_in(
    folder: Path, *, task: Task, predictor: PredictorConfig, splits: Splits, seed: int, watch: Report | None
) -> factory.AnyPredictor:
    """Fit a predictor as `fit_predictor` does, without saving it; `watch` may end the fit by raising."""
    model = factory.create(task.name, predictor.kind, predictor.parameters)
    checkpoints = folder / _CHECKPOINTS
    if checkpoints.is_dir():
        log.info("fit goes on from its checkpoint", kind=predictor.kind)
    checkpoints.mkdir(exist_ok=True)
    usage = UsageMeter(folder)
    model.fit(
        splits.train,
        splits.validation,
        score=task.score,
        report=_progress(folder / "history.jsonl", predictor.kind, usage, watch),
        checkpoint_dir=checkpoints,
        seed=seed,
    )
    usage.write()
    return model


def read_history(folder: Path) -> Sequence[Mapping[str, float]]:
    """Read the metrics of each step of a fit; a step that was done twice counts once."""
    path = folder / "history.jsonl"
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    by_step = {row["step"]: row for row in rows}
    return [by_step[step] for step in sorted(by_step)]


def _progress(history: Path, kind: str, usage: UsageMeter, watch: Report | None) -> Report:
    """Write each report down and say how long the rest takes."""
    started = time.monotonic()
    first_step: int | None = None

    def report(step: int, total: int, metrics: Mapping[str, float]) -> None:
        nonlocal first_step
        first_step = step if first_step is None else first_step
        with history.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, **metrics}) + "\n")
        usage.write()
        seconds_a_step = (time.monotonic() - started) / (step - first_step + 1)
        shown = {name: round(float(value), 4) for name, value in metrics.items()}
        log.info("fit", kind=kind, step=f"{step}/{total}", seconds_left=round(seconds_a_step * (total - step)), **shown)
        if watch is not None:
            watch(step, total, metrics)

    return report
