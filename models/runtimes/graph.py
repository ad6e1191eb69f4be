"""The ONNX graph of an encoder of the BERT family: token ids → the mean of the token vectors.

Written with ONNX Runtime's fused operators instead of being traced from torch:
it takes a second, does not depend on how an exporter writes today's attention,
and computes attention, normalisation and activation in one pass each.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from models.runtimes.bert import BertWeights, Layer, Linear, Norm
from models.runtimes.choice import Ranges
from models.runtimes.quantization import QuantizedMatrix, scale_and_zero

TOKENS, MASK, VECTORS = "token_ids", "mask", "vectors"
"""Names of the inputs (int32, one row a text, padded at the right) and of the output."""

_FUSED = "com.microsoft"  # ONNX Runtime's own operators
_STANDARD = ""
_OPSET = 17
_IR_VERSION = 8  # the one that came with the opset: read by every release of ONNX Runtime that has the operators


def build(weights: BertWeights, *, ranges: Ranges | None = None, largest_weight: int = 127) -> ModelProto:
    """Write the graph.

    Args:
        weights: the encoder.
        ranges: of the inputs of its linear layers, to multiply 8-bit integers; None multiplies float32.
        largest_weight: see `quantization.largest_weight`.
    """
    writer = _Writer(weights, ranges, largest_weight)
    hidden = writer.embed()
    for index, layer in enumerate(weights.layers):
        hidden = writer.layer(hidden, layer, f"layer{index}")
    writer.pool(hidden)
    graph = helper.make_graph(
        writer.nodes,
        "encoder",
        [helper.make_tensor_value_info(name, TensorProto.INT32, ["texts", "tokens"]) for name in (TOKENS, MASK)],
        [helper.make_tensor_value_info(VECTORS, TensorProto.FLOAT, ["texts", weights.words.shape[1]])],
        writer.constants,
    )
    opsets = [helper.make_opsetid(_STANDARD, _OPSET), helper.make_opsetid(_FUSED, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)


class _Writer:
    """Collects nodes and constants; each method gives the name of its output."""

    def __init__(self, weights: BertWeights, ranges: Ranges | None, largest_weight: int) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self._weights = weights
        self._ranges = ranges
        self._largest_weight = largest_weight

    def embed(self) -> str:
        """Add the embeddings of words and positions, normalise, and count the tokens of each text."""
        weights = self._weights
        inputs = [
            TOKENS,
            "",  # segments: part of the positions
            self._constant("words", weights.words),
            self._constant("positions", weights.positions),
            "",
            *self._norm("embedding_norm", weights.embedding_norm),
            MASK,
        ]
        outputs = ["embedded", "lengths"]
        self._node("EmbedLayerNormalization", inputs, outputs, epsilon=weights.epsilon, mask_index_type=1)
        return "embedded"

    def layer(self, hidden: str, layer: Layer, name: str) -> str:
        attended = self._attention(hidden, layer.query_key_value, f"{name}.attention")
        projected = self._linear(attended, layer.attention, f"{name}.projected")
        middle = self._add_and_norm(projected, hidden, layer.attention_norm, f"{name}.middle")
        widened = self._linear(middle, layer.up, f"{name}.widened")
        activated = self._node("Gelu", [widened], [f"{name}.activated"])
        narrowed = self._linear(activated, layer.down, f"{name}.narrowed")
        return self._add_and_norm(narrowed, middle, layer.output_norm, f"{name}.output")

    def pool(self, hidden: str) -> None:
        """Average the vectors of the tokens that are no padding."""
        axis = self._constant("axis", np.array([1], dtype=np.int64))
        mask = self._node("Cast", [MASK], ["mask.float"], domain=_STANDARD, to=TensorProto.FLOAT)
        rows = self._node("Unsqueeze", [mask, axis], ["mask.rows"], domain=_STANDARD)
        sums = self._node("MatMul", [rows, hidden], ["sums"], domain=_STANDARD)
        flat = self._node("Squeeze", [sums, axis], ["sums.flat"], domain=_STANDARD)
        counts = self._node("Cast", ["lengths"], ["counts"], domain=_STANDARD, to=TensorProto.FLOAT)
        column = self._node("Unsqueeze", [counts, axis], ["counts.column"], domain=_STANDARD)
        self._node("Div", [flat, column], [VECTORS], domain=_STANDARD)

    def _attention(self, inputs: str, linear: Linear, output: str) -> str:
        bias = self._constant(f"{output}.bias", linear.bias)
        heads = self._weights.heads
        if self._ranges is None:
            weight = self._constant(f"{output}.weight", linear.weight)
            return self._node("Attention", [inputs, weight, bias, "lengths"], [output], num_heads=heads)
        values, scales, zeros = self._quantized_weight(linear, output)
        integers, scale, zero = self._quantized_input(inputs, linear, output)
        operands = [integers, values, bias, scale, scales, "lengths", zero, zeros]
        return self._node("QAttention", operands, [output], num_heads=heads)

    def _linear(self, inputs: str, linear: Linear, output: str) -> str:
        bias = self._constant(f"{output}.bias", linear.bias)
        if self._ranges is None:
            weight = self._constant(f"{output}.weight", linear.weight)
            product = self._node("MatMul", [inputs, weight], [f"{output}.product"], domain=_STANDARD)
            return self._node("Add", [product, bias], [output], domain=_STANDARD)  # fused with what follows at load
        values, scales, zeros = self._quantized_weight(linear, output)
        integers, scale, zero = self._quantized_input(inputs, linear, output)
        operands = [integers, values, scale, scales, zero, zeros, bias]
        return self._node("MatMulIntegerToFloat", operands, [output])

    def _quantized_weight(self, linear: Linear, name: str) -> tuple[str, str, str]:
        matrix = QuantizedMatrix.of(linear.weight, largest=self._largest_weight)
        return (
            self._constant(f"{name}.weight", matrix.values),
            self._constant(f"{name}.scales", matrix.scales),
            self._constant(f"{name}.zeros", np.zeros(len(matrix.scales), dtype=np.int8)),
        )

    def _quantized_input(self, inputs: str, linear: Linear, name: str) -> tuple[str, str, str]:
        assert self._ranges is not None
        scale, zero = scale_and_zero(*self._ranges[linear.name])
        scale_name = self._constant(f"{name}.input_scale", np.array(scale))
        zero_name = self._constant(f"{name}.input_zero", np.array(zero))
        operands = [inputs, scale_name, zero_name]
        return self._node("QuantizeLinear", operands, [f"{name}.integers"], domain=_STANDARD), scale_name, zero_name

    def _add_and_norm(self, inputs: str, skipped: str, norm: Norm, output: str) -> str:
        operands = [inputs, skipped, *self._norm(f"{output}.norm", norm)]
        return self._node("SkipLayerNormalization", operands, [output], epsilon=self._weights.epsilon)

    def _norm(self, name: str, norm: Norm) -> tuple[str, str]:
        return self._constant(f"{name}.gain", norm.gain), self._constant(f"{name}.bias", norm.bias)

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(
        self, operator: str, inputs: Sequence[str], outputs: Sequence[str], *, domain: str = _FUSED, **attributes: Any
    ) -> str:
        node = helper.make_node(operator, inputs, outputs, name=outputs[0], domain=domain, **attributes)
        self.nodes.append(node)
        return outputs[0]
