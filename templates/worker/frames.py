"""Messages over a pipe: a JSON header and byte strings, with a deadline.

No pickle: what a worker sends is data of a program that may have been taken over.
"""

import json
import os
import select
import struct
import time
from collections.abc import Mapping, Sequence
from typing import Any

_LENGTHS = struct.Struct("<II")  # of the header in bytes, and how many byte strings follow
_LENGTH = struct.Struct("<Q")
_CHUNK_BYTES = 1 << 20  # a pipe takes less at once; this only bounds a single copy

MAX_HEADER_BYTES = 128 << 20  # the largest data of a document, ten million characters, each escaped
MAX_BLOBS = 1_000  # a template's files and their names
MAX_BLOB_BYTES = 512 << 20  # a document with photographs is a tenth of this

Message = tuple[dict[str, Any], list[bytes]]


def send(descriptor: int, header: Mapping[str, Any], blobs: Sequence[bytes] = (), *, seconds: float | None) -> None:
    """Write one message.

    Raises:
        TimeoutError: the other side did not read it in time.
        BrokenPipeError: there is no other side any more.
    """
    packed = json.dumps(header, separators=(",", ":"), ensure_ascii=False, default=dict).encode(
        "utf-8", "surrogatepass"
    )
    pieces = [_LENGTHS.pack(len(packed), len(blobs)), packed]
    for blob in blobs:
        pieces += [_LENGTH.pack(len(blob)), blob]
    small = b"".join(pieces) if sum(map(len, pieces)) < _CHUNK_BYTES else None
    waiting = _Waiting(descriptor, select.POLLOUT, seconds)
    for piece in pieces if small is None else [small]:
        view = memoryview(piece)
        while view:
            waiting.until_ready()
            view = view[os.write(descriptor, view[:_CHUNK_BYTES]) :]


def receive(descriptor: int, *, seconds: float | None) -> Message:
    """Read one message.

    Raises:
        TimeoutError: it did not come in time.
        EOFError: the other side ended, or what came is no message.
    """
    waiting = _Waiting(descriptor, select.POLLIN, seconds)
    header_bytes, count = _LENGTHS.unpack(_read(waiting, _LENGTHS.size))
    if header_bytes > MAX_HEADER_BYTES or count > MAX_BLOBS:
        raise EOFError("the message is larger than any")
    try:
        header = json.loads(_read(waiting, header_bytes))
    except (ValueError, RecursionError):
        raise EOFError("the message is no JSON") from None
    if not isinstance(header, dict):
        raise EOFError("the message has no header")
    blobs = []
    for _ in range(count):
        (size,) = _LENGTH.unpack(_read(waiting, _LENGTH.size))
        if size > MAX_BLOB_BYTES:
            raise EOFError("the message is larger than any")
        blobs.append(_read(waiting, size))
    return header, blobs


class _Waiting:
    """Waits for one end of a pipe, for all pieces of a message together no longer than it may."""

    def __init__(self, descriptor: int, event: int, seconds: float | None) -> None:
        self.descriptor = descriptor
        self._deadline = None if seconds is None else time.monotonic() + seconds
        self._poll = select.poll()
        self._poll.register(descriptor, event)

    def until_ready(self) -> None:
        if self._deadline is None:
            return  # the call that follows waits by itself
        left = self._deadline - time.monotonic()
        if left <= 0 or not self._poll.poll(left * 1_000):
            raise TimeoutError


def _read(waiting: _Waiting, size: int) -> bytes:
    pieces = []
    while size:
        waiting.until_ready()
        piece = os.read(waiting.descriptor, min(size, _CHUNK_BYTES))
        if not piece:
            raise EOFError("the other side ended")
        pieces.append(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
