import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.errors import InputError
from pipelines.inputs import parse_time, read_bytes, read_json_object, read_lines, read_text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff", "byte 0 is not"),
        (b"{", "line 1, column 2: Expected JSON"),
        (b"[1]", "Expected a JSON object, but the file holds a list"),
        (b"[" * 100_000, "nested too deeply|Expected JSON"),
    ],
)
def test_read_json_object_when_broken(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "data.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_json_object(path)


def test_read_text_when_missing_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_text(tmp_path / "nowhere")
    with pytest.raises(InputError, match="this is a folder"):
        read_text(tmp_path)


def test_read_lines_when_some_are_empty(tmp_path: Path) -> None:
    path = tmp_path / "texts"
    path.write_bytes("\ufeffone\n\n two \n".encode())
    assert read_lines(path) == ["one", " two "]


@given(st.binary(max_size=200))
def test_read_json_object_when_anything_comes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "data.json"
    path.write_bytes(content)
    with contextlib.suppress(InputError):
        assert isinstance(read_json_object(path), dict)


def test_parse_time_when_it_has_no_zone() -> None:
    assert parse_time("2026-05-04T12:00:00", "--since") == datetime(2026, 5, 4, 12, tzinfo=UTC)
    assert parse_time(None, "--since") is None
    with pytest.raises(InputError, match="--since: Expected an ISO 8601 time, but got `soon`"):
        parse_time("soon", "--since")


def test_read_bytes_when_the_file_has_no_end_stops() -> None:
    with pytest.raises(InputError, match="at most 50 MB"):
        read_bytes(Path("/dev/zero"))


def test_read_json_object_when_the_file_is_empty_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_text(" \n")
    with pytest.raises(InputError, match="the file is empty"):
        read_json_object(tmp_path / "empty.json")
