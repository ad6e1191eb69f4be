import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from configs.errors import ConfigError, ConflictError, DependencyError
from configs.settings import Settings
from evaluation.records import Records
from serving import server

WRONG = "poll_seconds: never\n"


def test_environment_when_settings_are_relative(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(
        home=Path("home"),
        tracking_url="sqlite:///mlflow.db",
        records_url="postgresql://user@host/records",
        template_folders=(Path("mine"),),
        threads=3,
    )
    variables = server.environment(settings)
    assert variables["COLOPHON_HOME"] == str(tmp_path / "home")
    assert variables["COLOPHON_TRACKING_URL"] == f"sqlite:///{tmp_path}/mlflow.db"
    assert variables["COLOPHON_RECORDS_URL"] == "postgresql://user@host/records"
    assert variables["OMP_NUM_THREADS"] == "3"
    assert "COLOPHON_SIGNING_KEY_FILE" not in variables
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Settings.from_environment().template_folders == (tmp_path / "mine",)


def test_start_when_the_port_is_in_use(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConflictError) as caught:
            server.start(settings.model_copy(update={"service_port": port}))
    assert str(port) in str(caught.value)
    assert "COLOPHON_SERVICE_PORT" in str(caught.value)


def test_start_when_the_configuration_is_wrong(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "serving.yaml"
    path.write_text(WRONG, encoding="utf-8")
    with pytest.raises(ConfigError):
        server.start(settings, path)


def test_start_when_the_host_has_no_address(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="COLOPHON_HOST"):
        server.start(settings.model_copy(update={"host": "no such host"}))


def test_wait_when_nothing_listens() -> None:
    with pytest.raises(DependencyError, match="not ready"):
        server.wait_until_ready("http://127.0.0.1:9", 0.3)


def test_wait_when_the_process_ended() -> None:
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    process.wait()
    with pytest.raises(DependencyError, match="status 3"):
        server.wait_until_ready("http://127.0.0.1:9", 5, process=process)


@contextmanager
def _serving(deployment: Any, serving_path: Path, port: int, log_path: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """Run `serve` in a process of its own, as a command would."""
    code = (
        "import sys; from pathlib import Path; from configs.settings import Settings; from serving import server;"
        "sys.exit(server.serve(Settings.from_environment(), Path(sys.argv[1])))"
    )
    settings = deployment.settings.model_copy(update={"service_port": port})
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(serving_path)],
            env={**os.environ, **server.environment(settings)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            server.wait_until_ready(f"http://127.0.0.1:{port}", 60, process=process)
            yield process
        finally:
            process.kill()
            process.wait()


def _wait_until_nothing_listens(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.1)
    raise AssertionError("something still listens")


@pytest.mark.slow
def test_serve_when_it_is_asked_to_stop(deployment: Any, serving_path: Path, tmp_path: Path, port: int) -> None:
    with _serving(deployment, serving_path, port, tmp_path / "log") as process:
        answer = httpx.post(f"http://127.0.0.1:{port}/classify", json={"texts": ["the invoice"]})
        assert answer.status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    _wait_until_nothing_listens(port)
    assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")
    with Records.open(deployment.settings.resolved_records_url) as records:
        written = [row.request_id for row in records.inferences(model="kinds")]
    assert answer.headers["x-request-id"] in written


@pytest.mark.slow
def test_serve_when_it_is_killed(deployment: Any, serving_path: Path, tmp_path: Path, port: int) -> None:
    with _serving(deployment, serving_path, port, tmp_path / "log") as process:
        process.kill()
        process.wait()
        _wait_until_nothing_listens(port)
