"""Broken on purpose: the doctor says where, and what was meant."""

import os
from collections import defaultdict
from pathlib import Path

import pytest

from templates.doctor import check
from templates.library import BUILT_IN
from tests.templates.mutator import MAKERS, Original, make_cases, originals

SEED = 20261123
LOCATED, SUGGESTED = 0.95, 0.90  # what is promised
KINDS = 20


@pytest.fixture(scope="module")
def templates() -> list[Original]:
    folder = os.environ.get("COLOPHON_WORD_TEMPLATES")  # a folder of Word files that cannot be shipped
    return originals(BUILT_IN, Path(folder) if folder else None)


def measured(templates: list[Original], seed: int, per_kind: int) -> tuple[int, int, float, float, str]:
    """Give the numbers of cases and kinds, the shares that were located and suggested, and the misses."""
    cases = make_cases(templates, seed=seed, per_kind=per_kind)
    located = suggested = 0
    misses: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        problems = check(case.target, case.example).problems
        is_located, is_suggested = bool(case.located(problems)), case.suggested(problems)
        located += is_located
        suggested += is_suggested
        if not is_suggested:
            misses[case.kind].append(f"{case.template}: {case.shown}")
    kinds = len({case.kind for case in cases})
    return len(cases), kinds, located / len(cases), suggested / len(cases), str(dict(misses))


def test_mistakes_are_located_and_the_right_text_is_suggested(templates: list[Original]) -> None:
    cases, kinds, located, suggested, misses = measured(templates, SEED, per_kind=3)

    assert kinds >= KINDS
    assert cases >= 2 * KINDS
    assert located >= LOCATED, misses
    assert suggested >= SUGGESTED, misses


@pytest.mark.slow
@pytest.mark.parametrize("seed", [SEED, 1, 2, 3])
def test_four_hundred_mistakes_of_several_seeds_are_found(templates: list[Original], seed: int) -> None:
    cases, kinds, located, suggested, misses = measured(templates, seed, per_kind=14)

    assert kinds >= KINDS
    assert cases >= 400
    assert located >= LOCATED, misses
    assert suggested >= SUGGESTED, misses


def test_an_unbroken_template_has_no_errors(templates: list[Original]) -> None:
    for original in templates:
        if original.target.manifest is not None:
            assert [problem for problem in check(original.target).problems if problem.severity == "error"] == []


def test_the_same_seed_makes_the_same_cases(templates: list[Original]) -> None:
    first, second = (make_cases(templates, seed=5, per_kind=1) for _ in range(2))

    assert [case.shown for case in first] == [case.shown for case in second]
    assert len(MAKERS) >= 2 * KINDS
