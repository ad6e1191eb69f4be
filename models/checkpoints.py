"""One file of tensors and facts that a fit leaves behind, so that a killed one can go on."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from configs.errors import DependencyError
from configs.logging import get_logger

_log = get_logger(__name__)


def write(path: Path, tensors: Mapping[str, Tensor], *, fingerprint: str, facts: Mapping[str, Any]) -> None:
    """Replace the checkpoint at `path`, whole or not at all.

    Args:
        path: the file.
        tensors: what was learnt so far.
        fingerprint: names the fit (its data, configuration and seed), so that no other one goes on from here.
        facts: plain data beside the tensors.

    Raises:
        DependencyError: the disk is full or the folder cannot be written.
    """
    temporary = path.with_suffix(".partial")
    metadata = {"fingerprint": fingerprint, "facts": json.dumps(dict(facts))}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(dict(tensors), temporary, metadata=metadata)
        temporary.replace(path)
    except (OSError, SafetensorError) as error:
        temporary.unlink(missing_ok=True)
        raise DependencyError(f"The checkpoint cannot be written: {error}.", where=str(path)) from None


def read(path: Path, *, fingerprint: str) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """Read the tensors and facts of the checkpoint at `path`; None if there is none of this fit."""
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata()
            if metadata["fingerprint"] != fingerprint:
                _log.warning("the checkpoint belongs to another fit, so fitting starts anew", path=str(path))
                return None
            names = file.keys()
            return {name: file.get_tensor(name) for name in names}, json.loads(metadata["facts"])
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        _log.warning("the checkpoint cannot be read, so fitting starts anew", path=str(path), reason=str(error))
        return None
