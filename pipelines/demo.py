"""`colophon demo`: the whole line in one go, on SQLite and a local folder, without network.

Data → training → gate → service → documents → recorded traffic → drift. Every
part is what a deployment runs; only the sizes are small.
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import httpx

from configs.errors import DependencyError
from configs.files import atomic_write
from configs.settings import Settings
from pipelines.datasets.messages import window
from pipelines.demo_table import DemoResult, Document, demo_table
from pipelines.documents import verify_file
from pipelines.monitor import Window, monitor
from pipelines.processes import running
from pipelines.promote import promote
from pipelines.servers import on_free_ports, service_server
from pipelines.train import train_from_file
from templates.engine import DocumentEngine

_CONFIGS = Path(__file__).resolve().parent.parent / "configs"
_TRAININGS = ("training/messages.yaml", "training/notes.yaml")
_CLASSIFIER = "message-classifier"
_DOCUMENTS = (("monthly-report", "docx"), ("monthly-report", "pdf"), ("business-letter", "docx"))
# Evidently's tests are steady from about 200 rows on, and the service answers that many in seconds.
_WINDOW_MESSAGES = 250
_TEXTS_A_REQUEST = 25
_READY_SECONDS = 60


def run_demo(settings: Settings, *, as_json: bool) -> None:
    """Walk the line and print what came of it.

    Raises:
        ColophonError: a step failed; what was finished is kept for the next run.
    """
    started = time.monotonic()
    trained, promoted = [], []
    for name in _TRAININGS:
        _say(f"Training and gate: configs/{name}")
        trained.append(train_from_file(_CONFIGS / name, [], settings))
        promoted.append(promote(trained[-1].name, settings, by="demo"))
    # Ports of its own: the demo must not meet a service that already runs here.
    server = service_server(on_free_ports(settings), tracking_url=settings.resolved_tracking_url)
    _say("Starting the service")
    with running([server], log_folder=settings.home / "logs"), httpx.Client(base_url=server.url, timeout=60) as client:
        _wait_for_champions(client, [one.name for one in trained])
        _say("Writing documents through the service")
        documents = [_write_document(client, settings, *document) for document in _DOCUMENTS]
        _say(f"Sending two windows of {_WINDOW_MESSAGES} messages")
        alike = _send_window(client, seed=1, shifted=False)
        shifted = _send_window(client, seed=2, shifted=True)
    _say("Comparing what was served with what the model knew")
    # The service wrote its last records when it stopped.
    result = DemoResult(
        trained=trained,
        promoted=promoted,
        documents=documents,
        alike=monitor(_CLASSIFIER, settings, window=alike),
        shifted=monitor(_CLASSIFIER, settings, window=shifted),
        seconds=time.monotonic() - started,
    )
    print(json.dumps(asdict(result), default=str) if as_json else demo_table(result, settings))


def _say(line: str) -> None:
    print(f"==> {line}", file=sys.stderr, flush=True)


def _wait_for_champions(client: httpx.Client, names: Sequence[str]) -> None:
    """Wait until the service answers with the champions that were just promoted."""
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if client.get("/readyz").status_code == httpx.codes.OK:
            return
        time.sleep(0.5)
    raise DependencyError(f"The service did not load {' and '.join(names)} in {_READY_SECONDS} s.")


def _write_document(client: httpx.Client, settings: Settings, template: str, file_format: str) -> Document:
    """Let the service write a document from the template's example; verify it, and a copy with one byte changed."""
    example = DocumentEngine().example(template)
    answer = client.post("/render", json={"template": template, "data": example, "format": file_format})
    _require_ok(answer)
    path = settings.home / "documents" / f"{template}.{file_format}"
    atomic_write(path, answer.content)
    changed_path = path.with_name(f"{template}-changed.{file_format}")
    changed = bytearray(answer.content)
    changed[len(changed) // 2] ^= 1
    atomic_write(changed_path, bytes(changed))
    return Document(
        file=str(path),
        genuine=verify_file(path, settings, keys=[]).genuine,
        changed_copy_genuine=verify_file(changed_path, settings, keys=[]).genuine,
    )


def _send_window(client: httpx.Client, *, seed: int, shifted: bool) -> Window:
    """Send messages to the classifier; gives the window of time in which they were recorded."""
    messages = window(_WINDOW_MESSAGES, seed, shifted=shifted)
    since = datetime.now(UTC)
    for start in range(0, len(messages), _TEXTS_A_REQUEST):
        _require_ok(client.post("/classify", json={"texts": messages[start : start + _TEXTS_A_REQUEST]}))
    return Window(since=since, until=datetime.now(UTC))


def _require_ok(answer: httpx.Response) -> None:
    if answer.status_code != httpx.codes.OK:
        raise DependencyError(f"The service answered {answer.status_code}: {answer.text[:300]}", where=str(answer.url))
