"""Answers of a registered model from the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from configs.errors import InputError
from configs.settings import Settings
from models import factory
from models.registry import Registry
from pipelines.cli import app
from pipelines.predict import lines_of, predict
from pipelines.train import TrainingResult

REFUND = "You charged me twice on the invoice, please correct it."


def test_predict_when_the_model_is_unsure(trained: TrainingResult, deployment: Settings) -> None:
    answers = predict(trained.name, [REFUND, "Xyzzy"], deployment, alias="challenger")
    assert (answers[0]["label"], answers[0]["answered"]) == ("invoice_question", True)
    assert answers[1]["answered"] is False
    assert "not sure" in lines_of(answers[1])[0]
    assert "not sure" not in lines_of(answers[0])[0]


def test_predict_when_words_are_explained(
    trained: TrainingResult, deployment: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLOPHON_HOME", str(deployment.home))
    command = ["predict", trained.name, "--text", REFUND, "--alias", "challenger", "--explain"]
    spoken = CliRunner().invoke(app, command)
    assert spoken.exit_code == 0
    first, *words = spoken.stdout.splitlines()
    assert first.startswith("invoice_question")
    assert words[0].split()[-1] == "invoice"
    assert len(words) == 5
    (answer,) = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    assert [REFUND[word["start"] : word["end"]] for word in answer["words"]] == [
        word["word"] for word in answer["words"]
    ]


def test_predict_when_a_summary_is_to_be_explained(
    trained: TrainingResult, deployment: Settings, tmp_path: Path
) -> None:
    factory.save(factory.create("summarization", "lead", {}), tmp_path)
    registry = Registry(deployment.resolved_tracking_url, artifacts_folder=deployment.artifacts_folder)
    version = registry.log_and_register(name="lead-notes", folder=tmp_path, run_id=trained.run_id, tags={})
    with pytest.raises(InputError, match="only the answers of classifiers"):
        predict("lead-notes", ["One."], deployment, version=version.version, alias=None, explain=True)
