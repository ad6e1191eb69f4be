"""The mood of the project's business messages: complaints and delays, praise, and what is neither.

The messages are those of `messages`, with families of phrases that train,
validation and test do not share. The mood is that of the main concern; small
talk, thanks in advance and second concerns stand around it as they do there.
"""

import random

from models.types import LabelledText
from pipelines.datasets import messages
from pipelines.datasets.facts import Split
from pipelines.datasets.phrases import goods, orders, people, planning

# Three moods in equal shares; praise stands twice, because one kind of message alone is positive.
_KINDS = (
    goods.QUALITY_COMPLAINT,
    people.PRAISE,
    planning.APPOINTMENT_REQUEST,
    orders.DELIVERY_DELAY,
    people.PRAISE,
    planning.ADDRESS_CHANGE,
)
MOODS = {
    goods.QUALITY_COMPLAINT.label: "negative",
    orders.DELIVERY_DELAY.label: "negative",
    planning.APPOINTMENT_REQUEST.label: "neutral",
    planning.ADDRESS_CHANGE.label: "neutral",
    people.PRAISE.label: "positive",
}
REMARKS: tuple[str, ...] = ()

sizes = messages.sizes


def generate(split: Split, size: int, seed: int) -> list[LabelledText]:
    """Write `size` different messages of one split, the moods in about equal shares, in random order."""
    rng = random.Random(f"sentiment/{split}/{seed}")
    examples = [
        LabelledText(example.text, MOODS[example.label]) for example in messages.write(split, _KINDS, size, rng)
    ]
    rng.shuffle(examples)
    return examples
