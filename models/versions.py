"""A version of a registered model: what it is, and whether its files are still the registered ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from configs.errors import IntegrityError
from configs.files import digest_of_folder
from models import factory, pyfunc

DIGEST_TAG = "colophon.digest"
PROFILE_DIGEST_TAG = "colophon.profile-digest"
TASK_TAG = "colophon.task"
KIND_TAG = "colophon.kind"


@dataclass(frozen=True)
class Version:
    """One version of a registered model."""

    name: str
    version: str
    digest: str
    run_id: str
    task: str
    kind: str
    aliases: tuple[str, ...]
    tags: Mapping[str, str]
    created_at: datetime

    @property
    def place(self) -> str:
        """The version's name in messages."""
        return f"{self.name}/{self.version}"


@dataclass(frozen=True)
class LoadedModel:
    """A version in memory, and the folder it was read from."""

    version: Version
    predictor: factory.AnyPredictor
    folder: Path


def version_of(entity: Any, aliases: tuple[str, ...]) -> Version:
    """Read MLflow's entity of a version."""
    tags = dict(entity.tags)
    return Version(
        name=entity.name,
        version=str(entity.version),
        digest=tags.get(DIGEST_TAG, ""),
        run_id=entity.run_id or "",
        task=tags.get(TASK_TAG, ""),
        kind=tags.get(KIND_TAG, ""),
        aliases=aliases,
        tags=MappingProxyType(tags),
        created_at=datetime.fromtimestamp(entity.creation_timestamp / 1000, tz=UTC),
    )


def is_whole(folder: Path, version: Version) -> bool:
    """Say whether `folder` is a downloaded model with the version's predictor, unchanged."""
    predictor = folder / pyfunc.PREDICTOR_FOLDER
    return predictor.is_dir() and digest_of_folder(predictor) == version.digest


def check(folder: Path, digest: str, version: Version) -> None:
    """Compare the files in `folder` with the digest they were registered with.

    Raises:
        IntegrityError: the version carries no digest, or the files are missing or changed.
    """
    place = version.place
    if not digest:
        raise IntegrityError("The version carries no digest.", where=place, hint="Register it with `colophon train`.")
    if not folder.is_dir():
        raise IntegrityError("The version's files are missing.", where=place, hint=f"They were at {folder}.")
    came = digest_of_folder(folder)
    if came != digest:
        raise IntegrityError(
            f"Expected files with the digest {digest[:12]}…, but they have {came[:12]}….",
            where=place,
            hint="The files changed after they were registered: train again or promote another version.",
        )
