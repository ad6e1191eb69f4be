"""Turn parsed Markdown into blocks."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from markdown_it.tree import SyntaxTreeNode

from configs.errors import TemplateError
from templates.blocks import (
    PARAGRAPH_STYLES,
    Align,
    Block,
    Code,
    Column,
    Figure,
    Heading,
    ListBlock,
    Paragraph,
    ParagraphStyle,
    Quote,
    Rule,
    Run,
    Runs,
    Table,
    plain,
)
from templates.images import read_image
from templates.markdown.directives import build_directive
from templates.markdown.fences import DIRECTIVE
from templates.markdown.inline import clean, one_line, plain_run, runs_of, without_notes
from templates.markdown.options import Options
from templates.markdown.parser import FOOTNOTES
from templates.markdown.scope import Scope
from templates.markdown.tables import CELLS, PLAIN_ROWS
from templates.markup import split_rich, unseal, unseal_shown
from templates.rich_text import parse_rich_text

MAX_LEVEL = 4  # deeper headings cannot be told apart on paper
_MAX_CELL_WEIGHT = 34  # characters; a longer cell wraps rather than taking more of the line
_MIN_CELL_WEIGHT = 7
_LABEL_AT_END = re.compile(r'\s*\{id="([^"{}]*)"\}\s*$')  # as `labels_as_attributes` writes it


def build_blocks(nodes: Sequence[SyntaxTreeNode], scope: Scope) -> tuple[Block, ...]:
    """Build the blocks of sibling nodes.

    Raises:
        TemplateError: a node is of a kind, or has an attribute, that documents do not know.
    """
    blocks: list[Block] = []
    for node in nodes:
        if node.type == DIRECTIVE:
            blocks += build_directive(node, scope)
        elif node.type == FOOTNOTES:
            continue  # read before, because they are printed where they are referred to
        elif node.type == "paragraph" and (text := _rich_text(node)) is not None:
            blocks += _styled(parse_rich_text(text, where=scope.where(node)), node, scope)
        elif node.type in _BUILDERS:
            blocks.append(_BUILDERS[node.type](node, scope))
        else:
            raise TemplateError(f"Markdown of the kind `{node.type}` is not supported.", where=scope.where(node))
    return tuple(blocks)


def _rich_text(node: SyntaxTreeNode) -> str | None:
    """Give the value that a paragraph consists of, where that is Markdown itself."""
    inline = node.children[0].children
    pieces = split_rich(inline[0].content) if len(inline) == 1 and inline[0].type == "text" else []
    return pieces[1] if len(pieces) == 3 and not pieces[0].strip() and not pieces[2].strip() else None


def _styled(blocks: tuple[Block, ...], node: SyntaxTreeNode, scope: Scope) -> list[Block]:
    style = _style(node, scope)
    return [replace(block, style=style) if isinstance(block, Paragraph) else block for block in blocks]


def read_notes(root: SyntaxTreeNode, scope: Scope) -> None:
    """Read the texts of the footnotes, which the parser has moved to the end.

    Raises:
        TemplateError: a footnote holds more than text.
    """
    for note in (note for block in root.children if block.type == FOOTNOTES for note in block.children):
        paragraphs = [child for child in note.children if child.type != "footnote_anchor"]
        where = scope.where(note.children[0])
        if any(child.type != "paragraph" for child in paragraphs):
            raise TemplateError("A footnote holds paragraphs of text and nothing else.", where=where)
        if any(child.type == "footnote_ref" for child in note.walk()):
            raise TemplateError("A footnote cannot have a footnote.", where=where)
        texts = [runs_of(child, scope) for child in paragraphs]
        runs = tuple(run for text in texts for run in (Run("\n"), *text))[1:]
        scope.notes[str(note.meta["label"])] = runs


def _heading(node: SyntaxTreeNode, scope: Scope) -> Block:
    level = int(node.tag[1])
    options = scope.options(node, "A heading", ("id",))
    if level > MAX_LEVEL:
        raise options.refuse(f"A heading has level {level}; there are {MAX_LEVEL}.", "Use fewer `#`.")
    label = options.text("id", "") or _label_at_end(node)
    runs = without_notes(one_line(runs_of(node, scope)), "A heading", options.where)
    return Heading(level, runs, scope.numbering.heading(level, runs, label, options.where), label)


def _label_at_end(node: SyntaxTreeNode) -> str:
    """Take the label off a heading such as `## Scope {#scope}`."""
    inline = node.children[0].children
    match = _LABEL_AT_END.search(inline[-1].content) if inline and inline[-1].type == "text" else None
    if not match or not inline[-1].token:
        return ""
    inline[-1].token.content = inline[-1].content[: match.start()]
    return match[1]


def _paragraph(node: SyntaxTreeNode, scope: Scope) -> Block:
    inline = node.children[0].children
    if len(inline) == 1 and inline[0].type == "image":
        return _figure(inline[0], scope)
    return Paragraph(runs_of(node, scope), _style(node, scope))


def _style(node: SyntaxTreeNode, scope: Scope) -> ParagraphStyle:
    name = scope.options(node, "A paragraph", ("class",)).choice("class", PARAGRAPH_STYLES, "body")
    return next(known for known in PARAGRAPH_STYLES if known == name)


def _figure(node: SyntaxTreeNode, scope: Scope) -> Block:
    values = {str(key): unseal(str(value)) for key, value in node.attrs.items()}
    path, caption = values.pop("src", ""), values.pop("title", "")
    values.pop("alt", None)
    options = Options(values, ("width", "id"), owner="A picture", where=scope.where(node))
    alt = plain(runs_of(node, scope)).strip()
    if not alt:
        raise options.refuse("A picture has no alternative text.", "Write `![what it shows](assets/…)`.")
    image = read_image(scope.files, path, alt, where=options.where)
    share = options.number("width", 100, low=5, high=100) / 100
    runs, label = (Run(caption),) if caption else (), options.text("id", "")
    number = scope.numbering.caption("figure", runs, label, options.where)
    return Figure(image.scaled_to(scope.room * share), runs, number, label)


def _list(node: SyntaxTreeNode, scope: Scope) -> Block:
    options = scope.options(node, "A list", ("start",))
    entries = tuple(build_blocks(item.children, scope) for item in node.children)
    return ListBlock(node.type == "ordered_list", entries, options.number("start", 1, low=0, high=999_999_999))


def _table(node: SyntaxTreeNode, scope: Scope) -> Block:
    options = scope.options(node, "A table", ("widths", "totals", "caption", "id"))
    head, *bodies = node.children
    cells = head.children[0].children
    header = tuple(without_notes(one_line(runs_of(cell, scope)), "A table's header", options.where) for cell in cells)
    rows = tuple(row for body in bodies for child in body.children for row in _rows(child, scope))
    widths = options.shares("widths", len(header)) or _natural_widths((header, *rows))
    caption, label = options.text("caption", ""), options.text("id", "")
    runs = (Run(caption),) if caption else ()
    return Table(
        columns=tuple(Column(width, _alignment(cell)) for width, cell in zip(widths, cells, strict=True)),
        header=header,
        rows=rows,
        totals=min(options.number("totals", 0, low=0, high=20), len(rows)),
        caption=runs,
        number=scope.numbering.caption("table", runs, label, options.where),
        label=label,
    )


def _rows(node: SyntaxTreeNode, scope: Scope) -> Iterator[tuple[Runs, ...]]:
    if node.type == PLAIN_ROWS:
        yield from (tuple(map(plain_run, cells)) for cells in node.meta[CELLS])
    else:
        yield tuple(runs_of(cell, scope) for cell in node.children)


def _code(node: SyntaxTreeNode, scope: Scope) -> Block:
    scope.options(node, "A listing", ())
    return Code(clean(unseal_shown(node.content).expandtabs(4)).removesuffix("\n"))


def _quote(node: SyntaxTreeNode, scope: Scope) -> Block:
    scope.options(node, "A quotation", ())
    return Quote(build_blocks(node.children, scope))


def _rule(node: SyntaxTreeNode, scope: Scope) -> Block:
    scope.options(node, "A rule", ())
    return Rule()


_BUILDERS: dict[str, Callable[[SyntaxTreeNode, Scope], Block]] = {
    "heading": _heading,
    "paragraph": _paragraph,
    "bullet_list": _list,
    "ordered_list": _list,
    "table": _table,
    "fence": _code,
    "blockquote": _quote,
    "hr": _rule,
}


def _alignment(cell: SyntaxTreeNode) -> Align:
    style = str(cell.attrs.get("style", ""))
    return "right" if "right" in style else "center" if "center" in style else "left"


def _natural_widths(rows: Sequence[tuple[Runs, ...]]) -> list[float]:
    """Share the line by the longest entry of each column, within bounds."""
    longest = [max(len(plain(cell)) for cell in column) for column in zip(*rows, strict=True)]
    weights = [min(max(length, _MIN_CELL_WEIGHT), _MAX_CELL_WEIGHT) for length in longest]
    return [weight / sum(weights) for weight in weights]
