"""Check a template: read it, match its tags, follow its names, try it, and report everything that was found."""

import json
import re
from collections.abc import Mapping
from typing import Any

from configs.errors import InputError, LimitError
from templates.compiled import CompiledTemplate
from templates.data import DataSchema
from templates.doctor.accessibility import check_word_accessibility
from templates.doctor.directives import check_directives
from templates.doctor.findings import Use
from templates.doctor.guess import fields_of, schema_of_uses
from templates.doctor.markdown_source import MarkdownSource, read_markdown
from templates.doctor.names import NameChecker
from templates.doctor.problems import Place, Problem, Report, in_order
from templates.doctor.rarity import rare_names
from templates.doctor.shapes import Shape, mapping_of, of_kind, shape_of_examples, shape_of_schema
from templates.doctor.source import Section
from templates.doctor.structure import match_blocks
from templates.doctor.target import Target, problem_of_error
from templates.doctor.trial import Compile, try_template
from templates.doctor.word_source import WordSource, read_word
from templates.environment import environment_for

_PASSAGES = "passages"
_MAX_TAGS = 5_000  # of one part; the largest real templates have some hundreds


class Examination:
    """What was found out about a template, without running it."""

    def __init__(self, target: Target, data: Shape) -> None:
        self.target = target
        self.data = data
        self.problems: list[Problem] = list(target.problems)
        self.uses: dict[str, Use] = {}
        self.word: WordSource | None = None
        self.markdown: MarkdownSource | None = None
        self._loop_names: dict[str, str] = {}
        self._environment = environment_for(target.kind, target.locale)
        try:
            sections = self._read()
        except InputError as error:
            self.problems.append(problem_of_error(error, "file", target.name))
            return
        for section in sections:
            try:
                self._check(section)
            except LimitError as error:
                self.problems.append(problem_of_error(error, "too-many-tags", section.name))
            except RecursionError:
                place = Place(target.name, section.name)
                self.problems.append(Problem("too-deep", "error", "The tags are nested too deeply.", place))
        if data.by_reading:
            self.problems += rare_names(self.uses, self._loop_names)

    @property
    def places(self) -> Mapping[Any, Place]:
        """Where the paragraphs of a Word file stand."""
        return self.word.places if self.word else {}

    def _read(self) -> tuple[Section, ...]:
        target = self.target
        if target.kind == "word":
            self.word = read_word(target.content, name=target.name, looks_known=self._looks_known)
            self.problems += check_word_accessibility(self.word)
            return self.word.sections
        try:
            text = target.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(f"Expected UTF-8 text, but byte {error.start} is not.", where=target.name) from None
        files = target.files.files if target.manifest else None  # a lone file has no pictures beside it
        self.markdown = read_markdown(text, name=target.name, files=files, looks_known=self._looks_known)
        return (self.markdown.section,)

    def _check(self, section: Section) -> None:
        if len(section.tags) > _MAX_TAGS:
            raise LimitError(f"The template has {len(section.tags):,} tags; at most {_MAX_TAGS:,} are checked.")
        items = match_blocks(section)
        checker = NameChecker(self.data, self._environment, self._extra())
        names = checker.check(items)
        self.problems += section.problems + checker.problems
        for path, use in checker.uses.items():
            known = self.uses.setdefault(path, Use(first=use.first))
            known.kinds |= use.kinds
            known.count += use.count
            known.guarded += use.guarded
        self._loop_names |= checker.loop_names
        if self.markdown is not None:
            passages = [spec.name for spec in self.target.manifest.passages] if self.target.manifest else None
            self.problems += check_directives(self.markdown, names, passages)

    def _extra(self) -> dict[str, Shape]:
        manifest = self.target.manifest
        passages = {spec.name: of_kind("a text") for spec in manifest.passages} if manifest else {}
        return {_PASSAGES: mapping_of(passages)} if passages else {}

    def _looks_known(self, name: str) -> bool:
        first = name.partition(".")[0]
        if self.data.fields():
            return first in self.data.fields() or "." in name or "_" in name
        return bool(re.fullmatch(r"[a-z]\w*([._]\w+)+", name))


def shape_for(target: Target, example: Any = None) -> Shape:
    """Give the shape of the data: by the schema, by an example, or to be read from the template."""
    if target.schema:
        return shape_of_schema(target.schema)
    if isinstance(example, Mapping):
        return shape_of_examples([example])
    return Shape(by_reading=True)


def check(target: Target, example: Mapping[str, Any] | None = None, compile_: Compile = CompiledTemplate) -> Report:
    """Check a template.

    Args:
        target: what `find_target` found.
        example: the data of one document, to check the template with; its own example when it is left out.
        compile_: compiles the template for its trial, in this process or in a worker.
    """
    examination = Examination(target, shape_for(target, example))
    problems = examination.problems
    if not any(problem.severity == "error" for problem in problems):
        problems = problems + try_template(target, example, examination.places, compile_)
    return Report(target.name, in_order(problems), fields_of(examination.uses, examination.data))


def schema_for(target: Target) -> DataSchema:
    """Give what data must look like: the template's schema, or what its tags ask for where it has none."""
    schema = target.schema if target.schema is not None else guessed_schema(target)
    return DataSchema(json.dumps(schema).encode(), where=target.name)


def guessed_schema(target: Target) -> dict[str, Any]:
    """Give a JSON Schema of the data that a template needs, guessed from its tags."""
    return schema_of_uses(Examination(target, Shape(by_reading=True)).uses)
