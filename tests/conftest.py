"""Settings of every test: no telemetry, no hub, no home of the user's own."""

from pathlib import Path

import pytest

from configs import telemetry
from configs.settings import Settings

telemetry.silence()


@pytest.fixture(scope="session", autouse=True)
def _offline() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("MPLBACKEND", "Agg")
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A deployment of its own: everything under the test's folder."""
    return Settings(home=tmp_path / "home")
