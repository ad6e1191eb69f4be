"""What a process does first: quiet dependencies, logs, a home, and where Prefect keeps its own."""

import os

from configs import logging, servers, telemetry
from configs.settings import Settings


def start() -> Settings:
    """Read the settings and prepare this process; every entry point calls it once.

    Raises:
        ConfigError: an environment variable is wrong.
        DependencyError: the home folder cannot be created.
    """
    settings = Settings.from_environment()
    settings.prepare()
    prepare(settings)
    return settings


def prepare(settings: Settings) -> None:
    """Set what dependencies read when they are first imported, and configure logs."""
    telemetry.silence()
    os.environ.setdefault("PREFECT_HOME", str(settings.home / "prefect"))
    os.environ.setdefault("PREFECT_RESULTS_DEFAULT_SERIALIZER", "json")
    # Prefect logs the traceback of every error; ours reach the user as one sentence, others as they are.
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    os.environ.setdefault("PREFECT_SERVER_LOGGING_LEVEL", "WARNING")
    # The first start creates Prefect's database, which took 24 s on two busy cores; the default gives up after 20.
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
    # Threads and processes of one machine share its cores: no library takes all of them for itself.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # Threads that wait give their core away: on a busy machine, spinning ones made a fit four times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("MPLBACKEND", "Agg")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")  # its files are small
    # Our models need no pickle; one of another's in the same store shall not run code here either.
    os.environ.setdefault("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    prefect_url = servers.live_url(settings.home, "prefect")
    if prefect_url:
        os.environ.setdefault("PREFECT_API_URL", f"{prefect_url}/api")
    logging.configure(settings)


def tracking_url(settings: Settings) -> str:
    """The MLflow store: what the settings name, else a server that `colophon up` runs, else SQLite in `home`."""
    return settings.tracking_url or servers.live_url(settings.home, "mlflow") or settings.resolved_tracking_url
