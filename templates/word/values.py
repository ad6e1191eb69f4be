"""Values that bring a look of their own: `RichText`, `RichTextParagraph` and `Listing`. They come from Python only.

Names and parameters are those that users of docxtpl know.
"""

import re
from typing import Any, Self
from xml.sax.saxutils import quoteattr

from configs.errors import ContextError, TemplateError
from templates.markup import WordSource
from templates.word.package import FilledPart
from templates.word.settle import CLOSE_RUN, reopen_run
from templates.word.xml import RELATIONSHIP_NAMESPACE

_COLOUR = re.compile(r"[0-9A-Fa-f]{6}|auto")
_UNDERLINES = frozenset(["single", "double", "thick", "dotted", "dash", "dotDash", "dotDotDash", "wave", "words"])


class WordValue:
    """A value that becomes elements of a Word file instead of plain text."""

    def in_text(self, part: FilledPart) -> str:
        """Write it inside of a text element."""
        raise NotImplementedError

    def as_runs(self, part: FilledPart) -> str | None:  # noqa: ARG002
        """Write it between runs; None where it can only stand in text."""
        return None

    def as_blocks(self, part: FilledPart, shell: tuple[str, ...]) -> str | None:  # noqa: ARG002
        """Write it between paragraphs; None where it can only stand in one.

        Args:
            part: the part that is filled.
            shell: the template's own paragraph, up to the text and behind it.
        """
        return None


class Listing(str):
    r"""A text with line breaks, tabs, `\a` for a new paragraph and `\f` for a new page; every text may have them."""

    def __new__(cls, text: Any) -> Self:
        return super().__new__(cls, text if isinstance(text, str) else str(text))


class RichText(WordValue):
    """Text with looks of its own, for `{{r name }}`; what is added later stands behind what was added before."""

    def __init__(self, text: Any = None, **look: Any) -> None:
        self._pieces: list[tuple[str | None, dict[str, str], str, str | None]] = []
        if text:
            self.add(text, **look)

    def add(
        self,
        text: Any,
        style: str | None = None,
        color: str | None = None,
        highlight: str | None = None,
        size: int | None = None,
        subscript: bool | None = None,
        superscript: bool | None = None,
        bold: bool = False,
        italic: bool = False,
        underline: bool | str = False,
        strike: bool = False,
        font: str | None = None,
        url_id: str | None = None,
        rtl: bool = False,
        lang: str | None = None,
    ) -> None:
        """Add a piece of text.

        Args:
            text: a text, another rich text, or what `str` makes a text of.
            style: the id or name of a character style of the template.
            color: six hexadecimal digits, also with `#` before them.
            highlight: the colour behind the text.
            size: in half points.
            subscript: below the line.
            superscript: above the line.
            bold: in bold letters.
            italic: in italic letters.
            underline: `True`, or the kind of line: single, double, thick, dotted, dash, dotDash, dotDotDash, wave.
            strike: struck through.
            font: a font's name; `eastAsia:` before it names the font of that script.
            url_id: the address that the text links to.
            rtl: written from right to left.
            lang: the language, such as `de-DE`.

        Raises:
            ContextError: a colour or size cannot be read.
        """
        if isinstance(text, RichText):
            self._pieces += text._pieces
            return
        region, _, family = (font or "").rpartition(":")
        line = underline if underline in _UNDERLINES else "single"
        look = {
            "rFonts": _fonts(family, region) if font else "",
            "b": "<w:b/>" if bold else "",
            "bCs": "<w:bCs/>" if bold and rtl else "",
            "i": "<w:i/>" if italic else "",
            "iCs": "<w:iCs/>" if italic and rtl else "",
            "strike": "<w:strike/>" if strike else "",
            "color": f'<w:color w:val="{_colour(color)}"/>' if color else "",
            "sz": '<w:sz w:val="{0}"/><w:szCs w:val="{0}"/>'.format(_half_points(size)) if size else "",
            "u": f'<w:u w:val="{line}"/>' if underline else "",
            "shd": f'<w:shd w:val="clear" w:color="auto" w:fill="{_colour(highlight)}"/>' if highlight else "",
            "vertAlign": _raised(subscript, superscript),
            "rtl": "<w:rtl/>" if rtl else "",
            "lang": f"<w:lang w:val={quoteattr(lang)}/>" if lang else "",
        }
        self._pieces.append((style, look, text if isinstance(text, str) else str(text), url_id))

    def __str__(self) -> str:
        return "".join(text for _, _, text, _ in self._pieces)

    def in_text(self, part: FilledPart) -> str:
        return f"{CLOSE_RUN}{self.as_runs(part)}{reopen_run()}"

    def as_runs(self, part: FilledPart) -> str:
        runs = []
        for style, look, text, target in self._pieces:
            name = f"<w:rStyle w:val={quoteattr(part.filling.style(style, 'character'))}/>" if style else ""
            properties = name + "".join(look.values())
            run = (
                f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}"
                f'<w:t xml:space="preserve">{WordSource.write_value(text)}</w:t></w:r>'
            )
            if target:
                link = f'<w:hyperlink xmlns:r="{RELATIONSHIP_NAMESPACE}" r:id="{part.link(target)}">'
                run = f"{link}{run}</w:hyperlink>"
            runs.append(run)
        return "".join(runs)


class RichTextParagraph(WordValue):
    """Paragraphs with styles of their own, for `{{p name }}`."""

    def __init__(self, text: Any = None, parastyle: str | None = None) -> None:
        self._paragraphs: list[tuple[RichText, str | None]] = []
        if text:
            self.add(text, parastyle)

    def add(self, text: Any, parastyle: str | None = None) -> None:
        """Add a paragraph.

        Args:
            text: a text or a rich text.
            parastyle: the id or name of a paragraph style of the template.
        """
        self._paragraphs.append((text if isinstance(text, RichText) else RichText(text), parastyle))

    def in_text(self, part: FilledPart) -> str:  # noqa: ARG002
        raise paragraphs_in_text_error()

    def as_blocks(self, part: FilledPart, shell: tuple[str, ...]) -> str:  # noqa: ARG002
        paragraphs = []
        for text, name in self._paragraphs:
            style = f"<w:pStyle w:val={quoteattr(part.filling.style(name, 'paragraph'))}/>" if name else ""
            properties = f"<w:pPr>{style}</w:pPr>" if style else ""
            paragraphs.append(f"<w:p>{properties}{text.as_runs(part)}</w:p>")
        return "".join(paragraphs)


R = RichText
RP = RichTextParagraph


def paragraphs_in_text_error() -> TemplateError:
    """The error for a value of paragraphs that is printed in the middle of one."""
    return TemplateError(
        "The value consists of paragraphs.", hint="Print it with `{{p … }}`, in a paragraph of its own."
    )


def _colour(value: str) -> str:
    digits = value.removeprefix("#")
    if not _COLOUR.fullmatch(digits):
        raise ContextError(f"Expected a colour such as 0B5C66, but got “{value[:40]}”.")
    return digits


def _half_points(size: int) -> int:
    if isinstance(size, bool) or not isinstance(size, int) or not 2 <= size <= 3_276:  # what Word can set
        raise ContextError(f"Expected a size in half points, from 2 to 3,276, but got “{size}”.")
    return size


def _fonts(family: str, region: str) -> str:
    name = quoteattr(family)
    own = f" w:{region}={name}" if region in ("eastAsia", "hint") else ""
    return f"<w:rFonts w:ascii={name} w:hAnsi={name}{own} w:cs={name}/>"


def _raised(subscript: bool | None, superscript: bool | None) -> str:
    position = "superscript" if superscript else "subscript" if subscript else ""
    return f'<w:vertAlign w:val="{position}"/>' if position else ""
