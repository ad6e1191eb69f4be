"""Give back what Word insists on when loops and conditions left an element empty.

Word calls a file damaged when a cell, a header or a text box holds no
paragraph, or a table no row. The part is only searched for text.
"""

import re

_INSIDE_ROW = "(?:(?!</w:tr>).)*"
_EMPTY_ROW = re.compile(f"<w:tr(?: [^>]*)?>(?:<w:trPr>{_INSIDE_ROW}</w:trPr>|<w:trPr/>)?</w:tr>")
_EMPTY_TABLE = re.compile(
    r"<w:tbl(?: [^>]*)?>(?:(?!<w:tbl[ >]|<w:tr[ >]|</w:tbl>).)*(?:</w:tblGrid>|<w:tblGrid/>)</w:tbl>"
)
_BEFORE_MISSING_PARAGRAPH = ("<w:tc>", "</w:tcPr>", "<w:tcPr/>", "</w:tbl>")  # what a cell must not end with
_EMPTY_BOX = re.compile(r"(<w:(hdr|ftr|txbxContent|footnote|endnote)(?: [^>]*[^/])?>)(?=</w:\2>)")

_BOXES = ("<w:hdr", "<w:ftr", "<w:txbxContent", "<w:footnote", "<w:endnote")


def repaired(text: str) -> str:
    """Give the part with what was left empty mended."""
    text = _EMPTY_ROW.sub("", text)
    text = _EMPTY_TABLE.sub("", text)
    for end in _BEFORE_MISSING_PARAGRAPH:
        text = text.replace(f"{end}</w:tc>", f"{end}<w:p/></w:tc>")
    has_boxes = any(box in text for box in _BOXES)  # a body seldom has; the expression would look at each element
    return _EMPTY_BOX.sub(r"\1<w:p/>", text) if has_boxes else text
