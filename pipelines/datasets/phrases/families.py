"""What the phrase modules hold: kinds of messages, each with its families of phrases.

A family is one way of expressing what a kind is about. The families of train,
validation and test are different ones, so a model is judged on ways of saying
it that it never read. `[a|b]` chooses one of the texts, `{slot}` is filled by
`pipelines.datasets.grammar`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.datasets.facts import Split

# The first two sentences of a family say what the message is about; the others go with them.
_CORES = 2


@dataclass(frozen=True)
class Family:
    """One way of expressing a concern.

    Attributes:
        name: what is particular about it; no two families of a kind share one.
        cores: sentences that say the concern; a message holds one of them.
        details: sentences that go with it.
    """

    name: str
    cores: tuple[str, ...]
    details: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of message and its families in each split."""

    label: str
    families: Mapping[Split, tuple[Family, ...]]


def kind(
    label: str,
    *,
    train: Mapping[str, tuple[str, ...]],
    validation: Mapping[str, tuple[str, ...]],
    test: Mapping[str, tuple[str, ...]],
) -> Kind:
    """Make a kind from its families as they are written down: name → sentences."""
    return Kind(label, {"train": _families(train), "validation": _families(validation), "test": _families(test)})


def _families(written: Mapping[str, tuple[str, ...]]) -> tuple[Family, ...]:
    return tuple(Family(name, lines[:_CORES], lines[_CORES:]) for name, lines in written.items())
