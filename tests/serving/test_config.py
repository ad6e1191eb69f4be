from pathlib import Path
from typing import Any

import pytest
import yaml

from configs.errors import ConfigError
from serving import config

VALUES: dict[str, Any] = {
    "models": [{"name": "a", "task": "text-classification"}, {"name": "b", "task": "summarization"}],
    "endpoints": {"classify": "a", "summarize": "b"},
}


def write(folder: Path, **changes: Any) -> Path:
    path = folder / "serving.yaml"
    path.write_text(yaml.safe_dump(VALUES | changes), encoding="utf-8")
    return path


def test_load_when_nothing_is_named() -> None:
    assert {model.task for model in config.load().models} == {"text-classification", "summarization"}


def test_load_when_only_models_are_named(tmp_path: Path) -> None:
    loaded = config.load(write(tmp_path))
    assert loaded.models[0].alias == "champion"
    assert loaded.records.text == "hash"


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"models": VALUES["models"] * 2}, "a, b is listed more than once"),
        ({"endpoints": {"classify": "b", "summarize": "b"}}, "endpoints.classify"),
        ({"endpoints": {"classify": "a", "summarize": "c"}}, "endpoints.summarize"),
        ({"endpoints": {"classify": "a", "summarize": "b", "sentiment": "b"}}, "endpoints.sentiment"),
        ({"limits": {"seconds": 600}}, "limits.seconds"),
        ({"records": {"text": "some"}}, "records.text"),
        ({"poll": 2}, "poll_seconds"),
        ({"models": []}, "models"),
    ],
)
def test_load_when_a_value_is_wrong(tmp_path: Path, changes: dict[str, Any], part: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config.load(write(tmp_path, **changes))
    assert part in str(caught.value)
    assert "serving.yaml" in str(caught.value)
