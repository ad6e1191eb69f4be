"""`Predictor`: a trained model of one task."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from configs.loader import ClosedModel, parse
from models.types import Report, Score

if TYPE_CHECKING:
    from models.encoders import Encoder

ExampleT = TypeVar("ExampleT")
InputT = TypeVar("InputT")
OutputT = TypeVar("OutputT")


class Predictor(ABC, Generic[ExampleT, InputT, OutputT]):
    """A model behind `fit`, `predict`, `save` and `load`.

    A predictor is made from its hyperparameters (keyword arguments, checked by
    the constructor), learns in `fit`, and is then only read: `predict` may be
    called from several threads.
    """

    task: ClassVar[str]
    """The Hugging Face name of the task, e.g. `text-classification`."""
    kind: ClassVar[str]
    """The name in `models.factory`, e.g. `transformer`."""
    config_class: ClassVar[type[ClosedModel]]
    """What its hyperparameters may be."""
    config: ClosedModel

    def __init__(self, **parameters: Any) -> None:
        self.config = parse(parameters, self.config_class, source=f"{self.task}/{self.kind}")

    @abstractmethod
    def fit(
        self,
        train: Sequence[ExampleT],
        validation: Sequence[ExampleT],
        *,
        score: Score,
        report: Report,
        checkpoint_dir: Path,
        seed: int,
    ) -> None:
        """Learn from `train`, choose by `validation`.

        Args:
            train: examples to learn from.
            validation: examples to stop and choose by; never learned from.
            score: maps (y_true, y_pred) to metrics; the first one decides, higher is better.
            report: told the progress after each epoch or iteration.
            checkpoint_dir: where a fit that was killed finds what it had done; the caller clears it.
            seed: makes the fit reproducible on one machine.
        """

    @abstractmethod
    def predict(self, inputs: Sequence[InputT]) -> list[OutputT]:
        """Answer each input, in order."""

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write everything that `load` needs into `folder`, as safetensors, JSON and text."""

    @classmethod
    @abstractmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            IntegrityError: a file is missing or broken.
        """

    def calibrate(self, validation: Sequence[ExampleT]) -> None:
        """Choose what is chosen after learning, e.g. a temperature or thresholds, by texts never learned from.

        `fit` ends with it, and it is done again where another runtime than the one that learnt shall answer.
        """

    @property
    def encoder(self) -> "Encoder | None":
        """The pretrained encoder that takes most of the time of an answer, so that its runtime can be chosen."""
        return None

    def parameters(self) -> Mapping[str, Any]:
        """The hyperparameters, to be logged with the run."""
        return self.config.model_dump(mode="json")
