"""`Scope`: what building the blocks of one document can see, and what it finds beside them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from templates.blocks import Block, Footer, Image, Runs
from templates.filters import LocaleWriter
from templates.library import TemplateFiles
from templates.markdown.numbering import Numbering
from templates.markdown.options import Options
from templates.markdown.parser import Source
from templates.markup import unseal
from templates.theme import Theme
from templates.words import Words


@dataclass
class Scope:
    """The document that is being built."""

    source: Source
    files: TemplateFiles
    theme: Theme
    writer: LocaleWriter
    words: Words
    """Ours, in the language of the document."""
    names: Mapping[str, Any]
    """The data and what the template has `set`."""
    passages: Mapping[str, str]
    build: "Callable[[Sequence[SyntaxTreeNode], Scope], tuple[Block, ...]]"
    """Builds the blocks inside of a block."""
    room: float
    """The width of a line in points; less inside of a column."""
    numbering: Numbering
    notes: dict[str, Runs] = field(default_factory=dict)
    """The texts of the footnotes by their names."""
    header: Runs = ()
    footer: Footer | None = None
    watermark: str = ""
    background: Image | None = None

    def build_in(self, room: float, nodes: Sequence[SyntaxTreeNode]) -> tuple[Block, ...]:
        """Build blocks whose lines are `room` points wide."""
        outer, self.room = self.room, room
        blocks = self.build(nodes, self)
        self.room = outer
        return blocks

    def where(self, node: SyntaxTreeNode) -> str:
        """Name the place of a node."""
        return self.source.where(node)

    def options(self, node: SyntaxTreeNode, owner: str, known: Sequence[str]) -> Options:
        """Read the attributes of a block."""
        values = {str(key): unseal(str(value)) for key, value in node.attrs.items()}
        return Options(values, known, owner=owner, where=self.where(node))
