import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.errors import ConfigError, DatasetError, DependencyError
from configs.files import sha256_of_file
from configs.loader import ClosedModel, parse
from models.types import LabelledText, MultiLabelledText, SummarizedText
from pipelines.datasets.checks import folded
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.facts import DatasetSplits
from pipelines.datasets.loader import load_dataset

Rows = list[tuple[Any, Any]]


class Holder(ClosedModel):
    dataset: DatasetConfig


def load(**values: Any) -> DatasetSplits:
    return load_dataset(parse({"dataset": {"source": "files", **values}}, Holder, source="test.yaml").dataset)


def write(path: Path, rows: Rows, columns: tuple[str, str] = ("text", "label")) -> Path:
    path.write_text("".join(json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in rows))
    return path


def rows_of(count: int, *labels: str, word: str = "text") -> Rows:
    return [(f"{word} {label} {number}", label) for label in labels for number in range(count)]


def test_load_when_a_folder_has_files_by_convention_reads_all_splits(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", rows_of(5, "a", "b"))
    write(tmp_path / "validation.jsonl", rows_of(2, "a", "b", word="choose"))
    (tmp_path / "test.csv").write_text("text,label\njudge,a\n")
    splits = load(path=str(tmp_path), licence="CC0", url="https://example.org")
    assert splits.test == (LabelledText("judge", "a"),)
    facts = splits.facts
    assert facts.counts == {"train": 10, "validation": 4, "test": 1}
    assert facts.labels["train"] == {"a": 5, "b": 5}
    assert facts.sha256["test.csv"] == sha256_of_file(tmp_path / "test.csv")
    assert (facts.licence, facts.url, facts.warnings) == ("CC0", "https://example.org", ())


def test_load_when_files_and_columns_are_named_reads_those(tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    write(tmp_path / "part" / "one.jsonl", rows_of(20, "a", "b"), ("message", "kind"))
    write(tmp_path / "two.jsonl", rows_of(3, "a", "b", word="other"), ("message", "kind"))
    splits = load(path=str(tmp_path), train="part/one.jsonl", test="two.jsonl", text="message", label="kind")
    assert splits.facts.counts == {"train": 36, "validation": 4, "test": 6}
    assert set(splits.facts.sha256) == {"part/one.jsonl", "two.jsonl"}


def test_load_when_one_file_is_split_keeps_the_share_of_each_label(tmp_path: Path) -> None:
    path = write(tmp_path / "all.jsonl", rows_of(60, "a") + rows_of(30, "b") + rows_of(10, "c"))
    splits = load(path=str(path), test_share=0.3, validation_share=0.1)
    assert splits.facts.labels["test"] == {"a": 18, "b": 9, "c": 3}
    assert splits.facts.labels["validation"] == {"a": 4, "b": 2, "c": 1}
    assert {example.text for example in splits.train}.isdisjoint(example.text for example in splits.test)


def test_load_when_slices_are_named_keeps_their_values(tmp_path: Path) -> None:
    rows = [{"text": f"t {n}", "label": "ab"[n % 2], "channel": ["chat", "mail", "", None][n % 4]} for n in range(40)]
    (tmp_path / "all.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    splits = load(path=str(tmp_path / "all.jsonl"), slices=["channel", "label"])
    assert {example.slices for example in (*splits.train, *splits.test)} == {
        ("channel: chat", "label: a"),
        ("channel: empty", "label: a"),
        ("channel: mail", "label: b"),
        ("channel: empty", "label: b"),
    }


def test_load_when_a_slice_is_no_column_names_it(tmp_path: Path) -> None:
    write(tmp_path / "all.jsonl", rows_of(9, "a", "b"))
    with pytest.raises(DatasetError) as caught:
        load(path=str(tmp_path / "all.jsonl"), slices=["chanel"])
    assert "There is no column `chanel`" in str(caught.value)


def test_load_when_the_seed_is_the_same_gives_the_same_splits(tmp_path: Path) -> None:
    path = str(write(tmp_path / "all.jsonl", rows_of(50, "a", "b")))
    assert load(path=path, seed=1) == load(path=path, seed=1)
    assert load(path=path, seed=1).facts.digest != load(path=path, seed=2).facts.digest


def test_load_when_summaries_are_named_gives_summaries(tmp_path: Path) -> None:
    path = write(tmp_path / "all.jsonl", rows_of(10, "short"), ("document", "abstract"))
    splits = load(path=str(path), text="document", summary="abstract")
    assert splits.train[0] in {SummarizedText(text, summary) for text, summary in rows_of(10, "short")}
    assert splits.facts.labels["train"] == {}


def test_load_when_texts_are_lists_keeps_sentences_and_all_summaries(tmp_path: Path) -> None:
    rows = [([f"One e.g. {number}.", "", "Two."], [f"short {number}", "also short"]) for number in range(20)]
    path = write(tmp_path / "all.jsonl", rows, ("source", "target"))
    splits = load(path=str(path), text="source", summary="target")
    example = min((*splits.train, *splits.validation, *splits.test), key=lambda each: each.text)
    assert example == SummarizedText("One e.g. 0. Two.", "short 0", ("also short",), ("One e.g. 0.", "Two."))


@pytest.mark.parametrize(
    ("source", "target", "where", "message"),
    [
        (["One.", 2], "short", "row 1, column `source`, item 2", "Expected text, but got a value of type `int`"),
        ([], "short", "row 1, column `source`", "The cell is empty"),
        ("One.", [" ", None], "row 1, column `target`", "The cell is empty"),
    ],
)
def test_load_when_an_item_of_a_list_is_unfit_says_which(
    tmp_path: Path, source: Any, target: Any, where: str, message: str
) -> None:
    path = write(tmp_path / "all.jsonl", [(source, target)], ("source", "target"))
    with pytest.raises(DatasetError, match=message) as caught:
        load(path=str(path), text="source", summary="target")
    assert str(caught.value.where).endswith(where)


def test_load_when_a_text_leaks_drops_the_copy_that_trains(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", [*rows_of(5, "a", "b"), ("The  SAME", "a"), ("chosen by", "b")])
    write(tmp_path / "validation.jsonl", [("Chosen by", "b"), ("the same ", "a")])
    write(tmp_path / "test.jsonl", [("the same", "a")])
    splits = load(path=str(tmp_path))
    assert splits.facts.counts == {"train": 10, "validation": 1, "test": 1}
    assert [int(warning.split()[0]) for warning in splits.facts.warnings] == [2, 1]


def test_load_when_labels_contradict_each_other_counts_them(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", [*rows_of(30, "a", "b"), ("same", "a"), ("Same", "b")])
    write(tmp_path / "test.jsonl", rows_of(3, "a", "b", word="other"))
    write(tmp_path / "validation.jsonl", rows_of(3, "a", "b", word="another"))
    assert load(path=str(tmp_path)).facts.warnings == ("1 texts of train occur with different labels",)


def test_load_when_labels_are_numbers_reads_them_as_text(tmp_path: Path) -> None:
    path = write(tmp_path / "all.jsonl", [(f"text {number}", number % 2) for number in range(40)])
    assert set(load(path=str(path)).facts.labels["train"]) == {"0", "1"}


def test_load_when_labels_are_numbers_and_named_gives_the_names(tmp_path: Path) -> None:
    path = write(tmp_path / "all.jsonl", [(f"text {number}", number % 2) for number in range(40)])
    assert set(load(path=str(path), label_names=["bad", "good"]).facts.labels["train"]) == {"bad", "good"}


@pytest.mark.parametrize("label", [2, -1, "good", "²"])
def test_load_when_a_label_has_no_name_says_which(tmp_path: Path, label: Any) -> None:
    rows = [(f"text {number}", number % 2) for number in range(40)]
    path = write(tmp_path / "all.jsonl", [*rows, ("last", label)])
    with pytest.raises(DatasetError, match=f"row 41, column `label`: Expected a label's number.*got `{label}`"):
        load(path=str(path), label_names=["bad", "good"])


@pytest.mark.parametrize(
    ("rows", "where", "message"),
    [
        ([*rows_of(5, "a", "b"), ("  ", "a")], "row 11, column `text`", "The cell is empty"),
        ([*rows_of(5, "a", "b"), ("x", "")], "row 11, column `label`", "label is missing"),
        ([*rows_of(5, "a", "b"), ("x", float("nan"))], "row 11, column `label`", "label is missing"),
        ([*rows_of(5, "a", "b"), (7, "a")], "row 11, column `text`", "got a value of type `int`"),
        (
            [*rows_of(5, "a", "b"), ("x", 1.5)],
            "row 11, column `label`",
            "got a value of type `float`",
        ),
        ([*rows_of(5, "a", "b"), ("x\ud800", "a")], "row 11, column `text`", "half a character"),
        (rows_of(50, "a"), "all.jsonl", "All training examples have the label `a`"),
        (rows_of(1, "a", "b"), "all.jsonl", "too few examples (2)"),
    ],
)
def test_load_when_examples_are_unfit_says_which(tmp_path: Path, rows: Rows, where: str, message: str) -> None:
    path = write(tmp_path / "all.jsonl", rows)
    with pytest.raises(DatasetError) as caught:
        load(path=str(path))
    assert message in caught.value.message
    assert caught.value.where is not None
    assert caught.value.where.endswith(where)


def test_load_when_a_label_cannot_be_learned_names_it(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", rows_of(20, "a", "b"))
    write(tmp_path / "test.jsonl", rows_of(2, "a", "c", "d", word="other"))
    with pytest.raises(DatasetError, match=r"`c` is in test, but no training example has it \(and 1 more"):
        load(path=str(tmp_path))


@pytest.mark.parametrize(
    ("files", "values", "message"),
    [
        ({}, {}, "No file of training examples"),
        ({"train.csv": "text,kind\na,x\n"}, {}, "There is no column `label`. The columns are: text, kind."),
        ({"train.csv": "text,label\n"}, {}, "no row below"),
        ({"train.csv": "x", "train.tsv": "x"}, {}, "several files for `train`: train.csv, train.tsv"),
        ({"train.csv": "x"}, {"train": "tran.csv"}, "`test`; there: train.csv"),
        ({"train.csv": "text,label\na,x\nb,y\n", "test.csv": "text,label\nc,x\n"}, {"test_share": 0.1}, "Leave out"),
    ],
)  # fmt: skip
def test_load_when_files_are_not_what_is_said_shows_the_way_out(
    tmp_path: Path, files: dict[str, str], values: dict[str, Any], message: str
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(DatasetError) as caught:
        load(path=str(tmp_path), **values)
    assert message in str(caught.value)


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_load_when_texts_have_several_labels_reads_them(tmp_path: Path, suffix: str) -> None:
    sets = [["b", "a"], ["a"], [], ["b"]] * 10
    rows = [(f"text {number}", labels) for number, labels in enumerate(sets)]
    if suffix == "csv":
        lines = ["text,kinds", *(f"{text},{' | '.join(labels)}" for text, labels in rows)]
    else:
        lines = [json.dumps({"text": text, "kinds": labels}) for text, labels in rows]
    (tmp_path / f"train.{suffix}").write_text("\n".join(lines))
    found = load(path=str(tmp_path), labels="kinds", label_separator="|")
    examples = [*found.train, *found.validation, *found.test]
    assert {one.text: one.labels for one in examples if isinstance(one, MultiLabelledText)} == {
        text: tuple(sorted(labels)) for text, labels in rows
    }
    assert sum(found.facts.labels[split]["a"] for split in ("train", "validation", "test")) == 20


@pytest.mark.parametrize("labels", [["a", None], ["a", ""], [["a"]], 1.5])
def test_load_when_one_of_several_labels_is_unfit_says_where(tmp_path: Path, labels: Any) -> None:
    lines = [json.dumps({"text": f"text {number}", "labels": ["a"]}) for number in range(9)]
    (tmp_path / "train.jsonl").write_text("\n".join([*lines, json.dumps({"text": "last", "labels": labels})]))
    with pytest.raises(DatasetError, match="row 10, column `labels`"):
        load(path=str(tmp_path), labels="labels")


def test_load_when_the_path_is_missing_names_it(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="There is no such file or folder"):
        load(path=str(tmp_path / "nothing"))


def test_load_when_files_are_named_below_a_file_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "all.jsonl", rows_of(5, "a", "b"))
    with pytest.raises(DatasetError, match="Expected a folder"):
        load(path=str(path), train="all.jsonl")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"source": "files"}, "required"),
        ({"source": "files", "path": "x", "label": "a", "summary": "b"}, "one of `label`, `labels` and `summary`"),
        ({"source": "files", "path": "x", "test": "a", "test_share": 0.1}, "`test` or `test_share`, not both"),
        (
            {"source": "files", "path": "x", "summary": "a", "label_names": ["b", "c"]},
            "`label_names` with `label` only",
        ),
        ({"source": "generated", "generator": "poems"}, "'messages', 'notes' or 'sentiment'"),
        ({"source": "files", "path": "x", "colour": "red"}, "not known"),
        ({"source": "huggingface", "id": "../etc"}, "pattern"),
    ],
)
def test_config_when_wrong_is_refused_with_its_key(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse({"dataset": values}, Holder, source="test.yaml")


def test_load_when_datasets_saved_it_reads_class_names(tmp_path: Path) -> None:
    import datasets

    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["down", "up"])})
    columns = {"text": [f"text {number}" for number in range(60)], "label": [number % 2 for number in range(60)]}
    saved = datasets.Dataset.from_dict(columns, features=features)
    datasets.DatasetDict({"train": saved, "dev": saved.select([0, 1, 2])}).save_to_disk(str(tmp_path / "saved"))
    splits = load(path=str(tmp_path / "saved"), train="train", validation="dev")
    assert set(splits.facts.labels["train"]) == {"down", "up"}
    assert splits.facts.counts["validation"] > 0
    assert set(splits.facts.sha256) == {"saved"}
    with pytest.raises(DatasetError, match="no split `evaluation` for `test`"):
        load(path=str(tmp_path / "saved"), train="train", test="evaluation")


def test_load_when_a_saved_dataset_is_broken_says_so(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(DatasetError, match="saved dataset cannot be read"):
        load(path=str(tmp_path))


def test_load_when_the_hub_cannot_be_reached_shows_another_way() -> None:
    holder = parse({"dataset": {"source": "huggingface", "id": "someone/something"}}, Holder, source="test.yaml")
    with pytest.raises(DependencyError, match="use `source: files`"):
        load_dataset(holder.dataset)


def test_load_when_a_split_is_all_doubles(tmp_path: Path) -> None:
    rows = [("0", "a"), ("00", "a"), ("0", "a"), ("0", "a"), ("00", "b"), ("0", "b"), ("0", "b")]
    path = tmp_path / "all.jsonl"
    path.write_text("\n".join(json.dumps({"text": text, "label": label}) for text, label in rows))
    with pytest.raises(DatasetError, match="split holds no example"):
        load(path=str(path))


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
GOOD = st.fixed_dictionaries({"text": TEXTS, "label": st.sampled_from(("a", "b"))})
CELLS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.lists(st.none()))
ODD = st.fixed_dictionaries({}, optional={"text": CELLS, "label": CELLS})


@given(rows=st.lists(GOOD, max_size=30), odd=st.lists(ODD, max_size=1))
def test_load_when_cells_are_arbitrary_gives_a_dataset_or_a_dataset_error(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], odd: list[dict[str, Any]]
) -> None:
    path = tmp_path_factory.mktemp("cells") / "all.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows + odd))
    with suppress(DatasetError):
        splits = load(path=str(path))
        parts = [{folded(example.text) for example in part} for part in (splits.train, splits.validation, splits.test)]
        assert all(parts)
        assert len(set.union(*parts)) == sum(len(part) for part in parts)
        assert len(splits.facts.labels["train"]) > 1
