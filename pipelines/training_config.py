"""The facts of one experiment: what `configs/training/*.yaml` may say."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from configs.loader import ClosedModel
from evaluation.gates import GateConfig
from models.runtimes.choice import RUNTIMES, RuntimeName
from pipelines.datasets.config import DatasetConfig
from pipelines.search_config import SearchConfig

ModelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,62}$")]


class PredictorConfig(ClosedModel):
    """A kind of predictor and its hyperparameters; the predictor itself checks them."""

    kind: str = Field(description="A kind that `models.factory` knows for the task.")
    parameters: dict[str, Any] = Field(default_factory=dict)


class InferenceConfig(ClosedModel):
    """What may be chosen to compute answers; the flow measures each and takes the fastest that is good enough."""

    runtimes: list[RuntimeName] = Field(
        list(RUNTIMES), description="`[torch]` gives the same answers on every machine, to float32's last digits."
    )
    tolerated_loss: float = Field(
        0.003, ge=0, lt=1, description="How much of the gate's metric on validation may be given up for speed."
    )


class LearningCurveConfig(ClosedModel):
    """Fits on parts of the training data, to see what more of it would bring."""

    of: Literal["predictor", "baseline"] = Field("predictor", description="Which one is fitted on each part.")
    shares: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = Field(
        (0.25, 0.5), min_length=1, max_length=9, description="Parts of train; all of it is fitted anyway."
    )


class TrainingConfig(ClosedModel):
    """One experiment: data, predictor, baseline, and the gate that its versions must pass."""

    model: ModelName = Field(description="The registered model that a run adds a version to.")
    description: str = Field(description="What the model answers, in one or two sentences.")
    intended_use: str = Field(description="What it is for, and what it is not for.")
    task: Literal["text-classification", "multi-label-classification", "summarization"]
    seed: int = Field(7, ge=0)
    dataset: DatasetConfig
    predictor: PredictorConfig
    search: SearchConfig | None = Field(
        None, description="Hyperparameters of `predictor` to be found on validation before it is fitted."
    )
    baseline: PredictorConfig
    learning_curve: LearningCurveConfig | None = Field(
        None, description="Also fit on parts of train; costs about the sum of their shares of a fit."
    )
    gate: GateConfig
    inference: InferenceConfig = Field(default_factory=InferenceConfig)
    policy: Literal["auto", "review"] = Field(
        "auto", description="Whether a version that passes the gate still waits for a person."
    )

    @model_validator(mode="after")
    def _data_fits_task(self) -> Self:
        if self.dataset.task != self.task:
            raise ValueError(f"Expected data for {self.task}, but `dataset` gives {self.dataset.task}")
        return self

    @model_validator(mode="after")
    def _searches_what_is_free(self) -> Self:
        given = self.search.parameters.keys() & self.predictor.parameters.keys() if self.search else ()
        for name in sorted(given):
            raise ValueError(f"`{name}` has a value in `predictor` and a range in `search`: give one of them")
        return self
