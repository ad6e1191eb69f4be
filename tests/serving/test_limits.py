from typing import Any

import pytest

from configs.errors import ColophonError, InputError, LimitError
from serving.limits import Limits, check_json

LIMITS = Limits(texts=2, text_characters=5, summary_characters=5, summary_sentences=3)


@pytest.mark.parametrize(
    ("texts", "error", "where"),
    [
        ([], InputError, "texts"),
        (["a", "b", "c"], LimitError, "texts"),
        (["a", " \n"], InputError, "texts[1]"),
        (["abcdef"], LimitError, "texts[0]"),
    ],
)
def test_check_texts_when_they_are_refused(texts: list[str], error: type[ColophonError], where: str) -> None:
    with pytest.raises(error) as caught:
        LIMITS.check_texts(texts)
    assert caught.value.where == where


def test_check_texts_when_they_are_at_the_limit() -> None:
    LIMITS.check_texts(["abcde", "ab"])


@pytest.mark.parametrize(("text", "sentences"), [("", None), ("abcdef", None), ("a", 0), ("a", 4), ("a", -1)])
def test_check_summary_when_it_is_refused(text: str, sentences: int | None) -> None:
    with pytest.raises(InputError):
        LIMITS.check_summary(text, sentences)


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a": [1.0, float("nan")]}, "data.a[1]"),
        ({"a": {"b": float("inf")}}, "data.a.b"),
        ({"a": "\ud800"}, "data.a"),
        ({"\udfff": 1}, "data"),
        ({"a": nested(10_000)}, "data"),
    ],
)
def test_check_json_when_it_cannot_be_written_again(value: Any, where: str) -> None:
    with pytest.raises(InputError) as caught:
        check_json(value, where="data")
    assert caught.value.where == where


def test_check_json_when_it_is_plain() -> None:
    check_json({"a": [1, 2.5, None, True, "ü", {"b": nested(20)}]}, where="data")
