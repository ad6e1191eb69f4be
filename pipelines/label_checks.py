"""The step `check`: which training labels are probably wrong, by a cheap model that did not learn from them."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from configs.logging import get_logger
from evaluation.label_noise import Floats, LabelNoise, find_label_noise
from evaluation.reports.tables import write_table
from models.types import LabelledText

log = get_logger(__name__)

_FOLDS = 5
_MOST_EXAMPLES = 10_000  # a minute or two on two cores; the first so many of a seeded order stand for the rest
_FEATURES = 50_000  # the most frequent words: memory and time grow with labels times features
_SUSPECTS = "label_noise.json"


@dataclass(frozen=True)
class LabelCheck:
    """What the step found, for the model card.

    Attributes:
        examined: how many training examples were looked at.
        suspected: how many of them probably carry a wrong label.
    """

    examined: int
    suspected: int

    def sentence(self) -> str:
        """Say it for people."""
        if not self.suspected:
            return f"Labels: none of {self.examined:,} training examples examined looks wrong."
        return (
            f"Labels: {self.suspected:,} of {self.examined:,} training examples examined may carry a wrong one; the "
            "table label_noise.csv lists them, the surest first."
        )


def check_labels(folder: Path, train: Sequence[LabelledText], *, seed: int) -> None:
    """Write `tables/label_noise.csv` and `label_noise.json` into `folder`."""
    order = np.random.default_rng(seed).permutation(len(train))[:_MOST_EXAMPLES]
    examples = [train[index] for index in order.tolist()]
    # Folds need at least one example of a label on each side: of the rarest labels nothing can be said.
    counts = Counter(example.label for example in examples)
    examples = [example for example in examples if counts[example.label] >= _FOLDS]
    found = LabelNoise((), 0)
    if len({example.label for example in examples}) > 1:
        given = [example.label for example in examples]
        labels = sorted(set(given))
        found = find_label_noise(given, labels, out_of_fold([one.text for one in examples], given, seed=seed))
    rows = [
        {
            "text": examples[suspect.index].text,
            "label": suspect.given,
            "suggested": suspect.suggested,
            "margin": f"{suspect.margin:.3f}",
        }
        for suspect in found.suspects
    ]
    write_table(folder / "tables" / "label_noise.csv", rows)
    check = LabelCheck(found.examined, len(found.suspects))
    (folder / _SUSPECTS).write_text(json.dumps(asdict(check)), encoding="utf-8")
    log.info("labels checked", examined=check.examined, suspected=check.suspected)


def read_label_check(folder: Path) -> LabelCheck:
    """Read what `check_labels` found."""
    return LabelCheck(**json.loads((folder / _SUSPECTS).read_text(encoding="utf-8")))


def out_of_fold(texts: Sequence[str], labels: Sequence[str], *, seed: int) -> Floats:
    """Give the probabilities of the sorted labels for each text, by a linear model that learnt from the other folds."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, max_features=_FEATURES, token_pattern=r"(?u)\b\w+\b"),
        LogisticRegression(C=10.0, tol=1e-3, max_iter=200, random_state=seed),
    )
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    probabilities: Floats = cross_val_predict(model, list(texts), list(labels), cv=folds, method="predict_proba")
    return probabilities
