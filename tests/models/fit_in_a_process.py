"""Fit the toy task in a process of its own that may kill itself: `fit_in_a_process.py PARAMETERS FOLDER CHECKPOINT`.

It writes a checkpoint after every step, and dies after so many of them; 0 lets it live.
"""

import ast
import importlib.util
import itertools
import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch

from models import checkpoints, factory, fine_tuning

torch.set_num_threads(1)  # as the test that compares the result


def main(parameters: str, folder: str, die_at: str) -> None:
    spec = importlib.util.spec_from_file_location("toys", Path(__file__).with_name("conftest.py"))
    assert spec is not None
    assert spec.loader is not None
    toys = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(toys)

    write, written = checkpoints.write, itertools.count(1)

    def write_and_die(*args: Any, **kwargs: Any) -> None:
        write(*args, **kwargs)
        if next(written) == int(die_at):
            os.kill(os.getpid(), signal.SIGKILL)

    checkpoints.write = write_and_die
    fine_tuning._SECONDS_BETWEEN_CHECKPOINTS = 0
    classifier = factory.create("text-classification", "transformer", ast.literal_eval(parameters))
    classifier.fit(
        toys.labelled_texts(150, seed=1),
        toys.labelled_texts(40, seed=2),
        score=lambda y_true, y_pred: {"accuracy": sum(map(str.__eq__, y_true, y_pred)) / len(y_true)},
        report=lambda *_: None,
        checkpoint_dir=Path(folder) / "checkpoints",
        seed=1,
    )
    factory.save(classifier, Path(folder) / "saved")


main(*sys.argv[1:])
