"""Read a finished document back, and check that each value stands where the template printed it.

The template is rendered once more with marks around its values. The marks show
which lines of the document hold values; those lines must stand in the finished
file, in their order. A line is a paragraph, or a row of a table.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from configs.errors import DocumentError, InputError
from templates import fonts
from templates.compiled import CompiledTemplate
from templates.environment import traced
from templates.library import TemplateFiles
from templates.manifest import Format
from templates.markup import Trace
from templates.readback import normalise, text_of_docx, text_of_pdf

_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_SURE = 8  # characters of a line that hardly stand somewhere else by chance
_SHOWN = 80  # characters of a value in an error


@dataclass(frozen=True)
class Line:
    """A line of a document that holds values, as it should read."""

    text: str
    values: tuple[str, ...]


def expected_lines(files: TemplateFiles, data: Mapping[str, Any], passages: Mapping[str, str]) -> tuple[Line, ...]:
    """Render a template with marks, and give the lines of its text that hold values."""
    trace = Trace()
    with traced(trace):
        marked = CompiledTemplate(files).draft(data, passages)
    return tuple(Line(text, tuple(values)) for text, values in trace.lines(text_of_docx(marked)))


def check_document(content: bytes, to: Format, lines: Sequence[Line], *, where: str) -> None:
    """Find each line in a finished document.

    In a PDF, a value with characters whose order or form a PDF does not keep is not looked for:
    those of scripts that run from right to left or combine, and those that no font of ours has.

    Raises:
        DocumentError: a value is missing, changed or in another place.
        InputError: the format cannot be read back.
    """
    if to not in ("docx", "pdf"):
        raise InputError(f"Only docx and pdf can be verified, not {to}.", where="verify")
    text = _folded(text_of_docx(content) if to == "docx" else text_of_pdf(content), to)
    position = 0
    missed: list[Line] = []
    for line in lines:
        whole = _folded(line.text, to)
        found = text.find(whole, position)
        if found < 0 or (missed and len(whole) < _SURE):
            missed.append(line)
            continue
        _check_values(text[position:found], missed, text, to, where)
        missed = []
        position = found + len(whole)
    _check_values(text[position:], missed, text, to, where)


def _check_values(stretch: str, missed: Sequence[Line], text: str, to: Format, where: str) -> None:
    """Find the values of lines that do not stand as they should between those that do.

    Something else in them may differ rightly, e.g. a date field that LibreOffice sets anew.
    """
    position = 0
    for value in (value for line in missed for value in line.values):
        if to == "pdf" and not _is_kept(value):
            continue
        piece = _folded(value, to)
        found = stretch.find(piece, position)
        if found < 0:
            raise _missing(value, is_elsewhere=piece in text, where=where)
        position = found + len(piece)


def _folded(text: str, to: Format) -> str:
    """A PDF has no spaces, only gaps, and a line may be broken anywhere."""
    folded = normalise(text)
    return folded if to == "docx" else folded.replace(" ", "")


def _is_kept(value: str) -> bool:
    return all(
        unicodedata.bidirectional(character) not in _RIGHT_TO_LEFT
        and not unicodedata.combining(character)
        and unicodedata.category(character) not in ("Mn", "Mc")
        and (ord(character) in fonts.characters(fonts.SOURCE_SANS) or character.isspace())
        for character in unicodedata.normalize("NFC", value)
    )


def _missing(value: str, *, is_elsewhere: bool, where: str) -> DocumentError:
    shown = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    problem = "does not stand where the template prints it" if is_elsewhere else "is not in it"
    return DocumentError(f"The finished document was read back, and the value “{shown}” {problem}.", where=where)
