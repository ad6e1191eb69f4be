"""The gate: may a version serve?

It must be no worse than the champion by more than a margin (or, where nothing
serves yet, better than the baseline), reach absolute floors, and stay within
latency, size and schema bounds. All scores are made on the same frozen split.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pydantic import Field

from configs.errors import ConfigError, InputError
from configs.loader import ClosedModel, suggest
from evaluation.metrics import Interval, paired_difference

_BYTES_PER_MB = 1_000_000
# Scores are ratios of counts: 0.85 - 0.01 and 0.84 are meant to be the same.
_TOLERANCE = 1e-9

ComparedWith = Literal["champion", "baseline", "floors"]


class GateConfig(ClosedModel):
    """The rule that a version must meet; part of the experiment that made it."""

    metric: str = Field(description="The metric that decides; higher is better.")
    margin: float = Field(ge=0, lt=1, description="How much worse than the champion is still as good.")
    floors: dict[str, float] = Field(default_factory=dict, description="Metric to the lowest value allowed.")
    max_latency_ms: float | None = Field(None, gt=0, description="Longest median time of one example.")
    max_size_mb: float | None = Field(None, gt=0, description="Largest size of the predictor's files.")


@dataclass(frozen=True)
class Scores:
    """What the gate knows about one predictor.

    Attributes:
        metrics: scores on the frozen split; higher is better.
        per_example: one score for each example of the split, in its order.
        latency_ms: median time of one example.
        size_bytes: size of the predictor's files.
        schema: names and types of input and output.
    """

    metrics: Mapping[str, float]
    per_example: tuple[float, ...]
    latency_ms: float
    size_bytes: int
    schema: Mapping[str, str]


@dataclass(frozen=True)
class Check:
    """One condition: what came, what it had to reach, and whether it did.

    Attributes:
        name: what was checked.
        passed: the decision.
        value: what came.
        threshold: what it was held against.
        detail: the reason in a few words, for people.
        difference: where two predictors were compared, the mean difference of their per-example scores
            with its paired bootstrap interval: it says whether the test split is large enough to tell.
    """

    name: str
    passed: bool
    value: float | str
    threshold: float | str
    detail: str
    difference: Interval | None = None


@dataclass(frozen=True)
class GateVerdict:
    """The decision of the gate.

    Attributes:
        passed: whether every check did.
        compared_with: what stood on the other side.
        checks: the conditions; the one on the deciding metric comes first.
    """

    passed: bool
    compared_with: ComparedWith
    checks: tuple[Check, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give the verdict as plain data, for records and JSON."""
        return {
            "passed": self.passed,
            "compared_with": self.compared_with,
            "sentence": self.sentence(),
            "checks": [asdict(check) for check in self.checks],
        }

    def sentence(self) -> str:
        """Say the decision and its reason in one sentence."""
        if self.passed:
            return f"passed: {self.checks[0].detail}"
        return "refused: " + "; ".join(check.detail for check in self.checks if not check.passed)


def decide(config: GateConfig, *, candidate: Scores, champion: Scores | None, baseline: Scores | None) -> GateVerdict:
    """Hold a candidate against the rule.

    Args:
        config: the rule.
        candidate: the version that wants to serve.
        champion: the version that serves, or None.
        baseline: what the candidate must beat where there is no champion, or None.

    Raises:
        ConfigError: the rule names a metric that the task does not have, or leaves nothing to compare with.
        InputError: a score is no number, or two predictors were not scored on the same examples.
    """
    _check_metric_names(config, candidate.metrics)
    checks = [_comparison(config, candidate, champion, baseline), *_floors(config, candidate)]
    compared_with: ComparedWith = "champion" if champion else "baseline" if baseline else "floors"
    present = [check for check in checks if check is not None]
    if not present:
        raise ConfigError(
            "There is neither a champion nor a baseline, and no floor is set, so the gate has nothing to compare with.",
            where="gate.floors",
            hint=f"Set one, for example {config.metric}: 0.7.",
        )
    present += _bounds(config, candidate)
    if champion:
        present.append(_schema_check(candidate, champion))
    return GateVerdict(all(check.passed for check in present), compared_with, tuple(present))


def _check_metric_names(config: GateConfig, metrics: Mapping[str, float]) -> None:
    for key, name in [("gate.metric", config.metric), *((f"gate.floors.{name}", name) for name in config.floors)]:
        if name not in metrics:
            known = ", ".join(metrics)
            raise ConfigError(
                f"The task has no metric `{name}`; it has: {known}.", where=key, hint=suggest(name, list(metrics))
            )
        if not math.isfinite(metrics[name]):
            raise InputError(f"Expected a number for the metric `{name}`, but it is {metrics[name]}.", where=key)


def _comparison(
    config: GateConfig, candidate: Scores, champion: Scores | None, baseline: Scores | None
) -> Check | None:
    if champion:
        return _no_worse_than_champion(config, candidate, champion)
    return _better_than_baseline(config, candidate, baseline) if baseline else None


def _no_worse_than_champion(config: GateConfig, candidate: Scores, champion: Scores) -> Check:
    value, other = candidate.metrics[config.metric], champion.metrics[config.metric]
    threshold = other - config.margin
    return Check(
        name=f"{config.metric} against the champion",
        passed=value >= threshold - _TOLERANCE,
        value=value,
        threshold=threshold,
        detail=f"{_compared(config.metric, value, 'champion', other)} (margin {_number(config.margin)})",
        difference=paired_difference(candidate.per_example, champion.per_example),
    )


def _better_than_baseline(config: GateConfig, candidate: Scores, baseline: Scores) -> Check:
    value, other = candidate.metrics[config.metric], baseline.metrics[config.metric]
    return Check(
        name=f"{config.metric} against the baseline",
        passed=value > other + _TOLERANCE,
        value=value,
        threshold=other,
        detail=_compared(config.metric, value, "baseline", other),
        difference=paired_difference(candidate.per_example, baseline.per_example),
    )


def _floors(config: GateConfig, candidate: Scores) -> list[Check]:
    return [
        Check(
            name=f"{name} floor",
            passed=candidate.metrics[name] >= floor - _TOLERANCE,
            value=candidate.metrics[name],
            threshold=floor,
            detail=_bounded(name, candidate.metrics[name], "floor", floor, ""),
        )
        for name, floor in config.floors.items()
    ]


def _bounds(config: GateConfig, candidate: Scores) -> list[Check]:
    size_mb = candidate.size_bytes / _BYTES_PER_MB
    bounds = [
        ("latency", candidate.latency_ms, config.max_latency_ms, " ms"),
        ("size", size_mb, config.max_size_mb, " MB"),
    ]
    return [
        Check(name, value <= limit, value, limit, _bounded(name, value, "limit", limit, unit))
        for name, value, limit, unit in bounds
        if limit is not None
    ]


def _schema_check(candidate: Scores, champion: Scores) -> Check:
    ours, theirs = _schema_text(candidate.schema), _schema_text(champion.schema)
    same = ours == theirs
    detail = "the schema is the champion's" if same else f"the schema ({ours}) is not the champion's ({theirs})"
    return Check("schema", same, ours, theirs, detail)


def _schema_text(schema: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {schema[name]}" for name in sorted(schema))


def _compared(metric: str, value: float, whose: str, other: float) -> str:
    difference = value - other
    if abs(difference) <= _TOLERANCE:
        return f"{metric} {_number(value)} equals the {whose}'s"
    side = "above" if difference > 0 else "below"
    return f"{metric} {_number(value)} is {_number(abs(difference))} {side} the {whose}'s {_number(other)}"


def _bounded(name: str, value: float, kind: str, bound: float, unit: str) -> str:
    side = "above" if value > bound + _TOLERANCE else "below" if value < bound - _TOLERANCE else "at"
    return f"{name} {_number(value)}{unit} is {side} the {kind} of {_number(bound)}{unit}"


def _number(value: float) -> str:
    """At most four decimals: enough to tell two versions apart on 10,000 examples, and at least two."""
    whole, _, decimals = f"{value:.4f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
