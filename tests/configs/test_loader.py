from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field

from configs.errors import ConfigError
from configs.loader import ClosedModel, load_yaml


class Inner(ClosedModel):
    rate: float = Field(0.1, gt=0)


class Outer(ClosedModel):
    name: str
    sizes: tuple[int, ...] = ()
    path: Path | None = None
    inner: Inner = Inner()


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_load_yaml_when_complete(tmp_path: Path) -> None:
    path = write(tmp_path, "name: a\nsizes: [1, 2]\npath: data\ninner: {rate: 0.5}\n")
    assert load_yaml(path, Outer) == Outer(name="a", sizes=(1, 2), path=Path("data"), inner=Inner(rate=0.5))


def test_override_when_nested(tmp_path: Path) -> None:
    loaded = load_yaml(write(tmp_path, "name: a\n"), Outer, ["inner.rate=0.7", "sizes=[3]"])
    assert loaded.inner.rate == 0.7
    assert loaded.sizes == (3,)


@pytest.mark.parametrize(
    ("text", "overrides", "parts"),
    [
        ("nmae: a\n", [], ["key `name`", "required"]),
        ("name: a\nsize: 1\n", [], ["key `size`", "Did you mean `sizes`?"]),
        ("name: a\ninner: {rat: 1}\n", [], ["key `inner.rat`", "Did you mean `rate`?"]),
        ("name: 3\n", [], ["key `name`", "valid string", "3"]),
        ("name: a\nsizes: ['1']\n", [], ["key `sizes.0`", "valid integer"]),
        ("name: a\ninner: {rate: -1}\n", [], ["key `inner.rate`", "greater than 0"]),
        ("name: [a\n", [], ["Expected YAML", "line"]),
        ("- a\n", [], ["Expected a mapping", "list"]),
        ("", [], ["Expected a mapping", "nothing"]),
        ("name: a\n", ["inner"], ["--set", "key=value"]),
        ("name: a\n", ["name.first=1"], ["--set name.first", "plain value"]),
    ],
)
def test_load_yaml_when_wrong(tmp_path: Path, text: str, overrides: list[str], parts: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_yaml(write(tmp_path, text), Outer, overrides)
    for part in parts:
        assert part in str(caught.value)


class Local(ClosedModel):
    source: Literal["local"]
    folder: str


class Remote(ClosedModel):
    source: Literal["remote"]
    address: str


class Choice(ClosedModel):
    data: Annotated[Local | Remote, Field(discriminator="source")]


def test_load_yaml_when_a_tag_chooses_the_class(tmp_path: Path) -> None:
    path = write(tmp_path, "data: {source: remote, address: a, adress: b}\n")
    with pytest.raises(ConfigError, match=r"key `data\.adress`: This key is not known\. Did you mean `address`\?"):
        load_yaml(path, Choice)


def test_load_yaml_when_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: There is no such file"):
        load_yaml(tmp_path / "nowhere.yaml", Outer)


def test_load_yaml_when_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"name: \xff\n")
    with pytest.raises(ConfigError, match="byte 6 is not"):
        load_yaml(path, Outer)
