"""What the demo ends with, and the short table that says it."""

from collections.abc import Sequence
from dataclasses import dataclass

from configs.settings import Settings
from pipelines.monitor import MonitoringResult
from pipelines.promote import Promotion
from pipelines.train import TrainingResult


@dataclass(frozen=True)
class Document:
    """A document that the service wrote, and what `verify` says of it and of a copy with one byte changed."""

    file: str
    genuine: bool
    changed_copy_genuine: bool


@dataclass(frozen=True)
class DemoResult:
    """What the demo ends with."""

    trained: Sequence[TrainingResult]
    promoted: Sequence[Promotion]
    documents: Sequence[Document]
    alike: MonitoringResult
    shifted: MonitoringResult
    seconds: float


def demo_table(result: DemoResult, settings: Settings) -> str:
    """Write the result as lines for a terminal."""
    lines = ["", "Models                     version  metric     test    baseline  gate"]
    for trained, promoted in zip(result.trained, result.promoted, strict=True):
        score, baseline = trained.metrics[f"test/{trained.metric}"], trained.metrics[f"baseline/{trained.metric}"]
        name_columns = f"{trained.name:<26} {trained.version:<8} {trained.metric:<10}"
        lines.append(f"  {name_columns} {score:.3f}   {baseline:.3f}     {promoted.action}"[2:])
    lines += ["", "Documents"]
    for document in result.documents:
        changed = "genuine" if document.changed_copy_genuine else "NOT GENUINE"
        lines.append(f"{document.file}")
        lines.append(f"  verify: {'genuine' if document.genuine else 'NOT GENUINE'}; with one byte changed: {changed}")
    lines += ["", "Drift"]
    lines.append(f"  messages like the training data: {result.alike.sentence}")
    lines.append(f"  messages of a campaign:          {result.shifted.sentence}")
    lines += [
        "",
        f"The whole line took {result.seconds:.0f} s. Everything it wrote is in {settings.home}.",
        "",
        "Look:  colophon up, then",
        f"  http://{settings.host}:{settings.mlflow_port}   the models, runs and drift reports in MLflow",
        f"  http://{settings.host}:{settings.prefect_port}   the flows in Prefect",
        f"  http://{settings.host}:{settings.service_port}/docs.json   the service",
        "Try:",
        f"  .venv/bin/colophon predict {result.trained[0].name} --text 'Where is the parcel with my order 4711?'",
        f"  .venv/bin/colophon verify {result.documents[0].file}",
        f"  .venv/bin/colophon history {result.trained[0].name}",
    ]
    return "\n".join(lines)
