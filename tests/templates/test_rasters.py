"""Pictures from anywhere: what is read, what is left out, what is refused."""

import base64
import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage
from PIL.PngImagePlugin import PngInfo

from configs.errors import ColophonError, ContextError, LimitError, TemplateError
from templates.rasters import decode_base64, read_raster


def saved(picture: PillowImage.Image, form: str, **options: Any) -> bytes:
    made = io.BytesIO()
    picture.save(made, form, **options)
    return made.getvalue()


def half_red(size: tuple[int, int] = (40, 20)) -> PillowImage.Image:
    picture = PillowImage.new("RGB", size, "white")
    picture.paste((200, 0, 0), (0, 0, size[0] // 2, size[1]))
    return picture


def opened(data: bytes) -> PillowImage.Image:
    return PillowImage.open(io.BytesIO(data))


def test_jpeg_is_turned_upright_and_loses_what_the_camera_added() -> None:
    exif = PillowImage.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "secret place"
    data = saved(half_red(), "JPEG", exif=exif)
    made = read_raster(data, "a", where="x")
    assert (made.width, made.height) == (15.0, 30.0)
    assert b"secret" in data
    assert b"secret" not in made.data
    assert dict(opened(made.data).getexif()) == {}
    assert read_raster(data, "a", where="x") == made


def test_jpeg_is_not_recompressed_when_it_stands_upright() -> None:
    exif = PillowImage.Exif()
    exif[0x010E] = "secret place"
    data = saved(half_red(), "JPEG", exif=exif, comment=b"hidden", quality=70)
    made = read_raster(data + b"trailing", "a", where="x")
    assert opened(made.data).tobytes() == opened(data).tobytes()
    assert not any(word in made.data for word in (b"secret", b"hidden", b"trailing"))


def test_png_keeps_its_pixels_and_transparency_and_loses_its_texts() -> None:
    info = PngInfo()
    info.add_text("Author", "somebody")
    picture = PillowImage.new("RGBA", (6, 3), (10, 20, 30, 40))
    made = read_raster(saved(picture, "PNG", pnginfo=info, dpi=(300, 300)) + b"trailing", "a", where="x")
    assert made.kind == "png"
    assert opened(made.data).tobytes() == picture.tobytes()
    assert not any(word in made.data for word in (b"somebody", b"trailing"))


def test_colours_of_a_press_become_those_of_a_screen() -> None:
    made = read_raster(saved(half_red().convert("CMYK"), "JPEG"), "a", where="x")
    assert opened(made.data).mode == "RGB"


def bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(100_000, 100_000), (2**31 - 1, 2**31 - 1), (10_000, 10_000)])
def test_bomb_is_refused_before_it_is_opened(size: tuple[int, int]) -> None:
    with pytest.raises(LimitError, match="pixels"):
        read_raster(bomb(*size), "a", where="x")


@pytest.mark.parametrize(
    "data", [b"", b"text", saved(half_red(), "GIF"), saved(half_red(), "PNG")[:60], saved(half_red(), "JPEG")[:300]]
)
def test_what_is_no_whole_picture_is_refused_with_one_sentence(data: bytes) -> None:
    with pytest.raises(TemplateError, match="cannot be read") as caught:
        read_raster(data, "a", where="photo")
    assert caught.value.where == "photo"


def test_limit_on_pixels_is_the_callers() -> None:
    with pytest.raises(LimitError, match="more than 100"):
        read_raster(saved(half_red(), "PNG"), "a", where="x", max_pixels=100)


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=8), st.sampled_from(["PNG", "JPEG"]))
def test_damaged_picture_never_breaks_the_reader(position: int, noise: bytes, form: str) -> None:
    data = bytearray(saved(half_red(), form))
    position %= len(data)
    data[position : position + len(noise)] = noise
    try:
        made = read_raster(bytes(data), "a", where="x")
    except ColophonError:
        return
    opened(made.data).load()


def test_base64_is_read_with_line_breaks() -> None:
    assert decode_base64(base64.encodebytes(b"x" * 100).decode(), where="photo") == b"x" * 100
    for wrong in ("???", "abc", "data:image/png;base64,eHg=", None, 3):
        with pytest.raises(ContextError, match="base64"):
            decode_base64(wrong, where="photo")
