"""The registry on a real MLflow database: one version a digest, aliases, checked files."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from configs.errors import ConfigError, DependencyError, IntegrityError, ModelNotFoundError
from configs.files import digest_of_folder
from models import factory
from models.registry import DIGEST_TAG, Registry
from models.registry import load as load_by_name
from models.types import SummaryRequest


@pytest.fixture
def registry(tracking_url: str) -> Registry:
    return Registry(tracking_url)


@pytest.fixture
def name(tmp_path: Path) -> str:
    return tmp_path.name.replace("[", "-").replace("]", "")


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    folder = tmp_path / "reference"
    folder.mkdir()
    (folder / "counts.json").write_text('{"rows": 3}')
    return folder


def test_register_makes_a_version_when_it_is_new(
    registry: Registry, name: str, saved_lead: Path, new_run: Callable[[], str], tracking_url: str
) -> None:
    run_id = new_run()
    version = registry.log_and_register(
        name=name,
        folder=saved_lead,
        run_id=run_id,
        tags={"data": "toys"},
        description="# Card",
        metrics={"test/rouge1": 0.4},
    )
    assert (version.name, version.version, version.run_id) == (name, "1", run_id)
    assert (version.task, version.kind) == ("summarization", "lead")
    assert version.digest == digest_of_folder(saved_lead) == version.tags[DIGEST_TAG]
    assert version.tags["data"] == "toys"
    assert abs(version.created_at - datetime.now(UTC)) < timedelta(minutes=1)
    client = MlflowClient(tracking_uri=tracking_url)
    assert client.get_model_version(name, "1").description == "# Card"
    assert client.get_run(run_id).data.metrics == {"test/rouge1": 0.4}
    assert name in registry.names()


def test_register_takes_seconds_when_requirements_are_given(
    registry: Registry, name: str, saved_lead: Path, new_run: Callable[[], str]
) -> None:
    run_id = new_run()
    started = time.process_time()
    registry.log_and_register(name=name, folder=saved_lead, run_id=run_id, tags={})
    assert time.process_time() - started < 5


def test_register_gives_the_same_version_when_repeated(
    registry: Registry, name: str, saved_lead: Path, new_run: Callable[[], str]
) -> None:
    first = registry.log_and_register(name=name, folder=saved_lead, run_id=new_run(), tags={})
    again = registry.log_and_register(name=name, folder=saved_lead, run_id=new_run(), tags={})
    assert again == first
    assert len(registry.versions(name)) == 1


def test_register_makes_another_version_when_files_differ(
    registry: Registry, name: str, saved_lead: Path, new_run: Callable[[], str], tmp_path: Path
) -> None:
    registry.log_and_register(name=name, folder=saved_lead, run_id=new_run(), tags={})
    factory.save(factory.create("summarization", "lead", {"max_sentences": 5}), tmp_path / "other")
    second = registry.log_and_register(name=name, folder=tmp_path / "other", run_id=new_run(), tags={})
    assert [version.version for version in registry.versions(name)] == ["1", "2"]
    assert second.version == "2"


@pytest.mark.parametrize("step", ["log_model_artifacts", "finalize_logged_model", "create_model_version"])
def test_register_leaves_one_version_when_killed_before(
    registry: Registry,
    name: str,
    saved_lead: Path,
    new_run: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    run_id = new_run()

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, step, killed)
        with pytest.raises(KeyboardInterrupt):
            registry.log_and_register(name=name, folder=saved_lead, run_id=run_id, tags={})
    assert registry.versions(name) == []
    registry.log_and_register(name=name, folder=saved_lead, run_id=run_id, tags={})
    assert len(registry.versions(name)) == 1
    assert registry.load(name, version="1").predictor.kind == "lead"


def test_register_uploads_once_when_killed_after_logging(
    registry: Registry, name: str, saved_lead: Path, new_run: Callable[[], str], tmp_path: Path
) -> None:
    run_id = new_run()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MlflowClient, "create_model_version", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            registry.log_and_register(name=name, folder=saved_lead, run_id=run_id, tags={})
    registry.log_and_register(name=name, folder=saved_lead, run_id=run_id, tags={})
    assert len(list((tmp_path / "artifacts").rglob("MLmodel"))) == 1


def test_register_keeps_the_lowest_version_when_there_are_two(
    registry: Registry, name: str, saved_lead: Path, new_run: Callable[[], str], tracking_url: str
) -> None:
    run_id = new_run()
    first = registry.log_and_register(name=name, folder=saved_lead, run_id=run_id, tags={})
    client = MlflowClient(tracking_uri=tracking_url)
    entity = client.get_model_version(name, "1")
    client.create_model_version(name, entity.source, run_id, tags=dict(first.tags))
    assert len(registry.versions(name)) == 2
    assert registry.log_and_register(name=name, folder=saved_lead, run_id=run_id, tags={}) == first
    assert registry.versions(name) == [first]


@pytest.mark.slow
def test_register_makes_one_version_when_processes_race(
    registry: Registry, tracking_url: str, name: str, saved_lead: Path, new_run: Callable[[], str]
) -> None:
    script = (
        "import sys; from pathlib import Path; from models.registry import Registry\n"
        "url, name, folder, run_id = sys.argv[1:]\n"
        "print(Registry(url).log_and_register(name=name, folder=Path(folder), run_id=run_id, tags={}).version)"
    )
    command = [sys.executable, "-W", "ignore", "-c", script, tracking_url, name, str(saved_lead)]
    processes = [
        subprocess.Popen([*command, new_run()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    answers = [process.communicate(timeout=200) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], answers
    (kept,) = registry.versions(name)
    assert {out.strip() for out, _ in answers} == {kept.version}


@pytest.mark.parametrize("bad", ["", "a/b", "models:/x", "x' or 1=1", "ü", "x" * 300])
def test_register_refuses_when_the_name_cannot_be_one(registry: Registry, saved_lead: Path, bad: str) -> None:
    with pytest.raises(ConfigError):
        registry.log_and_register(name=bad, folder=saved_lead, run_id="0" * 32, tags={})
    with pytest.raises(ModelNotFoundError):
        registry.resolve(bad)


def test_register_refuses_when_there_is_no_such_run(registry: Registry, name: str, saved_lead: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        registry.log_and_register(name=name, folder=saved_lead, run_id="0" * 32, tags={})


def test_load_answers_like_the_saved_one_when_found_by_alias(
    registry: Registry, name: str, saved_lead: Path, new_run: Callable[[], str], tracking_url: str, tmp_path: Path
) -> None:
    registry.log_and_register(name=name, folder=saved_lead, run_id=new_run(), tags={})
    registry.set_alias(name, "champion", "1")
    loaded = registry.load(name)
    assert loaded.version.aliases == ("champion",)
    (summary,) = loaded.predictor.predict([SummaryRequest("One. Two. Three.")])
    assert summary.sentences == ("One.", "Two.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLOPHON_TRACKING_URL", tracking_url)
        patch.setenv("COLOPHON_HOME", str(tmp_path))
        assert load_by_name(name).predict([SummaryRequest("One. Two. Three.")]) == [summary]


def test_aliases_move_and_go_when_told(
    registry: Registry, name: str, saved_lead: Path, new_run: Callable[[], str], tmp_path: Path
) -> None:
    registry.log_and_register(name=name, folder=saved_lead, run_id=new_run(), tags={})
    factory.save(factory.create("summarization", "lead", {"max_sentences": 5}), tmp_path / "other")
    registry.log_and_register(name=name, folder=tmp_path / "other", run_id=new_run(), tags={})
    registry.set_alias(name, "challenger", "1")
    registry.set_alias(name, "challenger", "2")
    assert registry.resolve(name, alias="challenger").version == "2"
    registry.delete_alias(name, "challenger")
    with pytest.raises(ModelNotFoundError, match="no alias `challenger`"):
        registry.resolve(name, alias="challenger")
    with pytest.raises(ModelNotFoundError):
        registry.set_alias(name, "challenger", "9")


def test_set_tag_is_seen_when_resolved_again(
    registry: Registry, name: str, saved_lead: Path, new_run: Callable[[], str]
) -> None:
    version = registry.log_and_register(name=name, folder=saved_lead, run_id=new_run(), tags={})
    registry.set_tag(version, "colophon.approved", version.digest)
    assert registry.resolve(name, version="1").tags["colophon.approved"] == version.digest


def test_resolve_names_what_there_is_when_not_found(
    registry: Registry, name: str, saved_lead: Path, new_run: Callable[[], str]
) -> None:
    registry.log_and_register(name=name, folder=saved_lead, run_id=new_run(), tags={})
    registry.set_alias(name, "challenger", "1")
    with pytest.raises(ModelNotFoundError, match=r"no alias `champion`.*`challenger`.*versions: 1"):
        registry.resolve(name)
    with pytest.raises(ModelNotFoundError, match="no version 7"):
        registry.resolve(name, version="7")
    with pytest.raises(ModelNotFoundError, match=f"Did you mean `{name}`"):
        registry.resolve(f"{name}x")


def test_load_refuses_when_a_file_changed(
    registry: Registry, name: str, saved_lead: Path, new_run: Callable[[], str]
) -> None:
    registry.log_and_register(name=name, folder=saved_lead, run_id=new_run(), tags={})
    folder = registry.load(name, version="1").folder
    (folder / "summarizer.json").write_text('{"parameters": {"max_sentences": 9}}')
    with pytest.raises(IntegrityError, match="digest"):
        registry.load(name, version="1")
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    with pytest.raises(IntegrityError, match="missing"):
        registry.load(name, version="1")


def test_load_refuses_when_the_version_carries_no_digest(
    registry: Registry, name: str, new_run: Callable[[], str], tracking_url: str, tmp_path: Path
) -> None:
    client = MlflowClient(tracking_uri=tracking_url)
    client.create_registered_model(name)
    client.create_model_version(name, (tmp_path / "foreign").as_uri(), new_run())
    with pytest.raises(IntegrityError, match="no digest"):
        registry.load(name, version="1")


def test_profile_is_found_and_checked_when_it_was_registered(
    registry: Registry, name: str, saved_lead: Path, profile: Path, new_run: Callable[[], str]
) -> None:
    version = registry.log_and_register(name=name, folder=saved_lead, run_id=new_run(), tags={}, profile_folder=profile)
    assert version.digest == digest_of_folder(saved_lead)
    folder = registry.profile_folder(version)
    assert (folder / "counts.json").read_text() == '{"rows": 3}'
    (folder / "counts.json").write_text("{}")
    with pytest.raises(IntegrityError):
        registry.profile_folder(version)


def test_profile_is_not_found_when_there_is_none(
    registry: Registry, name: str, saved_lead: Path, new_run: Callable[[], str]
) -> None:
    version = registry.log_and_register(name=name, folder=saved_lead, run_id=new_run(), tags={})
    with pytest.raises(ModelNotFoundError, match="no reference profile"):
        registry.profile_folder(version)


def test_registry_waits_when_the_database_is_locked(
    registry: Registry, name: str, saved_lead: Path, new_run: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = MlflowClient.create_model_version
    refusals = iter([True, True])

    def busy(*arguments: Any, **named: Any) -> Any:
        if next(refusals, False):
            raise MlflowException("(sqlite3.OperationalError) database is locked")
        return ask(*arguments, **named)

    monkeypatch.setattr(MlflowClient, "create_model_version", busy)
    registry.log_and_register(name=name, folder=saved_lead, run_id=new_run(), tags={})
    assert len(registry.versions(name)) == 1


def test_registry_says_so_when_the_store_is_out_of_reach(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(DependencyError):
        Registry(f"sqlite:///{tmp_path}/file/mlflow.db").names()


@pytest.mark.slow
def test_registry_gives_up_soon_when_no_server_listens() -> None:
    started = time.monotonic()
    with pytest.raises(DependencyError, match="did not answer"):
        Registry("http://127.0.0.1:9").names()
    assert time.monotonic() - started < 30
