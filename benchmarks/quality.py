"""How good the trained models are on public data, beside the figures that papers print.

Every row scores a registered version anew: the champion, or the challenger where none was promoted, answers all rows
of the data set's own test split, and scikit-learn or rouge-score judge the answers. Where no home holds a version, the
training flow makes one first; a run that was stopped goes on where it was. Training never sees a test row: the flow
takes out of train whatever is in test as well, and fits and chooses on train and validation alone.
"""

import argparse
import contextlib
import csv
import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from configs.errors import ColophonError, DatasetError, ModelNotFoundError
from configs.settings import Settings
from models.types import SummaryRequest

ROOT = Path(__file__).resolve().parent.parent
BATCH = 64  # texts answered between two lines of progress

Inputs = list[Any]  # what `predict` takes: texts, or requests for summaries
Texts = list[str]
Truths = list[Any]


@dataclass(frozen=True)
class Target:
    """What one measure should reach.

    Attributes:
        aim: what we want, in percent.
        floor: what may not be missed.
        known: what others reached, as their papers or repositories print it.
    """

    aim: float
    floor: float
    known: str


@dataclass(frozen=True)
class Benchmark:
    """One data set and how it is judged.

    Attributes:
        model: the registered model; `configs/training/<model>.yaml` trains it.
        path: the data below `--data`, as the configuration's `dataset.path`.
        read_test: gives what is asked of each example of the test split, and what is right.
        score: `(truths, answers) -> measure -> percent`.
        targets: measure → target.
        protocol: how the figure comes about, for the line under the table.
    """

    model: str
    path: str
    read_test: Callable[[Path], tuple[Inputs, Truths]]
    score: Callable[[Truths, Texts], dict[str, float]]
    targets: Mapping[str, Target]
    protocol: str


def read_banking77(path: Path) -> tuple[Texts, Truths]:
    with (path / "banking_data" / "test.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], [row["category"] for row in rows]


def read_newsgroups(path: Path) -> tuple[Texts, Truths]:
    texts, labels = [], []
    with tarfile.open(path) as archive:
        for member in archive:
            folder, *parts = member.name.split("/")
            content = archive.extractfile(member) if folder == "20news-bydate-test" else None
            if content is not None:
                texts.append(content.read().decode("latin-1"))
                labels.append(parts[0])
    return texts, labels


def read_sst2(path: Path) -> tuple[Texts, Truths]:
    lines = (path / "test.tsv").read_text(encoding="utf-8").rstrip("\n").split("\n")
    rows = [line.rstrip("\r").split("\t") for line in lines]
    return [text for text, _ in rows], [("negative", "positive")[int(label)] for _, label in rows]


def read_scitldr(path: Path) -> tuple[list[SummaryRequest], Truths]:
    lines = (path / "test.jsonl").read_text(encoding="utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line.strip()]
    texts = [tuple(sentence.strip() for sentence in row["source"] if sentence.strip()) for row in rows]
    return [SummaryRequest(" ".join(text), sentences=text) for text in texts], [row["target"] for row in rows]


def accuracy(truths: Truths, answers: Texts) -> dict[str, float]:
    from sklearn.metrics import accuracy_score

    return {"accuracy": 100 * float(accuracy_score(truths, answers))}


def rouge(references: Truths, answers: Texts) -> dict[str, float]:
    """F1 against the reference that is closest by ROUGE-1, as the authors' script has it; the mean over examples."""
    from rouge_score.rouge_scorer import RougeScorer

    kinds = {"rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougeL": "ROUGE-L"}
    scorer = RougeScorer(list(kinds), use_stemmer=True)
    totals = dict.fromkeys(kinds.values(), 0.0)
    for known, answer in zip(references, answers, strict=True):
        scores = (scorer.score(reference, answer) for reference in known)
        best = max(scores, key=lambda score: score["rouge1"].fmeasure)
        for kind, name in kinds.items():
            totals[name] += best[kind].fmeasure
    return {name: 100 * total / len(answers) for name, total in totals.items()}


BENCHMARKS: Mapping[str, Benchmark] = {
    "banking77": Benchmark(
        model="banking77",
        path="banking77",
        read_test=read_banking77,
        score=accuracy,
        targets={"accuracy": Target(93.7, 93.0, "USE+ConveRT 93.4, BERT-tuned 93.7")},
        protocol="the authors' 3,080 test messages, 77 intents; accuracy",
    ),
    "20newsgroups": Benchmark(
        model="newsgroups",
        path="20newsgroups/20newsgroups-bydate.tar.gz",
        read_test=read_newsgroups,
        score=accuracy,
        targets={"accuracy": Target(87.5, 86.3, "TF-IDF+LR 83.2, TextGCN 86.3")},
        protocol="split by date, 7,532 test messages, 20 groups, headers kept; accuracy",
    ),
    "sst2": Benchmark(
        model="sst2",
        path="sst2",
        read_test=read_sst2,
        score=accuracy,
        targets={"accuracy": Target(91.0, 89.5, "CNN with phrases 83.5 to 87.2, BERT-base with phrases 93.5")},
        protocol="1,821 test sentences, trained on the 6,920 whole sentences without phrases; accuracy",
    ),
    "scitldr": Benchmark(
        model="scitldr",
        path="scitldr",
        read_test=read_scitldr,
        score=rouge,
        targets={
            "ROUGE-1": Target(40.0, 38.5, "BertSumExt 38.5, BART 43.3"),
            "ROUGE-2": Target(18.0, 16.6, "BertSumExt 16.6, BART 20.8"),
            "ROUGE-L": Target(32.0, 30.5, "BertSumExt 30.5, BART 35.0"),
        },
        protocol="618 test abstracts without the papers, split into sentences as the data set splits them; F1 with "
        "stemming; of several references the one closest by ROUGE-1, as the authors' script chooses; mean over papers",
    ),
}


@dataclass(frozen=True)
class Row:
    """One line of the table; `seconds` and `peak_mb` are the training's, None where its run does not say."""

    data: str
    measure: str
    value: float
    seconds: float | None
    peak_mb: float | None
    model_version: str


def main() -> None:
    arguments = _arguments()
    homes = arguments.home or [Settings.from_environment().home]
    try:
        rows = [row for name in arguments.only or BENCHMARKS for row in measured(name, arguments.data, homes)]
    except ColophonError as error:
        raise SystemExit(f"quality: {error}") from None
    print_table(rows)
    if arguments.json:
        arguments.json.write_text(json.dumps([vars(row) for row in rows], indent=1) + "\n", encoding="utf-8")


def measured(name: str, data: Path, homes: Sequence[Path]) -> list[Row]:
    """Score the registered version of one benchmark, after training it where there is none."""
    benchmark = BENCHMARKS[name]
    path = data / benchmark.path
    if not path.exists():
        raise DatasetError("The data is not there.", where=str(path), hint="Name its folder with --data.")
    found = _registered(benchmark.model, homes)
    if found is None:
        say(f"{name}: no version is registered, so the flow trains one")
        _train(benchmark, path, homes[0])
        found = _registered(benchmark.model, homes)
    if found is None:
        raise ModelNotFoundError("The training registered no version.", where=benchmark.model)
    loaded, usage = found
    inputs, truths = benchmark.read_test(path)
    scores = benchmark.score(truths, list(_answers(name, loaded.predictor, inputs)))
    return [
        Row(
            data=name,
            measure=measure,
            value=round(scores[measure], 2),
            seconds=usage.get("fit/seconds"),
            peak_mb=usage.get("fit/peak_mb"),
            model_version=f"{loaded.version.name}/{loaded.version.version}",
        )
        for measure in benchmark.targets
    ]


def print_table(rows: Sequence[Row]) -> None:
    print("data          measure   value    aim  floor            seconds  peak MB  version          known")
    for row in rows:
        target = BENCHMARKS[row.data].targets[row.measure]
        verdict = "reached" if row.value >= target.aim else "below aim" if row.value >= target.floor else "BELOW FLOOR"
        print(
            f"{row.data:<13} {row.measure:<9} {row.value:5.2f}  {target.aim:5.1f}  {target.floor:5.1f}  {verdict:<11}"
            f"  {_whole(row.seconds):>7}  {_whole(row.peak_mb):>7}  {row.model_version:<15}  {target.known}"
        )
    print(f"\nseconds and peak MB: of the fit that made the version; {os.cpu_count()} cores here. Protocol:")
    for name in dict.fromkeys(row.data for row in rows):
        print(f"  {name}: {BENCHMARKS[name].protocol}")
    print("  every version: fitted and chosen on train and validation alone; all test rows count")


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds the data sets")
    parser.add_argument("--only", action="append", choices=list(BENCHMARKS), help="one data set; may be repeated")
    parser.add_argument(
        "--home",
        action="append",
        type=lambda text: Path(text).absolute(),
        help="a deployment to look for versions in; may be repeated, the first one trains; default: COLOPHON_HOME",
    )
    parser.add_argument("--json", type=Path, help="a file to write the rows to")
    return parser.parse_args()


def _registered(model: str, homes: Sequence[Path]) -> tuple[Any, dict[str, float]] | None:
    """Load the version that serves, or wants to, out of the first home that has one; with its run's metrics."""
    from pipelines import runtime
    from pipelines.stores import open_registry, open_tracking

    for home in homes:
        settings = Settings(home=home)
        if not home.exists():
            continue
        runtime.prepare(settings)
        for alias in ("champion", "challenger"):
            with contextlib.suppress(ModelNotFoundError):
                loaded = open_registry(settings).load(model, alias=alias)
                return loaded, open_tracking(settings).metrics(loaded.version.run_id)
    return None


def _train(benchmark: Benchmark, path: Path, home: Path) -> None:
    """Run the flow in a process of its own, so that the peak of memory is the training's alone."""
    command = [sys.executable, "-m", "pipelines.cli", "train", f"configs/training/{benchmark.model}.yaml"]
    command += ["--set", f"dataset.path={path.absolute()}"]
    environment = {**os.environ, "COLOPHON_HOME": str(home)}
    if subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
        raise SystemExit(f"quality: the training of {benchmark.model} failed; the same command goes on where it was.")


def _answers(name: str, predictor: Any, inputs: Inputs) -> Iterator[str]:
    """Let the predictor answer batch by batch, and say how long the rest takes."""
    summarizes = predictor.task == "summarization"
    started = time.monotonic()
    for start in range(0, len(inputs), BATCH):
        batch = inputs[start : start + BATCH]
        outputs = predictor.predict(batch)
        yield from (output.text if summarizes else output.label for output in outputs)
        done = start + len(batch)
        left = (time.monotonic() - started) / done * (len(inputs) - done)
        if done == len(inputs) or start // BATCH % 10 == 0:
            say(f"{name}: scored {done} of {len(inputs)}, about {left:.0f} s left")


def _whole(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


if __name__ == "__main__":
    main()
