import pytest

from configs.errors import ColophonError, InputError, LimitError
from serving.limits import Limits

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
