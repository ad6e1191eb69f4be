"""Make a document for trial: what only shows when a template runs, and whether every value is in the result."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from lxml import etree
from markupsafe import Markup

from configs.errors import ColophonError, ContextError
from templates.compiled import PASSAGES, CompiledTemplate
from templates.doctor.problems import Place, Problem
from templates.doctor.target import Target
from templates.environment import BUDGET, Budget, TemplateEnvironment, environment_for
from templates.markup import printed, unseal
from templates.places import compile_source
from templates.readback import normalise
from templates.word import compile_template

_LINE = re.compile(r", line ([0-9]+)")
_DIRECTIVE_LINE = re.compile(r"^\s*(:{3,}|\{[.#\w]).*$", re.MULTILINE)
_SHOWN_VALUES = 3  # of those that are missing; one says as much as twenty


def try_template(target: Target, data: Mapping[str, Any] | None, places: Mapping[Any, Place]) -> list[Problem]:
    """Compile a template, and fill it where there is data; give what goes wrong.

    Args:
        target: the template.
        data: what to fill it with; the template's example when it has one.
        places: where the paragraphs of a Word file stand.
    """
    try:
        return list(_tried(target, data))
    except ContextError as error:
        return [Problem("example", "error", error.message, Place(error.where or "the data"), "", error.hint or "")]
    except ColophonError as error:
        return [_located(error, target, places)]


def _tried(target: Target, data: Mapping[str, Any] | None) -> Iterator[Problem]:
    if target.files is None:
        yield from _tried_alone(target, data)
        return
    compiled = CompiledTemplate(target.files)
    values = compiled.example() if data is None else data
    compiled.check(values)
    written = {name: compiled.write(values, {}, name) for name in compiled.manifest.formats}
    for _, warnings in list(written.values())[:1]:
        for warning in warnings:
            where, _, message = warning.rpartition(": ") if ": " in warning else ("", "", warning)
            yield Problem("legibility", "warning", message, Place(where or target.name))
    if "docx" in written:
        passages = {spec.name: compiled.fallback(spec.name, values) for spec in compiled.manifest.passages}
        yield from _read_back(target, {**values, PASSAGES: passages}, written["docx"][0])


def _tried_alone(target: Target, data: Mapping[str, Any] | None) -> Iterator[Problem]:
    if target.kind == "markdown":
        if data is not None:
            _values_of_markdown(target, data)
        return
    template = compile_template(target.content, name=target.name)
    if data is not None:
        content = template.fill(data, environment_for("word", target.locale))
        yield from _read_back(target, data, content)


def _read_back(target: Target, data: Mapping[str, Any], content: bytes) -> Iterator[Problem]:
    """Look for every printed value in the text of the document."""
    values = _values_of_word(target, data) if target.kind == "word" else _values_of_markdown(target, data)
    text = _everything_in(content)
    missing = [value for value in dict.fromkeys(map(normalise, values)) if value and value not in text]
    for value in missing[:_SHOWN_VALUES]:
        message = f"The value “{value[:60]}” is printed, but it is not in the document."
        yield Problem("value-lost", "warning", message, Place(target.name))


def _values_of_word(target: Target, data: Mapping[str, Any]) -> list[str]:
    values, environment = _recording(environment_for("word", target.locale))
    compile_template(target.content, name=target.name).fill(data, environment)
    return values


def _values_of_markdown(target: Target, data: Mapping[str, Any]) -> list[str]:
    values, environment = _recording(environment_for("markdown", target.locale))
    source = target.content.decode("utf-8-sig")
    # What stands in the attributes of a directive decides how something looks; it need not be printed.
    source = _DIRECTIVE_LINE.sub("", source)
    template = compile_source(environment, f"{source}\n", name=target.name)
    context = template.new_context({**data, BUDGET: Budget()})
    for _ in template.root_render_func(context):
        pass
    return values


def _recording(environment: TemplateEnvironment) -> tuple[list[str], TemplateEnvironment]:
    values: list[str] = []
    write: Any = environment.finalize

    @pass_context
    def finalize(context: Context, value: Any) -> Any:
        if not isinstance(value, Markup):
            values.append(unseal(printed(value)))
        return write(context, value)

    return values, environment.overlay(finalize=finalize)


def _everything_in(content: bytes) -> str:
    """Give all texts and attributes of all parts of a Word file."""
    texts: list[str] = []
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")) and not name.startswith("word/theme"):
                root = etree.fromstring(archive.read(name))
                texts += [_paragraph_text(paragraph) for paragraph in root.iter("{*}p")]
                texts += [str(value) for element in root.iter("*") for value in element.attrib.values()]
                texts += [element.text for element in root.iter("*") if element.text and not element.tag.endswith("}t")]
    return normalise("\n".join(texts))


def _paragraph_text(paragraph: Any) -> str:
    pieces = []
    for element in paragraph.iter("{*}t", "{*}br", "{*}tab", "{*}cr", "{*}noBreakHyphen"):
        name = element.tag.rpartition("}")[2]
        pieces.append(element.text or "" if name == "t" else "-" if name == "noBreakHyphen" else " ")
    return "".join(pieces)


def _located(error: ColophonError, target: Target, places: Mapping[Any, Place]) -> Problem:
    where = error.where or target.name
    line = _LINE.search(where)
    if target.kind == "markdown" and line and where.startswith(target.name):
        place = Place(where, target.name.rpartition("/")[2], line=int(line[1]), column=1)
        return Problem("trial", "error", error.message, place, "", error.hint or "")
    known = [place for place in places.values() if where == place.text or where.startswith(f"{place.text}, at `")]
    quoted = where.partition(", at `")[2].rstrip("`")
    place = known[0] if known else Place(where)
    return Problem("trial", "error", error.message, place, quoted, error.hint or "")
