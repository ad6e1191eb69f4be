import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.errors import ContextError, LimitError, TemplateError
from templates.data import (
    MAX_DEPTH,
    DataSchema,
    _accepts,
    _check_each,
    _is_surely_plain,
    check_plain,
    is_surely_printable,
    look_up,
    read_date,
)

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["customer", "orders"],
    "properties": {
        "customer": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name"],
            "properties": {"name": {"type": "string", "minLength": 2}, "email": {"type": "string"}},
        },
        "orders": {
            "type": "array",
            "maxItems": 2,
            "items": {
                "type": "object",
                "properties": {
                    "total": {"type": "number", "minimum": 0},
                    "state": {"enum": ["open", "paid"]},
                    "due": {"type": "string", "format": "date"},
                },
            },
        },
    },
}


def check(data: Any) -> None:
    DataSchema(json.dumps(SCHEMA).encode(), where="t/schema.json").check(data)


@pytest.mark.parametrize(
    ("data", "where", "words"),
    [
        ({"customer": {}, "orders": []}, "customer.name", "`customer.name` is required, but it is missing."),
        ({"customer": {"name": "Ada", "emial": "x"}, "orders": []}, "customer.emial", "Did you mean `email`?"),
        ({"customer": {"nmae": "Ada"}, "orders": []}, "customer.nmae", "Did you mean `name`?"),
        ({"customer": {"name": 5}, "orders": []}, "customer.name", "must be a text, but it is 5"),
        ({"customer": {"name": "A"}, "orders": []}, "customer.name", "at least 2 characters"),
        ({"customer": {"name": "Ada"}, "orders": [{"total": -1}]}, "orders[0].total", "at least 0, but it is -1"),
        ({"customer": {"name": "Ada"}, "orders": [{}, {"state": "x"}]}, "orders[1].state", 'one of ["open", "paid"]'),
        ({"customer": {"name": "Ada"}, "orders": [{"due": "23.11.2026"}]}, "orders[0].due", 'must be a "date"'),
        ({"customer": {"name": "Ada"}, "orders": [{}, {}, {}]}, "orders", "at most 2 entries"),
        ({"customer": {"name": "Ada"}, "orders": "none"}, "orders", "must be a list"),
        ([], "the data", "must be a mapping"),
    ],
)
def test_check_names_first_problem_when_data_does_not_fit(data: Any, where: str, words: str) -> None:
    with pytest.raises(ContextError) as caught:
        check(data)
    assert caught.value.where == where
    assert words in str(caught.value)


def test_check_accepts_data_that_fits() -> None:
    check({"customer": {"name": "Ada"}, "orders": [{"total": 1.5, "state": "open", "due": "2026-11-23"}]})


@pytest.mark.parametrize("content", [b"{", b'{"type": "objekt"}', b"\xff", b"5"])
def test_schema_is_refused_when_it_is_wrong(content: bytes) -> None:
    with pytest.raises(TemplateError) as caught:
        DataSchema(content, where="t/schema.json")
    assert caught.value.where == "t/schema.json"


def test_schema_loads_nothing_when_it_refers_to_elsewhere() -> None:
    schema = DataSchema(b'{"$ref": "http://127.0.0.1:9/schema.json"}', where="t/schema.json")
    with pytest.raises(TemplateError, match="not in it"):
        schema.check({})


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x0b", "\x1b", "\x1f", "\ud800", "\ufffe", "\U0010f041"])
def test_check_plain_names_path_when_character_cannot_be_printed(character: str) -> None:
    with pytest.raises(ContextError) as caught:
        check_plain({"rows": [{"note": f"ab{character}"}]})
    assert caught.value.where == "rows[0].note"
    assert "position 3" in caught.value.message


def test_check_plain_accepts_line_breaks_and_every_script() -> None:
    check_plain({"a": "x\ny\tz\r\n", "b": "漢字 עברית 😀 é", "c": [None, True, 1, 2.5]})


def test_check_plain_refuses_what_json_cannot_hold() -> None:
    for value in (float("nan"), float("inf"), object(), {1: "x"}, {"\x00": 1}, b"bytes", {1, 2}):
        with pytest.raises(ContextError):
            check_plain({"v": value})


def test_check_plain_stops_when_data_is_too_deep_or_too_large() -> None:
    deep: Any = "x"
    for _ in range(100):
        deep = [deep]
    with pytest.raises(LimitError):
        check_plain({"v": deep})
    with pytest.raises(LimitError):
        check_plain({"v": "x" * 10_000_001})


def test_look_up_suggests_a_name_when_path_leads_nowhere() -> None:
    assert look_up({"a": [{"b": 5}]}, "a.0.b", where="t") == 5
    with pytest.raises(TemplateError, match="Did you mean `name`"):
        look_up({"a": {"name": 1}}, "a.nmae", where="t")


def test_read_date_gives_seconds_when_date_is_in_the_data() -> None:
    assert read_date({"d": {"on": "1980-01-02"}}, "d.on", where="t") - read_date({}, None, where="t") == 86_400
    assert read_date({"on": "2026-11-23T01:00:00+01:00"}, "on", where="t") == read_date(
        {"on": "2026-11-23"}, "on", where="t"
    )
    for wrong in ("soon", "0001-01-01", 5):
        with pytest.raises(ContextError):
            read_date({"on": wrong}, "on", where="t")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    )
)
def test_fast_check_accepts_only_what_the_slow_one_does(data: Any) -> None:
    if _is_surely_plain(data):
        _check_each(data)


@pytest.mark.parametrize("text", ["\x07", "\ud800", "￾", "￿", "\U0010f000", "\U0010f1ff"])
def test_fast_check_leaves_odd_characters_to_the_slow_one(text: str) -> None:
    assert not is_surely_printable(text)
    assert not _is_surely_plain({"a": [text]})
    assert not _is_surely_plain({text: 1})


def test_fast_check_leaves_deep_and_foreign_data_to_the_slow_one() -> None:
    deep: Any = 1
    for _ in range(MAX_DEPTH):
        deep = [deep]
    assert _is_surely_plain(deep)
    assert not _is_surely_plain([deep])
    assert not _is_surely_plain({1: "a"})
    assert not _is_surely_plain(float("nan"))


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "customer": st.fixed_dictionaries({}, optional={"name": st.text(max_size=3), "email": st.text(max_size=3)}),
            "orders": st.lists(st.dictionaries(st.sampled_from(["total", "date", "x"]), st.integers() | st.text())),
        },
    )
)
def test_native_validator_accepts_only_what_the_explaining_one_does(data: Any) -> None:
    schema = DataSchema(json.dumps(SCHEMA).encode(), where="schema.json")
    assert schema._quick is not None
    if _accepts(schema._quick, data):
        assert not list(schema._validator.iter_errors(data))


def test_schema_that_refers_to_the_network_is_refused_without_a_request() -> None:
    schema = DataSchema(b'{"$ref": "http://127.0.0.1:9/schema.json"}', where="schema.json")
    with pytest.raises(TemplateError, match=r"refers to `http://127.0.0.1:9/schema.json`"):
        schema.check({})
