"""The step `search`: Optuna tries hyperparameters, validation judges them, and the best are written down.

Trials are kept in a SQLite file in the step's folder, so that a search that
was killed goes on with the trial that it was at, from that fit's checkpoint. The
sampler is seeded anew for each trial, from the seed and the number of trials
before it: the same seed gives the same trials, with a kill or without, as long as
the time lasts for all of them. It proposes by tree-structured Parzen estimators
(Bergstra et al., 2011); the pruner stops what is below the median.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import FrozenTrial, Trial, TrialState

from configs.errors import ConfigError
from configs.files import atomic_write
from configs.logging import get_logger
from evaluation.reports.search_plot import search_plot
from evaluation.reports.tables import write_table
from pipelines.fitting import fit_in
from pipelines.search_config import Choices, FloatRange, ParameterRange, SearchConfig
from pipelines.splits import Splits
from pipelines.tasks import Task
from pipelines.training_config import PredictorConfig
from pipelines.usage import read_usage

log = get_logger(__name__)

# Optuna draws its first ten trials at random, which on two cores is all that many a search can afford.
_RANDOM_TRIALS = 5
_UNPRUNED_TRIALS = 3  # the median of fewer says nothing
_FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)
_SECONDS = "seconds"


@dataclass(frozen=True)
class Search:
    """What every trial shares.

    Attributes:
        folder: the step's growing output.
        task: how answers are compared.
        predictor: kind and the hyperparameters that stay as they are.
        config: what is tried.
        metric: the one that decides, as fits report it: `validation/accuracy`.
        splits: `train` to learn from, `validation` to choose by; `test` is not looked at.
        seed: makes the trials reproducible.
    """

    folder: Path
    task: Task
    predictor: PredictorConfig
    config: SearchConfig
    metric: str
    splits: Splits
    seed: int

    def with_values(self, values: Mapping[str, Any]) -> PredictorConfig:
        """The predictor with the hyperparameters of one trial."""
        return PredictorConfig(kind=self.predictor.kind, parameters={**self.predictor.parameters, **values})


def run_search(search: Search) -> None:
    """Write `best.json`, `tables/trials.csv` and `plots/search.png`; trials that are done are not done again.

    Raises:
        ConfigError: a hyperparameter is unknown, or a fit does not report the metric.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=f"sqlite:///{search.folder / 'trials.db'}",
        study_name="search",
        direction="maximize",
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(_UNPRUNED_TRIALS)
        if search.config.pruner == "median"
        else optuna.pruners.NopPruner(),
    )
    while (trial := _interrupted(study, search.config) or _next(study, search)) is not None:
        _run(study, trial, search)
        _say_progress(study, search)
    _write(study, search)
    for left in search.folder.glob("trial-*"):  # of a kill between a trial's end and here
        shutil.rmtree(left)


def read_best(folder: Path) -> dict[str, Any]:
    """Read the hyperparameters that did best."""
    best: dict[str, Any] = json.loads((folder / "best.json").read_text(encoding="utf-8"))
    return best


def _finished(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=_FINISHED)


def _interrupted(study: optuna.Study, config: SearchConfig) -> Trial | None:
    """Give the trial that a kill interrupted; one that had not got all its values yet is drawn again."""
    for left in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        if left.params.keys() == config.parameters.keys():
            return Trial(study, left._trial_id)
        study.tell(left.number, state=TrialState.FAIL)
    return None


def _next(study: optuna.Study, search: Search) -> Trial | None:
    """Draw the next trial, or none where trials or time are used up."""
    done = _finished(study)
    spent = sum(trial.user_attrs[_SECONDS] for trial in done)
    if len(done) >= search.config.trials or spent >= search.config.seconds:
        return None
    seed = int(np.random.SeedSequence([search.seed, len(done)]).generate_state(1)[0])
    study.sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=_RANDOM_TRIALS)
    return study.ask({name: _distribution(one) for name, one in search.config.parameters.items()})


def _run(study: optuna.Study, trial: Trial, search: Search) -> None:
    """Fit with the values of one trial, unless the pruner stops it."""
    folder = search.folder / f"trial-{trial.number}"
    folder.mkdir(exist_ok=True)
    reported = dict(study.trials[trial.number].intermediate_values)

    def watch(step: int, total: int, metrics: Mapping[str, float]) -> None:
        if search.metric in metrics and step not in reported:
            reported[step] = metrics[search.metric]
            trial.report(reported[step], step)
        if step < total and trial.should_prune():
            raise optuna.TrialPruned

    try:
        fit_in(
            folder,
            task=search.task,
            predictor=search.with_values(trial.params),
            splits=search.splits,
            seed=search.seed,
            watch=watch,
        )
        state = TrialState.COMPLETE
    except optuna.TrialPruned:
        state = TrialState.PRUNED
    if not reported:
        raise ConfigError(
            f"A search needs fits that report `{search.metric}`, but `{search.predictor.kind}` does not.",
            hint="Take `search` out of the configuration, or choose another predictor.",
        )
    trial.set_user_attr(_SECONDS, read_usage(folder).seconds)
    study.tell(trial, max(reported.values()) if state == TrialState.COMPLETE else None, state=state)
    shutil.rmtree(folder)


def _reached(trial: FrozenTrial) -> float:
    return max(trial.intermediate_values.values())


def _say_progress(study: optuna.Study, search: Search) -> None:
    done = _finished(study)
    spent = sum(trial.user_attrs[_SECONDS] for trial in done)
    left = min(spent / len(done) * (search.config.trials - len(done)), max(0.0, search.config.seconds - spent))
    last = done[-1]
    log.info(
        "trial",
        number=f"{len(done)}/{search.config.trials}",
        state=last.state.name.lower(),
        **{search.metric: round(_reached(last), 4), "best": round(study.best_value, 4), **last.params},
        seconds_left=round(left),
    )


def _write(study: optuna.Study, search: Search) -> None:
    done = _finished(study)
    rows = [
        {
            "trial": number,
            "state": trial.state.name.lower(),
            search.metric: f"{_reached(trial):.4f}",
            "steps": len(trial.intermediate_values),
            _SECONDS: f"{trial.user_attrs[_SECONDS]:.1f}",
            **trial.params,
        }
        for number, trial in enumerate(done, start=1)
    ]
    write_table(search.folder / "tables" / "trials.csv", rows)
    pruned = [trial.state == TrialState.PRUNED for trial in done]
    name = search.metric.removeprefix("validation/")
    search_plot(name, [_reached(trial) for trial in done], pruned, search.folder / "plots" / "search.png")
    atomic_write(search.folder / "best.json", json.dumps(study.best_params, indent=1).encode())


def _distribution(one: ParameterRange) -> BaseDistribution:
    if isinstance(one, Choices):
        return CategoricalDistribution(one.choices)
    if isinstance(one, FloatRange):
        return FloatDistribution(one.low, one.high, log=one.log)
    return IntDistribution(one.low, one.high, log=one.log)
