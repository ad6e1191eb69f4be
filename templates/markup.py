"""Two ways to put a value into a source so that no character of it is ever read as markup.

Markdown: a value is *sealed*. Its bytes become private-use characters that no
rule of Markdown knows, and it is opened again in the finished blocks. Escaping
could not do this: a backslash means nothing inside a code span, a space ends a
link, a line break ends a table row.

Word: a value is written as XML text; a line break and a tab become elements, a
new paragraph and a page break become marks for `templates.word.settle`.
"""

import decimal
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self
from xml.sax.saxutils import escape as escape_xml

from jinja2 import Undefined
from markupsafe import Markup

from configs.errors import LimitError, TemplateError

# The last private-use plane of Unicode. Fonts with icons use the first one, so real text hardly ever comes here.
_FIRST_BYTE = 0x10F000
_OPEN = "\U0010f100"
_CLOSE = "\U0010f101"
_LINE = "\U0010f102"
RICH = "\U0010f103"  # before a sealed value that is Markdown itself
RESERVED = re.compile("[\U0010f000-\U0010f1ff]")
_CODE_POINT = _FIRST_BYTE.to_bytes(4, "little")  # in UTF-32 a sealed byte is the first of four
_SEALED = re.compile(f"{_OPEN}([\U0010f000-\U0010f0ff]*){_CLOSE}")
_SEALED_RICH = re.compile(f"{RICH}{_SEALED.pattern}")
_LINE_MARK = re.compile(f"{_LINE}([0-9]+){_LINE}")
_NOT_PLAIN = re.compile("[&<>\x00-\x1f\ufffe\uffff\ud800-\udfff]")  # in WordprocessingML
# Around a value whose way into the finished document is followed; see `Trace`.
_MARK_OPEN, _MARK_TEXT, _MARK_CLOSE = "\U0010f110", "\U0010f111", "\U0010f112"
_MARK_DIGITS = {ord(str(digit)): 0x10F120 + digit for digit in range(10)}
_MARK_NUMBERS = {private: digit for digit, private in _MARK_DIGITS.items()}
_MARKED = re.compile(f"{_MARK_OPEN}([\U0010f120-\U0010f129]+){_MARK_TEXT}([^{_MARK_CLOSE}]*){_MARK_CLOSE}")
_MARKS = re.compile(f"{_MARK_OPEN}[\U0010f120-\U0010f129]*{_MARK_TEXT}|{_MARK_CLOSE}")

MAX_CHARACTERS = 4_000_000  # of one text while a template runs: 2,000 pages

# Marks in a Word part while it is filled. XML has no control characters, so neither a value nor a file can forge one.
MARK, MARK_END = "\x01", "\x02"
NEW_PARAGRAPH, NEW_PAGE = f"{MARK}a{MARK_END}", f"{MARK}f{MARK_END}"
_UNFIT_FOR_WORD = re.compile("[\x00-\x06\x08\x0b\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WORD_TEXT = '</w:t>{}<w:t xml:space="preserve">'
_WORD_ELEMENTS = (
    ("\a", NEW_PARAGRAPH),
    ("\f", NEW_PAGE),
    ("\r\n", "\n"),
    ("\r", "\n"),
    ("\n", _WORD_TEXT.format("<w:br/>")),
    ("\t", _WORD_TEXT.format("<w:tab/>")),
)


def seal(text: str) -> str:
    """Turn a value into characters that mean nothing to Markdown."""
    content = unseal_shown(text).encode()
    sealed = bytearray(_CODE_POINT) * len(content)
    sealed[::4] = content
    return f"{_OPEN}{sealed.decode('utf-32-le')}{_CLOSE}"


def unseal(text: str) -> str:
    """Open every sealed value in `text`."""
    return unmark(unseal_shown(text))


def unseal_shown(text: str) -> str:
    """Open every sealed value in a text that readers see, where the marks of a trace may stand."""
    if _LINE in text:
        text = _LINE_MARK.sub("", text)
    if _OPEN not in text:
        return text
    text = text.replace(RICH, "")
    return _SEALED.sub(_opened, text)


def _opened(sealed: re.Match[str]) -> str:
    return sealed[1].encode("utf-32-le")[::4].decode()


def seal_rich(text: str) -> str:
    """Turn a value that is Markdown itself into characters that mean nothing to the Markdown around it."""
    return RICH + seal(text)


def split_rich(text: str) -> list[str]:
    """Cut a text at its values that are Markdown: they stand at every second place, opened."""
    pieces = _SEALED_RICH.split(text)
    pieces[1::2] = [unmark(unseal_shown(f"{_OPEN}{piece}{_CLOSE}")) for piece in pieces[1::2]]
    return pieces


class Trace:
    """The values that a rendering printed; each stands in its text between marks with its number."""

    def __init__(self) -> None:
        self.values: list[str] = []

    def mark(self, text: str) -> str:
        """Keep a value and put the marks around it."""
        self.values.append(text)
        number = str(len(self.values) - 1).translate(_MARK_DIGITS)
        return f"{_MARK_OPEN}{number}{_MARK_TEXT}{text}{_MARK_CLOSE}"

    def lines(self, text: str) -> Iterator[tuple[str, list[str]]]:
        """Give the lines of a marked text that hold values, each with its values as they were printed."""
        for line in _MARKED.sub(lambda match: match[0].replace("\n", " "), text).split("\n"):
            found = [self.values[int(match[1].translate(_MARK_NUMBERS))] for match in _MARKED.finditer(line)]
            values = iter(found)
            if found:
                yield unmark(_MARKED.sub(lambda _: next(values), line)), found  # noqa: B023 - used at once


def unmark(text: str) -> str:
    """Take the marks of a trace out of a text."""
    return _MARKS.sub("", text) if _MARK_OPEN in text or _MARK_CLOSE in text else text


def has_sealed(text: str) -> bool:
    """Say whether a value stands in `text`."""
    return _OPEN in text


def line_mark(line: int) -> str:
    """Give the mark that `split_lines` reads; the environment puts one before each line break of a template."""
    return f"{_LINE}{line}{_LINE}"


def split_lines(text: str) -> tuple[str, list[int]]:
    """Take the line marks out of rendered text.

    Returns:
        The text, and for each of its lines the line of the template that it came from.
    """
    sources: list[int] = []
    lines = []
    for line in text.split("\n"):
        mark = _LINE_MARK.search(line)
        sources.append(int(mark[1]) if mark else (sources[-1] if sources else 1))
        lines.append(_LINE_MARK.sub("", line) if mark else line)
    return "\n".join(lines), sources


def refuse_beyond(size: int, limit: int, what: str) -> None:
    """Stop a template before something that it computes fills the memory.

    Raises:
        LimitError: `size` is above `limit`.
    """
    if size > limit:
        raise LimitError(f"A {what} grew beyond its limit of {limit:,}.", hint="Shorten the data.")


def printed(value: Any) -> str:
    """Say how a value prints, where no filter says it.

    Raises:
        TemplateError: it has no form that a reader should see.
    """
    if type(value) is str or isinstance(value, Markup):
        return value
    if isinstance(value, str | Undefined):
        return str(value)
    if value is None:
        raise TemplateError(
            "An empty value (null) is printed here.", hint="Write `{% if … %}` around it or use `default('–', true)`."
        )
    if isinstance(value, bool):
        raise TemplateError(
            f"A yes/no value ({str(value).lower()}) is printed here.", hint="Write `{{ 'yes' if … else 'no' }}`."
        )
    if isinstance(value, int | decimal.Decimal):
        return str(value)
    if isinstance(value, float):
        # 15 digits are what a double holds for certain: 0.1 + 0.2 prints as 0.3.
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    kind = "mapping" if isinstance(value, Mapping) else "list" if isinstance(value, Sequence) else type(value).__name__
    raise TemplateError(f"A {kind} is printed here, not a text.", hint="Name one of its fields or loop over it.")


class SourceText(Markup):
    """Text that is already source: what a macro or a `{% set %}` block made, or a value made safe."""

    __slots__ = ()

    @classmethod
    def write_value(cls, text: str) -> str:
        """Write a value so that it stays one."""
        raise NotImplementedError

    def __new__(cls, object: Any = "", encoding: str | None = None, errors: str = "strict") -> Self:
        # Plain text needs none of the questions that Markup asks; a document has thousands of them.
        made = str.__new__(cls, object) if type(object) is str else super().__new__(cls, object, encoding, errors)
        refuse_beyond(len(made), MAX_CHARACTERS, "text")
        return made

    @classmethod
    def escape(cls, s: Any, /) -> Self:
        """Make a value safe; source stays as it is."""
        if type(s) is cls:
            return s
        if type(s) is str:
            return cls(cls.write_value(s))
        return cls(s) if hasattr(s, "__html__") else cls(cls.write_value(str(s)))

    @classmethod
    def concatenate(cls, parts: Iterable[Any]) -> str:
        """Join the operands of `~`: source if one of them is, otherwise still a value."""
        operands = list(parts)
        if any(isinstance(part, Markup) for part in operands):
            return cls("".join(cls.escape(printed(part)) for part in operands))
        texts = [printed(part) for part in operands]
        refuse_beyond(sum(map(len, texts)), MAX_CHARACTERS, "text")
        return "".join(texts)


class MarkdownSource(SourceText):
    """Source of a Markdown template."""

    __slots__ = ()

    @classmethod
    def write_value(cls, text: str) -> str:
        return seal(text)


class WordSource(SourceText):
    """Source of a Word template: WordprocessingML inside a text element."""

    __slots__ = ()

    @classmethod
    def write_value(cls, text: str) -> str:
        if not _NOT_PLAIN.search(text):
            return text
        refuse_unfit(text)
        escaped = escape_xml(text)
        for character, element in _WORD_ELEMENTS:
            escaped = escaped.replace(character, element)
        return escaped


def tracing(source: type[SourceText], trace: Trace) -> type[SourceText]:
    """Give a kind of source that marks each value which is written into it."""

    class TracedSource(source):  # type: ignore[valid-type,misc]
        __slots__ = ()

        @classmethod
        def write_value(cls, text: str) -> str:
            return str(source.write_value(trace.mark(text)))

    return TracedSource


class UnfitCharacterError(ValueError):
    """A value holds a character that no Word file can hold."""


def refuse_unfit(text: str) -> None:
    r"""Refuse what XML 1.0 cannot hold, except `\a` and `\f`, which mean a new paragraph and a new page.

    Raises:
        UnfitCharacterError: it names the character.
    """
    found = _UNFIT_FOR_WORD.search(text)
    if found:
        raise UnfitCharacterError(f"U+{ord(found[0]):04X}")
