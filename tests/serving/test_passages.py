from collections.abc import Mapping
from typing import Any

import pytest

from configs.errors import ContextError, TemplateError
from models.types import Summary, SummaryRequest
from serving.passages import Author, PassageWriter, source_text
from templates.manifest import Manifest, PassageSpec

AUTHOR = Author("notes", "3", "d" * 64)
MANIFEST = Manifest(
    name="report",
    version="1",
    title="Report",
    source="markdown",
    passages=(
        PassageSpec(name="overview", source="notes", max_sentences=2, fallback="Orders: {{ orders }}."),
        PassageSpec(name="outlook", source="plans", max_sentences=1, fallback="No plans."),
    ),
)
DATA = {"orders": 412, "notes": ["We had 412 orders.", "All is well."], "plans": "We plan to grow."}


class Engine:
    """Gives the fallback of a passage by its name."""

    def fallback(self, template: str, passage: str, data: Mapping[str, Any]) -> str:
        return f"{template}/{passage}/{len(data)}"


class Summarizer:
    """Writes the same text for each request, and notes what it was asked."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked: list[SummaryRequest] = []

    def __call__(self, requests: list[SummaryRequest]) -> tuple[list[Summary], Author]:
        self.asked += requests
        return [Summary((self.text,)) for _ in requests], AUTHOR


def write(summarizer: Summarizer, data: Mapping[str, Any] = DATA, given: Mapping[str, str] | None = None) -> Any:
    return PassageWriter(Engine(), summarizer).write(MANIFEST, data, given or {})  # type: ignore[arg-type]


def test_write_when_every_number_is_in_the_source() -> None:
    summarizer = Summarizer("We had 412 orders.")
    passages = write(summarizer)
    assert summarizer.asked == [
        SummaryRequest("We had 412 orders.\n\nAll is well.", 2),
        SummaryRequest("We plan to grow.", 1),
    ]
    assert passages["overview"].text == "We had 412 orders."
    assert (passages["overview"].origin, passages["overview"].author) == ("model", AUTHOR)
    assert passages["overview"].as_dict()["author"] == {"name": "notes", "version": "3", "digest": "d" * 64}


def test_write_when_a_number_is_nowhere() -> None:
    passages = write(Summarizer("We had 413 orders."))
    overview = passages["overview"]
    assert (overview.text, overview.origin, overview.author) == ("report/overview/3", "fallback", AUTHOR)
    (claim,) = overview.ledger["claims"]
    assert claim["text"] == "413"
    assert claim["verdict"] != "bound"


def test_write_when_there_is_nothing_to_write_about() -> None:
    summarizer = Summarizer("All is well.")
    passages = write(summarizer, {"notes": [" "], "plans": ""})
    assert summarizer.asked == []
    assert {passage.origin for passage in passages.values()} == {"fallback"}
    assert passages["outlook"].author is None


def test_write_when_texts_are_given() -> None:
    summarizer = Summarizer("All is well.")
    passages = write(summarizer, given={"overview": "We had 412 orders.", "outlook": "We had 99 orders."})
    assert summarizer.asked == []
    assert (passages["overview"].origin, passages["overview"].author) == ("given", None)
    assert passages["outlook"].origin == "fallback"


def test_write_when_a_given_text_has_no_place() -> None:
    with pytest.raises(ContextError, match="Did you mean `outlook`"):
        write(Summarizer("x"), given={"outloook": "x"})


@pytest.mark.parametrize(
    ("path", "text"), [("a", "One."), ("b.c", "Two.\n\nThree."), ("b.empty", ""), ("b.blank", "One.")]
)
def test_source_when_it_is_a_text_or_a_list(path: str, text: str) -> None:
    data = {"a": " One. ", "b": {"c": ["Two.", "Three."], "empty": [], "blank": ["", "One.", " "]}}
    assert source_text(data, path, where="report") == text


@pytest.mark.parametrize("path", ["nowhere", "a.b", "number", "texts"])
def test_source_when_the_path_leads_to_no_text(path: str) -> None:
    with pytest.raises(TemplateError):
        source_text({"a": "One.", "number": 3, "texts": ["One.", 2]}, path, where="report")
