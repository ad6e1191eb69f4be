"""The servers that `colophon up` runs: their addresses stand in one file of `home`."""

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from configs.files import atomic_write

_FILE = "servers.json"
_CONNECT_SECONDS = 0.2  # the servers are on this machine: a connection takes microseconds or is refused


def write_urls(home: Path, urls: Mapping[str, str]) -> None:
    """Leave the addresses for other commands."""
    atomic_write(home / _FILE, json.dumps(dict(urls), indent=1).encode())


def forget_urls(home: Path) -> None:
    """Take the addresses away when the servers stop."""
    (home / _FILE).unlink(missing_ok=True)


def live_url(home: Path, name: str) -> str | None:
    """Give the address of a server that answers now, or None.

    The file outlives a server that was killed, so it is believed only if something listens there.
    """
    try:
        url = json.loads((home / _FILE).read_text(encoding="utf-8")).get(name)
    except (OSError, ValueError, AttributeError):
        return None
    return url if isinstance(url, str) and _listens(url) else None


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=_CONNECT_SECONDS):
            return True
    except OSError:
        return False
