import json
from dataclasses import replace

import pytest

from configs.errors import ConfigError, InputError
from configs.loader import parse
from evaluation.gates import GateConfig, Scores, decide

SCHEMA = {"input": "text: string", "output": "label: string"}


def scores(accuracy: float, **changes: object) -> Scores:
    right = round(accuracy * 100)
    made = Scores(
        metrics={"accuracy": accuracy, "macro_f1": accuracy - 0.05},
        per_example=(1.0,) * right + (0.0,) * (100 - right),
        latency_ms=4.0,
        size_bytes=90_000_000,
        schema=SCHEMA,
    )
    return replace(made, **changes)


def config(**changes: object) -> GateConfig:
    return parse({"metric": "accuracy", "margin": 0.01, **changes}, GateConfig, source="gate")


@pytest.mark.parametrize(
    ("accuracy", "passed", "sentence"),
    [
        (0.81, False, "refused: accuracy 0.81 is 0.04 below the champion's 0.85 (margin 0.01)"),
        (0.84, True, "passed: accuracy 0.84 is 0.01 below the champion's 0.85 (margin 0.01)"),
        (0.85, True, "passed: accuracy 0.85 equals the champion's (margin 0.01)"),
        (0.93, True, "passed: accuracy 0.93 is 0.08 above the champion's 0.85 (margin 0.01)"),
    ],
)
def test_decide_when_there_is_a_champion(accuracy: float, passed: bool, sentence: str) -> None:
    verdict = decide(config(), candidate=scores(accuracy), champion=scores(0.85), baseline=scores(0.99))
    assert (verdict.passed, verdict.compared_with, verdict.sentence()) == (passed, "champion", sentence)
    check = verdict.checks[0]
    assert (check.value, check.threshold) == (accuracy, pytest.approx(0.84))
    assert check.difference is not None
    assert check.difference.low <= accuracy - 0.85 <= check.difference.high


@pytest.mark.parametrize(("accuracy", "passed"), [(0.79, False), (0.8, False), (0.81, True)])
def test_decide_when_there_is_only_a_baseline(accuracy: float, passed: bool) -> None:
    verdict = decide(config(), candidate=scores(accuracy), champion=None, baseline=scores(0.8))
    assert (verdict.passed, verdict.compared_with) == (passed, "baseline")
    assert "the baseline's" in verdict.sentence()


def test_decide_when_only_floors_are_left() -> None:
    rule = config(floors={"macro_f1": 0.7})
    assert decide(rule, candidate=scores(0.75), champion=None, baseline=None).sentence() == (
        "passed: macro_f1 0.70 is at the floor of 0.70"
    )
    refused = decide(rule, candidate=scores(0.74), champion=None, baseline=None)
    assert (refused.passed, refused.compared_with) == (False, "floors")


def test_decide_when_nothing_is_left_to_compare_with() -> None:
    with pytest.raises(ConfigError, match="nothing to compare with"):
        decide(config(), candidate=scores(0.9), champion=None, baseline=None)


@pytest.mark.parametrize(
    ("rule", "change", "words"),
    [
        ({"max_latency_ms": 5}, {"latency_ms": 7.25}, "latency 7.25 ms is above the limit of 5.00 ms"),
        ({"max_size_mb": 100}, {"size_bytes": 120_000_000}, "size 120.00 MB is above the limit of 100.00 MB"),
        ({"floors": {"macro_f1": 0.9}}, {}, "macro_f1 0.85 is below the floor of 0.90"),
        ({}, {"schema": {**SCHEMA, "output": "score: double"}}, "is not the champion's"),
    ],
)
def test_decide_when_a_bound_is_passed(rule: dict[str, object], change: dict[str, object], words: str) -> None:
    verdict = decide(config(**rule), candidate=scores(0.9, **change), champion=scores(0.85), baseline=None)
    assert not verdict.passed
    assert verdict.sentence().startswith("refused: ")
    assert words in verdict.sentence()
    within = decide(config(**rule), candidate=scores(0.96), champion=scores(0.85), baseline=None)
    assert within.passed
    assert len(within.checks) == len(verdict.checks)


def test_sentence_when_several_checks_fail() -> None:
    verdict = decide(
        config(max_latency_ms=1), candidate=scores(0.5), champion=scores(0.85), baseline=None
    )  # fmt: skip
    assert verdict.sentence().count(";") == 1


def test_as_dict_when_written_as_json() -> None:
    verdict = decide(config(max_size_mb=100), candidate=scores(0.81), champion=scores(0.85), baseline=None)
    written = json.loads(json.dumps(verdict.as_dict(), allow_nan=False))
    assert [check["passed"] for check in written["checks"]] == [False, True, True]
    assert written["checks"][0]["difference"]["value"] == pytest.approx(-0.04)


@pytest.mark.parametrize("rule", [{"metric": "acuracy"}, {"floors": {"acuracy": 0.5}}])
def test_decide_when_a_metric_is_unknown(rule: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"it has: accuracy, macro_f1.*Did you mean `accuracy`\?"):
        decide(config(**rule), candidate=scores(0.9), champion=None, baseline=scores(0.8))


def test_decide_when_a_score_is_no_number() -> None:
    broken = scores(0.9, metrics={"accuracy": float("nan")})
    with pytest.raises(InputError, match="Expected a number"):
        decide(config(), candidate=broken, champion=scores(0.8), baseline=None)


def test_decide_when_the_splits_differ() -> None:
    with pytest.raises(InputError, match="one answer for each example"):
        decide(config(), candidate=scores(0.9), champion=scores(0.8, per_example=(1.0,)), baseline=None)


@pytest.mark.parametrize("rule", [{"margin": -0.1}, {"margin": "much"}, {"max_latency_ms": 0}, {"ceiling": 1}])
def test_config_when_wrong(rule: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        config(**rule)
