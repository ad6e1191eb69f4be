"""Read a template's zip archive within limits, and write filled copies of it quickly.

Members that never change are copied as they are, still compressed; only the
filled parts are deflated anew. Times are fixed, so that the same content
always gives the same bytes.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from configs.errors import LimitError, TemplateError

MAX_FILE_BYTES = 64 << 20  # a template with a few print-size photographs
MAX_MEMBERS = 2_000  # a large document has about a hundred
MAX_MEMBER_BYTES = 64 << 20
MAX_TOTAL_BYTES = 256 << 20  # unpacked; more would take seconds to look through
_MAX_RATIO = 200  # Word's XML packs about 20 to 1; only drawings that are nearly empty reach this
_RATIO_FROM_BYTES = 16 << 20  # such drawings stay below this, bombs do not
_CHUNK_BYTES = 1 << 18
_LEVEL = 6  # zlib's default: a third smaller than level 1 for half a millisecond more
_SMALL_BYTES = 1 << 12  # a header or a footer: with a window of its size it packs as well in half the time

_LOCAL = struct.Struct("<4s5H3I2H")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _DATE = 20, 0x0021  # zip 2.0; 1980-01-01, the format's first day
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1


@dataclass(frozen=True)
class Member:
    """One file of the archive as it is stored."""

    name: str
    packed: bytes
    method: int
    checksum: int
    size: int

    @classmethod
    def pack(cls, name: str, data: bytes) -> "Member":
        """Deflate `data` into a member."""
        window, memory = (-12, 6) if len(data) <= _SMALL_BYTES else (-zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL)
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, window, memory)
        packed = packer.compress(data) + packer.flush()
        return cls(name, packed, zipfile.ZIP_DEFLATED, zlib.crc32(data), len(data))

    def unpack(self) -> bytes:
        """Give the content, which `read_archive` has checked to be within the limits."""
        return self.packed if self.method == zipfile.ZIP_STORED else zlib.decompress(self.packed, -zlib.MAX_WBITS)


class ArchiveWriter:
    """Writes archives that share their fixed members and differ in a few others."""

    def __init__(self, fixed: Iterable[Member]) -> None:
        self._listing = b""
        body = []
        self._count = self._size = 0
        for member in fixed:
            head, entry = _headers(member, self._size)
            body += [head, member.packed]
            self._listing += entry
            self._size += len(head) + len(member.packed)
            self._count += 1
        self._body = b"".join(body)

    def write(self, contents: Mapping[str, bytes]) -> bytes:
        """Give the archive with the fixed members followed by `contents`, name by name."""
        pieces, listing, size = [self._body], [self._listing], self._size
        for name, data in contents.items():
            member = Member.pack(name, data)
            head, entry = _headers(member, size)
            pieces += [head, member.packed]
            listing.append(entry)
            size += len(head) + len(member.packed)
        directory = b"".join(listing)
        count = self._count + len(contents)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), size, 0)
        return b"".join((*pieces, directory, end))


def read_archive(content: bytes, *, name: str) -> dict[str, Member]:
    """Read all members, checking names, sizes and checksums.

    Raises:
        TemplateError: the bytes are no whole zip archive, or a member has an unsafe name.
        LimitError: the archive unpacks to more than a document would.
    """
    if len(content) > MAX_FILE_BYTES:
        raise LimitError(f"The template has {len(content):,} bytes; at most {MAX_FILE_BYTES:,} are read.", where=name)
    try:
        members = list(_members(content, name))
    except (TemplateError, LimitError):
        raise
    except Exception as error:  # zipfile lets errors of many kinds through when an archive is broken
        raise TemplateError(
            f"Expected a .docx file, but it is no whole zip archive ({error}).",
            where=name,
            hint="Open it in Word and save it as .docx.",
        ) from None
    by_name = {member.name: member for member in members}
    if len({key.lower() for key in by_name}) != len(members):  # names of parts differ in more than their case
        raise TemplateError("The archive holds two members of the same name.", where=name)
    return by_name


def _members(content: bytes, name: str) -> Iterator[Member]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        listed = [info for info in archive.infolist() if not info.is_dir()]
    total = sum(info.file_size for info in listed)
    if len(listed) > MAX_MEMBERS or total > MAX_TOTAL_BYTES:
        raise LimitError(
            f"The template unpacks to {len(listed):,} members with {total:,} bytes; "
            f"at most {MAX_MEMBERS:,} with {MAX_TOTAL_BYTES:,} are read.",
            where=name,
        )
    for info in listed:
        yield _member(content, info, f"{name}, member {info.filename!r}")


def _member(content: bytes, info: zipfile.ZipInfo, where: str) -> Member:
    _check_name(info.filename, where)
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise TemplateError("The member is encrypted.", where=where, hint="Save the template without a password.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise TemplateError("Expected a stored or deflated member, but it is packed in another way.", where=where)
    ratio = info.file_size / max(info.compress_size, 1)
    if info.file_size > MAX_MEMBER_BYTES or (info.file_size > _RATIO_FROM_BYTES and ratio > _MAX_RATIO):
        raise LimitError(f"The member unpacks from {info.compress_size:,} to {info.file_size:,} bytes.", where=where)
    fields = _LOCAL.unpack_from(content, info.header_offset)
    start = info.header_offset + _LOCAL.size + fields[9] + fields[10]
    packed = content[start : start + info.compress_size]
    if fields[0] != b"PK\x03\x04" or len(packed) != info.compress_size:
        raise TemplateError("The member lies outside of the archive.", where=where)
    member = Member(info.filename, packed, info.compress_type, info.CRC, info.file_size)
    _check_content(member, where)
    return member


def _check_name(name: str, where: str) -> None:
    steps = name.split("/")
    if not name or name.startswith("/") or ".." in steps or "" in steps or any(c in name for c in "\\:\0"):
        raise TemplateError("The member's name points out of the archive.", where=where)


def _check_content(member: Member, where: str) -> None:
    """Unpack piecewise: what the directory says about size and checksum must be true."""
    size, checksum = 0, 0
    for chunk in _chunks(member):
        size += len(chunk)
        checksum = zlib.crc32(chunk, checksum)
        if size > member.size:
            break
    if (size, checksum) != (member.size, member.checksum):
        raise TemplateError("The member's content is not what the archive's directory says.", where=where)


def _chunks(member: Member) -> Iterator[bytes]:
    if member.method == zipfile.ZIP_STORED:
        yield member.packed
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    rest = member.packed
    while rest and not unpacker.eof:
        yield unpacker.decompress(rest, _CHUNK_BYTES)
        rest = unpacker.unconsumed_tail
    if not unpacker.eof or unpacker.unused_data:
        raise zlib.error("the member's packed data is broken")


def _headers(member: Member, offset: int) -> tuple[bytes, bytes]:
    name = member.name.encode()
    flags = 0 if name.isascii() else _UTF8_FLAG
    common = (flags, member.method, 0, _DATE, member.checksum, len(member.packed), member.size, len(name))
    local = _LOCAL.pack(b"PK\x03\x04", _VERSION, *common, 0) + name
    entry = _ENTRY.pack(b"PK\x01\x02", _VERSION, _VERSION, *common, 0, 0, 0, 0, 0, offset) + name
    return local, entry
