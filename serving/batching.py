"""One queue per model: calls of different callers are answered together.

A call never waits for others to come: while one batch is computed, the next
one gathers. The model is asked for again before each batch, so a new version
takes over between two batches, and each call is answered by one version.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from serving.errors import OverloadedError

InputT = TypeVar("InputT")
OutputT = TypeVar("OutputT")
ModelT = TypeVar("ModelT")


@dataclass(frozen=True)
class Answer(Generic[OutputT, ModelT]):
    """The outputs of one call, and the model that gave all of them."""

    outputs: list[OutputT]
    model: ModelT


@dataclass(frozen=True)
class _Call(Generic[InputT, OutputT, ModelT]):
    inputs: Sequence[InputT]
    future: "asyncio.Future[Answer[OutputT, ModelT]]"


class Batcher(Generic[InputT, OutputT, ModelT]):
    """The queue of one model. Lives in one event loop; the model runs in a thread of its own."""

    def __init__(
        self,
        current: Callable[[], ModelT],
        predict: Callable[[ModelT, list[InputT]], list[OutputT]],
        *,
        name: str,
        batch_size: int,
        capacity: int,
        observe: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Make the queue; it answers after `start`.

        Args:
            current: gives the model that answers now, or raises where there is none.
            predict: lets that model answer inputs, in order.
            name: of the model, for messages.
            batch_size: inputs of one batch; a call is never split, so one call may be larger.
            capacity: inputs that may wait.
            observe: is told the size of each batch.
        """
        self._current = current
        self._predict = predict
        self._name = name
        self._batch_size = batch_size
        self._capacity = capacity
        self._observe = observe
        self._calls: deque[_Call[InputT, OutputT, ModelT]] = deque()
        self._waiting = 0
        self._arrived = asyncio.Event()
        self._stopping = False
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"predict-{name}")
        self._runner: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many inputs wait."""
        return self._waiting

    def start(self) -> None:
        """Begin to answer; call it in the event loop."""
        self._runner = asyncio.get_running_loop().create_task(self._run(), name=f"batches of {self._name}")

    async def stop(self) -> None:
        """Finish the batch that runs and refuse what still waits."""
        self._stopping = True
        self._arrived.set()
        if self._runner is not None:
            await self._runner
        while self._calls:
            _settle(self._calls.popleft(), OverloadedError(f"`{self._name}` is stopping."))
        self._executor.shutdown()

    async def submit(self, inputs: Sequence[InputT]) -> Answer[OutputT, ModelT]:
        """Wait for the outputs of `inputs`.

        Raises:
            ModelNotFoundError: no version answers yet.
            OverloadedError: too many inputs wait already.
            Exception: what the model raised for these inputs.
        """
        self._current()
        if self._waiting + len(inputs) > self._capacity or self._stopping:
            raise OverloadedError(f"`{self._name}` has {self._waiting} texts waiting and takes no more now.")
        call: _Call[InputT, OutputT, ModelT] = _Call(inputs, asyncio.get_running_loop().create_future())
        self._calls.append(call)
        self._waiting += len(inputs)
        self._arrived.set()
        return await call.future

    async def _run(self) -> None:
        while not self._stopping:
            if not self._calls:
                self._arrived.clear()
                await self._arrived.wait()
            else:
                await self._answer_next()

    async def _answer_next(self) -> None:
        """Answer one batch; nothing of it, nor its model, is held after that."""
        batch = self._take()
        if not batch:
            return
        self._observe(sum(len(call.inputs) for call in batch))
        inputs = [call.inputs for call in batch]
        answers = await asyncio.get_running_loop().run_in_executor(self._executor, self._answer_all, inputs)
        for call, answer in zip(batch, answers, strict=True):
            _settle(call, answer)

    def _take(self) -> list[_Call[InputT, OutputT, ModelT]]:
        """Take calls from the front while they fit; those whose caller has gone are dropped."""
        batch: list[_Call[InputT, OutputT, ModelT]] = []
        size = 0
        while self._calls and (not batch or size + len(self._calls[0].inputs) <= self._batch_size):
            call = self._calls.popleft()
            self._waiting -= len(call.inputs)
            if not call.future.done():
                batch.append(call)
                size += len(call.inputs)
        return batch

    def _answer_all(self, calls: list[Sequence[InputT]]) -> list[Answer[OutputT, ModelT] | Exception]:
        """Answer all calls at once; where that fails, each by itself, so that only the bad one fails."""
        try:
            model = self._current()
            outputs = iter(self._checked(model, [item for inputs in calls for item in inputs]))
            return [Answer([next(outputs) for _ in inputs], model) for inputs in calls]
        except Exception as error:
            if len(calls) == 1:
                return [error]
            return [self._answer_all([inputs])[0] for inputs in calls]

    def _checked(self, model: ModelT, inputs: list[InputT]) -> list[OutputT]:
        outputs = self._predict(model, inputs)
        if len(outputs) != len(inputs):
            raise RuntimeError(f"`{self._name}` gave {len(outputs)} outputs for {len(inputs)} inputs")
        return outputs


def _settle(call: _Call[InputT, OutputT, ModelT], answer: Answer[OutputT, ModelT] | Exception) -> None:
    if call.future.done():  # the caller has gone
        return
    if isinstance(answer, Exception):
        call.future.set_exception(answer)
    else:
        call.future.set_result(answer)
