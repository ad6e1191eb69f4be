"""Predictors are made, saved and found again by name."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from configs.errors import ConfigError, IntegrityError
from models import factory
from models.base import Predictor
from models.summarization.lead import LeadSummarizer


@pytest.mark.parametrize(("task", "kind"), [(task, kind) for task, kinds in factory.KINDS.items() for kind in kinds])
def test_create_makes_the_named_kind_when_it_is_known(task: str, kind: str) -> None:
    predictor = factory.create(task, kind, {})
    assert isinstance(predictor, Predictor)
    assert (predictor.task, predictor.kind) == (task, kind)
    assert json.loads(json.dumps(dict(predictor.parameters()))) == predictor.parameters()


@pytest.mark.parametrize(
    ("task", "kind", "known"),
    [
        ("summarisation", "lead", "summarization"),
        ("translation", "lead", "text-classification"),
        ("summarization", "leads", "lead"),
        ("text-classification", "forest", "tfidf-linear"),
    ],
)
def test_create_names_what_is_known_when_a_name_is_not(task: str, kind: str, known: str) -> None:
    with pytest.raises(ConfigError, match=known):
        factory.create(task, kind, {})


def test_load_gives_what_was_saved_when_whole(tmp_path: Path) -> None:
    factory.save(LeadSummarizer(max_sentences=2), tmp_path)
    assert factory.task_and_kind(tmp_path) == ("summarization", "lead")
    loaded = factory.load(tmp_path)
    assert isinstance(loaded, LeadSummarizer)
    assert loaded.config.max_sentences == 2


@pytest.mark.parametrize(
    "about",
    [
        None,
        "no json",
        "[]",
        '{"format": 1, "task": "summarization"}',
        '{"format": 2, "task": "summarization", "kind": "lead"}',
        '{"format": 1, "task": "summarization", "kind": "os:system"}',
    ],
)
def test_load_refuses_when_it_is_not_told_what_to_load(tmp_path: Path, about: str | None) -> None:
    factory.save(LeadSummarizer(), tmp_path)
    path = tmp_path / "predictor.json"
    path.unlink() if about is None else path.write_text(about)
    with pytest.raises(IntegrityError) as caught:
        factory.load(tmp_path)
    assert "\n" not in str(caught.value)


def test_load_refuses_when_saved_parameters_are_not_known(tmp_path: Path) -> None:
    factory.save(LeadSummarizer(), tmp_path)
    (tmp_path / "summarizer.json").write_text('{"parameters": {"sentences": 3}}')
    with pytest.raises(IntegrityError, match="not known"):
        factory.load(tmp_path)


def test_import_stays_light_when_nothing_is_made() -> None:
    code = "import sys, models.factory, models.base; print(*{'torch', 'sklearn', 'mlflow', 'spacy'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""
