"""The model card: what a version is and how good, in Markdown, from facts alone."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from evaluation.metrics import Interval
from evaluation.reports.tables import markdown_table

_SHOWN_ROWS = 10  # of each table; the run's artifacts hold the rest
_SHOWN_ERRORS = 5
_SHOWN_CHARACTERS = 160
# MLflow keeps 5,000 characters of a description; a filled-in run id is 24 longer than its placeholder.
_LIMIT = 4800


@dataclass(frozen=True)
class CardFacts:
    """Everything that a card says.

    Attributes:
        name: the registered model.
        description: what it answers.
        intended_use: what it is for, and not for.
        digest: sha256 over the version's files.
        predictor: kind and encoder, in a few words.
        data: facts of the dataset: `source`, `licence`, `digest`, `counts`, `warnings`.
        metric: the one that the gate looks at.
        scores: predictor → metric → score with its interval; the version itself comes first.
        differences: other predictor → mean difference of the version's per-example scores to it.
        worst_classes: label, recall, support; empty where the task has no labels.
        confused: true label, answered label, count.
        errors: the worst errors: text, true, answered, confidence.
        latency_ms: median time of one example on the training machine.
        size_bytes: size of the version's files.
        seconds: how long the fit took.
        peak_mb: the most memory that it needed at once.
        findings: sentences on what else a reviewer should know: weak parts of the test split, doubtful labels.
        certainty: sentences on how far to trust the confidence; empty where the task has none.
        runtime: a sentence on what computes the answers; empty where there was nothing to choose.
        pictures: title → path among the run's artifacts.
    """

    name: str
    description: str
    intended_use: str
    digest: str
    predictor: str
    data: Mapping[str, Any]
    metric: str
    scores: Mapping[str, Mapping[str, Interval]]
    differences: Mapping[str, Interval]
    latency_ms: float
    size_bytes: int
    seconds: float
    peak_mb: float
    worst_classes: Sequence[tuple[str, Interval, int]] = ()
    confused: Sequence[tuple[str, str, int]] = ()
    errors: Sequence[Mapping[str, Any]] = ()
    findings: Sequence[str] = ()
    certainty: Sequence[str] = ()
    runtime: str = ""
    pictures: Mapping[str, str] = field(default_factory=dict)


def model_card(facts: CardFacts) -> str:
    """Write the card, with fewer rows where it would grow too long for a description in MLflow.

    Pictures are links with `{run_id}` in them, which is filled in when the run is known.
    """
    cards = (_card(facts, rows) for rows in range(_SHOWN_ROWS, 0, -1))
    return next((card for card in cards if len(card) <= _LIMIT), _card(facts, 0))


def card_data(facts: CardFacts, *, date: str) -> dict[str, Any]:
    """Give the facts as data of the document template `model-card`; `date` is the card's day, as in 2026-11-23."""
    ours = next(iter(facts.scores.values()))
    return {
        "language": "en-GB",
        "name": facts.name,
        "date": date,
        "description": facts.description,
        "intended_use": facts.intended_use,
        "notes": _notes(facts),
        "findings": [*facts.certainty, *facts.findings],
        "predictor": facts.predictor,
        "digest": facts.digest,
        "data": {
            "source": facts.data["source"],
            "licence": facts.data["licence"],
            "digest": facts.data["digest"],
            "counts": [{"name": name, "count": count} for name, count in facts.data["counts"].items()],
            "warnings": list(facts.data["warnings"]),
        },
        "metric": facts.metric,
        "gate": asdict(ours[facts.metric]),
        "scores": [
            {"predictor": predictor, "metrics": [{"name": name, **asdict(score)} for name, score in scores.items()]}
            for predictor, scores in facts.scores.items()
        ],
        "differences": [{"other": other, **asdict(difference)} for other, difference in facts.differences.items()],
        "classes": [
            {"label": label, "recall": recall.value, "low": recall.low, "high": recall.high, "support": support}
            for label, recall, support in facts.worst_classes
        ],
        "confused": [{"true": true, "answered": answered, "count": count} for true, answered, count in facts.confused],
        "errors": [
            {name: _shortened(str(error[name])) or "–" for name in ("text", "true", "answered")}
            for error in facts.errors[:_SHOWN_ERRORS]
        ],
        "latency_ms": facts.latency_ms,
        "size_bytes": facts.size_bytes,
        "seconds": facts.seconds,
    }


def _notes(facts: CardFacts) -> list[str]:
    """Say the run's main results in sentences."""
    sentences = [
        f"On the frozen test split {predictor} reaches {facts.metric} {scores[facts.metric].value:.3f}."
        for predictor, scores in facts.scores.items()
    ]
    sentences += [_difference_sentence(name, difference) for name, difference in facts.differences.items()]
    if facts.worst_classes:
        label, recall, support = facts.worst_classes[0]
        sentences.append(f"The weakest label is {label}: {recall.value:.2f} of its {support} examples were found.")
    sentences += [*facts.certainty, *facts.findings, facts.runtime, f"One answer takes {facts.latency_ms:.1f} ms."]
    return [sentence for sentence in sentences if sentence]


def _card(facts: CardFacts, rows: int) -> str:
    sections = [
        f"# {facts.name}",
        facts.description,
        f"**Use.** {facts.intended_use}",
        _facts_table(facts),
        "## Scores",
        _scores_table(facts),
        f"The gate decides by {facts.metric}.",
        *(_difference_sentence(name, difference) for name, difference in facts.differences.items()),
        *facts.certainty,
        *([facts.runtime] if facts.runtime else []),
        *facts.findings,
        *_pictures(facts),
        *_classes(facts, rows),
        *_errors(facts, min(rows, _SHOWN_ERRORS)),
        "## Load it",
        f'```python\nfrom models.registry import load\n\npredictor = load("{facts.name}")\n```',
    ]
    return "\n\n".join(sections) + "\n"


def _facts_table(facts: CardFacts) -> str:
    counts = ", ".join(f"{count} {split}" for split, count in facts.data["counts"].items())
    rows = [
        ("digest", f"`{facts.digest}`"),
        ("predictor", facts.predictor),
        ("data", f"{facts.data['source']} ({counts})"),
        ("data sha256", f"`{facts.data['digest']}`"),
        ("licence of the data", facts.data["licence"] or "not stated"),
        ("one answer", f"{facts.latency_ms:.1f} ms (median, one text at a time, on the machine that trained)"),
        ("size", f"{facts.size_bytes / 1e6:.1f} MB"),
        ("fit", f"{facts.seconds:.0f} s, at most {facts.peak_mb:.0f} MB of memory"),
    ]
    rows += [("data warning", warning) for warning in facts.data["warnings"]]
    return markdown_table(("", ""), rows)


def _scores_table(facts: CardFacts) -> str:
    names = list(next(iter(facts.scores.values())))
    rows = [
        (
            predictor,
            *(f"{scores[name].value:.3f} ({scores[name].low:.3f} to {scores[name].high:.3f})" for name in names),
        )
        for predictor, scores in facts.scores.items()
    ]
    return markdown_table(("on the frozen test split", *names), rows)


def _difference_sentence(name: str, difference: Interval) -> str:
    sure = "which is more than chance" if difference.low > 0 or difference.high < 0 else "which may be chance"
    return (
        f"Against the {name}, example by example: {difference.value:+.3f} (95 % interval {difference.low:+.3f} to "
        f"{difference.high:+.3f}), {sure}."
    )


def _pictures(facts: CardFacts) -> list[str]:
    return [f"![{title}](get-artifact?path={path}&run_uuid={{run_id}})" for title, path in facts.pictures.items()]


def _classes(facts: CardFacts, rows: int) -> list[str]:
    if not facts.worst_classes or not rows:
        return []
    classes = [
        (label, f"{recall.value:.2f} ({recall.low:.2f} to {recall.high:.2f})", support)
        for label, recall, support in facts.worst_classes[:rows]
    ]
    sections = ["## Weakest labels", markdown_table(("label", "recall", "examples"), classes)]
    if facts.confused:
        sections += ["Most frequent errors:", markdown_table(("true", "answered", "times"), facts.confused[:rows])]
    return sections


def _errors(facts: CardFacts, shown: int) -> list[str]:
    if not facts.errors or not shown:
        return []
    rows = [tuple(_shortened(str(value)) for value in error.values()) for error in facts.errors[:shown]]
    return ["## Worst errors on the test split", markdown_table(tuple(facts.errors[0]), rows)]


def _shortened(text: str) -> str:
    # A document cannot hold what cannot be printed, such as the control characters in old messages.
    flat = "".join(letter if letter.isprintable() else "\ufffd" for letter in " ".join(text.split()))
    return flat if len(flat) <= _SHOWN_CHARACTERS else f"{flat[: _SHOWN_CHARACTERS - 1]}…"
