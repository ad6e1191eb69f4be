"""The text that is sealed in: the manifest and, at a fixed distance from the end, the signature."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from configs.errors import DocumentError, LimitError

MAX_BYTES = 1 << 20  # a manifest names things by hash; a whole ledger of one document takes a few kilobytes
BLANK = b"0" * 128  # stands where the signature will be while the file is hashed
_AFTER_SIGNATURE = len(b'"\n}')


@dataclass(frozen=True)
class Envelope:
    """What an envelope says."""

    manifest: Mapping[str, Any]
    signature: bytes


def write(manifest: Mapping[str, Any]) -> bytes:
    """Write the envelope with a blank signature.

    It is ASCII without `&`, `<` and `>`, so that it stands in XML and in a PDF as it is.

    Raises:
        DocumentError: the manifest is not plain data.
        LimitError: the manifest is too large.
    """
    try:
        text = json.dumps(
            {"manifest": manifest, "signature": BLANK.decode()}, indent=2, sort_keys=True, allow_nan=False
        )
    except (TypeError, ValueError, RecursionError) as error:
        raise DocumentError(f"The manifest must be plain data that JSON can hold, but {error}.") from None
    for character in "&<>":  # these stand only inside strings, where JSON may spell them as escapes
        text = text.replace(character, f"\\u{ord(character):04x}")
    if len(text) > MAX_BYTES:
        raise LimitError(f"The manifest takes {len(text):,} bytes; at most {MAX_BYTES:,} can be sealed in.")
    return text.encode("ascii")


def parse(text: bytes) -> Envelope | None:
    """Read an envelope, or give None when the bytes are not one."""
    if len(text) > MAX_BYTES:
        return None
    try:
        values = json.loads(text.decode("ascii"))
        signature = bytes.fromhex(values["signature"])
        manifest = values["manifest"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return Envelope(manifest, signature) if isinstance(manifest, dict) else None


def signature_slot(start: int, end: int) -> slice:
    """Say where the signature's digits stand in a file whose envelope is at `start:end`."""
    last = end - _AFTER_SIGNATURE
    return slice(max(start, last - len(BLANK)), last)
