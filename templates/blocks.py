"""What a document is made of, whatever format it is written in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from templates.theme import Theme

Align = Literal["left", "center", "right"]
ParagraphStyle = Literal["body", "lead", "overline", "meta", "small"]
PARAGRAPH_STYLES: tuple[ParagraphStyle, ...] = ("body", "lead", "overline", "meta", "small")
_WHOLE_ROWS, _WHOLE_CHARACTERS = 6, 600  # of a table: a fifth of a page at most
COLUMN_GAP = 18.0  # points between two columns
Reference = Literal["", "caption", "number", "text"]
_PAGE_FIELDS = re.compile(r"(\[pages?\])")
CalloutKind = Literal["note", "success", "warning"]
CALLOUT_KINDS: tuple[CalloutKind, ...] = ("note", "success", "warning")


@dataclass(frozen=True)
class Run:
    """A piece of text of one look. A line break inside it is a line break on paper."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str | None = None
    target: str = ""  # the label of the element of this document that it leads to
    reference: Reference = ""  # what it says of that element by itself, so that Word can say it anew
    note: "tuple[Run, ...]" = ()  # a footnote whose mark stands here; its text is empty

    @property
    def is_plain(self) -> bool:
        """Say whether it is text and nothing else."""
        marked = self.bold or self.italic or self.code
        return not (marked or self.link or self.target or self.reference or self.note)


Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Image:
    """A picture, sized in points."""

    data: bytes
    kind: Literal["svg", "png", "jpeg"]
    width: float
    height: float
    alt: str

    def scaled_to(self, width: float) -> "Image":
        """Give the same picture at another width."""
        return replace(self, width=width, height=self.height * width / self.width)


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the document's title."""

    level: int
    runs: Runs
    number: str = ""
    label: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of running text."""

    runs: Runs
    style: ParagraphStyle = "body"


@dataclass(frozen=True)
class ListBlock:
    """A list; each entry holds blocks."""

    ordered: bool
    entries: "tuple[tuple[Block, ...], ...]"
    start: int = 1


@dataclass(frozen=True)
class Column:
    """A table's column; the widths of all columns add up to 1."""

    width: float
    align: Align = "left"


@dataclass(frozen=True)
class Table:
    """A table with a header row, which repeats on each page, and rows of totals at its end."""

    columns: tuple[Column, ...]
    header: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    totals: int = 0
    caption: Runs = ()
    number: int = 0  # among the tables with a caption
    label: str = ""

    @property
    def stays_whole(self) -> bool:
        """Say whether the table is small enough to move to the next page rather than be torn."""
        if len(self.rows) > _WHOLE_ROWS:
            return False
        return sum(len(run.text) for row in self.rows for cell in row for run in cell) <= _WHOLE_CHARACTERS


@dataclass(frozen=True)
class Figure:
    """A picture or chart of its own."""

    image: Image
    caption: Runs = ()
    number: int = 0  # among the figures with a caption
    label: str = ""


@dataclass(frozen=True)
class Code:
    """Text that keeps its lines and spaces."""

    text: str


@dataclass(frozen=True)
class Callout:
    """A box that says what must not be overlooked."""

    kind: CalloutKind
    title: str
    blocks: "tuple[Block, ...]"


@dataclass(frozen=True)
class KeyValue:
    """A label, its value, and what is to be said about it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class KeyValues:
    """Facts side by side (tiles) or one below the other (rows)."""

    entries: tuple[KeyValue, ...]
    layout: Literal["tiles", "rows"] = "rows"


@dataclass(frozen=True)
class Quote:
    """Somebody else's words."""

    blocks: "tuple[Block, ...]"


@dataclass(frozen=True)
class Letterhead:
    """Who sends the document: mark and name on the left, address lines on the right."""

    name: str
    runs: Runs
    logo: Image | None = None


@dataclass(frozen=True)
class Columns:
    """Blocks side by side; the shares of all columns add up to 1."""

    shares: tuple[float, ...]
    columns: "tuple[tuple[Block, ...], ...]"

    def widths(self, room: float) -> list[float]:
        """Share a line of `room` points, less the gaps between the columns."""
        free = room - COLUMN_GAP * (len(self.shares) - 1)
        return [free * share for share in self.shares]


@dataclass(frozen=True)
class Signature:
    """Who signs, as what, and when; without a date there is room to write one."""

    name: str
    role: str = ""
    date: str | None = ""


@dataclass(frozen=True)
class Signatures:
    """Lines to sign on, side by side; they are never split over pages."""

    entries: tuple[Signature, ...]

    def rows(self) -> list[tuple[Signature | None, ...]]:
        """Give the lines row by row, each as long as the first; nobody signs where a row ends early."""
        wide = 3 if len(self.entries) == 3 or len(self.entries) > 4 else 2  # a third name still fits in the line
        filled = [*self.entries, *[None] * (-len(self.entries) % wide)]
        return [tuple(filled[start : start + wide]) for start in range(0, len(filled), wide)]


@dataclass(frozen=True)
class Cover:
    """A page of its own before everything else: mark, title, and at its foot what else a reader must know."""

    title: str
    subtitle: str = ""
    logo: Image | None = None
    paragraphs: tuple[Paragraph, ...] = ()


@dataclass(frozen=True)
class Landscape:
    """Pages of their own that lie on their side, for what is too wide."""

    blocks: "tuple[Block, ...]"


@dataclass(frozen=True)
class Contents:
    """The headings of the document below its title, `depth` levels of them, each leading to its page."""

    title: str
    depth: int

    def holds(self, heading: Heading) -> bool:
        """Say whether a heading is listed."""
        return 2 <= heading.level <= self.depth + 1


@dataclass(frozen=True)
class PageBreak:
    """What follows starts a new page."""


@dataclass(frozen=True)
class Rule:
    """A line across the page."""


Block = (
    Heading
    | Paragraph
    | ListBlock
    | Table
    | Figure
    | Code
    | Callout
    | KeyValues
    | Quote
    | Letterhead
    | Columns
    | Signatures
    | Cover
    | Landscape
    | Contents
    | PageBreak
    | Rule
)


@dataclass(frozen=True)
class Footer:
    """The foot of every page; `[page]` and `[pages]` in `numbering` are replaced by the page's numbers."""

    runs: Runs
    numbering: str

    def pieces(self) -> list[str]:
        """Give the numbering cut into plain text, `[page]` and `[pages]`."""
        return [piece for piece in _PAGE_FIELDS.split(self.numbering) if piece]

    @property
    def is_empty(self) -> bool:
        """Say whether pages carry nothing at their foot, not even a line."""
        return not self.runs and not self.numbering


@dataclass(frozen=True)
class Attachment:
    """A file inside of a PDF."""

    name: str
    text: str
    media_type: str
    description: str
    relationship: Literal["data", "source", "alternative", "supplement"]


@dataclass(frozen=True)
class Document:
    """A whole document, ready to be written."""

    title: str
    language: str
    created: int  # seconds since 1970; the document's own date, never the clock's
    theme: Theme
    blocks: tuple[Block, ...]
    header: Runs = ()  # from the second page on
    watermark: str = ""  # behind the text of every page
    background: Image | None = None  # the paper that every page is printed on
    numbered_captions: bool = False
    archival: bool = False  # as PDF it has to be fit for an archive, and for readers who cannot see it
    attachments: tuple[Attachment, ...] = ()
    factur_x: Literal["basic", "en16931"] | None = None  # an electronic invoice, which is among the attachments
    warnings: tuple[str, ...] = ()  # what was in doubt when it was made
    footer: Footer = field(default_factory=lambda: Footer((), "[page] / [pages]"))


def plain(runs: Runs) -> str:
    """Give the text of runs without their looks."""
    return "".join(run.text for run in runs)


def headings_of(value: object) -> Iterator[Heading]:
    """Find the headings in blocks, also in those that stand in others, in their order."""
    if isinstance(value, Heading):
        yield value
    elif isinstance(value, tuple):
        for entry in value:
            yield from headings_of(entry)
    elif isinstance(value, Callout | Quote | Landscape):
        yield from headings_of(value.blocks)
    elif isinstance(value, ListBlock):
        yield from headings_of(value.entries)
    elif isinstance(value, Columns):
        yield from headings_of(value.columns)
