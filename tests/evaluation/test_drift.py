"""Drift on messages made here: texts of random words, with labels and confidences."""

import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from configs.errors import ConfigError, InputError
from configs.loader import load_yaml, parse
from evaluation import drift, profiles
from evaluation.drift import MonitoringConfig
from evaluation.profiles import ReferenceProfile, Row

CONFIG_FILE = Path(__file__).parents[2] / "configs" / "monitoring.yaml"
CONFIG = load_yaml(CONFIG_FILE, MonitoringConfig)
WORDS = ["invoice", "the", "card", "a", "please", "Refund", "yesterday", "is", "late", "order", "42", "When", "of"]
LABELS = ["billing", "delivery", "praise", "complaint", "return", "account", "offer", "other"]

Message = tuple[str, str, float]
Shift = Callable[[Message], Message]


def message(source: random.Random) -> Message:
    words = source.choices(WORDS, k=max(3, round(source.lognormvariate(3, 0.5))))
    signature = "\nBest regards\nAnna" if source.random() < 0.3 else ""
    text = " ".join(words) + source.choice([".", "?", "!!", " – thank you."]) + signature
    return text, source.choice(LABELS), source.betavariate(8, 1.2)


def window(source: random.Random, size: int, shift: Shift | None = None, share: float = 1.0) -> list[Row]:
    rows: list[Row] = []
    for _ in range(size):
        text, label, confidence = message(source)
        if shift and source.random() < share:
            text, label, confidence = shift((text, label, confidence))
        rows.append({**profiles.text_columns(text), **profiles.prediction_columns(label, confidence)})
    return rows


def reference(source: random.Random, size: int = 600) -> ReferenceProfile:
    return profiles.build(window(source, size), seed=1)


def measured_by_scipy(
    before: drift.Columns, after: drift.Columns, config: MonitoringConfig, _thresholds: object
) -> tuple[None, dict[str, float]]:
    """The scores that Evidently gives (see the first test), without its report, which takes most of the time."""
    return None, {name: scipy_distance(config.columns[name].method, before[name], after[name]) for name in before}


def scipy_distance(method: str, before: Sequence[Any], after: Sequence[Any]) -> float:
    if method == "wasserstein":
        return float(wasserstein_distance(before, after) / max(float(np.std(before)), 0.001))
    labels = sorted({*before, *after})
    return float(jensenshannon([before.count(label) for label in labels], [after.count(label) for label in labels]))


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drift, "_measure", measured_by_scipy)


def test_scores_when_evidently_measures_them() -> None:
    source = random.Random(1)
    profile, current = reference(source), window(source, 250)
    verdict = drift.compare(profile, current, CONFIG)
    assert {column.name for column in verdict.columns} == set(current[0])
    for column in verdict.columns:
        before = [row[column.name] for row in profile.rows]
        after = [row[column.name] for row in current]
        assert column.score == pytest.approx(scipy_distance(column.method, before, after)), column.name
        assert column.threshold >= CONFIG.columns[column.name].threshold


def test_report_when_written_is_whole_and_offline(tmp_path: Path) -> None:
    source = random.Random(2)
    shouted = window(source, 200, lambda sent: (sent[0].upper(), sent[1], 0.4))
    verdict = drift.compare(reference(source), shouted, CONFIG)
    verdict.write_report(tmp_path / "drift.html")
    page = (tmp_path / "drift.html").read_text(encoding="utf-8")
    assert verdict.sentence() in page
    assert "uppercase_share" in page
    # Nothing is fetched: no script, style, font or picture comes from elsewhere.
    assert re.findall(r"""(?:<script|<link|<img|<iframe)[^>]*(?:src|href)\s*=\s*["']?(?:https?:)?//""", page) == []
    assert re.findall(r"""(?:@import|url\()\s*["']?(?:https?:)?//""", page) == []
    written = json.loads((tmp_path / "drift.json").read_text(encoding="utf-8"))
    assert written["verdict"] == json.loads(json.dumps(verdict.as_dict()))
    by_evidently = {metric["config"]["column"]: metric for metric in written["evidently"]["metrics"]}
    for column in verdict.columns:
        assert by_evidently[column.name]["value"] == pytest.approx(column.score)
        assert by_evidently[column.name]["config"]["threshold"] == pytest.approx(column.threshold)


@pytest.mark.slow
@pytest.mark.usefixtures("fast")
def test_verdict_when_nothing_has_drifted() -> None:
    """Of windows from the reference's own distribution, fewer than two in a hundred count as drifted."""
    source = random.Random(3)
    known = [reference(source) for _ in range(10)]
    drifted = sum(drift.compare(known[number % 10], window(source, 200), CONFIG).drifted for number in range(100))
    assert drifted <= 1


SHIFTS: dict[str, tuple[Shift, float, set[str]]] = {
    "longer": (lambda sent: (f"{sent[0]} {sent[0]}", *sent[1:]), 0.5, {"characters", "words"}),
    "one subject": (lambda sent: (sent[0], "billing", sent[2]), 0.3, {"predicted_label"}),
    "unsure": (lambda sent: (*sent[:2], sent[2] - 0.3), 0.3, {"confidence"}),
    "shouting": (lambda sent: (sent[0].upper(), sent[1], sent[2] - 0.1), 0.6, {"uppercase_share", "confidence"}),
    "accents": (lambda sent: (sent[0].replace("e", "é") + " 1234", *sent[1:]), 0.8, {"non_ascii_share", "digit_share"}),
    "mail": (lambda sent: (f"Hello,\n\n{sent[0]}\n\n> quoted\n> mail", *sent[1:]), 0.6, {"lines", "punctuation_share"}),
}


@pytest.mark.parametrize("name", SHIFTS)
@pytest.mark.usefixtures("fast")
def test_verdict_when_the_window_is_shifted(name: str) -> None:
    shift, share, moved = SHIFTS[name]
    source = random.Random(4)
    for _ in range(5):
        verdict = drift.compare(reference(source), window(source, 200, shift, share), CONFIG)
        assert verdict.drifted
        assert moved <= {column.name for column in verdict.columns if column.drifted}
        assert all(column in verdict.sentence() for column in moved)


@pytest.mark.usefixtures("fast")
def test_verdict_when_one_column_moves_by_itself() -> None:
    source = random.Random(5)
    verdict = drift.compare(reference(source), window(source, 300, lambda sent: (sent[0].upper(), *sent[1:])), CONFIG)
    assert [column.name for column in verdict.columns if column.drifted] == ["uppercase_share"]
    assert not verdict.drifted
    assert re.fullmatch(
        r"not drifted: uppercase_share [\d.]+ \(threshold 0\.\d\d\) moved, but a window drifts by 2 columns "
        r"or predicted_label or confidence alone \(300 records against 600\)",
        verdict.sentence(),
    )


@pytest.mark.usefixtures("fast")
def test_verdict_when_one_record_is_an_outlier() -> None:
    """A single pasted novel is no drift."""
    source = random.Random(6)
    novel = {**profiles.text_columns("word " * 20_000), **profiles.prediction_columns("other", 0.9)}
    verdict = drift.compare(reference(source), [*window(source, 199), novel], CONFIG)
    assert not verdict.drifted


@pytest.mark.usefixtures("fast")
def test_verdict_when_the_window_is_larger_than_the_sample() -> None:
    source = random.Random(7)
    verdict = drift.compare(reference(source), window(source, 200) * 30, CONFIG)
    assert verdict.current_rows == profiles.MAX_ROWS
    assert verdict.reference_rows == 600


@pytest.mark.usefixtures("fast")
def test_as_metrics_when_logged() -> None:
    source = random.Random(8)
    verdict = drift.compare(reference(source), window(source, 200), CONFIG)
    metrics = verdict.as_metrics()
    assert metrics["drift/drifted"] == 0.0
    assert metrics["drift/rows"] == 200.0
    assert metrics["drift/words"] < metrics["drift/words_threshold"]
    assert re.fullmatch(r"not drifted: closest is \w+ .*\(200 records against 600\)", verdict.sentence())


def test_compare_when_the_window_is_too_small() -> None:
    source = random.Random(9)
    with pytest.raises(InputError, match="needs at least 100 records, got 12"):
        drift.compare(reference(source), window(source, 12), CONFIG)


def test_compare_when_columns_do_not_fit() -> None:
    source = random.Random(10)
    profile, current = reference(source), window(source, 100)
    without_words = [{name: value for name, value in row.items() if name != "words"} for row in current]
    with pytest.raises(InputError, match=r"record 1: .*lacks words"):
        drift.compare(profile, without_words, CONFIG)
    with pytest.raises(InputError, match="another type in `words`"):
        drift.compare(profile, [{**row, "words": "many"} for row in current], CONFIG)
    unknown = profiles.build([{**row, "mood": 1.0} for row in profile.rows], seed=1)
    with pytest.raises(ConfigError, match="not configured: mood"):
        drift.compare(unknown, current, CONFIG)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"columns": {}}, "at least 1"),
        ({"columns": {"words": {"method": "psi", "threshold": 0.1}}}, "jensenshannon"),
        ({"columns": {"words": {"method": "wasserstein", "treshold": 0.1}}}, "words"),
        ({"drifted_columns": 0}, "greater than or equal to 1"),
        ({"sample": 5}, "not known"),
    ],
)
def test_config_when_wrong(change: dict[str, Any], words: str) -> None:
    values = CONFIG.model_dump(mode="json")
    with pytest.raises(ConfigError, match=words):
        parse({**values, **change}, MonitoringConfig, source="monitoring.yaml")


def test_config_when_a_method_does_not_fit_its_column() -> None:
    source = random.Random(11)
    columns = {**CONFIG.columns, "predicted_label": CONFIG.columns["words"]}
    with pytest.raises(ConfigError, match="wasserstein compares numbers"):
        drift.compare(reference(source), window(source, 100), CONFIG.model_copy(update={"columns": columns}))


def test_import_when_only_the_configuration_is_needed() -> None:
    """The heavy frameworks wait until something is compared, read or drawn."""
    modules = (
        "evaluation.drift, evaluation.gates, evaluation.profiles, evaluation.reports.plots, evaluation.reports.card"
    )
    heavy = ("evidently", "pandas", "pyarrow", "matplotlib", "scipy", "sklearn", "rouge_score", "nltk")
    code = f"import sys, {modules}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CONFIG_FILE.parents[1]
    )
    assert done.stdout.strip() == "[]"
