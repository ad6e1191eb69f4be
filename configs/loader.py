"""Read a YAML file into the caller's frozen pydantic class."""

import difflib
import json
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from configs.errors import ConfigError

ConfigT = TypeVar("ConfigT", bound=BaseModel)


class ClosedModel(BaseModel):
    """A configuration class: frozen, strict, an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def load_yaml(path: Path, cls: type[ConfigT], overrides: Sequence[str] = ()) -> ConfigT:
    """Read `path` and check it against `cls`.

    Args:
        path: a YAML file that holds one mapping.
        cls: the class that names the keys, their types and bounds.
        overrides: `dotted.key=value` strings; each value is read as YAML.

    Raises:
        ConfigError: the file is missing or no YAML, or a key is unknown, missing or of a wrong type.
    """
    values = read_mapping(path)
    for override in overrides:
        _apply_override(values, override)
    return parse(values, cls, source=str(path))


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a YAML file that must hold one mapping."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError("There is no such file.", where=str(path), hint="Give the path of a YAML file.") from None
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"Expected UTF-8 text, but byte {error.start} is not.", where=str(path), hint="Save the file as UTF-8."
        ) from None
    except OSError as error:
        raise ConfigError(f"The file cannot be read: {error.strerror}.", where=str(path)) from None
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}, line {mark.line + 1}, column {mark.column + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise ConfigError(f"Expected YAML, but {problem}.", where=where) from None
    if not isinstance(values, dict):
        came = "nothing" if values is None else f"a {type(values).__name__}"
        raise ConfigError(f"Expected a mapping of keys to values, but the file holds {came}.", where=str(path))
    return values


def parse(values: Mapping[str, Any], cls: type[ConfigT], *, source: str) -> ConfigT:
    """Check `values` against `cls`; `source` is the place that errors name."""
    try:
        # Through JSON, because its strict mode still reads a list as a tuple and a string as a path or date.
        return cls.model_validate_json(json.dumps(values, default=str), strict=True)
    except ValidationError as error:
        raise _translate(error, cls, source) from None


def _apply_override(values: dict[str, Any], override: str) -> None:
    key, separator, text = override.partition("=")
    if not separator or not key:
        raise ConfigError(f"Expected `key=value`, but got `{override}`.", where="--set", hint="Example: seed=7.")
    *parents, last = key.split(".")
    target = values
    for parent in parents:
        target = target.setdefault(parent, {})
        if not isinstance(target, dict):
            raise ConfigError(f"`{parent}` holds a plain value, so it has no key below it.", where=f"--set {key}")
    try:
        target[last] = yaml.safe_load(text)
    except yaml.YAMLError:
        raise ConfigError(f"`{text}` is not a YAML value.", where=f"--set {key}", hint="Quote it.") from None


def _translate(error: ValidationError, cls: type[BaseModel], source: str) -> ConfigError:
    """Name the first problem: one sentence with file, key and what was expected."""
    first = error.errors(include_url=False)[0]
    keys, _ = _walk(cls, first["loc"])
    where = f"{source}, key `{'.'.join(keys)}`" if keys else source
    if first["type"] == "extra_forbidden":
        _, model = _walk(cls, first["loc"][:-1])
        known = list(model.model_fields) if model else []
        return ConfigError("This key is not known.", where=where, hint=suggest(str(first["loc"][-1]), known))
    if first["type"] == "missing":
        return ConfigError("This key is required, but it is missing.", where=where)
    came = first.get("input")
    expected = first["msg"].removeprefix("Value error, ")
    return ConfigError(f"{expected}; got {came!r}.", where=where)


def suggest(name: str, known: Sequence[str]) -> str:
    """Say which known name was probably meant, or list all of them."""
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"Did you mean `{close[0]}`?"
    return f"Known: {', '.join(sorted(known))}." if known else "No key is known here."


def _walk(cls: type[BaseModel], location: Sequence[str | int]) -> tuple[list[str], type[BaseModel] | None]:
    """Follow `location` through nested models: the keys as the file has them, and the model that the last one is in.

    Where a key chooses one of several models by a tag, pydantic's location names the tag, and the file does not.
    """
    keys: list[str] = []
    candidates: list[type[BaseModel]] = [cls]
    for part in location:
        tagged = [model for model in candidates if len(candidates) > 1 and _has_tag(model, part)]
        if tagged:
            candidates = tagged
            continue
        keys.append(str(part))
        fields = [model.model_fields[str(part)] for model in candidates[:1] if part in model.model_fields]
        candidates = _models_in(fields[0].annotation) if fields else candidates[:1] if isinstance(part, int) else []
    return keys, candidates[0] if len(candidates) == 1 else None


def _has_tag(model: type[BaseModel], tag: str | int) -> bool:
    return any(tag in get_args(field.annotation) for field in model.model_fields.values())


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [model for argument in get_args(annotation) for model in _models_in(argument)]
