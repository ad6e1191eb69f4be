"""The flow `promote`: the gate scores a version and the champion anew, and moves the alias.

Whatever it decides becomes a promotion record. A version that passes under
the policy `review` waits until a person has approved its digest.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from configs.errors import RefusedError
from configs.loader import parse
from configs.logging import get_logger
from configs.settings import Settings
from evaluation import gates
from evaluation.records import PromotionRecord, Records
from models import factory
from models.registry import Version
from pipelines.scoring import score
from pipelines.splits import read_examples
from pipelines.stores import champion_of, open_registry, open_tracking
from pipelines.tasks import TASKS
from pipelines.training_config import TrainingConfig

log = get_logger(__name__)

APPROVED_TAG = "colophon.approved"
APPROVED_BY_TAG = "colophon.approved_by"

Action = Literal["promoted", "waiting", "refused", "unchanged", "rolled_back"]


@dataclass(frozen=True)
class Promotion:
    """What became of a version that wanted to serve.

    Attributes:
        model: the registered model.
        version: the version that was judged.
        action: what was done.
        sentence: the decision and its reason, for people.
        verdict: every check with its value and threshold.
    """

    model: str
    version: str
    action: Action
    sentence: str
    verdict: Mapping[str, Any]


@task(task_run_name="judge {version.name} {version.version}", retries=1, retry_delay_seconds=2, cache_policy=NO_CACHE)
def judge(version: Version, champion: Version | None, settings: Settings) -> gates.GateVerdict:
    """Score the version beside the champion, or beside its baseline where there is none, on the frozen test split."""
    tracking, registry = open_tracking(settings), open_registry(settings)
    evidence = tracking.artifact(version.run_id, "gate")
    config = parse(json.loads((evidence / "config.json").read_text(encoding="utf-8")), TrainingConfig, source="run")
    frozen = read_examples(evidence / "test.jsonl", config.task)
    task_ = TASKS[config.task]

    def scores_of(loaded_version: Version) -> gates.Scores:
        loaded = registry.load(loaded_version.name, version=loaded_version.version)
        return score(task_, loaded.predictor, frozen, folder=loaded.folder).scores

    baseline_folder = evidence / "baseline"
    baseline = score(task_, factory.load(baseline_folder), frozen, folder=baseline_folder).scores
    return gates.decide(
        config.gate,
        candidate=scores_of(version),
        champion=scores_of(champion) if champion else None,
        baseline=baseline,
    )


@flow(name="promote", flow_run_name="promote {model}", validate_parameters=False)
def promote(
    model: str, settings: Settings, *, version: str | None = None, policy: str | None = None, by: str = "gate"
) -> Promotion:
    """Let a version through the gate and make it the champion.

    Args:
        model: the registered model.
        settings: the deployment.
        version: which version; default: the one aliased `challenger`.
        policy: `auto` or `review`; default: what the version was trained with.
        by: who asked, for the record.

    Raises:
        ModelNotFoundError: no such model or version, or no challenger.
    """
    registry = open_registry(settings)
    candidate = registry.resolve(model, version=version) if version else registry.resolve(model, alias="challenger")
    champion = champion_of(registry, model)
    if champion and champion.version == candidate.version:
        return Promotion(model, candidate.version, "unchanged", f"Version {candidate.version} is the champion.", {})
    verdict = judge(candidate, champion, settings)
    policy = policy or candidate.tags.get("colophon.policy", "auto")
    action = _action(candidate, verdict, policy)
    if action == "promoted":
        registry.set_alias(model, "champion", candidate.version)
    _record(settings, candidate, champion, action, verdict.as_dict(), policy, candidate.tags.get(APPROVED_BY_TAG, by))
    sentence = _sentence(candidate, action, verdict)
    log.info("gate", model=model, version=candidate.version, action=action, reason=sentence)
    return Promotion(model, candidate.version, action, sentence, verdict.as_dict())


def approve(model: str, settings: Settings, *, version: str | None = None, by: str) -> Version:
    """Write down that a person approves exactly the files of this version.

    The name is what the person states: MLflow without sign-in knows no better.
    """
    registry = open_registry(settings)
    found = registry.resolve(model, version=version) if version else registry.resolve(model, alias="challenger")
    registry.set_tag(found, APPROVED_TAG, found.digest)
    registry.set_tag(found, APPROVED_BY_TAG, by)
    return found


def rollback(model: str, settings: Settings, *, by: str) -> Promotion:
    """Make the version before the champion serve again.

    Raises:
        RefusedError: the model never had another champion.
    """
    registry = open_registry(settings)
    champion = registry.resolve(model, alias="champion")
    previous = _previous_version(settings, champion)
    if previous is None:
        raise RefusedError(
            f"`{model}` has no champion before version {champion.version}.", hint=f"See: colophon history {model}."
        )
    target = registry.resolve(model, version=previous)
    registry.set_alias(model, "champion", target.version)
    _record(settings, target, champion, "rolled_back", {}, "manual", by)
    sentence = f"Version {target.version} serves again; version {champion.version} does not."
    return Promotion(model, target.version, "rolled_back", sentence, {})


def _action(candidate: Version, verdict: gates.GateVerdict, policy: str) -> Action:
    if not verdict.passed:
        return "refused"
    if policy == "review" and candidate.tags.get(APPROVED_TAG) != candidate.digest:
        return "waiting"
    return "promoted"


def _sentence(candidate: Version, action: Action, verdict: gates.GateVerdict) -> str:
    if action == "waiting":
        return (
            f"Version {candidate.version} passed and waits for approval: set the tag `{APPROVED_TAG}` to "
            f"`{candidate.digest}` in the MLflow UI, or run `colophon approve {candidate.name}`, then promote again."
        )
    return verdict.sentence()


def _previous_version(settings: Settings, champion: Version) -> str | None:
    """The version that the champion replaced, by the records."""
    with Records.open(settings.resolved_records_url) as records:
        changes = [row for row in records.promotions(champion.name) if row.action in ("promoted", "rolled_back")]
    # The newest change that made the champion serve says what served before it.
    latest = max((row for row in changes if row.version == champion.version), key=lambda row: row.at, default=None)
    return latest.previous_version if latest else None


def _record(
    settings: Settings,
    version: Version,
    champion: Version | None,
    action: Action,
    verdict: Mapping[str, Any],
    policy: str,
    by: str,
) -> None:
    record = PromotionRecord(
        id=uuid.uuid4().hex,
        at=datetime.now(UTC),
        model=version.name,
        version=version.version,
        digest=version.digest,
        action=action,
        previous_version=champion.version if champion else None,
        verdict=verdict,
        policy=policy,
        by=by,
    )
    with Records.open(settings.resolved_records_url) as records:
        records.add_promotion(record)
