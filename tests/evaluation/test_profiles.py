from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.errors import InputError, IntegrityError
from evaluation import profiles
from evaluation.profiles import ReferenceProfile


def a_row(number: int) -> dict[str, float | str]:
    return {**profiles.text_columns("x" * number), **profiles.prediction_columns("ab"[number % 2], 0.5)}


def test_text_columns_when_counted_by_hand() -> None:
    assert profiles.text_columns("Hi Bob!\nÖl: 42") == {
        "characters": 14.0,
        "words": 4.0,
        "lines": 2.0,
        "mean_word_length": 2.75,
        "uppercase_share": 3 / 7,
        "digit_share": 2 / 14,
        "punctuation_share": 2 / 14,
        "non_ascii_share": 1 / 14,
    }


@given(st.text())
def test_text_columns_when_the_text_is_any(text: str) -> None:
    columns = profiles.text_columns(text)
    assert all(value >= 0.0 for value in columns.values())
    assert all(value <= 1.0 for name, value in columns.items() if name.endswith("_share"))
    assert set(columns) == set(profiles.text_columns(""))


def test_prediction_columns_when_a_part_is_missing() -> None:
    assert profiles.prediction_columns("praise", 0.5) == {"predicted_label": "praise", "confidence": 0.5}
    assert profiles.prediction_columns(None, None) == {}


def test_build_when_there_are_more_rows_than_kept() -> None:
    rows = [{**a_row(number % 2), "characters": float(number)} for number in range(7000)]
    profile = profiles.build(rows, seed=1)
    assert profile.counts == {"rows": 7000, "sampled": 5000}
    assert profile.label_counts == {"a": 3500, "b": 3500}
    kept = [row["characters"] for row in profile.rows]
    assert len(set(kept)) == 5000
    assert kept == sorted(kept)
    assert profile == profiles.build(rows, seed=1)
    assert profile != profiles.build(rows, seed=2)


def test_profile_when_saved_and_loaded(tmp_path: Path) -> None:
    profile = profiles.build([a_row(number) for number in range(50)], seed=1)
    profile.save(tmp_path)
    assert ReferenceProfile.load(tmp_path) == profile
    assert b"xxx" not in (tmp_path / "profile.parquet").read_bytes()


def test_load_when_files_are_missing_or_changed(tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match="cannot be read"):
        ReferenceProfile.load(tmp_path)
    profiles.build([a_row(1)], seed=1).save(tmp_path)
    (tmp_path / "profile.parquet").write_bytes(b"something else")
    with pytest.raises(IntegrityError, match="not those that were saved"):
        ReferenceProfile.load(tmp_path)


def test_build_when_rows_do_not_fit() -> None:
    with pytest.raises(InputError, match="at least one row"):
        profiles.build([], seed=1)
    with pytest.raises(InputError, match=r"row 1: .*these differ: confidence"):
        profiles.build([{"words": 1.0, "confidence": 0.5}, {"words": 1.0}], seed=1)
