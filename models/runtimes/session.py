"""An encoder in ONNX Runtime."""

import threading
from collections.abc import Mapping, Sequence
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

# Sessions take turns: each batch already uses every thread, and two at once would only wait for each other's.
_TURN = threading.Lock()
_ERRORS_ONLY = 3


class OnnxEncoder:
    """A session over the graph of an encoder.

    It runs in as many threads as torch does, so `OMP_NUM_THREADS` bounds both.

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
        options.intra_op_num_threads = torch.get_num_threads()
        options.inter_op_num_threads = 1  # the graph is one chain
        options.log_severity_level = _ERRORS_ONLY
        # A thread that waits gives its core away, to the request handling, to tokenizers and to other models.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    @property
    def threads(self) -> int:
        """How many threads compute."""
        return int(self._session.get_session_options().intra_op_num_threads)

    def __call__(self, token_ids: Sequence[Sequence[int]]) -> Tensor:
        """Give one vector for each tokenized text."""
        tokens, mask = _padded(token_ids)
        with _TURN:
            (vectors,) = self._session.run([graph.VECTORS], {graph.TOKENS: tokens, graph.MASK: mask})
        return torch.from_numpy(vectors)


def _padded(token_ids: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    lengths = np.array([len(ids) for ids in token_ids])
    mask = (np.arange(lengths.max()) < lengths[:, None]).astype(np.int32)
    tokens = np.zeros_like(mask)
    tokens[mask.astype(bool)] = np.concatenate(token_ids)
    return tokens, mask
