"""Settings of every test: no telemetry, no hub, no home of the user's own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from configs import telemetry
from configs.settings import Settings

telemetry.silence()
# Prefect reads these when it is first imported, which collecting the tests does.
_PREFECT_HOME = tempfile.mkdtemp(prefix="colophon-prefect-")
atexit.register(shutil.rmtree, _PREFECT_HOME, ignore_errors=True)
os.environ |= {
    "PREFECT_HOME": _PREFECT_HOME,
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "MPLBACKEND": "Agg",
}

# Machines are noisy, so no deadline. CI draws the same examples each time; people's runs look for new ones.
hypothesis_settings.register_profile("colophon", deadline=None, derandomize="CI" in os.environ)
hypothesis_settings.load_profile("colophon")


@pytest.fixture(autouse=True)
def _no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in list(os.environ):
        if variable.startswith("COLOPHON_"):
            monkeypatch.delenv(variable)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A deployment of its own: everything under the test's folder."""
    return Settings(home=tmp_path / "home")
