"""PNG and JPEG pictures, from a template's folder or from data: checked, upright, and without what they must not tell.

Nothing is recompressed where it need not be: what a camera adds (place, time,
comments, a second picture) stands in parts of its own, which are left out.
"""

import base64
import binascii
import io
import struct
import warnings
from collections.abc import Iterator
from typing import Literal

from PIL import Image as PillowImage
from PIL import ImageOps, UnidentifiedImageError

from configs.errors import ContextError, LimitError, TemplateError
from templates.blocks import Image

MAX_PIXELS = 40_000_000  # a page of A4 at 600 dpi
MAX_BYTES = 20 << 20

_POINTS_PER_PIXEL = 0.75  # a pixel is 1/96 inch where nothing else is said
_ORIENTATION = 0x0112  # the EXIF tag that says how the camera was held
_QUALITY = 92  # of a JPEG that has to be written anew: no loss that an eye sees
# What a PNG needs to be drawn right; everything else is about it.
_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"})
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_JPEG_SCAN = 0xDA
# Application segments but those of JFIF, of colour profiles and of Adobe's colours; and comments.
_JPEG_LEFT_OUT = frozenset({*range(0xE0, 0xF0), 0xFE} - {0xE0, 0xE2, 0xEE})


def read_raster(data: bytes, alt: str, *, where: str, max_pixels: int = MAX_PIXELS) -> Image:
    """Check the bytes of a PNG or JPEG picture.

    Args:
        data: the bytes, from anywhere.
        alt: what the picture shows, for readers who cannot see it.
        where: the place that errors name.
        max_pixels: how many it may have.

    Raises:
        TemplateError: they are no such picture, or it is cut off.
        LimitError: it is larger than a page needs.
    """
    if len(data) > MAX_BYTES:
        raise LimitError(f"The picture has {len(data) >> 20} MB, more than {MAX_BYTES >> 20}.", where=where)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of sizes that are refused below
            with PillowImage.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
                width, height = picture.size
                if width * height > max_pixels:
                    message = f"The picture has {width * height:,} pixels, more than {max_pixels:,}."
                    raise LimitError(message, where=where, hint="Save it smaller.")
                picture.load()
                return _image(picture, data, alt)
    except PillowImage.DecompressionBombError:
        raise LimitError(f"The picture has more than {max_pixels:,} pixels.", where=where) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, IndexError, struct.error):
        message = "Expected a PNG or JPEG picture, but it cannot be read."
        raise TemplateError(message, where=where, hint="It may be cut off, or of another kind.") from None


def decode_base64(text: object, *, where: str) -> bytes:
    """Give the bytes of a picture that stands in the data.

    Raises:
        ContextError: it is no base64.
    """
    if isinstance(text, str):
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            pass
    raise ContextError(
        "Expected the bytes of a picture as base64.", where=where, hint="Without `data:image/…` before it."
    )


def _image(picture: PillowImage.Image, data: bytes, alt: str) -> Image:
    kind: Literal["png", "jpeg"] = "jpeg" if picture.format == "JPEG" else "png"
    is_turned = picture.getexif().get(_ORIENTATION, 1) != 1
    if kind == "png" and not is_turned:
        content = b"".join(_png_parts(data))
    elif not is_turned and picture.mode in ("RGB", "L"):
        content = b"".join(_jpeg_parts(data))
    else:  # turned, or in the colours of a printing press, which few readers show right
        upright = ImageOps.exif_transpose(picture)
        upright = upright.convert("RGB") if upright.mode == "CMYK" else upright
        picture, content = upright, _written(upright, kind)
    width, height = picture.size
    return Image(content, kind, width * _POINTS_PER_PIXEL, height * _POINTS_PER_PIXEL, alt)


def _written(picture: PillowImage.Image, kind: Literal["png", "jpeg"]) -> bytes:
    made = io.BytesIO()
    plain = picture.copy()
    plain.info = {}
    plain.save(made, "PNG") if kind == "png" else plain.save(made, "JPEG", quality=_QUALITY)
    return made.getvalue()


def _png_parts(data: bytes) -> Iterator[bytes]:
    yield _PNG_HEAD
    position = len(_PNG_HEAD)
    kind = b""
    while kind != b"IEND":
        (length,) = struct.unpack_from(">I", data, position)
        kind, end = data[position + 4 : position + 8], position + 12 + length
        if kind in _PNG_CHUNKS:
            yield data[position:end]
        position = end


def _jpeg_parts(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    position = 2
    while True:
        while data[position] == data[position + 1] == 0xFF:  # fill bytes
            position += 1
        kind = data[position + 1]
        (length,) = struct.unpack_from(">H", data, position + 2)
        end = position + 2 + length
        if kind == _JPEG_SCAN:
            break
        if kind not in _JPEG_LEFT_OUT:
            yield data[position:end]
        position = end
    closing = data.rfind(b"\xff\xd9", position)  # what follows the end is no part of the picture
    yield data[position : closing + 2] if closing > 0 else data[position:]
