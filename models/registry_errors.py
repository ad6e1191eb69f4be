"""MLflow's errors in our words, and a second try where its store was busy."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import sqlalchemy.exc
from mlflow.exceptions import MlflowException

from configs.errors import ColophonError, DependencyError, ModelNotFoundError

ResultT = TypeVar("ResultT")

# SQLite answers "locked" although MLflow waits 20 s for it, when a reader wants to become a writer.
_PAUSES_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
_NOT_FOUND = ("RESOURCE_DOES_NOT_EXIST", "ENDPOINT_NOT_FOUND", "NOT_FOUND")


@contextlib.contextmanager
def translated(url: str) -> Iterator[None]:
    """Raise our errors in place of those of MLflow, its database driver and the network.

    Raises:
        ModelNotFoundError: the store does not know what was asked for.
        DependencyError: the store cannot be reached, read or written.
    """
    try:
        yield
    except ColophonError:
        raise
    except MlflowException as error:
        if error.error_code in _NOT_FOUND:
            raise ModelNotFoundError(_first_line(error), where=url) from None
        raise _unreachable(error, url) from error
    except (OSError, sqlalchemy.exc.SQLAlchemyError) as error:
        raise _unreachable(error, url) from error


def retried(ask: Callable[[], ResultT]) -> ResultT:
    """Ask again for some seconds while the database is locked by another process."""
    for pause in _PAUSES_SECONDS:
        try:
            return ask()
        except (MlflowException, sqlalchemy.exc.OperationalError) as error:
            if "database is locked" not in str(error):
                raise
            time.sleep(pause)
    return ask()


def _unreachable(error: Exception, url: str) -> DependencyError:
    return DependencyError(
        f"The model registry did not answer: {_first_line(error)}",
        where=url,
        hint="Is the store running and writable? Its address is COLOPHON_TRACKING_URL.",
    )


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{lines[0].rstrip('.')}." if lines else type(error).__name__
