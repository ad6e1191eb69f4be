"""Find LibreOffice on this machine; it is a program of the system, not a Python package."""

import functools
import shutil
from dataclasses import dataclass
from pathlib import Path

INSTALL_HINT = "Install it: `apt install libreoffice-writer`."

# What Debian, Fedora, the Document Foundation's own packages and containers use, in the order of trust.
_USUAL_PLACES = (
    "/usr/lib/libreoffice/program",
    "/usr/lib64/libreoffice/program",
    "/opt/libreoffice*/program",
    "/usr/local/lib/libreoffice/program",
)
_LIBRARIES = ("libmergedlo.so", "libsofficeapp.so")  # one large library, or many; the entry is in one of the two
_WRITER = "libswlo.so"  # comes with the package of the word processor
_COMMANDS = ("soffice", "libreoffice")


@dataclass(frozen=True)
class Installation:
    """A LibreOffice that can be loaded.

    Attributes:
        folder: its `program` folder.
        library: what is loaded from there.
    """

    folder: Path
    library: Path


@functools.cache
def find_office() -> Installation | None:
    """Find LibreOffice Writer, or None; a process looks once."""
    for folder in _candidates():
        library = next((folder / name for name in _LIBRARIES if (folder / name).is_file()), None)
        if library is not None and (folder / _WRITER).is_file():
            return Installation(folder, library)
    return None


def _candidates() -> list[Path]:
    """The folder of the command comes first: who put it on the path meant that one."""
    found = [Path(path).resolve().parent for name in _COMMANDS if (path := shutil.which(name))]
    for pattern in _USUAL_PLACES:
        found += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)  # the newest version first
    return found
