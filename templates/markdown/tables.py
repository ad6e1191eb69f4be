"""The rule of Markdown for tables, made for tables of ten thousand rows.

markdown-it makes three tokens of each cell and parses its text; a row in which
nothing has a meaning but the `|` needs none of that. Such rows become one token
for all of them, whose `meta` holds their cells; the others stay as they were.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.token import Token

from templates.markup import RICH

PLAIN_ROWS = "plain_rows"
CELLS = "cells"  # in a token's `meta`

# What the inline rules look at: escapes, code, emphasis, links, pictures, autolinks, entities, attributes, notes;
# and a value that is Markdown itself.
_HAS_MEANING = re.compile(rf"[\\`*_\[\]!<&{{}}{RICH}]")
_SPLIT = re.compile(r"(?<!\\)\|")
_MAX_MISSING_CELLS = 65_536  # what markdown-it allows: rows may be shorter than the header, but not without end


def table_plugin(parser: MarkdownIt) -> None:
    """Let a parser read plain rows fast."""
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})


def _table(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Leave the header to markdown-it, and read the rows below it."""
    begin = len(state.tokens)
    if not table(state, first, min(last, first + 2), silent):
        return False
    if silent or first + 2 >= last:
        return True
    closing = state.tokens.pop()
    state.level += 1
    kind, state.parentType = state.parentType, "table"
    aligns = [token.attrs for token in state.tokens[begin:] if token.type == "th_open"]
    end = _rows(state, first + 2, last, aligns)
    state.parentType = kind
    state.level -= 1
    state.tokens.append(closing)
    state.tokens[begin].map = [first, end]
    state.line = end
    return True


def _rows(state: StateBlock, first: int, last: int, aligns: Sequence[dict[str, str | int | float]]) -> int:
    """Read rows until something else begins; give its line."""
    rules = state.md.block.ruler.getRules("blockquote")  # what ends a quotation's paragraph also ends a table
    missing, line = 0, first
    body: Token | None = None
    plain: Token | None = None
    while line < last and state.sCount[line] >= state.blkIndent and not state.is_code_block(line):
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
        is_row = text.startswith("|") or not any(rule(state, line, last, True) for rule in rules)
        if not text or not is_row:
            break
        cells = _cells(text)
        missing += len(aligns) - len(cells)
        if missing > _MAX_MISSING_CELLS:
            break
        if body is None:
            body = state.push("tbody_open", "tbody", 1)
        if len(cells) == len(aligns) and not _HAS_MEANING.search(text):
            if plain is None:
                plain = state.push(PLAIN_ROWS, "", 0)
                plain.map, plain.meta = [line, line + 1], {CELLS: []}
            plain.meta[CELLS].append(cells)
        else:
            plain = None
            _push_row(state, line, cells, aligns)
        line += 1
    if body is not None:
        body.map = [first, line]
        state.push("tbody_close", "tbody", -1)
    return line


def _cells(text: str) -> list[str]:
    cells = [cell.replace("\\|", "|") for cell in _SPLIT.split(text)] if "\\" in text else text.split("|")
    if cells[0] == "":
        cells.pop(0)
    if cells and cells[-1] == "":
        cells.pop()
    return [cell.strip() for cell in cells]


def _push_row(
    state: StateBlock, line: int, cells: Sequence[str], aligns: Sequence[dict[str, str | int | float]]
) -> None:
    state.push("tr_open", "tr", 1).map = [line, line + 1]
    for number, align in enumerate(aligns):
        state.push("td_open", "td", 1).attrs = dict(align)
        token = state.push("inline", "", 0)
        token.map, token.children = [line, line + 1], []
        token.content = cells[number] if number < len(cells) else ""
        state.push("td_close", "td", -1)
    state.push("tr_close", "tr", -1)
