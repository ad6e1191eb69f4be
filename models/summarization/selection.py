"""Which sentences of a text make the summary, once each has a merit."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def choose(merit: Floats, likeness: Floats, count: int, *, redundancy: float) -> list[int]:
    """Take the best sentence again and again, minus its likeness to those taken (maximal marginal relevance).

    Args:
        merit: of each sentence.
        likeness: of each sentence to each.
        count: how many to take, if there are so many.
        redundancy: how much merit a likeness of 1 costs.

    Returns:
        The places of the chosen sentences, in the order of the text.
    """
    chosen: list[int] = []
    for _ in range(min(count, len(merit))):
        repeated = likeness[:, chosen].max(axis=1) if chosen else np.zeros_like(merit)
        value = merit - redundancy * repeated
        value[chosen] = -np.inf
        chosen.append(int(value.argmax()))
    return sorted(chosen)
