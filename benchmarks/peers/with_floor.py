"""The floor: what filling a Word template costs at the least.

The template is cut and compiled beforehand, Jinja escapes as XML wants it, the parts that never change are copied as
they are packed, and zlib's default level packs the others. Nothing is checked, hashed or cleaned.
"""

import importlib.metadata
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from struct import Struct
from typing import Any

import jinja2
import word_sources

NAME = "floor"
_LOCAL, _ENTRY, _END = Struct("<4s5H3I2H"), Struct("<4s6H3I5H2I"), Struct("<4s4H2IH")
_ELEMENT = {
    scope: re.compile(rf"<w:{scope}[ >](?:(?!<w:{scope}[ >]).)*?{{%{scope} (.*?) %}}.*?</w:{scope}>", re.S)
    for scope in ("p", "tr")
}


def version() -> str:
    return importlib.metadata.version("jinja2")


def prepare(work: str, folder: Path) -> Callable[[dict[str, Any]], bytes]:  # noqa: ARG001 - as the others
    content = word_sources.build(work.partition("-")[2], "jinja")
    environment = jinja2.Environment(autoescape=True)
    fixed, filled = [], {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            data = archive.read(info)
            if b"{{" in data or b"{%" in data:
                filled[info.filename.encode()] = environment.from_string(_as_jinja(data.decode()))
            else:
                fixed.append((info.filename.encode(), _packed(data), zlib.crc32(data), len(data)))

    def render(context: dict[str, Any]) -> bytes:
        members = list(fixed)
        for name, template in filled.items():
            data = template.render(context).encode()
            members.append((name, _packed(data), zlib.crc32(data), len(data)))
        return _zipped(members)

    return render


def _as_jinja(source: str) -> str:
    for element in _ELEMENT.values():
        source = element.sub(r"{% \1 %}", source)
    return source


def _packed(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def _zipped(members: list[tuple[bytes, bytes, int, int]]) -> bytes:
    pieces, listing, offset = [], [], 0
    for name, packed, checksum, size in members:
        common = (0, 8, 0, 0x21, checksum, len(packed), size, len(name))
        local = _LOCAL.pack(b"PK\x03\x04", 20, *common, 0) + name
        listing.append(_ENTRY.pack(b"PK\x01\x02", 20, 20, *common, 0, 0, 0, 0, 0, offset) + name)
        pieces += [local, packed]
        offset += len(local) + len(packed)
    directory = b"".join(listing)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(members), len(members), len(directory), offset, 0)
    return b"".join((*pieces, directory, end))
