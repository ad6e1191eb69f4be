"""Turn the segments of one part into a Jinja template, and its errors into places of the Word file."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import TemplateSyntaxError, nodes, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from configs.errors import ColophonError, ContextError, LimitError, TemplateError
from configs.loader import suggest
from templates.environment import MissingNameError, TemplateEnvironment
from templates.markup import UnfitCharacterError, WordSource, printed, refuse_unfit
from templates.places import memory_error
from templates.translations import messages_in
from templates.word import xml
from templates.word.balance import check_balance
from templates.word.finish import finisher_for
from templates.word.links import joined_link
from templates.word.package import FilledPart
from templates.word.segments import Form, Generated, PlacedTag, Segments
from templates.word.values import WordValue

MAX_CHARACTERS = 64 << 20  # of one filled part: a document of more than ten thousand pages

PART = " part"  # the name under which a filling finds the part it fills; the space keeps it out of reach
_FILTERS: Mapping[Form, str] = {
    "plain": "plain_text",
    "run": "as_runs",
    "block": "as_blocks",
    "colour": "as_colour",
    "span": "as_span",
    "link": "as_link",
}  # written by this module around values that do not stand in text
_FILENAME = "<template>"  # what Jinja calls a template that was made from a string
_LOOKS_LIKE_TAG = re.compile(r"\{[{%#]")
_FORBIDDEN = re.compile("[\x00-\x06\x08\x0b\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # XML 1.0 has no place for them
# What hands rendered XML on as a value, which could then be cut or changed anywhere.
_CAPTURING = frozenset({"macro", "call", "filter"})
_UNKNOWN_FILTER = re.compile(r"No filter named '(\w+)'")
_COLOUR = re.compile(r"#?([0-9A-Fa-f]{6})|auto|")
_MAX_COLUMNS = 63  # of a table in Word


class PartProgram:
    """One part of a Word file, compiled for one environment."""

    def __init__(self, segments: Segments, environment: TemplateEnvironment, *, label: str) -> None:
        self._label = label
        source, self._tags, shells = _source_of(segments)
        # White space is text here, and some values are elements.
        own = environment.overlay(trim_blocks=False, lstrip_blocks=False, finalize=_finalize_with(environment))
        own.filters = {**environment.filters, **_UNCHANGED, **_form_filters(shells)}
        try:
            tree = own.parse(source)
            code = own.compile(tree)
        except TemplateSyntaxError as error:
            raise _syntax_error(error, own.filters, self._place(error.lineno)) from None
        except (RecursionError, SyntaxError, MemoryError):  # limits of Jinja's and Python's compilers
            raise TemplateError("The tags are nested too deeply.", where=label) from None
        check_balance(self._tags.values())
        self._template = own.template_class.from_code(own, code, own.make_globals(None))
        self.messages = messages_in(tree)
        """The texts that are marked for translation."""
        recursive = any(loop.recursive for loop in tree.find_all(nodes.For))
        self._captures = recursive or any(map(_captures, self._tags.values()))
        self._finish = finisher_for(segments)

    def fill(self, context: Mapping[str, Any], part: FilledPart) -> str:
        """Give the part's XML for one document.

        Raises:
            TemplateError: a tag names something that the data does not hold, or cannot be evaluated.
            ContextError: a value holds a character that XML cannot.
            LimitError: the part grew too large.
        """
        pieces = []
        size = 0
        try:
            for piece in self._template.generate({**context, PART: part}):
                size += len(piece)
                if size > MAX_CHARACTERS:
                    raise LimitError(f"The document grew beyond {MAX_CHARACTERS:,} characters.", where=self._label)
                pieces.append(piece)
        except Exception as error:  # a filter or an operator may raise anything
            raise self._located(error, context) from None
        text = self._finish("".join(pieces), part.filling)
        if self._captures:
            xml.parse(text.encode(), where=self._label)
        return text

    def _located(self, error: Exception, context: Mapping[str, Any]) -> ColophonError:
        if isinstance(error, ColophonError):
            place = error.where or self._place(_line_of(error))
            return type(error)(error.message, where=place, hint=error.hint)
        place = self._place(_line_of(error))
        if isinstance(error, MemoryError):
            return memory_error(place)
        if isinstance(error, UnfitCharacterError):
            return _forbidden_error(context, place)
        if isinstance(error, MissingNameError):
            return _missing_name(error, context, place)
        return TemplateError(_sentence(f"the tag cannot be evaluated: {error}"), where=place)

    def _place(self, line: int | None) -> str:
        """Name the last tag that begins on or before a line of the Jinja source."""
        before = [number for number in self._tags if line is not None and number <= line]
        return self._tags[max(before)].place if before else self._label


def _source_of(segments: Segments) -> tuple[str, dict[int, PlacedTag | Generated], list[tuple[str, ...]]]:
    """Write the Jinja source so that each tag begins a line of its own, inside of the tag where no text is."""
    pieces: list[str] = []
    tags: dict[int, PlacedTag | Generated] = {}
    shells: list[tuple[str, ...]] = []
    line = 1
    for segment in segments:
        if isinstance(segment, str):
            line += segment.count("\n")
            pieces.append(f"{{% raw %}}{segment}{{% endraw %}}" if _LOOKS_LIKE_TAG.search(segment) else segment)
            continue
        line += 1
        tags[line] = segment
        pieces.append(segment.source if isinstance(segment, Generated) else _written(segment, shells))
    return "".join(pieces), tags, shells


def _written(placed: PlacedTag, shells: list[tuple[str, ...]]) -> str:
    tag = placed.tag
    left, right = tag.trims
    if tag.kind == "statement":
        return f"{{%{left}\n{tag.body} {right}%}}"
    body = tag.body
    if placed.form != "text":
        body = f"({body})|{_FILTERS[placed.form]}({len(shells)})"
        shells.append(placed.shell)
    return f"{{{{{left}\n{body} {right}}}}}"


def _captures(segment: PlacedTag | Generated) -> bool:
    if isinstance(segment, Generated):
        return False  # what we capture ourselves, nobody changes
    keyword = segment.tag.keyword
    return keyword in _CAPTURING or (keyword == "set" and "=" not in segment.tag.body)


def _finalize_with(environment: TemplateEnvironment) -> Callable[[Context, Any], Any]:
    """Say how a value becomes text of a run; the environment's own way does for all that bring no elements."""
    original: Callable[[Context, Any], Any] = environment.finalize  # type: ignore[assignment]

    @pass_context
    def finalize(context: Context, value: Any) -> Any:
        if type(value) is str:  # nearly always; it is escaped behind this
            return value
        if isinstance(value, WordValue):
            return WordSource(value.in_text(_part(context)))
        return original(context, value)

    return finalize


def _form_filters(shells: list[tuple[str, ...]]) -> dict[str, Callable[..., Any]]:
    """Give the filters that write values where no text stands."""

    @pass_context
    def as_runs(context: Context, value: Any, number: int) -> Markup:
        part = _part(context)
        runs = value.as_runs(part) if isinstance(value, WordValue) else None
        return WordSource(_shelled(value, part, shells[number]) if runs is None else runs)

    @pass_context
    def as_blocks(context: Context, value: Any, number: int) -> Markup:
        part = _part(context)
        blocks = value.as_blocks(part, shells[number]) if isinstance(value, WordValue) else None
        if blocks is None and isinstance(value, Markup) and value.lstrip().startswith(("<w:p", "<w:tbl")):
            blocks = value  # what a macro of whole paragraphs made
        return WordSource(_shelled(value, part, shells[number]) if blocks is None else blocks)

    @pass_context
    def as_link(context: Context, values: list[Any], number: int) -> Markup:
        texts = [_plain_text(value) for value in values]
        return WordSource(_part(context).link(joined_link(shells[number], texts)))

    return {
        "plain_text": lambda value, _: WordSource(_attribute(_plain_text(value))),
        "as_runs": as_runs,
        "as_blocks": as_blocks,
        "as_colour": lambda value, _: WordSource(_cell_colour(value)),
        "as_span": lambda value, _: WordSource(_cell_span(value)),
        "as_link": as_link,
    }


def _part(context: Context) -> FilledPart:
    part: FilledPart = context.parent[PART]
    return part


def _shelled(value: Any, part: FilledPart, shell: tuple[str, ...]) -> str:
    content = value.in_text(part) if isinstance(value, WordValue) else WordSource.escape(printed(value))
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
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_COLUMNS:
        raise TemplateError(f"A cell spans a number of columns up to {_MAX_COLUMNS}, but not `{str(value)[:40]}`.")
    return str(max(value, 1))


def _unchanged(value: Any) -> Any:
    return value


# Every value is escaped anyway; templates written for a lenient engine say so once more, or ask not to be.
_UNCHANGED = {"e": _unchanged, "escape": _unchanged, "forceescape": _unchanged, "safe": _unchanged}


def _syntax_error(error: TemplateSyntaxError, filters: Mapping[str, Any], place: str) -> TemplateError:
    message = (error.message or "the tag is wrong").partition(" Jinja was looking for")[0]
    unknown = _UNKNOWN_FILTER.match(message)
    names = [name for name in filters if name.isidentifier() and name not in _FILTERS.values()]
    return TemplateError(_sentence(message), where=place, hint=suggest(unknown[1], names) if unknown else None)


def _line_of(error: Exception) -> int | None:
    """Follow the traceback, which Jinja has rewritten to lines of the source."""
    line = None
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == _FILENAME:
            line = step.tb_lineno
        step = step.tb_next
    return line


def _missing_name(error: MissingNameError, context: Mapping[str, Any], place: str) -> TemplateError:
    owner = context if error.at_top else error.owner
    if not isinstance(owner, Mapping):
        return TemplateError(_sentence(error.message or "a value is missing"), where=place, hint=error.hint)
    known = [key for key in owner if isinstance(key, str) and key.isidentifier()]
    holder = "The data has" if error.at_top else "The value has"
    return TemplateError(f"{holder} no field `{error.name}`.", where=place, hint=suggest(str(error.name), known))


def _forbidden_error(context: Mapping[str, Any], place: str) -> ContextError:
    """Find the value that brought the character; the data is walked only now that something is wrong."""
    waiting: list[tuple[str, Any]] = [("", context)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str) and (match := _FORBIDDEN.search(value)):
            message = f"The text holds the control character U+{ord(match[0]):04X}, which no Word file can hold."
            return ContextError(message, where=path, hint="Remove it from the data.")
        if isinstance(value, Mapping):
            waiting += [(f"{path}/{key}", item) for key, item in value.items()]
        elif isinstance(value, list | tuple):
            waiting += [(f"{path}/{position}", item) for position, item in enumerate(value)]
    return ContextError("A text holds a control character, which no Word file can hold.", where=place)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
