"""Find all tags of a text, and go on behind one that is broken.

`find_tags` decides what a tag is; here stands what to do where it finds none,
or finds one that swallowed its neighbour because nothing closed it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError

from templates.doctor.problems import Severity
from templates.word.tags import FoundTag, Tag, UnclosedTagError, find_tags, tag_at

_OPENING = re.compile(r"\{[{%#]")
_STRING = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.DOTALL)
# What authors type for a closing delimiter: one sign of it, both apart, or that of the other kind.
_NEAR_CLOSING = re.compile(r"[-+]?(?:\} \}|% \}|%\}|\}\}|\}|%(?=\s|$)|\]\]|\)\)|>>|#\})")
_STRAY_CLOSING = re.compile(r"\}\}|%\}|#\}")
_PRIMARY = re.compile(
    r"""\s*(?:[pr]\s+(?=\w))?[\w.]+(?:\[[^\]]*\])*(?:\.\w+)*(?:\([^)]*\))?(?:\s*\|\s*\w+(?:\([^)]*\))?)*""",
)
_OPERAND = r"""(?:[\w.]+(?:\[[^\]]*\]|\([^)]*\))*|"[^"]*"|'[^']*'|[“‘][^”’]*[”’])"""
_CONDITION = re.compile(
    rf"\s*(?:not\s+)?{_OPERAND}(?:\s*(?:==|!=|<=|>=|<|>)\s*{_OPERAND}|\s+is\s+(?:not\s+)?\w+|\s+(?:not\s+)?in\s+{_OPERAND})?"
    rf"(?:\s+(?:and|or)\s+(?:not\s+)?{_OPERAND}(?:\s*(?:==|!=|<=|>=|<|>)\s*{_OPERAND}|\s+is\s+(?:not\s+)?\w+)?)*"
)
_LONE = re.compile(r"(?<![{$\w\\])\{\s*([A-Za-z_][\w.]*(?:\s*\|[^{}]*)?)\s*\}(?!\})")
_APART = re.compile(r"\{ +([{%])\s*(.{1,200}?)\s*([}%]) *\}")
_WORD_STATEMENTS = r"(?:for|if|elif|else|endif|endfor|set|macro|endmacro)"
_HALF_OPENING = re.compile(
    r"(?<!\{)\{(?P<scope>(?:p|tr|tc|r)?)\s*(?P<body>[^{}%]*?)(?P<closing>\}\}|%\})"
    rf"|(?<![{{%])%(?P<scope2>(?:p|tr|tc|r)?)\s+(?P<body2>{_WORD_STATEMENTS}\b[^{{}}%]*?)(?P<closing2>%\}})"
)
_MAX_BREAKS = 100  # of one text: nobody types more, and each makes the rest be read anew
_CLOSINGS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_plain = Environment()


@dataclass(frozen=True)
class Break:
    """A place in a text where a tag is broken."""

    start: int
    code: str
    message: str
    suggestion: str
    quoted: str
    severity: Severity = "error"


def scan(text: str, *, looks_known: Callable[[str], bool]) -> tuple[list[FoundTag], list[Break]]:
    """Give the tags of a text, those that can be guessed among them, and what is broken.

    Args:
        text: a paragraph, or a whole file.
        looks_known: says of a name in single braces whether a field is called so.
    """
    tags: list[FoundTag] = []
    breaks: list[Break] = []
    if "{" in text or "%}" in text or "}}" in text:
        position = 0
        while len(breaks) < _MAX_BREAKS and (opening := _OPENING.search(text, position)) is not None:
            found, broken = _tag_at(text, opening.start())
            tags += [found] if found else []
            breaks += [broken] if broken else []
            position = found.end if found else opening.end()
        if len(breaks) < _MAX_BREAKS:
            breaks += _strays(text, tags, looks_known)
        tags += [found for found in (_guess(broken) for broken in breaks if broken.code == "half-open-tag") if found]
    return sorted(tags, key=lambda found: found.start), breaks


def _tag_at(text: str, start: int) -> tuple[FoundTag | None, Break | None]:
    """Read the tag that begins at `start`; where it is broken, say so and guess what was meant."""
    opening = text[start : start + 2]
    found = tag_at(text, start)
    if found is not None and _swallowed(found.tag, text[found.start + 2 : found.end - 2]) is None:
        return found, None
    if opening == "{#":
        return None, _unclosed(text, start, text[start : start + 60], "")
    inner_limit = _OPENING.search(text, start + 2)
    limit = inner_limit.start() if inner_limit else len(text)
    region = text[start + 2 : limit]
    body, length = _guess_body(region, opening)
    quoted = " ".join(text[start : start + 2 + max(length, 1)].split())
    repaired = f"{opening}{body.rstrip()} {_CLOSINGS[opening]}" if body.strip() else ""
    meant = tag_at(repaired, 0) if repaired else None
    if meant is None:
        return None, _unclosed(text, start, quoted, repaired)
    return FoundTag(start, start + 2 + length, meant.tag), _unclosed(text, start, quoted, rewritten(meant.tag))


def rewritten(tag: Tag) -> str:
    """Write a tag with spaces where they belong."""
    opening = {"expression": "{{", "statement": "{%", "comment": "{#"}[tag.kind]
    left, right = tag.trims
    scope = tag.scope or tag.quoted[2 + len(left) :][:1] * bool(re.match(r"\{\{[pr]\s+[\w\"']", tag.quoted))
    return f"{opening}{left}{scope} {tag.body.strip()} {right}{_CLOSINGS[opening]}"


def _swallowed(tag: Tag, inner: str) -> int | None:
    """Say where, inside of a tag, another one begins that no string holds."""
    if tag.kind == "comment":
        return None
    match = _OPENING.search(_STRING.sub(lambda found: " " * len(found[0]), inner))
    return match.start() if match else None


def _unclosed(text: str, start: int, quoted: str, repaired: str) -> Break:
    opening = text[start : start + 2]
    closing = _CLOSINGS[opening]
    suggestion = f"Write `{' '.join(repaired.split())}`." if repaired else f"Close it with `{closing}`."
    return Break(start, "unclosed-tag", f"`{quoted[:80]}` begins a tag that is not closed.", suggestion, quoted)


def _guess_body(region: str, opening: str) -> tuple[str, int]:
    """Guess how far an unclosed tag was meant to go: its body, and how many characters of the text belong to it."""
    masked = _STRING.sub(lambda found: "x" * len(found[0]), region)
    exact = re.search(re.escape(_CLOSINGS[opening]), masked)  # a quotation mark hid it
    near = exact or _NEAR_CLOSING.search(masked)
    line_end = len(region.partition("\n")[0]) if region.strip() else len(region)
    if near and near.start() <= line_end:
        return region[: near.start()], near.end()
    line = region[:line_end]
    if opening == "{%":
        return _guess_statement(line)
    primary = _PRIMARY.match(line)
    return (primary[0], primary.end()) if primary else (line, len(line))


def _guess_statement(line: str) -> tuple[str, int]:
    head = re.match(r"[-+]?(?:p|tr|tc|r)?\s*(\w+)", line)
    keyword = head[1] if head else ""
    if head and (keyword.startswith("end") or keyword == "else"):
        return line[: head.end()], head.end()
    loop = re.match(r"[-+]?(?:p|tr|tc|r)?\s*for\s+[\w, ]+?\s+in\s+", line)
    if loop:
        primary = _PRIMARY.match(line, loop.end())
        return (line[: primary.end()], primary.end()) if primary else (line, len(line))
    if head and keyword in ("if", "elif"):
        condition = _CONDITION.match(line, head.end())
        return (line[: condition.end()], condition.end()) if condition else (line, len(line))
    ends = [match.end() for match in re.finditer(r"\S+", line)]
    for end in reversed(ends):  # the longest beginning that means something
        if head and _parses(line[head.end() : end]):
            return line[:end], end
    return line, len(line)


def _parses(expression: str) -> bool:
    try:
        _plain.parse("{{ " + expression.rpartition("=")[2] + " }}")
    except (TemplateSyntaxError, RecursionError):
        return False
    return bool(expression.strip())


# Braces outside of all tags.


def _strays(text: str, tags: list[FoundTag], looks_known: Callable[[str], bool]) -> Iterator[Break]:
    for start, gap in _gaps(text, tags):
        taken: list[tuple[int, int]] = []
        for match in _APART.finditer(gap):
            taken.append(match.span())
            written = f"{{{match[1]} {match[2].strip()} {'}}' if match[1] == '{' else '%}'}"
            message = f"`{match[0]}` is no tag, because there is a space between its braces."
            yield Break(start + match.start(), "half-open-tag", message, f"Write `{written}`.", match[0])
        for match in _HALF_OPENING.finditer(gap):
            body = (match["body"] or match["body2"] or "").strip()
            closing = match["closing"] or match["closing2"]
            scope = match["scope"] or match["scope2"] or ""
            if not body or _inside(match.start(), taken) or _inside(match.end() - 1, taken):
                continue
            taken.append(match.span())
            written = f"{'{{' if closing == '}}' else '{%'}{scope} {body} {closing}"
            message = f"`{match[0]}` ends like a tag but does not begin like one."
            yield Break(start + match.start(), "half-open-tag", message, f"Write `{written}`.", match[0])
        for match in _LONE.finditer(gap):
            if looks_known(match[1].split("|")[0].strip()) and not _inside(match.start(), taken):
                taken.append(match.span())
                yield Break(
                    start + match.start(),
                    "single-braces",
                    f"`{match[0]}` stands in single braces, so it is printed as it is.",
                    f"Write `{{{{ {match[1].strip()} }}}}`.",
                    match[0],
                )
        for match in _STRAY_CLOSING.finditer(gap):
            if not _inside(match.start(), taken):
                message = f"`{match[0]}` ends a tag, but none begins before it."
                suggestion = "Remove it, or begin the tag with " + {"}": "`{{`", "%": "`{%`", "#": "`{#`"}[match[0][0]]
                yield Break(start + match.start(), "stray-closing", message, f"{suggestion}.", match[0], "warning")


def _gaps(text: str, tags: list[FoundTag]) -> Iterator[tuple[int, str]]:
    position = 0
    for found in sorted(tags, key=lambda found: found.start):
        yield position, text[position : found.start]
        position = found.end
    yield position, text[position:]


def _inside(position: int, spans: list[tuple[int, int]]) -> bool:
    return any(first <= position < behind for first, behind in spans)


def _guess(broken: Break) -> FoundTag | None:
    written = broken.suggestion.partition("`")[2].rpartition("`")[0]
    try:
        found = find_tags(written)
    except UnclosedTagError:
        return None
    return FoundTag(broken.start, broken.start + len(broken.quoted), found[0].tag) if found else None
