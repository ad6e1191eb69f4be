"""Take validation and test examples out of train, where no file holds them."""

import random
from collections import defaultdict
from collections.abc import Sequence

from configs.errors import DatasetError
from models.types import LabelledText
from pipelines.datasets.facts import Example, Parts

_VALIDATION_SHARE = 0.1
_TEST_SHARE = 0.2


def complete(given: Parts, *, validation_share: float | None, test_share: float | None, seed: int, place: str) -> Parts:
    """Give all three splits; a missing one is carved out of train, each label in its proportion.

    Args:
        given: train, and the other splits where there is a file for them.
        validation_share: part of train for validation; None: 0.1.
        test_share: part of train for test; None: 0.2.
        seed: decides which examples are taken.
        place: the name that errors use.

    Raises:
        DatasetError: a share is given for a split that has a file, or train is too small to be split.
    """
    parts = dict(given)
    # Test first: what a model is judged by must not depend on how it is chosen.
    if "test" in given:
        _refuse_share("test", test_share, place)
    else:
        parts["train"], parts["test"] = carve(parts["train"], test_share or _TEST_SHARE, f"test/{seed}")
    if "validation" in given:
        _refuse_share("validation", validation_share, place)
    else:
        share = validation_share or _VALIDATION_SHARE
        parts["train"], parts["validation"] = carve(parts["train"], share, f"validation/{seed}")
    for split, examples in parts.items():
        if not examples:
            raise DatasetError(
                f"There are too few examples ({len(given['train'])}) to take some of them for {split}.",
                where=place,
                hint=f"Add examples, or give a file for `{split}`.",
            )
    return parts


def carve(examples: Sequence[Example], share: float, seed: str) -> tuple[list[Example], list[Example]]:
    """Part examples into those that stay and those that are taken; both keep the order they had.

    Each label gives its share, but never its last example.
    """
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for index, example in enumerate(examples):
        groups[example.label if isinstance(example, LabelledText) else ""].append(index)
    rng = random.Random(seed)
    taken: set[int] = set()
    owed = 0.0  # what rounding left over from the labels before, so that the share of the whole comes out right
    for _, indices in sorted(groups.items()):
        rng.shuffle(indices)
        owed += share * len(indices)
        count = max(0, min(round(owed), len(indices) - 1))
        taken.update(indices[:count])
        owed = min(owed - count, 1.0)
    return (
        [example for index, example in enumerate(examples) if index not in taken],
        [example for index, example in enumerate(examples) if index in taken],
    )


def _refuse_share(split: str, share: float | None, place: str) -> None:
    if share is not None:
        raise DatasetError(
            f"`{split}_share` is given, but there is a file for {split}.",
            where=place,
            hint=f"Leave out `{split}_share`.",
        )
