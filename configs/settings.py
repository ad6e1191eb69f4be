"""Facts of a deployment: read from the environment into one frozen `Settings`, built only at an entry point."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from configs.errors import ConfigError, DependencyError

PREFIX = "COLOPHON_"


class Settings(BaseSettings):
    """Every fact that differs between two deployments. Each field is `COLOPHON_<FIELD>` in the environment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True)

    home: Path = Field(Path(".colophon"), description="The folder that holds everything the platform writes.")
    tracking_url: str | None = Field(None, description="MLflow server or database; default: `mlflow.db` in `home`.")
    records_url: str | None = Field(None, description="SQLAlchemy URL of the records; default: `records.db` in `home`.")
    signing_key_file: Path | None = Field(None, description="Ed25519 private key (PEM); default: made in `home`.")
    template_folders: tuple[Path, ...] = Field((), description="More folders of templates, searched before our own.")
    host: str = Field("127.0.0.1", description="The address that servers bind to.")
    service_port: int = Field(3000, ge=1, le=65535)
    mlflow_port: int = Field(5000, ge=1, le=65535)
    prefect_port: int = Field(4200, ge=1, le=65535)
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, description="Threads of one model.")
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the environment.

        Raises:
            ConfigError: a variable has a bad value, or no field has the name of a `COLOPHON_` variable.
        """
        _refuse_unknown_variables(os.environ)
        try:
            settings = cls()
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = str(first["loc"][0]) if first["loc"] else ""
            raise ConfigError(f"{first['msg']}.", where=f"{PREFIX}{field.upper()}") from None
        return settings.model_copy(update={"home": settings.home.expanduser().absolute()})

    @property
    def resolved_tracking_url(self) -> str:
        """The MLflow tracking and registry store."""
        return self.tracking_url or f"sqlite:///{self.home / 'mlflow.db'}"

    @property
    def resolved_records_url(self) -> str:
        """The database of inference, document and promotion records."""
        return self.records_url or f"sqlite:///{self.home / 'records.db'}"

    @property
    def artifacts_folder(self) -> Path:
        """Where MLflow keeps artifacts on the embedded default."""
        return self.home / "artifacts"

    @property
    def work_folder(self) -> Path:
        """Where steps of flows leave their output, each under the digest of its inputs."""
        return self.home / "work"

    @property
    def resolved_signing_key_file(self) -> Path:
        """The private key that seals documents."""
        return self.signing_key_file or self.home / "keys" / "signing-key.pem"

    def prepare(self) -> None:
        """Create `home`.

        Raises:
            DependencyError: the folder cannot be created or written.
        """
        try:
            self.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DependencyError(
                f"The folder cannot be created: {error.strerror}.",
                where=str(self.home),
                hint=f"Name another one in {PREFIX}HOME.",
            ) from None
        if not os.access(self.home, os.W_OK):
            raise DependencyError(
                "The folder cannot be written to.", where=str(self.home), hint=f"Name another one in {PREFIX}HOME."
            )


def _refuse_unknown_variables(environment: Mapping[str, str]) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for variable in sorted(environment):
        if variable.startswith(PREFIX) and variable.upper() not in known:
            close = difflib.get_close_matches(variable, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"Known: {', '.join(sorted(known))}."
            raise ConfigError("This variable is not known.", where=variable, hint=hint)
