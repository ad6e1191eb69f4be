"""What a fit took: seconds and the peak of memory, over all attempts where it was killed and went on."""

import json
import resource
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from configs.files import atomic_write

_FILE = "usage.json"
_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"  # what Linux takes for: the peak starts anew at what is in memory now


@dataclass(frozen=True)
class Usage:
    """What a fit took; `peak_mb` is of the whole process, libraries included."""

    seconds: float
    peak_mb: float


class UsageMeter:
    """Writes down what a fit has taken so far, so that a kill loses only what came after the last report."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._before = read_usage(folder) if (folder / _FILE).exists() else Usage(0.0, 0.0)
        _reset_peak()
        self._started = time.monotonic()

    def write(self) -> None:
        """Add what this attempt took to what the ones before did."""
        seconds = self._before.seconds + time.monotonic() - self._started
        usage = Usage(seconds, max(self._before.peak_mb, _peak_mb()))
        atomic_write(self._folder / _FILE, json.dumps(asdict(usage)).encode())


def read_usage(folder: Path) -> Usage:
    """Read what a `UsageMeter` wrote."""
    return Usage(**json.loads((folder / _FILE).read_text(encoding="utf-8")))


def _reset_peak() -> None:
    """Forget what the process needed before; where the system does not let us, the peak includes it."""
    try:
        _RESET.write_text(_RESET_PEAK)
    except OSError:
        return


def _peak_mb() -> float:
    """The most memory that was in use at once, in MB."""
    try:
        lines = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024 / 1e6
    except (OSError, KeyError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
