import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from templates.charts import Series, _ticks, describe, draw
from templates.library import TemplateFiles
from templates.manifest import ThemeConfig
from templates.theme import Theme, mix

THEME = Theme.of(ThemeConfig(accent="#0b5c66"), TemplateFiles("none", {}, ""))


def series(values: list[Any], kind: str = "bar") -> Series:
    numbers = tuple(Decimal(str(value)) for value in values)
    labels = tuple(f"L{index}" for index in range(len(numbers)))
    return Series(kind, "sales", labels, numbers, str, str)  # type: ignore[arg-type]


def test_chart_is_the_same_each_time() -> None:
    first, second = (draw(series([3, 1, 2]), THEME, width=400, height=120) for _ in range(2))
    assert first == second


def test_chart_says_what_it_shows() -> None:
    assert describe(series([3, -1])) == "Bar chart, sales. L0: 3; L1: -1."


def test_bars_are_as_high_as_their_values() -> None:
    svg = etree.fromstring(draw(series([100, 50, 25, 0]), THEME, width=400, height=120).data)
    heights = [float(bar.get("height", "0")) for bar in svg.iter("{*}rect")]
    assert heights[0] == pytest.approx(2 * heights[1], rel=0.01)
    assert heights[1] == pytest.approx(2 * heights[2], rel=0.01)


def test_text_is_drawn_so_that_no_reader_needs_the_font() -> None:
    image = draw(series([1, 2], "line"), THEME, width=400, height=120)
    assert b"<text" not in image.data
    assert b"font" not in image.data


def test_labels_are_thinned_when_they_would_touch() -> None:
    few = draw(series([1] * 5), THEME, width=400, height=120).data.count(b"<g fill")
    many = draw(series([1] * 200), THEME, width=400, height=120).data.count(b"<g fill")
    assert many < few + 30


@given(
    st.lists(st.floats(-1e12, 1e12).map(lambda v: round(v, 3)), min_size=1, max_size=40),
    st.sampled_from(["bar", "line"]),
)
@settings(max_examples=80, deadline=None)
def test_chart_stays_within_its_frame_whatever_the_values(values: list[float], kind: str) -> None:
    image = draw(series(values, kind), THEME, width=400, height=120)
    svg = etree.fromstring(image.data)
    for bar in svg.iter("{*}rect"):
        assert -1 <= float(bar.get("y", "0")) <= 121
        assert float(bar.get("y", "0")) + float(bar.get("height", "0")) <= 121
    for dot in svg.iter("{*}circle"):
        assert 0 <= float(dot.get("cy", "-1")) <= 120
    assert not re.search(rb"nan|inf", image.data)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20), st.booleans())
def test_ticks_hold_all_values_in_few_round_steps(values: list[float], from_zero: bool) -> None:
    ticks = [float(tick) for tick in _ticks(values, from_zero=from_zero)]
    span = ticks[-1] - ticks[0]
    assert ticks[0] <= min(values) + span * 1e-6
    assert ticks[-1] >= max(values) - span * 1e-6
    assert 2 <= len(ticks) <= 8


def test_theme_gives_page_and_colours() -> None:
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert THEME.text_width == pytest.approx(470.55, abs=0.01)
    assert ThemeConfig().page == "a4"
