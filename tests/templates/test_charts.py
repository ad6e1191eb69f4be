import itertools
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from templates.charts import Chart, Series, describe, draw
from templates.charts.axes import ticks_of
from templates.charts.pie import MAX_SLICES, _slices
from templates.fonts import characters, stand_ins
from templates.library import TemplateFiles
from templates.manifest import ThemeConfig
from templates.theme import Theme, contrast, mix, theme_names
from templates.words import words_of

THEME = Theme.of(ThemeConfig(accent="#0b5c66"), TemplateFiles("none", {}, ""))


def series(values: list[Any], kind: str = "bar", *more: list[Any], **options: Any) -> Chart:
    rows = [tuple(Decimal(str(value)) for value in each) for each in (values, *more)]
    labels = tuple(f"L{index}" for index in range(len(values)))
    several = tuple(Series(f"S{number}" if more else "", each) for number, each in enumerate(rows))
    return Chart(kind, "sales", labels, several, str, str, "{:.0%}".format, words_of("en"), **options)  # type: ignore[arg-type]


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


def test_label_of_several_scripts_names_a_font_that_has_each_part() -> None:
    labels = ("חשבונית 漢字", "شركة ✔")
    chart = replace(series([2, 1]), labels=labels)
    svg = etree.fromstring(draw(chart, THEME, width=400, height=120).data)
    parts = [(span.text, span.get("font-family")) for span in svg.iter("{*}tspan")]
    assert "".join(text for text, _ in parts) == "".join(labels)
    known = {family.name: family for family in (THEME.text, *stand_ins())}
    for text, names in parts:
        for name in names.split(", "):
            assert {ord(character) for character in text} <= characters(known[name])


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
    ticks = [float(tick) for tick in ticks_of(values, from_zero=from_zero)]
    span = ticks[-1] - ticks[0]
    assert ticks[0] <= min(values) + span * 1e-6
    assert ticks[-1] >= max(values) - span * 1e-6
    assert 2 <= len(ticks) <= 8


def test_theme_gives_page_and_colours() -> None:
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert THEME.text_width == pytest.approx(470.55, abs=0.01)


def test_chart_of_several_series_says_and_names_them_all() -> None:
    chart = series([3, 1], "line", [2, 2])
    assert describe(chart) == "Line chart, sales. S0 – L0: 3; L1: 1. S1 – L0: 2; L1: 2."
    data = draw(chart, THEME, width=400, height=120).data
    assert data.count(b"stroke-dasharray") == 2  # the second line, and its entry in the legend
    bars = etree.fromstring(draw(series([3, 1], "bar", [2, 2]), THEME, width=400, height=120).data)
    fills = [bar.get("fill") for bar in bars.iter("{*}rect")]
    assert fills == [THEME.series[0]] * 2 + [THEME.series[1]] * 2


def test_pie_sums_the_smallest_slices() -> None:
    values = list(range(1, 13))
    slices = _slices(series(values, "pie"), THEME)
    assert len(slices) == MAX_SLICES
    assert [int(slice.value) for slice in slices] == [12, 11, 10, 9, 8, 7, 6, sum(range(1, 6))]
    assert slices[-1].label == "Other"
    assert describe(series(values, "pie")).count(";") == 11  # the alternative text still has them all


def test_pie_of_one_value_is_a_whole_ring() -> None:
    image = draw(series([5, 0], "pie"), THEME, width=400, height=120)
    assert b"evenodd" in image.data


def test_every_bar_has_its_value_when_none_is_the_newest() -> None:
    chart = series([3, 1, 2], highlight="none")
    svg = etree.fromstring(draw(chart, THEME, width=400, height=120).data)
    assert {bar.get("fill") for bar in svg.iter("{*}rect")} == {THEME.accent}


def _seen_without(colour: str, matrix: list[list[float]]) -> list[float]:
    rgb = [(int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    return [max(sum(m * c for m, c in zip(row, rgb, strict=True)), 0.0) ** (1 / 2.2) for row in matrix]


@pytest.mark.parametrize("name", theme_names())
@pytest.mark.parametrize(
    "matrix",
    [
        [[0.2126, 0.7152, 0.0722]] * 3,  # no colours at all
        [[0.11, 0.89, 0.0], [0.11, 0.89, 0.0], [0.0, -0.0, 1.0]],  # no red
        [[0.29, 0.71, 0.0], [0.29, 0.71, 0.0], [-0.02, 0.03, 1.0]],  # no green
    ],
)
def test_neighbouring_colours_are_told_apart_without_colour_vision(name: str, matrix: list[list[float]]) -> None:
    colours = Theme.of(ThemeConfig(name=name), TemplateFiles("none", {}, "")).series
    for first, second in itertools.pairwise(colours):
        seen = [_seen_without(colour, matrix) for colour in (first, second)]
        assert sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5 > 0.2, (first, second)
        assert contrast(first, second) > 1.4


@given(
    st.lists(st.lists(st.floats(0, 1e9), min_size=3, max_size=3), min_size=1, max_size=6),
    st.sampled_from(["bar", "line", "pie"]),
    st.sampled_from(["last", "none"]),
)
@settings(max_examples=60, deadline=None)
def test_chart_is_drawn_whatever_its_series(rows: list[list[float]], kind: str, highlight: str) -> None:
    rows = [[value + 1 for value in row] for row in (rows[:1] if kind == "pie" else rows)]
    image = draw(series(rows[0], kind, *rows[1:], highlight=highlight), THEME, width=300, height=100)
    etree.fromstring(image.data)
    assert not re.search(rb"nan|inf", image.data)
