"""`benchmarks/quality.py`: reads each data set's own test split, and scores what is registered."""

import io
import json
import sys
import tarfile
from pathlib import Path

import pytest

from benchmarks import quality
from configs.errors import DatasetError
from configs.settings import Settings
from models import factory
from models.types import LabelledText, SummaryRequest
from pipelines.stores import open_registry, open_tracking


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Test splits in the shape of the real ones."""
    folder = tmp_path / "data"
    (folder / "banking77" / "banking_data").mkdir(parents=True)
    (folder / "banking77" / "banking_data" / "test.csv").write_text('text,category\n"Lost, card?",lost\n', "utf-8")
    (folder / "sst2").mkdir()
    (folder / "sst2" / "test.tsv").write_text("a fine film\t1\na dull film\t0\nfine words , no film\t0\n", "utf-8")
    (folder / "scitldr").mkdir()
    row = {"source": ["We plan.", "We test it.\n", ""], "target": ["We test.", "A plan."]}
    (folder / "scitldr" / "test.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    (folder / "20newsgroups").mkdir()
    with tarfile.open(folder / quality.BENCHMARKS["20newsgroups"].path, "w:gz") as archive:
        for name in ("20news-bydate-test/sci.space/1", "20news-bydate-train/sci.space/2"):
            member = tarfile.TarInfo(name)
            member.size = 4
            archive.addfile(member, io.BytesIO(b"Caf\xe9"))
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A deployment whose `sst2` calls every film fine that is not dull."""
    settings = Settings(home=tmp_path / "home")
    settings.prepare()
    train = [LabelledText("a fine film", "positive"), LabelledText("a dull film", "negative")]
    classifier = factory.create("text-classification", "tfidf-linear", {})
    classifier.fit(
        train,
        train,
        score=lambda y_true, y_pred: {"accuracy": float(list(y_true) == list(y_pred))},
        report=lambda *_: None,
        checkpoint_dir=tmp_path,
        seed=1,
    )
    factory.save(classifier, tmp_path / "model")
    tracking, registry = open_tracking(settings), open_registry(settings)
    run = tracking.open_run("sst2", digest="d", name="train")
    tracking.log_metrics(run, {"fit/seconds": 12.0, "fit/peak_mb": 345.0})
    registry.log_and_register(name="sst2", folder=tmp_path / "model", run_id=run.run_id, tags={})
    registry.set_alias("sst2", "challenger", "1")
    return settings.home


def test_rows_when_a_version_is_registered(
    data: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--data", str(data), "--only", "sst2", "--home", str(tmp_path / "none"), "--home", str(home)]
    monkeypatch.setattr(sys, "argv", ["quality.py", *options, "--json", str(tmp_path / "rows.json")])
    quality.main()
    (row,) = json.loads((tmp_path / "rows.json").read_text(encoding="utf-8"))
    assert row == {
        "data": "sst2",
        "measure": "accuracy",
        "value": 66.67,
        "seconds": 12.0,
        "peak_mb": 345.0,
        "model_version": "sst2/1",
    }
    table = capsys.readouterr().out
    assert "sst2/1" in table
    assert "91.0" in table
    assert "1,821 test sentences" in table


def test_readers_when_each_gives_its_test_split(data: Path) -> None:
    read = {name: one.read_test(data / one.path) for name, one in quality.BENCHMARKS.items()}
    assert read == {
        "banking77": (["Lost, card?"], ["lost"]),
        "20newsgroups": (["Café"], ["sci.space"]),
        "sst2": (["a fine film", "a dull film", "fine words , no film"], ["positive", "negative", "negative"]),
        "scitldr": (
            [SummaryRequest("We plan. We test it.", sentences=("We plan.", "We test it."))],
            [["We test.", "A plan."]],
        ),
    }


def test_rouge_when_references_differ_takes_all_kinds_from_the_closest_by_rouge1() -> None:
    scores = quality.rouge([["x y z a b c", "d c b a"]], ["a b c d"])
    assert scores == {"ROUGE-1": 100.0, "ROUGE-2": 0.0, "ROUGE-L": 25.0}


def test_rouge_when_there_are_references_takes_the_best() -> None:
    scores = quality.rouge([["We test.", "A plan."], ["Nothing alike"]], ["A plan.", "We test."])
    assert scores == {"ROUGE-1": 50.0, "ROUGE-2": 50.0, "ROUGE-L": 50.0}


def test_measured_when_the_data_is_missing_names_the_path(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="--data"):
        quality.measured("sst2", tmp_path, [tmp_path])
