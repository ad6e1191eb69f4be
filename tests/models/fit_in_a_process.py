"""Fit the toy task in a process of its own that may kill itself: `fit_in_a_process.py PARAMETERS FOLDER EPOCH`."""

import ast
import importlib.util
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch

from models import factory

torch.set_num_threads(1)  # as the test that compares the result


def main(parameters: str, folder: str, die_at: str) -> None:
    spec = importlib.util.spec_from_file_location("toys", Path(__file__).with_name("conftest.py"))
    assert spec is not None
    assert spec.loader is not None
    toys = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(toys)

    def report(step: int, *_: object) -> None:
        if step == int(die_at):
            os.kill(os.getpid(), signal.SIGKILL)

    classifier = factory.create("text-classification", "transformer", ast.literal_eval(parameters))
    classifier.fit(
        toys.labelled_texts(150, seed=1),
        toys.labelled_texts(40, seed=2),
        score=lambda y_true, y_pred: {"accuracy": sum(map(str.__eq__, y_true, y_pred)) / len(y_true)},
        report=report,
        checkpoint_dir=Path(folder) / "checkpoints",
        seed=1,
    )
    factory.save(classifier, Path(folder) / "saved")


main(*sys.argv[1:])
