"""The registry through a running MLflow server, where artifacts travel over HTTP."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient

from configs.files import digest_of_folder
from models.registry import Registry
from models.types import SummaryRequest


@pytest.fixture
def server_url(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    stores = ["--backend-store-uri", f"sqlite:///{tmp_path}/mlflow.db", "--artifacts-destination", str(tmp_path / "a")]
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen([*command, *stores], stdout=log, stderr=log, cwd=tmp_path, start_new_session=True)
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, 15)
        process.wait(30)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        assert process.poll() is None, "the server ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail("the server did not start")


@pytest.mark.slow
def test_registry_works_when_the_store_is_a_server(server_url: str, saved_lead: Path, tmp_path: Path) -> None:
    profile = tmp_path / "reference"
    profile.mkdir()
    (profile / "counts.json").write_text("{}")
    client = MlflowClient(tracking_uri=server_url)
    run_id = client.create_run(client.create_experiment("served")).info.run_id
    registry = Registry(server_url, artifacts_folder=tmp_path / "home")

    for _ in range(2):
        version = registry.log_and_register(
            name="lead", folder=saved_lead, run_id=run_id, tags={}, metrics={"test/x": 1.0}, profile_folder=profile
        )
    assert [found.version for found in registry.versions("lead")] == ["1"]
    registry.set_alias("lead", "champion", "1")

    loaded = registry.load("lead")
    assert loaded.predictor.predict([SummaryRequest("One. Two. Three.")])[0].sentences == ("One.", "Two.")
    assert loaded.folder.is_relative_to(tmp_path / "home")
    assert digest_of_folder(loaded.folder) == version.digest
    assert (registry.profile_folder(version) / "counts.json").is_file()

    (loaded.folder / "summarizer.json").write_text("{}")  # a broken copy is fetched again
    assert digest_of_folder(registry.load("lead").folder) == version.digest
