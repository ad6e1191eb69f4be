"""The last step of training: the run is written down and the version registered, each of them once."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from configs.settings import Settings
from models.registry import Registry, Version
from pipelines.card_documents import write_card
from pipelines.fitting import read_history
from pipelines.splits import read_splits
from pipelines.tracking import Run, Tracking
from pipelines.training_config import TrainingConfig

POLICY_TAG = "colophon.policy"
DATA_TAG = "colophon.data_sha256"


@dataclass(frozen=True)
class StepFolders:
    """The outputs of the steps before; of `checks`, which are optional, only tables and plots are of interest."""

    data: Path
    fit: Path
    baseline: Path
    evaluation: Path
    checks: tuple[Path, ...] = ()


def log_and_register(
    *,
    config: TrainingConfig,
    folders: StepFolders,
    run: Run,
    tracking: Tracking,
    registry: Registry,
    settings: Settings,
) -> Version:
    """Write the run's parameters, metrics, artifacts and card, register the version, alias it `challenger`.

    Everything is written again after a kill, and nothing twice: the run is
    found by its digest, and the registry gives the version that already
    carries the same files.
    """
    splits = read_splits(folders.data, config.task)
    card = (folders.evaluation / "card.md").read_text(encoding="utf-8").replace("{run_id}", run.run_id)
    metrics = read_metrics(folders.evaluation)
    if not run.finished:
        _log_run(run, config, folders, tracking, facts=splits.facts, metrics=metrics, card=card)
    version = registry.log_and_register(
        name=config.model,
        folder=folders.fit / "model",
        run_id=run.run_id,
        tags={POLICY_TAG: config.policy, DATA_TAG: splits.facts["digest"]},
        description=card,
        metrics=metrics,
        profile_folder=folders.evaluation / "profile",
    )
    if "champion" not in version.aliases:
        registry.set_alias(config.model, "challenger", version.version)
    if not run.finished:
        with tempfile.TemporaryDirectory() as name:
            data = json.loads((folders.evaluation / "card.json").read_text(encoding="utf-8"))
            write_card(Path(name), data, version, settings)
            tracking.log_folder(run, Path(name), path="card")
    tracking.finish(run)
    return version


def read_metrics(evaluation_folder: Path) -> dict[str, float]:
    """Read the scores that `evaluate` wrote, `split/metric`."""
    metrics: dict[str, float] = json.loads((evaluation_folder / "metrics.json").read_text(encoding="utf-8"))
    return metrics


def _log_run(
    run: Run,
    config: TrainingConfig,
    folders: StepFolders,
    tracking: Tracking,
    *,
    facts: Mapping[str, object],
    metrics: Mapping[str, float],
    card: str,
) -> None:
    parameters = json.loads((folders.fit / "parameters.json").read_text(encoding="utf-8"))
    tracking.log_parameters(run, {"seed": config.seed, "predictor": config.predictor.kind, **parameters})
    tracking.log_dataset(
        run, name=config.model, digest=str(facts["digest"]), source=str(facts["source"]), profile=facts
    )
    for row in read_history(folders.fit):
        values = {name: value for name, value in row.items() if name != "step"}
        tracking.log_metrics(run, values, step=int(row["step"]))
    tracking.log_metrics(run, metrics)
    for folder in (folders.evaluation, *folders.checks):
        for kind in ("plots", "tables"):
            if (folder / kind).is_dir():
                tracking.log_folder(run, folder / kind, path=kind)
    tracking.log_text(run, card, "card.md")
    tracking.log_text(run, (folders.evaluation / "card.json").read_text(encoding="utf-8"), "card.json")
    with tempfile.TemporaryDirectory() as name:
        _collect_gate_evidence(Path(name), config, folders)
        tracking.log_folder(run, Path(name), path="gate")
    tracking.describe(run, card)


def _collect_gate_evidence(target: Path, config: TrainingConfig, folders: StepFolders) -> None:
    """What the gate needs to judge the version anew, on another machine too."""
    (target / "config.json").write_text(config.model_dump_json(), encoding="utf-8")
    shutil.copy(folders.data / "test.jsonl", target / "test.jsonl")
    shutil.copytree(folders.baseline / "model", target / "baseline")
