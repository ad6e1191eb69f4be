"""What each filter works on and what it gives, so that a wrong one is found before there is data."""

import functools
import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from babel.numbers import list_currencies
from jinja2 import nodes

from templates.doctor.shapes import ANY, LIST, MAPPING, NUMBER, TEXT, YES_NO, Shape, list_of, mapping_of, of_kind
from templates.nearest import nearest_name

_NUMERIC = frozenset({"money", "number", "percent", "compact", "plural", "abs", "round", "round_money"})
_MOMENTS = frozenset({"date", "datetime", "days_until"})
_TEXTUAL = frozenset({"upper", "lower", "title", "capitalize", "trim", "replace", "truncate", "wordcount"})
_LISTS = frozenset(
    [
        "join",
        "sum",
        "first",
        "last",
        "map",
        "select",
        "reject",
        "selectattr",
        "rejectattr",
        "sort",
        "unique",
        "reverse",
        "min",
        "max",
        "groupby",
        "list",
    ]
)
_OF_ENTRIES = frozenset(
    ["map", "sum", "sort", "groupby", "selectattr", "rejectattr", "unique", "min", "max"]
)  # name a field of entries
_TAKES = {
    **dict.fromkeys(_NUMERIC, "a number"),
    **dict.fromkeys(_MOMENTS, "a date such as 2026-11-23"),
    **dict.fromkeys(_TEXTUAL, "a text"),
    **dict.fromkeys(_LISTS, "a list"),
    **dict.fromkeys(("items", "dictsort"), "a mapping"),
    **dict.fromkeys(("length", "count"), "a list or a text"),
}
_STYLES = ("short", "medium", "long", "full")
# How other engines call what is here called otherwise.
SYNONYMS = {
    "currency": "money",
    "format_currency": "money",
    "euro": "money",
    "strftime": "date",
    "format_date": "date",
    "dateformat": "date",
    "format_datetime": "datetime",
    "uppercase": "upper",
    "lowercase": "lower",
    "titlecase": "title",
    "size": "length",
    "len": "length",
    "format_number": "number",
    "strip": "trim",
    "pluralize": "plural",
    "int": "round",
    "float": "number",
}


def takes(name: str) -> str:
    """Say what a filter works on."""
    return _TAKES.get(name, "another value")


def accepts(name: str, shape: Shape) -> bool:
    """Say whether a filter can work on a value of this shape."""
    if not shape.kinds:
        return True
    if name in _NUMERIC:
        # A text may hold a number where the schema gives it a pattern; without one it is a text to be read.
        return shape.may_be(NUMBER) or (shape.may_be(TEXT) and shape.form == "pattern")
    if name in _MOMENTS:
        return shape.may_be(TEXT)
    if name in _TEXTUAL:
        return shape.may_be(TEXT, NUMBER)
    if name in ("first", "last", "reverse", "list", "length", "count"):
        return shape.may_be(LIST, TEXT, MAPPING)
    if name in _LISTS:
        return shape.may_be(LIST, MAPPING)
    if name in ("items", "dictsort"):
        return shape.may_be(MAPPING)
    return True


def names_field_of_entries(name: str) -> bool:
    """Say whether a filter takes the name of a field of a list's entries."""
    return name in _OF_ENTRIES


def field_argument(node: nodes.Filter) -> nodes.Const | None:
    """Give the argument that names a field of the entries: `attribute=`, or the first of some filters."""
    named = next((pair.value for pair in node.kwargs if pair.key == "attribute"), None)
    first = node.args[0] if node.args and node.name in ("groupby", "selectattr", "rejectattr", "sum") else None
    found = named or first
    return found if isinstance(found, nodes.Const) and isinstance(found.value, str) else None


def result(name: str, shape: Shape, field: Shape | None, arguments: Sequence[Shape]) -> Shape:
    """Say what a filter gives."""
    if name in ("sum", "length", "count", "abs", "round", "round_money", "days_until", "wordcount", "int", "float"):
        return of_kind(NUMBER)
    if name in ("money", "number", "percent", "compact", "plural", "date", "datetime", "join", "string", *_TEXTUAL):
        return of_kind(TEXT)
    if name in ("first", "last", "min", "max"):
        return shape.entry() if shape.may_be(LIST) else ANY
    if name == "map":
        return list_of(field or ANY)
    if name in ("select", "reject", "selectattr", "rejectattr", "sort", "unique", "reverse", "list"):
        return list_of(shape.entry(), path=shape.path) if shape.is_only(LIST) else ANY
    if name == "groupby":
        members = list_of(shape.entry())
        return list_of(mapping_of({"grouper": field or ANY, "list": members}, closed=False))
    if name in ("items", "dictsort"):
        return list_of(ANY)
    if name in ("default", "d"):
        other = arguments[0] if arguments else of_kind(TEXT)
        same = shape.kinds and other.kinds and shape.kinds == other.kinds
        return shape if same else ANY
    return ANY


def wrong_arguments(name: str, function: Callable[..., Any], node: nodes.Filter) -> tuple[str, str] | None:
    """Say what is wrong with the arguments of a filter and what was probably meant, or None when they fit."""
    if name == "map":  # its signature says nothing
        strange = next((pair.key for pair in node.kwargs if pair.key not in ("attribute", "default")), None)
        if strange is None or node.args:
            return None
        return f"The filter `map` has no argument `{strange}`.", "Did you mean `attribute`?"
    signature = _signature(function)
    if signature is None or node.dyn_args is not None or node.dyn_kwargs is not None:
        return None
    parameters = list(signature.parameters.values())
    takes_any = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters)
    known = [one.name for one in parameters[1:] if one.kind is not inspect.Parameter.VAR_KEYWORD]
    named = {str(pair.key): pair.value for pair in node.kwargs}
    for key in named:
        if key not in known and not takes_any:
            meant = nearest_name(key, known)
            hint = f"Did you mean `{meant}`?" if meant else _usage(name, known)
            return f"The filter `{name}` has no argument `{key}`.", hint
    try:
        bound = signature.bind(object(), *node.args, **named)
    except TypeError as error:
        return f"The filter `{name}` is given the wrong arguments: {error}.", _usage(name, known)
    for key, value in bound.arguments.items():
        if isinstance(value, nodes.Const) and key in signature.parameters:
            wrong = _wrong_constant(name, key, value.value, signature.parameters[key].annotation)
            if wrong:
                return wrong
    return None


def _wrong_constant(name: str, key: str, value: Any, annotation: Any) -> tuple[str, str] | None:
    if name in ("money", "compact") and key == "currency" and isinstance(value, str) and value not in _currencies():
        meant = value.strip().upper() if value.strip().upper() in _currencies() else nearest_name(value, _common())
        hint = f'Did you mean `{name}("{meant}")`?' if meant else 'Example: `money("EUR")`.'
        return f"`{value}` is no currency code.", hint
    if name in ("date", "datetime") and key == "style" and isinstance(value, str) and value not in _STYLES:
        meant = nearest_name(value, _STYLES) if value.isalpha() and len(set(value)) > 2 else None
        if meant:
            return f"`{value}` is no style of dates.", f'Did you mean `{name}("{meant}")`?'
    allowed = _plain_types(annotation)
    if not allowed or (isinstance(value, tuple(allowed)) and not (isinstance(value, bool) and bool not in allowed)):
        return None
    words = {int: "a whole number", str: "a text in quotation marks", bool: "true or false", type(None): "none"}
    wanted = " or ".join(words[kind] for kind in allowed if kind in words and kind is not type(None))
    written = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    right = value.strip() if isinstance(value, str) and value.strip().isdigit() and int in allowed else ""
    if not right and isinstance(value, str) and bool in allowed and value.lower() in ("true", "false"):
        right = value.lower()
    if not right and str in allowed and not isinstance(value, str):
        right = f'"{value}"'
    hint = f"Did you mean `{key}={right}`?" if right else f"Write {wanted}."
    return f"The argument `{key}` of the filter `{name}` must be {wanted}, but it is `{written}`.", hint


def _plain_types(annotation: Any) -> list[type]:
    options = typing.get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)
    known = (int, str, bool, type(None))
    return list(options) if options and all(option in known for option in options) else []


def _usage(name: str, known: Sequence[str]) -> str:
    return f"It takes: {', '.join(known)}." if known else f"Write `{name}` without arguments."


@functools.lru_cache(maxsize=256)
def _signature(function: Callable[..., Any]) -> inspect.Signature | None:
    try:
        signature = inspect.signature(function)
        hints = typing.get_type_hints(function)
    except (TypeError, ValueError, NameError):
        return None
    parameters = [one.replace(annotation=hints.get(one.name, one.annotation)) for one in signature.parameters.values()]
    if getattr(function, "jinja_pass_arg", None) is not None:  # Jinja hands in its own first argument
        parameters = parameters[1:]
    return signature.replace(parameters=parameters) if parameters else None


@functools.cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def _common() -> tuple[str, ...]:
    return ("EUR", "USD", "GBP", "CHF", "JPY", "SEK", "NOK", "DKK", "PLN", "CZK", "AUD", "CAD", "CNY", "INR")


METHODS: Mapping[str, tuple[str, Shape]] = {
    **dict.fromkeys(("startswith", "endswith"), (TEXT, of_kind(YES_NO))),
    **dict.fromkeys(("strip", "upper", "lower"), (TEXT, of_kind(TEXT))),
    "split": (TEXT, list_of(of_kind(TEXT))),
    **dict.fromkeys(("items", "keys", "values"), (MAPPING, list_of(ANY))),
    "get": (MAPPING, ANY),
}
