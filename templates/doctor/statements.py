"""Parse each tag on its own, so that every syntax error is found, and guess how a broken one was meant."""

import functools
import itertools
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError, nodes

from templates.doctor.problems import Problem
from templates.doctor.source import SourceTag, rewrite

_MAX_REPAIRED = 2_000  # characters of a tag; a longer one is told without a guess
_MAX_ATTEMPTS = 200
_BENT = str.maketrans({**dict.fromkeys("“”„‟", '"'), **dict.fromkeys("‘’‚‛", "'"), "–": "-", "—": "-"})
_LOOP_WITHOUT_IN = re.compile(
    r"for\s+(?!in\b)(\w+(?:\s*,\s*\w+)*)\s+(?!in\b)(?:(?:of|on|im|ni|is|inn|ins|from|at)\s+|[:=]\s*)?(\S.*)$"
)
_ENDINGS = {"for": "endfor", "if": "endif", "macro": "endmacro", "call": "endcall", "filter": "endfilter"}
_VALUE_TAGS = ("cellbg", "colspan")
_environment = Environment()


@dataclass(frozen=True)
class Parsed:
    """A tag's Jinja, or what is wrong with it."""

    node: nodes.Node | None
    problem: Problem | None = None


def parse_tag(tag: SourceTag, *, filters: Collection[str] = (), is_known: Callable[[str], bool]) -> Parsed:
    """Parse a tag on its own; where it is wrong but its meaning can be guessed, give both.

    Args:
        tag: the tag.
        filters: the names of all filters.
        is_known: says whether a dotted path leads to a value.
    """
    body = tag.tag.body.strip()
    if tag.tag.kind == "expression" and not body:
        return Parsed(None, tag.problem("syntax", "The tag is empty.", "Write the name of a field into it."))
    try:
        return Parsed(_parse(tag.tag.kind, body))
    except (TemplateSyntaxError, RecursionError) as error:
        message = error.message if isinstance(error, TemplateSyntaxError) else "It is nested too deeply"
    attempts = _repairs(tag, body, filters, is_known) if len(body) <= _MAX_REPAIRED else iter(())
    for repaired in itertools.islice(attempts, _MAX_ATTEMPTS):
        try:
            node = _parse(tag.tag.kind, repaired)
        except (TemplateSyntaxError, RecursionError):
            continue
        written = rewrite(tag.tag, repaired)
        return Parsed(node, tag.problem(*_described(body, repaired, message), f"Did you mean `{written}`?"))
    return Parsed(None, tag.problem("syntax", _sentence(message)))


@functools.lru_cache(maxsize=4_096)  # the same tag is looked at by several checks
def _parse(kind: str, body: str) -> nodes.Node | None:
    if kind == "expression":
        return _expression(body)
    keyword = re.split(r"\s|\(", body, maxsplit=1)[0]
    rest = body[len(keyword) :].strip()
    if keyword in _VALUE_TAGS:
        return _expression(rest)
    if keyword in ("else", "vm", "hm", "raw") or keyword.startswith("end"):
        return None
    if keyword == "elif":
        body = f"if {rest}"
        keyword = "if"
    is_block = keyword in _ENDINGS or keyword == "with" or (keyword == "set" and "=" not in body)
    end = _ENDINGS.get(keyword, f"end{keyword}")
    tree = _environment.parse(f"{{% {body} %}}" + (f"{{% {end} %}}" if is_block else ""))
    if len(tree.body) != 1 or isinstance(tree.body[0], nodes.Output):
        raise TemplateSyntaxError("the tag holds the end of a tag in it", 1)
    return tree.body[0]


def _expression(body: str) -> nodes.Node:
    output = _environment.parse(f"{{{{ {body} }}}}").body
    if len(output) != 1 or not isinstance(output[0], nodes.Output) or len(output[0].nodes) != 1:
        raise TemplateSyntaxError("the tag holds the end of a tag in it", 1)
    node = output[0].nodes[0]
    if isinstance(node, nodes.TemplateData):
        raise TemplateSyntaxError("expected a value", 1)
    return node


def _described(body: str, repaired: str, message: str | None) -> tuple[str, str]:
    if _LOOP_WITHOUT_IN.match(body) and repaired.startswith("for"):
        return "syntax", "A loop needs the word `in` between its variable and its list."
    if body.translate(_BENT) == repaired and body != repaired:
        return "smart-quotes", "The tag holds bent quotation marks or dashes."
    if _quotes(body) != _quotes(repaired):
        return "smart-quotes" if re.search("[“”„‟‘’‚‛]", body) else "syntax", "A quotation mark is missing in the tag."
    return "syntax", _sentence(message)


def _quotes(text: str) -> int:
    return sum(text.count(mark) for mark in "\"'“”„‟‘’‚‛")


def _repairs(tag: SourceTag, body: str, filters: Collection[str], is_known: Callable[[str], bool]) -> Iterator[str]:
    """Give what the tag could have been meant to say, the likeliest first."""
    straight = body.translate(_BENT)
    loop = _LOOP_WITHOUT_IN.match(body)
    if loop and tag.tag.kind == "statement":
        yield f"for {loop[1]} in {loop[2]}"
    if straight != body:
        yield straight
    yield from _with_quotes(body)
    if straight != body:
        yield from _with_quotes(straight)
    yield from _with_brackets(straight)
    yield re.sub(r"(?<![=!<>])=(?!=)", "==", straight)
    yield straight.replace("&&", " and ").replace("||", " or ").replace("<>", "!=")
    yield re.sub(r"!(?!=)", "not ", straight)
    yield re.sub(r"\s*\|\s*\|\s*", " | ", straight)
    yield re.sub(r"\|\s*$", "", straight).strip()
    yield re.sub(r"\.\s*\.", ".", straight)
    yield re.sub(r"\s+\.\s*|\s*\.\s+", ".", straight)
    yield straight.rstrip(".,;:}{%|=+-*/ ")
    yield straight.replace(" then", "")
    yield re.sub(r"(\w)\s*:\s*(\w+|\"[^\"]*\")\s*$", r"\1(\2)", straight)  # `date: "long"`, as other dialects write it
    if tag.tag.kind == "expression":
        bare = re.fullmatch(r"(.*\S)\s+([a-z]\w*)(\(.*\))?", straight)
        if bare and bare[2] in filters:
            yield f"{bare[1]} | {bare[2]}{bare[3] or ''}"
        path = re.match(r"[A-Za-z_]\w*(?:[\s./-]+[A-Za-z_]\w*)+", straight)
        if path:
            words = re.split(r"[\s./-]+", path[0])
            joined = ("_".join(words), ".".join(words))
            yield from (known + straight[path.end() :] for known in joined if is_known(known))
        yield re.sub(r"\s*[/\\>]\s*", ".", straight)
        yield re.sub(r"(?<=\w)[\s-]+(?=\w)", "_", straight)
        yield re.sub(r"[^\w.|()\[\]\"', ]", "", straight)
    yield re.sub(r"\s+(?=[\w.]+$)", "_", straight)


def _with_quotes(body: str) -> Iterator[str]:
    """Put the quotation mark in that is missing: at the end of the word it begins, or before the one it ends."""
    for mark in ("“”", "„“", "”", "‘’", "’", '"', "'"):
        opener, closer = mark[0], mark[-1]
        straight = '"' if opener in '“„”"' else "'"
        positions = [index for index, sign in enumerate(body) if sign in (opener, closer)]
        if len(positions) % 2 == 0 and opener == closer:
            continue
        for index in positions:
            rest = body[index + 1 :]
            for stops in (r"[^,)\]|=<>\"'“”„‘’]*", r"[^,)\]|=<>\"'“”„‘’:}]*", r"[^)\]|\"'“”„‘’]*"):
                word = re.match(stops, rest)
                if not word or not word[0].strip():
                    continue
                is_separator = not any(map(str.isalnum, word[0]))  # as in `join(', ')`, where a space counts
                end = index + 1 + len(word[0] if is_separator else word[0].rstrip())
                yield (body[:index] + straight + body[index + 1 : end] + straight + body[end:]).translate(_BENT)
            before = re.search(r"[^,(\[|=<>\"'“”„‘’]*$", body[:index])
            if before and before[0].strip():
                start = before.start() + len(before[0]) - len(before[0].lstrip())
                yield (body[:start] + straight + body[start:index] + straight + body[index + 1 :]).translate(_BENT)


def _with_brackets(body: str) -> Iterator[str]:
    for opener, closer in ("()", "[]", "{}"):
        missing = body.count(opener) - body.count(closer)
        if missing > 0:
            yield body + closer * missing
            for match in re.finditer(r"\s*(?:[,|)}\]]|$)", body):
                if body.rfind(opener, 0, match.start()) >= 0:
                    yield body[: match.start()] + closer + body[match.start() :]
        elif missing < 0:
            for match in list(re.finditer(re.escape(closer), body))[::-1]:
                yield body[: match.start()] + body[match.end() :]
            name = re.match(r"(.*?\|\s*\w+)\s*(.*)$", body)
            if name and opener == "(":
                yield f"{name[1]}({name[2]}"


def _sentence(message: str | None) -> str:
    text = (message or "it cannot be read").partition(" Jinja was looking for")[0].rstrip(".")
    text = text.replace("expected token", "expected").replace("end of print statement", "the end of the tag")
    text = text.replace("end of statement block", "the end of the tag")
    return f"The tag cannot be read: {text}."
