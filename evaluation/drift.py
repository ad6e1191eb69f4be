"""Drift: do the inputs and answers of a window still look like the reference profile of the version?

Evidently measures the distance of each column by a pinned method. A column has
drifted when its distance is large enough to matter (the pinned threshold) and
larger than chance makes between samples of these sizes (`evaluation.chance`).
"""

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from configs.errors import ConfigError, InputError
from configs.files import atomic_write
from configs.loader import ClosedModel
from evaluation.chance import chance_level
from evaluation.profiles import ReferenceProfile, Row, sample

Columns = Mapping[str, Sequence[float | str]]


class ColumnConfig(ClosedModel):
    """How one column is compared."""

    method: Literal["jensenshannon", "wasserstein"] = Field(
        description="Evidently's method: jensenshannon for labels, wasserstein (in standard deviations) for numbers."
    )
    threshold: float = Field(gt=0, description="The smallest distance that matters.")
    decides: bool = Field(False, description="Whether drift of this column alone is drift of the window.")


class MonitoringConfig(ClosedModel):
    """What is compared and when a window counts as drifted: `configs/monitoring.yaml`."""

    columns: dict[str, ColumnConfig] = Field(min_length=1)
    drifted_columns: int = Field(ge=1, description="So many drifted columns are drift of the window.")
    chance: float = Field(gt=0, le=0.05, description="How often chance may pass for drift in one column.")
    min_rows: int = Field(ge=20, description="A window with fewer records gets no verdict.")
    seed: int = Field(ge=0, description="Makes the sample of the window and the level of chance the same each time.")


@dataclass(frozen=True)
class ColumnDrift:
    """The verdict on one column.

    Attributes:
        name: the column.
        method: how its distance is measured.
        score: the distance.
        threshold: the one used: the pinned one, or the level of chance where that is higher.
        drifted: whether the score reaches it.
    """

    name: str
    method: str
    score: float
    threshold: float
    drifted: bool


@dataclass(frozen=True)
class DriftVerdict:
    """The verdict on a window.

    Attributes:
        drifted: the verdict.
        columns: the verdict on each column, the one furthest over its threshold first.
        reference_rows: how many rows of the profile were compared.
        current_rows: how many rows of the window were compared.
        rule: what makes a window drifted, in words.
    """

    drifted: bool
    columns: tuple[ColumnDrift, ...]
    reference_rows: int
    current_rows: int
    rule: str
    _snapshot: Any = field(default=None, repr=False, compare=False)

    def as_metrics(self) -> dict[str, float]:
        """Give the verdict, scores and thresholds as `drift/…`."""
        metrics = {
            "drift/drifted": float(self.drifted),
            "drift/drifted_columns": float(sum(column.drifted for column in self.columns)),
            "drift/rows": float(self.current_rows),
        }
        for column in self.columns:
            metrics[f"drift/{column.name}"] = column.score
            metrics[f"drift/{column.name}_threshold"] = column.threshold
        return metrics

    def sentence(self) -> str:
        """Say the verdict and what moved in one sentence."""
        moved = [_in_words(column) for column in self.columns if column.drifted]
        if self.drifted:
            return f"drifted: {', '.join(moved)} ({self._rows})"
        if moved:
            return f"not drifted: {', '.join(moved)} moved, but {self.rule} ({self._rows})"
        closest = self.columns[0]
        return f"not drifted: closest is {_in_words(closest)} ({self._rows})"

    def as_dict(self) -> dict[str, Any]:
        """Give the verdict as plain data."""
        return {
            "drifted": self.drifted,
            "sentence": self.sentence(),
            "rule": self.rule,
            "reference_rows": self.reference_rows,
            "current_rows": self.current_rows,
            "columns": [asdict(column) for column in self.columns],
        }

    def write_report(self, path: Path) -> None:
        """Write Evidently's report to `path` (HTML, readable offline) and all numbers beside it (JSON)."""
        page = self._snapshot.get_html_str(as_iframe=False)
        heading = f'<h2 style="font-family: sans-serif; margin: 1em">{html.escape(self.sentence())}</h2>'
        atomic_write(path, page.replace("<body>", f"<body>{heading}", 1).encode())
        plain = {"verdict": self.as_dict(), "evidently": json.loads(self._snapshot.json())}
        atomic_write(path.with_suffix(".json"), json.dumps(plain, indent=1).encode())

    @property
    def _rows(self) -> str:
        return f"{self.current_rows} records against {self.reference_rows}"


def compare(reference: ReferenceProfile, current: Sequence[Row], config: MonitoringConfig) -> DriftVerdict:
    """Compare a window with the reference profile of the version that served it.

    Args:
        reference: the profile.
        current: derived columns of each record of the window.
        config: columns, methods, thresholds and the rule of the verdict.

    Raises:
        InputError: the window has too few records, or they lack a column of the profile.
        ConfigError: the profile has a column that the configuration does not name or cannot compare so.
    """
    if len(current) < config.min_rows:
        raise InputError(
            f"The window needs at least {config.min_rows} records, got {len(current)}.",
            hint="Widen the window, or wait until more was served.",
        )
    names = _compared_columns(reference, config)
    before = _columns(reference.rows, names)
    after = _columns(sample(current, seed=config.seed), names)
    _check_types(before, after, config)
    thresholds = {name: _threshold(name, before, after, config) for name in names}
    snapshot, scores = _measure(before, after, config, thresholds)
    columns = [
        ColumnDrift(
            name=name,
            method=config.columns[name].method,
            score=scores[name],
            threshold=thresholds[name],
            drifted=scores[name] >= thresholds[name],
        )
        for name in names
    ]
    return DriftVerdict(
        drifted=_decide(columns, config),
        columns=tuple(sorted(columns, key=lambda column: column.score / column.threshold, reverse=True)),
        reference_rows=len(reference.rows),
        current_rows=len(after[names[0]]),
        rule=_rule(names, config),
        _snapshot=snapshot,
    )


def _compared_columns(reference: ReferenceProfile, config: MonitoringConfig) -> list[str]:
    """Every column of the profile must be configured, so that none goes unwatched; the order is the configuration's."""
    present = set(reference.rows[0])
    unknown = sorted(present - set(config.columns))
    if unknown:
        raise ConfigError(
            f"The reference profile has columns that are not configured: {', '.join(unknown)}.",
            where="columns",
            hint="Add each with its method and threshold.",
        )
    return [name for name in config.columns if name in present]


def _columns(rows: Sequence[Row], names: Sequence[str]) -> Columns:
    for number, row in enumerate(rows, start=1):
        missing = [name for name in names if name not in row]
        if missing:
            raise InputError(
                f"Expected the columns of the reference profile, but a record lacks {', '.join(missing)}.",
                where=f"record {number}",
            )
    return {name: [row[name] for row in rows] for name in names}


def _check_types(before: Columns, after: Columns, config: MonitoringConfig) -> None:
    for name, values in before.items():
        expected = str if config.columns[name].method == "jensenshannon" else (int, float)
        if not all(isinstance(value, expected) for value in values):
            wanted = "labels" if expected is str else "numbers"
            raise ConfigError(
                f"The method {config.columns[name].method} compares {wanted}, but the column holds something else.",
                where=f"columns.{name}.method",
            )
        if not all(isinstance(value, expected) for value in after[name]):
            raise InputError(f"The records hold another type in `{name}` than the reference profile does.")


def _threshold(name: str, before: Columns, after: Columns, config: MonitoringConfig) -> float:
    pinned = config.columns[name]
    by_chance = chance_level(pinned.method, before[name], after[name], share=config.chance, seed=config.seed)
    return max(pinned.threshold, by_chance)


def _measure(
    before: Columns, after: Columns, config: MonitoringConfig, thresholds: Mapping[str, float]
) -> tuple[Any, dict[str, float]]:
    """Let Evidently measure each column; gives its snapshot, which draws the report, and the scores."""
    # Here and not above: it takes nine seconds, which reading a configuration need not wait for.
    import pandas as pd
    from evidently import DataDefinition, Dataset, Report
    from evidently.metrics import ValueDrift

    labels = [name for name in before if config.columns[name].method == "jensenshannon"]
    numbers = [name for name in before if name not in labels]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=labels)
    metrics = [
        ValueDrift(column=name, method=config.columns[name].method, threshold=thresholds[name]) for name in before
    ]
    snapshot = Report(metrics, include_tests=True).run(
        Dataset.from_pandas(pd.DataFrame(dict(after)), definition),
        Dataset.from_pandas(pd.DataFrame(dict(before)), definition),
    )
    scores = {metric["config"]["column"]: float(metric["value"]) for metric in snapshot.dict()["metrics"]}
    return snapshot, scores


def _decide(columns: Sequence[ColumnDrift], config: MonitoringConfig) -> bool:
    drifted = [column.name for column in columns if column.drifted]
    return len(drifted) >= config.drifted_columns or any(config.columns[name].decides for name in drifted)


def _rule(names: Sequence[str], config: MonitoringConfig) -> str:
    deciding = [name for name in names if config.columns[name].decides]
    alone = f" or {' or '.join(deciding)} alone" if deciding else ""
    return f"a window drifts by {config.drifted_columns} columns{alone}"


def _in_words(column: ColumnDrift) -> str:
    return f"{column.name} {column.score:.2f} (threshold {column.threshold:.2f})"
