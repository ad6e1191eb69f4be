"""The flow `monitor`: has what was served drifted from what the serving version knew?

The recorded window is compared with the reference profile of the version that
served it; the report goes to MLflow.
"""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from configs.errors import InputError
from configs.files import digest_of
from configs.loader import load_yaml
from configs.logging import get_logger
from configs.settings import Settings
from evaluation import drift
from evaluation.profiles import ReferenceProfile
from evaluation.records import InferenceRecord, Records
from models.registry import Version
from pipelines.stores import open_registry, open_tracking

log = get_logger(__name__)

DEFAULT_CONFIG = Path(__file__).resolve().parent.parent / "configs" / "monitoring.yaml"


@dataclass(frozen=True)
class Window:
    """Which records are looked at: those between two times, and at most the newest `last`."""

    since: datetime | None = None
    until: datetime | None = None
    last: int | None = None


@dataclass(frozen=True)
class MonitoringResult:
    """What a comparison ends with.

    Attributes:
        model, version: what served the window.
        drifted: the verdict.
        columns: name, method, score, threshold and verdict of each column.
        records: how many records the window held.
        run_id: the MLflow run that carries the report.
        sentence: the verdict for people.
    """

    model: str
    version: str
    drifted: bool
    columns: Sequence[dict[str, Any]]
    records: int
    run_id: str
    sentence: str


@task(task_run_name="compare {version.name} {version.version}", cache_policy=NO_CACHE)
def compare(
    version: Version, rows: list[dict[str, Any]], config: drift.MonitoringConfig, settings: Settings
) -> MonitoringResult:
    """Compare the window with the version's reference profile and log the report."""
    profile = ReferenceProfile.load(open_registry(settings).profile_folder(version))
    verdict = drift.compare(profile, rows, config)
    tracking = open_tracking(settings)
    run = tracking.open_run(
        f"{version.name} monitoring",
        digest=digest_of({"version": version.digest, "rows": rows}),
        name=f"version {version.version}, {len(rows)} records",
    )
    with tempfile.TemporaryDirectory() as folder:
        verdict.write_report(Path(folder) / "drift.html")
        tracking.log_folder(run, Path(folder))
    tracking.log_metrics(run, verdict.as_metrics())
    tracking.log_tags(run, {"drifted": str(verdict.drifted).lower(), "colophon.version": version.version})
    tracking.describe(run, verdict.sentence())
    tracking.finish(run)
    return MonitoringResult(
        model=version.name,
        version=version.version,
        drifted=verdict.drifted,
        columns=[asdict(column) for column in verdict.columns],
        records=len(rows),
        run_id=run.run_id,
        sentence=verdict.sentence(),
    )


@flow(name="monitor", flow_run_name="monitor {model}", validate_parameters=False)
def monitor(
    model: str, settings: Settings, *, window: Window = Window(), config_path: Path = DEFAULT_CONFIG
) -> MonitoringResult:
    """Say whether the window drifted, which columns, with the thresholds used.

    Where several versions served the window, the one with most records is compared, with its own records only.

    Raises:
        InputError: the window holds no records, or too few for a verdict.
    """
    config = load_yaml(config_path, drift.MonitoringConfig)
    with Records.open(settings.resolved_records_url) as records:
        found = records.inferences(model=model, since=window.since, until=window.until, limit=window.last)
    if not found:
        raise InputError(
            f"No inference of `{model}` is recorded in this window.",
            hint="Send some requests to the service, or widen the window.",
        )
    version, rows = _most_served(found)
    served_by = open_registry(settings).resolve(model, version=version)
    result = compare(served_by, [dict(row.columns) for row in rows], config, settings)
    log.info("monitor", model=model, version=version, drifted=result.drifted, reason=result.sentence)
    return result


def _most_served(found: Sequence[InferenceRecord]) -> tuple[str, list[InferenceRecord]]:
    version = Counter(row.version for row in found).most_common(1)[0][0]
    return version, [row for row in found if row.version == version]
