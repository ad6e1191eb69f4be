"""What is done to a part when its text is complete: marks become elements, and nothing is left empty or double."""

import re
from collections.abc import Callable

from templates.word.grid import fit_grids
from templates.word.package import Filling
from templates.word.placed import Generated, PlacedTag, Segments
from templates.word.repair import repairs_for
from templates.word.settle import settle

_DRAWING_ID = re.compile(r'(<wp:docPr\b[^>]*? id=")(\d+)"')
_REPEATING = frozenset({"for", "macro"})

Finisher = Callable[[str, Filling], str]


def finisher_for(segments: Segments) -> Finisher:
    """Give what finishes a part of these segments; what cannot be needed is not looked for."""
    tags = [segment.tag for segment in segments if isinstance(segment, PlacedTag | Generated) and segment.tag]
    scopes = {tag.scope for tag in tags}
    fixed = "".join(segment for segment in segments if isinstance(segment, str))
    repairs = repairs_for(scopes, fixed)
    changes_columns = "tc" in scopes or any(tag.keyword in ("colspan", "hm") for tag in tags)
    has_drawings = "<wp:docPr" in fixed
    repeats_drawings = has_drawings and any(tag.keyword in _REPEATING for tag in tags)

    def finish(text: str, filling: Filling) -> str:
        def draw(number: int, width: int) -> str:
            drawing, is_sized = filling.pending[number]
            filling.drawings += 1
            return str(drawing.write(filling.drawings, None if is_sized else width))

        text = settle(text, draw, filling.package.text_width)
        for repair in repairs:
            text = repair(text)
        if changes_columns:
            text = fit_grids(text)
        if repeats_drawings or (has_drawings and filling.pending):
            text = _renumbered(text, filling)
        return text

    return finish


def _renumbered(text: str, filling: Filling) -> str:
    """Give each drawing an id of its own; Word calls a file damaged where two have the same."""

    def number(match: re.Match[str]) -> str:
        filling.drawings += 1
        return f'{match[1]}{filling.drawings}"'

    return _DRAWING_ID.sub(number, text)
