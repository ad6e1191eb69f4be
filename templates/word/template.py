"""Compile a Word file with tags once, and fill it many times."""

import threading
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from templates.environment import BUDGET, Budget, TemplateEnvironment, environment_for
from templates.word.archive import ArchiveWriter, Member, read_archive
from templates.word.package import FilledPart, Filling, Package, styles_of
from templates.word.parts import find_parts
from templates.word.placed import Segments
from templates.word.program import PartProgram
from templates.word.segments import PartCutter


@dataclass(frozen=True)
class _CutPart:
    name: str
    label: str
    segments: Segments


class WordTemplate:
    """A compiled Word template; it may be shared by threads."""

    def __init__(self, parts: tuple[_CutPart, ...], package: Package) -> None:
        self._parts = parts
        self._package = package
        self._programs: weakref.WeakKeyDictionary[TemplateEnvironment, tuple[PartProgram, ...]]
        self._programs = weakref.WeakKeyDictionary()
        self._writers: dict[frozenset[str], ArchiveWriter] = {}
        self._lock = threading.Lock()

    def fill(self, context: Mapping[str, Any], environment: TemplateEnvironment | None = None) -> bytes:
        """Give the .docx for one document; the same context always gives the same bytes.

        Args:
            context: the data, by name; it may hold the values of `templates.word.values` and its neighbours.
            environment: of the kind `word`, for the document's language; English when it is left out.

        Raises:
            TemplateError: a tag names something that the data does not hold, or cannot be evaluated.
            ContextError: a value holds a character that a Word file cannot hold.
            LimitError: the document grew too large, or its loops ran too long.
        """
        programs = self.compile(environment or environment_for("word", "en"))
        values = {**context, BUDGET: Budget()}
        filling = Filling(self._package)
        for part, program in zip(self._parts, programs, strict=True):
            filling.parts[part.name] = program.fill(values, FilledPart(filling, part.name))
        contents = filling.finish()
        return self._writer_without(frozenset(contents)).write(contents)

    def compile(self, environment: TemplateEnvironment) -> tuple[PartProgram, ...]:
        """Compile the parts for an environment, once for each.

        Raises:
            TemplateError: a tag is wrong; the error says where.
        """
        with self._lock:
            programs = self._programs.get(environment)
            if programs is None:
                programs = tuple(PartProgram(part.segments, environment, label=part.label) for part in self._parts)
                self._programs[environment] = programs
            return programs

    def _writer_without(self, names: frozenset[str]) -> ArchiveWriter:
        """Give a writer whose fixed members are all but those named; a template needs one or two of them."""
        kept = frozenset(names & self._package.members.keys())
        with self._lock:
            if kept not in self._writers:
                members = self._package.members.values()
                self._writers[kept] = ArchiveWriter(member for member in members if member.name not in kept)
            return self._writers[kept]


def compile_template(content: bytes, *, name: str, environment: TemplateEnvironment | None = None) -> WordTemplate:
    """Compile a .docx template.

    Args:
        content: the bytes of the file.
        name: what errors call it.
        environment: where the filters stand that the template uses; ours in English when it is left out.

    Raises:
        TemplateError: the file is no Word document, reaches outside of itself, or a tag is wrong.
        LimitError: the file is larger than a template would be.
    """
    members = read_archive(content, name=name)
    found = find_parts(members, name=name)
    parts = []
    for part in found.filled:
        segments = PartCutter(part, name=name, heading_styles=found.heading_styles).cut()
        if segments is not None:
            parts.append(_CutPart(part.name, f"{name}, {part.label}", segments))
    members |= {changed: Member.pack(changed, data) for changed, data in found.changed.items()}
    package = Package(members, found.main, found.types, styles_of(found.styles), found.text_width)
    template = WordTemplate(tuple(parts), package)
    template.compile(environment or environment_for("word", "en"))
    return template
