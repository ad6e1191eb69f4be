import csv
import io
import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.errors import DatasetError
from pipelines.datasets.tables import Table, read_table

WANTED = ("text", "label")


def read(folder: Path, name: str, content: bytes | str) -> Table:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, WANTED)


def cells(table: Table) -> list[dict[str, object]]:
    return [dict(row.cells) for row in table.rows]


def test_csv_when_fields_hold_separators_and_line_breaks_is_read_whole(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", '\ufefftext,label\r\n"one, ""two""\nthree",x\r\n\r\nfour,y\r\n')
    assert table.columns == WANTED
    assert cells(table) == [{"text": 'one, "two"\nthree', "label": "x"}, {"text": "four", "label": "y"}]
    assert [row.number for row in table.rows] == [2, 4]


@pytest.mark.parametrize(
    ("name", "content", "where", "message"),
    [
        ("a.csv", "text,label\na,x\nb\n", "row 3", "Expected 2 fields, but the row has 1"),
        ("a.csv", 'text,label\na,x\n"b,x\n', "row 3", "cannot be read"),
        ("a.csv", "text,text\na,b\n", "row 1", "Two columns have the name `text`"),
        ("a.csv", b"text,label\ncaf\xe9,x\n", "a.csv", "byte 14 is not"),
        ("a.csv", b"\xef\xbb\xbftext,label\ncaf\xe9,x\n", "a.csv", "byte 17 is not"),
        ("a.csv", "", "a.csv", "is empty"),
        ("a.tsv", "text\tlabel\na\n", "row 2", "Expected 2 fields"),
        ("a.jsonl", '{"text": "a"}\n{"text": \n', "row 2", "Expected a JSON object, but"),
        ("a.jsonl", '{"text": "a"}\n[1]\n', "row 2", "holds a list"),
        ("a.jsonl", '{"text": ' + "[" * 100_000, "row 1", "nested too deeply"),
        ("a.jsonl", '{"text": ' + "9" * 5000 + "}", "row 1", "number is too long"),
        ("a.parquet", "PAR1 is how it begins, but not this one", "a.parquet", "Expected a Parquet file"),
        ("a.xlsx", "PK", "a.xlsx", "format of `.xlsx` is not known"),
    ],
)
def test_read_when_the_file_is_broken_names_the_place(
    tmp_path: Path, name: str, content: bytes | str, where: str, message: str
) -> None:
    with pytest.raises(DatasetError) as caught:
        read(tmp_path, name, content)
    assert message in caught.value.message
    assert caught.value.where is not None
    assert caught.value.where.endswith(where)


def test_tsv_when_quotes_are_plain_characters_keeps_them(tmp_path: Path) -> None:
    table = read(tmp_path, "a.tsv", 'text\tlabel\n"so" they said\t1\n"quoted"\t0\n')
    assert cells(table) == [{"text": '"so" they said', "label": "1"}, {"text": "quoted", "label": "0"}]


def test_tsv_when_a_quoted_field_spans_lines_is_one_row(tmp_path: Path) -> None:
    table = read(tmp_path, "a.tsv", 'text\tlabel\n"one\ntwo"\t1\n')
    assert cells(table) == [{"text": "one\ntwo", "label": "1"}]


def test_json_lines_when_a_text_holds_a_line_separator_is_one_row(tmp_path: Path) -> None:
    table = read(tmp_path, "a.jsonl", '{"text": "one\u2028two", "label": 1}\n\n{"text": "b"}\n')
    assert cells(table) == [{"text": "one\u2028two", "label": 1}, {"text": "b"}]
    assert [row.number for row in table.rows] == [1, 3]


def test_parquet_when_read_leaves_out_columns_nobody_wants(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    path = tmp_path / "a.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"text": ["a", None], "label": [1, 0], "blob": [b"", b""]}), path)
    table = read_table(path, WANTED)
    assert table.columns == ("text", "label", "blob")
    assert cells(table) == [{"text": "a", "label": 1}, {"text": None, "label": 0}]


@given(
    content=st.one_of(
        st.binary(max_size=200),
        st.text(alphabet='ab",\t\r\n\\{}[]:0\x00é\u2028\ufeff', max_size=200).map(lambda text: text.encode()),
    ),
    suffix=st.sampled_from((".csv", ".tsv", ".jsonl", ".parquet")),
)
def test_read_when_bytes_are_arbitrary_gives_rows_or_a_dataset_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("bytes") / f"data{suffix}"
    path.write_bytes(content)
    with suppress(DatasetError):
        table = read_table(path, WANTED)
        assert table.columns
        assert all(set(row.cells) <= set(table.columns) for row in table.rows)


# What can stand in a file: no lone surrogates, and line ends as csv writes them.
TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=30)


@given(rows=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=10))
def test_read_when_csv_or_json_was_written_by_python_gives_it_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    file = io.StringIO()
    csv.writer(file).writerows([WANTED, *rows])
    expected = [{"text": text, "label": label} for text, label in rows]
    assert cells(read(folder, "a.csv", file.getvalue())) == expected
    assert cells(read(folder, "a.jsonl", "\n".join(json.dumps(row) for row in expected))) == expected


def test_tsv_when_it_has_no_header_takes_the_given_names(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text('a "fine film\t1\ndull\t0\n')
    table = read_table(path, WANTED, ["text", "label"])
    assert cells(table) == [{"text": 'a "fine film', "label": "1"}, {"text": "dull", "label": "0"}]
    assert [row.number for row in table.rows] == [1, 2]


def test_read_when_names_are_given_for_a_format_with_names_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a", "label": 1}\n')
    with pytest.raises(DatasetError, match="names its own"):
        read_table(path, WANTED, ["text", "label"])
