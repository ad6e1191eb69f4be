"""Check the data of one document: plain JSON, printable, and what the template's schema asks for."""

import datetime
import difflib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator, FormatChecker, SchemaError, ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable

from configs.errors import ContextError, LimitError, TemplateError
from configs.loader import suggest
from templates.markup import RESERVED

MAX_VALUES = 1_000_000  # a merge of 10,000 rows with 100 columns
MAX_CHARACTERS = 10_000_000
MAX_DEPTH = 50
_MAX_INTEGER = 1 << 4_096  # no quantity of any document; Python writes no number of more than 4,300 digits
_ATOMS = frozenset({bool, type(None)})

_FIRST_DAY = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)  # zip files know the years from 1980 to 2107

# What XML 1.0 cannot hold: control characters, halves of surrogate pairs, and two code points that are no characters.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# The controls, and how the code points above and those of `templates.markup.RESERVED` begin in UTF-8.
_SUSPICIOUS = bytes(number for number in range(32) if chr(number) not in "\t\n\r") + b"\xef\xf4"


def check_plain(data: Any) -> None:
    """Refuse values that no JSON file could hold, and characters that no document can.

    Raises:
        ContextError: the path of the first such value.
        LimitError: there is too much of it.
    """
    if not _is_surely_plain(data):
        _check_each(data)


def is_surely_printable(text: str) -> bool:
    """Say fast that a document can hold a text; False means that it has to be looked at more closely."""
    try:
        encoded = text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return len(encoded.translate(None, _SUSPICIOUS)) == len(encoded)


def _is_surely_plain(data: Any) -> bool:
    """Check level by level, and the texts all at once: 40 times as fast as one by one, but without places."""
    texts: list[str] = []
    level, values = [data], 0
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for value in level:
            kind = type(value)
            if kind is str:
                texts.append(value)
            elif kind is dict:
                texts += value
                below += value.values()
            elif kind is list or kind is tuple:
                below += value
            elif kind is int:
                if not -_MAX_INTEGER < value < _MAX_INTEGER:
                    return False
            elif not (kind in _ATOMS or (kind is float and math.isfinite(value))):
                return False
        values += len(level)
        if values > MAX_VALUES:
            return False
        if not below:
            break
        level = below
    else:
        return False
    try:
        joined = "".join(texts)
    except TypeError:  # a field's name is no text
        return False
    return len(joined) <= MAX_CHARACTERS and is_surely_printable(joined)


def _check_each(data: Any) -> None:
    characters = 0
    for values, (path, value) in enumerate(_walk(data, (), MAX_DEPTH), start=1):
        if isinstance(value, str):
            characters += len(value)
            check_text(value, write_path(path))
        elif isinstance(value, float) and not math.isfinite(value):
            raise ContextError(f"Expected a number, but it is {value}.", where=write_path(path))
        elif isinstance(value, int) and not -_MAX_INTEGER < value < _MAX_INTEGER:
            raise ContextError(f"The number has {value.bit_length():,} bits.", where=write_path(path))
        elif not (value is None or isinstance(value, bool | int | float | Mapping | list | tuple)):
            raise ContextError(f"Expected plain data, but it is a {type(value).__name__}.", where=write_path(path))
        if values > MAX_VALUES or characters > MAX_CHARACTERS:
            raise LimitError(
                f"The data of one document may have {MAX_VALUES:,} values and {MAX_CHARACTERS:,} characters.",
                where=write_path(path),
                hint="Split it over several documents.",
            )


def check_text(text: str, where: str) -> None:
    """Refuse a text with a character that no document can hold.

    Raises:
        ContextError: it names the character and its position.
    """
    found = FORBIDDEN.search(text) or RESERVED.search(text)
    if found:
        raise ContextError(
            f"The character U+{ord(found[0]):04X} at position {found.start() + 1} cannot stand in a document.",
            where=where,
            hint="Remove it; line breaks and tabs are fine.",
        )


class DataSchema:
    """A template's JSON Schema (Draft 2020-12), compiled once."""

    def __init__(self, content: bytes, *, where: str) -> None:
        try:
            schema = json.loads(content)
            Draft202012Validator.check_schema(schema)
        except (ValueError, RecursionError) as error:
            raise TemplateError(f"Expected a JSON Schema, but it is no JSON: {error}.", where=where) from None
        except SchemaError as error:
            raise TemplateError(f"The JSON Schema is wrong: {error.message[:200]}.", where=where) from None
        self.schema = schema
        self._where = where
        # An empty registry: a `$ref` to somewhere else is an error and never a request.
        self._validator = Draft202012Validator(schema, registry=Registry(), format_checker=FormatChecker())
        self._quick = _quick_validator(schema)

    def check(self, data: Any) -> None:
        """Name the first problem of `data`.

        Raises:
            ContextError: the data is not what the schema asks for.
            TemplateError: the schema refers to something that it does not hold.
        """
        for problem in self.problems(data):
            raise problem

    def problems(self, data: Any) -> list[ContextError]:
        """Name every problem of `data`, in the order of the data.

        Raises:
            TemplateError: the schema refers to something that it does not hold.
        """
        if self._quick is not None and _accepts(self._quick, data):
            return []
        try:
            found = sorted(self._validator.iter_errors(data), key=lambda problem: _order(problem.absolute_path))
        except Unresolvable as error:
            raise TemplateError(
                f"The JSON Schema refers to `{error.ref}`, which is not in it.", where=self._where
            ) from None
        except RecursionError:  # a schema that is checked by itself, or a regular expression with too many brackets
            raise LimitError(
                "The data is nested deeper than the JSON Schema can be followed.", where=self._where
            ) from None
        errors = {str(error): error for problem in found for error in _translate(problem)}
        return list(errors.values())  # several missing fields of one mapping are found once for each


def _quick_validator(schema: Any) -> "jsonschema_rs.Draft202012Validator | None":
    """Compile the schema to native code, which only ever says yes: whose no it is and where, `jsonschema` tells."""
    try:
        return jsonschema_rs.Draft202012Validator(schema, validate_formats=True, offline=True)
    except ValueError:  # what it cannot compile is left to `jsonschema`
        return None


def _accepts(validator: "jsonschema_rs.Draft202012Validator", data: Any) -> bool:
    try:
        return validator.is_valid(data)
    except ValueError:  # data that no JSON could hold
        return False


def write_path(path: Sequence[str | int]) -> str:
    """Write a path into data the way people do: `customer.orders[0].total`."""
    written = ""
    for step in path:
        if isinstance(step, int):
            written += f"[{step}]"
        else:
            name = step if re.fullmatch(r"[\w-]{1,64}", step) else json.dumps(step[:64])
            written += f".{name}" if written else name
    return written or "the data"


def look_up(data: Any, path: str, *, where: str) -> Any:
    """Follow a dotted path.

    Raises:
        TemplateError: it leads nowhere.
    """
    value = data
    for step in path.split("."):
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, Mapping) and step in value:
            value = value[step]
        else:
            known = [str(name) for name in value] if isinstance(value, Mapping) else []
            hint = suggest(step, known) if known else None
            raise TemplateError(f"`{path}` is not in the data.", where=where, hint=hint)
    return value


def read_date(data: Mapping[str, Any], path: str | None, *, where: str) -> int:
    """Give the document's date in seconds since 1970; without one, the first day that zip files know.

    Args:
        data: the data of the document.
        path: where the date stands in it.
        where: the place that names `path`, for errors.

    Raises:
        ContextError: the data has no ISO date there.
    """
    if path is None:
        return int(_FIRST_DAY.timestamp())
    value = look_up(data, path, where=where)
    try:
        moment = datetime.datetime.fromisoformat(str(value))
    except ValueError:
        raise ContextError(
            f"`{path}` must be a date such as 2026-11-23, but it is “{str(value)[:40]}”.", where=path
        ) from None
    if not 1980 <= moment.year <= 2107:
        raise ContextError(f"`{path}` must lie between 1980 and 2107, but it is “{value}”.", where=path)
    if moment.tzinfo is None:  # a date on a page has no time zone; midnight UTC keeps the day
        moment = moment.replace(tzinfo=datetime.UTC)
    return int(moment.timestamp())


def _walk(value: Any, path: tuple[str | int, ...], depth: int) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if depth < 0:
        raise LimitError(f"The data is nested more than {MAX_DEPTH} levels deep.", where=write_path(path[:5]))
    yield path, value
    if isinstance(value, Mapping):
        for key, entry in value.items():
            if not isinstance(key, str):
                raise ContextError(f"Expected names of fields as text, but got {key!r}.", where=write_path(path))
            check_text(key, f"{write_path(path)}, a field's name")
            yield from _walk(entry, (*path, key), depth - 1)
    elif isinstance(value, list | tuple):
        for number, entry in enumerate(value):
            yield from _walk(entry, (*path, number), depth - 1)


def _order(path: Sequence[str | int]) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in path]


def _translate(problem: ValidationError) -> list[ContextError]:
    path = list(problem.absolute_path)
    rule = str(problem.validator)
    expected: Any = problem.validator_value
    came: Any = problem.instance
    if rule in ("required", "additionalProperties") and isinstance(came, Mapping):
        schema: Any = problem.schema
        known = list(schema.get("properties", {}))
        if rule == "required":
            return [_missing(path, name, came, known) for name in expected if name not in came]
        return [_unknown(path, name, known) for name in came if name not in known]
    return [_wrong_value(problem, write_path(path))]


def _wrong_value(problem: ValidationError, where: str) -> ContextError:
    rule = str(problem.validator)
    expected: Any = problem.validator_value
    came: Any = problem.instance
    if rule == "type":
        names: list[str] = expected if isinstance(expected, list) else [expected]
        wanted = " or ".join(_ARTICLES.get(name, name) for name in names)
        return ContextError(f"`{where}` must be {wanted}, but it is {_shown(came)}.", where=where)
    if rule in _RULES:
        message = f"`{where}` {_RULES[rule].format(_shown(expected))}, but it is {_shown(came)}."
        return ContextError(message, where=where)
    return ContextError(f"`{where}` is wrong: {problem.message[:200]}.", where=where)


def _missing(path: list[str | int], missing: str, came: Mapping[str, Any], known: list[str]) -> ContextError:
    where = write_path([*path, missing])
    close = difflib.get_close_matches(missing, [name for name in came if name not in known], n=1)
    hint = f"Is `{close[0]}` meant to be it?" if close else None
    return ContextError(f"`{where}` is required, but it is missing.", where=where, hint=hint)


def _unknown(path: list[str | int], extra: str, known: list[str]) -> ContextError:
    where = write_path([*path, extra])
    return ContextError(f"`{where}` is not known to this template.", where=where, hint=suggest(extra, known))


_ARTICLES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
_RULES = {
    "enum": "must be one of {}",
    "const": "must be {}",
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "minItems": "must have at least {} entries",
    "maxItems": "must have at most {} entries",
    "pattern": "must have the form {}",
    "format": "must be a {}",
}


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list) and any(isinstance(entry, list | Mapping) for entry in value):
        return f"a list of {len(value)}"
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= 80 else written[:79] + "…"
