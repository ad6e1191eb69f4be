"""The step `optimize`: which runtime answers fastest without giving up what counts, measured on this machine."""

import json
import math
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from configs.errors import ColophonError, ConfigError, DependencyError
from configs.files import atomic_write
from configs.logging import get_logger
from evaluation.reports.runtimes import RuntimeRow, runtimes_plot, runtimes_sentence
from evaluation.reports.tables import write_table
from models import factory
from models.devices import multiplies_bfloat16
from models.encoders import Encoder, Runtime
from models.runtimes.choice import TORCH, RuntimeChoice, RuntimeName
from pipelines.splits import Splits
from pipelines.tasks import Task
from pipelines.training_config import TrainingConfig

log = get_logger(__name__)

_RANGE_EXAMPLES = 128  # of train, to measure what goes into each layer; more changed no accuracy
_SCORED_EXAMPLES = 1000  # of validation: with them, 0.3 points are three answers
_TIMED_EXAMPLES = 128
_ROUNDS = 3  # in turns, so that a busy moment does not meet one runtime alone; the least disturbed one counts
# A gain below this is within what repeats differ by, and no reason to leave the weights as they were trained.
_WORTHWHILE = 1.1
_FILE = "runtimes.json"
TABLE, PLOT = "runtimes.csv", "runtimes.png"


def optimize_predictor(folder: Path, *, config: TrainingConfig, task: Task, splits: Splits, fit_folder: Path) -> None:
    """Write the output of the step `fit` again, with the runtime that measured best, and what was measured.

    `runtimes.json`, a table and a plot come beside it where the predictor has an encoder; others are copied.

    Args:
        folder: the step's growing output.
        config: which runtimes may be chosen, and how much of the gate's metric may be given up for speed.
        task: how answers are compared.
        splits: `train` shows what texts look like, `validation` compares; `test` is not looked at.
        fit_folder: the output of the step `fit`.
    """
    shutil.rmtree(folder / "model", ignore_errors=True)  # what a killed run may have left
    predictor = factory.load(fit_folder / "model")
    if predictor.encoder is None:
        shutil.copytree(fit_folder, folder, dirs_exist_ok=True)
        return
    shutil.copytree(fit_folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("model"))
    metric = config.gate.metric
    names = list(dict.fromkeys([TORCH.name, *config.inference.runtimes]))
    prepared = {name: _prepared(predictor, predictor.encoder, name, task, splits) for name in names}
    ready = {name: runtime for name, runtime in prepared.items() if isinstance(runtime, Runtime)}
    measured = _measured(predictor, predictor.encoder, ready, task, splits, metric)
    rows = [measured.get(name, RuntimeRow(name, problem=str(prepared[name]))) for name in names]
    chosen = choose(rows, tolerated_loss=config.inference.tolerated_loss)
    predictor.encoder.use(next(runtime for name, runtime in ready.items() if name == chosen.name))
    predictor.calibrate(splits.validation)  # the scores of this runtime, not of the one that learnt
    factory.save(predictor, folder / "model")
    sentence = runtimes_sentence(rows, chosen, metric)
    log.info("runtime", model=config.model, chosen=chosen.name, reason=sentence)
    runtimes_plot(rows, chosen, metric, config.inference.tolerated_loss, folder / PLOT)
    write_table(folder / TABLE, [asdict(row) for row in rows])
    about = {"chosen": chosen.name, "sentence": sentence, "metrics": _metrics(rows, chosen, metric)}
    atomic_write(folder / _FILE, json.dumps(about, indent=1).encode())


def read_runtimes(folder: Path) -> Mapping[str, Any]:
    """Read what was chosen, the sentence that says why, and the metrics; empty where there was nothing to choose."""
    path = folder / _FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def choose(rows: Sequence[RuntimeRow], *, tolerated_loss: float) -> RuntimeRow:
    """Take the fastest of those that score no worse than torch minus the tolerated loss."""
    reference = next(row for row in rows if row.name == TORCH.name)
    kept = [row for row in rows if not row.problem and row.score >= reference.score - tolerated_loss - 1e-9]
    fastest = max(kept, key=lambda row: row.per_second)
    return fastest if fastest.per_second >= _WORTHWHILE * reference.per_second else reference


def _prepared(
    predictor: factory.AnyPredictor, encoder: Encoder, name: RuntimeName, task: Task, splits: Splits
) -> Runtime | ColophonError:
    """Make one runtime ready, or say why it cannot be had here."""
    if name == "torch-bfloat16" and not multiplies_bfloat16():
        return ConfigError("This processor has no instructions for bfloat16.")
    try:
        if name != "onnx-int8":
            return encoder.prepare(RuntimeChoice(name))
        with encoder.measuring_int8() as measured:
            predictor.predict(task.inputs(splits.train[:_RANGE_EXAMPLES]))
        return encoder.prepare(measured())
    except (ConfigError, DependencyError) as error:
        return error


def _measured(
    predictor: factory.AnyPredictor,
    encoder: Encoder,
    runtimes: Mapping[RuntimeName, Runtime],
    task: Task,
    splits: Splits,
    metric: str,
) -> dict[RuntimeName, RuntimeRow]:
    """Score each runtime on validation, then time all of them in turns."""
    examples = splits.validation[:_SCORED_EXAMPLES]
    inputs, truths = task.inputs(examples), task.truths(examples)
    timed = inputs[:_TIMED_EXAMPLES]
    scores, fastest = {}, dict.fromkeys(runtimes, math.inf)
    for name, runtime in runtimes.items():
        encoder.use(runtime)
        scores[name] = float(task.score(truths, task.answers(predictor.predict(inputs)))[metric])
    for name in [*runtimes] * _ROUNDS:
        encoder.use(runtimes[name])
        # Processor time, of all threads: other work on the machine stretches the time on the wall, by chance.
        started = time.process_time()
        predictor.predict(timed)
        fastest[name] = min(fastest[name], time.process_time() - started)
    return {name: RuntimeRow(name, scores[name], len(timed) / fastest[name]) for name in runtimes}


def _metrics(rows: Sequence[RuntimeRow], chosen: RuntimeRow, metric: str) -> dict[str, float]:
    measured = [row for row in rows if not row.problem]
    reference = next(row for row in rows if row.name == TORCH.name)
    values = {f"runtime/{row.name}/{metric}": row.score for row in measured}
    values |= {f"runtime/{row.name}/per_second": row.per_second for row in measured}
    values["runtime/speedup"] = chosen.per_second / reference.per_second
    values[f"runtime/{metric}_given_up"] = reference.score - chosen.score
    return values
