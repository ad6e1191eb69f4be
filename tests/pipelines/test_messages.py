import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from evaluation.profiles import text_columns
from models.types import LabelledText
from pipelines.datasets.checks import folded
from pipelines.datasets.config import GeneratedDataset
from pipelines.datasets.facts import SPLITS, DatasetSplits
from pipelines.datasets.loader import load_dataset
from pipelines.datasets.messages import KINDS, LABEL_NOISE, LABELS, generate, window

ROOT = Path(__file__).resolve().parents[2]
PRINT_DIGESTS = """
from pipelines.datasets.config import GeneratedDataset
from pipelines.datasets.loader import load_dataset
from pipelines.datasets.messages import window
for generator in ("messages", "notes", "sentiment"):
    print(load_dataset(GeneratedDataset(source="generated", generator=generator, size=120)).facts.digest)
print(window(3, 1, True))
"""


@pytest.fixture(scope="module")
def messages() -> DatasetSplits:
    return load_dataset(GeneratedDataset(source="generated", generator="messages"))


def texts_and_labels(examples: tuple[LabelledText, ...]) -> tuple[list[str], list[str]]:
    return [example.text for example in examples], [example.label for example in examples]


def test_messages_when_generated_have_the_promised_shape(messages: DatasetSplits) -> None:
    assert messages.facts.counts == {"train": 1200, "validation": 200, "test": 600}
    assert len(LABELS) == 12
    assert all(count == 50 for count in messages.facts.labels["test"].values())
    words = [len(example.text.split()) for split in SPLITS for example in getattr(messages, split)]
    assert 35 < np.mean(words) < 60
    assert max(words) < 200
    text = "\n\n".join(example.text for example in messages.train)
    for sign_of_mess in ("\n> ", "Sent from my phone", "confidential", "wrote:", "PS: ", "Subject: "):
        assert sign_of_mess in text


def test_messages_when_another_process_hashes_otherwise_are_the_same() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PRINT_DIGESTS],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert len(next(iter(outputs)).splitlines()) == 4


def test_messages_when_the_seed_differs_are_others() -> None:
    first, second = ({example.text for example in generate("test", 120, seed)} for seed in (1, 2))
    assert len(first & second) < 3


def test_families_when_compared_share_no_name_and_no_sentence() -> None:
    for kind in KINDS:
        names = [family.name for split in SPLITS for family in kind.families[split]]
        assert len(names) == len(set(names))
    said = {
        split: {line for kind in KINDS for family in kind.families[split] for line in (*family.cores, *family.details)}
        for split in SPLITS
    }
    assert sum(len(lines) for lines in said.values()) == len(set.union(*said.values()))


def test_messages_when_split_share_no_text(messages: DatasetSplits) -> None:
    seen = [{folded(example.text) for example in getattr(messages, split)} for split in SPLITS]
    assert len(set.union(*seen)) == sum(len(texts) for texts in seen) == 2000


def test_noise_when_train_is_generated_is_in_its_labels_only() -> None:
    # The kinds take turns before some labels are changed, so the shares tell how many were.
    train = Counter(example.label for example in generate("train", 1200, 3))
    assert train != Counter(dict.fromkeys(LABELS, 100))
    assert sum(abs(count - 100) for count in train.values()) < 2 * 1200 * LABEL_NOISE * 2
    assert set(Counter(example.label for example in generate("test", 600, 3)).values()) == {50}


@pytest.mark.parametrize("seed", [7, pytest.param(8, marks=pytest.mark.slow), pytest.param(9, marks=pytest.mark.slow)])
def test_messages_when_words_are_counted_are_neither_trivial_nor_hopeless(seed: int) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from threadpoolctl import threadpool_limits

    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10))
    with threadpool_limits(1):  # on busy cores, threads that wait for each other make it ten times slower
        model.fit(*texts_and_labels(tuple(generate("train", 1200, seed))))
    assert 0.75 < model.score(*texts_and_labels(tuple(generate("test", 600, seed)))) < 0.92


def test_window_when_shifted_looks_different_and_else_does_not() -> None:
    def means(texts: list[str]) -> dict[str, float]:
        rows = [text_columns(text) for text in texts]
        return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}

    usual = means([example.text for example in generate("test", 600, 7)])
    like, shifted = means(window(200, 1, False)), means(window(200, 1, True))
    for column in ("characters", "uppercase_share", "words"):
        assert like[column] == pytest.approx(usual[column], rel=0.15)
        assert shifted[column] > 1.5 * usual[column]


def test_window_when_like_the_test_split_repeats_none_of_it(messages: DatasetSplits) -> None:
    assert not {example.text for example in messages.test} & set(window(200, 1, False))
    assert window(50, 1, True) == window(50, 1, True)
    assert len(window(50, 1, True)) == 50
