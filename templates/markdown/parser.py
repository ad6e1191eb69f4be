"""Parse rendered Markdown: CommonMark with tables, attributes (`{.lead}`) and directives (`::: chart {…}`)."""

import functools
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.attrs.parse import ParseError, parse
from mdit_py_plugins.footnote import footnote_plugin

from configs.errors import TemplateError
from templates.markdown.fences import CLOSED, DIRECTIVE, directive_plugin
from templates.markdown.tables import table_plugin
from templates.markup import split_lines, unseal
from templates.places import place
from templates.rich_text import is_too_deep

_MAX_NESTING = 100  # a list in a list takes two; Python's own stack ends at several hundred
FOOTNOTES = "footnote_block"


@dataclass(frozen=True)
class Source:
    """Rendered Markdown that still knows the lines of its template."""

    name: str
    lines: tuple[int, ...]

    def where(self, node: SyntaxTreeNode | Token) -> str:
        """Name the template's line that a node came from."""
        span = node.map
        while not span and isinstance(node, SyntaxTreeNode) and node.parent:
            node = node.parent
            span = None if node.is_root else node.map
        line = self.lines[min(span[0], len(self.lines) - 1)] if span else None
        return place(self.name, line)


def parse_markdown(rendered: str, *, name: str) -> tuple[SyntaxTreeNode, Source]:
    """Parse what a template rendered.

    Args:
        rendered: Markdown with sealed values and line marks.
        name: the template's file, for errors.

    Raises:
        TemplateError: a directive is not closed, attributes stand before nothing, or blocks are nested too deeply.
    """
    text, lines = split_lines(rendered)
    source = Source(name, tuple(lines))
    tokens = _parser().parse(text)
    for token in tokens:
        if is_too_deep(token, _MAX_NESTING):
            raise TemplateError("The blocks are nested too deeply.", where=source.where(token))
        if token.type == f"{DIRECTIVE}_open":
            _check_closed(token, source)
        if token.meta.get("insecure_attrs"):
            unknown = next(iter(token.meta["insecure_attrs"]))
            raise TemplateError(f"The attribute `{unknown}` is not known.", where=source.where(token))
    return SyntaxTreeNode(tokens), source


def directive_of(node: SyntaxTreeNode, source: Source) -> tuple[str, dict[str, str]]:
    """Give a directive's name and attributes.

    Raises:
        TemplateError: what follows the name is not of the form `{key="value"}`.
    """
    name, _, rest = node.info.strip().partition(" ")
    rest = rest.strip()
    if not rest:
        return name, {}
    try:
        end, attributes = parse(rest)
    except ParseError:
        end, attributes = -1, {}
    if end != len(rest) - 1:
        raise TemplateError(
            f"The attributes of `{name}` cannot be read.",
            where=source.where(node),
            hint=f'Write them as `::: {name} {{key="value"}}`.',
        )
    return name, {key: unseal(value) for key, value in attributes.items()}


@functools.cache
def _parser() -> MarkdownIt:
    # Not `code`: a template indents inside of loops, and four spaces must not turn its text into a listing.
    # Not HTML: a document has no HTML in it; a `<` of the author is a `<` on paper.
    parser = (
        MarkdownIt("commonmark", {"html": False, "maxNesting": _MAX_NESTING})
        .enable("table")
        .disable(["code", "html_block", "html_inline"])
    )
    # A sealed link would be percent-encoded; links are checked when they are opened.
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    attrs_block_plugin(parser)
    attrs_plugin(parser, after=("image",))
    footnote_plugin(parser, inline=False, always_match_refs=True)
    directive_plugin(parser)
    table_plugin(parser)
    return parser


def _check_closed(token: Token, source: Source) -> None:
    if not token.info:
        raise TemplateError("This `:::` closes nothing.", where=source.where(token))
    if not token.meta[CLOSED]:
        name = token.info.partition(" ")[0]
        raise TemplateError(
            f"`::: {name}` is not closed.",
            where=source.where(token),
            hint=f"End it with `{token.markup}` on a line of its own.",
        )
