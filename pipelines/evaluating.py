"""The step `evaluate`: a predictor beside its baseline and the champion, and what a reviewer looks at."""

import datetime
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from configs.files import digest_of_folder
from evaluation import metrics, profiles
from evaluation.certainty import CertaintyReport
from evaluation.label_sets import LabelSetReport, label_set_report
from evaluation.metrics import ClassificationReport, Interval, SummaryReport
from evaluation.reports import plots
from evaluation.reports.card import CardFacts, card_data, model_card
from evaluation.reports.tables import worst_errors, write_table
from models import factory
from models.registry import Registry, Version
from pipelines import optimizing
from pipelines.breakdown import write_comparisons, write_slices
from pipelines.certainty import draw_certainty, report_certainty
from pipelines.fitting import read_history
from pipelines.scoring import Answered, score
from pipelines.splits import Splits
from pipelines.tasks import TASKS, Task
from pipelines.training_config import TrainingConfig
from pipelines.usage import Usage, read_usage

_WRITTEN_ERRORS = 50  # more than a reviewer reads, few enough to open at once
_CARD_CLASSES = 5

Report = ClassificationReport | LabelSetReport | SummaryReport
_REPORTS: Mapping[str, Callable[[Sequence[Any], Sequence[Any]], Report]] = {
    "text-classification": metrics.classification_report,
    "multi-label-classification": label_set_report,
    "summarization": metrics.summary_report,
}


@dataclass(frozen=True)
class Compared:
    """One predictor of the comparison, its answers on the test split and their report.

    Attributes:
        name: what the comparison calls it.
        answered: its answers.
        report: how good they are.
        certainty: how sure it was of them; of the version itself only, and None where the task has no such thing.
    """

    name: str
    answered: Answered
    report: Report
    certainty: CertaintyReport | None = None


def evaluate_predictor(
    folder: Path,
    *,
    config: TrainingConfig,
    splits: Splits,
    fit_folder: Path,
    baseline_folder: Path,
    champion: Version | None,
    registry: Registry,
    known: Sequence[str] = (),
) -> None:
    """Write `metrics.json`, `plots/`, `tables/`, `profile/` and `card.md` into `folder`.

    Args:
        folder: the step's growing output.
        config: the experiment.
        splits: the test split judges; test and validation together make the reference profile.
        fit_folder: the output of the step `optimize`: the fit's, with the runtime that was chosen.
        baseline_folder: the same of the baseline.
        champion: the version that serves now, or None.
        registry: where the champion is loaded from.
        known: sentences on what the steps before found, for the card.
    """
    task = TASKS[config.task]
    model_folder = fit_folder / "model"
    predictor = factory.load(model_folder)
    ours = _compared("this version", task, score(task, predictor, splits.test, folder=model_folder))
    ours = replace(ours, certainty=report_certainty(predictor, ours.answered))
    others = [_baseline(task, config, splits, baseline_folder)]
    if champion is not None:
        others.insert(0, _champion(task, champion, splits, registry))
    validation_inputs = task.inputs(splits.validation)
    unseen = [
        *zip(validation_inputs, predictor.predict(validation_inputs), strict=True),
        *zip(ours.answered.inputs, ours.answered.outputs, strict=True),
    ]
    profile = profiles.build([task.profile_row(*pair) for pair in unseen], seed=config.seed)
    profile.save(folder / "profile")
    errors = _errors(ours.answered, task, splits)
    write_table(folder / "tables" / "worst_errors.csv", errors)
    pictures = _draw(folder / "plots", config.gate.metric, [ours, *others], read_history(fit_folder))
    findings, drawn = write_slices(folder, splits, ours.answered, config.gate.metric)
    pictures |= drawn
    write_comparisons(folder, task.name, ours.answered, {other.name: other.answered for other in others})
    usage, runtimes = read_usage(fit_folder), optimizing.read_runtimes(fit_folder)
    if runtimes:
        shutil.copy(fit_folder / optimizing.PLOT, folder / "plots")
        shutil.copy(fit_folder / optimizing.TABLE, folder / "tables")
        pictures["Runtimes"] = f"plots/{optimizing.PLOT}"
    _write_metrics(folder / "metrics.json", ours, others, usage, runtimes)
    facts = replace(
        _facts(config, splits, fit_folder, ours, others, errors, pictures, usage, runtimes),
        findings=(*findings, *known),
    )
    (folder / "card.md").write_text(model_card(facts), encoding="utf-8")
    data = card_data(facts, date=datetime.datetime.now(datetime.UTC).date().isoformat())
    (folder / "card.json").write_text(json.dumps(data, indent=1, ensure_ascii=False), encoding="utf-8")


def _baseline(task: Task, config: TrainingConfig, splits: Splits, baseline_folder: Path) -> Compared:
    folder = baseline_folder / "model"
    answered = score(task, factory.load(folder), splits.test, folder=folder)
    return _compared(f"baseline ({config.baseline.kind})", task, answered)


def _champion(task: Task, champion: Version, splits: Splits, registry: Registry) -> Compared:
    loaded = registry.load(champion.name, version=champion.version)
    answered = score(task, loaded.predictor, splits.test, folder=loaded.folder)
    return _compared(f"champion (version {champion.version})", task, answered)


def _compared(name: str, task: Task, answered: Answered) -> Compared:
    return Compared(name, answered, _REPORTS[task.name](answered.truths, answered.answers))


def _errors(answered: Answered, task: Task, splits: Splits) -> list[dict[str, Any]]:
    return worst_errors(
        [example.text for example in splits.test],
        list(map(_spoken, answered.truths)),
        list(map(_spoken, answered.answers)),
        [task.confidence(output) for output in answered.outputs],
        answered.scores.per_example,
        limit=_WRITTEN_ERRORS,
    )


def _spoken(answer: str | tuple[str, ...]) -> str:
    return answer if isinstance(answer, str) else ", ".join(answer) or "none"


def _draw(
    folder: Path, metric: str, compared: Sequence[Compared], history: Sequence[Mapping[str, float]]
) -> dict[str, str]:
    """Draw the pictures; gives title → path among the run's artifacts."""
    ours = compared[0].report
    pictures = {"Comparison": "plots/comparison.png"}
    plots.intervals_plot(
        metric, {one.name: one.report.intervals[metric] for one in compared}, folder / "comparison.png"
    )
    if isinstance(ours, ClassificationReport):
        plots.confusion_plot(ours, folder / "confusion.png")
        plots.recall_plot(ours, folder / "recall.png")
        pictures |= {"Confusion": "plots/confusion.png", "Recall by label": "plots/recall.png"}
    if compared[0].certainty:
        pictures |= draw_certainty(compared[0].certainty, folder)
    if len(history) > 1:
        plots.curves_plot(history, folder / "curves.png")
        pictures["Learning curves"] = "plots/curves.png"
    return pictures


def _write_metrics(
    path: Path, ours: Compared, others: Sequence[Compared], usage: Usage, runtimes: Mapping[str, Any]
) -> None:
    values = ours.report.as_metrics("test")
    values |= ours.certainty.as_metrics("test") if ours.certainty else {}
    values["test/latency_ms"] = ours.answered.scores.latency_ms
    values["test/size_mb"] = ours.answered.scores.size_bytes / 1e6
    values |= runtimes.get("metrics", {})
    values |= {"fit/seconds": usage.seconds, "fit/peak_mb": usage.peak_mb}
    for other in others:
        values |= other.report.as_metrics(other.name.split()[0])  # `baseline` or `champion`
    path.write_text(json.dumps(values, indent=1), encoding="utf-8")


def _facts(
    config: TrainingConfig,
    splits: Splits,
    fit_folder: Path,
    ours: Compared,
    others: Sequence[Compared],
    errors: Sequence[Mapping[str, Any]],
    pictures: Mapping[str, str],
    usage: Usage,
    runtimes: Mapping[str, Any],
) -> CardFacts:
    scores = ours.answered.scores
    differences: dict[str, Interval] = {
        other.name: metrics.paired_difference(scores.per_example, other.answered.scores.per_example) for other in others
    }
    classes = ours.report if isinstance(ours.report, ClassificationReport) else None
    worst = plots.worst_classes(classes, limit=_CARD_CLASSES) if classes else []
    return CardFacts(
        name=config.model,
        description=config.description,
        intended_use=config.intended_use,
        digest=digest_of_folder(fit_folder / "model"),
        predictor=config.predictor.kind,
        data=splits.facts,
        metric=config.gate.metric,
        scores={one.name: one.report.intervals for one in (ours, *others)},
        differences=differences,
        latency_ms=scores.latency_ms,
        size_bytes=scores.size_bytes,
        seconds=usage.seconds,
        peak_mb=usage.peak_mb,
        worst_classes=[(row.label, row.recall, row.support) for row in worst],
        confused=plots.confused_pairs(classes) if classes else [],
        errors=errors,
        certainty=ours.certainty.sentences() if ours.certainty else (),
        runtime=runtimes.get("sentence", ""),
        pictures=pictures,
    )
