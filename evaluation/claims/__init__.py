"""Claims: the numbers, percentages, amounts and dates of a text, each proven by the data or not."""

from evaluation.claims.bind import check
from evaluation.claims.types import Claim, Kind, Ledger, Verdict

__all__ = ["Claim", "Kind", "Ledger", "Verdict", "check"]
