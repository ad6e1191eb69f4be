from pathlib import Path

import pytest

from configs.errors import DependencyError
from configs.files import atomic_folder, atomic_write, canonical_json, digest_of_folder


def test_atomic_write_when_it_replaces(tmp_path: Path) -> None:
    path = tmp_path / "a" / "file"
    atomic_write(path, b"one")
    atomic_write(path, b"two", mode=0o600)
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_atomic_write_when_the_folder_cannot_be_written() -> None:
    with pytest.raises(DependencyError, match="cannot be written"):
        atomic_write(Path("/proc/nowhere/file"), b"x")


def test_atomic_folder_when_the_block_fails(tmp_path: Path) -> None:
    def fail() -> None:
        with atomic_folder(tmp_path / "out") as folder:
            (folder / "half").write_text("x")
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_atomic_folder_when_another_came_first(tmp_path: Path) -> None:
    with atomic_folder(tmp_path / "out") as folder:
        (folder / "name").write_text("second")
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "name").write_text("first")
    assert (tmp_path / "out" / "name").read_text() == "first"


def test_digest_of_folder_when_a_byte_changes(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "file").write_bytes(b"a")
    before = digest_of_folder(tmp_path)
    assert digest_of_folder(tmp_path) == before
    (tmp_path / "sub" / "file").write_bytes(b"b")
    assert digest_of_folder(tmp_path) != before


def test_canonical_json_when_keys_are_shuffled() -> None:
    assert canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json({"a": float("nan")})
