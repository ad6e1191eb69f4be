"""Threads in which documents are written: a few at a time, and a bounded number may wait."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from serving.errors import OverloadedError

ResultT = TypeVar("ResultT")


class RenderPool:
    """Runs blocking work beside the event loop."""

    def __init__(self, *, threads: int, waiting: int) -> None:
        """Make it.

        Args:
            threads: how many run at the same time.
            waiting: how many may wait besides; more are refused.
        """
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="render")
        self._places = threading.Semaphore(threads + waiting)

    async def run(self, work: Callable[[], ResultT]) -> ResultT:
        """Wait for the result of `work`.

        Raises:
            OverloadedError: too many wait already.
        """
        if not self._places.acquire(blocking=False):
            raise OverloadedError("Too many documents are waiting to be written.")
        # The request id is a context variable, which a thread of a pool does not see by itself.
        future = self._executor.submit(contextvars.copy_context().run, work)
        # A caller may leave before the work ends; only then is the place free.
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)

    def stop(self) -> None:
        """Finish what runs and drop what waits."""
        self._executor.shutdown(cancel_futures=True)
