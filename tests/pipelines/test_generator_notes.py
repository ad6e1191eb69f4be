import re

import pytest

from evaluation.metrics import summary_scores
from models.summarization.sentences import split_sentences
from models.types import SummarizedText
from pipelines.datasets.config import GeneratedDataset
from pipelines.datasets.facts import SPLITS
from pipelines.datasets.loader import load_dataset
from pipelines.datasets.notes import SCENES, generate
from pipelines.datasets.phrases.notes import Scene

FIGURE = re.compile(r"\d[\d,.]*\d|\d")


@pytest.fixture(scope="module")
def notes() -> list[SummarizedText]:
    return generate("test", 120, 7)


def test_notes_when_generated_have_the_promised_shape(notes: list[SummarizedText]) -> None:
    splits = load_dataset(GeneratedDataset(source="generated", generator="notes"))
    assert splits.facts.counts == {"train": 300, "validation": 60, "test": 120}
    assert splits.test == tuple(notes)
    lengths = [len(split_sentences(note.text)) for note in notes]
    assert min(lengths) >= 8
    assert max(lengths) <= 20
    assert {len(split_sentences(note.summary)) for note in notes} <= {2, 3}


def test_scenes_when_compared_are_in_one_split_only() -> None:
    def sentences(scene: Scene) -> set[str]:
        return {*scene.details, *(note for note, _ in scene.points)}

    found = {split: set().union(*(sentences(scene) for scene in SCENES[split])) for split in SPLITS}
    assert len(set().union(*found.values())) == sum(len(lines) for lines in found.values())
    assert len({scene.name for split in SPLITS for scene in SCENES[split]}) == 21


def test_summary_when_it_has_a_figure_has_it_from_the_note(notes: list[SummarizedText]) -> None:
    for note in notes:
        assert set(FIGURE.findall(note.summary)) <= set(FIGURE.findall(note.text))


def test_summary_when_compared_says_it_in_other_words(notes: list[SummarizedText]) -> None:
    copied = sum(sentence in note.text for note in notes for sentence in split_sentences(note.summary))
    assert copied < len(notes) * 0.1


def test_first_sentences_when_taken_are_a_fair_summary_that_can_be_beaten(notes: list[SummarizedText]) -> None:
    references = [note.summary for note in notes]
    lead = summary_scores(references, [" ".join(split_sentences(note.text)[:3]) for note in notes])
    last = summary_scores(references, [" ".join(split_sentences(note.text)[-3:]) for note in notes])
    assert last["rouge1"] + 0.1 < lead["rouge1"] < 0.5
