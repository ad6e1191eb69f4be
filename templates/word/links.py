"""Links whose target holds tags: `https://example.org/orders/{{ order.number }}`.

Word keeps targets apart from the text and writes braces as `%7B`. A link with
tags becomes a value of the text around it, so that it works inside of loops.
"""

import re
from collections.abc import Sequence
from urllib.parse import quote, unquote

from configs.errors import TemplateError
from templates.word.tags import Tag, find_tags

SAFE_LINKS = re.compile(r"https?://|mailto:|tel:|[^\\:]*$", re.IGNORECASE)  # no file on a share, no script
_TAG = re.compile(r"(?:\{|%7B){2}.*?(?:\}|%7D){2}", re.IGNORECASE)
_WHOLE = "/:?#[]@!$&'()*+,;=%~"  # what may stand in an address that is a value as a whole


def link_pieces(target: str) -> tuple[tuple[str, ...], list[Tag]]:
    """Cut a target into its fixed pieces and the tags between them."""
    fixed, tags, position = [], [], 0
    for match in _TAG.finditer(target):
        found = find_tags(unquote(match[0]))
        if len(found) == 1:
            fixed.append(target[position : match.start()])
            tags.append(found[0].tag)
            position = match.end()
    return (*fixed, target[position:]), tags


def has_tags(target: str) -> bool:
    """Say whether a link's target is to be filled."""
    return bool(link_pieces(target)[1])


def joined_link(fixed: Sequence[str], values: Sequence[str]) -> str:
    """Put values into a link so that each stays within its place.

    Raises:
        TemplateError: the link would start a program, or reach for a file.
    """
    if not fixed[0]:
        checked_link(values[0])  # as it is, before a backslash is written as a harmless sign
    link = fixed[0]
    for value, behind in zip(values, fixed[1:], strict=True):
        link += quote(value, safe="/" if link else _WHOLE) + behind
    return checked_link(link)


def checked_link(link: str) -> str:
    """Give a link back.

    Raises:
        TemplateError: it would start a program, or reach for a file.
    """
    if not is_safe(link):
        raise TemplateError(f"A link leads to “{link[:60]}”.", hint="Start it with https:, http:, mailto: or tel:.")
    return link


def is_safe(link: str) -> bool:
    """Say whether a link leads to the web, a mailbox, a telephone or a place nearby."""
    return bool(SAFE_LINKS.match(link))
