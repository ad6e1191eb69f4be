"""What is common to the saved folders of predictors: broken ones are told, never shown as a traceback."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from safetensors import SafetensorError

from configs.errors import IntegrityError


@contextlib.contextmanager
def reading(what: str, folder: Path) -> Iterator[None]:
    """Read a saved folder within the block.

    Raises:
        IntegrityError: a file is missing or broken, or holds what `save` never writes.
    """
    try:
        yield
    except (OSError, KeyError, ValueError, TypeError, SafetensorError) as error:
        raise IntegrityError(f"The {what} cannot be read: {error!r}.", where=str(folder)) from None
