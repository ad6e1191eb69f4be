"""The weights of the BERT family under one set of names, whatever the architecture calls them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from configs.errors import ConfigError

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class _Names:
    """What one architecture calls the parts of a layer, and the entries of its configuration."""

    layer: str
    query: str
    key: str
    value: str
    attention: str
    attention_norm: str
    up: str
    down: str
    output_norm: str
    width: str
    heads: str
    layers: str
    activation: str


_BERT = _Names(
    layer="encoder.layer",
    query="attention.self.query",
    key="attention.self.key",
    value="attention.self.value",
    attention="attention.output.dense",
    attention_norm="attention.output.LayerNorm",
    up="intermediate.dense",
    down="output.dense",
    output_norm="output.LayerNorm",
    width="hidden_size",
    heads="num_attention_heads",
    layers="num_hidden_layers",
    activation="hidden_act",
)
_DISTILBERT = _Names(
    layer="transformer.layer",
    query="attention.q_lin",
    key="attention.k_lin",
    value="attention.v_lin",
    attention="attention.out_lin",
    attention_norm="sa_layer_norm",
    up="ffn.lin1",
    down="ffn.lin2",
    output_norm="output_layer_norm",
    width="dim",
    heads="n_heads",
    layers="n_layers",
    activation="activation",
)
_ARCHITECTURES = {
    "bert": _BERT,
    "camembert": _BERT,
    "distilbert": _DISTILBERT,
    "electra": _BERT,
    "roberta": _BERT,
    "xlm-roberta": _BERT,
}
_POSITIONS_AFTER_PADDING = ("camembert", "roberta", "xlm-roberta")  # their first position is the padding's id plus one


@dataclass(frozen=True)
class Linear:
    """A linear layer: `inputs @ weight + bias`; `name` is the module's whose input it shares."""

    name: str
    weight: Floats
    bias: Floats


@dataclass(frozen=True)
class Norm:
    """A layer normalisation."""

    gain: Floats
    bias: Floats


@dataclass(frozen=True)
class Layer:
    """One layer of the encoder: attention and a feed-forward network, each followed by a normalisation."""

    query_key_value: Linear
    attention: Linear
    attention_norm: Norm
    up: Linear
    down: Linear
    output_norm: Norm

    @property
    def linears(self) -> Sequence[Linear]:
        """The four matrix products."""
        return self.query_key_value, self.attention, self.up, self.down


@dataclass(frozen=True)
class BertWeights:
    """A whole encoder; `positions` holds the embedding of the first segment, too, since there is no other."""

    words: Floats
    positions: Floats
    embedding_norm: Norm
    layers: Sequence[Layer]
    heads: int
    epsilon: float

    @property
    def linear_names(self) -> list[str]:
        """The names of all linear layers, as in `Linear`."""
        return [linear.name for layer in self.layers for linear in layer.linears]

    @classmethod
    def of(cls, config: Mapping[str, Any], weights: Mapping[str, Floats]) -> Self:
        """Sort the weights of a model.

        Raises:
            ConfigError: the model is not of this family, or of a variant that is computed otherwise.
        """
        kind = str(config.get("model_type"))
        names = _ARCHITECTURES.get(kind)
        if names is None:
            raise ConfigError(
                f"There is no fused graph for the architecture `{kind}`.",
                hint=f"There is one for {', '.join(_ARCHITECTURES)}; use the runtime `torch` for others.",
            )
        _check(config, names, weights)
        first = int(config["pad_token_id"]) + 1 if kind in _POSITIONS_AFTER_PADDING else 0
        positions = weights["embeddings.position_embeddings.weight"][first:]
        if "embeddings.token_type_embeddings.weight" in weights:
            positions = positions + weights["embeddings.token_type_embeddings.weight"][0]
        return cls(
            words=weights["embeddings.word_embeddings.weight"],
            positions=positions,
            embedding_norm=_norm(weights, "embeddings.LayerNorm"),
            layers=[_layer(weights, f"{names.layer}.{index}", names) for index in range(int(config[names.layers]))],
            heads=int(config[names.heads]),
            epsilon=float(config.get("layer_norm_eps", 1e-12)),  # DistilBERT's is fixed
        )


def _check(config: Mapping[str, Any], names: _Names, weights: Mapping[str, Floats]) -> None:
    width = int(config[names.width])
    unsuited = {
        f"the activation {config.get(names.activation)}": config.get(names.activation) != "gelu",
        "a decoder": bool(config.get("is_decoder")),
        "relative positions": config.get("position_embedding_type", "absolute") != "absolute",
        "embeddings of another width": weights["embeddings.word_embeddings.weight"].shape[1] != width,
    }
    for what, found in unsuited.items():
        if found:
            raise ConfigError(
                f"There is no fused graph for an encoder with {what}.", hint="Use the runtime `torch` for it."
            )


def _layer(weights: Mapping[str, Floats], prefix: str, names: _Names) -> Layer:
    def linear(*parts: str) -> Linear:
        """Lay the matrices side by side, so that one product computes all of them."""
        matrices = [weights[f"{prefix}.{part}.weight"].T for part in parts]
        biases = [weights[f"{prefix}.{part}.bias"] for part in parts]
        return Linear(f"{prefix}.{parts[0]}", np.concatenate(matrices, axis=1), np.concatenate(biases))

    return Layer(
        query_key_value=linear(names.query, names.key, names.value),
        attention=linear(names.attention),
        attention_norm=_norm(weights, f"{prefix}.{names.attention_norm}"),
        up=linear(names.up),
        down=linear(names.down),
        output_norm=_norm(weights, f"{prefix}.{names.output_norm}"),
    )


def _norm(weights: Mapping[str, Floats], name: str) -> Norm:
    return Norm(weights[f"{name}.weight"], weights[f"{name}.bias"])
