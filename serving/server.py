"""Starting and stopping the service as a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from configs import telemetry
from configs.errors import ConfigError, ConflictError, DependencyError
from configs.settings import PREFIX, Settings
from serving import config
from serving.processes import die_with_parent

_ROOT = Path(__file__).resolve().parent.parent
_SQLITE = "sqlite:///"
_POLL_SECONDS = 0.2
_GRACE_SECONDS = 10  # for requests that run when the service stops
_STOP_SECONDS = _GRACE_SECONDS + 10  # and then for the last records


def url_of(settings: Settings) -> str:
    """Give the address of the service for clients."""
    return f"http://{settings.host}:{settings.service_port}"


def command(settings: Settings, config_path: Path | None = None) -> list[str]:
    """Give the command line of the service; it needs the variables of `environment`."""
    line = [
        sys.executable,
        "-m",
        "bentoml",
        "serve",
        "serving.service:ColophonService",
        # BentoML imports from its working folder first; a folder `models` of the user's must not stand before ours.
        f"--working-dir={_ROOT}",
        f"--host={_address(settings)[1]}",  # BentoML takes no name
        f"--port={settings.service_port}",
        f"--timeout-graceful-shutdown={_GRACE_SECONDS}",
    ]
    return line if config_path is None else [*line, "--arg", f"config={config_path.absolute()}"]


def environment(settings: Settings) -> dict[str, str]:
    """Give the variables that carry the settings to the service, beside those of this process."""
    values = settings.model_dump(exclude_none=True)
    return {
        **{PREFIX + name.upper(): _written(value) for name, value in values.items()},
        **telemetry.SWITCHES,
        "BENTOML_HOME": str(settings.home.absolute() / "bentoml"),
        # Read by the maths libraries of the models when they are first imported.
        "OMP_NUM_THREADS": str(settings.threads),
        "OMP_WAIT_POLICY": "PASSIVE",  # threads that wait give their core to the other models
        "TOKENIZERS_PARALLELISM": "false",
    }


def start(settings: Settings, config_path: Path | None = None) -> subprocess.Popen[bytes]:
    """Start the service; it ends when the calling thread does, so call it where the thread lives on.

    Raises:
        ConfigError: the configuration is wrong.
        ConflictError: the port is in use.
        DependencyError: the home folder cannot be written.
    """
    config.load(config_path)
    settings.prepare()
    _require_free_port(settings)
    return subprocess.Popen(
        command(settings, config_path),
        env={**os.environ, **environment(settings)},
        stdin=subprocess.DEVNULL,
        # Ctrl-C in a terminal reaches every process of the session; the service is told once, by us.
        start_new_session=True,
        preexec_fn=die_with_parent,
    )


def stop(process: "subprocess.Popen[bytes]") -> int:
    """Let the service finish its requests and write its records; give its exit status, 0 for a clean end."""
    process.terminate()
    try:
        return max(process.wait(_STOP_SECONDS), 0)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return 1


def serve(settings: Settings, config_path: Path | None = None) -> int:
    """Run the service until it ends or this process is asked to stop; call it in the main thread.

    Returns:
        The exit status: 0 where it was asked to stop.

    Raises:
        ConfigError: the configuration is wrong.
        ConflictError: the port is in use.
        DependencyError: the home folder cannot be written.
    """
    asked: list[int] = []
    numbers = (signal.SIGTERM, signal.SIGINT)
    previous = {number: signal.signal(number, lambda received, _: asked.append(received)) for number in numbers}
    try:
        process = start(settings, config_path)
        while process.poll() is None and not asked:
            time.sleep(_POLL_SECONDS)
        return stop(process) if asked else process.returncode
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def wait_until_ready(url: str, timeout: float = 60, *, process: "subprocess.Popen[bytes] | None" = None) -> None:
    """Wait until the service at `url` answers with its models.

    Raises:
        DependencyError: it was not ready in time, or `process` ended before.
    """
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if process is not None and process.poll() is not None:
            raise DependencyError(f"The service ended with status {process.returncode} while starting.", where=url)
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=_POLL_SECONDS * 5):
                return
        except OSError:
            time.sleep(_POLL_SECONDS)
    raise DependencyError(f"The service was not ready after {timeout:g} s.", where=url, hint="Its log says why.")


def _require_free_port(settings: Settings) -> None:
    family, host = _address(settings)
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, settings.service_port))
        except OSError as error:
            raise ConflictError(
                f"The service cannot bind to its address: {error.strerror or error}.",
                where=f"{settings.host}:{settings.service_port}",
                hint=f"Stop what listens there, or set {PREFIX}SERVICE_PORT.",
            ) from None


def _address(settings: Settings) -> tuple[socket.AddressFamily, str]:
    try:
        family, _, _, _, address = socket.getaddrinfo(settings.host, None, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise ConfigError("Expected an address of this machine.", where=f"{PREFIX}HOST") from None
    return family, str(address[0])


def _written(value: Any) -> str:
    """Write a setting as its variable, with paths that hold in any working folder."""
    if isinstance(value, Path):
        return str(value.absolute())
    if isinstance(value, tuple):
        return json.dumps([_written(item) for item in value])
    if isinstance(value, str) and value.startswith(_SQLITE):
        return _SQLITE + str(Path(value.removeprefix(_SQLITE)).absolute())
    return str(value)
