from typing import Any

import pytest

from configs.errors import ModelNotFoundError, RefusedError
from configs.loader import parse
from configs.settings import Settings
from evaluation.records import PromotionRecord, Records
from pipelines.promote import approve, promote, rollback
from pipelines.stores import champion_of, open_registry
from pipelines.train import TrainingResult, train
from pipelines.training_config import TrainingConfig


def a_version(tiny: dict[str, Any], settings: Settings, model: str, **changes: Any) -> TrainingResult:
    return train(parse({**tiny, "model": model, **changes}, TrainingConfig, source="tiny"), settings)


def champion_version(model: str, settings: Settings) -> str | None:
    champion = champion_of(open_registry(settings), model)
    return champion.version if champion else None


def records_of(model: str, settings: Settings) -> list[PromotionRecord]:
    with Records.open(settings.resolved_records_url) as records:
        return records.promotions(model)


def test_promote_when_better_than_the_baseline(tiny: dict[str, Any], deployment: Settings) -> None:
    result = a_version(tiny, deployment, "first")
    promotion = promote("first", deployment, by="tester")
    assert promotion.action == "promoted"
    assert "baseline" in promotion.sentence
    assert champion_version("first", deployment) == result.version
    (record,) = records_of("first", deployment)
    assert (record.action, record.by, record.digest) == ("promoted", "tester", result.digest)
    assert promote("first", deployment).action == "unchanged"


def test_promote_when_below_a_floor(tiny: dict[str, Any], deployment: Settings) -> None:
    gate = {"metric": "accuracy", "margin": 0.01, "floors": {"accuracy": 0.999}}
    a_version(tiny, deployment, "weak", gate=gate)
    promotion = promote("weak", deployment)
    assert promotion.action == "refused"
    assert "floor" in promotion.sentence
    assert champion_version("weak", deployment) is None
    assert [row.action for row in records_of("weak", deployment)] == ["refused"]


def test_promote_when_worse_than_the_champion_then_rollback(tiny: dict[str, Any], deployment: Settings) -> None:
    good = a_version(tiny, deployment, "contested")
    promote("contested", deployment)
    worse = a_version(tiny, deployment, "contested", predictor=tiny["baseline"], baseline=tiny["predictor"])
    refused = promote("contested", deployment)
    assert refused.action == "refused"
    assert "below the champion's" in refused.sentence
    assert champion_version("contested", deployment) == good.version
    open_registry(deployment).set_alias("contested", "champion", worse.version)
    with pytest.raises(RefusedError, match="no champion before"):
        rollback("contested", deployment, by="tester")


def test_rollback_when_there_was_a_champion_before(tiny: dict[str, Any], deployment: Settings) -> None:
    first = a_version(tiny, deployment, "rolled")
    promote("rolled", deployment)
    lenient = {"metric": "accuracy", "margin": 0.5, "floors": {"accuracy": 0.1}}
    second = a_version(
        tiny, deployment, "rolled", gate=lenient, predictor={"kind": "tfidf-linear", "parameters": {"longest_ngram": 1}}
    )
    assert promote("rolled", deployment).action == "promoted"
    assert champion_version("rolled", deployment) == second.version
    assert rollback("rolled", deployment, by="tester").version == first.version
    assert champion_version("rolled", deployment) == first.version


def test_promote_when_a_person_must_approve(tiny: dict[str, Any], deployment: Settings) -> None:
    result = a_version(tiny, deployment, "reviewed", policy="review")
    waiting = promote("reviewed", deployment)
    assert waiting.action == "waiting"
    assert result.digest in waiting.sentence
    assert champion_version("reviewed", deployment) is None
    approve("reviewed", deployment, by="Ada")
    assert promote("reviewed", deployment).action == "promoted"
    assert records_of("reviewed", deployment)[-1].by == "Ada"


@pytest.mark.usefixtures("trained")
def test_promote_when_the_model_is_unknown(deployment: Settings) -> None:
    with pytest.raises(ModelNotFoundError, match=r"Did you mean `tiny-classifier`\?"):
        promote("tiny-clasifier", deployment)
