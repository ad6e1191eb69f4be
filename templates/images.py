"""Read the pictures of a template's folder, and refuse those that reach outside of themselves."""

import functools
import re
from dataclasses import replace
from typing import Any

from configs.errors import TemplateError
from templates.blocks import Image
from templates.library import TemplateFiles
from templates.rasters import read_raster
from templates.word import xml

__all__ = ["read_image", "read_raster"]

_POINTS_PER_PIXEL = 0.75  # a pixel is 1/96 inch where nothing else is said
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*(px|pt|mm|)\s*")
_POINTS = {"px": _POINTS_PER_PIXEL, "": _POINTS_PER_PIXEL, "pt": 1.0, "mm": 72 / 25.4}
_LOADS = re.compile(r"@import|url\(\s*['\"]?(?!#)", re.IGNORECASE)
_ACTIVE = ("script", "foreignObject", "handler")


def read_image(files: TemplateFiles, path: str, alt: str, *, where: str) -> Image:
    """Read a picture from the template's folder.

    Args:
        files: the template's files; nothing else can be read.
        path: the picture's path in the folder.
        alt: what the picture shows, for readers who cannot see it.
        where: the place that errors name.

    Raises:
        TemplateError: there is no such file, or it is no picture that documents can hold.
        LimitError: it has too many pixels.
    """
    try:
        data = files.read(path)
    except TemplateError as error:
        raise TemplateError(error.message, where=where, hint=error.hint) from None
    if path.lower().endswith(".svg"):
        width, height = _svg_size(data, f"{files.name}/{path}")
        return Image(data, "svg", width, height, alt)
    return replace(_raster(data, f"{files.name}/{path}"), alt=alt)


# A template's few pictures stand in each of its documents: they are decoded and checked once.
@functools.lru_cache(maxsize=32)
def _raster(data: bytes, where: str) -> Image:
    return read_raster(data, "", where=where)


@functools.lru_cache(maxsize=32)
def _svg_size(data: bytes, where: str) -> tuple[float, float]:
    root = xml.parse(data, where=where)
    if xml.local_name(root) != "svg":
        raise TemplateError("Expected an SVG picture, but its outermost element is another.", where=where)
    for element in root.iter():
        _refuse_active(element, where)
    width, height = (_points(root.get(name)) for name in ("width", "height"))
    if not (width and height):
        box = [float(number) for number in re.findall(r"-?[0-9.]+", root.get("viewBox", ""))]
        if len(box) != 4 or box[2] <= 0 or box[3] <= 0:
            raise TemplateError("The SVG says neither its size nor its viewBox.", where=where)
        width, height = box[2] * _POINTS_PER_PIXEL, box[3] * _POINTS_PER_PIXEL
    return width, height


def _refuse_active(element: Any, where: str) -> None:
    name = xml.local_name(element)
    if name in _ACTIVE:
        raise TemplateError(f"The SVG holds a `{name}` element, which a document cannot.", where=where)
    if name == "style" and _LOADS.search(element.text or ""):
        raise TemplateError("The SVG's style loads something from outside.", where=where)
    for key, value in element.attrib.items():
        attribute = str(key).rpartition("}")[2]
        if attribute.startswith("on"):
            raise TemplateError(f"The SVG holds a script in `{attribute}`.", where=where)
        if attribute in ("href", "src") and not value.startswith(("#", "data:image/")):
            raise TemplateError(f"The SVG loads something from outside: “{value[:60]}”.", where=where)


def _points(length: str | None) -> float | None:
    match = _LENGTH.fullmatch(length or "")
    return float(match[1]) * _POINTS[match[2]] or None if match else None
