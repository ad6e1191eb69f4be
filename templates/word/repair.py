"""Give back what Word insists on when loops and conditions left an element empty.

Word calls a file damaged when a cell, a header or a text box holds no
paragraph, or a table no row. Only parts with tags that take elements away are
looked through, and only by searching for text.
"""

import re
from collections.abc import Callable

from templates.word.segments import PlacedTag, Segments

_INSIDE_ROW = "(?:(?!</w:tr>).)*"
_EMPTY_ROW = re.compile(f"<w:tr(?: [^>]*)?>(?:<w:trPr>{_INSIDE_ROW}</w:trPr>|<w:trPr/>)?</w:tr>")
_EMPTY_TABLE = re.compile(
    r"<w:tbl(?: [^>]*)?>(?:(?!<w:tbl[ >]|<w:tr[ >]|</w:tbl>).)*(?:</w:tblGrid>|<w:tblGrid/>)</w:tbl>"
)
_BEFORE_MISSING_PARAGRAPH = ("<w:tc>", "</w:tcPr>", "<w:tcPr/>", "</w:tbl>")  # what a cell must not end with
_EMPTY_BOX = re.compile(r"(<w:(hdr|ftr|txbxContent|footnote|endnote)(?: [^>]*[^/])?>)(?=</w:\2>)")

_BOXES = ("<w:hdr", "<w:ftr", "<w:txbxContent", "<w:footnote", "<w:endnote")


def repair_for(segments: Segments) -> Callable[[str], str] | None:
    """Give the function that mends a filled part, or None when nothing can break."""
    scopes = {segment.tag.scope for segment in segments if isinstance(segment, PlacedTag)}
    return _repaired if scopes & {"p", "tr", "tc"} else None


def _repaired(text: str) -> str:
    text = _EMPTY_ROW.sub("", text)
    text = _EMPTY_TABLE.sub("", text)
    for end in _BEFORE_MISSING_PARAGRAPH:
        text = text.replace(f"{end}</w:tc>", f"{end}<w:p/></w:tc>")
    has_boxes = any(box in text for box in _BOXES)  # a body seldom has; the expression would look at each element
    return _EMPTY_BOX.sub(r"\1<w:p/>", text) if has_boxes else text
