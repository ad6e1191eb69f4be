"""`serving.yaml`: which models answer, how they are batched, what is recorded."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from configs.loader import ClosedModel, load_yaml
from serving.limits import Limits

DEFAULT_PATH = Path(__file__).resolve().parent.parent / "configs" / "serving.yaml"

Task = Literal["text-classification", "multi-label-classification", "summarization"]

CLASSIFICATION: tuple[Task, ...] = ("text-classification", "multi-label-classification")
TASKS: Mapping[str, tuple[Task, ...]] = {
    "classify": CLASSIFICATION,
    "summarize": ("summarization",),
    "sentiment": CLASSIFICATION,
}
"""What the models of each endpoint do."""


class ModelConfig(ClosedModel):
    """A registered model that is served."""

    name: str = Field(min_length=1, description="Its name in the registry; callers choose by it.")
    task: Task
    alias: str = Field("champion", min_length=1, description="The alias whose version answers.")


class EndpointsConfig(ClosedModel):
    """The model of each endpoint where the caller names none."""

    classify: str
    summarize: str
    sentiment: str | None = Field(None, description="A classifier of moods.")


class BatchingConfig(ClosedModel):
    """How calls that wait for a model are put together."""

    # Above 32 texts a CPU encoder gains nothing more, and whoever came first waits for the whole batch.
    texts: int = Field(32, ge=1, description="Texts of one batch.")


class RecordsConfig(ClosedModel):
    """What is kept of each answer."""

    text: Literal["full", "hash", "off"] = Field("hash", description="Keep the text, its sha256, or neither.")
    keep_text_days: int = Field(30, ge=1, description="After this many days texts are blanked.")


class ServingConfig(ClosedModel):
    """Everything in `serving.yaml`."""

    models: tuple[ModelConfig, ...] = Field(min_length=1)
    endpoints: EndpointsConfig
    poll_seconds: float = Field(2, gt=0, le=60, description="How often the registry is asked for new champions.")
    limits: Limits = Limits()
    batching: BatchingConfig = BatchingConfig()
    records: RecordsConfig = RecordsConfig()

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        names = Counter(model.name for model in self.models)
        if doubled := [name for name, times in names.items() if times > 1]:
            raise ValueError(f"expected each model once, but {', '.join(doubled)} is listed more than once")
        tasks = {model.name: model.task for model in self.models}
        for endpoint, known in TASKS.items():
            name = getattr(self.endpoints, endpoint)
            if name is not None and tasks.get(name) not in known:
                wanted = " or ".join(known)
                raise ValueError(f"expected endpoints.{endpoint} to name a listed model of task {wanted}, not {name}")
        return self


def load(path: Path | None = None) -> ServingConfig:
    """Read `serving.yaml`, by default the one that ships with the package.

    Raises:
        ConfigError: the file is missing, no YAML, or has a wrong key or value.
    """
    return load_yaml(path or DEFAULT_PATH, ServingConfig)
