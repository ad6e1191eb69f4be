"""Read a Markdown template for the doctor: its tags, and what its directives, pictures and headings say."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mdit_py_plugins.attrs.parse import ParseError, parse

from configs.loader import suggest
from templates.doctor.problems import Place, Problem
from templates.doctor.scan import Break, scan
from templates.doctor.source import Section, SourceTag
from templates.markdown.builder import MAX_LEVEL
from templates.markdown.directives import known_attributes
from templates.markdown.numbering import labels_as_attributes
from templates.nearest import nearest_name
from templates.places import place as place_of
from templates.word.tags import FoundTag, Tag

_DIRECTIVE = re.compile(r"^(?P<indent>\s*)(?P<colons>:{3,})[ \t]*(?P<name>[\w-]*)[ \t]*(?P<rest>.*)$")
_ATTRIBUTES = re.compile(r"^\s*\{(?!\{|%|#\s)(?P<inner>.*)\}\s*$")
_PICTURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<path>[^)\s]*)")
_HEADING = re.compile(r"^(#{1,6})\s+(\S.*)$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_TAG = re.compile(r"\{\{.{0,300}?\}\}|\{%.{0,300}?%\}")  # in one line


@dataclass(frozen=True)
class Directive:
    """A directive as it is written."""

    name: str
    attributes: Mapping[str, str]
    line: int


@dataclass(frozen=True)
class MarkdownSource:
    """A Markdown template, read."""

    section: Section
    directives: tuple[Directive, ...]
    lines: tuple[str, ...]
    name: str

    def place(self, line: int, column: int = 1) -> Place:
        """Make a place in the file."""
        return Place(place_of(self.name, line), self.name.rpartition("/")[2], line=line, column=column)


def read_markdown(
    text: str, *, name: str, files: Mapping[str, bytes] | None, looks_known: Callable[[str], bool]
) -> MarkdownSource:
    """Read a source with all its tags and directives, the broken ones among them."""
    lines = tuple(text.split("\n"))
    text = labels_as_attributes(text)  # `{#label}` is no comment; lines stay what they were
    starts = [0] + [match.end() for match in re.finditer("\n", text)]

    def place(position: int) -> Place:
        line = bisect_right(starts, position)
        where = place_of(name, line)
        return Place(where, name.rpartition("/")[2], line=line, column=position - starts[line - 1] + 1)

    found, breaks = scan(text, looks_known=looks_known)
    tags = [SourceTag(_as_written(entry.tag), place(entry.start)) for entry in found if entry.tag.kind != "comment"]
    section = Section(name, tags)
    section.problems += [_broken(broken, place(broken.start)) for broken in breaks]
    source = MarkdownSource(section, (), lines, name)
    directives = tuple(_directives(source, _masked(text, found)))
    source = MarkdownSource(section, directives, lines, name)
    section.problems += _directive_problems(source)
    section.problems += _pictures(source, files)
    section.problems += _headings(source)
    return source


def _as_written(tag: Tag) -> Tag:
    """Undo what is done for Word: nothing bends quotation marks in a text file, and it has no paragraphs to replace."""
    left, right = tag.trims
    inner = tag.quoted[2 + len(left) : -2 - len(right)]
    return Tag(tag.kind, "", tag.trims, inner, tag.quoted)


def _broken(broken: Break, where: Place) -> Problem:
    return Problem(broken.code, broken.severity, broken.message, where, broken.quoted, broken.suggestion)


def _masked(text: str, tags: list[FoundTag]) -> list[str]:
    """Give the lines with every tag crossed out, so that what is in it is not read as Markdown."""
    pieces, position = [], 0
    for found in tags:
        pieces += [text[position : found.start], re.sub(r"[^\n]", "x", text[found.start : found.end])]
        position = found.end
    return "".join((*pieces, text[position:])).split("\n")


def _directives(source: MarkdownSource, masked: list[str]) -> Iterator[Directive]:
    """Find all directives; those without a closing line and closing lines without a directive are problems."""
    opened: list[tuple[str, str, int]] = []
    is_code = False
    for number, line in enumerate(masked, start=1):
        is_code ^= bool(_FENCE.match(line))
        match = None if is_code else _DIRECTIVE.match(line)
        if match is None:
            continue
        if not match["name"]:
            if opened:
                _close(source, opened, match["colons"])
            else:
                message = f"`{match['colons']}` ends a directive, but none is open."
                problem = Problem(
                    "unmatched-end", "error", message, source.place(number), match["colons"], "Remove it."
                )
                source.section.problems.append(problem)
            continue
        written = source.lines[number - 1].strip()
        opened.append((match["colons"], match["name"], number))
        yield Directive(match["name"], _attributes(source, match["rest"], written, number), number)
    for forgotten in opened:
        _unclosed(source, *forgotten)


def _close(source: MarkdownSource, opened: list[tuple[str, str, int]], colons: str) -> None:
    """End the directive opened last; with more colons than it has, the outer one that has as many."""
    while opened[-1][0] < colons and any(outer[0] == colons for outer in opened[:-1]):
        _unclosed(source, *opened.pop())
    opened.pop()


def _unclosed(source: MarkdownSource, colons: str, name: str, number: int) -> None:
    message = f"`{colons} {name}` is not closed."
    hint = f"End it with `{colons}` on a line of its own."
    problem = Problem("unclosed-directive", "error", message, source.place(number), f"{colons} {name}", hint)
    source.section.problems.append(problem)


def _attributes(source: MarkdownSource, rest: str, written: str, number: int) -> Mapping[str, str]:
    rest = rest.strip()
    if not rest:
        return {}
    name = written.lstrip(": ").partition(" ")[0]
    try:
        end, _ = parse(rest)
    except ParseError:
        end = -1
    if end != len(rest) - 1:
        where = source.place(number)
        hint = _attribute_hint(written, name)
        message = f"The attributes of `{name}` cannot be read."
        source.section.problems.append(Problem("attributes", "error", message, where, written[:200], hint))
        return {}
    own = written[written.index("{") :] if "{" in written else ""
    try:
        return dict(parse(own)[1])
    except ParseError:
        return dict(parse(rest)[1])


def _attribute_hint(written: str, name: str) -> str:
    """Try what is often forgotten: a brace or a quotation mark."""
    bent = written.translate(str.maketrans("“”„", '"""'))
    attempts = [bent, f"{bent}}}", f'{bent}"}}', bent.replace(f"{name} ", f"{name} {{", 1)]
    attempts += [re.sub(r'="([^"\s}]+)(?=[\s}])', r'="\1"', bent), re.sub(r'=([^"\s}]+)"', r'="\1"', bent)]
    for attempt in attempts:
        inner = _TAG.sub(lambda match: "x" * len(match[0]), attempt).partition(name)[2].strip()
        try:
            if inner.startswith("{") and parse(inner)[0] == len(inner) - 1 and attempt != written:
                return f"Did you mean `{attempt}`?"
        except ParseError:
            continue
    return f'Write them as `::: {name} {{key="value"}}`.'


def _directive_problems(source: MarkdownSource) -> Iterator[Problem]:
    known = known_attributes()
    for directive in source.directives:
        where = source.place(directive.line)
        quoted = source.lines[directive.line - 1].strip()
        if directive.name not in known:
            message = f"There is no directive `{directive.name}`."
            yield Problem("unknown-directive", "error", message, where, quoted, suggest(directive.name, sorted(known)))
            continue
        for name in directive.attributes:
            attributes = known[directive.name]
            if name not in attributes:
                meant = nearest_name(name, attributes)
                hint = f"Did you mean `{meant}`?" if meant else f"Known: {', '.join(attributes)}." if attributes else ""
                message = f"`{directive.name}` has no attribute `{name}`."
                yield Problem("unknown-attribute", "error", message, where, quoted, hint or "It takes none.")


def _pictures(source: MarkdownSource, files: Mapping[str, bytes] | None) -> Iterator[Problem]:
    paths = [
        (directive.line, directive.attributes[key])
        for directive in source.directives
        for key in ("logo", "src")
        if key in directive.attributes
    ]
    for number, line in enumerate(source.lines, start=1):
        for match in _PICTURE.finditer(line):
            paths.append((number, match["path"]))
            if not match["alt"].strip():
                message = "A picture has no alternative text, which readers who cannot see it need."
                hint = f"Write `![what it shows]({match['path']})`."
                yield Problem(
                    "picture-without-alt", "error", message, source.place(number, match.start() + 1), match[0], hint
                )
    for number, path in paths:
        if path and "{" not in path and files is not None and path not in files:
            known = [name for name in files if name.rpartition(".")[2].lower() in ("png", "jpg", "jpeg", "svg")]
            meant = nearest_name(path, known, least=0.5)
            hint = f"Did you mean `{meant}`?" if meant else "Put the picture into the template's folder."
            message = f"The template has no file `{path}`."
            yield Problem(
                "missing-file", "error", message, source.place(number), source.lines[number - 1].strip()[:200], hint
            )


def _headings(source: MarkdownSource) -> Iterator[Problem]:
    level = 0
    is_code = False
    for number, line in enumerate(source.lines, start=1):
        is_code ^= bool(_FENCE.match(line))
        match = None if is_code else _HEADING.match(line)
        if match is None:
            continue
        own = len(match[1])
        if own > MAX_LEVEL:
            message = f"A heading has level {own}; there are {MAX_LEVEL}."
            hint = f"Write `{'#' * min(max(level, 1) + 1, MAX_LEVEL)} {match[2]}`."
            yield Problem("heading-level", "error", message, source.place(number), line.strip(), hint)
            own = MAX_LEVEL
        elif own > level + 1 and level:
            message = f"A heading of level {own} follows one of level {level}; readers by ear miss the step between."
            hint = f"Write `{'#' * (level + 1)} {match[2]}`."
            yield Problem("heading-skipped", "warning", message, source.place(number), line.strip(), hint)
        level = own
