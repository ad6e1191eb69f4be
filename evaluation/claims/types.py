"""What is known of a claim: where it stands, what it says, and what proves it."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["number", "percent", "money", "date"]
Verdict = Literal["bound", "contradicted", "unsupported"]


@dataclass(frozen=True)
class Claim:
    """One statement of a text.

    Attributes:
        text: the words as they stand in the text, at `start:end`.
        value: what they say, written in one way only: `1234.5`, `12.5 %`, `EUR 99`, `2026-11-23`.
        evidence: what proves it: a JSON pointer into the data, or `source[start:end]`.
    """

    text: str
    kind: Kind
    value: str
    start: int
    end: int
    verdict: Verdict
    evidence: str | None = None


@dataclass(frozen=True)
class Ledger:
    """The verdict on every claim of a text, in their order."""

    claims: tuple[Claim, ...]

    @property
    def clean(self) -> bool:
        """Say whether every claim is bound."""
        return all(claim.verdict == "bound" for claim in self.claims)

    def as_dict(self) -> dict[str, Any]:
        """Give the ledger as plain data."""
        return {"clean": self.clean, "claims": [asdict(claim) for claim in self.claims]}


@dataclass(frozen=True)
class Quantity:
    """A number as a reader takes it.

    Attributes:
        step: one unit of the last digit that is shown; what lies within half of it rounds to the number.
        sign: `-` or `+` when it is written, otherwise empty.
        currencies: what the currency may be; empty when none is written.
    """

    value: Decimal
    step: Decimal
    sign: str = ""
    currencies: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CalendarDate:
    """A date, of which the year or the day may be left open."""

    year: int | None
    month: int
    day: int | None

    def __str__(self) -> str:
        year = "" if self.year is None else f"{self.year:04}-"
        return f"{year}{self.month:02}" + ("" if self.day is None else f"-{self.day:02}")

    def is_said_by(self, other: "CalendarDate") -> bool:
        """Say whether `other` says all of this date."""
        return self.month == other.month and self.year in (None, other.year) and self.day in (None, other.day)


@dataclass(frozen=True)
class Code:
    """Digits of which each one counts: a reference, a version, a time, a telephone number."""

    text: str


# A written date such as 03/04/2026 can be read in two ways.
Reading = Quantity | Code | tuple[CalendarDate, ...]


@dataclass(frozen=True)
class Found:
    """A claim before anything is known of its truth."""

    kind: Kind
    text: str
    start: int
    end: int
    reading: Reading
