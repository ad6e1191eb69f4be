"""New champions under constant load, in the real service over the real registry."""

import threading
import time
from pathlib import Path
from typing import Any

import httpx

from models.types import LabelledText

MODEL = "swapped"
CALLERS = 4
LIVE_SECONDS = 10


def examples(label: str) -> list[LabelledText]:
    texts = [LabelledText(f"please look at this {i}", label) for i in range(10)]
    return texts + [LabelledText(f"nothing to see here {i}", "other") for i in range(10)]


class Load:
    """Callers that ask without a pause, and what they were answered."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._call) for _ in range(CALLERS)]
        self.versions: list[str] = []
        self.failures: list[str] = []

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _call(self) -> None:
        with httpx.Client(base_url=self._url, timeout=30) as client:
            while not self._stopping.is_set():
                answer = client.post("/classify", json={"texts": ["look", "please look"], "model": MODEL})
                if answer.status_code != 200:
                    self.failures.append(answer.text)
                    return
                body = answer.json()
                self.versions.append(body["version"])
                expected = f"label-{body['version']}"
                if {result["label"] for result in body["results"]} != {expected}:
                    self.failures.append(f"version {body['version']} answered {body['results']}")

    def wait_for(self, version: str) -> float:
        """Give the seconds until a version answers."""
        started = time.monotonic()
        while version not in self.versions[-CALLERS:]:
            assert not self.failures
            assert time.monotonic() - started < LIVE_SECONDS
            time.sleep(0.01)
        return time.monotonic() - started


def state(client: httpx.Client) -> dict[str, Any]:
    models = client.get("/models").json()["models"]
    return next(model for model in models if model["name"] == MODEL)


def test_champions_when_they_change_under_load(
    service: Any, client: httpx.Client, tmp_path: Path, classifier: Any
) -> None:
    deployment = service.deployment
    versions = [
        deployment.register(MODEL, classifier(examples(f"label-{number}"), tmp_path / str(number)))
        for number in (1, 2, 3)
    ]
    deployment.promote(versions[0])
    deadline = time.monotonic() + LIVE_SECONDS
    while state(client)["state"] != "live":
        assert time.monotonic() < deadline
        time.sleep(0.1)

    with Load(service.url) as load:
        load.wait_for("1")
        deployment.promote(versions[1])
        seconds = load.wait_for("2")
        print(f"live after {seconds:.2f} s, {len(load.versions)} answers")
        _break(deployment, versions[2])
        deployment.promote(versions[2])
        deadline = time.monotonic() + LIVE_SECONDS
        while not (problem := state(client)["problem"]):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        before = len(load.versions)
        while len(load.versions) < before + 2 * CALLERS:
            time.sleep(0.01)
    assert "version 3 cannot be used" in problem
    assert (state(client)["state"], state(client)["version"]) == ("live", "2")
    assert load.failures == []
    assert load.versions[-1] == "2"
    assert load.versions.index("2") >= load.versions.count("1") - CALLERS  # after the swap nobody got the old one
    deployment.promote(versions[1])


def _break(deployment: Any, version: Any) -> None:
    """Change one byte of a version's files, where the registry keeps them."""
    folder = deployment.registry.load(version.name, version=version.version).folder
    path = max((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
