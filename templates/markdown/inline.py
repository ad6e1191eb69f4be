"""Turn the inline part of parsed Markdown into runs of text."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from markdown_it.tree import SyntaxTreeNode

from configs.errors import ContextError, TemplateError
from configs.loader import suggest
from templates.blocks import Run, Runs
from templates.markdown.scope import Scope
from templates.markup import has_sealed, split_rich, unseal, unseal_shown
from templates.rich_text import parse_inline

_PLAIN = Run("")
_LINE_BREAKS = re.compile("\r\n|[\r\u0085\u2028\u2029]")
_LINKS = re.compile(r"(https?://|mailto:|tel:)[^\s<>\"]+", re.IGNORECASE)


def runs_of(node: SyntaxTreeNode, scope: Scope) -> Runs:
    """Give the text of a block that holds inline content."""
    return _merged(run for child in node.children for run in _runs(child, _PLAIN, scope))


def plain_run(text: str) -> Runs:
    """Give the runs of a text in which nothing has a meaning for Markdown."""
    return (Run(clean(unseal_shown(text))),) if text else ()


def without_notes(runs: Runs, owner: str, where: str) -> Runs:
    """Refuse a footnote where pages repeat a text or list it elsewhere.

    Raises:
        TemplateError: there is one.
    """
    if any(run.note for run in runs):
        raise TemplateError(f"{owner} cannot have a footnote.", where=where)
    return runs


def one_line(runs: Runs) -> Runs:
    """Fold line breaks, for text that stands in one line: headings, cells of a header."""
    return tuple(replace(run, text=fold(run.text)) for run in runs)


def clean(text: str) -> str:
    """Write line breaks of all kinds in one way; a tab in running text is a space."""
    if text.isprintable():  # as nearly all is
        return text
    return _LINE_BREAKS.sub("\n", text).replace("\t", " ")


def fold(text: str) -> str:
    """Write a text in one line."""
    return clean(text).replace("\n", " ")


def _runs(node: SyntaxTreeNode, look: Run, scope: Scope) -> Iterator[Run]:
    if node.type == "text":
        yield from _text(node, look, scope)
    elif node.type == "softbreak":
        yield replace(look, text=" ")
    elif node.type == "hardbreak":
        yield replace(look, text="\n")
    elif node.type == "code_inline":
        yield replace(look, text=clean(unseal_shown(node.content)), code=True)
    elif node.type in _LOOKS:
        yield from _inner(node, _LOOKS[node.type](look), scope)
    elif node.type == "inline":
        yield from _inner(node, look, scope)
    elif node.type == "link":
        yield from _linked(node, look, scope)
    elif node.type == "footnote_ref":
        yield replace(look, note=_note(node, scope))
    elif node.type == "footnote_anchor":
        return
    elif node.type == "image":
        raise TemplateError(
            "A picture stands inside of a text.", where=scope.where(node), hint="Give it a paragraph of its own."
        )
    else:
        raise TemplateError(f"Markdown of the kind `{node.type}` is not supported.", where=scope.where(node))


def _text(node: SyntaxTreeNode, look: Run, scope: Scope) -> Iterator[Run]:
    pieces = split_rich(node.content)
    for index, piece in enumerate(pieces):
        if index % 2:
            for run in parse_inline(piece, where=scope.where(node)):
                yield replace(look, **{name: value for name, value in vars(run).items() if value})
        elif piece or len(pieces) == 1:  # an empty value stays a piece of text: it changes no structure
            text = clean(unseal_shown(piece))
            yield Run(text) if look is _PLAIN else replace(look, text=text)


_LOOKS: Mapping[str, Callable[[Run], Run]] = {
    "em": lambda look: replace(look, italic=True),
    "strong": lambda look: replace(look, bold=True),
}


def _inner(node: SyntaxTreeNode, look: Run, scope: Scope) -> Iterator[Run]:
    for child in node.children:
        yield from _runs(child, look, scope)


def _linked(node: SyntaxTreeNode, look: Run, scope: Scope) -> Iterator[Run]:
    href = str(node.attrs.get("href", ""))
    if not href.startswith("#"):
        yield from _inner(node, replace(look, link=_target(node, scope)), scope)
        return
    label = unseal(href[1:])
    scope.numbering.refer(label, scope.where(node), by_itself=not node.children)
    if node.children:
        yield from _inner(node, replace(look, target=label), scope)
    else:
        yield replace(look, target=label, reference="text")  # what it says is known when all is built


def _note(node: SyntaxTreeNode, scope: Scope) -> Runs:
    label = str(node.meta["label"])
    if not scope.notes.get(label):
        known = sorted(each for each, runs in scope.notes.items() if runs)
        hint = suggest(label, known) if known else f"Write `[^{label}]: the note` in a paragraph of its own."
        raise TemplateError(f"There is no footnote `{label}`.", where=scope.where(node), hint=hint)
    return scope.notes[label]


def _target(node: SyntaxTreeNode, scope: Scope) -> str:
    href = str(node.attrs.get("href", ""))
    target = unseal(href)
    if _LINKS.fullmatch(target) and len(target) <= 2_000:  # what browsers and Word open
        return target
    kind = ContextError if has_sealed(href) else TemplateError
    raise kind(
        f"A link leads to “{target[:60]}”.",
        where=scope.where(node),
        hint="Start it with https:, http:, mailto: or tel:.",
    )


def _merged(runs: Iterator[Run]) -> Runs:
    merged: list[Run] = []
    for run in runs:
        own = run.note or run.reference  # each of these stands for itself
        if merged and not own and replace(merged[-1], text="") == replace(run, text=""):
            merged[-1] = replace(run, text=merged[-1].text + run.text)
        else:
            merged.append(run)
    return tuple(merged)
