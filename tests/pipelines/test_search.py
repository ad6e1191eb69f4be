"""The step `search` on a tiny transformer: finds, stops early, goes on after a kill with the same trials."""

import csv
import dataclasses
import importlib.util
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from configs.errors import ConfigError
from configs.loader import parse
from configs.settings import Settings
from pipelines.searching import Search, read_best, run_search
from pipelines.splits import Splits
from pipelines.stores import open_registry, open_tracking
from pipelines.tasks import TASKS, Task
from pipelines.train import train
from pipelines.training_config import PredictorConfig, TrainingConfig
from pipelines.training_plan import TrainingPlan

RANGES = {
    "learning_rate": {"kind": "float", "low": 1e-5, "high": 1e-2, "log": True},
    "batch_size": {"kind": "categorical", "choices": [16, 32]},
    "patience": {"kind": "int", "low": 2, "high": 3},
}


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The tiny encoder and texts of the tests of models."""
    path = Path(__file__).parents[1] / "models" / "conftest.py"
    spec = importlib.util.spec_from_file_location("toys", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.folder = tmp_path_factory.mktemp("encoder")
    module.save_tiny_encoder(module.folder)
    return module


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def a_search(toys: Any, folder: Path, task: Task = TASKS["text-classification"], **changes: Any) -> Search:
    """Six trials of three epochs."""
    folder.mkdir(exist_ok=True)
    parameters = {"encoder": str(toys.folder), "epochs": 3, "head_learning_rate": 1e-3, "max_tokens": 32}
    values = {
        "model": "searched-toys",
        "description": "d",
        "intended_use": "u",
        "task": "text-classification",
        "dataset": {"source": "generated", "generator": "messages", "size": 60},
        "predictor": {"kind": "transformer", "parameters": parameters},
        "baseline": {"kind": "tfidf-linear"},
        "gate": {"metric": "accuracy", "margin": 0.01},
        "search": {"parameters": RANGES, "trials": 6, **changes},
    }
    config = parse(values, TrainingConfig, source="search")
    assert config.search is not None
    splits = Splits(toys.labelled_texts(90, seed=1), toys.labelled_texts(60, seed=2), [], {})
    return Search(folder, task, config.predictor, config.search, "validation/accuracy", splits, seed=5)


def trials_of(folder: Path) -> list[dict[str, str]]:
    """The table of trials without how long each took."""
    with (folder / "tables" / "trials.csv").open(encoding="utf-8") as file:
        return [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def searched(toys: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    search = a_search(toys, tmp_path_factory.mktemp("search"))
    run_search(search)
    return search.folder


def test_search_when_done_knows_the_best_trial(searched: Path) -> None:
    trials = trials_of(searched)
    best = max(trials, key=lambda row: float(row["validation/accuracy"]))
    assert {name: str(value) for name, value in read_best(searched).items()} == {name: best[name] for name in RANGES}
    assert len({row["learning_rate"] for row in trials}) == len(trials) == 6
    assert len({row["validation/accuracy"] for row in trials}) > 1
    assert (searched / "plots" / "search.png").stat().st_size > 1000
    assert not list(searched.glob("trial-*"))


def test_search_when_a_trial_is_hopeless_stops_it_early(searched: Path) -> None:
    trials = trials_of(searched)
    stopped = [row for row in trials if row["state"] == "pruned"]
    assert stopped
    assert all(int(row["steps"]) < 3 for row in stopped)
    assert all(int(row["steps"]) == 3 or row["patience"] == "2" for row in trials if row not in stopped)
    median = sorted(float(row["validation/accuracy"]) for row in trials)[len(trials) // 2]
    assert all(float(row["validation/accuracy"]) <= median for row in stopped)


@pytest.mark.parametrize("scored", [2, 8])
def test_search_when_killed_gives_the_same_trials(toys: Any, searched: Path, tmp_path: Path, scored: int) -> None:
    """The interruption passes through everything, as a kill does, and leaves the trial unfinished in the file."""
    task, calls = TASKS["text-classification"], []

    def score(truths: Sequence[str], answers: Sequence[str]) -> Mapping[str, float]:
        calls.append(1)
        if len(calls) == scored:
            raise KeyboardInterrupt
        return task.score(truths, answers)

    killed = a_search(toys, tmp_path / "killed", dataclasses.replace(task, score=score))
    with pytest.raises(KeyboardInterrupt):
        run_search(killed)
    before = len(calls)
    run_search(killed)
    assert trials_of(killed.folder) == trials_of(searched)
    assert read_best(killed.folder) == read_best(searched)
    steps = sum(int(row["steps"]) for row in trials_of(searched))
    assert len(calls) - before <= steps - (scored - 1) + 1  # what was done before the kill is not done again


def test_search_when_its_time_is_over_begins_no_trial(toys: Any, tmp_path: Path) -> None:
    search = a_search(toys, tmp_path / "short", seconds=0.001)
    run_search(search)
    assert len(trials_of(search.folder)) == 1


def test_search_when_a_fit_does_not_report_the_metric(toys: Any, tmp_path: Path) -> None:
    search = dataclasses.replace(a_search(toys, tmp_path / "wrong", trials=1), metric="validation/rouge1")
    with pytest.raises(ConfigError, match="validation/rouge1"):
        run_search(search)


def test_search_when_a_parameter_is_unknown(toys: Any, tmp_path: Path) -> None:
    search = a_search(toys, tmp_path / "unknown", parameters={"depth": {"kind": "int", "low": 1, "high": 2}})
    with pytest.raises(ConfigError, match="depth"):
        run_search(search)


@pytest.mark.parametrize(
    ("search", "problem"),
    [
        ({"parameters": {"epochs": {"kind": "int", "low": 3, "high": 3}}}, "below"),
        ({"parameters": {"rate": {"kind": "float", "low": 0, "high": 1, "log": True}}}, "above zero"),
        ({"parameters": {}}, "at least 1"),
        ({"parameters": {"epochs": {"kind": "normal"}}}, "normal"),
        ({"parameters": {"longest_ngram": {"kind": "int", "low": 1, "high": 2}}}, "give one of them"),
        ({"parameters": {"a": {"kind": "categorical", "choices": [1]}}}, "at least 2"),
        ({"parameters": {"a": {"kind": "categorical", "choices": [1, 2]}}, "trails": 3}, "trials"),
    ],
)
def test_config_when_a_search_is_wrong(tiny: dict[str, Any], search: dict[str, Any], problem: str) -> None:
    predictor = {"kind": "tfidf-linear", "parameters": {"longest_ngram": 1}}
    with pytest.raises(ConfigError, match=problem):
        parse({**tiny, "predictor": predictor, "search": search}, TrainingConfig, source="tiny")


def test_train_when_there_is_a_search_fits_with_the_best(tiny: dict[str, Any], deployment: Settings) -> None:
    ranges = {"inverse_regularization": {"kind": "float", "low": 0.001, "high": 10.0, "log": True}}
    searching = {**tiny, "model": "searched", "search": {"parameters": ranges, "trials": 3}}
    config = parse(searching, TrainingConfig, source="tiny")
    result = train(config, deployment)
    assert result.steps["search"] == "new"
    best = read_best(TrainingPlan.of(config, deployment.work_folder).steps["search"].folder)
    registered = open_registry(deployment).load("searched", version=result.version).predictor
    assert registered.parameters()["inverse_regularization"] == best["inverse_regularization"]
    tracking = open_tracking(deployment)
    assert (tracking.artifact(result.run_id, "plots") / "search.png").stat().st_size > 1000
    table = (tracking.artifact(result.run_id, "tables") / "trials.csv").read_text(encoding="utf-8")
    assert len(table.splitlines()) == 4
    plain = TrainingPlan.of(config.model_copy(update={"search": None}), deployment.work_folder)
    assert plain.fit.digest != TrainingPlan.of(config, deployment.work_folder).fit.digest
    assert json.dumps(best)  # plain values
    assert PredictorConfig(kind="tfidf-linear", parameters=best)
