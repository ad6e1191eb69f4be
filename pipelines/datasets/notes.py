"""The project's own business notes with reference summaries, for summarization.

A note tells a scene: three points that matter, details around them, and the
usual sentences of an office. The points stand in their order, but not always
first, so taking the first sentences is a fair baseline and can be beaten. The
reference says the points in other, fewer words. The scenes of train,
validation and test are different ones.
"""

import random
from collections.abc import Mapping, Sequence

from models.types import SummarizedText
from pipelines.datasets.facts import Split
from pipelines.datasets.grammar import MONTHS, SLOTS, expand
from pipelines.datasets.phrases.notes import ASIDES, OPENINGS, Scene
from pipelines.datasets.phrases.notes_held_out import TEST_SCENES, VALIDATION_SCENES
from pipelines.datasets.phrases.notes_train import SCENES as TRAIN_SCENES

SCENES: Mapping[Split, tuple[Scene, ...]] = {
    "train": TRAIN_SCENES,
    "validation": VALIDATION_SCENES,
    "test": TEST_SCENES,
}
REMARKS: tuple[str, ...] = ()

_SIZE = 300
# How often a note begins with what matters, as people learn to write and seldom do.
_POINT_FIRST = 0.5


def sizes(size: int | None) -> dict[Split, int]:
    """Give the number of examples of each split for `size` training examples."""
    train = size or _SIZE
    return {"train": train, "validation": train // 5, "test": train * 2 // 5}


def generate(split: Split, size: int, seed: int) -> list[SummarizedText]:
    """Write `size` notes of one split, the scenes in equal shares, in random order."""
    rng = random.Random(f"notes/{split}/{seed}")
    scenes = SCENES[split]
    examples = [_note(scenes[index % len(scenes)], rng) for index in range(size)]
    rng.shuffle(examples)
    return examples


def _note(scene: Scene, rng: random.Random) -> SummarizedText:
    facts = _facts(rng)
    points = [note for note, _ in scene.points]
    around = [
        *rng.sample(scene.details, k=rng.randint(3, len(scene.details))),
        *rng.sample(ASIDES, k=rng.randint(2, 8)),
    ]
    rng.shuffle(around)
    sentences = _interleave(points, around, rng)
    if rng.random() >= _POINT_FIRST:
        sentences = [rng.choice(OPENINGS), *sentences]
    else:
        sentences.remove(points[0])
        sentences.insert(0, points[0])
    return SummarizedText(
        text=" ".join(expand(sentence, rng, facts) for sentence in sentences),
        summary=" ".join(expand(summary, rng, facts) for _, summary in scene.points),
    )


def _interleave(points: Sequence[str], around: Sequence[str], rng: random.Random) -> list[str]:
    """Put the points among the other sentences, earlier more often than later, keeping the order of both."""
    gaps = range(len(around) + 1)
    places = sorted(min(rng.choices(gaps, k=3)) for _ in points)
    sentences = list(around)
    for offset, (place, point) in enumerate(zip(places, points, strict=True)):
        sentences.insert(place + offset, point)
    return sentences


def _facts(rng: random.Random) -> dict[str, str]:
    """Draw what this note is about; note and summary say the same."""
    people = _two("person", rng)
    cities = _two("city", rng)
    companies = _two("company", rng)
    amount = rng.choice((rng.randint(12, 99) * 100, rng.randint(20, 900) * 1000))
    return {
        "amount": _money(amount),
        "amount_2": _money(round(amount * rng.uniform(0.2, 0.6), -2)),  # a part of it: always the smaller sum
        "city": cities[0],
        "city_2": cities[1],
        "company": companies[0],
        "company_2": companies[1],
        "count": str(rng.randint(2, 24)),
        "date": _day(rng),
        "date_2": _day(rng),
        "date_3": _day(rng),
        "file_number": str(rng.randint(1000, 9999)),
        "month": rng.choice(MONTHS),
        "month_2": rng.choice(MONTHS),
        "number": str(rng.randint(30, 900)),
        "percent": rng.choice((str(rng.randint(3, 60)), f"{rng.randint(20, 299) / 10:.1f}")),
        "pages": str(rng.randint(3, 29)),
        "person": people[0],
        "person_3": people[1],
    }


def _two(slot: str, rng: random.Random) -> tuple[str, str]:
    """Fill a slot twice, differently."""
    first = second = SLOTS[slot](rng)
    while second == first:
        second = SLOTS[slot](rng)
    return first, second


def _money(amount: float) -> str:
    return f"EUR {amount:,.0f}"


def _day(rng: random.Random) -> str:
    return f"{rng.randint(1, 28)} {rng.choice(MONTHS)}"
