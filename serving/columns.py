"""What is derived from an inference for drift; the reference profile of a version must be made of the same."""

from evaluation.profiles import prediction_columns, text_columns
from models.types import Classification, Summary


def classification_columns(text: str, output: Classification) -> dict[str, float | str]:
    """Derive columns from a text and its label; several labels are one combination, whose share may shift."""
    label = output.label if output.labels is None else " + ".join(sorted(output.labels)) or "none"
    return {**text_columns(text), **prediction_columns(label, output.score)}


def summary_columns(text: str, output: Summary) -> dict[str, float | str]:
    """Derive columns from a text and its summary."""
    return {**text_columns(text), "summary_words": float(len(output.text.split()))}
