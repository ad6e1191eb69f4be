"""Ed25519 keys that sign documents, and the file that keeps the signing key."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from configs.errors import ConfigError, DependencyError

_KEY_ID_DIGITS = 16  # 64 bits: enough to tell an installation's keys apart; trust compares the whole key


@dataclass(frozen=True)
class PublicKey:
    """The half of a key that checks signatures, as its 32 raw bytes."""

    raw: bytes

    @property
    def key_id(self) -> str:
        """The short name of the key: the start of the sha256 of its bytes."""
        return hashlib.sha256(self.raw).hexdigest()[:_KEY_ID_DIGITS]

    @classmethod
    def from_pem(cls, pem: bytes) -> "PublicKey":
        """Read a key from its PEM form.

        Raises:
            ValueError: the bytes hold no Ed25519 public key.
        """
        try:
            public = serialization.load_pem_public_key(pem)
        except UnsupportedAlgorithm as error:
            raise ValueError(str(error)) from None
        if not isinstance(public, Ed25519PublicKey):
            raise ValueError("it is a public key of another kind")
        return cls(public.public_bytes_raw())

    def to_pem(self) -> bytes:
        """Write the key as PEM, to be given to those who verify."""
        return Ed25519PublicKey.from_public_bytes(self.raw).public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def accepts(self, signature: bytes, message: bytes) -> bool:
        """Say whether `signature` was made over `message` with this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """The half of a key that signs; it never leaves the machine."""

    _private: Ed25519PrivateKey

    @classmethod
    def generate(cls) -> "SigningKey":
        """Make a new key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> "SigningKey":
        """Read a key from its PEM form.

        Raises:
            ValueError: the bytes hold no unencrypted Ed25519 private key.
        """
        try:
            private = serialization.load_pem_private_key(pem, password=None)
        except (TypeError, UnsupportedAlgorithm) as error:  # TypeError: the key has a password
            raise ValueError(str(error)) from None
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError("it is a private key of another kind")
        return cls(private)

    def to_pem(self) -> bytes:
        """Write the key as unencrypted PKCS #8 PEM."""
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def public(self) -> PublicKey:
        """The key that others check signatures with."""
        return PublicKey(self._private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Sign `message`; the same message always gets the same 64 bytes."""
        return self._private.sign(message)


def load_or_create_key(path: Path) -> SigningKey:
    """Read the signing key at `path`, or make one there that only its owner can read.

    Processes that start at the same moment all end up with the one key that was first.

    Raises:
        ConfigError: the file is there but holds no Ed25519 key.
        DependencyError: the file can be neither read nor written.
    """
    try:
        if not path.exists():
            _create(path)
        pem = path.read_bytes()
    except OSError as error:
        raise DependencyError(
            f"The signing key can be neither read nor made: {error.strerror or error}.",
            where=str(path),
            hint="Check the rights of the folder, or name another one in COLOPHON_HOME.",
        ) from None
    try:
        return SigningKey.from_pem(pem)
    except ValueError:
        raise ConfigError(
            "Expected an unencrypted Ed25519 private key in PEM form, but the file holds something else.",
            where=str(path),
            hint="Restore the key from a backup, or move the file away to get a new key.",
        ) from None


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(SigningKey.generate().to_pem())
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, fails when another process was first: its key stays.
        path.hardlink_to(temporary)
    except FileExistsError:
        pass
    finally:
        temporary.unlink(missing_ok=True)
