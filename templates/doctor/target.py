"""What is checked: a template of the library by name, a template's folder, or a lone file."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from configs.errors import InputError, TemplateError, TemplateNotFoundError
from configs.files import digest_of
from templates.data import DataSchema
from templates.doctor.problems import Place, Problem
from templates.library import BUILT_IN, Library, TemplateFiles, read_folder
from templates.manifest import FILE, MARKDOWN_SOURCE, SCHEMA, WORD_SOURCE, Manifest, read_manifest

Kind = Literal["word", "markdown"]
_MARKDOWN_ENDINGS = (".md.j2", ".md", ".j2")


@dataclass(frozen=True)
class Target:
    """A template before it is compiled.

    Attributes:
        name: what places call the source.
        files: the folder's files; for a lone file, a folder made for it.
        problems: what is wrong with manifest or schema.
        is_ours: whether it comes with the package and may run in this process.
    """

    name: str
    kind: Kind
    files: TemplateFiles
    manifest: Manifest | None = None
    schema: Mapping[str, Any] | None = None
    problems: tuple[Problem, ...] = ()
    is_ours: bool = False

    @property
    def content(self) -> bytes:
        """The source."""
        return self.files.read(WORD_SOURCE if self.kind == "word" else MARKDOWN_SOURCE)

    @property
    def locale(self) -> str:
        """The language of the document."""
        return self.manifest.locale if self.manifest else "en"


def find_target(named: str, folders: Sequence[Path] = ()) -> Target:
    """Find what is to be checked.

    Args:
        named: a template's name, a folder, a `.docx` or a `.md.j2`.
        folders: folders of templates beside those of the package.

    Raises:
        TemplateNotFoundError: there is nothing of that name.
        InputError: the file is of another kind.
    """
    path = Path(named)
    if path.is_dir():
        return target_of_folder(path)
    if path.is_file():
        if path.name in (WORD_SOURCE, MARKDOWN_SOURCE) and (path.parent / FILE).is_file():
            return target_of_folder(path.parent)
        if path.suffix.lower() == ".docx":
            return target_of_file("word", path.read_bytes(), name=path.name)
        if path.name.lower().endswith(_MARKDOWN_ENDINGS):
            return target_of_file("markdown", path.read_bytes(), name=path.name)
        raise InputError(
            "Expected a template: a .docx, a .md.j2, a folder or the name of one.",
            where=named,
            hint="Save it as .docx.",
        )
    if "/" in named or named.endswith((".docx", *_MARKDOWN_ENDINGS)):
        raise TemplateNotFoundError("There is no such file or folder.", where=named)
    return target_of_folder(Library(folders).find(named.partition("@")[0]))


def target_of_file(kind: Kind, content: bytes, *, name: str) -> Target:
    """Make a target of a lone file, which has no schema."""
    folder = re.sub(r"[^a-z0-9]+", "-", name.lower().partition(".")[0]).strip("-")[:64] or "document"
    source = WORD_SOURCE if kind == "word" else MARKDOWN_SOURCE
    manifest = f'name = "{folder}"\nversion = "0"\ntitle = "{folder}"\nformats = ["docx"]\n'
    files = {source: content, FILE: manifest.encode(), SCHEMA: b"{}"}
    digest = digest_of({path: hashlib.sha256(data).hexdigest() for path, data in files.items()})
    return Target(name, kind, TemplateFiles(folder, files, digest))


def target_of_folder(folder: Path) -> Target:
    """Read a template's folder; a wrong manifest or schema is a problem and does not end the check.

    Raises:
        TemplateError: there is no source in it, or it cannot be read.
    """
    path = folder.resolve()
    return replace(target_of_files(read_folder(path)), is_ours=path.parent == BUILT_IN.resolve())


def target_of_files(files: TemplateFiles) -> Target:
    """Make a target of a template's files."""
    sources = [name for name in (MARKDOWN_SOURCE, WORD_SOURCE) if name in files.files]
    if len(sources) != 1:
        raise TemplateError(
            f"A template has one source, {MARKDOWN_SOURCE} or {WORD_SOURCE}; this one has {len(sources)}.",
            where=files.name,
        )
    source = sources[0]
    kind: Kind = "word" if source == WORD_SOURCE else "markdown"
    problems: list[Problem] = []
    manifest = schema = None
    try:
        manifest = read_manifest(files.read(FILE), source=kind, where=f"{files.name}/{FILE}")
    except TemplateError as error:
        problems.append(problem_of_error(error, "manifest", FILE))
    try:
        schema = _schema(files)
    except TemplateError as error:
        problems.append(problem_of_error(error, "schema", SCHEMA))
    name = f"{files.name}/{source}"
    return Target(name, kind, files, manifest, schema, tuple(problems))


def problem_of_error(error: InputError, code: str, part: str = "") -> Problem:
    """Make a problem of an error that knows its place in words."""
    return Problem(code, "error", error.message, Place(error.where or part, part), "", error.hint or "")


def _schema(files: TemplateFiles) -> Mapping[str, Any]:
    content = files.read(SCHEMA)
    DataSchema(content, where=f"{files.name}/{SCHEMA}")
    loaded = json.loads(content)
    return loaded if isinstance(loaded, Mapping) else {}
