"""Which steps a training has, and what each of them depends on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.registry import Version
from pipelines.steps import Step, plan
from pipelines.training_config import TrainingConfig

_MODEL_LIBRARIES = (
    "numpy",
    "safetensors",
    "scikit-learn",
    "spacy",
    "tokenizers",
    "torch",
    "transformers",
    "vaderSentiment",
)
_RUNTIME_LIBRARIES = ("onnx", "onnxruntime")
_FITTING_CODE = ("models", "evaluation/metrics.py", "pipelines/fitting.py", "pipelines/usage.py")


@dataclass(frozen=True)
class TrainingPlan:
    """The steps of one training, named by what they depend on, before any of them runs."""

    data: Step
    check: Step | None
    search: Step | None
    fit: Step
    optimize: Step
    baseline: Step
    curve: Step | None

    @classmethod
    def of(cls, config: TrainingConfig, work_folder: Path) -> "TrainingPlan":
        """Plan the steps; nothing is run."""
        planner = _Planner(config, work_folder)
        search = planner.search()
        fit = planner.fit(search)
        baseline = planner.baseline()
        return cls(
            data=planner.data,
            check=planner.check(),
            search=search,
            fit=fit,
            optimize=planner.optimize(fit),
            baseline=baseline,
            curve=planner.curve(fit, baseline),
        )

    @property
    def steps(self) -> dict[str, Step]:
        """The steps by name, in their order."""
        return {name: step for name, step in vars(self).items() if step is not None}

    def evaluation(self, config: TrainingConfig, work_folder: Path, champion: Version | None) -> Step:
        """Plan the evaluation, which also depends on who is the champion."""
        return plan(
            work_folder,
            "evaluate",
            inputs={
                "fit": self.optimize.digest,
                "baseline": self.baseline.digest,
                "champion": champion.digest if champion else None,
                "config": config.model_dump(mode="json"),
            },
            code=[
                "evaluation",
                "serving/columns.py",
                "pipelines/breakdown.py",
                "pipelines/certainty.py",
                "pipelines/label_checks.py",
                "pipelines/learning_curve.py",
                "pipelines/evaluating.py",
                "pipelines/scoring.py",
            ],
            libraries=_MODEL_LIBRARIES,
        )


class _Planner:
    """Names each step by what goes into it: an input that changes gives another step, and those after it too."""

    def __init__(self, config: TrainingConfig, work_folder: Path) -> None:
        self._config = config
        self._work_folder = work_folder
        dataset = config.dataset.model_dump(mode="json")
        self.data = plan(
            work_folder,
            "data",
            inputs={"dataset": dataset, "files": config.dataset.file_digests(), "task": config.task},
            code=["pipelines/datasets"],
        )

    def check(self) -> Step | None:
        if self._config.task != "text-classification":
            return None
        return plan(
            self._work_folder,
            "check",
            inputs={"data": self.data.digest, "seed": self._config.seed},
            code=["evaluation/label_noise.py", "pipelines/label_checks.py"],
            libraries=("numpy", "scikit-learn"),
        )

    def search(self) -> Step | None:
        if self._config.search is None:
            return None
        return self._fitting(
            "search",
            {
                "predictor": self._config.predictor.model_dump(mode="json"),
                "search": self._config.search.model_dump(mode="json"),
                "metric": self._config.gate.metric,
            },
            code=["pipelines/searching.py", "evaluation/reports/search_plot.py"],
            libraries=("optuna",),
        )

    def fit(self, search: Step | None) -> Step:
        found = {"search": search.digest} if search else {}
        return self._fitting("fit", {"predictor": self._config.predictor.model_dump(mode="json"), **found})

    def baseline(self) -> Step:
        return self._fitting("baseline", {"predictor": self._config.baseline.model_dump(mode="json")})

    def curve(self, fit: Step, baseline: Step) -> Step | None:
        curve = self._config.learning_curve
        if curve is None:
            return None
        whole = fit if curve.of == "predictor" else baseline
        return self._fitting(
            "curve",
            {"fit": whole.digest, "learning_curve": curve.model_dump(mode="json")},
            code=["pipelines/learning_curve.py", "evaluation/reports/learning_plot.py"],
        )

    def optimize(self, fit: Step) -> Step:
        return plan(
            self._work_folder,
            "optimize",
            inputs={
                "fit": fit.digest,
                "inference": self._config.inference.model_dump(mode="json"),
                "metric": self._config.gate.metric,
            },
            code=["pipelines/optimizing.py", "evaluation/metrics.py", "evaluation/reports"],
            libraries=_RUNTIME_LIBRARIES,
        )

    def _fitting(
        self, name: str, inputs: dict[str, Any], *, code: Sequence[str] = (), libraries: Sequence[str] = ()
    ) -> Step:
        """Plan a step that fits predictors."""
        return plan(
            self._work_folder,
            name,
            inputs={"data": self.data.digest, "task": self._config.task, "seed": self._config.seed, **inputs},
            code=[*_FITTING_CODE, *code],
            libraries=(*_MODEL_LIBRARIES, *libraries),
        )
