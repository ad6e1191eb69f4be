import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configs.errors import DatasetError
from models.types import LabelledText
from pipelines.datasets.config import FilesConfig, HubConfig
from pipelines.datasets.loader import load_dataset
from pipelines.datasets.tables import read_table

ROWS = [{"text": f"text {number} of {label}", "label": label} for label in ("a", "b") for number in range(20)]


def as_csv(rows: list[dict[str, str]]) -> str:
    return "text,label\n" + "".join(f"{row['text']},{row['label']}\n" for row in rows)


def load(path: Path, **changes: Any) -> Any:
    return load_dataset(FilesConfig(source="files", path=path, **changes), "text-classification")


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    path.write_text(as_csv(ROWS))
    return path


def test_load_when_one_file_is_split(csv_file: Path) -> None:
    splits = load(csv_file, licence="CC0")
    texts = [{example.text for example in split} for split in (splits.train, splits.validation, splits.test)]
    assert [len(split) for split in texts] == [28, 4, 8]
    assert len(set.union(*texts)) == 40
    assert {example.label for example in splits.validation} == {"a", "b"}
    assert splits.facts.licence == "CC0"
    assert splits.facts.counts == {"train": 28, "validation": 4, "test": 8}


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet"])
def test_load_when_the_kind_of_file_differs(tmp_path: Path, suffix: str, csv_file: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame(ROWS)
    path = tmp_path / f"other.{suffix}"
    if suffix == "parquet":
        frame.to_parquet(path)
    elif suffix == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    else:
        frame.to_csv(path, sep="\t" if suffix == "tsv" else ",", index=False)
    assert load(path).facts.digest == load(csv_file).facts.digest


def test_load_when_datasets_saved_the_folder(tmp_path: Path) -> None:
    from datasets import Dataset

    Dataset.from_list(ROWS).save_to_disk(str(tmp_path / "saved"))
    assert load(tmp_path / "saved").facts.counts["train"] == 28


def test_load_when_splits_have_files(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text(as_csv(ROWS))
    (tmp_path / "test.csv").write_text(as_csv([*ROWS[:2], {"text": "new", "label": "a"}]))
    splits = load(tmp_path, train="train.csv", test="test.csv")
    held_out = {example.text for example in (*splits.validation, *splits.test)}
    assert LabelledText("new", "a") in splits.test
    assert not held_out & {example.text for example in splits.train}
    assert any("stood in another split" in warning or "test split" in warning for warning in splits.facts.warnings)


def test_load_when_a_byte_changes_the_digest_changes(csv_file: Path) -> None:
    before = load(csv_file).facts
    csv_file.write_text(csv_file.read_text().replace("text 3 of a", "text 3 of A"))
    after = load(csv_file).facts
    assert before.digest != after.digest
    assert before.files != after.files


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"text,label\n\xff,a\n", "byte 11 is not"),
        (b"", "holds none"),
        (b"text,label\n", "holds none"),
        (b"words,label\nx,a\n", r"no column `text`; there are: words, label"),
        (b"text,label\nx,a\ny\n", r"line 3: Expected 2 fields.*got 1"),
        (b'text,label\n"x,a\n', "Expected CSV"),
        (b"text,label\n ,a\nx,b\n", r"row 1, column `text`: Expected a text, but it is empty"),
        (b"text,label\nx,a\ny,a\nz,a\nw,a\n", "every example is labelled `a`"),
    ],
)
def test_load_when_the_file_is_unfit(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=message):
        load(path)


def test_load_when_a_test_label_is_new(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text(as_csv(ROWS))
    (tmp_path / "test.csv").write_text("text,label\nnew,c\n")
    with pytest.raises(DatasetError, match="labels that the training split lacks: c"):
        load(tmp_path, train="train.csv", test="test.csv")


def test_load_when_the_file_is_missing_or_unknown(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such file"):
        read_table(tmp_path / "nowhere.csv")
    with pytest.raises(DatasetError, match=r"Expected one of \.csv, \.tsv, \.jsonl, \.parquet, but got `\.xls`"):
        read_table(tmp_path / "table.xls")


def test_load_when_labels_disagree(tmp_path: Path) -> None:
    doubles = [{"text": "same", "label": "a"}, {"text": "Same ", "label": "b"}]
    (tmp_path / "train.csv").write_text(as_csv(ROWS))
    (tmp_path / "test.csv").write_text(as_csv(doubles))
    warnings = load(tmp_path, train="train.csv", test="test.csv").facts.warnings
    assert "1 examples of the test split repeat the text of another" in warnings
    assert "1 texts of the test split have more than one label or summary" in warnings


def test_load_when_the_hub_is_out_of_reach() -> None:
    with pytest.raises(DatasetError, match="owner/nothing: The hub did not give this dataset"):
        load_dataset(HubConfig(source="huggingface", id="owner/nothing"), "text-classification")


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=120) | st.text('text,label\n"{}[]:a\t', max_size=120).map(str.encode))
def test_read_when_anything_comes(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"any.{suffix}"
    path.write_bytes(content)
    try:
        rows = read_table(path)
    except DatasetError as error:
        assert str(path) in str(error)  # noqa: PT017 (either outcome is right)
    else:
        assert all(isinstance(row, dict) for row in rows)
