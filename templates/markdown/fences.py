"""The rule of Markdown for directives: `::: name {…}`, any blocks, `:::`.

A closing fence closes the directive that was opened last, so directives of the
same number of colons stand in each other. One with more colons than that closes
the outer one that has as many: the inner one was forgotten, and is named.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

DIRECTIVE = "directive"
CLOSED = "closed"  # in a token's `meta`

_FENCE = re.compile(r"(:{3,})[ \t]*([^\s:].*)?")


def directive_plugin(parser: MarkdownIt) -> None:
    """Let a parser know directives."""
    interrupts = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", DIRECTIVE, _directive, {"alt": interrupts})


def _directive(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    opening = _fence(state, first)
    if not opening:
        return False
    if silent:
        return True
    outer: list[int] = state.env.setdefault("fences", [])
    colons = len(opening[1])
    end, is_closed = _end(state, first, last, [*outer, colons])
    parent, line_max = state.parentType, state.lineMax
    state.parentType, state.lineMax = "container", end
    token = state.push(f"{DIRECTIVE}_open", "div", 1)
    token.markup, token.info, token.map = opening[1], (opening[2] or "").strip(), [first, end]
    token.block, token.meta[CLOSED] = True, is_closed
    outer.append(colons)
    state.md.block.tokenize(state, first + 1, end)
    outer.pop()
    state.push(f"{DIRECTIVE}_close", "div", -1).block = True
    state.parentType, state.lineMax = parent, line_max
    state.line = end + is_closed
    return True


def _fence(state: StateBlock, line: int) -> re.Match[str] | None:
    start = state.bMarks[line] + state.tShift[line]
    if not state.src.startswith(":::", start):
        return None
    return _FENCE.fullmatch(state.src[start : state.eMarks[line]].rstrip())


def _end(state: StateBlock, first: int, last: int, opened: list[int]) -> tuple[int, bool]:
    """Find the line that closes the directive opened last, or where it ends without one."""
    opened = list(opened)
    depth = len(opened)
    for line in range(first + 1, last):
        if not state.isEmpty(line) and state.sCount[line] < state.blkIndent:
            return line, False  # a list's entry ends here
        fence = _fence(state, line)
        if not fence:
            continue
        if fence[2]:
            opened.append(len(fence[1]))
            continue
        colons = len(fence[1])
        while len(opened) > depth and opened[-1] < colons and colons in opened[:-1]:
            opened.pop()
        if len(opened) == depth:
            return line, colons <= opened[-1] or colons not in opened[:-1]
        opened.pop()
    return last, False
