"""Check that every block opens and closes between the same elements, so that filling keeps the XML whole."""

from collections.abc import Iterable, Sequence

from configs.errors import TemplateError
from templates.word.placed import Generated, PlacedTag

_OPENING = frozenset({"if", "for", "with", "macro", "call", "filter"})
_BETWEEN = frozenset({"elif", "else"})


def check_balance(tags: Iterable[PlacedTag | Generated]) -> None:
    """Check all tags of one part; that blocks are nested rightly, Jinja has checked before.

    Raises:
        TemplateError: a block begins between other elements than it ends, or a tag needs a loop around it.
    """
    opened: list[PlacedTag] = []
    for placed in tags:
        if isinstance(placed, Generated):
            _check_loop(placed, opened)
            continue
        keyword = placed.tag.keyword
        if keyword in _OPENING or (keyword == "set" and "=" not in placed.tag.body):
            opened.append(placed)
        elif opened and keyword in _BETWEEN:
            _compare(opened[-1], placed)
        elif opened and keyword.startswith("end"):
            _compare(opened.pop(), placed)


def _check_loop(generated: Generated, opened: Sequence[PlacedTag]) -> None:
    if generated.tag and generated.needs_loop and all(placed.tag.keyword != "for" for placed in opened):
        raise TemplateError(
            f"`{generated.tag.quoted}` merges the cells that a loop makes, but there is no loop around it.",
            where=generated.place,
            hint="Put `{%tr for … %}` or `{%tc for … %}` before it.",
        )


def _compare(first: PlacedTag, second: PlacedTag) -> None:
    if first.path != second.path:
        here, there = standing_of(second.path, second.in_text), standing_of(first.path, first.in_text)
        raise TemplateError(
            f"`{second.tag.quoted}` stands {here}, but `{first.tag.quoted}`, to which it belongs, stands {there}.",
            where=second.place,
            hint="Let both stand in text, or both take the place of the same thing, as `{%p …%}` or `{%tr …%}`.",
        )


def standing_of(path: tuple[str, ...], in_text: bool) -> str:
    """Say what an author sees of the elements around a tag."""
    if not in_text:
        return "outside of the text"
    depth = path.count("tc")
    table = "" if not depth else " in a table cell" if depth == 1 else f" in a table cell, {depth} tables deep"
    last = path[-1]
    if last == "t":
        inner = [name for name in ("ins", "hyperlink", "sdt", "txbxContent") if name in path]
        words = {"ins": "a tracked insertion", "hyperlink": "a link", "sdt": "a content control"}
        return "in text" + "".join(f" of {words.get(name, 'a text box')}" for name in inner) + table
    return {"tbl": "between table rows", "tr": "between table cells", "p": "between runs"}.get(
        last, "between paragraphs" + table
    )
