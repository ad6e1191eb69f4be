"""Data that a JSON Schema allows, drawn by hypothesis: as much of the language as templates use.

Rules between fields (`dependentRequired`, `if`) are left to the caller, who drops what the schema refuses.
"""

import base64
import datetime
import io
import re
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from PIL import Image

from templates.markup import RESERVED

# Texts as people and machines write them: empty, long, with line breaks, markup, and letters of any script.
TEXT = st.one_of(
    st.text(st.sampled_from("abc XYZ éß 漢 ع 0123 .,-\n#*_|[](){}<>&\\`:\"'$@~^"), max_size=40),
    st.text(st.characters(exclude_categories=("Cs", "Cc")).filter(lambda c: not RESERVED.match(c)), max_size=12).map(
        lambda text: re.sub("[\ufffe\uffff]", "", text)
    ),
    st.sampled_from(["word " * 60, "Unbreakable" * 12, "::: page-break", "{{ 7 * 7 }}", "# Title", "---"]),
)
_KNOWN_PATTERNS = {"^[A-Z]{3}$": st.sampled_from(["EUR", "USD", "JPY", "GBP", "CHF"])}  # of all codes, real currencies


def data_of(schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> st.SearchStrategy[Any]:
    """Draw data that a schema allows."""
    root = root or schema
    if "$ref" in schema:
        target: Any = root
        for step in str(schema["$ref"]).removeprefix("#/").split("/"):
            target = target[step]
        return data_of(target, root)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        common = {name: value for name, value in schema.items() if name not in ("anyOf", "oneOf")}
        return st.one_of(*(data_of({**common, **choice}, root) for choice in choices))
    return _plain(schema, root)


def _plain(schema: Mapping[str, Any], root: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    return st.one_of(*(_KINDS[kind](schema, root) for kind in ([kinds] if isinstance(kinds, str) else kinds)))


def _object(schema: Mapping[str, Any], root: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    fields = {name: data_of(inner, root) for name, inner in schema.get("properties", {}).items()}
    required = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: value for name, value in fields.items() if name in required},
        optional={name: value for name, value in fields.items() if name not in required},
    )


def _array(schema: Mapping[str, Any], root: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    least = schema.get("minItems", 0)
    most = min(schema.get("maxItems", least + 4), least + 4)
    return st.lists(data_of(schema.get("items", {}), root), min_size=least, max_size=most)


def _string(schema: Mapping[str, Any], _: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    if schema.get("contentEncoding") == "base64":
        kind = "JPEG" if str(schema.get("contentMediaType", "")).endswith("jpeg") else "PNG"
        made = io.BytesIO()
        Image.new("RGB", (6, 4), "#0b5c66").save(made, kind)
        return st.just(base64.b64encode(made.getvalue()).decode())
    if schema.get("format") == "date":
        return st.dates(min_value=datetime.date(2000, 1, 1), max_value=datetime.date(2099, 12, 31)).map(str)
    if schema.get("format") in ("uri", "email"):
        return st.sampled_from(["https://example.org/?a=1&b=2"] if schema["format"] == "uri" else ["a.b@example.org"])
    if "pattern" in schema:
        pattern = str(schema["pattern"])
        return _KNOWN_PATTERNS.get(pattern) or st.from_regex(
            re.compile(pattern, re.ASCII), alphabet=st.characters(min_codepoint=32, max_codepoint=126)
        )
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    return TEXT.filter(lambda text: len(text) >= least).map(lambda text: text[:most])


def _integer(schema: Mapping[str, Any], _: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    return st.integers(schema.get("minimum", -(10**12)), schema.get("maximum", 10**12))


def _number(schema: Mapping[str, Any], _: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    least, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    low = least if least is not None else above + 0.01 if above is not None else -1e12
    return st.floats(low, schema.get("maximum", 1e12), allow_nan=False, allow_infinity=False)


_KINDS: Mapping[str, Any] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": lambda schema, root: st.booleans(),  # noqa: ARG005 - as the others
    "null": lambda schema, root: st.none(),  # noqa: ARG005
}
