"""`InlineImage`: a picture that is a value."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.sax.saxutils import quoteattr

import templates.images as images  # the module itself: it needs parts of this package while it is loaded
from configs.errors import ContextError, TemplateError
from templates.markup import MARK, MARK_END
from templates.word.package import FilledPart
from templates.word.values import WordValue
from templates.word.xml import RELATIONSHIP_NAMESPACE

_EMU_PER_POINT = 12_700
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_MAX_SIDE = 56 * 914_400 // 2  # half of what Word can show; far beyond any page


@dataclass(frozen=True)
class Drawing:
    """A picture in a part, before its place says how large it may be."""

    relationship: str
    width: int
    height: int
    description: str
    link: str | None

    def write(self, number: int, available: int | None) -> str:
        """Write it no wider than the place."""
        width, height = self.width, self.height
        if available and width > available:
            width, height = available, max(height * available // width, 1)
        link = f'<a:hlinkClick xmlns:a="{_DRAWING}/main" r:id="{self.link}"/>' if self.link else ""
        name = f'name="Picture {number}" descr={quoteattr(self.description)}'
        return (
            f'<w:drawing xmlns:r="{RELATIONSHIP_NAMESPACE}">'
            f'<wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
            f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{number}" {name}>{link}</wp:docPr>'
            f'<wp:cNvGraphicFramePr><a:graphicFrameLocks xmlns:a="{_DRAWING}/main" noChangeAspect="1"/>'
            f'</wp:cNvGraphicFramePr><a:graphic xmlns:a="{_DRAWING}/main"><a:graphicData uri="{_DRAWING}/picture">'
            f'<pic:pic xmlns:pic="{_DRAWING}/picture"><pic:nvPicPr><pic:cNvPr id="{number}" {name}/><pic:cNvPicPr/>'
            f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="{self.relationship}"/><a:stretch><a:fillRect/></a:stretch>'
            f'</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
            "</wp:inline></w:drawing>"
        )


class InlineImage(WordValue):
    """A PNG or JPEG picture that stands in the text, for `{{ name }}`.

    Args:
        image_descriptor: a path, an open file, or the picture's bytes.
        width: in EMU, as the lengths of `docx.shared` are (`Mm(20)`); the height follows when it is left out.
        height: likewise. Without both, the picture has its own size, but is no wider than its place.
        anchor: the address that the picture links to.
        description: what the picture shows, for readers who cannot see it.

    Raises:
        ContextError: there is no such file, or it is no such picture.
        LimitError: it has too many pixels.
    """

    def __init__(
        self,
        image_descriptor: "str | os.PathLike[str] | bytes | IO[bytes]",
        width: int | None = None,
        height: int | None = None,
        anchor: str | None = None,
        description: str = "",
    ) -> None:
        where = str(image_descriptor)[:100] if isinstance(image_descriptor, str | os.PathLike) else "a picture"
        try:
            self._image = images.read_raster(_bytes_of(image_descriptor), description, where=where)
        except TemplateError as error:
            raise ContextError(error.message, where=error.where, hint=error.hint) from None
        except OSError as error:
            raise ContextError(f"The picture cannot be read: {error.strerror}.", where=where) from None
        self._is_sized = bool(width or height)
        self._size = _size(self._image.width * _EMU_PER_POINT, self._image.height * _EMU_PER_POINT, width, height)
        self._anchor = anchor

    def __str__(self) -> str:
        return self._image.alt

    def stored(self, part: FilledPart) -> str:
        """Give the id under which a part finds the picture."""
        return part.picture(self._image.data, self._image.kind)

    def in_text(self, part: FilledPart) -> str:
        link = part.link(self._anchor) if self._anchor else None
        drawing = Drawing(self.stored(part), *self._size, self._image.alt, link)
        part.filling.pending.append((drawing, self._is_sized))
        mark = f"{MARK}i{len(part.filling.pending) - 1}{MARK_END}"
        return f'</w:t>{mark}<w:t xml:space="preserve">'


def _bytes_of(source: "str | os.PathLike[str] | bytes | IO[bytes]") -> bytes:
    if isinstance(source, bytes):
        return source
    if isinstance(source, str | os.PathLike):
        return Path(source).read_bytes()
    source.seek(0)
    return source.read()


def _size(own_width: float, own_height: float, width: int | None, height: int | None) -> tuple[int, int]:
    if width and height:
        size = (int(width), int(height))
    elif width:
        size = (int(width), round(own_height * width / own_width))
    else:
        scale = height / own_height if height else 1
        size = (round(own_width * scale), round(own_height * scale))
    if (width or height) and not all(0 <= side <= _MAX_SIDE for side in size):
        raise ContextError(f"A picture's sides must be lengths in EMU, up to {_MAX_SIDE:,}, but got {size}.")
    return max(size[0], 1), max(size[1], 1)
