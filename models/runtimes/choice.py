"""Which runtime an encoder answers with, as it is saved beside the encoder's weights."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, get_args

from configs.errors import IntegrityError
from configs.files import atomic_write

RuntimeName = Literal["torch", "torch-bfloat16", "onnx", "onnx-int8"]
RUNTIMES: tuple[RuntimeName, ...] = get_args(RuntimeName)

Ranges = Mapping[str, tuple[float, float]]
"""The smallest and largest value that went into each linear layer, by the layer's name in the model."""

_FILE = "runtime.json"


@dataclass(frozen=True)
class RuntimeChoice:
    """A runtime and what it needs beside the weights.

    Attributes:
        name: one of `RUNTIMES`.
        ranges: what `onnx-int8` scales its integers by; empty for the others.
    """

    name: RuntimeName = "torch"
    ranges: Ranges = field(default_factory=dict)


TORCH = RuntimeChoice()


def write(choice: RuntimeChoice, folder: Path) -> None:
    """Write the choice into an encoder's folder; `torch` needs no file."""
    if choice != TORCH:
        atomic_write(folder / _FILE, json.dumps(asdict(choice), indent=1).encode())


def read(folder: Path) -> RuntimeChoice:
    """Read the choice in an encoder's folder; `torch` where there is none.

    Raises:
        IntegrityError: the file is broken or names a runtime that this release does not have.
    """
    path = folder / _FILE
    if not path.exists():
        return TORCH
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        ranges = {str(name): (float(low), float(high)) for name, (low, high) in found["ranges"].items()}
        name = found["name"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IntegrityError(f"The choice of a runtime cannot be read: {error!r}.", where=str(path)) from None
    if name not in RUNTIMES:
        raise IntegrityError(
            f"This release has no runtime `{name}`.",
            where=str(path),
            hint=f"It has {', '.join(RUNTIMES)}: train the model again or use the release that saved it.",
        )
    return RuntimeChoice(name, ranges)
