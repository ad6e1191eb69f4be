"""How sure a classifier was of its answers: what the evaluation writes about it."""

from pathlib import Path

from evaluation.certainty import CertaintyReport, certainty_report
from evaluation.reports import plots
from models.factory import AnyPredictor
from models.text_classification.classifier import TextClassifier
from pipelines.scoring import Answered


def report_certainty(predictor: AnyPredictor, answered: Answered) -> CertaintyReport | None:
    """Compare confidence with what was right; None where the predictor is no text classifier."""
    if not isinstance(predictor, TextClassifier):
        return None
    certainty, outputs = predictor.certainty, answered.outputs
    return certainty_report(
        answered.scores.per_example,
        [output.score for output in outputs],
        [certainty.uncalibrated(output.scores)[output.label] for output in outputs],
        [output.answered for output in outputs] if certainty.threshold else None,
    )


def draw_certainty(report: CertaintyReport, folder: Path) -> dict[str, str]:
    """Draw the pictures; gives title → path among the run's artifacts."""
    plots.reliability_plot(report, folder / "reliability.png")
    plots.coverage_plot(report, folder / "coverage.png")
    return {"Reliability": "plots/reliability.png", "Coverage and accuracy": "plots/coverage.png"}
