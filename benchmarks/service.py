"""Requests per second of `/classify`, beside the same server's `/livez`, which does nothing: what an answer costs.

Both are asked in turn within one run, by 1, 16 and 64 callers; the medians of interleaved repeats are printed. The
model is TF-IDF with logistic regression, so that the service is measured and not an encoder.
"""

import argparse
import concurrent.futures
import importlib.metadata
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from configs.loader import parse
from configs.settings import Settings
from pipelines import runtime
from pipelines.processes import running
from pipelines.servers import on_free_ports, service_server

TEXT = "The parcel with my order 4711 has not arrived yet, where is it?"
CONFIG = {
    "model": "message-classifier",
    "description": "Benchmark.",
    "intended_use": "Benchmark.",
    "task": "text-classification",
    "dataset": {"source": "generated", "generator": "messages", "size": 240},
    "predictor": {"kind": "tfidf-linear"},
    "baseline": {"kind": "tfidf-linear", "parameters": {"min_documents": 60}},
    "gate": {"metric": "accuracy", "margin": 0.01},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        settings = on_free_ports(Settings(home=Path(home)))
        settings.prepare()
        runtime.prepare(settings)
        train_and_promote(settings)
        server = service_server(settings, tracking_url=settings.resolved_tracking_url)
        with running([server], log_folder=settings.home / "logs"), httpx.Client(base_url=server.url) as client:
            while client.get("/readyz").status_code != httpx.codes.OK:
                time.sleep(0.2)
            compare(server.url, arguments.repeats, arguments.seconds)


def train_and_promote(settings: Settings) -> None:
    """Imported here, after the process was prepared: Prefect reads its settings when it is imported."""
    from pipelines.promote import promote
    from pipelines.train import train
    from pipelines.training_config import TrainingConfig

    train(parse(CONFIG, TrainingConfig, source="benchmark"), settings)
    promote("message-classifier", settings)


def compare(url: str, repeats: int, seconds: float) -> None:
    print(f"bentoml {importlib.metadata.version('bentoml')}; medians of {repeats} interleaved repeats")
    print("callers  /classify per s  /livez per s  ratio")
    for callers in (1, 16, 64):
        ours, nothing = [], []
        for _ in range(repeats):
            ours.append(rate(url, callers, seconds, lambda client: client.post("/classify", json={"texts": [TEXT]})))
            nothing.append(rate(url, callers, seconds, lambda client: client.get("/livez")))
        a, b = statistics.median(ours), statistics.median(nothing)
        print(f"{callers:>7}  {a:>15.0f}  {b:>12.0f}  {a / b:>5.2f}")


def rate(url: str, callers: int, seconds: float, ask: Callable[[httpx.Client], httpx.Response]) -> float:
    with httpx.Client(base_url=url, timeout=30, limits=httpx.Limits(max_connections=callers)) as client:
        started = time.monotonic()
        deadline = started + seconds

        def call(_: int) -> int:
            answered = 0
            while time.monotonic() < deadline:
                ask(client).raise_for_status()
                answered += 1
            return answered

        with concurrent.futures.ThreadPoolExecutor(callers) as pool:
            answered = sum(pool.map(call, range(callers)))
        return answered / (time.monotonic() - started)


if __name__ == "__main__":
    main()
