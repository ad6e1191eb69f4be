"""Files and values that a user names on the command line, read with one clear sentence where they are wrong."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from configs.errors import InputError

_LARGEST_BYTES = 50 * 1024 * 1024  # far above any text or data of one document, far below this machine's memory


def read_bytes(path: Path) -> bytes:
    """Read a file whole.

    Raises:
        InputError: the file is missing, no file, or larger than 50 MB.
    """
    try:
        with path.open("rb") as file:  # a device or a pipe tells no size, so no more is read than may be
            content = file.read(_LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise InputError("There is no such file.", where=str(path)) from None
    except IsADirectoryError:
        raise InputError("Expected a file, but this is a folder.", where=str(path)) from None
    except PermissionError:
        raise InputError("The file may not be read.", where=str(path), hint="Check its permissions.") from None
    if len(content) > _LARGEST_BYTES:
        raise InputError("Expected at most 50 MB, but the file has more.", where=str(path))
    return content


def read_text(path: Path) -> str:
    """Read a UTF-8 file; `-` is standard input.

    Raises:
        InputError: the file is missing or no UTF-8.
    """
    content = read_bytes(Path("/dev/stdin") if str(path) == "-" else path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"Expected UTF-8 text, but byte {error.start} is not.", where=str(path), hint="Save the file as UTF-8."
        ) from None


def read_lines(path: Path) -> list[str]:
    """Read the lines of a UTF-8 file that are not empty."""
    return [line for line in read_text(path).splitlines() if line.strip()]


def read_json_object(path: Path) -> dict[str, Any]:
    """Read a JSON file that must hold one object.

    Raises:
        InputError: the file is missing, no JSON, or holds something else.
    """
    text = read_text(path)
    if not text.strip():
        raise InputError("Expected a JSON object, but the file is empty.", where=str(path))
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{path}, line {error.lineno}, column {error.colno}"
        raise InputError(f"Expected JSON, but {error.msg.lower()}.", where=place) from None
    except RecursionError:
        raise InputError("The JSON is nested too deeply.", where=str(path)) from None
    if not isinstance(value, dict):
        raise InputError(f"Expected a JSON object, but the file holds a {type(value).__name__}.", where=str(path))
    return value


def parse_time(value: str | None, option: str) -> datetime | None:
    """Read an ISO 8601 time; one without a zone is UTC.

    Raises:
        InputError: it is no time.
    """
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        raise InputError(
            f"Expected an ISO 8601 time, but got `{value}`.", where=option, hint="Example: 2026-05-04T12:00:00."
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
