import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from configs.errors import ConfigError
from configs.loader import load_yaml, parse
from configs.settings import Settings
from models.registry import Version
from pipelines.documents import verify_file
from pipelines.stores import open_registry, open_tracking
from pipelines.train import TrainingResult, train
from pipelines.training_config import TrainingConfig
from pipelines.training_plan import TrainingPlan
from templates.engine import DocumentEngine
from templates.readback import text_of_docx, text_of_pdf

ROOT = Path(__file__).resolve().parents[2]
TRAININGS = sorted((ROOT / "configs" / "training").glob("*.yaml"))


def version_of(result: TrainingResult, settings: Settings) -> Version:
    return open_registry(settings).resolve(result.name, version=result.version)


def test_train_when_new_registers_a_challenger(trained: TrainingResult, deployment: Settings) -> None:
    version = version_of(trained, deployment)
    assert version.aliases == ("challenger",)
    assert version.digest == trained.digest
    assert trained.metrics["test/accuracy"] > trained.metrics["baseline/accuracy"]
    assert trained.metrics["test/accuracy_low"] < trained.metrics["test/accuracy"]


def test_train_when_done_writes_down_what_a_reviewer_needs(trained: TrainingResult, deployment: Settings) -> None:
    tracking = open_tracking(deployment)
    card = tracking.artifact(trained.run_id, "card.md").read_text(encoding="utf-8")
    for part in (
        trained.digest,
        "data sha256",
        "baseline (tfidf-linear)",
        f"run_uuid={trained.run_id}",
        "Worst errors",
        "expected calibration error",
        "sure enough to answer",
    ):
        assert part in card
    plots = {path.name for path in tracking.artifact(trained.run_id, "plots").iterdir()}
    assert {"comparison.png", "confusion.png", "recall.png", "reliability.png", "coverage.png"} <= plots
    assert {"comparison.png", "slices.png"} <= plots
    tables = tracking.artifact(trained.run_id, "tables")
    for name in ("worst_errors.csv", "slices.csv", "label_noise.csv", "compared_with_baseline.csv"):
        assert len((tables / name).read_text(encoding="utf-8").splitlines()) > 1, name
    assert "training examples examined may carry a wrong one" in card


def test_train_when_slices_are_named_scores_their_values(
    deployment: Settings, tiny: dict[str, Any], tmp_path: Path
) -> None:
    rows = [(word, number) for number in range(150) for word in ("order", "bill")]
    lines = [f"{word} {number},{word},{'mail' if number % 2 else 'chat'}" for word, number in rows]
    (tmp_path / "all.csv").write_text("\n".join(["text,label,channel", *lines]), encoding="utf-8")
    dataset = {"source": "files", "path": str(tmp_path / "all.csv"), "slices": ["channel"], "test_share": 0.4}
    config = parse({**tiny, "model": "sliced", "dataset": dataset}, TrainingConfig, source="sliced")
    result = train(config, deployment)
    table = open_tracking(deployment).artifact(result.run_id, "tables/slices.csv").read_text(encoding="utf-8")
    assert {"channel: mail", "channel: chat"} <= {line.split(",")[0] for line in table.splitlines()}


def test_train_when_done_keeps_the_sealed_card(trained: TrainingResult, deployment: Settings) -> None:
    folder = open_tracking(deployment).artifact(trained.run_id, "card")
    for name, text_of in (("model-card.docx", text_of_docx), ("model-card.pdf", text_of_pdf)):
        text = "".join(text_of((folder / name).read_bytes()).split())
        assert f"Version{trained.version}" in text
        assert trained.digest in text
        assert "Findings" in text
        assert verify_file(folder / name, deployment, keys=()).genuine


def test_train_when_done_says_how_sure_the_version_is(trained: TrainingResult) -> None:
    metrics = trained.metrics
    assert 0 < metrics["test/ece"] < metrics["test/ece_uncalibrated"]
    assert 0.1 < metrics["test/coverage"] < 0.9
    assert metrics["test/answered_accuracy"] > metrics["test/accuracy"] + 0.05


def test_train_when_done_fills_the_model_card(trained: TrainingResult, deployment: Settings) -> None:
    data = json.loads(open_tracking(deployment).artifact(trained.run_id, "card.json").read_text(encoding="utf-8"))
    text = text_of_docx(DocumentEngine().render("model-card", data, "docx").content)
    for part in (trained.digest, data["data"]["digest"], "baseline (tfidf-linear)", data["classes"][0]["label"]):
        assert part in text


def test_train_when_repeated_gives_the_same_version(
    trained: TrainingResult, deployment: Settings, tiny: dict[str, Any]
) -> None:
    again = train(parse(tiny, TrainingConfig, source="tiny"), deployment)
    assert (again.version, again.digest, again.run_id) == (trained.version, trained.digest, trained.run_id)
    assert {name: again.steps[name] for name in ("data", "fit", "baseline")} == dict.fromkeys(
        ("data", "fit", "baseline"), "done before"
    )
    assert len(open_registry(deployment).versions(trained.name)) == 1


def test_plan_when_a_parameter_changes_keeps_the_data(tiny: dict[str, Any], tmp_path: Path) -> None:
    before = TrainingPlan.of(parse(tiny, TrainingConfig, source="tiny"), tmp_path)
    changed = {**tiny, "predictor": {"kind": "tfidf-linear", "parameters": {"longest_ngram": 1}}}
    after = TrainingPlan.of(parse(changed, TrainingConfig, source="tiny"), tmp_path)
    assert before.data == after.data
    assert before.fit != after.fit


@pytest.mark.parametrize("path", TRAININGS, ids=lambda path: path.stem)
def test_training_files_when_read(path: Path) -> None:
    assert load_yaml(path, TrainingConfig).description


def test_config_when_data_is_for_another_task(tiny: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="Expected data for summarization"):
        parse({**tiny, "task": "summarization"}, TrainingConfig, source="tiny")


@pytest.mark.slow
@pytest.mark.parametrize("step", ["data", "fit", "optimize", "evaluate"])
def test_train_when_killed_goes_on_and_registers_once(
    step: str, tiny: dict[str, Any], deployment: Settings, tmp_path: Path
) -> None:
    """Kill the command as soon as a step shows its first output; the next run must finish, with one version."""
    tiny = {**tiny, "model": f"killed-in-{step}", "seed": len(step) + 100}
    config = tmp_path / "tiny.yaml"
    config.write_text(yaml.safe_dump(tiny), encoding="utf-8")
    command = [sys.executable, "-m", "pipelines.cli", "train", str(config), "--json"]
    environment = {**os.environ, "COLOPHON_HOME": str(deployment.home)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    before = set(deployment.work_folder.glob(f"{step}-*"))
    while process.poll() is None and not set(deployment.work_folder.glob(f"{step}-*")) - before:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert _ends(lambda: _processes_of(deployment.home)), "the flow's Prefect server outlived it"
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    registry = open_registry(deployment)
    (version,) = registry.versions(tiny["model"])
    assert version.aliases == ("challenger",)
    assert registry.load(tiny["model"], alias="challenger").predictor.predict(["Where is my parcel?"])


def _ends(find: Callable[[], list[int]], seconds: float = 15) -> bool:
    """Wait until `find` gives nothing."""
    deadline = time.monotonic() + seconds
    while find() and time.monotonic() < deadline:
        time.sleep(0.1)
    return not find()


def _processes_of(home: Path) -> list[int]:
    """The processes that were started with this home, by the environment that Linux shows."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it may be gone by now
            if f"COLOPHON_HOME={home}".encode() in entry.read_bytes().split(b"\0"):
                found.append(int(entry.parent.name))
    return found
