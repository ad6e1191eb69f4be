"""`colophon up`: MLflow's UI, Prefect and the service, started and stopped together."""

from collections.abc import Callable

from configs import servers as addresses
from configs.errors import ConflictError
from configs.settings import Settings
from pipelines.processes import running, wait_for_end
from pipelines.servers import mlflow_server, prefect_server, require_free_ports, service_server


def run_servers(settings: Settings, *, say: Callable[[str], None]) -> None:
    """Run the three servers until this process is asked to stop.

    Raises:
        ConflictError: a port is in use, or the servers of this home run already.
        DependencyError: a server did not start; the message names its log.
    """
    if addresses.live_url(settings.home, "mlflow"):
        raise ConflictError("The servers of this home run already.", where=str(settings.home))
    mlflow, prefect = mlflow_server(settings), prefect_server(settings)
    service = service_server(settings, tracking_url=mlflow.url)
    require_free_ports([mlflow, prefect, service])
    log_folder = settings.home / "logs"
    say(f"Starting MLflow, Prefect and the service; their logs are in {log_folder}.")
    with running([mlflow, prefect], log_folder=log_folder), running([service], log_folder=log_folder):
        addresses.write_urls(settings.home, {server.name: server.url for server in (mlflow, prefect, service)})
        try:
            for server in (mlflow, prefect, service):
                say(f"  {server.name:<8} {server.url}")
            say("Ctrl-C stops them.")
            wait_for_end()
            say("Stopping.")
        finally:
            addresses.forget_urls(settings.home)
