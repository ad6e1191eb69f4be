"""Break real templates on purpose, one mistake at a time, knowing where it is and what would be right.

A case is a template with one mistake of one kind. The same seed makes the same cases.
"""

import itertools
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree

from templates.doctor.check import Examination, guessed_schema
from templates.doctor.guess import example_of_schema
from templates.doctor.problems import Problem
from templates.doctor.shapes import LIST, MAPPING, NUMBER, TEXT, YES_NO, Shape, shape_of_examples, shape_of_schema
from templates.doctor.target import Target, target_of_file, target_of_folder
from templates.manifest import MARKDOWN_SOURCE, WORD_SOURCE
from templates.word.archive import read_archive
from templates.word.parts import find_parts
from templates.word.tags import UnclosedTagError, find_tags
from templates.word.text import TEXT as TEXT_ELEMENT
from templates.word.text import running_text
from templates.word.xml import WORD_NAMESPACE

_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_BODY_PATH = re.compile(rf"\s*({_PATH.pattern})\s*(?=[|}}\s]|$)")
_FOR = re.compile(r"(\s*for\s+)(\w+)(\s+in\s+)([\w.]+)\s*$")
_W = f"{{{WORD_NAMESPACE}}}"


@dataclass(frozen=True)
class Spot:
    """A paragraph of a Word part, or a line of a text file."""

    part: str
    number: int


@dataclass(frozen=True)
class Edit:
    """Replace some characters of one paragraph."""

    spot: Spot
    start: int
    end: int
    new: str


@dataclass(frozen=True)
class SeenTag:
    """A tag of the unbroken template."""

    spot: Spot
    start: int
    end: int
    text: str
    kind: str
    keyword: str
    body: str
    loops: tuple[tuple[str, str], ...]
    """The loops around it, as variable and list."""
    opener: "SeenTag | None" = None

    @property
    def path(self) -> str:
        """The path that it prints, or asks for."""
        body = self.body.strip()
        if self.kind == "statement":
            body = body.removeprefix(self.keyword).strip()
        match = _BODY_PATH.match(body)
        return match[1] if match else ""


@dataclass(frozen=True)
class Case:
    """A broken template.

    Attributes:
        spots: where the mistake may rightly be located.
        right: texts of which a suggestion must hold one.
        known: what the doctor says about the unbroken template.
    """

    template: str
    kind: str
    target: Target
    example: Any
    spots: frozenset[Spot]
    right: tuple[str, ...]
    known: frozenset[tuple[str, str]] = field(repr=False)
    shown: str = ""

    def new(self, problems: Sequence[Problem]) -> list[Problem]:
        """Leave out what was there before, and what is only a note."""
        return [p for p in problems if p.severity != "note" and (p.code, p.message) not in self.known]

    def located(self, problems: Sequence[Problem]) -> list[Problem]:
        """Give the problems at the right place."""
        return [problem for problem in self.new(problems) if spot_of(problem) in self.spots]

    def suggested(self, problems: Sequence[Problem]) -> bool:
        """Say whether a problem at the right place says what is right."""
        texts = [" ".join(problem.suggestion.split()) for problem in self.located(problems)]
        return any(" ".join(right.split()) in text for right in self.right for text in texts)


def spot_of(problem: Problem) -> Spot:
    """Give a problem's place in the mutator's terms."""
    number = problem.place.paragraph if problem.place.paragraph is not None else problem.place.line
    return Spot(problem.place.part, -1 if number is None else number)


@dataclass(frozen=True)
class Mistake:
    """What a kind of mistake does to a template."""

    edits: tuple[Edit, ...]
    spots: frozenset[Spot]
    right: tuple[str, ...]
    split: bool = False


class Original:
    """An unbroken template, read for breaking."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.texts: dict[Spot, str] = {}
        self.in_table: set[Spot] = set()
        self.rows: dict[Spot, int] = {}
        self.example: Any = None
        if target.kind == "word":
            self._read_word()
        else:
            part = target.name.rpartition("/")[2]
            for number, line in enumerate(target.content.decode().split("\n"), start=1):
                self.texts[Spot(part, number)] = line
        if target.schema is None:
            self.example = example_of_schema(guessed_schema(target))
        self.shape = shape_of_schema(target.schema) if target.schema else shape_of_examples([self.example or {}])
        self.tags = list(self._tags())
        examined = Examination(target, self.shape)
        self.known = frozenset((problem.code, problem.message) for problem in examined.problems)

    def _read_word(self) -> None:
        found = find_parts(read_archive(self.target.content, name="x"), name="x")
        for part in found.filled:
            rows: dict[Any, int] = {}
            for number, paragraph in enumerate(part.root.iter(f"{_W}p")):
                spot = Spot(part.name, number)
                if any(etree.QName(e).localname == "Fallback" for e in paragraph.iterancestors()):
                    continue
                self.texts[spot] = "".join(text for _, text in running_text(paragraph))
                row = next(paragraph.iterancestors(f"{_W}tr"), None)
                if row is not None:
                    self.in_table.add(spot)
                    self.rows[spot] = rows.setdefault(row, len(rows))

    def _tags(self) -> Iterator[SeenTag]:
        opened: list[SeenTag] = []
        part = ""
        for spot, text in self.texts.items():
            if spot.part != part:
                part, opened = spot.part, []
            try:
                found = find_tags(text)
            except UnclosedTagError:
                continue
            for entry in found:
                keyword = entry.tag.keyword
                opener = opened[-1] if keyword.startswith("end") and opened else None
                if opener is not None:
                    opened.pop()
                loops = tuple((m[2], m[4]) for one in opened if (m := _FOR.match(one.body)))
                raw = text[entry.start : entry.end]
                seen = SeenTag(
                    spot, entry.start, entry.end, raw, entry.tag.kind, keyword, entry.tag.body, loops, opener
                )
                if keyword in ("for", "if"):
                    opened.append(seen)
                yield seen

    def broken(self, mistake: Mistake) -> Target:
        """Give the template with the mistake in it."""
        edits = sorted(mistake.edits, key=lambda edit: -edit.start)
        if self.target.kind == "markdown":
            lines = dict(self.texts)
            for edit in edits:
                lines[edit.spot] = lines[edit.spot][: edit.start] + edit.new + lines[edit.spot][edit.end :]
            content = "\n".join(lines.values()).encode()
        else:
            content = _edited(self.target.content, edits, split=mistake.split)
        name = WORD_SOURCE if self.target.kind == "word" else MARKDOWN_SOURCE
        files = replace(self.target.files, files={**self.target.files.files, name: content})
        return replace(self.target, files=files)

    def scalar_paths(self, *kinds: str) -> list[str]:
        """Give paths of two steps at most that lead to plain values."""
        found = []
        for name, shape in self.shape.fields().items():
            for path, value in [(name, shape), *((f"{name}.{n}", s) for n, s in shape.fields().items())]:
                if value.is_only(*(kinds or (TEXT, NUMBER))):
                    found.append(path)
        return found

    def shape_at(self, tag: SeenTag, path: str) -> Shape | None:
        """Follow a path from where a tag stands."""
        first, *rest = path.split(".")
        shape = self.shape.fields().get(first)
        for variable, iterated in tag.loops:
            if variable == first:
                holder = self.shape_at(replace(tag, loops=tag.loops[:-1]), iterated)
                shape = holder.entry() if holder is not None else None
        for step in rest:
            shape = shape.fields().get(step) if shape is not None else None
        return shape


def _edited(content: bytes, edits: Sequence[Edit], *, split: bool) -> bytes:
    changed = {edit.spot.part for edit in edits}
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            data = source.read(info)
            if info.filename in changed:
                root = etree.fromstring(data)
                paragraphs = list(root.iter(f"{_W}p"))
                for edit in edits:
                    if edit.spot.part == info.filename:
                        _edit(paragraphs[edit.spot.number], edit, split=split)
                data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            target.writestr(info.filename, data)
    return buffer.getvalue()


def _edit(paragraph: Any, edit: Edit, *, split: bool) -> None:
    position, written, last = 0, False, None
    for element, text in list(running_text(paragraph)):
        first, behind = position, position + len(text)
        position = behind
        if element.tag != TEXT_ELEMENT:
            continue
        last = element
        if behind < edit.start or first > edit.end or (written and behind <= edit.start):
            continue
        start, end = max(edit.start - first, 0), min(max(edit.end - first, 0), len(text))
        new = edit.new if not written else ""
        written = True
        element.text = text[:start] + new + text[end:]
        element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    if not written and last is None:
        run = etree.SubElement(paragraph, f"{_W}r")
        last = etree.SubElement(run, f"{_W}t")
    if not written and last is not None:
        last.text = (last.text or "") + edit.new
        last.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    if split:
        _split_runs(paragraph)


def _split_runs(paragraph: Any) -> None:
    """Cut every text of the paragraph's runs into pieces of three characters, as Word does after corrections."""
    for element in list(paragraph.iter(TEXT_ELEMENT)):
        text, run = element.text or "", element.getparent()
        if len(text) < 4 or not str(run.tag).endswith("}r"):
            continue
        element.text = text[:3]
        anchor = run
        for start in range(3, len(text), 3):
            added = etree.Element(run.tag)
            piece = etree.SubElement(added, TEXT_ELEMENT)
            piece.text = text[start : start + 3]
            for one in (piece, element):
                one.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            anchor.addnext(added)
            anchor = added


# The kinds of mistakes. Each takes a template and gives one mistake, or None where the template has no place for it.

Maker = Callable[[random.Random, Original], Mistake | None]


def typo(rng: random.Random, word: str, taken: Sequence[str] = ()) -> str:
    """Misspell a word the way fingers do."""
    for _ in range(50):
        position = rng.randrange(len(word) - 1) if len(word) > 1 else 0
        way = rng.choice(("swap", "drop", "double", "other")) if len(word) > 3 else rng.choice(("double", "other"))
        if way == "swap":
            made = word[:position] + word[position + 1] + word[position] + word[position + 2 :]
        elif way == "drop":
            made = word[: position + 1] + word[position + 2 :]
        elif way == "double":
            made = word[: position + 1] + word[position] + word[position + 1 :]
        else:
            made = word[: position + 1] + rng.choice("aeiourstn") + word[position + 2 :]
        if made != word and made not in taken and made.isidentifier() and made.rstrip("s") != word.rstrip("s"):
            return made
    return word + "x"


def _pick(rng: random.Random, tags: Sequence[SeenTag]) -> SeenTag | None:
    return rng.choice(tags) if tags else None


def _inside(tag: SeenTag, old: str, new: str, *, from_: int = 0) -> Edit | None:
    """Replace text inside of a tag."""
    at = tag.text.find(old, from_)
    if at < 0:
        return None
    return Edit(tag.spot, tag.start + at, tag.start + at + len(old), new)


def _mistake(tag: SeenTag, edit: Edit | None, *right: str, split: bool = False) -> Mistake | None:
    return None if edit is None else Mistake((edit,), frozenset({tag.spot}), right, split)


def _values(original: Original, steps: int | None = None) -> list[SeenTag]:
    """Give the tags that print a known path."""
    tags = [tag for tag in original.tags if tag.kind == "expression" and tag.path]
    tags = [tag for tag in tags if original.shape_at(tag, tag.path) is not None]
    return [tag for tag in tags if steps is None or len(tag.path.split(".")) == steps]


def _names(original: Original, tag: SeenTag) -> list[str]:
    return [*original.shape.fields(), *(variable for variable, _ in tag.loops)]


def _misspelt(
    rng: random.Random, original: Original, tag: SeenTag | None, step: int, *, split: bool = False
) -> Mistake | None:
    if tag is None:
        return None
    steps = tag.path.split(".")
    if len(steps[step]) < 3:
        return None
    wrong = list(steps)
    wrong[step] = typo(rng, steps[step], _names(original, tag))
    at = tag.text.find(tag.path, 2)
    edit = Edit(tag.spot, tag.start + at, tag.start + at + len(tag.path), ".".join(wrong))
    return _mistake(tag, edit, tag.path, split=split)


def misspelt_top(rng: random.Random, original: Original) -> Mistake | None:
    tags = [tag for tag in _values(original, 1) if tag.path in original.shape.fields()]
    return _misspelt(rng, original, _pick(rng, tags), 0)


def misspelt_field(rng: random.Random, original: Original) -> Mistake | None:
    return _misspelt(rng, original, _pick(rng, _values(original, 2)), 1)


def misspelt_parent(rng: random.Random, original: Original) -> Mistake | None:
    tags = [tag for tag in _values(original, 2) if tag.path.split(".")[0] in original.shape.fields()]
    return _misspelt(rng, original, _pick(rng, tags), 0)


def misspelt_variable(rng: random.Random, original: Original) -> Mistake | None:
    tags = [tag for tag in _values(original) if tag.path.split(".")[0] in dict(tag.loops)]
    return _misspelt(rng, original, _pick(rng, tags), 0)


def misspelt_in_runs(rng: random.Random, original: Original) -> Mistake | None:
    if original.target.kind != "word":
        return None
    tag = _pick(rng, _values(original))
    return _misspelt(rng, original, tag, rng.randrange(len(tag.path.split("."))), split=True) if tag else None


def misspelt_loop_target(rng: random.Random, original: Original) -> Mistake | None:
    tag = _pick(rng, [tag for tag in _loops(original) if len(_FOR.match(tag.body)[2]) > 2 and _uses(original, tag)])  # type: ignore[index]
    if tag is None:
        return None
    name = _FOR.match(tag.body)[2]  # type: ignore[index]
    wrong = typo(rng, name, _names(original, tag))
    uses = _uses(original, tag)
    at = re.search(rf"\bfor\s+{name}\b", tag.text).end() - len(name)  # type: ignore[union-attr]
    edit = Edit(tag.spot, tag.start + at, tag.start + at + len(name), wrong)
    spots = {tag.spot} | ({uses[0].spot} if len(uses) == 1 else set())  # with one use, either may be the wrong one
    return Mistake((edit,), frozenset(spots), (tag.text, tag.body.strip(), wrong if len(uses) == 1 else tag.text))


def _loops(original: Original) -> list[SeenTag]:
    return [tag for tag in original.tags if tag.keyword == "for" and _FOR.match(tag.body)]


def _uses(original: Original, loop: SeenTag) -> list[SeenTag]:
    pair = _FOR.match(loop.body)
    if pair is None:
        return []
    position = original.tags.index(loop)
    found = []
    for tag in original.tags[position + 1 :]:
        if tag.opener is loop:
            break
        if (pair[2], pair[4]) in tag.loops and re.search(rf"\b{pair[2]}\b", tag.body):
            found.append(tag)
    return found


def misspelt_list(rng: random.Random, original: Original) -> Mistake | None:
    tag = _pick(rng, [tag for tag in _loops(original) if original.shape_at(tag, _FOR.match(tag.body)[4]) is not None])  # type: ignore[index]
    if tag is None:
        return None
    path = _FOR.match(tag.body)[4]  # type: ignore[index]
    steps = path.split(".")
    steps[-1] = typo(rng, steps[-1], _names(original, tag))
    at = re.search(rf"\bin\s+{re.escape(path)}", tag.text).end() - len(path)  # type: ignore[union-attr]
    return _mistake(tag, Edit(tag.spot, tag.start + at, tag.start + at + len(path), ".".join(steps)), path)


def misspelt_condition(rng: random.Random, original: Original) -> Mistake | None:
    tags = [tag for tag in original.tags if tag.keyword in ("if", "elif") and tag.path and tag.path != "not"]
    tags = [tag for tag in tags if original.shape_at(tag, tag.path) is not None]
    tag = _pick(rng, tags)
    if tag is None or len(tag.path.split(".")[-1]) < 3:
        return None
    steps = tag.path.split(".")
    steps[-1] = typo(rng, steps[-1], _names(original, tag))
    at = tag.text.find(tag.path, tag.text.find(tag.keyword) + len(tag.keyword))
    return _mistake(tag, Edit(tag.spot, tag.start + at, tag.start + at + len(tag.path), ".".join(steps)), tag.path)


def field_without_parent(rng: random.Random, original: Original) -> Mistake | None:
    tags = [tag for tag in _values(original, 2) if tag.path.split(".")[1] not in _names(original, tag)]
    tag = _pick(rng, tags)
    if tag is None:
        return None
    name = tag.path.split(".")[1]
    rivals = {path for path in original.scalar_paths() if path.endswith(f".{name}")}
    right = (tag.path,) if len(rivals) < 2 else (tag.path, *rivals)  # several parents have it: each is a fair guess
    return _mistake(tag, _inside(tag, tag.path, name, from_=2), *right)


def unclosed_value(rng: random.Random, original: Original) -> Mistake | None:
    tag = _pick(rng, [tag for tag in original.tags if tag.kind == "expression"])
    return _mistake(tag, Edit(tag.spot, tag.end - 2, tag.end, ""), *_written(tag)) if tag else None


def half_closed_value(rng: random.Random, original: Original) -> Mistake | None:
    tag = _pick(rng, [tag for tag in original.tags if tag.kind == "expression"])
    return _mistake(tag, Edit(tag.spot, tag.end - 1, tag.end, ""), *_written(tag)) if tag else None


def unclosed_statement(rng: random.Random, original: Original) -> Mistake | None:
    tag = _pick(rng, _statements(original))
    if tag is None:
        return None
    start, end = rng.choice(((tag.end - 2, tag.end), (tag.end - 2, tag.end - 1), (tag.end - 1, tag.end)))
    return _mistake(tag, Edit(tag.spot, start, end, ""), *_written(tag))


def half_opened(rng: random.Random, original: Original) -> Mistake | None:
    tag = _pick(rng, [tag for tag in original.tags if tag.kind == "expression" and tag.path])
    return _mistake(tag, Edit(tag.spot, tag.start, tag.start + 1, ""), *_written(tag)) if tag else None


def single_braces(rng: random.Random, original: Original) -> Mistake | None:
    tags = [tag for tag in _values(original) if tag.path == tag.body.strip() and not re.match(r"\{\{[pr]\s", tag.text)]
    tag = _pick(rng, tags)
    return _mistake(tag, Edit(tag.spot, tag.start, tag.end, f"{{{tag.path}}}"), *_written(tag)) if tag else None


def _statements(original: Original) -> list[SeenTag]:
    return [
        tag for tag in original.tags if tag.kind == "statement" and tag.keyword not in ("vm", "hm", "cellbg", "colspan")
    ]


def _written(tag: SeenTag) -> tuple[str, ...]:
    """Give a tag's text in the forms in which it can be written."""
    inner = re.match(r"\{[{%]([-+]?)(p|tr|tc|r)?(?=\s)", tag.text)
    scope = (inner[2] or "") if inner else ""
    opening = tag.text[:2]
    closing = "}}" if opening == "{{" else "%}"
    body = tag.body.strip().replace("‘", "'").replace("’", "'")
    return tag.text, f"{opening}{scope} {body} {closing}", f"{opening} {body} {closing}"


def missing_end(rng: random.Random, original: Original) -> Mistake | None:
    tag = _pick(rng, [tag for tag in original.tags if tag.opener is not None])
    if tag is None or tag.opener is None:
        return None
    spots = frozenset({tag.spot, tag.opener.spot})
    return Mistake((Edit(tag.spot, tag.start, tag.end, ""),), spots, (tag.keyword,))


def extra_end(rng: random.Random, original: Original) -> Mistake | None:
    tags = [tag for tag in original.tags if tag.kind == "expression" and not _open_at(original, tag)]
    tag = _pick(rng, tags)
    if tag is None:
        return None
    extra = rng.choice(("{% endif %}", "{% endfor %}"))
    return _mistake(tag, Edit(tag.spot, tag.end, tag.end, extra), "Remove", extra)


def _open_at(original: Original, tag: SeenTag) -> bool:
    depth = 0
    for one in original.tags:
        if one is tag:
            return depth > 0
        depth += (one.keyword in ("for", "if")) - (one.opener is not None)
    return False


def crossed(rng: random.Random, original: Original) -> Mistake | None:
    position = {id(tag): number for number, tag in enumerate(original.tags)}
    pairs = [
        (inner, outer)
        for inner, outer in itertools.pairwise(tag for tag in original.tags if tag.opener is not None)
        if inner.keyword != outer.keyword
        and inner.spot.part == outer.spot.part
        and position[id(outer.opener)] < position[id(inner.opener)]
    ]
    if not pairs:
        return None
    inner, outer = rng.choice(pairs)
    edits = (
        Edit(inner.spot, inner.start, inner.end, inner.text.replace(inner.keyword, outer.keyword)),
        Edit(outer.spot, outer.start, outer.end, outer.text.replace(outer.keyword, inner.keyword)),
    )
    return Mistake(edits, frozenset({inner.spot, outer.spot}), (inner.text, inner.keyword))


def wrong_end(rng: random.Random, original: Original) -> Mistake | None:
    tag = _pick(rng, [tag for tag in original.tags if tag.keyword in ("endfor", "endif") and tag.opener])
    if tag is None:
        return None
    other = "endif" if tag.keyword == "endfor" else "endfor"
    return _mistake(tag, _inside(tag, tag.keyword, other), tag.keyword)


def missing_in(rng: random.Random, original: Original) -> Mistake | None:
    tag = _pick(rng, _loops(original))
    if tag is None:
        return None
    match = re.search(r"\s+in(?=\s)", tag.text)
    if match is None:
        return None
    edit = Edit(tag.spot, tag.start + match.start(), tag.start + match.end(), rng.choice(("", " of", " im")))
    return _mistake(tag, edit, *_written(tag))


def misspelt_keyword(rng: random.Random, original: Original) -> Mistake | None:
    tag = _pick(
        rng, [tag for tag in _statements(original) if tag.keyword in ("for", "endfor", "endif", "else", "elif", "set")]
    )
    if tag is None:
        return None
    wrong = {"for": "fro", "set": "ste"}.get(tag.keyword) or typo(rng, tag.keyword, ("if", "for", "elif", "else"))
    return _mistake(tag, _inside(tag, tag.keyword, wrong), tag.keyword)


def misspelt_filter(rng: random.Random, original: Original) -> Mistake | None:
    found = []
    for tag in original.tags:
        if tag.kind == "expression":
            found += [(tag, match) for match in re.finditer(r"\|\s*(\w{3,})", tag.text)]
    if not found:
        return None
    tag, match = rng.choice(found)
    known = ("money", "date", "number", "percent", "sum", "join", "default", "plural", "first", "upper", "round", "min")
    if match[1] not in known:
        return None
    edit = Edit(tag.spot, tag.start + match.start(1), tag.start + match.end(1), typo(rng, match[1], known))
    return _mistake(tag, edit, match[1])


def filter_on_wrong_type(rng: random.Random, original: Original) -> Mistake | None:
    tag = _pick(rng, _values(original))
    shape = original.shape_at(tag, tag.path) if tag else None
    if tag is None or shape is None:
        return None
    piped = re.search(r"\|\s*(\w+)", tag.text)
    if shape.is_only(TEXT) and shape.form != "pattern":
        wrong = rng.choice(('money("EUR")', "number", "percent(1)"))
    elif shape.is_only(NUMBER):
        wrong = rng.choice(('date("long")', "date"))
    else:
        return None
    right = (piped[1],) if piped and piped[1] in ("date", "money", "number", "percent") else (tag.path,)
    edit = Edit(tag.spot, tag.start, tag.end, f"{{{{ {tag.path} | {wrong} }}}}")
    return _mistake(tag, edit, *right)


def wrong_argument(rng: random.Random, original: Original) -> Mistake | None:
    found: list[tuple[SeenTag, int, int, str, str]] = []
    for tag in original.tags:
        for match in re.finditer(r"\b(digits|signed|attribute)\s*=", tag.text):
            found.append((tag, *match.span(1), typo(rng, match[1]), match[1]))
        for match in re.finditer(r"\|\s*(?:percent|number)\((\d)", tag.text):
            found.append((tag, *match.span(1), f'"{match[1]}"', match[1]))
        for match in re.finditer(r"""\bdate\(["“'](long|medium|short|full)""", tag.text):
            found.append((tag, *match.span(1), typo(rng, match[1]), match[1]))
        for match in re.finditer(r"""money\(["“'](EUR|USD|GBP)""", tag.text):
            found.append((tag, *match.span(1), match[1].lower(), match[1]))
        for match in re.finditer(r"""attribute\s*=\s*["'](\w{4,})["']""", tag.text):
            found.append((tag, *match.span(1), typo(rng, match[1]), match[1]))
    if not found:
        return None
    tag, start, end, wrong, right = rng.choice(found)
    return _mistake(tag, Edit(tag.spot, tag.start + start, tag.start + end, wrong), right)


def missing_quote(rng: random.Random, original: Original) -> Mistake | None:
    found = [(tag, match) for tag in original.tags for match in re.finditer(r"[\"“‘']([^\"”’']+)([\"”’'])", tag.text)]
    if not found:
        return None
    tag, match = rng.choice(found)
    bent = rng.choice(("“", '"')) if match[0][0] in '"“' else match[0][0]
    edit = Edit(tag.spot, tag.start + match.start(), tag.start + match.end(), f"{bent}{match[1]}")
    return _mistake(tag, edit, f'"{match[1]}"', f"'{match[1]}'")


def missing_bracket(rng: random.Random, original: Original) -> Mistake | None:
    found = [(tag, tag.text.rfind(")")) for tag in original.tags if tag.text.count("(") == tag.text.count(")") == 1]
    if not found:
        return None
    tag, at = rng.choice(found)
    return _mistake(tag, Edit(tag.spot, tag.start + at, tag.start + at + 1, ""), *_written(tag))


def single_equals(rng: random.Random, original: Original) -> Mistake | None:
    tag = _pick(rng, [tag for tag in original.tags if tag.keyword in ("if", "elif") and "==" in tag.text])
    return _mistake(tag, _inside(tag, "==", "="), "==") if tag else None


def unknown_test(rng: random.Random, original: Original) -> Mistake | None:
    tag = _pick(rng, [tag for tag in original.tags if " is defined" in tag.text])
    return _mistake(tag, _inside(tag, "defined", typo(rng, "defined")), "defined") if tag else None


def row_outside_table(rng: random.Random, original: Original) -> Mistake | None:
    tags = [tag for tag in _statements(original) if tag.text.startswith("{%p ") and tag.spot not in original.in_table]
    tag = _pick(rng, tags)
    if tag is None:
        return None
    return _mistake(tag, Edit(tag.spot, tag.start + 2, tag.start + 3, rng.choice(("tr", "tc"))), *_written(tag))


def row_tag_in_wrong_row(rng: random.Random, original: Original) -> Mistake | None:
    ends = [tag for tag in original.tags if tag.text.startswith("{%tr") and tag.opener is not None]
    tag = _pick(rng, ends)
    if tag is None:
        return None
    rows = original.rows
    used = {one.spot for one in original.tags if one.kind == "expression"}
    goals = [spot for spot in used if spot.part == tag.spot.part and rows.get(spot, -9) in (rows[tag.spot] - 1,)]
    if not goals:
        return None
    goal = rng.choice(sorted(goals, key=lambda spot: spot.number))
    text = original.texts[goal]
    edits = (Edit(tag.spot, tag.start, tag.end, ""), Edit(goal, len(text), len(text), tag.text))
    return Mistake(edits, frozenset({goal}), (tag.text,))


def end_elsewhere(rng: random.Random, original: Original) -> Mistake | None:
    """Move the end of a block into, or out of, a table."""
    if original.target.kind != "word":
        return None
    tag = _pick(rng, [tag for tag in original.tags if tag.opener is not None])
    if tag is None:
        return None
    is_in = tag.spot in original.in_table
    after = [s for s in original.texts if s.part == tag.spot.part and s.number > tag.spot.number]
    used = {one.spot for one in original.tags}
    goals = [spot for spot in after if (spot in original.in_table) != is_in and spot not in used]
    if not goals:
        return None
    goal = goals[0]
    edits = (Edit(tag.spot, tag.start, tag.end, ""), Edit(goal, 0, 0, tag.text))
    return Mistake(edits, frozenset({goal}), (tag.text, *_written(tag)))


def loop_over_scalar(rng: random.Random, original: Original) -> Mistake | None:
    tag = _pick(rng, [tag for tag in _loops(original) if _FOR.match(tag.body)[4] in original.shape.fields()])  # type: ignore[index]
    scalars = original.scalar_paths()
    if tag is None or not scalars or not _uses(original, tag):
        return None
    path = _FOR.match(tag.body)[4]  # type: ignore[index]
    at = re.search(rf"\bin\s+{re.escape(path)}", tag.text).end() - len(path)  # type: ignore[union-attr]
    return _mistake(tag, Edit(tag.spot, tag.start + at, tag.start + at + len(path), rng.choice(scalars)), path)


def field_on_list(rng: random.Random, original: Original) -> Mistake | None:
    tags = [tag for tag in _values(original, 2) if tag.path.split(".")[0] in dict(tag.loops)]
    tag = _pick(rng, tags)
    if tag is None:
        return None
    variable, name = tag.path.split(".")
    return _mistake(tag, _inside(tag, tag.path, f"{dict(tag.loops)[variable]}.{name}", from_=2), tag.path)


def printed_mapping(rng: random.Random, original: Original) -> Mistake | None:
    tags = []
    for tag in _values(original, 2):
        shape = original.shape_at(tag, tag.path.split(".")[0])
        if tag.body.strip() == tag.path and shape is not None and shape.is_only(MAPPING) and len(shape.fields()) <= 8:
            tags.append(tag)
    tag = _pick(rng, tags)
    if (
        tag is None
        or ("prints-mapping", f"`{tag.path.split('.')[0]}` is a mapping, which cannot be printed.") in original.known
    ):
        return None  # the template does so elsewhere
    return _mistake(tag, _inside(tag, tag.path, tag.path.split(".")[0], from_=2), tag.path)


def printed_list(rng: random.Random, original: Original) -> Mistake | None:
    lists = [name for name, shape in original.shape.fields().items() if shape.is_only(LIST)]
    tag = _pick(rng, [tag for tag in _values(original) if tag.body.strip() == tag.path])
    if tag is None or not lists:
        return None
    name = rng.choice(lists)
    return _mistake(tag, _inside(tag, tag.path, name, from_=2), f"in {name}")


def printed_condition(rng: random.Random, original: Original) -> Mistake | None:
    flags = original.scalar_paths(YES_NO)
    tag = _pick(rng, [tag for tag in _values(original) if tag.body.strip() == tag.path])
    if tag is None or not flags:
        return None
    name = rng.choice(flags)
    return _mistake(tag, _inside(tag, tag.path, name, from_=2), f"if {name}")


# Markdown only.


def _lines(original: Original, pattern: str) -> list[tuple[Spot, re.Match[str]]]:
    if original.target.kind != "markdown":
        return []
    return [(spot, match) for spot, text in original.texts.items() for match in re.finditer(pattern, text)]


def _in_line(
    rng: random.Random, found: list[tuple[Spot, re.Match[str]]], change: Callable[[str], str]
) -> Mistake | None:
    if not found:
        return None
    spot, match = rng.choice(found)
    return Mistake((Edit(spot, *match.span(1), change(match[1])),), frozenset({spot}), (match[1],))


def unknown_directive(rng: random.Random, original: Original) -> Mistake | None:
    found = _lines(original, r"^:{3,}\s*([\w-]+)")
    return _in_line(rng, found, lambda name: typo(rng, name.replace("-", "_")).replace("_", "-"))


def unknown_attribute(rng: random.Random, original: Original) -> Mistake | None:
    return _in_line(rng, _lines(original, r"^:{3,}.*?[{ ]([a-z]{4,})=\""), lambda name: typo(rng, name))


def bad_picture(rng: random.Random, original: Original) -> Mistake | None:
    found = _lines(original, r"(assets/[\w-]+)\.(?:svg|png|jpe?g)")
    return _in_line(rng, found, lambda path: "assets/" + typo(rng, path.removeprefix("assets/").replace("-", "_")))


def deep_heading(rng: random.Random, original: Original) -> Mistake | None:
    found = _lines(original, r"^(#{1,4})\s")
    if not found:
        return None
    spot, match = rng.choice(found)
    text = original.texts[spot].lstrip("# ")
    return Mistake((Edit(spot, *match.span(1), "######"),), frozenset({spot}), (f"# {text}",))


def unbound_directive(rng: random.Random, original: Original) -> Mistake | None:
    return _in_line(rng, _lines(original, r"^:{3,}.*\bdata=\"(\w+)\""), lambda name: typo(rng, name))


def unknown_passage(rng: random.Random, original: Original) -> Mistake | None:
    return _in_line(rng, _lines(original, r"^:{3,} passage .*name=\"(\w+)\""), lambda name: typo(rng, name))


def unclosed_directive(rng: random.Random, original: Original) -> Mistake | None:
    if original.target.kind != "markdown":
        return None
    opened: list[Spot] = []
    pairs = []
    for spot, text in original.texts.items():
        if re.match(r"^:{3,}\s*[\w-]", text):
            opened.append(spot)
        elif re.match(r"^:{3,}\s*$", text) and opened:
            pairs.append((opened.pop(), spot))
    if not pairs:
        return None
    opener, closer = rng.choice(pairs)
    edit = Edit(closer, 0, len(original.texts[closer]), "")
    return Mistake((edit,), frozenset({opener, closer}), ("`:::`", "End it with"))


MAKERS: dict[str, Maker] = {
    maker.__name__: maker
    for maker in (
        misspelt_top, misspelt_field, misspelt_parent, misspelt_variable, misspelt_in_runs, misspelt_loop_target,
        misspelt_list, misspelt_condition, field_without_parent, unclosed_value, half_closed_value, unclosed_statement,
        half_opened, single_braces, missing_end, extra_end, crossed, wrong_end, missing_in, misspelt_keyword,
        misspelt_filter, filter_on_wrong_type, wrong_argument, missing_quote, missing_bracket, single_equals,
        unknown_test, row_outside_table, row_tag_in_wrong_row, end_elsewhere, loop_over_scalar, field_on_list,
        printed_mapping, printed_list, printed_condition, unknown_directive, unknown_attribute, bad_picture,
        deep_heading, unbound_directive, unknown_passage, unclosed_directive,
    )
}  # fmt: skip


def originals(library: Path, files: Path | None = None) -> list[Original]:
    """Read the library's templates and, where a folder is given, the Word files in it that hold tags."""
    found = [
        Original(target_of_folder(folder))
        for folder in sorted(library.iterdir())
        if (folder / "template.toml").is_file()
    ]
    for path in sorted(files.rglob("*.docx")) if files else []:
        try:
            original = Original(target_of_file("word", path.read_bytes(), name=path.name))
        except Exception:
            continue
        if original.tags:
            found.append(original)
    return found


def make_cases(templates: Sequence[Original], *, seed: int, per_kind: int) -> list[Case]:
    """Make up to `per_kind` different cases of every kind, spread over the templates."""
    cases: list[Case] = []
    for kind, maker in MAKERS.items():
        rng = random.Random(f"{seed} {kind}")
        seen: set[tuple[str, tuple[Edit, ...]]] = set()
        order = list(templates)
        for _ in range(per_kind * 6):
            if len(seen) >= per_kind:
                break
            rng.shuffle(order)
            for original in order:
                mistake = maker(rng, original)
                key = (original.target.name, mistake.edits) if mistake else None
                if mistake is None or key is None or key in seen:
                    continue
                seen.add(key)
                cases.append(_case(kind, original, mistake))
                break
    return cases


def _case(kind: str, original: Original, mistake: Mistake) -> Case:
    shown = " / ".join(
        f"{edit.spot.number}: {edit.new!r} for {original.texts[edit.spot][edit.start : edit.end]!r}"
        for edit in mistake.edits
    )
    target = original.broken(mistake)
    return Case(
        original.target.name, kind, target, original.example, mistake.spots, mistake.right, original.known, shown
    )
