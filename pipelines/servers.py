"""The three servers of a deployment on one machine: MLflow, Prefect and the service."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from configs.settings import PREFIX, Settings
from pipelines.processes import Server, free_port, require_free_port, running

_BIN = Path(sys.executable).parent


def mlflow_server(settings: Settings) -> Server:
    """MLflow's UI and API over the settings' store; artifacts stay in the folder where flows write them."""
    command = [
        str(_BIN / "mlflow"),
        "server",
        f"--backend-store-uri={settings.resolved_tracking_url}",
        f"--default-artifact-root={settings.artifacts_folder.as_uri()}",
        "--no-serve-artifacts",
        f"--host={settings.host}",
        f"--port={settings.mlflow_port}",
        "--workers=1",
    ]
    return Server("mlflow", command, settings.host, settings.mlflow_port, "/health", {})


def prefect_server(settings: Settings) -> Server:
    """Prefect's UI and API, with its own database in `home`."""
    command = [
        str(_BIN / "prefect"),
        "server",
        "start",
        f"--host={settings.host}",
        f"--port={settings.prefect_port}",
    ]
    environment = {"PREFECT_HOME": str(settings.home / "prefect")}
    return Server("prefect", command, settings.host, settings.prefect_port, "/api/health", environment)


@contextmanager
def prefect_for_flows(settings: Settings) -> Iterator[None]:
    """Give the flows of this process a Prefect server; enter it before `prefect` is first imported.

    A server that runs already is used. Without one, Prefect itself would start a
    temporary server, which outlives a flow that is killed; ours ends with this process.
    """
    if "PREFECT_API_URL" in os.environ:
        yield
        return
    server = prefect_server(settings.model_copy(update={"prefect_port": free_port(settings.host)}))
    with running([server], log_folder=settings.home / "logs"):
        os.environ["PREFECT_API_URL"] = f"{server.url}/api"
        try:
            yield
        finally:
            del os.environ["PREFECT_API_URL"]


def service_server(settings: Settings, *, tracking_url: str, config_path: Path | None = None) -> Server:
    """The service, over the given registry."""
    command = [str(_BIN / "colophon"), "serve", f"--port={settings.service_port}"]
    if config_path is not None:
        command.append(f"--config={config_path}")
    environment = {f"{PREFIX}HOME": str(settings.home), f"{PREFIX}TRACKING_URL": tracking_url}
    return Server("service", command, settings.host, settings.service_port, "/readyz", environment)


def require_free_ports(servers: Sequence[Server]) -> None:
    """Refuse to start any server while a port of one is in use.

    Raises:
        ConflictError: names the port and the variable that moves it.
    """
    for server in servers:
        require_free_port(server, variable=f"{PREFIX}{server.name.upper()}_PORT")


def on_free_ports(settings: Settings) -> Settings:
    """The same settings with ports that nobody uses, for a run that must not meet other servers."""
    ports = {name: free_port(settings.host) for name in ("mlflow_port", "prefect_port", "service_port")}
    return settings.model_copy(update=ports)
