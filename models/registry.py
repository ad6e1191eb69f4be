"""The one door to the model registry: versions with a digest, found by alias, checked when loaded."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import url2pathname

import mlflow
import mlflow.artifacts
from mlflow import MlflowClient
from mlflow.entities import LoggedModelOutput, Metric
from mlflow.models import Model

from configs.errors import ConfigError, ModelNotFoundError
from configs.files import atomic_folder, digest_of_folder
from configs.loader import suggest
from configs.settings import Settings
from models import factory, pyfunc
from models.registry_errors import retried, translated
from models.versions import (
    DIGEST_TAG,
    KIND_TAG,
    PROFILE_DIGEST_TAG,
    TASK_TAG,
    LoadedModel,
    Version,
    check,
    is_whole,
    version_of,
)

__all__ = ["CHAMPION", "LoadedModel", "Registry", "Version", "load"]

CHAMPION = "champion"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_PROFILE = "profile"
_DESCRIPTION_CHARACTERS = 5000  # the width of the column where the store is PostgreSQL
_PAGE_VERSIONS = 200

ResultT = TypeVar("ResultT")


class Registry:
    """The registered models of one MLflow store.

    Args:
        tracking_url: a database (`sqlite:///…`, `postgresql://…`) or an MLflow server (`http://…`).
        artifacts_folder: where versions are kept that had to be downloaded; default: a temporary folder.

    Raises (all methods):
        DependencyError: the store cannot be reached, read or written.
    """

    def __init__(self, tracking_url: str, *, artifacts_folder: Path | None = None) -> None:
        # MLflow would try an unreachable server for four minutes and draw progress bars; it has no arguments for it.
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
        os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
        self._url = tracking_url
        self._downloads = artifacts_folder / "downloads" if artifacts_folder else None
        self._client = self._ask(lambda: MlflowClient(tracking_uri=tracking_url, registry_uri=tracking_url))

    def log_and_register(
        self,
        *,
        name: str,
        folder: Path,
        run_id: str,
        tags: Mapping[str, str],
        description: str = "",
        metrics: Mapping[str, float] = MappingProxyType({}),
        profile_folder: Path | None = None,
    ) -> Version:
        """Make a version of a saved predictor, once: what is registered already is found by its digest.

        Args:
            name: the registered model; it is created when it is new.
            folder: what `models.factory.save` wrote.
            run_id: the run that trained it.
            tags: more tags of the version.
            description: Markdown, shown on the version's page.
            metrics: scores to show beside the model.
            profile_folder: files of the reference profile, kept beside the predictor's.

        Raises:
            ConfigError: the name cannot be one.
            ModelNotFoundError: there is no such run.
        """
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"`{name}` cannot name a model.", hint="Use letters, digits, `.`, `_` and `-`, at most 200."
            )
        task, kind = factory.task_and_kind(folder)
        facts = {DIGEST_TAG: digest_of_folder(folder), TASK_TAG: task, KIND_TAG: kind}
        if profile_folder is not None:
            facts[PROFILE_DIGEST_TAG] = digest_of_folder(profile_folder)
        registered = self._with_digest(name, facts[DIGEST_TAG])
        if registered is not None:
            return registered
        model = self._logged_model(run_id, facts) or self._log_model(run_id, folder, profile_folder, facts, metrics)
        self._create_version(name, model, run_id, {**tags, **facts}, description)
        created = self._with_digest(name, facts[DIGEST_TAG])
        if created is None:
            raise ModelNotFoundError("The version was removed while it was being registered.", where=name)
        return created

    def resolve(self, name: str, *, alias: str | None = None, version: str | None = None) -> Version:
        """Find a version by alias or number; by the alias `champion` when neither is given.

        Raises:
            ModelNotFoundError: there is no such model, alias or version; the message names what there is.
        """
        if version is not None:
            chosen = [found for found in self.versions(name) if found.version == str(version)]
            wanted = f"version {version}"
        else:
            chosen = [found for found in self.versions(name) if (alias or CHAMPION) in found.aliases]
            wanted = f"alias `{alias or CHAMPION}`"
        if not chosen:
            raise self._nothing_such(name, wanted)
        return chosen[0]

    def load(
        self, name: str, *, alias: str | None = None, version: str | None = None, cache_folder: Path | None = None
    ) -> LoadedModel:
        """Read the predictor of a version, after checking that its files are the registered ones.

        Raises:
            ModelNotFoundError: there is no such version.
            IntegrityError: the files are missing or changed.
        """
        found = self.resolve(name, alias=alias, version=version)
        folder = self._files(found, cache_folder) / pyfunc.PREDICTOR_FOLDER
        check(folder, found.digest, found)
        return LoadedModel(found, factory.load(folder), folder)

    def profile_folder(self, version: Version) -> Path:
        """Give the local folder of the version's reference profile.

        Raises:
            ModelNotFoundError: the version has none.
            IntegrityError: the files are missing or changed.
        """
        if PROFILE_DIGEST_TAG not in version.tags:
            raise ModelNotFoundError(
                "This version has no reference profile.", where=f"{version.name}/{version.version}"
            )
        folder = self._files(version, None) / _PROFILE
        check(folder, version.tags[PROFILE_DIGEST_TAG], version)
        return folder

    def set_alias(self, name: str, alias: str, version: str) -> None:
        """Point an alias at a version, away from the one it named before."""
        self._ask(lambda: self._client.set_registered_model_alias(name, alias, str(version)))

    def delete_alias(self, name: str, alias: str) -> None:
        """Take an alias away."""
        self._ask(lambda: self._client.delete_registered_model_alias(name, alias))

    def set_tag(self, version: Version, key: str, value: str) -> None:
        """Write a tag of a version."""
        self._ask(lambda: self._client.set_model_version_tag(version.name, version.version, key, value))

    def versions(self, name: str) -> list[Version]:
        """List the versions of a model, oldest first; none if there is no such model."""
        if not _NAME.fullmatch(name):
            return []
        found = self._pages(
            lambda token: self._client.search_model_versions(
                f"name='{name}'", max_results=_PAGE_VERSIONS, page_token=token
            )
        )
        aliases = self._aliases(name)
        versions = [version_of(entity, aliases.get(str(entity.version), ())) for entity in found]
        return sorted(versions, key=lambda version: int(version.version))

    def names(self) -> list[str]:
        """List the registered models."""
        found = self._pages(lambda token: self._client.search_registered_models(page_token=token))
        return sorted(entity.name for entity in found)

    def _aliases(self, name: str) -> dict[str, tuple[str, ...]]:
        """Give the aliases of each version; MLflow's search for versions leaves them out."""
        try:
            by_alias = self._ask(lambda: self._client.get_registered_model(name)).aliases
        except ModelNotFoundError:
            return {}
        aliases: dict[str, tuple[str, ...]] = {}
        for alias, version in sorted(by_alias.items()):
            aliases[str(version)] = (*aliases.get(str(version), ()), alias)
        return aliases

    def _with_digest(self, name: str, digest: str) -> Version | None:
        """Find the version that carries `digest`.

        Two processes may have registered it at the same time, or one was killed
        between that and here: the lowest number stays.
        """
        found = [version for version in self.versions(name) if version.digest == digest]
        for surplus in found[1:]:
            if not surplus.aliases:
                self._delete(surplus)
        return found[0] if found else None

    def _delete(self, version: Version) -> None:
        try:
            self._ask(lambda: self._client.delete_model_version(version.name, version.version))
        except ModelNotFoundError:
            return  # the other process did it

    def _logged_model(self, run_id: str, facts: Mapping[str, str]) -> Any:
        """Find a model that was logged completely before a kill."""
        experiment_id = self._ask(lambda: self._client.get_run(run_id)).info.experiment_id
        condition = " and ".join(f"tags.`{key}` = '{value}'" for key, value in facts.items())
        found = self._pages(
            lambda token: self._client.search_logged_models([experiment_id], condition, page_token=token)
        )
        return next((model for model in found if model.status == "READY"), None)

    def _log_model(
        self,
        run_id: str,
        folder: Path,
        profile_folder: Path | None,
        facts: Mapping[str, str],
        metrics: Mapping[str, float],
    ) -> Any:
        """Upload the files as an MLflow model of the run; it counts only once it is READY."""
        experiment_id = self._ask(lambda: self._client.get_run(run_id)).info.experiment_id
        model = self._ask(
            lambda: self._client.create_logged_model(
                experiment_id, name="model", source_run_id=run_id, tags=dict(facts), model_type=facts[TASK_TAG]
            )
        )
        with translated(self._url), tempfile.TemporaryDirectory(prefix="colophon-model-") as staging:
            about = Model(run_id=run_id, model_id=model.model_id)
            written = pyfunc.write(Path(staging), folder, about)
            if profile_folder is not None:
                shutil.copytree(profile_folder, written / _PROFILE)
            self._client.log_model_artifacts(model.model_id, str(written))
        now = int(time.time() * 1000)
        values = [Metric(key, float(value), now, 0, model_id=model.model_id) for key, value in metrics.items()]
        self._ask(lambda: self._client.log_batch(run_id, metrics=values))
        self._ask(lambda: self._client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=0)]))
        return self._ask(lambda: self._client.finalize_logged_model(model.model_id, "READY"))

    def _create_version(self, name: str, model: Any, run_id: str, tags: Mapping[str, str], description: str) -> None:
        if name not in self.names():
            self._create_registered_model(name)
        # Tags come with the creation, so that a kill cannot leave a version without its digest.
        self._ask(
            lambda: self._client.create_model_version(
                name,
                source=model.artifact_location,
                run_id=run_id,
                tags=dict(tags),
                description=description[:_DESCRIPTION_CHARACTERS],
                model_id=model.model_id,
            )
        )

    def _create_registered_model(self, name: str) -> None:
        try:
            retried(lambda: self._client.create_registered_model(name))
        except mlflow.MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":  # another process was faster
                with translated(self._url):
                    raise

    def _files(self, version: Version, cache_folder: Path | None) -> Path:
        """Give the version's folder: where the store keeps it if that is on this machine, else a checked copy."""
        uri = self._ask(lambda: self._client.get_model_version_download_uri(version.name, version.version))
        place = urlsplit(uri)
        if place.scheme in ("", "file"):
            return Path(url2pathname(place.path))
        downloads = cache_folder or self._downloads or Path(tempfile.gettempdir()) / "colophon-models"
        target = downloads / f"{version.digest}-{version.tags.get(PROFILE_DIGEST_TAG, 'bare')[:16]}"
        if target.exists() and not is_whole(target, version):
            shutil.rmtree(target, ignore_errors=True)
        if not target.exists():
            with translated(self._url), atomic_folder(target) as temporary:
                self._download(uri, temporary)
        return target

    def _download(self, uri: str, folder: Path) -> None:
        arrived = mlflow.artifacts.download_artifacts(
            artifact_uri=uri, dst_path=str(folder), tracking_uri=self._url, registry_uri=self._url
        )
        if Path(arrived) != folder:  # MLflow puts them into a folder named like the end of the address
            for path in Path(arrived).iterdir():
                path.rename(folder / path.name)

    def _nothing_such(self, name: str, wanted: str) -> ModelNotFoundError:
        known = self.versions(name)
        if not known:
            return ModelNotFoundError("No model has that name.", where=name, hint=suggest(name, self.names()))
        aliases = sorted(f"`{alias}`" for version in known for alias in version.aliases)
        numbers = ", ".join(version.version for version in known)
        return ModelNotFoundError(
            f"The model has no {wanted}.",
            where=name,
            hint=f"Aliases: {', '.join(aliases) or 'none'}; versions: {numbers}.",
        )

    def _pages(self, ask: Callable[[str | None], Any]) -> Iterator[Any]:
        token: str | None = None
        while True:
            page = self._ask(lambda: ask(token))  # noqa: B023 (called before the loop goes on)
            yield from page
            token = page.token
            if not token:
                return

    def _ask(self, question: Callable[[], ResultT]) -> ResultT:
        with translated(self._url):
            return retried(question)


def load(name: str, *, alias: str = CHAMPION, version: str | None = None) -> factory.AnyPredictor:
    """Read a registered predictor, for notebooks: `load("intents").predict(["…"])`."""
    settings = Settings.from_environment()
    registry = Registry(settings.resolved_tracking_url, artifacts_folder=settings.artifacts_folder)
    return registry.load(name, alias=alias, version=version).predictor
