"""Runtimes give the vectors that torch gives, as closely as each promises."""

import json
import shutil
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from configs.errors import ConfigError, DependencyError, IntegrityError
from configs.files import digest_of_folder
from models import factory
from models.batches import batches_by_tokens
from models.encoders import Encoder
from models.runtimes import quantization
from models.runtimes.choice import RUNTIMES, RuntimeChoice
from models.runtimes.quantization import QuantizedMatrix, scale_and_zero
from models.text_classification.transformer import TransformerClassifier
from models.types import LabelledText, Score

_SMALL = {"vocab_size": 50, "max_position_embeddings": 64}
_BERT = _SMALL | {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
_DISTILBERT = _SMALL | {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64}
_TOKENS = [[2, 7, 8, 3], [2, 9, 3], [2, *range(5, 30), 3]]
TEXTS = [
    "hello the parcel is late",
    "refund",
    "why can you help with the invoice about the amount today",
    "hello a a a",
]


def encoder_of(config: Any, tokenizer: Any) -> Encoder:
    """A model with random weights that are far from zero, so that every part of it counts."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = transformers.AutoModel.from_config(config).eval()
        for name, parameter in model.named_parameters():
            parameter.data.normal_(1.0 if "norm" in name.lower() and name.endswith("weight") else 0.0, 0.3)
    if hasattr(model, "pooler"):
        model.pooler = None
    return Encoder(model, tokenizer, max_tokens=32)


@pytest.fixture
def encoder(encoder_folder: Path) -> Encoder:
    return Encoder.load(encoder_folder, max_tokens=32)


def int8(encoder: Encoder) -> RuntimeChoice:
    with encoder.measuring_int8() as measured:
        encoder.embed(TEXTS)
    return measured()


@pytest.mark.parametrize(
    "config",
    [
        transformers.BertConfig(**_BERT),
        transformers.RobertaConfig(**_BERT, pad_token_id=1),
        transformers.XLMRobertaConfig(**_BERT, pad_token_id=1),
        transformers.CamembertConfig(**_BERT, pad_token_id=1),
        transformers.ElectraConfig(**_BERT, embedding_size=32),
        transformers.DistilBertConfig(**_DISTILBERT),
    ],
    ids=lambda config: config.model_type,
)
def test_onnx_gives_torchs_vectors_when_texts_are_padded(config: Any, encoder: Encoder) -> None:
    other = encoder_of(config, encoder.tokenizer)
    expected = other.embed_tokens(_TOKENS)
    other.use(other.prepare(RuntimeChoice("onnx")))
    assert expected.abs().max() > 0.5
    assert torch.allclose(other.embed_tokens(_TOKENS), expected, atol=1e-5)


@pytest.mark.parametrize(
    "config",
    [
        transformers.ElectraConfig(**_BERT, embedding_size=16),
        transformers.BertConfig(**_BERT, hidden_act="relu"),
        transformers.MPNetConfig(**_BERT),
    ],
    ids=["embeddings of another width", "another activation", "another architecture"],
)
def test_onnx_refuses_when_there_is_no_graph_for_the_architecture(config: Any, encoder: Encoder) -> None:
    other = encoder_of(config, encoder.tokenizer)
    with pytest.raises(ConfigError, match="torch"):
        other.prepare(RuntimeChoice("onnx"))
    with pytest.raises(ConfigError, match="torch"), other.measuring_int8():
        pass


@pytest.mark.parametrize("largest", [127, 63])
def test_int8_stays_close_when_the_model_is_random(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch, largest: int
) -> None:
    monkeypatch.setattr(quantization, "largest_weight", lambda: largest)
    expected = encoder.embed(TEXTS)
    encoder.use(encoder.prepare(int8(encoder)))
    came = encoder.embed(TEXTS)
    assert not torch.equal(came, expected)
    assert torch.nn.functional.cosine_similarity(came, expected).min() > 0.99


def test_bfloat16_stays_close_when_used(encoder: Encoder) -> None:
    expected = encoder.embed(TEXTS)
    encoder.use(encoder.prepare(RuntimeChoice("torch-bfloat16")))
    came = encoder.embed(TEXTS)
    assert not torch.equal(came, expected)
    assert torch.nn.functional.cosine_similarity(came, expected).min() > 0.999
    encoder.use(encoder.prepare(RuntimeChoice("torch")))
    assert torch.equal(encoder.embed(TEXTS), expected)


@pytest.mark.parametrize("name", RUNTIMES)
def test_embed_does_not_depend_on_company_when_answered_by(encoder: Encoder, name: Any) -> None:
    encoder.use(encoder.prepare(int8(encoder) if name == "onnx-int8" else RuntimeChoice(name)))
    together = encoder.embed([*TEXTS, *TEXTS, ""])
    alone = torch.cat([encoder.embed([text]) for text in [*TEXTS, *TEXTS, ""]])
    assert torch.allclose(together, alone, atol=0.03 if name == "torch-bfloat16" else 1e-5)


def test_embed_computes_a_text_once_when_it_comes_twice(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    forward = encoder.forward
    monkeypatch.setattr(encoder, "forward", lambda token_ids: asked.append(len(token_ids)) or forward(token_ids))
    vectors = encoder.embed(["hello", "refund", "hello", "hello"])
    assert sum(asked) == 2
    assert torch.equal(vectors[0], vectors[2])
    assert not torch.equal(vectors[0], vectors[1])


def test_sessions_share_torchs_number_of_threads_when_asked_at_once(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.runtimes import session

    pool = ThreadPoolExecutor(2)
    monkeypatch.setattr(session, "thread_pool", lambda: pool)
    running, most, lock = 0, 0, threading.Lock()
    padded = session._padded

    def watched(token_ids: Any) -> Any:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return padded(token_ids)

    monkeypatch.setattr(session, "_padded", watched)
    runtimes = [encoder.prepare(RuntimeChoice("onnx")) for _ in range(2)]
    for runtime in runtimes:
        assert isinstance(runtime.compute, session.OnnxEncoder)
        options = runtime.compute._session.get_session_options()
        # The caller's thread is the one: no session has threads of its own.
        assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    batches = [[ids] * 2 for ids in _TOKENS]
    answers = [runtime.compute(batches) for runtime in runtimes if runtime.compute]
    assert [len(list(answer)) for answer in answers] == [3, 3]
    assert most == 2


def test_thread_pool_is_as_large_as_torchs_when_made() -> None:
    from models.runtimes import session

    fresh = session.thread_pool.__wrapped__()  # the process's own may come from a test with more threads
    assert fresh._max_workers == torch.get_num_threads() == 1
    assert session.thread_pool() is session.thread_pool()


def test_session_gives_equal_vectors_when_threads_ask_at_once(encoder: Encoder) -> None:
    encoder.use(encoder.prepare(int8(encoder)))
    expected = encoder.embed(TEXTS)
    came: list[torch.Tensor] = []
    threads = [threading.Thread(target=lambda: came.append(encoder.embed(TEXTS))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == 4
    assert all(torch.equal(vectors, expected) for vectors in came)


@pytest.mark.parametrize("name", RUNTIMES)
def test_load_answers_with_the_saved_runtime_when_one_was_chosen(encoder: Encoder, tmp_path: Path, name: Any) -> None:
    choice = int8(encoder) if name == "onnx-int8" else RuntimeChoice(name)
    encoder.use(encoder.prepare(choice))
    encoder.save(tmp_path)
    loaded = Encoder.load(tmp_path, max_tokens=32)
    assert loaded.runtime == choice
    assert torch.equal(loaded.embed(TEXTS), encoder.embed(TEXTS))


def test_save_refuses_when_the_runtime_let_the_weights_go(encoder: Encoder, tmp_path: Path) -> None:
    encoder.use(encoder.prepare(int8(encoder)))
    encoder.save(tmp_path)
    with pytest.raises(RuntimeError, match="let them go"):
        Encoder.load(tmp_path, max_tokens=32).save(tmp_path / "again")


def test_digest_changes_when_the_runtime_does(encoder: Encoder, tmp_path: Path) -> None:
    encoder.save(tmp_path / "torch")
    encoder.use(encoder.prepare(int8(encoder)))
    encoder.save(tmp_path / "int8")
    (tmp_path / "int8" / "runtime.json").rename(tmp_path / "runtime.json")
    assert digest_of_folder(tmp_path / "int8") == digest_of_folder(tmp_path / "torch")
    shutil.copy(tmp_path / "runtime.json", tmp_path / "int8")
    assert digest_of_folder(tmp_path / "int8") != digest_of_folder(tmp_path / "torch")


@pytest.mark.parametrize("content", ["{", "[]", '{"name": "onnx"}', '{"name": "tpu", "ranges": {}}'])
def test_load_refuses_when_the_choice_cannot_be_read(encoder: Encoder, tmp_path: Path, content: str) -> None:
    encoder.save(tmp_path)
    (tmp_path / "runtime.json").write_text(content, encoding="utf-8")
    with pytest.raises(IntegrityError):
        Encoder.load(tmp_path, max_tokens=32)


def test_load_refuses_when_a_range_is_missing(encoder: Encoder, tmp_path: Path) -> None:
    encoder.use(encoder.prepare(int8(encoder)))
    encoder.save(tmp_path)
    choice = json.loads((tmp_path / "runtime.json").read_text(encoding="utf-8"))
    choice["ranges"].popitem()
    (tmp_path / "runtime.json").write_text(json.dumps(choice), encoding="utf-8")
    with pytest.raises(IntegrityError, match="range"):
        Encoder.load(tmp_path, max_tokens=32)


def test_load_says_what_to_install_when_the_runtime_is_missing(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder.use(encoder.prepare(RuntimeChoice("onnx")))
    encoder.save(tmp_path)
    monkeypatch.delitem(sys.modules, "models.runtimes.session", raising=False)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(DependencyError, match="pip install"):
        Encoder.load(tmp_path, max_tokens=32)


def test_classifier_keeps_its_accuracy_when_answered_in_int8(
    encoder_folder: Path,
    train_texts: list[LabelledText],
    validation_texts: list[LabelledText],
    test_texts: list[LabelledText],
    accuracy: Score,
    tmp_path: Path,
) -> None:
    classifier = TransformerClassifier(
        encoder=str(encoder_folder), max_tokens=32, epochs=4, batch_size=16, learning_rate=3e-3, head_learning_rate=1e-2
    )
    classifier.fit(
        train_texts, validation_texts, score=accuracy, report=lambda *_: None, checkpoint_dir=tmp_path, seed=1
    )
    texts, truths = [example.text for example in test_texts], [example.label for example in test_texts]
    before = accuracy(truths, [answer.label for answer in classifier.predict(texts)])["accuracy"]
    assert classifier.encoder is not None
    with classifier.encoder.measuring_int8() as measured:
        classifier.predict([example.text for example in train_texts[:20]])
    classifier.encoder.use(classifier.encoder.prepare(measured()))
    factory.save(classifier, tmp_path / "saved")
    answers = factory.load(tmp_path / "saved").predict(texts)
    assert before > 0.8
    assert accuracy(truths, [answer.label for answer in answers])["accuracy"] >= before - 0.02


def test_quantized_matrix_is_within_half_a_step_when_columns_differ_in_size() -> None:
    matrix = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32) * np.float32([1e-3, 1.0, 100.0])
    quantized = QuantizedMatrix.of(matrix, largest=127)
    error = np.abs(quantized.values * quantized.scales - matrix)
    assert (error <= quantized.scales / 2 * 1.001).all()
    assert np.abs(quantized.values).max() == 127


@pytest.mark.parametrize(("low", "high"), [(-2.0, 6.0), (0.5, 3.0), (-3.0, -1.0), (0.0, 0.0)])
def test_scale_and_zero_hold_zero_and_the_range_when_mapped(low: float, high: float) -> None:
    scale, zero = scale_and_zero(low, high)
    assert (0 - float(zero)) * scale <= min(low, 0) + scale
    assert (255 - float(zero)) * scale >= max(high, 0) - scale


def test_batches_hold_few_tokens_when_texts_differ_in_length() -> None:
    token_ids = [[0] * length for length in (5, 1, 9, 3, 3, 7, 2, 30)]
    batches = batches_by_tokens(token_ids, 10)
    assert sorted(index for batch in batches for index in batch) == list(range(8))
    for batch in batches:
        assert len(batch) == 1 or max(len(token_ids[index]) for index in batch) * len(batch) <= 10
    assert batches_by_tokens([], 10) == []
