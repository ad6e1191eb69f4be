from pathlib import Path

import pytest

from configs.errors import ConfigError, DependencyError
from configs.settings import Settings


def test_settings_when_read_from_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLOPHON_HOME", str(tmp_path))
    monkeypatch.setenv("COLOPHON_SERVICE_PORT", "3111")
    settings = Settings.from_environment()
    assert settings.home == tmp_path
    assert settings.service_port == 3111
    assert settings.resolved_tracking_url == f"sqlite:///{tmp_path}/mlflow.db"


def test_settings_when_variable_is_misspelt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOPHON_HOEM", "x")
    with pytest.raises(ConfigError, match=r"COLOPHON_HOEM.*Did you mean COLOPHON_HOME\?"):
        Settings.from_environment()


def test_settings_when_value_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOPHON_SERVICE_PORT", "99999")
    with pytest.raises(ConfigError, match="COLOPHON_SERVICE_PORT"):
        Settings.from_environment()


def test_prepare_when_home_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(DependencyError, match="cannot be created"):
        Settings(home=tmp_path / "home").prepare()


def test_settings_when_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().host = "0.0.0.0"  # type: ignore[misc]
