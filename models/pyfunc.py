"""The MLflow adapter: a saved predictor as a `python_function` model, read without pickle.

`mlflow.pyfunc.load_model("models:/<name>@champion").predict(frame)` answers a
DataFrame, a list or an array of texts with a DataFrame, one row a text.
"""

import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from configs.errors import InputError
from models import factory
from models.types import Classification, Summary, SummaryRequest

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.models import Model, ModelSignature

PREDICTOR_FOLDER = "data/predictor"
"""Where a written model keeps the predictor: MLflow copies it below `data/`, under its own name."""

_TEXT_COLUMN = "text"
_OUTPUT_COLUMNS = {
    "text-classification": {"label": "string", "score": "double", "answered": "boolean"},
    "multi-label-classification": {"labels": "string"},  # a JSON list
    "summarization": {"summary": "string"},
}
_EXAMPLES = {
    "text-classification": "Where is my parcel?",
    "multi-label-classification": "Where is my parcel, and why was I charged twice?",
    "summarization": "The pump failed on Monday. It was replaced on Tuesday. Nobody was hurt.",
}
"""A text that MLflow shows beside the model, as what to send."""
_PACKAGES = (
    "mlflow",
    "numpy",
    "onnx",
    "onnxruntime",
    "pydantic",
    "safetensors",
    "scikit-learn",
    "spacy",
    "torch",
    "transformers",
    "vaderSentiment",
)


class PyfuncModel:
    """What MLflow calls: a table with a column `text` in, a table of answers out."""

    def __init__(self, predictor: factory.AnyPredictor) -> None:
        self._predictor = predictor

    def predict(self, model_input: Any, params: Mapping[str, Any] | None = None) -> "pd.DataFrame":  # noqa: ARG002
        """Answer each text; `params` is part of MLflow's interface and not used."""
        import pandas as pd  # only MLflow's callers need it, not every user of this module

        texts = _texts(model_input)
        inputs = [SummaryRequest(text) for text in texts] if self._predictor.task == "summarization" else texts
        columns = _OUTPUT_COLUMNS[self._predictor.task]
        return pd.DataFrame([_row(answer) for answer in self._predictor.predict(inputs)], columns=list(columns))


def _load_pyfunc(data_path: str) -> PyfuncModel:
    """Load what `models.factory.save` wrote; MLflow finds this function by its name."""
    return PyfuncModel(factory.load(Path(data_path)))


def write(staging: Path, predictor_folder: Path, about: "Model") -> Path:
    """Write a saved predictor as an MLflow model below `staging`, and give its folder."""
    import mlflow.pyfunc
    import pandas as pd

    task, _ = factory.task_and_kind(predictor_folder)
    source = staging / Path(PREDICTOR_FOLDER).name
    source.symlink_to(predictor_folder.absolute())  # gives the copy its name without copying twice
    mlflow.pyfunc.save_model(
        str(staging / "model"),
        loader_module=__name__,
        data_path=str(source),
        mlflow_model=about,
        signature=signature_of(task),
        input_example=pd.DataFrame({_TEXT_COLUMN: [_EXAMPLES[task]]}),
        pip_requirements=requirements(),
    )
    return staging / "model"


def signature_of(task: str) -> "ModelSignature":
    """Describe the input and output tables of a task for MLflow.

    The column of texts has no name there: with one, MLflow would take tables only and refuse a list of texts.
    """
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema, TensorSpec

    outputs: list[ColSpec | TensorSpec] = [ColSpec(type, name) for name, type in _OUTPUT_COLUMNS[task].items()]
    return ModelSignature(inputs=Schema([ColSpec("string")]), outputs=Schema(outputs))


def requirements() -> list[str]:
    """Pin what a predictor needs to the installed versions; MLflow would guess them in a sub-process of 11 s."""
    pinned = []
    for package in _PACKAGES:
        try:
            pinned.append(f"{package}=={version(package).split('+')[0]}")
        except PackageNotFoundError:
            continue
    return pinned


def _texts(model_input: Any) -> list[str]:
    columns = getattr(model_input, "columns", None)
    if columns is not None and list(columns) == [0]:  # what MLflow makes of a list of texts
        model_input = model_input[0]
    elif columns is not None:
        if _TEXT_COLUMN not in columns:
            raise InputError(
                f"Expected a column `{_TEXT_COLUMN}`, but got {', '.join(map(str, columns)) or 'no column'}.",
                hint=f"MLflow hands over the first column only: give `table[['{_TEXT_COLUMN}']]`.",
            )
        model_input = model_input[_TEXT_COLUMN]
    rows = [model_input] if isinstance(model_input, str) or not hasattr(model_input, "__iter__") else list(model_input)
    texts = [row[_TEXT_COLUMN] if isinstance(row, Mapping) and _TEXT_COLUMN in row else row for row in rows]
    wrong = next((index for index, text in enumerate(texts) if not isinstance(text, str)), None)
    if wrong is not None:
        raise InputError(f"Expected texts, but row {wrong} is of type {type(texts[wrong]).__name__}.")
    return texts


def _row(answer: Classification | Summary) -> dict[str, str | float | bool]:
    if isinstance(answer, Summary):
        return {"summary": answer.text}
    if answer.labels is not None:
        return {"labels": json.dumps(answer.labels, ensure_ascii=False)}
    return {"label": answer.label, "score": answer.score, "answered": answer.answered}
