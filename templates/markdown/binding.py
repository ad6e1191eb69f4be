"""What directives share: the rows of data that they are bound to, and the text between their fences."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from configs.errors import TemplateError
from configs.loader import suggest
from templates.blocks import Paragraph, Runs
from templates.data import look_up
from templates.filters import quantity
from templates.markdown.inline import without_notes
from templates.markdown.options import Options
from templates.markdown.scope import Scope
from templates.markup import printed


def rows_of(scope: Scope, options: Options) -> list[Mapping[str, Any]]:
    """Give the list of mappings that the attribute `data` names."""
    path = options.text("data")
    rows = look_up(scope.names, path, where=options.where)
    if not isinstance(rows, list | tuple) or not all(isinstance(row, Mapping) for row in rows):
        raise options.refuse(f"`{path}` must be a list of mappings.")
    return list(rows)


def field_of(row: Mapping[str, Any], name: str, index: int, options: Options) -> str:
    """Give a field of a row as it prints."""
    try:
        return printed(_entry(row, name))
    except TemplateError as error:
        place = f"`{name}` in entry {index + 1} of `{options.text('data')}`"
        raise options.refuse(f"{place}: {error.message}", error.hint) from None


def value_of(row: Mapping[str, Any], name: str, index: int, options: Options) -> Decimal:
    """Give a field of a row as a number."""
    try:
        return quantity(_entry(row, name), "chart")
    except TemplateError as error:
        place = f"`{name}` in entry {index + 1} of `{options.text('data')}`"
        raise options.refuse(f"{place}: {error.message}", error.hint) from None


def _entry(row: Mapping[str, Any], name: str) -> Any:
    if name not in row:
        raise TemplateError("There is no such field.", hint=suggest(name, [str(known) for known in row]))
    return row[name]


def only_text(node: SyntaxTreeNode, scope: Scope, options: Options) -> Runs:
    """Give the text of a directive that may hold one paragraph."""
    blocks = scope.build(node.children, scope)
    if not blocks:
        return ()
    if len(blocks) > 1 or not isinstance(blocks[0], Paragraph):
        raise options.refuse("Expected one paragraph of text here.")
    return without_notes(blocks[0].runs, "This text", options.where)


def refuse_content(node: SyntaxTreeNode, options: Options) -> None:
    """Stop a directive that is given content but has no place for it."""
    if node.children:
        raise options.refuse("This directive holds nothing.", "Put `:::` right below it.")
