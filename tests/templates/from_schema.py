"""Strategies that draw any data that a template's schema allows; for the rules that our schemas use."""

import datetime
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

# Everything that a document can hold, but mostly what people type.
_CHARACTERS = st.one_of(
    st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,;:-–()/&%€£"),
    st.sampled_from("*_`#|<>{}[]!\\\"'$~^äöüßéèñçøłşğžćαβγжяшあ漢字한국어עברית"),
)
_MOST = 40  # characters of a text: a document of thousands would test nothing else
_YEARS = (datetime.date(2000, 1, 1), datetime.date(2099, 12, 31))
_LONGEST = 4  # entries of a list


def data_for(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Give a strategy for the data of a schema."""
    return _strategy(schema, schema.get("$defs", {}))


def _strategy(rule: Mapping[str, Any], named: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in rule:
        return _strategy(named[rule["$ref"].rpartition("/")[2]], named)
    if "enum" in rule:
        return st.sampled_from(rule["enum"])
    kind = rule["type"]
    if isinstance(kind, list):
        return st.one_of(*(_strategy({**rule, "type": each}, named) for each in kind))
    return _KINDS[kind](rule, named)


def _object(rule: Mapping[str, Any], named: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    fields = {name: _strategy(inner, named) for name, inner in rule["properties"].items()}
    required = {name: fields[name] for name in rule["required"]}
    optional = {name: fields[name] for name in fields if name not in required}
    drawn = st.fixed_dictionaries(required, optional=optional)
    for name, needed in rule.get("dependentRequired", {}).items():
        drawn = drawn.filter(lambda made, name=name, needed=needed: name not in made or set(needed) <= set(made))
    return drawn


def _array(rule: Mapping[str, Any], named: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    low = rule.get("minItems", 0)
    high = min(rule.get("maxItems", _LONGEST), max(low, _LONGEST))
    return st.lists(_strategy(rule["items"], named), min_size=low, max_size=high)


def _string(rule: Mapping[str, Any], named: Mapping[str, Any]) -> st.SearchStrategy[Any]:  # noqa: ARG001
    if rule.get("format") == "date":
        return st.dates(*_YEARS).map(lambda day: day.isoformat())
    if "pattern" in rule:
        return st.from_regex(rule["pattern"].replace("$", r"\Z"))
    low = rule.get("minLength", 0)
    return st.text(_CHARACTERS, min_size=low, max_size=max(low, min(rule.get("maxLength", _MOST), _MOST)))


def _number(rule: Mapping[str, Any], named: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    low, high = rule.get("minimum", rule.get("exclusiveMinimum")), rule.get("maximum")
    cents = st.floats(low, high, allow_nan=False, exclude_min="exclusiveMinimum" in rule)
    whole = _integer(rule, named) if high is None or high >= 1 else st.just(low or high)
    return st.one_of(cents, cents.map(lambda number: round(number, 2)).filter(_fits(rule)), whole.filter(_fits(rule)))


def _integer(rule: Mapping[str, Any], named: Mapping[str, Any]) -> st.SearchStrategy[Any]:  # noqa: ARG001
    low, high = rule.get("minimum", rule.get("exclusiveMinimum")), rule.get("maximum")
    return st.integers(None if low is None else int(low), None if high is None else int(high))


def _fits(rule: Mapping[str, Any]) -> Any:
    low, high = rule.get("minimum"), rule.get("maximum")
    above = rule.get("exclusiveMinimum")
    return lambda n: (low is None or n >= low) and (high is None or n <= high) and (above is None or n > above)


_KINDS = {
    "object": _object,
    "array": _array,
    "string": _string,
    "number": _number,
    "integer": _integer,
    "boolean": lambda rule, named: st.booleans(),  # noqa: ARG005
    "null": lambda rule, named: st.none(),  # noqa: ARG005
}
