"""Without schema and data: names that look like a misspelling of another name in the same template."""

import re
from collections.abc import Iterator, Mapping

from templates.doctor.findings import Use
from templates.doctor.problems import Problem
from templates.nearest import similarity

_ALIKE = 0.84  # one letter of six; `first_name` and `last_name` stay below
_SHORTEST = 4  # of shorter names, every second pair is alike

_MAX_NAMES = 1_000  # every two of them are compared


def rare_names(uses: Mapping[str, Use], locals_: Mapping[str, str]) -> Iterator[Problem]:
    """Warn of names that are used less than a name they resemble.

    Args:
        uses: the fields by path, with how often they are used.
        locals_: the names of loop variables, with what they run over.
    """
    paths = list(uses) if len(uses) <= _MAX_NAMES else []
    for position, path in enumerate(paths):
        use = uses[path]
        parent, name = _split(path)
        if use.first is None or not use.count or path.endswith("[]"):
            continue
        if not parent and name in locals_:
            message = f"`{name}` stands outside of the loop that knows it."
            yield use.first.problem("outside-loop", message, "Move the tag into the loop.", severity="warning")
            continue
        best, best_score = "", 0.0
        for other_position, other in enumerate(paths):
            other_parent, other_name = _split(other)
            is_more = (uses[other].count, -other_position) > (use.count, -position)
            score = _likeness(name, other_name)
            if other != path and other_parent == parent and is_more and score > best_score:
                best, best_score = other, score
        if not parent:
            for variable in locals_:
                score = _likeness(name, variable)
                best, best_score = (variable, score) if score > best_score else (best, best_score)
        if best_score >= _ALIKE:
            message = f"`{path}` looks like `{best}`, which the template uses elsewhere."
            yield use.first.problem("similar-names", message, f"Did you mean `{best}`?", severity="warning")


def _likeness(name: str, other: str) -> float:
    """Say how alike two names are; names that differ in a number, or as one and many, are meant to differ."""
    if min(len(name), len(other)) < _SHORTEST or re.sub(r"\d+", "", name) == re.sub(r"\d+", "", other):
        return 0.0
    if _singular(name) == _singular(other):
        return 0.0
    if set(name.split("_")) & set(other.split("_")) - {""}:
        shared = set(name.split("_")) & set(other.split("_"))
        rest, other_rest = ("_".join(sorted(set(n.split("_")) - shared)) for n in (name, other))
        return similarity(rest, other_rest) if len(rest) >= _SHORTEST and len(other_rest) >= _SHORTEST else 0.0
    return similarity(name, other)


def _singular(name: str) -> str:
    return re.sub(r"(?<=[sxz])es$|s+$", "", name)


def _split(path: str) -> tuple[str, str]:
    parent, _, name = path.rpartition(".")
    return parent, name
