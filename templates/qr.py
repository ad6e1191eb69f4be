"""QR codes as SVG drawings."""

import segno

from configs.errors import ContextError
from templates.blocks import Image

_QUIET = 4  # modules of white around it, which readers need (ISO/IEC 18004)
_POINTS_PER_MM = 72 / 25.4


def draw_qr(value: str, alt: str, *, millimetres: int, where: str) -> Image:
    """Draw a QR code, its white edge included.

    Raises:
        ContextError: the value is too long for one.
    """
    try:
        # Level M survives a fold or a stain; a smaller code takes the level above where it costs no room.
        code = segno.make_qr(value, error="m", boost_error=True, encoding=None if value.isascii() else "utf-8")
    except segno.DataOverflowError:
        message = f"A QR code cannot hold {len(value):,} characters."
        raise ContextError(message, where=where, hint="Shorten it.") from None
    rows = [bytes(row) for row in code.matrix]
    side = len(rows) + 2 * _QUIET
    path = "".join(_row(row, number + _QUIET) for number, row in enumerate(rows))
    size = millimetres * _POINTS_PER_MM
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size:.4g}pt" height="{size:.4g}pt" '
        f'viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path d="M0 0h{side}v{side}H0Z" fill="#ffffff"/>'
        f'<path d="{path}" fill="#000000"/></svg>'
    )
    return Image(svg.encode(), "svg", size, size, alt)


def _row(row: bytes, y: int) -> str:
    """Draw the dark modules of a row, neighbours as one."""
    parts, start = [], None
    for x, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            parts.append(f"M{start + _QUIET} {y}h{x - start}v1H{start + _QUIET}Z")
            start = None
    return "".join(parts)
