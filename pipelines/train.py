"""The flow `train`: data → predictor and baseline → evaluation → registered version, alias `challenger`.

Each step leaves its output whole in the work folder (see `pipelines.steps`),
so a run that was killed goes on where it was. Only paths and plain data pass
between tasks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.context import TaskRunContext

from configs.loader import load_yaml
from configs.logging import get_logger
from configs.settings import Settings
from models.registry import Version
from models.types import Report
from pipelines import registering, searching
from pipelines.evaluating import evaluate_predictor
from pipelines.fitting import fit_predictor
from pipelines.label_checks import check_labels, read_label_check
from pipelines.learning_curve import curve_sentence, fit_curve
from pipelines.optimizing import optimize_predictor
from pipelines.splits import read_splits, write_splits
from pipelines.steps import Step
from pipelines.stores import champion_of, open_registry, open_tracking
from pipelines.tasks import TASKS
from pipelines.tracking import Run
from pipelines.training_config import PredictorConfig, TrainingConfig
from pipelines.training_plan import TrainingPlan

log = get_logger(__name__)


@dataclass(frozen=True)
class TrainingResult:
    """What a training ends with.

    Attributes:
        name: the registered model.
        version: its new version, or the one that already held the same files.
        digest: sha256 over the version's files.
        run_id: the MLflow run.
        metric: the one that the gate looks at.
        metrics: scores of the version and of the baseline, `split/metric`.
        steps: each step's state before this run.
    """

    name: str
    version: str
    digest: str
    run_id: str
    metric: str
    metrics: dict[str, float]
    steps: dict[str, str]


def _digest_if_done(_context: TaskRunContext, parameters: dict[str, Any]) -> str | None:
    """Prefect's cache key: the step's digest, while its output is still there."""
    step: Step = parameters["step"]
    return step.digest if step.done else None


@task(task_run_name="{step.name}", cache_key_fn=_digest_if_done, persist_result=True, result_serializer="json")
def prepare_data(step: Step, config: TrainingConfig) -> str:
    """Load, check and split the data."""
    if not step.done:
        with step.output() as folder:
            write_splits(folder, config.dataset)
    return str(step.folder)


@task(task_run_name="{step.name}", cache_key_fn=_digest_if_done, persist_result=True, result_serializer="json")
def check(step: Step, config: TrainingConfig, data_folder: str) -> str:
    """Find training labels that are probably wrong."""
    if not step.done:
        with step.output() as folder:
            check_labels(folder, read_splits(Path(data_folder), config.task).train, seed=config.seed)
    return str(step.folder)


@task(task_run_name="{step.name}", cache_key_fn=_digest_if_done, persist_result=True, result_serializer="json")
def search(step: Step, config: TrainingConfig, data_folder: str) -> str:
    """Find hyperparameters on validation; a killed search goes on with the trial it was at."""
    if not step.done and config.search is not None:
        with step.output() as folder:
            searching.run_search(
                searching.Search(
                    folder,
                    task=TASKS[config.task],
                    predictor=config.predictor,
                    config=config.search,
                    metric=f"validation/{config.gate.metric}",
                    splits=read_splits(Path(data_folder), config.task),
                    seed=config.seed,
                )
            )
    return str(step.folder)


@task(task_run_name="{step.name}", cache_key_fn=_digest_if_done, persist_result=True, result_serializer="json")
def fit(
    step: Step, config: TrainingConfig, predictor: PredictorConfig, data_folder: str, *, watch: Report | None = None
) -> str:
    """Fit the predictor or its baseline; a killed fit goes on from its checkpoint."""
    if not step.done:
        with step.output() as folder:
            fit_predictor(
                folder,
                task=TASKS[config.task],
                predictor=predictor,
                splits=read_splits(Path(data_folder), config.task),
                seed=config.seed,
                watch=watch,
            )
    return str(step.folder)


@task(task_run_name="{step.name}", cache_key_fn=_digest_if_done, persist_result=True, result_serializer="json")
def optimize(step: Step, config: TrainingConfig, data_folder: str, fit_folder: str) -> str:
    """Measure the runtimes and let the fitted predictor answer with the best."""
    if not step.done:
        with step.output() as folder:
            optimize_predictor(
                folder,
                config=config,
                task=TASKS[config.task],
                splits=read_splits(Path(data_folder), config.task),
                fit_folder=Path(fit_folder),
            )
    return str(step.folder)


@task(task_run_name="{step.name}", cache_key_fn=_digest_if_done, persist_result=True, result_serializer="json")
def curve(step: Step, config: TrainingConfig, predictor: PredictorConfig, data_folder: str, whole_folder: str) -> str:
    """Fit on parts of the training data; a killed curve goes on with the part it was at."""
    if not step.done and config.learning_curve is not None:
        with step.output() as folder:
            fit_curve(
                folder,
                task=TASKS[config.task],
                predictor=predictor,
                config=config.learning_curve,
                splits=read_splits(Path(data_folder), config.task),
                whole=Path(whole_folder) / "model",
                seed=config.seed,
            )
    return str(step.folder)


@task(task_run_name="{step.name}", cache_key_fn=_digest_if_done, persist_result=True, result_serializer="json")
def evaluate(
    step: Step,
    config: TrainingConfig,
    data_folder: str,
    fit_folder: str,
    baseline_folder: str,
    champion: Version | None,
    known: Sequence[str],
    settings: Settings,
) -> str:
    """Score the predictor beside its baseline and the champion; draw what a reviewer looks at."""
    if not step.done:
        with step.output() as folder:
            evaluate_predictor(
                folder,
                config=config,
                splits=read_splits(Path(data_folder), config.task),
                fit_folder=Path(fit_folder),
                baseline_folder=Path(baseline_folder),
                champion=champion,
                registry=open_registry(settings),
                known=known,
            )
    return str(step.folder)


@task(task_run_name="register", retries=2, retry_delay_seconds=2, cache_policy=NO_CACHE)
def register(config: TrainingConfig, folders: registering.StepFolders, run: Run, settings: Settings) -> Version:
    """Write the run down and register the version; what is there already is not written twice."""
    return registering.log_and_register(
        config=config,
        folders=folders,
        run=run,
        tracking=open_tracking(settings),
        registry=open_registry(settings),
        settings=settings,
    )


@flow(name="train", flow_run_name="train {config.model}", validate_parameters=False)
def train(config: TrainingConfig, settings: Settings) -> TrainingResult:
    """Train, evaluate and register one version, and alias it `challenger`.

    Raises:
        ColophonError: the data, the configuration or a store is at fault; the message says which.
    """
    steps = TrainingPlan.of(config, settings.work_folder)
    states = {name: step.state for name, step in steps.steps.items()}
    for name, state in states.items():
        log.info("step", model=config.model, step=name, state=state)
    data_folder = prepare_data(steps.data, config)
    run = open_tracking(settings).open_run(config.model, digest=steps.fit.digest, name=f"train {config.predictor.kind}")
    check_folder = check(steps.check, config, data_folder) if steps.check else None
    search_folder = search(steps.search, config, data_folder) if steps.search else None
    predictor = _with_best(config.predictor, search_folder)
    fitted = fit(steps.fit, config, predictor, data_folder, watch=_metrics_logger(settings, run))
    fit_folder = optimize(steps.optimize, config, data_folder, fitted)
    baseline_folder = fit(steps.baseline, config, config.baseline, data_folder)
    curve_folder = None
    if steps.curve and config.learning_curve:
        of_predictor = config.learning_curve.of == "predictor"
        curve_folder = curve(
            steps.curve,
            config,
            predictor if of_predictor else config.baseline,
            data_folder,
            fitted if of_predictor else baseline_folder,
        )
    known = [read_label_check(Path(check_folder)).sentence()] if check_folder else []
    known += [curve_sentence(Path(curve_folder))] if curve_folder else []
    champion = champion_of(open_registry(settings), config.model)
    evaluation = steps.evaluation(config, settings.work_folder, champion)
    evaluation_folder = evaluate(
        evaluation, config, data_folder, fit_folder, baseline_folder, champion, known, settings
    )
    folders = registering.StepFolders(
        data=Path(data_folder),
        fit=Path(fit_folder),
        baseline=Path(baseline_folder),
        evaluation=Path(evaluation_folder),
        checks=tuple(Path(folder) for folder in (check_folder, search_folder, curve_folder) if folder),
    )
    version = register(config, folders, run, settings)
    log.info("registered", model=version.name, version=version.version, digest=version.digest[:12])
    return TrainingResult(
        name=version.name,
        version=version.version,
        digest=version.digest,
        run_id=version.run_id,
        metric=config.gate.metric,
        metrics=registering.read_metrics(folders.evaluation),
        steps={**states, "evaluate": evaluation.state},
    )


def train_from_file(path: Path, overrides: Sequence[str], settings: Settings) -> TrainingResult:
    """Read a training configuration and run the flow."""
    return train(load_yaml(path, TrainingConfig, overrides), settings)


def _with_best(predictor: PredictorConfig, search_folder: str | None) -> PredictorConfig:
    """Give the predictor with the hyperparameters that a search found."""
    found = searching.read_best(Path(search_folder)) if search_folder else {}
    return PredictorConfig(kind=predictor.kind, parameters={**predictor.parameters, **found})


def _metrics_logger(settings: Settings, run: Run) -> Report:
    """Show each epoch in the MLflow UI while the fit goes on."""
    tracking = open_tracking(settings)
    return lambda step, total, metrics: tracking.log_metrics(run, metrics, step=step)  # noqa: ARG005
