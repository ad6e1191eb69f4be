"""The flows' door to MLflow runs; versions and aliases go through `models.registry`."""

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag
from mlflow.exceptions import MlflowException

from configs.errors import ColophonError, DependencyError, NotFoundError
from models.registry_errors import retried, translated

ResultT = TypeVar("ResultT")

_DIGEST_TAG = "colophon.work"
_PARAM_CHARACTERS = 6000  # MLflow refuses a longer parameter


@dataclass(frozen=True)
class Run:
    """A run of MLflow: where a training, a promotion or a comparison is written down."""

    run_id: str
    experiment_id: str
    finished: bool


class Tracking:
    """Runs of one MLflow store.

    Raises (all methods):
        DependencyError: the store cannot be reached or written.
    """

    def __init__(self, url: str, *, artifacts_folder: Path) -> None:
        self.url = url
        # On a server, the server decides where artifacts go.
        self._artifacts_folder = None if url.startswith("http") else artifacts_folder
        logging.getLogger("mlflow").setLevel(logging.WARNING)
        self._client = self._ask(lambda: MlflowClient(tracking_uri=url))

    def open_run(self, experiment: str, *, digest: str, name: str) -> Run:
        """Give the run that carries `digest`, or a new one: a flow that was killed goes on in its own run."""
        experiment_id = self._experiment(experiment)
        found = self._ask(
            lambda: self._client.search_runs([experiment_id], f"tags.`{_DIGEST_TAG}` = '{digest}'", max_results=1)
        )
        if found:
            info = found[0].info
            return Run(info.run_id, experiment_id, finished=info.status == "FINISHED")
        tags = {_DIGEST_TAG: digest, "mlflow.runName": name, "mlflow.source.name": "colophon"}
        created = self._ask(lambda: self._client.create_run(experiment_id, tags=tags))
        return Run(created.info.run_id, experiment_id, finished=False)

    def log_parameters(self, run: Run, parameters: Mapping[str, Any]) -> None:
        """Write hyperparameters and facts; nested ones get dotted names."""
        params = [Param(key, value[:_PARAM_CHARACTERS]) for key, value in _flatten(parameters).items()]
        self._ask(lambda: self._client.log_batch(run.run_id, params=params))

    def log_metrics(self, run: Run, values: Mapping[str, float], *, step: int = 0) -> None:
        """Write metrics at one step."""
        now = round(time.time() * 1000)
        metrics = [Metric(key, float(value), now, step) for key, value in values.items()]
        self._ask(lambda: self._client.log_batch(run.run_id, metrics=metrics))

    def metrics(self, run_id: str) -> dict[str, float]:
        """Give the last value of each metric of a run."""
        return dict(self._ask(lambda: self._client.get_run(run_id)).data.metrics)

    def log_tags(self, run: Run, tags: Mapping[str, str]) -> None:
        """Write tags."""
        self._ask(lambda: self._client.log_batch(run.run_id, tags=[RunTag(key, tags[key]) for key in tags]))

    def log_dataset(self, run: Run, *, name: str, digest: str, source: str, profile: Mapping[str, Any]) -> None:
        """Write which data the run used; MLflow shows it as the run's dataset."""
        dataset = Dataset(
            name=name,
            digest=digest[:36],  # MLflow keeps 36 characters; the whole sha256 stands in the profile
            source_type="local",
            source=json.dumps({"uri": source}),
            profile=json.dumps(profile),
        )
        entry = DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])
        self._ask(lambda: self._client.log_inputs(run.run_id, [entry]))

    def log_folder(self, run: Run, folder: Path, *, path: str | None = None) -> None:
        """Copy the files of a folder to the run's artifacts."""
        self._ask(lambda: self._client.log_artifacts(run.run_id, str(folder), artifact_path=path))

    def log_text(self, run: Run, text: str, path: str) -> None:
        """Write one text artifact."""
        self._ask(lambda: self._client.log_text(run.run_id, text, path))

    def describe(self, run: Run, markdown: str) -> None:
        """Set the text that the UI shows at the top of the run."""
        self.log_tags(run, {"mlflow.note.content": markdown})

    def finish(self, run: Run, *, failed: bool = False) -> None:
        """Close the run."""
        self._ask(lambda: self._client.set_terminated(run.run_id, "FAILED" if failed else "FINISHED"))

    def artifact(self, run_id: str, path: str) -> Path:
        """Give the local path of a run's artifact, of a copy where the store is elsewhere.

        Raises:
            NotFoundError: the run has no such artifact.
        """
        try:
            return Path(self._ask(lambda: self._client.download_artifacts(run_id, path)))
        except ColophonError as error:
            raise NotFoundError(f"The run has no artifact `{path}`.", where=f"run {run_id}") from error

    def _experiment(self, name: str) -> str:
        known = self._ask(lambda: self._client.get_experiment_by_name(name))
        if known:
            return str(known.experiment_id)
        location = (self._artifacts_folder / "experiments" / name).as_uri() if self._artifacts_folder else None
        try:
            return str(self._client.create_experiment(name, artifact_location=location))
        except MlflowException:
            # Another process may have been faster; if not, asking again names the real problem.
            known = self._ask(lambda: self._client.get_experiment_by_name(name))
            if known is None:
                raise DependencyError(f"MLflow cannot create the experiment `{name}`.", where=self.url) from None
            return str(known.experiment_id)

    def _ask(self, question: Callable[[], ResultT]) -> ResultT:
        with translated(self.url):
            return retried(question)


def _flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            flat.update(_flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat
