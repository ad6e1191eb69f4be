import asyncio
import gc
import threading
import weakref
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from configs.errors import InputError, ModelNotFoundError
from serving.batching import Batcher
from serving.errors import OverloadedError

Predict = Callable[[str, list[str]], list[str]]


def upper(model: str, inputs: list[str]) -> list[str]:
    return [f"{model}:{text.upper()}" for text in inputs]


class Gate:
    """A model that answers when it is let, and notes what it was asked."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.entered = threading.Event()
        self.batches: list[list[str]] = []

    def predict(self, model: str, inputs: list[str]) -> list[str]:
        self.batches.append(list(inputs))
        self.entered.set()
        assert self.open.wait(5)
        return upper(model, inputs)

    async def wait_until_busy(self) -> None:
        assert await asyncio.to_thread(self.entered.wait, 5)


def run(
    test: Callable[[Batcher[str, str, str]], Coroutine[Any, Any, None]],
    predict: Predict = upper,
    current: Callable[[], str] = lambda: "v1",
    *,
    batch_size: int = 8,
    capacity: int = 100,
) -> None:
    async def main() -> None:
        batcher: Batcher[str, str, str] = Batcher(
            current, predict, name="model", batch_size=batch_size, capacity=capacity
        )
        batcher.start()
        try:
            await asyncio.wait_for(test(batcher), 10)
        finally:
            await batcher.stop()

    asyncio.run(main())


def test_submit_when_callers_wait_together() -> None:
    gate = Gate()

    async def test(batcher: Batcher[str, str, str]) -> None:
        first = asyncio.create_task(batcher.submit(["a"]))
        await gate.wait_until_busy()
        others = [asyncio.create_task(batcher.submit([str(i), f"{i}!"])) for i in range(5)]
        await asyncio.sleep(0.05)
        assert batcher.waiting == 10
        gate.open.set()
        assert (await first).outputs == ["v1:A"]
        for i, answer in enumerate(await asyncio.gather(*others)):
            assert answer.outputs == [f"v1:{i}", f"v1:{i}!"]

    run(test, gate.predict)
    # Four calls of two texts fill a batch of eight; the fifth is not split.
    assert [len(batch) for batch in gate.batches] == [1, 8, 2]


def test_submit_when_one_call_is_larger_than_a_batch() -> None:
    async def test(batcher: Batcher[str, str, str]) -> None:
        assert len((await batcher.submit(["x"] * 20)).outputs) == 20

    run(test)


def test_submit_when_one_input_is_bad() -> None:
    gate = Gate()

    def predict(model: str, inputs: list[str]) -> list[str]:
        outputs = gate.predict(model, inputs)
        if "bad" in inputs:
            raise InputError("This text cannot be read.")
        return outputs

    async def test(batcher: Batcher[str, str, str]) -> None:
        first = asyncio.create_task(batcher.submit(["first"]))
        await gate.wait_until_busy()
        calls = [asyncio.create_task(batcher.submit([text])) for text in ("good", "bad", "fine")]
        await asyncio.sleep(0.05)
        gate.open.set()
        await first
        good, bad, fine = await asyncio.gather(*calls, return_exceptions=True)
        assert not isinstance(good, BaseException)
        assert good.outputs == ["v1:GOOD"]
        assert isinstance(bad, InputError)
        assert not isinstance(fine, BaseException)
        assert fine.outputs == ["v1:FINE"]

    run(test, predict)
    assert gate.batches[1] == ["good", "bad", "fine"]


def test_submit_when_the_model_gives_too_few_outputs() -> None:
    async def test(batcher: Batcher[str, str, str]) -> None:
        with pytest.raises(RuntimeError, match="gave 0 outputs for 1 inputs"):
            await batcher.submit(["a"])

    run(test, lambda _model, _inputs: [])


def test_submit_when_the_queue_is_full() -> None:
    gate = Gate()

    async def test(batcher: Batcher[str, str, str]) -> None:
        running = asyncio.create_task(batcher.submit(["a"]))
        await gate.wait_until_busy()
        waiting = asyncio.create_task(batcher.submit(["b", "c"]))
        await asyncio.sleep(0.05)
        with pytest.raises(OverloadedError):
            await batcher.submit(["d", "e"])
        gate.open.set()
        assert (await running).outputs == ["v1:A"]
        assert (await waiting).outputs == ["v1:B", "v1:C"]
        assert (await batcher.submit(["d", "e"])).outputs == ["v1:D", "v1:E"]

    run(test, gate.predict, capacity=3)


def test_submit_when_a_caller_leaves() -> None:
    gate = Gate()

    async def test(batcher: Batcher[str, str, str]) -> None:
        running = asyncio.create_task(batcher.submit(["running"]))
        await gate.wait_until_busy()
        left = asyncio.create_task(batcher.submit(["left"]))
        stayed = asyncio.create_task(batcher.submit(["stayed"]))
        await asyncio.sleep(0.05)
        running.cancel()
        left.cancel()
        await asyncio.sleep(0)
        gate.open.set()
        assert (await stayed).outputs == ["v1:STAYED"]
        assert batcher.waiting == 0

    run(test, gate.predict)
    assert gate.batches == [["running"], ["stayed"]]


def test_submit_when_the_model_changes() -> None:
    gate = Gate()
    versions = ["old"]

    async def test(batcher: Batcher[str, str, str]) -> None:
        running = asyncio.create_task(batcher.submit(["a"]))
        await gate.wait_until_busy()
        waiting = asyncio.create_task(batcher.submit(["b"]))
        await asyncio.sleep(0.05)
        versions[0] = "new"
        gate.open.set()
        first, second = await running, await waiting
        assert (first.outputs, first.model) == (["old:A"], "old")
        assert (second.outputs, second.model) == (["new:B"], "new")

    run(test, gate.predict, lambda: versions[0])


def test_submit_when_no_model_answers() -> None:
    def current() -> str:
        raise ModelNotFoundError("No version answers.")

    async def test(batcher: Batcher[str, str, str]) -> None:
        with pytest.raises(ModelNotFoundError):
            await batcher.submit(["a"])
        assert batcher.waiting == 0

    run(test, current=current)


def test_stop_when_calls_wait() -> None:
    gate = Gate()

    async def test(batcher: Batcher[str, str, str]) -> None:
        running = asyncio.create_task(batcher.submit(["a"]))
        await gate.wait_until_busy()
        waiting = asyncio.create_task(batcher.submit(["b"]))
        await asyncio.sleep(0.05)
        stopping = asyncio.create_task(batcher.stop())
        await asyncio.sleep(0.05)
        gate.open.set()
        await stopping
        assert (await running).outputs == ["v1:A"]
        with pytest.raises(OverloadedError):
            await waiting
        with pytest.raises(OverloadedError):
            await batcher.submit(["c"])

    run(test, gate.predict)


def test_model_when_its_last_batch_is_done() -> None:
    class Model:
        """Anything that can be let go."""

    models = [Model()]
    left = weakref.ref(models[0])

    async def main() -> None:
        batcher: Batcher[str, str, Model] = Batcher(
            lambda: models[0], lambda _, inputs: inputs, name="model", batch_size=8, capacity=8
        )
        batcher.start()
        await batcher.submit(["a"])
        models[0] = Model()
        await asyncio.sleep(0.05)
        gc.collect()
        assert left() is None
        await batcher.stop()

    asyncio.run(main())
