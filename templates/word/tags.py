"""Find template tags in the text of a paragraph.

The dialect: `{{ value }}`, `{% statement %}` and `{# comment #}`. A scope right
behind the opening says what a tag takes the place of: `{%p` its paragraph,
`{%tr` its table row, `{%tc` its table cell, `{%r` its run. `{{p` and `{{r` do
the same for a value. `{_{`, `{_%`, `%_}` and `}_}` print delimiters.
"""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["expression", "statement", "comment"]

_OPENINGS: dict[str, tuple[Kind, str]] = {
    "{{": ("expression", "}}"),
    "{%": ("statement", "%}"),
    "{#": ("comment", "#}"),
}
_OPENING = re.compile(r"\{[{%#]")
_ESCAPE = re.compile(r"(?<=\{)_(?=[{%])|(?<=[}%])_(?=\})")
_QUOTE_OR_CLOSING = re.compile(r"""["“”„‟'‘’‚‛]|\}\}|%\}""")
_DOUBLE, _SINGLE = '"“”„‟', "'‘’‚‛"
_SCOPE = re.compile(r"(p|tr|tc|r)(?=\s)")
# `{{r name }}` has a scope, `{{p + 1 }}` and `{{r if ready }}` speak of a variable.
_VALUE_SCOPE = re.compile(r"[pr]\s+(?!(?:if|is|in|and|or|not)\b)(?=[\w\"'(\[“‘])")
_LINE_BREAKS = str.maketrans(dict.fromkeys("\n\r", " "))


@dataclass(frozen=True)
class Tag:
    """One tag.

    Attributes:
        scope: `p`, `tr`, `tc` or `r` when the tag takes the place of an element, otherwise empty.
        trims: the signs of Jinja's white-space control at the beginning and the end.
        body: what stands between the delimiters, with quotation marks repaired.
        quoted: the tag as the author reads it.
    """

    kind: Kind
    scope: str
    trims: tuple[str, str]
    body: str
    quoted: str

    @property
    def keyword(self) -> str:
        """The first word of a statement."""
        return self.body.split(maxsplit=1)[0] if self.kind == "statement" and self.body.strip() else ""


@dataclass(frozen=True)
class FoundTag:
    """A tag and where it stands in its text."""

    start: int
    end: int
    tag: Tag


class UnclosedTagError(ValueError):
    """A tag is opened and not closed in the same text."""


def find_tags(text: str) -> list[FoundTag]:
    """Find the tags of a text in their order.

    Raises:
        UnclosedTagError: a tag has no end; the error quotes its beginning.
    """
    found = []
    position = 0
    while opening := _OPENING.search(text, position):
        tag = tag_at(text, opening.start())
        if tag is None:
            raise UnclosedTagError(text[opening.start() : opening.start() + 40])
        found.append(tag)
        position = tag.end
    return found


def find_escapes(text: str) -> list[int]:
    """Find the underscores that only keep delimiters from being tags: `{_{ name }_}` prints `{{ name }}`."""
    return [match.start() for match in _ESCAPE.finditer(text)]


def tag_at(text: str, start: int) -> FoundTag | None:
    """Give the tag that begins at `start`, or None when nothing closes it."""
    kind, closing = _OPENINGS[text[start : start + 2]]
    end = _closing_in(text, start + 2, closing, has_strings=kind != "comment")
    return None if end is None else FoundTag(start, end, _tag(kind, text[start:end]))


def _closing_in(text: str, start: int, closing: str, *, has_strings: bool) -> int | None:
    """Give the position behind the closing delimiter; one inside a string does not count."""
    position = start
    while has_strings and (match := _QUOTE_OR_CLOSING.search(text, position)):
        if match[0] == closing:
            return match.end()
        string_end = _string_end(text, match.start()) if len(match[0]) == 1 else match.end()
        if string_end is None:  # an apostrophe, or a quotation mark that was forgotten
            break
        position = string_end
    end = text.find(closing, start)
    return end + len(closing) if end >= 0 else None


def _string_end(text: str, start: int) -> int | None:
    closers = _closers(text[start])
    position = start + 1
    while position < len(text):
        if text[position] == "\\":
            position += 1
        elif text[position] in closers:
            return position + 1
        position += 1
    return None


def _closers(opener: str) -> str:
    """Say what ends a string: Word bends quotation marks in pairs, one that stayed straight wants a straight one."""
    if opener in "\"'":
        return opener
    return _DOUBLE if opener in _DOUBLE else _SINGLE


def _tag(kind: Kind, quoted: str) -> Tag:
    inner = quoted[2:-2]
    left = inner[:1] if inner[:1] in ("-", "+") else ""
    right = inner[-1:] if inner[-1:] in ("-", "+") and len(inner) > len(left) else ""
    inner = inner[len(left) : len(inner) - len(right)]
    scope = (_VALUE_SCOPE if kind == "expression" else _SCOPE).match(inner)
    body = inner[scope.end() :] if scope else inner
    if kind != "comment":
        body = _repaired(body)
    name = scope[0].strip() if scope else ""
    return Tag(kind, name, (left, right), body.translate(_LINE_BREAKS), " ".join(quoted.split()))


def _repaired(body: str) -> str:
    """Make the quotation marks around strings straight; those inside strings stay."""
    pieces = []
    position = 0
    while match := _QUOTE_OR_CLOSING.search(body, position):
        end = _string_end(body, match.start()) if len(match[0]) == 1 else match.end()
        if end is None:
            break
        pieces.append(body[position : match.start()])
        if len(match[0]) == 1:
            straight = '"' if match[0] in _DOUBLE else "'"
            pieces.append(straight + body[match.end() : end - 1] + straight)
        else:
            pieces.append(match[0])
        position = end
    return "".join(pieces) + body[position:]
