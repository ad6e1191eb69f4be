"""Find what was probably meant by a path that leads nowhere: the nearest of all that can be reached.

Rendering errors and the doctor ask here, so that both give the same advice.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_NEAR = 0.62  # below, words of this length have little more than their vowels in common
_MAX_PATHS = 5_000  # of one template; the nearest is hardly ever behind them


def similarity(one: str, other: str) -> float:
    """Say how alike two names are, from 0 to 1; case and separators count little."""
    if one == other:
        return 1.0
    first, second = _folded(one), _folded(other)
    if first == second:
        return 0.98
    ratio = difflib.SequenceMatcher(None, first, second, autojunk=False).ratio()
    swapped = sorted(first) == sorted(second) and len(first) > 2
    is_start = min(len(first), len(second)) >= 3 and (first.startswith(second) or second.startswith(first))
    return max(ratio, 0.85 if swapped else 0, 0.75 if is_start else 0)


def nearest_name(name: str, known: Iterable[str], *, least: float = _NEAR) -> str | None:
    """Give the known name that is nearest, if one is near."""
    scored = [(similarity(name, other), other) for other in known if isinstance(other, str) and other != name]
    best = max(scored, default=(0.0, ""), key=lambda entry: entry[0])
    return best[1] if best[0] >= least else None


def nearest_path(written: str, paths: Iterable[str]) -> str | None:
    """Give the path that was probably meant by `written`.

    A path of the same steps with one of them misspelt comes first, then the same
    field under another parent, then what looks most alike as a whole.
    """
    steps = written.split(".")
    best, best_score = None, 0.0
    for _, path in zip(range(_MAX_PATHS), paths, strict=False):
        if path == written:
            continue
        score = _path_score(steps, path.split("."))
        if score > best_score:
            best, best_score = path, score
    return best if best_score >= _NEAR else None


def _path_score(steps: Sequence[str], others: Sequence[str]) -> float:
    if len(steps) == len(others):
        scores = [similarity(one, other) for one, other in zip(steps, others, strict=True)]
        wrong = [score for score in scores if score < 1]
        if len(wrong) == 1:  # one step is misspelt, the others agree
            return wrong[0] * (1 if len(steps) == 1 else 1.05)
        if min(scores) >= _NEAR:
            return sum(scores) / len(scores) * 0.95
    last = similarity(steps[-1], others[-1])
    if last == 1:  # the field exists, under another parent
        return 0.90 - 0.02 * abs(len(steps) - len(others))
    if len(steps) != len(others) and last >= 0.8:
        return last * 0.8
    whole = similarity(" ".join(steps), " ".join(others))
    return whole * 0.9


def advice(written: str, paths: Iterable[str], *, fallback: Sequence[str] = ()) -> str:
    """Write the advice: which path was meant, or which names there are."""
    meant = nearest_path(written, paths)
    if meant:
        return f"Did you mean `{meant}`?"
    names = sorted(dict.fromkeys(fallback))
    if not names:
        return ""
    shown = ", ".join(f"`{name}`" for name in names[:12])
    return f"Known here: {shown}{', …' if len(names) > 12 else ''}."


def paths_of_data(data: Any, *, depth: int = 4) -> Iterable[str]:
    """Give the paths into data that a template can write with dots, nearest first."""
    waiting: list[tuple[str, Any, int]] = [("", data, depth)]
    while waiting:
        path, value, left = waiting.pop(0)
        if path:
            yield path
        if left and isinstance(value, Mapping):
            named = [(name, inner) for name, inner in value.items() if isinstance(name, str) and name.isidentifier()]
            waiting += [(f"{path}.{name}" if path else name, inner, left - 1) for name, inner in named]


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
