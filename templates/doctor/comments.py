"""Write problems as Word comments into a copy of the author's file, each at its paragraph."""

import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from configs.errors import TemplateError
from templates.doctor.problems import Problem, Report
from templates.word.archive import ArchiveWriter, read_archive
from templates.word.xml import WORD_NAMESPACE

_AUTHOR, _INITIALS = "Colophon", "C"
_BODY = "word/document.xml"


def comment(content: bytes, report: Report) -> bytes:
    """Give the Word file with the report's findings as comments; what has no paragraph stands at the beginning.

    Word allows comments in the body only: a finding in a header, a footer or a
    footnote stands at the first paragraph and says where it belongs.

    Raises:
        TemplateError: the file cannot be opened.
    """
    try:
        document = docx.Document(io.BytesIO(content))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise TemplateError(f"The file cannot be opened for comments: {error}.") from None
    paragraphs = list(document.element.body.iterdescendants(f"{{{WORD_NAMESPACE}}}p"))
    main = str(document.part.partname).removeprefix("/")
    for problem in report.problems:
        index = problem.place.paragraph
        is_in_body = problem.place.part == main and index is not None and index < len(paragraphs)
        element = paragraphs[index] if is_in_body and index is not None else next(iter(paragraphs), None)
        if element is None:
            element = document.add_paragraph()._p
            paragraphs.append(element)
        _add(document, element, _text(problem, with_place=not is_in_body))
    buffer = io.BytesIO()
    document.save(buffer)
    # Through our own archive, whose times are fixed: the same report gives the same file.
    return ArchiveWriter(read_archive(buffer.getvalue(), name="comments").values()).write({})


def _add(document: Document, element: Any, text: str) -> None:
    paragraph = Paragraph(element, document._body)
    runs: Sequence[Run] = paragraph.runs or [paragraph.add_run("")]
    made = document.add_comment(runs=[runs[0], runs[-1]], text=text, author=_AUTHOR, initials=_INITIALS)
    # A comment needs no time, and the time of the check would tell two equal reports apart.
    for name in [key for key in made._comment_elm.attrib if str(key).endswith("}date")]:
        del made._comment_elm.attrib[name]


def _text(problem: Problem, *, with_place: bool) -> str:
    place = f"{problem.place.text}: " if with_place else ""
    quoted = f"`{problem.quoted}`: " if problem.quoted and problem.quoted not in problem.message else ""
    return f"{problem.severity.capitalize()}: {place}{quoted}{problem.message} {problem.suggestion}".rstrip()
