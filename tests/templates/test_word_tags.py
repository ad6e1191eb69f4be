"""Tags in the text of a paragraph, as authors and word processors write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates.word.tags import UnclosedTagError, find_tags


@pytest.mark.parametrize(
    ("text", "kind", "scope", "body"),
    [
        ("{{ name }}", "expression", "", " name "),
        ("{{r name }}", "expression", "r", "name "),
        ("{{p 'x' }}", "expression", "p", "'x' "),
        ("{{p }}", "expression", "", "p "),
        ("{{p + 1 }}", "expression", "", "p + 1 "),
        ("{{r if r else p }}", "expression", "", "r if r else p "),
        ("{{price }}", "expression", "", "price "),
        ("{%p if a %}", "statement", "p", " if a "),
        ("{%tr for x in y %}", "statement", "tr", " for x in y "),
        ("{%tc endfor %}", "statement", "tc", " endfor "),
        ("{%r endif %}", "statement", "r", " endif "),
        ("{% trim %}", "statement", "", " trim "),
        ("{%\nif\ta %}", "statement", "", " if\ta "),
        ("{#p note #}", "comment", "p", " note "),
        ("{# it's a “note” #}", "comment", "", " it's a “note” "),
        ("{{ x[“a”] }}", "expression", "", ' x["a"] '),
        ("{{ '”' }}", "expression", "", " '”' "),
        ("{{ “it’s” }}", "expression", "", ' "it’s" '),
        (r"{{ 'a\'}}' }}", "expression", "", r" 'a\'}}' "),
        ("{{ client’s name }}", "expression", "", " client’s name "),
    ],
)
def test_tag_is_read(text: str, kind: str, scope: str, body: str) -> None:
    [found] = find_tags(f"before {text} behind")
    assert (found.tag.kind, found.tag.scope, found.tag.body) == (kind, scope, body)
    assert found.tag.quoted == " ".join(text.split())


@pytest.mark.parametrize("text", ["{{-x-}}", "{{+x+}}"])
def test_white_space_control_is_kept_apart(text: str) -> None:
    [found] = find_tags(text)
    assert (found.tag.trims, found.tag.body) == ((text[2], text[2]), "x")


@pytest.mark.parametrize("text", ["{{ a", "x {% if a }}", "{# a", "{{ 'a }}"[:6]])
def test_tag_without_an_end_is_an_error(text: str) -> None:
    with pytest.raises(UnclosedTagError):
        find_tags(text)


@settings(deadline=None)  # a busy machine is no error
@given(st.text(st.sampled_from("{}%# ab'\"“”‘’\\-pr\n"), max_size=60))
def test_tags_are_found_in_order_and_without_overlap(text: str) -> None:
    try:
        tags = find_tags(text)
    except UnclosedTagError:
        return
    borders = [position for found in tags for position in (found.start, found.end)]
    assert borders == sorted(borders)
    for found in tags:
        assert text[found.start : found.end][:2] in ("{{", "{%", "{#")


@settings(deadline=None)  # a busy machine is no error
@given(st.text(max_size=30), st.text(max_size=30))
def test_text_around_a_tag_does_not_matter(before: str, behind: str) -> None:
    if "{" in before + behind:
        return
    [found] = find_tags(before + "{{ name }}" + behind)
    assert (found.start, found.end) == (len(before), len(before) + len("{{ name }}"))
