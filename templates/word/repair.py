"""Give back what Word insists on when loops and conditions left an element empty.

Word calls a file damaged when a cell, a header or a text box holds no
paragraph, or a table no row. The part is only searched for text.
"""

import re
from collections.abc import Callable, Collection

_INSIDE_ROW = "(?:(?!</w:tr>).)*"
_EMPTY_ROW = re.compile(f"<w:tr(?: [^>]*)?>(?:<w:trPr>{_INSIDE_ROW}</w:trPr>|<w:trPr/>)?</w:tr>")
_EMPTY_TABLE = re.compile(
    r"<w:tbl(?: [^>]*)?>(?:(?!<w:tbl[ >]|<w:tr[ >]|</w:tbl>).)*(?:</w:tblGrid>|<w:tblGrid/>)</w:tbl>"
)
_BEFORE_MISSING_PARAGRAPH = ("<w:tc>", "</w:tcPr>", "<w:tcPr/>", "</w:tbl>")  # what a cell must not end with
_EMPTY_BOX = re.compile(r"(<w:(hdr|ftr|txbxContent|footnote|endnote)(?: [^>]*[^/])?>)(?=</w:\2>)")

# What stands before the end of each of these elements unless loops and conditions left it empty.
_USUAL = {
    "</w:tr>": "</w:tc>",
    "</w:tbl>": "</w:tr>",
    **{f"</w:{name}>": "</w:p>" for name in ("tc", "hdr", "ftr", "txbxContent", "footnote", "endnote")},
}
_ODD_END = "|".join(f"(?<!{before}){end}" for end, before in _USUAL.items())
_ODD_END_WITHIN = re.compile(f"(?<!^)(?:{_ODD_END})")

_BOXES = ("<w:hdr", "<w:ftr", "<w:txbxContent", "<w:footnote", "<w:endnote")


def repairs_for(scopes: Collection[str], fixed: str) -> list[Callable[[str], str]]:
    """Give what mends a part; what its tags cannot empty is not looked at.

    Args:
        scopes: what the part's tags take the place of.
        fixed: the text that is there before the part is filled.
    """
    chosen: list[Callable[[str], str]] = []
    if "tc" in scopes:
        chosen.append(_without_empty_rows)
    if "tc" in scopes or "tr" in scopes:
        chosen.append(_without_empty_tables)
    if "p" in scopes:
        chosen.append(_with_paragraphs_in_cells)
    if "p" in scopes and any(box in fixed for box in _BOXES):
        chosen.append(_with_paragraphs_in_boxes)
    return chosen


def usual_before(piece: str) -> str | None:
    """Give what should stand before a piece that begins with an end tag; None where anything may."""
    return next((before for end, before in _USUAL.items() if piece.startswith(end)), None)


def has_odd_end(piece: str) -> bool:
    """Say whether an element inside of a piece, where nothing is filled in, may be one to mend."""
    return _ODD_END_WITHIN.search(piece) is not None


def _without_empty_rows(text: str) -> str:
    return text if _all_end(text, "</w:tr>", "</w:tc></w:tr>") else _EMPTY_ROW.sub("", text)


def _without_empty_tables(text: str) -> str:
    return text if _all_end(text, "</w:tbl>", "</w:tr></w:tbl>") else _EMPTY_TABLE.sub("", text)


def _with_paragraphs_in_cells(text: str) -> str:
    if not _all_end(text, "</w:tc>", "</w:p></w:tc>"):
        for end in _BEFORE_MISSING_PARAGRAPH:
            text = text.replace(f"{end}</w:tc>", f"{end}<w:p/></w:tc>")
    return text


def _with_paragraphs_in_boxes(text: str) -> str:
    return _EMPTY_BOX.sub(r"\1<w:p/>", text)


def _all_end(text: str, end: str, usual: str) -> bool:
    """Say whether all elements of a kind end as they do with content; counting is far quicker than looking."""
    return text.count(end) == text.count(usual)
