"""Compile a Word file with tags once, and fill it many times."""

import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from templates.environment import BUDGET, Budget, TemplateEnvironment, environment_for
from templates.word.archive import ArchiveWriter, Member, read_archive
from templates.word.parts import CONTENT_TYPES, find_parts
from templates.word.program import PartProgram
from templates.word.repair import repair_for
from templates.word.segments import PartCutter, Segments


@dataclass(frozen=True)
class _CutPart:
    name: str
    label: str
    segments: Segments
    repair: Callable[[str], str] | None


class WordTemplate:
    """A compiled Word template; it may be shared by threads."""

    def __init__(self, parts: tuple[_CutPart, ...], writer: ArchiveWriter) -> None:
        self._parts = parts
        self._writer = writer
        self._programs: weakref.WeakKeyDictionary[TemplateEnvironment, tuple[PartProgram, ...]]
        self._programs = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()

    def fill(self, context: Mapping[str, Any], environment: TemplateEnvironment | None = None) -> bytes:
        """Give the .docx for one document; the same context always gives the same bytes.

        Args:
            context: the data, by name.
            environment: of the kind `word`, for the document's language; English when it is left out.

        Raises:
            TemplateError: a tag names something that the data does not hold, or cannot be evaluated.
            ContextError: a value holds a character that a Word file cannot hold.
            LimitError: the document grew too large, or its loops ran too long.
        """
        programs = self.compile(environment or environment_for("word", "en"))
        values = {**context, BUDGET: Budget()}
        contents = {}
        for part, program in zip(self._parts, programs, strict=True):
            text = program.fill(values)
            contents[part.name] = (part.repair(text) if part.repair else text).encode()
        return self._writer.write(contents)

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


def compile_template(content: bytes, *, name: str) -> WordTemplate:
    """Compile a .docx template.

    Args:
        content: the bytes of the file.
        name: what errors call it.

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
            parts.append(_CutPart(part.name, f"{name}, {part.label}", segments, repair_for(segments)))
    if found.content_types:
        members[CONTENT_TYPES] = Member.pack(CONTENT_TYPES, found.content_types)
    filled = {part.name for part in parts}
    writer = ArchiveWriter(member for member in members.values() if member.name not in filled)
    template = WordTemplate(tuple(parts), writer)
    template.compile(environment_for("word", "en"))
    return template
