"""Summarization in own words by a pretrained sequence-to-sequence transformer of the T5 or BART family."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
import torch.nn.functional as F
from pydantic import Field, model_validator
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModelForSeq2SeqLM, GenerationConfig

from configs.errors import ConfigError
from configs.files import digest_of
from models.batches import batches_by_length, padded
from models.devices import device_of, fast_precision
from models.encoders import load_tokenizer, load_transformer, locate, save_transformer
from models.fine_tuning import Drawn, FineTuningConfig, fine_tune
from models.saved import reading
from models.summarization.sentences import split_sentences
from models.summarization.summarizer import Summarizer, SummarizerConfig, refuse_too_few
from models.types import Report, Score, SummarizedText, Summary, SummaryRequest

_IGNORED = -100  # what `cross_entropy` leaves out
_BATCH = 16  # texts written at once; each beam needs memory of its own


class Seq2SeqConfig(SummarizerConfig, FineTuningConfig):
    """The hyperparameters of `Seq2SeqSummarizer`."""

    model: str = Field("facebook/bart-base", description="A folder, or an id on the Hugging Face hub.")
    prefix: str = Field("", description="Stands before each text; T5 was trained with `summarize: `.")
    max_tokens: int = Field(512, ge=4, description="Longer texts are cut; time grows with the texts' length.")
    min_summary_tokens: int = Field(0, ge=0, description="A summary does not end before.")
    max_summary_tokens: int = Field(64, ge=2, description="A summary ends here at the latest, also in learning.")
    beams: int = Field(4, ge=1, le=32, description="Beginnings that are pursued side by side; 1 is fastest.")
    label_smoothing: float = Field(0.1, ge=0, lt=1)

    # As the authors of BART and T5 fine-tuned: gentler than a classifier, since nothing in the network is new.
    learning_rate: float = Field(3e-5, gt=0, lt=1, description="At its highest.")
    batch_size: int = Field(16, ge=1)

    @model_validator(mode="after")
    def _lengths_fit(self) -> Self:
        if self.min_summary_tokens >= self.max_summary_tokens:
            raise ValueError("Expected `min_summary_tokens` below `max_summary_tokens`")
        return self


class Seq2SeqSummarizer(Summarizer):
    """Writes summaries word by word; what it says need not stand in the text."""

    kind: ClassVar[str] = "seq2seq"
    config_class: ClassVar[type[SummarizerConfig]] = Seq2SeqConfig
    config: Seq2SeqConfig

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self._writer: _Writer | None = None

    def fit(
        self,
        train: Sequence[SummarizedText],
        validation: Sequence[SummarizedText],
        *,
        score: Score,
        report: Report,
        checkpoint_dir: Path,
        seed: int,
    ) -> None:
        refuse_too_few(train, validation)
        writer = _Writer.load(locate(self.config.model), self.config)
        self._writer = writer
        references = [example.references for example in validation]

        def evaluate() -> Mapping[str, float]:
            # One beam: enough to compare epochs, and several times as fast.
            return score(references, [self._cut(text, None).text for text in writer.write(_texts(validation), beams=1)])

        fine_tune(
            writer,
            _TeacherForcing(writer, train, smoothing=self.config.label_smoothing),
            self.config,
            evaluate=evaluate,
            report=report,
            checkpoint_dir=checkpoint_dir,
            seed=seed,
        )

    def predict(self, inputs: Sequence[SummaryRequest]) -> list[Summary]:
        texts = self._fitted().write([request.text for request in inputs], beams=self.config.beams)
        return [self._cut(text, request.max_sentences) for text, request in zip(texts, inputs, strict=True)]

    def save(self, folder: Path) -> None:
        self._fitted().save(folder / "model")
        self.write_about(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        with reading("summarizer", folder):
            predictor = cls(**cls.read_about(folder)["parameters"])
        predictor._writer = _Writer.load(folder / "model", predictor.config)
        return predictor

    def _cut(self, text: str, max_sentences: int | None) -> Summary:
        return Summary(tuple(split_sentences(text)[: max_sentences or self.config.max_sentences]))

    def _fitted(self) -> "_Writer":
        if self._writer is None:
            raise RuntimeError("Expected a fitted summarizer: call `fit` or `load` first.")
        return self._writer


class _Writer(nn.Module):
    """A transformer with its tokenizer: texts to texts."""

    def __init__(self, model: nn.Module, tokenizer: Tokenizer, config: Seq2SeqConfig) -> None:
        super().__init__()
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.encoder = model  # of this name, all of it learns as what is pretrained does
        self._model: Any = model
        self._tokenizer = tokenizer
        self._config = config
        limit = int(getattr(self._model.config, "max_position_embeddings", config.max_tokens))
        if max(config.max_tokens, config.max_summary_tokens) > limit:
            raise ConfigError(f"The model reads and writes at most {limit} tokens.", where=config.model)
        if getattr(self._model.config, "decoder_start_token_id", None) is None:
            raise ConfigError(
                "The model's `config.json` does not say with which token a summary starts (`decoder_start_token_id`).",
                where=config.model,
                hint="Add it as the model was trained: the padding token for T5, the end token for BART.",
            )

    @classmethod
    def load(cls, folder: Path, config: Seq2SeqConfig) -> Self:
        return cls(load_transformer(folder, AutoModelForSeq2SeqLM), load_tokenizer(folder), config)

    def save(self, folder: Path) -> None:
        save_transformer(self._model, folder)
        self._tokenizer.save(str(folder / "tokenizer.json"))

    def read(self, texts: Sequence[str]) -> list[list[int]]:
        """Give the token ids of texts to be summarized."""
        return self._tokens([self._config.prefix + text for text in texts], self._config.max_tokens)

    def spell(self, summaries: Sequence[str]) -> list[list[int]]:
        """Give the token ids of summaries."""
        return self._tokens(summaries, self._config.max_summary_tokens)

    def write(self, texts: Sequence[str], *, beams: int) -> list[str]:
        """Summarize texts."""
        token_ids = self.read(texts)
        how = GenerationConfig(  # type: ignore[no-untyped-call]
            num_beams=beams,
            do_sample=False,
            min_new_tokens=self._config.min_summary_tokens,
            max_new_tokens=self._config.max_summary_tokens,
            early_stopping=beams > 1,
            decoder_start_token_id=self._model.config.decoder_start_token_id,
            eos_token_id=self._model.config.eos_token_id,
            pad_token_id=self._pad_id,
        )
        written = [""] * len(texts)
        with torch.inference_mode():
            for batch in batches_by_length(token_ids, _BATCH):
                ids, mask = padded([token_ids[index] for index in batch], self._pad_id, device_of(self))
                found = self._model.generate(ids, attention_mask=mask, generation_config=how)
                for index, row in zip(batch, found.tolist(), strict=True):
                    written[index] = self._tokenizer.decode(row, skip_special_tokens=True).strip()
        return written

    def forward(self, token_ids: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """Give the logits of each next token while the right ones before it are known, and the right next ones."""
        ids, mask = padded(token_ids, self._pad_id, device_of(self))
        labels, _ = padded(targets, _IGNORED, device_of(self))
        return self._model(input_ids=ids, attention_mask=mask, labels=labels).logits, labels

    @property
    def _pad_id(self) -> int:
        return int(self._model.config.pad_token_id or 0)

    def _tokens(self, texts: Sequence[str], limit: int) -> list[list[int]]:
        # A lone surrogate is valid JSON but no text the tokenizer takes.
        readable = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        found = [encoding.ids for encoding in self._tokenizer.encode_batch(readable)]
        # The last token says that the text ends, also where it is cut.
        return [ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]] for ids in found]


class _TeacherForcing:
    """Cross-entropy with each next token of the summary that a person wrote."""

    def __init__(self, writer: _Writer, examples: Sequence[SummarizedText], *, smoothing: float) -> None:
        self._writer = writer
        self._smoothing = smoothing
        self._token_ids = writer.read(_texts(examples))
        self._targets = writer.spell([example.summary for example in examples])
        self.size = len(examples)
        self.digest = digest_of([self._token_ids, self._targets])

    def draw(self, generator: np.random.Generator) -> list[Drawn]:  # noqa: ARG002
        """Give all examples."""
        return [Drawn(index, ids) for index, ids in enumerate(self._token_ids)]

    def loss(self, batch: Sequence[Drawn], generator: np.random.Generator) -> Tensor:  # noqa: ARG002
        """Give the mean over the tokens of a batch."""
        targets = [self._targets[one.number] for one in batch]
        with fast_precision(device_of(self._writer)):
            logits, labels = self._writer([one.token_ids for one in batch], targets)
        return F.cross_entropy(
            logits.float().flatten(0, 1),
            labels.flatten(),
            ignore_index=_IGNORED,
            label_smoothing=self._smoothing,
        )


def _texts(examples: Sequence[SummarizedText]) -> list[str]:
    return [example.text for example in examples]
