"""What a training configuration may say about its data: `dataset.source` chooses one of four classes."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from configs.files import digest_of_folder, sha256_of_file
from configs.loader import ClosedModel
from pipelines.datasets.facts import SPLITS, Split
from pipelines.datasets.locations import is_saved_dataset, locate, readable

Task = Literal["text-classification", "multi-label-classification", "summarization"]
_Share = Annotated[float, Field(gt=0, lt=0.9)]


class _SplitDataset(ClosedModel):
    """Examples with or without a part of their own for each split."""

    train: str | None = Field(
        None, description="The training part: a file or folder below `path`, or the name of a split."
    )
    validation: str | None = Field(None, description="The part to choose by; without it, some of train is taken.")
    test: str | None = Field(None, description="The part to judge by; without it, some of train is taken.")
    validation_share: _Share | None = Field(None, description="The part of train taken for validation; default 0.1.")
    test_share: _Share | None = Field(None, description="The part of train taken for test; default 0.2.")
    seed: int = Field(7, ge=0, description="Decides which examples are taken out of train.")
    licence: str | None = Field(None, description="The licence of the data, as the source states it.")
    url: str | None = Field(None, description="Where the data comes from.")

    @model_validator(mode="after")
    def _has_one_source_of_each_split(self) -> Self:
        for split, share in (("validation", self.validation_share), ("test", self.test_share)):
            if share is not None and getattr(self, split) is not None:
                raise ValueError(f"Expected `{split}` or `{split}_share`, not both")
        return self

    @property
    def names(self) -> dict[Split, str]:
        """The files, folders or splits that are named."""
        return {split: name for split in SPLITS if (name := getattr(self, split)) is not None}


class _TableDataset(_SplitDataset):
    """Examples in rows and columns, wherever they come from."""

    text: str = Field("text", description="The column of the texts.")
    label: str | None = Field(None, description="The column of the labels; `label` unless another one is given.")
    labels: str | None = Field(
        None, description="The column of all labels of a text; makes the task multi-label-classification."
    )
    label_separator: str = Field(
        ";", min_length=1, description="Stands between the labels of a text, where they are no JSON list."
    )
    label_names: tuple[str, ...] | None = Field(
        None, min_length=2, description="The labels' names, where the data holds their numbers, from 0."
    )
    summary: str | None = Field(None, description="The column of reference summaries; makes the task summarization.")
    slices: tuple[str, ...] = Field(
        (),
        description="Further columns: the evaluation also scores the examples of each of their values by themselves.",
    )

    @model_validator(mode="after")
    def _has_one_target(self) -> Self:
        if sum(column is not None for column in (self.label, self.labels, self.summary)) > 1:
            raise ValueError("Expected one of `label`, `labels` and `summary`")
        if self.label_names is not None and (self.summary or self.labels):
            raise ValueError("Expected `label_names` with `label` only")
        return self

    @property
    def task(self) -> Task:
        """The task that the columns are for."""
        if self.labels is not None:
            return "multi-label-classification"
        return "summarization" if self.summary is not None else "text-classification"

    @property
    def target(self) -> str:
        """The column that a model learns to give."""
        return self.summary or self.labels or self.label or "label"

    @property
    def wanted(self) -> tuple[str, ...]:
        """All columns that are read."""
        return (self.text, self.target, *self.slices)


class FilesDataset(_TableDataset):
    """CSV, TSV, JSONL or Parquet files, or a folder that `datasets` saved."""

    source: Literal["files"]
    path: Path = Field(description="A file, or a folder; a relative one is taken from the current directory.")
    columns: tuple[str, ...] | None = Field(
        None, min_length=2, description="The names of the columns, where a CSV or TSV file has no header."
    )

    def file_digests(self) -> dict[str, str]:
        """Give the sha256 of each file that would be read, by its name.

        Raises:
            DatasetError: a file is missing or cannot be read.
        """
        path = self.path.expanduser()
        with readable(path):
            if is_saved_dataset(path):
                return {path.name: digest_of_folder(path)}
            files = locate(path, self.names)
            root = path if path.is_dir() else path.parent
            return {file.relative_to(root).as_posix(): sha256_of_file(file) for file in files.values()}


class FoldersDataset(_SplitDataset):
    """Documents in one folder for each label, in a folder or an archive."""

    source: Literal["folders"]
    path: Path = Field(description="A folder, or a .tar.gz; a relative one is taken from the current directory.")
    encoding: str = Field("utf-8", description="How the documents are written; latin-1 reads any bytes.")

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, encoding: str) -> str:
        try:
            " ".encode(encoding)
        except LookupError:
            raise ValueError("Expected the name of an encoding such as utf-8 or latin-1") from None
        return encoding

    @property
    def task(self) -> Task:
        """The task that the folders are for."""
        return "text-classification"

    def file_digests(self) -> dict[str, str]:
        """Give the sha256 of the archive, or one over all files below each folder that is named.

        Raises:
            DatasetError: there is no such file or folder, or it cannot be read.
        """
        path = self.path.expanduser()
        with readable(path):
            if path.is_dir():
                return {name: digest_of_folder(path / name) for name in self.names.values() or ["."]}
            return {path.name: sha256_of_file(path)}


class HubDataset(_TableDataset):
    """A dataset of the Hugging Face hub."""

    source: Literal["huggingface"]
    id: str = Field(pattern=r"^\w[\w.-]*(/\w[\w.-]*)?$", description="Its name on the hub.")
    config: str | None = Field(None, description="The configuration of the dataset, where it has several.")
    revision: str | None = Field(None, description="A commit or tag; pin it, and the data stays the same.")

    def file_digests(self) -> dict[str, str]:
        """Give nothing: the hub's files are named by `revision`."""
        return {}


class GeneratedDataset(ClosedModel):
    """Examples that the project writes itself, from a seed."""

    source: Literal["generated"]
    generator: Literal["messages", "notes", "sentiment"]
    size: int | None = Field(
        None, ge=60, le=100_000, description="Training examples; validation and test keep their proportion to it."
    )
    seed: int = Field(7, ge=0)

    @property
    def task(self) -> Task:
        """The task that the examples are for."""
        return "summarization" if self.generator == "notes" else "text-classification"

    def file_digests(self) -> dict[str, str]:
        """Give nothing: seed, size and the generator's code name the data."""
        return {}


DatasetConfig = Annotated[FilesDataset | FoldersDataset | HubDataset | GeneratedDataset, Field(discriminator="source")]
