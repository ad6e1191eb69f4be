"""Markdown in data: text with emphasis, links and lists, in the look of the place where it is printed.

It is CommonMark without HTML, pictures and tables. `{{ name }}` and `{{r name }}` print it inside of a paragraph,
`{{p name }}` in paragraphs of its own, with real lists and the template's heading styles.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from configs.errors import ContextError, TemplateError
from templates.markup import NEW_PARAGRAPH, WordSource
from templates.word.package import FilledPart
from templates.word.settle import CLOSE_RUN, list_marks, reopen_run
from templates.word.values import WordValue
from templates.word.xml import RELATIONSHIP_NAMESPACE

BOLD, ITALIC, STRIKE, CODE = 1, 2, 4, 8
_LOOKS = {"strong": BOLD, "em": ITALIC, "s": STRIKE}
_MAX_LEVEL = 9  # of lists and headings in Word


@dataclass(frozen=True)
class _Line:
    """A paragraph of the text."""

    content: str
    heading: int = 0
    numbering: str = ""
    level: int = 0
    marker: str = ""


class MarkdownText(str, WordValue):
    """A text that is Markdown; filters and tests see its source.

    Args:
        text: the source.
        where: the path in the data, which errors name.
    """

    where: str

    def __new__(cls, text: str, where: str = "Markdown") -> Self:
        made = super().__new__(cls, text)
        made.where = where
        return made

    def in_text(self, part: FilledPart) -> str:
        lines = _Writer(part, self.where, numbered=False).lines(str(self))
        return NEW_PARAGRAPH.join(f"{line.marker}{line.content}" for line in lines)

    def as_blocks(self, part: FilledPart, shell: tuple[str, ...]) -> str:
        lines = _Writer(part, self.where, numbered=True).lines(str(self))
        return "".join(_paragraph(line, part, shell) for line in lines)


class _Writer:
    def __init__(self, part: FilledPart, where: str, *, numbered: bool) -> None:
        self._part = part
        self._where = where
        self._numbered = numbered

    def lines(self, text: str) -> list[_Line]:
        tree = SyntaxTreeNode(_parser().parse(text))
        return list(self._blocks(tree, 0)) or [_Line("")]

    def _blocks(self, parent: SyntaxTreeNode, depth: int) -> Iterator[_Line]:
        for node in parent.children:
            if node.type == "heading":
                yield _Line(self._inline(node), heading=int(node.tag[1]))
            elif node.type in ("bullet_list", "ordered_list"):
                yield from self._list(node, depth)
            elif node.type in ("fence", "code_block"):
                content = WordSource.write_value(node.content.rstrip("\n"))
                yield _Line(f"{_switch(CODE)}{content}{_switch(0)}")
            elif node.type == "blockquote":
                yield from self._blocks(node, depth)
            elif node.type != "hr":
                yield _Line(self._inline(node))

    def _list(self, node: SyntaxTreeNode, depth: int) -> Iterator[_Line]:
        ordered = node.type == "ordered_list"
        start = int(node.attrs.get("start", 1))
        level = min(depth, _MAX_LEVEL - 1)
        numbering = self._part.filling.inserts.add_list(level, ordered, start) if self._numbered else ""
        for number, entry in enumerate(node.children, start):
            for position, line in enumerate(self._blocks(entry, depth + 1)):
                if position or line.numbering or line.marker:
                    yield line
                else:
                    yield _Line(line.content, 0, numbering, level, f"{number}. " if ordered else "• ")

    def _inline(self, node: SyntaxTreeNode) -> str:
        return "".join(self._pieces(node, 0))

    def _pieces(self, node: SyntaxTreeNode, look: int) -> Iterator[str]:
        for child in node.children:
            if child.type == "text":
                yield WordSource.write_value(child.content)
            elif child.type == "softbreak":
                yield " "
            elif child.type == "hardbreak":
                yield WordSource.write_value("\n")
            elif child.type == "code_inline":
                yield f"{_switch(look | CODE)}{WordSource.write_value(child.content)}{_switch(look)}"
            elif child.type == "link":
                yield from self._link(child, look)
            elif child.type == "image":
                raise ContextError(
                    "A picture stands in a Markdown text.", where=self._where, hint="Give it a field of its own."
                )
            elif child.type in _LOOKS:
                inner = look | _LOOKS[child.type]
                yield _switch(inner) + "".join(self._pieces(child, inner)) + _switch(look)
            else:
                yield from self._pieces(child, look)

    def _link(self, node: SyntaxTreeNode, look: int) -> Iterator[str]:
        try:
            identifier = self._part.link(str(node.attrs.get("href", "")))
        except TemplateError as error:
            raise ContextError(error.message, where=self._where, hint=error.hint) from None
        yield f'{CLOSE_RUN}<w:hyperlink xmlns:r="{RELATIONSHIP_NAMESPACE}" r:id="{identifier}">{reopen_run(look)}'
        yield from self._pieces(node, look)
        yield f"{CLOSE_RUN}</w:hyperlink>{reopen_run(look)}"


def _paragraph(line: _Line, part: FilledPart, shell: tuple[str, ...]) -> str:
    before, behind = shell
    if line.heading:
        style = part.filling.package.styles.get("paragraph", {}).get(f"heading {line.heading}")
        if style:
            return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{line.content}</w:t></w:r></w:p>'
        return f"{before}{_switch(BOLD)}{line.content}{_switch(0)}{behind}"
    if line.numbering:
        before = list_marks(before, line.numbering, line.level)
    return f"{before}{line.content}{behind}"


def _switch(look: int) -> str:
    return f"{CLOSE_RUN}{reopen_run(look)}"


@functools.cache
def _parser() -> MarkdownIt:
    parser: Callable[..., MarkdownIt] = MarkdownIt
    return parser("commonmark", {"html": False}).enable("strikethrough").disable(["html_block", "html_inline"])
