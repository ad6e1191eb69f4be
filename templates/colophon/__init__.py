"""The colophon: the signed manifest that a finished document carries inside itself.

`seal` adds it, `verify` says whether the file is still what was sealed, `read`
gives the manifest and `strip` the rendered bytes as they were before.
"""

from templates.colophon.keys import PublicKey, SigningKey, load_or_create_key
from templates.colophon.seal import Verification, read, seal, seal_whole, strip, verify

__all__ = [
    "PublicKey",
    "SigningKey",
    "Verification",
    "load_or_create_key",
    "read",
    "seal",
    "seal_whole",
    "strip",
    "verify",
]
