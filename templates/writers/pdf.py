"""Write a document as tagged PDF through Typst: the content travels as data; same document, same bytes."""

import base64
import functools
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from configs.errors import DependencyError, TemplateError
from templates.blocks import (
    Attachment,
    Block,
    Callout,
    Code,
    Columns,
    Contents,
    Cover,
    Document,
    Figure,
    Heading,
    Image,
    KeyValues,
    Landscape,
    Letterhead,
    ListBlock,
    PageBreak,
    Paragraph,
    Quote,
    Rule,
    Runs,
    Signature,
    Signatures,
    Table,
)
from templates.factur_x.metadata import mark_as_invoice
from templates.fonts import Family, characters_in, fallbacks
from templates.scripts import is_right_to_left
from templates.theme import Theme, mix
from templates.typesetting import typeset
from templates.words import words_of
from templates.writers.line_lengths import longest
from templates.writers.watermarks import measure

MEDIA_TYPE = "application/pdf"

_SOURCE = Path(__file__).parent / "typst" / "document.typ"
_ARCHIVAL = ("a-3a", "ua-1")
_SOFT_HYPHEN = "\u00ad"
_CELL_INSET = 8.0  # points, left and right together


def write_pdf(document: Document) -> bytes:
    """Give the bytes of a .pdf file."""
    language, *subtags = document.language.split("-")
    data = {
        "title": document.title,
        "lang": language,
        "region": next((subtag for subtag in subtags if len(subtag) == 2), None),
        "turned": is_right_to_left(document.language),
        "header": _runs(document.header),
        "footer": {"runs": _runs(document.footer.runs), "pieces": document.footer.pieces()},
        "watermark": _watermark(document),
        "attachments": [_attachment(attachment) for attachment in document.attachments],
        "background": _image(document.background) if document.background else None,
        "blocks": _Content(document).blocks(document.blocks),
    }
    written = json.dumps(data, ensure_ascii=False)
    families = document.theme.families
    more = fallbacks(characters_in(written), families, document.language)
    inputs = {"data": written, "theme": _theme(document.theme, more)}
    families += more
    if not document.archival:
        return typeset(_SOURCE, inputs, families, timestamp=document.created)
    try:
        content = typeset(_SOURCE, inputs, families, timestamp=document.created, standards=_ARCHIVAL)
    except DependencyError as error:  # what we did not see ourselves before
        raise TemplateError(
            f"The document is not fit for an archive. {error.message}",
            where="document.archival",
            hint="Change the template, or leave `archival` out of its manifest.",
        ) from None
    return mark_as_invoice(content, document.factur_x) if document.factur_x else content


@functools.lru_cache(maxsize=64)
def _theme(theme: Theme, more: tuple[Family, ...]) -> str:
    """Give a theme as JSON; `more` are the families that have the characters which its own lack."""
    looks = {
        "font": [family.name for family in (theme.text, *more)],
        "heading-font": [family.name for family in (theme.heading, *more)],
        "mono": [family.name for family in (theme.mono, *more)],
        # 1.4 heights of the letters from baseline to baseline, as in Word; Typst counts from the capitals.
        "leading": 1.4 - theme.text.capitals,
        "capitals": theme.text.capitals,
        "sizes": theme.sizes.model_dump(),
        "style": theme.style.model_dump(),
        "ink": theme.ink,
        "muted": theme.muted,
        "line": theme.line,
        "accent": theme.accent,
        "accent-text": theme.accent_text,
        "on-accent": theme.on_accent,
        "tint": theme.tint,
        "band": theme.band,
        "strong": theme.strong,
        "page-width": theme.page_width,
        "page-height": theme.page_height,
        "margins": theme.margins.model_dump(),
    }
    return json.dumps(looks)


def _attachment(attachment: Attachment) -> dict[str, str]:
    return {
        "name": attachment.name,
        "text": attachment.text,
        "media-type": attachment.media_type,
        "description": attachment.description,
        "relationship": attachment.relationship,
    }


def _watermark(document: Document) -> dict[str, Any] | None:
    if not document.watermark:
        return None
    mark = measure(document.watermark, document.theme)
    return {"text": mark.text, "size": mark.size, "colour": mark.colour}


def _runs(runs: Runs) -> str | list[dict[str, Any]]:
    """Give runs as pieces, or as a mere text where they are one: Typst takes a third less time for a table of these."""
    if len(runs) == 1 and "\n" not in runs[0].text and runs[0].is_plain:
        return runs[0].text
    return _pieces(runs)


def _pieces(runs: Runs) -> list[dict[str, Any]]:
    written = []
    for run in runs:
        looks = {"bold": run.bold, "italic": run.italic, "code": run.code, "link": run.link, "target": run.target}
        # Typst 0.15 fails on a link that ends a line with a soft hyphen; what follows the link may still break there.
        text = run.text.rstrip(_SOFT_HYPHEN) if run.link or run.target else run.text
        piece: dict[str, Any] = {"text": text, **{name: value for name, value in looks.items() if value}}
        if run.reference:
            piece["plain"] = True
        if run.note:
            piece["note"] = _runs(run.note)
        written.append(piece)
    return written


def _image(image: Image) -> dict[str, Any]:
    """Give a picture as SVG text: JSON holds no bytes, and Typst shall read no file."""
    svg = image.data.decode() if image.kind == "svg" else _wrapped(image)
    return {"svg": svg, "width": image.width, "alt": image.alt}


def _wrapped(image: Image) -> str:
    content = base64.b64encode(image.data).decode()
    size = f'width="{image.width}" height="{image.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<image {size} href="data:image/{image.kind};base64,{content}"/></svg>'
    )


class _Content:
    """Blocks as plain data."""

    def __init__(self, document: Document) -> None:
        self._theme = document.theme
        self._words = words_of(document.language)
        self._numbers_captions = document.numbered_captions
        self._room = document.theme.text_width
        self._longest = longest(document.theme.text)

    def blocks(self, blocks: tuple[Block, ...]) -> list[dict[str, Any]]:
        return [_WRITERS[type(block)](self, block) for block in blocks]

    def _inner(self, blocks: tuple[Block, ...], room: float = 0.0) -> list[dict[str, Any]]:
        """Give blocks that stand in another; without `room`, which says how long their lines are, each is measured."""
        outer, self._room = self._room, room
        written = self.blocks(blocks)
        self._room = outer
        return written

    def heading(self, block: Heading) -> dict[str, Any]:
        return {
            "kind": "heading",
            "level": block.level,
            "runs": _runs(block.runs),
            "number": block.number,
            "label": block.label,
        }

    def paragraph(self, block: Paragraph) -> dict[str, Any]:
        return {"kind": "paragraph", "style": block.style, "runs": _runs(block.runs)}

    def list(self, block: ListBlock) -> dict[str, Any]:
        entries = [self._inner(entry) for entry in block.entries]
        return {"kind": "list", "ordered": block.ordered, "start": block.start, "entries": entries}

    def table(self, block: Table) -> dict[str, Any]:
        rows = [[_runs(cell) if cell else "" for cell in row] for row in block.rows]
        rooms = [(self._room * column.width - _CELL_INSET) / self._theme.sizes.table for column in block.columns]
        return {
            "kind": "table",
            "columns": [{"width": column.width, "align": column.align} for column in block.columns],
            "header": [_runs(cell) for cell in block.header],
            "rows": rows,
            "one-line": [self._takes_one_line(row, rooms) for row in rows],
            "totals": min(block.totals, len(block.rows)),
            "whole": block.stays_whole,
            **self._caption(block, self._words.table),
        }

    def _takes_one_line(self, row: Sequence[str | Sequence[Any]], rooms: Sequence[float]) -> bool:
        """Say whether a row surely takes one line of regular text, not more and not less."""
        length = self._longest.__getitem__
        for cell, room in zip(row, rooms, strict=True):
            if not isinstance(cell, str) or sum(map(length, cell)) > room:
                return False
        return any(cell.strip() for cell in row if isinstance(cell, str))

    def figure(self, block: Figure) -> dict[str, Any]:
        return {"kind": "figure", "image": _image(block.image), **self._caption(block, self._words.figure)}

    def _caption(self, block: Table | Figure, word: str) -> dict[str, Any]:
        number = f"{word}\u00a0{block.number}: " if self._numbers_captions and block.caption else ""
        return {"caption": [*([{"text": number}] if number else []), *_pieces(block.caption)], "label": block.label}

    def code(self, block: Code) -> dict[str, Any]:
        return {"kind": "code", "text": block.text}

    def callout(self, block: Callout) -> dict[str, Any]:
        tone = self._theme.tone(block.kind)
        looks = {"tone": tone, "tint": mix(tone, "#ffffff", 0.07)}
        return {"kind": "callout", "title": block.title, "blocks": self._inner(block.blocks), **looks}

    def key_values(self, block: KeyValues) -> dict[str, Any]:
        if block.layout == "tiles":
            entries = [{"label": e.label, "value": e.value, "note": e.note} for e in block.entries]
            return {"kind": "tiles", "entries": entries}
        facts = [{"label": e.label, "value": f"{e.value} · {e.note}" if e.note else e.value} for e in block.entries]
        return {"kind": "facts", "entries": facts}

    def quote(self, block: Quote) -> dict[str, Any]:
        return {"kind": "quote", "blocks": self._inner(block.blocks)}

    def letterhead(self, block: Letterhead) -> dict[str, Any]:
        logo = {"logo": _image(block.logo)} if block.logo else {}
        return {"kind": "letterhead", "name": block.name, "runs": _runs(block.runs), **logo}

    def columns(self, block: Columns) -> dict[str, Any]:
        return {"kind": "columns", "shares": block.shares, "columns": [self._inner(inner) for inner in block.columns]}

    def signatures(self, block: Signatures) -> dict[str, Any]:
        return {"kind": "signatures", "rows": [[self._signature(entry) for entry in row] for row in block.rows()]}

    def _signature(self, entry: Signature | None) -> dict[str, Any] | None:
        if entry is None:
            return None
        notes = [entry.role] if entry.role else []
        if entry.date is not None:
            notes.append(f"{self._words.date}: {entry.date}")
        return {"name": entry.name, "notes": notes}

    def cover(self, block: Cover) -> dict[str, Any]:
        return {
            "kind": "cover",
            "title": block.title,
            "subtitle": block.subtitle,
            "paragraphs": [_runs(paragraph.runs) for paragraph in block.paragraphs],
            **({"logo": _image(block.logo)} if block.logo else {}),
        }

    def contents(self, block: Contents) -> dict[str, Any]:
        return {"kind": "contents", "title": block.title, "depth": block.depth}

    def landscape(self, block: Landscape) -> dict[str, Any]:
        return {"kind": "landscape", "blocks": self._inner(block.blocks, self._theme.turned().text_width)}

    def page_break(self, _: PageBreak) -> dict[str, Any]:
        return {"kind": "page-break"}

    def rule(self, _: Rule) -> dict[str, Any]:
        return {"kind": "rule"}


_WRITERS: Mapping[type, Callable[[_Content, Any], dict[str, Any]]] = {
    Heading: _Content.heading,
    Paragraph: _Content.paragraph,
    ListBlock: _Content.list,
    Table: _Content.table,
    Figure: _Content.figure,
    Code: _Content.code,
    Callout: _Content.callout,
    KeyValues: _Content.key_values,
    Quote: _Content.quote,
    Letterhead: _Content.letterhead,
    Columns: _Content.columns,
    Contents: _Content.contents,
    Signatures: _Content.signatures,
    Cover: _Content.cover,
    Landscape: _Content.landscape,
    PageBreak: _Content.page_break,
    Rule: _Content.rule,
}
