"""`colophon merge` of many one-page letters: documents per second and core, and the memory of all its processes."""

import functools
import importlib.metadata
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import content
import psutil
import with_colophon

NAME = "merge-100k"
_TEMPLATE = "business-letter"  # of the library
_SAMPLE_SECONDS = 1.0


def measure(letters: int, *, sealed: bool) -> dict[str, Any]:
    """Merge, and give a row of the result; memory is private memory, summed over the command and its processes."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        records, output = folder / "records.jsonl", folder / "letters"
        with records.open("w", encoding="utf-8") as file:
            for number in range(1, letters + 1):
                file.write(json.dumps(_letter(number), ensure_ascii=False) + "\n")
        command = [sys.executable, "-m", "pipelines.cli", "merge", _TEMPLATE, "--data", str(records), "--to", "docx"]
        command += ["-o", str(output), "--json", *([] if sealed else ["--no-seal"])]
        environment = {**os.environ, "COLOPHON_HOME": str(folder / "home")}
        before = _seconds_of_children()
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment, cwd=_root()
        )
        samples = list(_memory(process, output))
        answer = json.loads(process.stdout.read())  # type: ignore[union-attr]
        if process.wait() or answer["written"] != letters:
            raise SystemExit(f"The merge failed: {answer}")
        worked = _seconds_of_children() - before
        shutil.rmtree(output)
    per_core = answer["rate"] / answer["processes"]
    return {
        "work": NAME,
        "engine": "colophon" if sealed else "colophon-unsealed",
        "version": importlib.metadata.version("colophon"),
        "median_ms": round(1000 / per_core, 3),
        "times_ours": 1.0,
        "notes": {
            "letters": letters,
            "processes": answer["processes"],
            "documents_per_second_per_core": round(per_core, 1),
            "documents_per_cpu_second": round(letters / worked, 1),  # what other work on the machine changes less
            "mb_early": round(_highest(samples[: len(samples) // 4])),
            "mb_late": round(_highest(samples[3 * len(samples) // 4 :])),
            "mb_largest_process": round(max((largest for _, largest in samples), default=0)),
        },
    }


def _letter(number: int) -> dict[str, Any]:
    """Fill the library's letter with texts that differ from one to the next."""
    made = content.letter(number)
    company, customer = made["company"], made["customer"]
    address = [customer["contact"], customer["street"], customer["city"]]
    example = _example()
    items = [
        {**item, "quantity": item["quantity"] + number % 7, "amount": item["amount"] + number / 100}
        for item in example["items"]
    ]
    return {
        **example,
        "items": items,
        "reference": made["number"],
        "subject": made["subject"],
        "sender": {**example["sender"], "name": company["name"], "street": company["street"], "city": company["city"]},
        "recipient": {**example["recipient"], "name": customer["name"], "address": address},
        "opening": [paragraph["text"] for paragraph in made["paragraphs"]][: len(example["opening"])],
    }


@functools.cache
def _example() -> dict[str, Any]:
    example: dict[str, Any] = json.loads((_root() / "templates/library" / _TEMPLATE / "example.json").read_bytes())
    return example


def _memory(process: "subprocess.Popen[str]", output: Path) -> "Any":
    """Give the sum and the largest of the processes' private memory while documents are written, in MB."""
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        time.sleep(_SAMPLE_SECONDS)
        held = []
        try:
            for each in (watched, *watched.children(recursive=True)):
                held.append(each.memory_full_info().uss / 1e6)
        except psutil.Error:
            continue
        if output.exists():
            yield sum(held), max(held)


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)  # those that have ended, and theirs
    return used.ru_utime + used.ru_stime


def _highest(samples: list[tuple[float, float]]) -> float:
    return max((total for total, _ in samples), default=0.0)


def _root() -> Path:
    return Path(with_colophon.__file__).resolve().parent.parent.parent
