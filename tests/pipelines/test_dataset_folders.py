import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from configs.errors import ConfigError, DatasetError
from configs.files import sha256_of_file
from configs.loader import ClosedModel, parse
from models.types import LabelledText
from pipelines.datasets import folders
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.facts import DatasetSplits
from pipelines.datasets.loader import load_dataset

DOCUMENTS = {
    **{f"old/{label}/{number}": f"{label} {number}".encode() for label in ("autos", "space") for number in range(10)},
    "new/autos/77": b"a na\xefve question",  # latin-1
    "new/space/78": b"orbit",
}
NAMED = {"train": "old", "test": "new", "encoding": "latin-1"}


class Holder(ClosedModel):
    dataset: DatasetConfig


def load(path: Path, **values: object) -> DatasetSplits:
    dataset = {"source": "folders", "path": str(path), **values}
    return load_dataset(parse({"dataset": dataset}, Holder, source="test.yaml").dataset)


def write_folder(root: Path, documents: Mapping[str, bytes]) -> Path:
    for name, content in documents.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def write_archive(path: Path, documents: Mapping[str, bytes], link: str | None = None) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in documents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        if link is not None:
            member = tarfile.TarInfo("old/autos/link")
            member.type, member.linkname = tarfile.SYMTYPE, link
            archive.addfile(member)
    return path


def test_load_when_labels_are_folders_reads_each_split(tmp_path: Path) -> None:
    splits = load(write_folder(tmp_path / "news", {**DOCUMENTS, "old/.DS_Store": b"\x00"}), **NAMED)
    assert splits.test == (LabelledText("a naïve question", "autos"), LabelledText("orbit", "space"))
    assert splits.facts.counts == {"train": 18, "validation": 2, "test": 2}
    assert set(splits.facts.sha256) == {"old", "new"}


def test_load_when_the_folder_is_archived_gives_the_same_examples(tmp_path: Path) -> None:
    backwards = {f"./{name}": DOCUMENTS[name] for name in reversed(DOCUMENTS)}
    path = write_archive(tmp_path / "news.tar.gz", backwards)
    splits = load(path, **NAMED)
    unpacked = load(write_folder(tmp_path / "news", DOCUMENTS), **NAMED)
    assert splits.facts.digest == unpacked.facts.digest
    assert splits.facts.sha256 == {"news.tar.gz": sha256_of_file(path)}
    assert sorted(tmp_path.iterdir()) == [tmp_path / "news", path]


def test_load_when_no_split_is_named_takes_them_out_of_all(tmp_path: Path) -> None:
    path = write_folder(tmp_path, {name.removeprefix("old/"): DOCUMENTS[name] for name in DOCUMENTS if "old" in name})
    assert load(path, test_share=0.2).facts.labels["test"] == {"autos": 2, "space": 2}


@pytest.mark.parametrize(
    ("documents", "values", "where", "message"),
    [
        ({}, {"encoding": "utf-8"}, "new/autos/77", "is not written in utf-8"),
        ({"new/autos/77": b"+2AA-"}, {"encoding": "utf-7"}, "new/autos/77", "is not written in utf-7"),
        ({"old/autos/1": b" \n"}, {}, "old/autos/1", "The document is empty"),
        ({"old/README": b"hello"}, {}, "old/README", "in the folder of its label"),
        ({"old/autos/may/1": b"hello"}, {}, "old/autos/may/1", "in the folder of its label"),
        ({}, {"test": "newer"}, "newer", "There is no document for `test`"),
    ],
)
@pytest.mark.parametrize("archived", [False, True])
def test_load_when_a_document_is_unfit_names_it(
    tmp_path: Path,
    documents: dict[str, bytes],
    values: dict[str, str],
    where: str,
    message: str,
    archived: bool,
) -> None:
    documents = DOCUMENTS | documents
    path = write_archive(tmp_path / "a.tgz", documents) if archived else write_folder(tmp_path / "a", documents)
    with pytest.raises(DatasetError) as caught:
        load(path, **(NAMED | values))
    assert message in caught.value.message
    assert caught.value.where == (f"{path}, {where}" if archived else str(path / where))


@pytest.mark.parametrize("name", ["/etc/passwd", "old/../../passwd"])
def test_load_when_an_archive_leads_out_of_itself_refuses_it(tmp_path: Path, name: str) -> None:
    path = write_archive(tmp_path / "a.tar.gz", DOCUMENTS | {name: b"x"})
    with pytest.raises(DatasetError, match="leads out of it"):
        load(path, **NAMED)


def test_load_when_an_archive_holds_a_link_refuses_it(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.tar.gz", DOCUMENTS, link="/etc/passwd")
    with pytest.raises(DatasetError, match="holds a link"):
        load(path, **NAMED)


def test_load_when_an_archive_is_too_large_refuses_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_LARGEST_BYTES", 1 << 20)
    path = write_archive(tmp_path / "a.tar.gz", DOCUMENTS | {"old/autos/zeros": bytes(1 << 20)})
    with pytest.raises(DatasetError, match="more than 1 MB"):
        load(path, **NAMED)


@pytest.mark.parametrize("length", [100, 300])
def test_load_when_an_archive_is_cut_says_so(tmp_path: Path, length: int) -> None:
    path = write_archive(tmp_path / "a.tar.gz", DOCUMENTS)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(DatasetError, match="cannot be read"):
        load(path, **NAMED)


def test_load_when_the_path_is_no_folder_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"Expected a folder or an archive \(\.tar, "):
        load(tmp_path / "nothing.zip")


def test_config_when_the_encoding_is_unknown_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="name of an encoding"):
        load(tmp_path, encoding="latin-99")
