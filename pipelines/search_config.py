"""What a training configuration may say about searching for hyperparameters."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from configs.loader import ClosedModel


class FloatRange(ClosedModel):
    """A number between two others, both included."""

    kind: Literal["float"]
    low: float
    high: float
    log: bool = Field(False, description="Whether 0.001 and 0.01 are as far apart as 0.01 and 0.1.")

    @model_validator(mode="after")
    def _is_range(self) -> Self:
        _check_range(self.low, self.high, self.log)
        return self


class IntRange(ClosedModel):
    """A whole number between two others, both included."""

    kind: Literal["int"]
    low: int
    high: int
    log: bool = Field(False, description="Whether 1 and 10 are as far apart as 10 and 100.")

    @model_validator(mode="after")
    def _is_range(self) -> Self:
        _check_range(self.low, self.high, self.log)
        return self


class Choices(ClosedModel):
    """One of a few values."""

    kind: Literal["categorical"]
    choices: tuple[str | int | float | bool | None, ...] = Field(min_length=2)


ParameterRange = Annotated[FloatRange | IntRange | Choices, Field(discriminator="kind")]


class SearchConfig(ClosedModel):
    """Which hyperparameters of the predictor are tried, and how long."""

    parameters: dict[str, ParameterRange] = Field(min_length=1, description="Hyperparameter → what it may be.")
    trials: int = Field(20, ge=1, le=10_000)
    seconds: float = Field(
        3600, gt=0, description="No trial begins after so long; kills do not reset it. What began is finished."
    )
    pruner: Literal["median", "none"] = Field(
        "median", description="`median` stops a trial that is worse than half of the earlier ones were at its step."
    )


def _check_range(low: float, high: float, log: bool) -> None:
    if low >= high:
        raise ValueError(f"Expected `low` below `high`, but got {low} and {high}")
    if log and low <= 0:
        raise ValueError(f"Expected `low` above zero, because `log` is set, but got {low}")
