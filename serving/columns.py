"""What is derived from an inference for drift; the reference profile of a version must be made of the same."""

from evaluation.profiles import prediction_columns, text_columns
from models.types import Classification, Summary


def classification_columns(text: str, output: Classification) -> dict[str, float | str]:
    """Derive columns from a text and its label."""
    return {**text_columns(text), **prediction_columns(output.label, output.score)}


def summary_columns(text: str, output: Summary) -> dict[str, float | str]:
    """Derive columns from a text and its summary."""
    return {**text_columns(text), "summary_words": float(len(output.text.split()))}
