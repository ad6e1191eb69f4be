"""What a value becomes in each place of a Word file: text, runs, paragraphs, a colour, a link."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from configs.errors import TemplateError
from templates.environment import TemplateEnvironment
from templates.markup import MAX_CHARACTERS, SourceText, WordSource, printed, refuse_unfit
from templates.word.inline_image import InlineImage
from templates.word.links import joined_link
from templates.word.package import FilledPart
from templates.word.placed import Form
from templates.word.values import WordValue

PART = " part"  # the name under which a filling finds the part it fills; the space keeps it out of reach
FILTERS: Mapping[Form, str] = {
    "plain": "plain_text",
    "run": "as_runs",
    "block": "as_blocks",
    "colour": "as_colour",
    "span": "as_span",
    "link": "as_link",
    "picture": "as_picture",
}  # written around values that do not stand in text
_COLOUR = re.compile(r"#?([0-9A-Fa-f]{6})|auto|")
_MAX_COLUMNS = 63  # of a table in Word


def finalize_with(environment: TemplateEnvironment) -> Callable[[Context, Any], Any]:
    """Say how a value becomes text of a run; the environment's own way does for all that bring no elements."""
    original: Callable[[Context, Any], Any] = environment.finalize  # type: ignore[assignment]
    write = environment.source_class.write_value

    @pass_context
    def finalize(context: Context, value: Any) -> str:
        if type(value) is str:  # nearly always
            text = write(value)
            return text if len(text) <= MAX_CHARACTERS else WordSource(text)  # which refuses it
        if isinstance(value, WordValue):
            return WordSource(value.in_text(_part_for(context, value)))
        return str(original(context, value))

    return finalize


def form_filters(shells: list[tuple[str, ...]]) -> dict[str, Callable[..., Any]]:
    """Give the filters that write values where no text stands, and those that have nothing to do here."""

    @pass_context
    def as_runs(context: Context, value: Any, number: int) -> Markup:
        part = _part_for(context, value)
        runs = value.as_runs(part) if isinstance(value, WordValue) else None
        return WordSource(_shelled(context, value, shells[number]) if runs is None else runs)

    @pass_context
    def as_blocks(context: Context, value: Any, number: int) -> Markup:
        part = _part_for(context, value)
        blocks = value.as_blocks(part, shells[number]) if isinstance(value, WordValue) else None
        if blocks is None and isinstance(value, Markup) and value.lstrip().startswith(("<w:p", "<w:tbl")):
            blocks = value  # what a macro of whole paragraphs made
        return WordSource(_shelled(context, value, shells[number]) if blocks is None else blocks)

    @pass_context
    def as_link(context: Context, values: list[Any], number: int) -> Markup:
        texts = [_plain_text(value) for value in values]
        return WordSource(_part(context).link(joined_link(shells[number], texts)))

    @pass_context
    def as_picture(context: Context, value: Any, number: int) -> Markup:
        own = shells[number][0]  # stays where the tag only says what the picture shows
        return WordSource(value.stored(_part_for(context, value)) if isinstance(value, InlineImage) else own)

    return {
        **_UNCHANGED,
        "plain_text": lambda value, _: WordSource(_attribute(_plain_text(value))),
        "as_runs": as_runs,
        "as_blocks": as_blocks,
        "as_colour": lambda value, _: WordSource(_cell_colour(value)),
        "as_span": lambda value, _: WordSource(_cell_span(value)),
        "as_link": as_link,
        "as_picture": as_picture,
    }


def _part(context: Context) -> FilledPart:
    part: FilledPart = context.parent[PART]
    return part


def _part_for(context: Context, value: Any) -> FilledPart:
    """Give the part into which a value is written, and note that it may hold elements now that nobody has seen."""
    part = _part(context)
    if isinstance(value, WordValue):
        part.filling.has_elements = True
    return part


def _shelled(context: Context, value: Any, shell: tuple[str, ...]) -> str:
    """Write a value as the text of the run or paragraph in which its tag stood."""
    if isinstance(value, WordValue):
        content = value.in_text(_part_for(context, value))
    else:
        source: type[SourceText] = context.environment.source_class  # type: ignore[attr-defined]
        content = source.escape(printed(value))
    return f"{shell[0]}{content}{shell[1]}"


def _plain_text(value: Any) -> str:
    """Write a value in one line, where no element may stand: in an attribute, a field code or a property."""
    text = str(value) if isinstance(value, WordValue) else printed(value)
    refuse_unfit(text)
    return " ".join(text.replace("\a", " ").split())


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _cell_colour(value: Any) -> str:
    found = _COLOUR.fullmatch("" if value is None else _plain_text(value))
    if found is None:
        raise TemplateError(f"A cell's colour must be six hexadecimal digits, but it is `{str(value)[:40]}`.")
    return found[1] or "auto"


def _cell_span(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():  # JSON knows one kind of number
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_COLUMNS:
        raise TemplateError(f"A cell spans a number of columns up to {_MAX_COLUMNS}, but not `{str(value)[:40]}`.")
    return str(max(value, 1))


def _unchanged(value: Any) -> Any:
    return value


# Every value is escaped anyway; templates written for a lenient engine say so once more, or ask not to be.
_UNCHANGED = {"e": _unchanged, "escape": _unchanged, "forceescape": _unchanged, "safe": _unchanged}
