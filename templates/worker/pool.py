"""A few warm workers, handed out one job at a time."""

import contextlib
import os
import threading
import weakref
from collections.abc import Iterator

from configs.errors import DependencyError
from templates.worker.process import Program, WorkerProcess

# A worker is replaced after so many documents: what leaks in months is gone every few minutes.
RETIRE_AFTER = 1_000
# … or once its caches hold this share of what it may hold, of which the next document may need the rest.
_KEPT_SHARE = 0.25


class WorkerPool:
    """Keeps up to `size` processes of one program; may be shared by threads.

    The first starts when it is first needed. One that ends, for whatever
    reason, is replaced at once, so that the next job finds a warm one.
    """

    def __init__(self, program: Program, *, size: int, retire_after: int = RETIRE_AFTER) -> None:
        self._program = program
        self._retire_after = retire_after
        self._size = size
        self._idle: list[WorkerProcess] = []
        self._forget_all()

    @contextlib.contextmanager
    def worker(self, key: str = "") -> Iterator[WorkerProcess]:
        """Lend a worker, if possible one that knows `key`; a job that fails in an unknown way ends it."""
        if self._owner != os.getpid():  # forked: the processes belong to the parent
            self._forget_all()
        with self._places:
            worker = self._ready(self._take(key))
            try:
                yield worker
            except BaseException:
                self._replace(worker)
                raise
            if self._is_spent(worker):
                self._replace(worker)
            else:
                with self._lock:
                    self._idle.append(worker)

    def start(self) -> None:
        """Start a process now, so that the first job does not wait for it."""
        with self._lock:
            if not self._idle:
                self._idle.append(self._new())

    def process_ids(self) -> list[int]:
        """List the processes that run."""
        return [worker.process_id for worker in self._all]

    def close(self) -> None:
        """End the processes that wait; one that works ends when its job does."""
        with self._lock:
            workers, self._idle = self._idle, []
        for worker in workers:
            worker.end()
            self._all.discard(worker)

    def _forget_all(self) -> None:
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(self._size)
        self._idle = []
        self._all: weakref.WeakSet[WorkerProcess] = weakref.WeakSet()

    def _take(self, key: str) -> WorkerProcess:
        with self._lock:
            for position in reversed(range(len(self._idle))):
                if key in self._idle[position].known:
                    return self._idle.pop(position)
            return self._idle.pop() if self._idle else self._new()

    def _ready(self, worker: WorkerProcess) -> WorkerProcess:
        """Wait for a process that starts; one that hangs doing so, as programs do once in a while, gets a successor."""
        try:
            worker.wait_until_ready()
        except DependencyError:
            worker.end()
            self._all.discard(worker)
            worker = self._new()
            worker.wait_until_ready()
        return worker

    def _new(self) -> WorkerProcess:
        worker = WorkerProcess(self._program)
        self._all.add(worker)
        return worker

    def _replace(self, worker: WorkerProcess) -> None:
        worker.end()
        self._all.discard(worker)
        fresh = self._new()
        with self._lock:
            self._idle.append(fresh)

    def _is_spent(self, worker: WorkerProcess) -> bool:
        grown = worker.held_mb - worker.warm_mb
        return worker.documents >= self._retire_after or grown > self._program.memory_mb * _KEPT_SHARE
