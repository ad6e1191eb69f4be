"""Turn the segments of one part into a Jinja template, and its errors into places of the Word file."""

import itertools
import re
from collections.abc import Mapping
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError

from configs.errors import ColophonError, ContextError, LimitError, TemplateError
from configs.loader import suggest
from templates.environment import MissingNameError, TemplateEnvironment
from templates.markup import UnfitCharacterError
from templates.places import memory_error
from templates.translations import messages_in
from templates.word import xml
from templates.word.balance import check_balance
from templates.word.finish import Finisher
from templates.word.forms import FILTERS, PART, finalize_with, form_filters
from templates.word.package import FilledPart
from templates.word.placed import Generated, PlacedTag, Segments

MAX_CHARACTERS = 64 << 20  # of one filled part: a document of more than ten thousand pages

_PIECES = 64  # that are counted together; each is a text of its own limit, so the memory stays in bounds
_FILENAME = "<template>"  # what Jinja calls a template that was made from a string
_LOOKS_LIKE_TAG = re.compile(r"\{[{%#]")
_FORBIDDEN = re.compile("[\x00-\x06\x08\x0b\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # XML 1.0 has no place for them
# What hands rendered XML on as a value, which could then be cut or changed anywhere.
_CAPTURING = frozenset({"macro", "call", "filter"})
_UNKNOWN_FILTER = re.compile(r"No filter named '(\w+)'")


class PartProgram:
    """One part of a Word file, compiled for one environment."""

    def __init__(self, segments: Segments, environment: TemplateEnvironment, *, label: str) -> None:
        self._label = label
        source, self._tags, shells = _source_of(segments)
        # White space is text here, and some values are elements.
        own = environment.overlay(trim_blocks=False, lstrip_blocks=False, finalize=finalize_with(environment))
        own.filters = {**environment.filters, **form_filters(shells)}
        try:
            tree = own.parse(source)
            _refuse_unknown(tree, own)
            messages = messages_in(tree)  # before they are translated
            code = own.compile(tree)
        except TemplateSyntaxError as error:
            raise _syntax_error(error, own.filters, self._place(error.lineno)) from None
        except (RecursionError, SyntaxError, MemoryError):  # limits of Jinja's and Python's compilers
            raise TemplateError("The tags are nested too deeply.", where=label) from None
        check_balance(self._tags.values())
        self._template = own.template_class.from_code(own, code, dict(own.globals))
        self.messages = messages
        """The texts that are marked for translation."""
        recursive = any(loop.recursive for loop in tree.find_all(nodes.For))
        self._captures = recursive or any(map(_captures, self._tags.values()))
        self._finisher = Finisher(segments, tree, captures=self._captures)

    def fill(self, context: Mapping[str, Any], part: FilledPart) -> bytes:
        """Give the part's XML for one document.

        Raises:
            TemplateError: a tag names something that the data does not hold, or cannot be evaluated.
            ContextError: a value holds a character that XML cannot.
            LimitError: the part grew too large.
        """
        pieces: list[str] = []
        size = 0
        try:
            stream = self._template.generate({**context, PART: part})
            while some := list(itertools.islice(stream, _PIECES)):
                size += sum(map(len, some))
                if size > MAX_CHARACTERS:
                    raise LimitError(f"The document grew beyond {MAX_CHARACTERS:,} characters.", where=self._label)
                pieces += some
        except Exception as error:  # a filter or an operator may raise anything
            raise self._located(error, context) from None
        content = self._finisher.finish(pieces, part.filling)
        if self._captures:
            xml.parse(content, where=self._label)
        return content

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
        if isinstance(error, SecurityError) and "safely callable" in str(error):
            return TemplateError(
                "Something is called here that is no function.",
                where=place,
                hint="Templates call macros, `range`, and a few methods of texts and mappings.",
            )
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
        body = f"({body})|{FILTERS[placed.form]}({len(shells)})"
        shells.append(placed.shell)
    return f"{{{{{left}\n{body} {right}}}}}"


def _refuse_unknown(tree: nodes.Template, environment: TemplateEnvironment) -> None:
    """Name unknown filters and tests now; Jinja itself would wait until a condition comes upon them."""
    for kind, name, table in ((nodes.Filter, "filter", environment.filters), (nodes.Test, "test", environment.tests)):
        for node in tree.find_all(kind):
            if node.name is not None and node.name not in table:
                raise TemplateSyntaxError(f"No {name} named '{node.name}'.", node.lineno)


def _captures(segment: PlacedTag | Generated) -> bool:
    if isinstance(segment, Generated):
        return False  # what we capture ourselves, nobody changes
    keyword = segment.tag.keyword
    return keyword in _CAPTURING or (keyword == "set" and "=" not in segment.tag.body)


def _syntax_error(error: TemplateSyntaxError, filters: Mapping[str, Any], place: str) -> TemplateError:
    message = (error.message or "the tag is wrong").partition(" Jinja was looking for")[0]
    unknown = _UNKNOWN_FILTER.match(message)
    names = [name for name in filters if name.isidentifier() and name not in FILTERS.values()]
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
