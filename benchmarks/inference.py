"""Texts per second of a served classifier, beside the Hugging Face pipeline on the same weights, texts and threads.

All contenders are timed in turns within one process; medians of the repeats, their ratio to the pipeline (on the wall
and by processor time), and the accuracy of each on labelled texts are printed. Memory is the peak of a process of its
own that loads one contender and answers all texts. The pipeline is transformers' `text-classification` in batches of
32, its texts in the order in which they come, around the classifier's own encoder and head.

The classifier is a registered version (`--home`, `--model`), on the test split that its run kept for the gate, or on
the test texts of Banking77 (`--data`). With `--fit`, the training flow first fine-tunes a small one on the generated
messages, in a temporary home.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PIPELINE, SERVED = "Hugging Face pipeline", "served"
LIBRARIES = ("torch", "transformers", "tokenizers", "onnxruntime")
BATCH = 32  # of the pipeline
CONFIG = Path(__file__).resolve().parent.parent / "configs" / "training" / "messages.yaml"
SMALL = ["dataset.size=600", "predictor.parameters.epochs=1", "gate.floors={}"]

Answer = Callable[[Sequence[str]], list[str]]


@dataclass(frozen=True)
class Result:
    """One contender.

    `ratio` is to the pipeline, `cpu_ratio` the same in processor time, which other work on the machine does not
    stretch, and `same` the share of texts that it answers as the pipeline does.
    """

    name: str
    texts_per_second: float
    ratio: float
    cpu_ratio: float
    accuracy: float
    same: float
    peak_mb: float
    seconds: list[float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="COLOPHON_HOME that holds the version; default: the environment's")
    parser.add_argument("--model", default="banking77", help="registered name")
    parser.add_argument("--alias", help="default: champion, or challenger where none was promoted")
    parser.add_argument("--fit", action="store_true", help="fine-tune a small classifier first")
    parser.add_argument("--data", type=Path, help="a copy of Banking77, for its test texts")
    parser.add_argument("--texts", type=int, help="time only the first so many of the texts")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, help="default: as many as torch takes")
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    parser.add_argument("--peak", nargs=3, metavar=("CONTENDER", "FOLDER", "TEXTS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # its threads would come on top of those that compute
    if arguments.threads:
        os.environ["OMP_NUM_THREADS"] = str(arguments.threads)
    if arguments.peak:
        print(peak_mb(*arguments.peak))
        return
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) if arguments.fit else arguments.home
        version, folder, examples = prepared(arguments, home)
        if arguments.data:
            from quality import read_banking77

            texts, truths = read_banking77(arguments.data)
            examples = list(zip(texts, truths, strict=True))
        results = compare(folder, examples[: arguments.texts], arguments.repeats)
    report = about(version, len(examples[: arguments.texts]), arguments.repeats)
    print_table(report, results)
    if arguments.json:
        arguments.json.write_text(json.dumps({**report, "results": [asdict(one) for one in results]}, indent=1))


def prepared(arguments: argparse.Namespace, home: Path | None) -> tuple[str, Path, list[tuple[str, str]]]:
    """Give the version's name, its folder, and the texts and labels of its frozen test split."""
    from configs.settings import Settings
    from pipelines import runtime

    settings = Settings(home=home) if home else Settings.from_environment()
    settings.prepare()
    runtime.prepare(settings)
    from pipelines.stores import champion_of, open_registry, open_tracking

    model = arguments.model
    if arguments.fit:
        from pipelines.train import train_from_file

        model = train_from_file(CONFIG, SMALL, settings).name
    registry = open_registry(settings)
    alias = arguments.alias or ("champion" if champion_of(registry, model) else "challenger")
    loaded = registry.load(model, alias=alias)
    if arguments.data:
        return loaded.version.place, loaded.folder, []
    frozen = open_tracking(settings).artifact(loaded.version.run_id, "gate") / "test.jsonl"
    rows = [json.loads(line) for line in frozen.read_text(encoding="utf-8").split("\n") if line]
    return loaded.version.place, loaded.folder, [(row["text"], row["label"]) for row in rows]


def contenders(folder: Path) -> dict[str, Callable[[], Answer]]:
    """Give what can be compared: each is made when it is called."""
    from models.devices import multiplies_bfloat16
    from models.runtimes.choice import RuntimeChoice, read

    chosen = read(folder / "encoder")
    choices = [RuntimeChoice("torch"), RuntimeChoice("onnx")]
    choices += [RuntimeChoice("torch-bfloat16")] if multiplies_bfloat16() else []
    choices += [chosen] if chosen.name not in {choice.name for choice in choices} else []
    found: dict[str, Callable[[], Answer]] = {PIPELINE: lambda: hugging_face(folder)}
    for choice in choices:
        name = f"{choice.name} ({SERVED})" if choice.name == chosen.name else choice.name
        found[name] = lambda choice=choice: ours(folder, choice)
    return found


def ours(folder: Path, choice: Any) -> Answer:
    """Load the version as the service does, with one of the runtimes."""
    from models import factory
    from models.runtimes.choice import write

    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "model"
        for path in folder.rglob("*"):
            if path.is_file() and path.name != "runtime.json":
                (copy / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
                (copy / path.relative_to(folder)).symlink_to(path.absolute())
        write(choice, copy / "encoder")
        predictor = factory.load(copy)
    return lambda texts: [answer.label for answer in predictor.predict(texts)]


def hugging_face(folder: Path) -> Answer:
    """Make transformers' pipeline around the encoder and the head of the saved classifier."""
    import torch
    import transformers
    from safetensors.torch import load_file
    from transformers.modeling_outputs import SequenceClassifierOutput

    transformers.logging.set_verbosity_error()  # it warns of every class that it does not know itself
    transformers.logging.disable_progress_bar()
    about = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
    head = load_file(folder / "head.safetensors")
    config = transformers.AutoConfig.from_pretrained(folder / "encoder")
    config.id2label = dict(enumerate(about["labels"]))
    config.label2id = {label: index for index, label in config.id2label.items()}

    class MeanPooledClassifier(transformers.PreTrainedModel):
        config_class = type(config)

        def __init__(self) -> None:
            super().__init__(config)
            self.encoder = transformers.AutoModel.from_pretrained(folder / "encoder", dtype=torch.float32)
            self.directions = torch.nn.Parameter(torch.nn.functional.normalize(head["directions"]))
            self.bias = torch.nn.Parameter(head["bias"])

        def forward(self, input_ids: Any, attention_mask: Any, **_: Any) -> SequenceClassifierOutput:
            hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            weight = attention_mask.unsqueeze(-1).to(hidden.dtype)
            vectors = torch.nn.functional.normalize((hidden * weight).sum(1) / weight.sum(1))
            return SequenceClassifierOutput(logits=16 * vectors @ self.directions.T + self.bias)

    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "encoder" / "tokenizer.json"), pad_token="[PAD]"
    )
    classify = transformers.TextClassificationPipeline(
        model=MeanPooledClassifier().eval(), tokenizer=tokenizer, batch_size=BATCH, device=torch.device("cpu")
    )
    longest = about["parameters"]["max_tokens"]

    def answer(texts: Sequence[str]) -> list[str]:
        answers = classify(list(texts), truncation=True, max_length=longest, padding=True)
        return [one["label"] for one in answers]

    return answer


def compare(folder: Path, examples: Sequence[tuple[str, str]], repeats: int) -> list[Result]:
    texts = [text for text, _ in examples]
    made = {name: make() for name, make in contenders(folder).items()}
    answers = {name: answer(texts) for name, answer in made.items()}  # also what each prepares at its first answer
    seconds: dict[str, list[float]] = {name: [] for name in made}
    cpu_seconds: dict[str, list[float]] = {name: [] for name in made}
    for _ in range(repeats):
        for name, answer in made.items():
            started, cpu_started = time.perf_counter(), time.process_time()
            answer(texts)
            seconds[name].append(time.perf_counter() - started)
            cpu_seconds[name].append(time.process_time() - cpu_started)
    usual, cpu_usual = statistics.median(seconds[PIPELINE]), statistics.median(cpu_seconds[PIPELINE])
    peaks = {name: measured_peak_mb(name, folder, texts) for name in made}
    return [
        Result(
            name=name,
            texts_per_second=len(texts) / statistics.median(seconds[name]),
            ratio=usual / statistics.median(seconds[name]),
            cpu_ratio=cpu_usual / statistics.median(cpu_seconds[name]),
            accuracy=share(answers[name], [label for _, label in examples]),
            same=share(answers[name], answers[PIPELINE]),
            peak_mb=peaks[name],
            seconds=seconds[name],
        )
        for name in made
    ]


def share(left: Sequence[str], right: Sequence[str]) -> float:
    return sum(a == b for a, b in zip(left, right, strict=True)) / len(left)


def measured_peak_mb(name: str, folder: Path, texts: Sequence[str]) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(list(texts), file)
        file.flush()
        command = [sys.executable, __file__, "--peak", name, str(folder), file.name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def peak_mb(name: str, folder: str, texts: str) -> float:
    contenders(Path(folder))[name]()(json.loads(Path(texts).read_text(encoding="utf-8")))
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024 / 1e6


def about(version: str, texts: int, repeats: int) -> dict[str, Any]:
    import torch

    return {
        "model_version": version,
        "texts": texts,
        "repeats": repeats,
        "threads": torch.get_num_threads(),
        "processor": torch.cpu.get_capabilities().get("cpu_name", platform.processor()),
        "versions": {name: importlib.metadata.version(name) for name in LIBRARIES},
    }


def print_table(report: dict[str, Any], results: Sequence[Result]) -> None:
    versions = ", ".join(f"{name} {number}" for name, number in report["versions"].items())
    print(f"{report['model_version']}: {report['texts']} texts, {report['threads']} threads, {report['processor']}")
    print(f"medians of {report['repeats']} interleaved repeats; {versions}\n")
    print(f"{'':<24}{'texts/s':>9}{'ratio':>8}{'by CPU':>8}{'accuracy':>10}{'same':>8}{'peak MB':>9}")
    for one in results:
        print(
            f"{one.name:<24}{one.texts_per_second:>9.0f}{one.ratio:>8.2f}{one.cpu_ratio:>8.2f}{one.accuracy:>10.4f}{one.same:>8.4f}"
            f"{one.peak_mb:>9.0f}"
        )


if __name__ == "__main__":
    main()
