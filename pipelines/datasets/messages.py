"""The project's own business messages: what customers of an invented office supplier write, in twelve kinds.

A message says one thing that matters and much that does not: greetings, small
talk, asides, signatures, disclaimers, quoted mail, typing errors. The phrases
of train, validation and test come from different families, so a model cannot
answer by having read the same words before.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import count

from models.types import LabelledText
from pipelines.datasets.facts import Split
from pipelines.datasets.grammar import expand
from pipelines.datasets.phrases import billing, campaign, contracts, frames, goods, orders, people, planning
from pipelines.datasets.phrases.families import Family, Kind
from pipelines.datasets.typing_errors import mistype, write_carelessly

KINDS: tuple[Kind, ...] = (
    billing.INVOICE_QUESTION,
    billing.PAYMENT_CONFIRMATION,
    orders.DELIVERY_DELAY,
    orders.CANCELLATION,
    goods.QUALITY_COMPLAINT,
    goods.TECHNICAL_FAULT,
    contracts.QUOTE_REQUEST,
    contracts.CONTRACT_RENEWAL,
    people.JOB_APPLICATION,
    people.PRAISE,
    planning.APPOINTMENT_REQUEST,
    planning.ADDRESS_CHANGE,
)
LABELS: tuple[str, ...] = tuple(kind.label for kind in KINDS)

# Of the training labels; people who sort mail err about that often. Validation and test labels are
# clean: a wrong label there would blur the figure that a model is chosen and judged by.
LABEL_NOISE = 0.04
REMARKS: tuple[str, ...] = (f"{LABEL_NOISE:.0%} of the training labels are wrong on purpose",)

_SIZE = 1200  # with 58 tokens a message, three epochs of fine-tuning take about two minutes on two cores
_SECOND_CONCERN = 0.10
_TYPING_ERRORS = 0.45
_CARELESS = 0.15
_SECOND_THOUGHTS = ("One more thing: ", "Apart from that: ", "And while I am writing: ", "PS: ")


def sizes(size: int | None) -> dict[Split, int]:
    """Give the number of examples of each split for `size` training examples."""
    train = size or _SIZE
    return {"train": train, "validation": train // 6, "test": train // 2}


def generate(split: Split, size: int, seed: int) -> list[LabelledText]:
    """Write `size` different messages of one split, the kinds in equal shares, in random order."""
    rng = random.Random(f"messages/{split}/{seed}")
    examples = write(split, KINDS, size, rng)
    if split == "train":
        examples = [_mislabel(example, rng) for example in examples]
    rng.shuffle(examples)
    return examples


def write(split: Split, kinds: Sequence[Kind], size: int, rng: random.Random) -> list[LabelledText]:
    """Write `size` different messages of one split; the kinds take turns and are the labels, all of them right."""
    return _distinct(_endless(split, kinds, rng), size)


def window(size: int, seed: int, shifted: bool) -> list[str]:
    """Write a window of traffic for monitoring.

    Args:
        size: how many messages.
        seed: another one than the test split's gives other messages of the same families.
        shifted: False: like the test split. True: a campaign about a recall fills three quarters of the
            window: long, loud, partly in German, of no known kind; and the rest are complaints and faults.
    """
    name = "shifted" if shifted else "like test"
    rng = random.Random(f"messages/window/{name}/{seed}")
    if not shifted:
        texts = [example.text for example in write("test", KINDS, size, rng)]
    else:
        angry = [kind for kind in KINDS if kind.label in {"quality_complaint", "technical_fault"}]
        usual = [example.text for example in write("test", angry, size // 4, rng)]
        texts = usual + [_campaign_message(rng) for _ in range(size - len(usual))]
    rng.shuffle(texts)
    return texts


def _endless(split: Split, kinds: Sequence[Kind], rng: random.Random) -> Iterator[LabelledText]:
    # Kinds and families take turns: drawn at random, their shares alone would move a figure by some points.
    for turn in count():
        for kind in kinds:
            families = kind.families[split]
            yield LabelledText(_message(kind, families[turn % len(families)], split, rng), kind.label)


def _distinct(examples: Iterator[LabelledText], size: int) -> list[LabelledText]:
    """Take the first `size` examples of different texts."""
    found: dict[str, LabelledText] = {}
    while len(found) < size:
        example = next(examples)
        found.setdefault(example.text, example)
    return list(found.values())


def _mislabel(example: LabelledText, rng: random.Random) -> LabelledText:
    if rng.random() >= LABEL_NOISE:
        return example
    return LabelledText(example.text, rng.choice([label for label in LABELS if label != example.label]))


def _message(kind: Kind, family: Family, split: Split, rng: random.Random) -> str:
    sentences = _concern(family, rng)
    sentences.insert(0, _sometimes(0.45, frames.SMALL_TALK, rng))
    sentences.append(_sometimes(0.30, frames.ASIDES, rng))
    if rng.random() < _SECOND_CONCERN:
        sentences.append(_second_concern(kind, split, rng))
    sentences.append(_sometimes(0.45, frames.CLOSINGS, rng))
    parts = [
        _sometimes(0.12, frames.SUBJECTS, rng),
        _sometimes(0.85, frames.GREETINGS, rng),
        " ".join(filter(None, sentences)),
        _sometimes(0.85, frames.SIGN_OFFS, rng),
        _sometimes(0.25, frames.SIGNATURES, rng),
        _sometimes(0.08, frames.DISCLAIMERS, rng),
    ]
    text = _with_typing_errors("\n".join(filter(None, parts)), rng)
    return "\n".join(filter(None, [text, _quoted_mail(rng)]))


def _concern(family: Family, rng: random.Random) -> list[str]:
    details = rng.sample(family.details, k=rng.choice((1, 2)))
    return [expand(sentence, rng) for sentence in (rng.choice(family.cores), *details)]


def _second_concern(kind: Kind, split: Split, rng: random.Random) -> str:
    """Mention another concern after the one that matters, in one sentence."""
    other = rng.choice([one for one in KINDS if one is not kind])
    return rng.choice(_SECOND_THOUGHTS) + expand(rng.choice(rng.choice(other.families[split]).cores), rng)


def _sometimes(share: float, templates: Sequence[str], rng: random.Random) -> str:
    return expand(rng.choice(templates), rng) if rng.random() < share else ""


def _with_typing_errors(text: str, rng: random.Random) -> str:
    if rng.random() < _CARELESS:
        text = write_carelessly(text, rng)
    return mistype(text, rng, rate=rng.uniform(0.02, 0.10)) if rng.random() < _TYPING_ERRORS else text


def _quoted_mail(rng: random.Random) -> str:
    if rng.random() >= 0.15:
        return ""
    lines = expand(rng.choice(frames.QUOTED), rng).splitlines()
    return "\n".join(["", expand(rng.choice(frames.QUOTE_HEADERS), rng), *(f"> {line}" for line in lines)])


def _campaign_message(rng: random.Random) -> str:
    sentences = campaign.GERMAN if rng.random() < 0.4 else campaign.ENGLISH
    chosen = rng.sample(sentences, k=rng.randint(4, len(sentences)))
    return "\n".join(expand(template, rng) for template in (rng.choice(campaign.OPENINGS), *chosen))
