"""What MLflow itself makes of a registered predictor."""

import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pytest
import torch

from configs.errors import InputError
from models import factory, pyfunc
from models.registry import Registry
from models.text_classification.tfidf_linear import TfidfLinearClassifier
from models.types import LabelledText, Score


@pytest.fixture(scope="module")
def classifier_folder(
    train_texts: list[LabelledText], accuracy: Score, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("classifier")
    classifier = TfidfLinearClassifier()
    classifier.fit(
        train_texts, train_texts, score=accuracy, report=lambda *_: None, checkpoint_dir=Path("unused"), seed=1
    )
    factory.save(classifier, folder)
    return folder


@pytest.fixture
def default_store(tracking_url: str) -> Iterator[None]:
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(tracking_url)
    yield
    mlflow.set_tracking_uri(before)


@pytest.mark.usefixtures("default_store")
def test_load_model_answers_a_table_when_named_by_alias(
    tracking_url: str, classifier_folder: Path, new_run: Callable[[], str], tmp_path: Path
) -> None:
    registry = Registry(tracking_url)
    registry.log_and_register(name=tmp_path.name, folder=classifier_folder, run_id=new_run(), tags={})
    registry.set_alias(tmp_path.name, "champion", "1")
    model = mlflow.pyfunc.load_model(f"models:/{tmp_path.name}@champion")
    answers = model.predict(pd.DataFrame({"text": ["a late parcel with the courier", "reset my password"]}))
    assert list(answers.columns) == ["label", "score", "answered"]
    assert list(answers["label"]) == ["delivery", "account"]


@pytest.fixture(params=sorted(factory.KINDS))
def logged_model(
    request: pytest.FixtureRequest, classifier_folder: Path, tracking_url: str, new_run: Callable[[], str]
) -> str:
    """The address of a registered version of each task."""
    folder = classifier_folder if request.param == "text-classification" else request.getfixturevalue("saved_lead")
    name = f"logged-{request.param}-{new_run()}"
    Registry(tracking_url).log_and_register(name=name, folder=folder, run_id=new_run(), tags={})
    return f"models:/{name}/1"


@pytest.mark.usefixtures("default_store")
def test_load_model_answers_tables_and_lists_alike_when_a_version_is_registered(logged_model: str) -> None:
    model = mlflow.pyfunc.load_model(logged_model)
    texts = ["A late parcel with the courier. Where is it?", "Reset my password. Today."]
    answers = model.predict(pd.DataFrame({"text": texts}))
    assert len(answers) == 2
    assert answers.equals(model.predict(texts))
    assert answers.equals(model.predict([{"text": text} for text in texts]))
    assert answers.iloc[[0]].equals(model.predict(texts[0]))
    with pytest.raises(InputError, match="first column only"):
        model.predict(pd.DataFrame({"id": [1], "text": texts[:1]}).astype(str))


@pytest.mark.usefixtures("default_store")
def test_logged_model_says_how_to_call_it_when_mlflow_reads_it(logged_model: str) -> None:
    model = mlflow.pyfunc.load_model(logged_model)
    about = model.metadata
    assert [str(type.name) for type in about.get_input_schema().input_types()] == ["string"]
    answers = model.predict(model.input_example)
    assert about.get_output_schema().input_names() == list(answers.columns)
    folder = Path(mlflow.artifacts.download_artifacts(logged_model))
    pinned = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert pinned == pyfunc.requirements()
    payload = json.loads((folder / "serving_input_example.json").read_text(encoding="utf-8"))
    assert payload["dataframe_split"]["columns"] == ["text"]


@pytest.mark.usefixtures("default_store")
def test_load_model_answers_when_nothing_can_be_unpickled(logged_model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("something was unpickled")

    for module, names in ((pickle, ("load", "loads", "Unpickler", "_Unpickler")), (torch, ("load",))):
        for name in names:
            monkeypatch.setattr(module, name, forbidden)
    assert len(mlflow.pyfunc.load_model(logged_model).predict(["A late parcel. Where?"])) == 1


@pytest.mark.parametrize(
    "given",
    [
        ["late parcel"],
        [{"text": "late parcel"}],
        pd.DataFrame({"text": ["late parcel"], "more": [1]}),
        pd.Series(["late parcel"]),
        "late parcel",
    ],
)
def test_predict_takes_texts_in_each_form_when_mlflow_hands_them_over(classifier_folder: Path, given: Any) -> None:
    answers = pyfunc._load_pyfunc(str(classifier_folder)).predict(given)
    assert list(answers["label"]) == ["delivery"]


@pytest.mark.parametrize("given", [pd.DataFrame({"body": ["x"]}), [1, 2], [None], [["nested"]], 7])
def test_predict_refuses_when_given_no_texts(classifier_folder: Path, given: Any) -> None:
    with pytest.raises(InputError) as caught:
        pyfunc._load_pyfunc(str(classifier_folder)).predict(given)
    assert "\n" not in str(caught.value)


def test_predict_gives_summaries_when_the_task_is_summarization(saved_lead: Path) -> None:
    answers = pyfunc._load_pyfunc(str(saved_lead)).predict(["One. Two. Three."])
    assert answers.to_dict("records") == [{"summary": "One. Two."}]


def test_requirements_are_pinned_when_listed() -> None:
    listed = pyfunc.requirements()
    assert any(line.startswith("torch==") for line in listed)
    assert all("==" in line and "+" not in line for line in listed)
