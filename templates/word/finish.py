"""What is done to a part when its text is complete: marks become elements, and nothing is left empty or double.

Searching the whole text takes longer than writing it, and hardly any document needs it. So it is only done where the
pieces that the part's program gave, and how they meet, say that there may be something to find.
"""

import contextlib
import itertools
import re
from collections.abc import Iterator, Sequence

from jinja2 import nodes

from templates.markup import MARK
from templates.word.grid import fit_grids
from templates.word.package import Filling
from templates.word.placed import Generated, PlacedTag, Segments
from templates.word.repair import has_odd_end, repairs_for, usual_before
from templates.word.settle import settle

_DRAWING = "<wp:docPr"
_DRAWING_ID = re.compile(rf'({_DRAWING}\b[^>]*? id=")(\d+)"')
_REPEATING = frozenset({"for", "macro"})
_MARK = MARK.encode()


class Finisher:
    """Finishes one part.

    Args:
        segments: what the part was cut into.
        tree: the program that they became.
        captures: whether the program keeps pieces of the text in values and prints those.
    """

    def __init__(self, segments: Segments, tree: nodes.Template, *, captures: bool) -> None:
        tags = [segment.tag for segment in segments if isinstance(segment, PlacedTag | Generated) and segment.tag]
        scopes = {tag.scope for tag in tags}
        pieces = set(_fixed_pieces(tree))
        self._repairs = repairs_for(scopes, "".join(segment for segment in segments if isinstance(segment, str)))
        self._changes_columns = "tc" in scopes or any(tag.keyword in ("colspan", "hm") for tag in tags)
        self._drawings = [piece for piece in pieces if _DRAWING in piece]
        self._repeats_drawings = bool(self._drawings) and any(tag.keyword in _REPEATING for tag in tags)
        self._encoded = {piece: piece.encode() for piece in pieces}
        self._ends = [(piece, before) for piece in pieces if (before := usual_before(piece))] if self._repairs else []
        self._always = (
            captures
            or self._changes_columns
            or any(isinstance(segment, Generated) for segment in segments)  # they capture too
            or any(map(has_odd_end, pieces))
        )

    def finish(self, pieces: list[str], filling: Filling) -> bytes:
        """Give the part as the file holds it."""
        if self._always or filling.has_elements or self._may_be_empty(pieces):
            return self._searched("".join(pieces), filling).encode()
        # Piece by piece: one letter beyond Latin-1 makes joining and encoding a long text take ten times as long.
        known = self._encoded
        encoded = [known.get(piece) or piece.encode() for piece in pieces]
        content = b"".join(encoded)
        if _MARK in content:
            return self._searched("".join(pieces), filling).encode()
        if self._renumbers(filling):
            for position in sorted(place for piece in self._drawings for place in _positions(pieces, piece)):
                encoded[position] = _renumbered(pieces[position], filling).encode()
            content = b"".join(encoded)
        return content

    def _may_be_empty(self, pieces: Sequence[str]) -> bool:
        """Say whether the end of an element meets something else than the end of what it usually holds."""
        return any(
            not _before(pieces, position).endswith(usual)
            for piece, usual in self._ends
            for position in _positions(pieces, piece)
        )

    def _renumbers(self, filling: Filling) -> bool:
        return self._repeats_drawings or bool(self._drawings and filling.pending)

    def _searched(self, text: str, filling: Filling) -> str:
        """Finish a text of which nothing is known."""

        def draw(number: int, width: int) -> str:
            drawing, is_sized = filling.pending[number]
            filling.drawings += 1
            return str(drawing.write(filling.drawings, None if is_sized else width))

        text = settle(text, draw, filling.package.text_width)
        for repair in self._repairs:
            text = repair(text)
        if self._changes_columns:
            text = fit_grids(text)
        return _renumbered(text, filling) if self._renumbers(filling) else text


def _fixed_pieces(tree: nodes.Template) -> Iterator[str]:
    """Give the texts of a program that are printed as they are, each as one piece, as Jinja joins neighbours."""
    for output in tree.find_all(nodes.Output):
        for is_fixed, group in itertools.groupby(output.nodes, lambda node: isinstance(node, nodes.TemplateData)):
            if is_fixed:
                yield "".join(node.data for node in group if isinstance(node, nodes.TemplateData))


def _positions(pieces: Sequence[str], piece: str) -> Iterator[int]:
    position = -1
    with contextlib.suppress(ValueError):
        while True:
            position = pieces.index(piece, position + 1)
            yield position


def _before(pieces: Sequence[str], position: int) -> str:
    """Give the last text before a position, which an empty value may precede."""
    while position:
        position -= 1
        if pieces[position]:
            return pieces[position]
    return ""


def _renumbered(text: str, filling: Filling) -> str:
    """Give each drawing an id of its own; Word calls a file damaged where two have the same."""

    def number(match: re.Match[str]) -> str:
        filling.drawings += 1
        return f'{match[1]}{filling.drawings}"'

    return _DRAWING_ID.sub(number, text)
