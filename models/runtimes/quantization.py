"""8-bit integers for matrix products: weights by column, activations by ranges that were measured once.

The ranges are fixed, not taken from each batch anew: so an answer does not
depend on which texts happen to be answered with it, and no time goes into
looking for extremes.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

_STEPS = 255  # of an unsigned byte
_LARGEST = 127  # of a signed byte; −128 is left out so that the scale is the same on both sides
# Without VNNI, processors add pairs of products in 16 bits, where two full bytes overflow; seven bits never do.
_LARGEST_WITHOUT_VNNI = 63


@dataclass(frozen=True)
class QuantizedMatrix:
    """A matrix of signed bytes; column `j` stands for `values[:, j] * scales[j]`."""

    values: NDArray[np.int8]
    scales: NDArray[np.float32]

    @classmethod
    def of(cls, matrix: NDArray[np.float32], *, largest: int) -> Self:
        """Round each column to integers within ±`largest`."""
        scales = np.maximum(np.abs(matrix).max(axis=0) / largest, np.finfo(np.float32).tiny).astype(np.float32)
        return cls(np.rint(matrix / scales).astype(np.int8), scales)


def scale_and_zero(low: float, high: float) -> tuple[np.float32, np.uint8]:
    """Map a range of activations, widened to hold zero, onto unsigned bytes."""
    low, high = min(low, 0.0), max(high, 0.0)
    scale = np.float32(max((high - low) / _STEPS, 1e-12))
    return scale, np.uint8(round(-low / float(scale)))


def largest_weight() -> int:
    """Give the largest integer that this processor multiplies without overflow."""
    capabilities = torch.cpu.get_capabilities()
    vnni = any(capabilities.get(name) for name in ("avx512_vnni", "avx_vnni", "amx_int8"))
    return _LARGEST if vnni or capabilities.get("architecture") == "aarch64" else _LARGEST_WITHOUT_VNNI


@contextmanager
def watched_ranges(model: nn.Module, names: Sequence[str]) -> Iterator[dict[str, tuple[float, float]]]:
    """Give the range of what goes into each of the named linear layers while the model computes in the block."""
    ranges = dict.fromkeys(names, (0.0, 0.0))

    def watch(name: str, module: nn.Module) -> Any:
        def look(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            low, high = torch.aminmax(inputs[0])
            ranges[name] = (min(ranges[name][0], low.item()), max(ranges[name][1], high.item()))

        return module.register_forward_pre_hook(look)

    handles = [watch(name, module) for name, module in model.named_modules() if name in ranges]
    try:
        yield ranges
    finally:
        for handle in handles:
            handle.remove()
