"""What a fit took, over a kill."""

import json
import time
from pathlib import Path

import pytest

from pipelines.usage import UsageMeter, read_usage

_MB = 1_000_000


def test_usage_when_a_fit_goes_on_adds_up(tmp_path: Path) -> None:
    (tmp_path / "usage.json").write_text(json.dumps({"seconds": 100.0, "peak_mb": 1e6}), encoding="utf-8")
    meter = UsageMeter(tmp_path)
    time.sleep(0.05)
    meter.write()
    meter.write()  # writing twice does not count twice
    usage = read_usage(tmp_path)
    assert 100.05 <= usage.seconds < 105
    assert usage.peak_mb == 1e6


def test_usage_when_memory_was_needed_for_a_moment_knows_the_peak(tmp_path: Path) -> None:
    before = _measured(tmp_path / "before")
    folder = tmp_path / "during"
    folder.mkdir()
    meter = UsageMeter(folder)
    block = bytearray(200 * _MB)
    del block
    meter.write()
    assert read_usage(folder).peak_mb - before == pytest.approx(200, abs=20)


def test_usage_when_measured_forgets_what_was_needed_before(tmp_path: Path) -> None:
    block = bytearray(200 * _MB)
    high = _measured(tmp_path / "high")
    del block
    assert high - _measured(tmp_path / "low") > 150


def _measured(folder: Path) -> float:
    folder.mkdir()
    UsageMeter(folder).write()
    return read_usage(folder).peak_mb
