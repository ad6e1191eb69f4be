"""Servers as child processes: started together, waited for, stopped together."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from configs.errors import ConflictError, DependencyError
from serving.processes import die_with_parent

_STOP_SECONDS = 25  # the service gives itself 20 to finish its requests and write its records
_POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Server:
    """A server to start: its command, and the address that answers once it is ready."""

    name: str
    command: Sequence[str]
    host: str
    port: int
    ready_path: str
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"http://{self.host}:{self.port}"


def free_port(host: str = "127.0.0.1") -> int:
    """Ask the system for a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def require_free_port(server: Server, *, variable: str) -> None:
    """Refuse a port that is in use.

    Raises:
        ConflictError: something listens there.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((server.host, server.port))
        except OSError:
            raise ConflictError(
                f"Port {server.port} for {server.name} is in use.",
                where=f"{server.host}:{server.port}",
                hint=f"Stop what listens there or set {variable}.",
            ) from None


@contextlib.contextmanager
def running(servers: Sequence[Server], *, log_folder: Path, ready_seconds: float = 120) -> Iterator[None]:
    """Start the servers, wait until all are ready, and stop them when the block ends.

    Args:
        servers: what to start.
        log_folder: each server's output goes to `<name>.log` there.
        ready_seconds: how long one may take; the first start creates databases.

    Raises:
        DependencyError: a server ended or was not ready in time; the message names its log.
    """
    log_folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        processes = {server.name: stack.enter_context(_process(server, log_folder)) for server in servers}
        for server in servers:
            _wait_until_ready(server, processes[server.name], log_folder, ready_seconds)
        yield


def wait_for_end() -> None:
    """Sleep until the user or the system asks this process to stop; call it when the servers run."""
    numbers = {signal.SIGINT, signal.SIGTERM}
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        signal.sigwait(numbers)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)


@contextlib.contextmanager
def _process(server: Server, log_folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    log_path = log_folder / f"{server.name}.log"
    with log_path.open("wb") as log_file:
        process = subprocess.Popen(
            list(server.command),
            env={**os.environ, **server.environment},
            stdin=subprocess.DEVNULL,
            stdout=log_file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        try:
            yield process
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
    # The session of the server may hold workers that outlived it.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes], log_folder: Path, seconds: float) -> None:
    log_path = log_folder / f"{server.name}.log"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise DependencyError(
                f"{server.name} ended with status {process.returncode} while starting.", where=str(log_path)
            )
        try:
            with urllib.request.urlopen(server.url + server.ready_path, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(_POLL_SECONDS)
    raise DependencyError(f"{server.name} was not ready after {seconds:.0f} s.", where=str(log_path))
