"""Match the tags of a section into blocks, and find every one that does not fit.

Where a tag is missing or too much, the matching goes on with what was most
likely meant, so that one mistake is told once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from templates.doctor.keywords import BETWEEN, BLOCKS, KEYWORDS, SCOPES, WITHOUT_MEANING, meant_keyword
from templates.doctor.problems import Problem
from templates.doctor.source import Section, SourceTag, rewrite
from templates.word.balance import standing_of
from templates.word.tags import Tag

_MAX_PROBLEMS = 300  # of one part; behind them nobody is helped by a guess


@dataclass(eq=False)
class Branch:
    """A tag and what stands behind it, up to the next tag of its block."""

    tag: SourceTag
    body: "list[SourceTag | Block]" = field(default_factory=list)


@dataclass(eq=False)
class Block:
    """A block: its branches (`for` and `else`, `if`, `elif` and `else`) and its end, if there is one."""

    keyword: str
    branches: list[Branch]
    end: SourceTag | None = None

    @property
    def opener(self) -> SourceTag:
        """The tag that begins the block."""
        return self.branches[0].tag


Items = list[SourceTag | Block]


def match_blocks(section: Section) -> Items:
    """Give the section's tags as a tree, and add what is wrong with it to the section's problems."""
    return _Matcher(section).match()


class _Matcher:
    def __init__(self, section: Section) -> None:
        self._section = section
        self._items: Items = []
        self._open: list[Block] = []
        self._tags = _without_raw([self._corrected(tag) for tag in section.tags])

    def match(self) -> Items:
        for number, tag in enumerate(self._tags):
            keyword = tag.tag.keyword
            if keyword in BLOCKS and not (keyword == "set" and "=" in tag.tag.body):
                self._open_block(tag, keyword)
            elif keyword in BETWEEN:
                self._branch(tag, keyword)
            elif keyword.startswith("end") and keyword in KEYWORDS:
                self._close(tag, keyword.removeprefix("end"), number)
            elif tag.tag.kind != "comment":
                self._target().append(tag)
        while self._open:
            self._unclosed(self._open.pop())
        return self._items

    def _problem(self, problem: Problem) -> None:
        self._section.problems.append(problem)

    def _target(self) -> Items:
        return self._open[-1].branches[-1].body if self._open else self._items

    def _open_block(self, tag: SourceTag, keyword: str) -> None:
        block = Block(keyword, [Branch(tag)])
        self._target().append(block)
        self._open.append(block)

    def _branch(self, tag: SourceTag, keyword: str) -> None:
        block = next((block for block in reversed(self._open) if block.keyword in ("if", "for")), None)
        fits = block is not None and (keyword == "else" or block.keyword == "if")
        if block is None or not fits:
            message = f"`{tag.tag.quoted}` stands outside of every `{{% if %}}` block."
            self._problem(tag.problem("unmatched-branch", message, "Remove it, or put `{% if … %}` before it."))
            return
        while self._open[-1] is not block:
            self._unclosed(self._open.pop())
        self._compare(block.branches[-1].tag, tag)
        last = block.branches[-1].tag.tag.keyword
        if last == "else":
            message = f"`{tag.tag.quoted}` comes behind the `{{% else %}}` of the same block."
            self._problem(
                tag.problem("unmatched-branch", message, "Remove it; there is one `else`, and it comes last.")
            )
        block.branches.append(Branch(tag))

    def _close(self, tag: SourceTag, kind: str, number: int) -> None:
        index = self._partner(tag, kind)
        if index is None:
            self._wrong_end(tag, number)
            return
        block = self._open[index]
        inner = self._open[index + 1 :]
        rest = [later.tag.keyword for later in self._tags[number + 1 :]] if inner else []
        if inner and _surplus(rest, kind) >= self._count_open(kind):  # there are enough ends without this one
            self._wrong_end(tag, number)
            return
        for open_block in inner:
            if _surplus(rest, open_block.keyword) >= self._count_open(open_block.keyword):
                own = f"`{open_block.opener.tag.quoted}`"
                message = f"`{tag.tag.quoted}` ends its block while {own}, which stands in it, is still open."
                swapped = f"Put `{rewrite(tag.tag, 'end' + open_block.keyword)}` before it."
                self._problem(tag.problem("crossed-tags", message, swapped))
                self._drop_end(open_block.keyword, number)
            else:
                self._unclosed(open_block)
        del self._open[index:]
        self._finish(block, tag)

    def _partner(self, tag: SourceTag, kind: str) -> int | None:
        """Find the open block that an end belongs to: the innermost of its kind that stands where it stands."""
        same_kind = [index for index, block in enumerate(self._open) if block.keyword == kind]
        for index in reversed(same_kind):
            opener = self._open[index].opener
            if opener.path == tag.path and opener.tag.scope == tag.tag.scope and opener.tag.kind == tag.tag.kind:
                return index
        return same_kind[-1] if same_kind else None

    def _wrong_end(self, tag: SourceTag, number: int) -> None:
        is_looked_into = self._open and len(self._section.problems) < _MAX_PROBLEMS
        rest = [later.tag.keyword for later in self._tags[number + 1 :]] if is_looked_into else []
        if is_looked_into and _surplus(rest, self._open[-1].keyword) < self._count_open(self._open[-1].keyword):
            block = self._open.pop()
            right = rewrite(tag.tag, f"end{block.keyword}")
            message = f"`{tag.tag.quoted}` stands where the end of `{block.opener.tag.quoted}` must be."
            self._problem(tag.problem("wrong-end", message, f"Write `{right}`."))
            block.end = tag
            return
        message = f"`{tag.tag.quoted}` ends a block that was never begun."
        self._problem(
            tag.problem("unmatched-end", message, f"Remove `{tag.tag.quoted}`, or begin the block before it.")
        )

    def _count_open(self, keyword: str) -> int:
        return sum(block.keyword == keyword for block in self._open)

    def _finish(self, block: Block, tag: SourceTag) -> None:
        block.end = tag
        trailing = tag.tag.body.split()[1:]
        if trailing and block.keyword != "macro":
            right = rewrite(tag.tag, f"end{block.keyword}")
            message = f"`{tag.tag.quoted}` holds more than the end of a block."
            self._problem(tag.problem("syntax", message, f"Write `{right}`."))
        if not self._compare(block.branches[-1].tag, tag):
            self._span(block, tag)

    def _unclosed(self, block: Block) -> None:
        tag = block.opener
        right = rewrite(tag.tag, f"end{block.keyword}")
        message = f"`{tag.tag.quoted}` begins a block that is never ended."
        self._problem(tag.problem("unclosed-block", message, f"Put `{right}` where it ends."))

    def _drop_end(self, keyword: str, number: int) -> None:
        """Take the next end of a kind out: it belongs to a block that has been ended already."""
        tags = self._tags
        for later in range(number + 1, len(tags)):
            if tags[later].tag.keyword == f"end{keyword}":
                tags[later] = SourceTag(_as_comment(tags[later].tag), tags[later].place)
                break

    def _compare(self, first: SourceTag, second: SourceTag) -> bool:
        """Say whether two tags of a block stand between different elements, which tells a Word file apart."""
        if first.path == second.path or _is_homeless(first) or _is_homeless(second):
            return False
        here, there = standing_of(second.path, second.in_text), standing_of(first.path, first.in_text)
        message = f"`{second.tag.quoted}` stands {here}, but `{first.tag.quoted}`, to which it belongs, stands {there}"
        right = _with_scope(second.tag, first.tag.scope)
        if first.tag.scope != second.tag.scope:
            suggestion = f"Write `{right}`, and put it where it takes the place of the same thing."
        else:
            suggestion = f"Move `{second.tag.quoted}` to where `{first.tag.quoted}` stands."
        self._problem(second.problem("unbalanced-block", f"{message} ({first.place.text}).", suggestion))
        return True

    def _span(self, block: Block, end: SourceTag) -> None:
        """Warn of a block whose tags stand in the texts of different cells or tables: it repeats halves of both."""
        first, last = block.opener.standing, end.standing
        if block.opener.tag.scope in ("tr", "tc"):
            first, last = (first[0], None, None), (last[0], None, None)
        if block.opener.tag.scope == "tc":
            first, last = block.opener.standing[:2], end.standing[:2]  # type: ignore[assignment]
        names = ("tables", "rows", "cells")
        for name, one, other in zip(names, first, last, strict=False):
            if one is not other:
                message = f"`{end.tag.quoted}` and `{block.opener.tag.quoted}` stand in different {name}"
                suggestion = f"Move `{end.tag.quoted}` to where `{block.opener.tag.quoted}` stands"
                other_way = ", or give both a row of their own: `{%tr …%}`." if name != "tables" else "."
                severity = "error" if name == "tables" else "warning"
                where = f"{message} ({block.opener.place.text})."
                self._problem(end.problem("block-across", where, suggestion + other_way, severity=severity))  # type: ignore[arg-type]
                return

    def _corrected(self, tag: SourceTag) -> SourceTag:
        """Read a keyword that does not exist as the one that was probably meant, and say so."""
        keyword = tag.tag.keyword
        if tag.tag.kind != "statement" or keyword in KEYWORDS:
            if keyword == "else" and (tag.tag.body.split()[1:2] == ["if"]):
                return self._instead(tag, "elif", tag.tag.body.split(maxsplit=2)[2:])
            return tag
        rest = tag.tag.body.split(maxsplit=1)[1:]
        if keyword in SCOPES and rest and not tag.path:
            message = f"`{{%{keyword}` belongs to Word templates."
            self._problem(tag.problem("unknown-tag", message, f"Did you mean `{rewrite(tag.tag, rest[0])}`?"))
            return _with_tag(tag, Tag(tag.tag.kind, "", tag.tag.trims, rest[0], tag.tag.quoted))
        if keyword in WITHOUT_MEANING:
            message = f"A template is one file and has no `{keyword}` tag."
            self._problem(tag.problem("unknown-tag", message, "Put what it stands for into this file."))
            return SourceTag(_as_comment(tag.tag), tag.place)
        if keyword == "end" and rest and rest[0].split()[0] in BLOCKS:
            return self._instead(tag, f"end{rest[0].split()[0]}", [])
        if keyword == "end":
            return self._instead(tag, f"end{self._open_kind(tag)}", [])
        right = meant_keyword(keyword, has_rest=bool(rest))
        if right:
            return self._instead(tag, right, rest if right not in ("else",) and not right.startswith("end") else [])
        return self._unknown(tag, keyword)

    def _open_kind(self, tag: SourceTag) -> str:
        opened: list[str] = []
        for before in self._section.tags:
            if before is tag:
                break
            keyword = before.tag.keyword
            if keyword in BLOCKS and not (keyword == "set" and "=" in before.tag.body):
                opened.append(keyword)
            elif keyword.startswith("end") and opened:
                opened.pop()
        return opened[-1] if opened else "for"

    def _instead(self, tag: SourceTag, keyword: str, rest: Sequence[str]) -> SourceTag:
        body = " ".join((keyword, *rest))
        message = f"There is no tag `{' '.join(tag.tag.body.split()[: 2 if keyword.startswith('e') else 1])}`."
        self._problem(tag.problem("unknown-tag", message, f"Did you mean `{rewrite(tag.tag, body)}`?"))
        corrected = Tag(tag.tag.kind, tag.tag.scope, tag.tag.trims, body, tag.tag.quoted)
        return _with_tag(tag, corrected)

    def _unknown(self, tag: SourceTag, keyword: str) -> SourceTag:
        body = tag.tag.body.strip()
        first = keyword.partition("(")[0].partition("|")[0].partition(".")[0]
        if not body:
            self._problem(tag.problem("syntax", "The tag is empty.", "Remove it, or write a statement into it."))
        elif first.isidentifier() or "." in keyword:
            written = f"{{{{ {body} }}}}"
            message = f"There is no tag `{keyword}`."
            self._problem(tag.problem("unknown-tag", message, f"To print a value, write `{written}`."))
        else:
            self._problem(
                tag.problem("unknown-tag", f"There is no tag `{keyword}`.", "Known: for, if, set and others.")
            )
        return SourceTag(_as_comment(tag.tag), tag.place)


def walk(items: Items) -> Iterator[SourceTag]:
    """Give all tags of a tree in their order, ends left out."""
    for item in items:
        if isinstance(item, SourceTag):
            yield item
        else:
            for branch in item.branches:
                yield branch.tag
                yield from walk(branch.body)


def _surplus(keywords: Sequence[str], kind: str) -> int:
    """Say how many ends of a kind come that no beginning among `keywords` needs."""
    depth = surplus = 0
    for keyword in keywords:
        if keyword == kind:
            depth += 1
        elif keyword == f"end{kind}":
            if depth:
                depth -= 1
            else:
                surplus += 1
    return surplus


def _without_raw(tags: list[SourceTag]) -> list[SourceTag]:
    """Leave out what stands between `raw` and `endraw`."""
    kept, is_raw = [], False
    for tag in tags:
        if tag.tag.keyword in ("raw", "endraw"):
            is_raw = tag.tag.keyword == "raw"
        elif not is_raw:
            kept.append(tag)
    return kept


def _is_homeless(tag: SourceTag) -> bool:
    return bool(tag.tag.scope) and tag.owner is None


def _with_scope(tag: Tag, scope: str) -> str:
    return rewrite(Tag(tag.kind, scope, tag.trims, tag.body, tag.quoted), tag.body)


def _with_tag(tag: SourceTag, changed: Tag) -> SourceTag:
    return SourceTag(changed, tag.place, tag.path, tag.element, tag.owner, tag.standing, tag.in_text)


def _as_comment(tag: Tag) -> Tag:
    return Tag("comment", "", ("", ""), "", tag.quoted)
