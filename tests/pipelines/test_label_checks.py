"""Planted wrong labels among generated messages."""

import csv
import random
from pathlib import Path

import pytest

from models.types import LabelledText
from pipelines.datasets import messages
from pipelines.label_checks import check_labels, read_label_check


def noisy(share: float) -> tuple[list[LabelledText], set[str]]:
    """Messages of which a share got another label, and the texts of these."""
    clean = messages.write("train", messages.KINDS, 1200, random.Random("label checks"))
    labels = sorted({example.label for example in clean})
    chance = random.Random(11)
    chosen = set(chance.sample(range(len(clean)), int(share * len(clean))))
    examples = [
        LabelledText(one.text, chance.choice([label for label in labels if label != one.label]))
        if index in chosen
        else one
        for index, one in enumerate(clean)
    ]
    return examples, {clean[index].text for index in chosen}


@pytest.mark.parametrize(("share", "precision", "recall"), [(0.05, 0.9, 0.45), (0.1, 0.9, 0.5), (0.2, 0.8, 0.5)])
def test_check_labels_when_labels_were_flipped_finds_them(
    share: float, precision: float, recall: float, tmp_path: Path
) -> None:
    """Measured: precision 1.00, 0.99, 0.87 and recall 0.55, 0.62, 0.63; by chance, precision would be the share."""
    examples, flipped = noisy(share)
    check_labels(tmp_path, examples, seed=7)
    with (tmp_path / "tables" / "label_noise.csv").open(encoding="utf-8", newline="") as file:
        suspected = [row["text"] for row in csv.DictReader(file)]
    hits = flipped & set(suspected)
    assert len(hits) / len(suspected) > precision
    assert len(hits) / len(flipped) > recall
    check = read_label_check(tmp_path)
    assert check.suspected == len(suspected)
    assert f"{len(suspected)} of 1,200" in check.sentence()


def test_check_labels_when_there_is_too_little_to_say(tmp_path: Path) -> None:
    check_labels(tmp_path, [LabelledText(f"text {number}", f"label {number}") for number in range(8)], seed=7)
    assert read_label_check(tmp_path).sentence() == "Labels: none of 0 training examples examined looks wrong."
