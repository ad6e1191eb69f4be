"""An encoder in ONNX Runtime."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor

from configs.errors import IntegrityError
from models.runtimes import graph, quantization
from models.runtimes.bert import BertWeights
from models.runtimes.choice import RuntimeChoice

_ERRORS_ONLY = 3


@cache
def thread_pool() -> ThreadPoolExecutor:
    """The threads that compute, shared by all sessions of the process, as many as torch has.

    Each answers a batch by itself: threads that share the work of one operator wait for each other 100 times a batch,
    and on a busy machine that made ONNX Runtime slower than torch.
    """
    return ThreadPoolExecutor(torch.get_num_threads(), thread_name_prefix="onnx")


class OnnxEncoder:
    """A session over the graph of an encoder.

    Args:
        config: the encoder's configuration.
        weights: its weights, float32.
        choice: `onnx` or `onnx-int8`.

    Raises:
        ConfigError: there is no graph for this architecture.
        IntegrityError: the choice does not fit the weights.
    """

    def __init__(self, config: Mapping[str, Any], weights: Mapping[str, Any], choice: RuntimeChoice) -> None:
        sorted_weights = BertWeights.of(config, weights)
        ranges = choice.ranges if choice.name == "onnx-int8" else None
        if ranges is not None and set(ranges) != set(sorted_weights.linear_names):
            raise IntegrityError("The ranges of the runtime `onnx-int8` are not those of this encoder's layers.")
        model = graph.build(sorted_weights, ranges=ranges, largest_weight=quantization.largest_weight())
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # see `thread_pool`
        options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        self._session: Any = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def __call__(self, batches: Sequence[Sequence[Sequence[int]]]) -> Iterator[Tensor]:
        """Give one vector for each tokenized text of each batch."""
        return thread_pool().map(self._vectors, batches)

    def _vectors(self, token_ids: Sequence[Sequence[int]]) -> Tensor:
        tokens, mask = _padded(token_ids)
        (vectors,) = self._session.run([graph.VECTORS], {graph.TOKENS: tokens, graph.MASK: mask})
        return torch.from_numpy(vectors)


def _padded(token_ids: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    lengths = np.array([len(ids) for ids in token_ids])
    mask = (np.arange(lengths.max()) < lengths[:, None]).astype(np.int32)
    tokens = np.zeros_like(mask)
    tokens[mask.astype(bool)] = np.concatenate(token_ids)
    return tokens, mask
