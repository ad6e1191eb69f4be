"""The training configurations that come with the project."""

from pathlib import Path

import pytest

from configs.loader import load_yaml
from models import factory
from pipelines.training_config import TrainingConfig

CONFIGS = sorted((Path(__file__).parents[2] / "configs" / "training").glob("*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_configuration_makes_its_predictors_when_read(path: Path) -> None:
    config = load_yaml(path, TrainingConfig)
    for predictor in (config.predictor, config.baseline):
        made = factory.create(config.task, predictor.kind, predictor.parameters)
        assert made.parameters().items() >= predictor.parameters.items()
