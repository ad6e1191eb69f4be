"""Write a document as one HTML page: a preview, with everything in it and nothing that runs or loads."""

import base64
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from templates.blocks import (
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
    headings_of,
    plain,
)
from templates.fonts import Family
from templates.scripts import is_right_to_left
from templates.theme import Theme
from templates.words import words_of

_SIDES = {"left": "start", "right": "end", "center": "center"}
MEDIA_TYPE = "text/html; charset=utf-8"

_STYLE = """
body {{ font: 15px/1.5 {font}, sans-serif; color: {ink}; max-width: 46em; margin: 2em auto;
  padding: 0 1em; position: relative }}
h1, h2, h3, h4, .value, .letterhead strong {{ font-family: {heading}, sans-serif }}
h1 {{ font-size: 2.2em; line-height: 1.1; margin: .2em 0 }} h2 {{ {section} margin: 1.4em 0 .4em }}
a {{ color: {accent_text} }} code, pre {{ font-family: {mono}, monospace; font-size: .85em }}
pre {{ border-inline-start: 3px solid {line}; padding-inline-start: 1em; overflow-x: auto }}
img {{ max-width: 100%; height: auto }} blockquote {{ color: {muted}; font-style: italic; margin-inline-start: 1.2em }}
.lead {{ font-size: 1.15em }}
.overline {{ color: {accent_text}; font-weight: 600; letter-spacing: .05em; margin: 1.4em 0 0 }}
.meta, .small, figcaption, caption, footer, .note, dt {{ color: {muted}; font-size: .88em }}
table {{ border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; margin: 1em 0 }}
{table}
th, td {{ padding: .4em .3em; vertical-align: top; text-align: start }}
tr.total td {{ font-weight: 600; border-top: 1.5px solid {strong} }} figure, dl {{ margin: 1em 0 }}
.callout {{ {callout} background: {tint}; padding: .6em 1em; margin: 1em 0 }}
.contents ul {{ list-style: none; padding: 0 }}
.tiles {{ display: flex; gap: .5em }} .tiles div {{ flex: 1; {tile} }}
.tiles dd {{ margin: 0 }} .tiles .value {{ color: {figure}; font-size: 1.6em; font-weight: 600 }}
.columns, .signatures {{ display: flex; gap: 1.6em; margin: 1em 0 }} .columns > div > :first-child {{ margin-top: 0 }}
.signatures {{ flex-wrap: wrap }} .signatures div {{ flex: 0 0 30%; border-top: 1px solid {ink}; margin-top: 3.5em }}
.signatures span {{ display: block }} .cover {{ border-top: 3px solid {accent}; margin-bottom: 3em; padding-top: 1em }}
.cover h1 {{ font-size: 3em }} .subtitle {{ color: {muted}; font-size: 1.3em }}
.watermark {{ position: fixed; inset: 0; display: grid; place-items: center; z-index: -1; font-size: 9em; opacity: .15;
  color: {muted}; transform: rotate(-45deg) }}
.background {{ position: absolute; inset: 0 0 auto; z-index: -2 }} .background img {{ width: 100% }}
.letterhead {{ display: flex; align-items: center; gap: 1em; {letterhead} }}
.letterhead p:last-child {{ margin-inline-start: auto; text-align: end; color: {muted}; font-size: .88em }}
"""


def write_html(document: Document) -> bytes:
    """Give the bytes of an .html file."""
    theme = document.theme
    style = _style(theme)
    turned = ' dir="rtl"' if is_right_to_left(document.language) else ""
    # The policy holds even where a browser would run or load something that slipped through.
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    mark = f'<div class="watermark" aria-hidden="true">{_text(document.watermark)}</div>' if document.watermark else ""
    paper = f'<div class="background">{_image(document.background)}</div>' if document.background else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(document.language)}"{turned}><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{escape(document.title)}</title><style>{style}</style></head>\n<body>\n"
        f"{paper}{mark}{_Page(document).blocks(document.blocks)}<footer>{_runs(document.footer.runs)}</footer>\n</body></html>\n"
    ).encode()


def _style(theme: Theme) -> str:
    choices, accent = theme.style, theme.accent
    is_plain, is_lined, is_filled = (
        choices.headings == "plain",
        choices.tables == "lined",
        choices.tiles == "filled",
    )
    head = f"color: {theme.muted}; border-bottom: 1.5px solid {accent}"
    rows = f"td {{ border-bottom: 1px solid {theme.line} }} tr.total td {{ background: {theme.tint} }}"
    if not is_lined:
        head = f"color: {theme.on_accent}; background: {accent}"
        rows = f"tr.row:nth-child(even) td {{ background: {theme.band} }}"
    ruled, barred = f"border-bottom: 1.5px solid {accent}", f"border-top: 6px solid {accent}; padding-top: .8em"
    return _STYLE.format(
        ink=theme.ink,
        accent=accent,
        accent_text=theme.accent_text,
        line=theme.line,
        muted=theme.muted,
        strong=theme.strong,
        tint=theme.tint,
        font=_family(theme.text),
        heading=_family(theme.heading),
        mono=_family(theme.mono),
        section=f"color: {theme.accent_text};" if is_plain else "border-top: 1.5px solid; padding-top: .4em;",
        table=f"th {{ font-size: .88em; {head} }} {rows}",
        callout="border: solid; border-width: 0; border-inline-start-width: 4px;"
        if choices.callouts == "striped"
        else "border: 1px solid;",
        tile=f"background: {theme.tint}; padding: .6em .8em" if is_filled else f"border-top: 3px solid {accent}",
        figure=theme.accent_text if is_filled else theme.ink,
        letterhead=ruled if choices.letterhead == "ruled" else barred,
    )


def _family(family: Family) -> str:
    return f'"{family.name}", "{family.substitute}"'


def _text(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _runs(runs: Runs) -> str:
    written = []
    for run in runs:
        if run.note:  # a page without feet: the note stands in the text
            written.append(f'<small class="small"> ({_runs(run.note)})</small>')
            continue
        text = _text(run.text)
        for is_set, tag in ((run.code, "code"), (run.bold, "strong"), (run.italic, "em")):
            text = f"<{tag}>{text}</{tag}>" if is_set else text
        if run.target:
            text = f'<a href="#{escape(run.target)}">{text}</a>'
        written.append(f'<a href="{escape(run.link)}" rel="noreferrer">{text}</a>' if run.link else text)
    return "".join(written)


def _image(image: Image) -> str:
    kind = "svg+xml" if image.kind == "svg" else image.kind
    content = base64.b64encode(image.data).decode()
    width = round(image.width / 0.75)
    return f'<img src="data:image/{kind};base64,{content}" alt="{escape(image.alt)}" width="{width}">'


class _Page:
    """Blocks as HTML."""

    def __init__(self, document: Document) -> None:
        self._theme = document.theme
        self._words = words_of(document.language)
        self._numbers_captions = document.numbered_captions
        self._headings = tuple(headings_of(document.blocks))
        self._written_headings = 0

    def blocks(self, blocks: tuple[Block, ...]) -> str:
        return "".join(_WRITERS[type(block)](self, block) + "\n" for block in blocks)

    def heading(self, block: Heading) -> str:
        self._written_headings += 1
        number = f"{block.number} " if block.number else ""
        # The contents lead to the number of a heading, references to its label.
        anchor = f'<span id="{escape(block.label)}"></span>' if block.label else ""
        name = f'id="heading-{self._written_headings}"'
        return f"<h{block.level} {name}>{anchor}{number}{_runs(block.runs)}</h{block.level}>"

    def contents(self, block: Contents) -> str:
        entries = "".join(
            f'<li style="margin-left:{heading.level - 2}em"><a href="#heading-{number}">{heading.number} '
            f"{_text(plain(heading.runs))}</a></li>"
            for number, heading in enumerate(self._headings, start=1)
            if block.holds(heading)
        )
        title = f"<h2>{_text(block.title)}</h2>" if block.title else ""
        return f'<nav class="contents">{title}<ul>{entries}</ul></nav>'

    def _caption(self, block: Table | Figure, word: str, tag: str) -> str:
        if not block.caption:
            return ""
        number = f"{word}\u00a0{block.number}: " if self._numbers_captions else ""
        name = f' id="{escape(block.label)}"' if block.label else ""
        return f"<{tag}{name}>{number}{_runs(block.caption)}</{tag}>"

    def paragraph(self, block: Paragraph) -> str:
        return f'<p class="{block.style}">{_runs(block.runs)}</p>'

    def list(self, block: ListBlock) -> str:
        entries = "".join(f"<li>{self.blocks(entry)}</li>" for entry in block.entries)
        return f'<ol start="{block.start}">{entries}</ol>' if block.ordered else f"<ul>{entries}</ul>"

    def table(self, block: Table) -> str:
        def row(cells: tuple[Runs, ...], tag: str) -> str:
            return "".join(
                f'<{tag} style="text-align:{_SIDES[column.align]};width:{column.width:.1%}">{_runs(cell)}</{tag}>'
                for cell, column in zip(cells, block.columns, strict=True)
            )

        first_total = len(block.rows) - block.totals
        rows = "".join(
            f'<tr class="{"total" if index >= first_total else "row"}">{row(cells, "td")}</tr>'
            for index, cells in enumerate(block.rows)
        )
        caption = self._caption(block, self._words.table, "caption")
        return f"<table>{caption}<thead><tr>{row(block.header, 'th')}</tr></thead><tbody>{rows}</tbody></table>"

    def figure(self, block: Figure) -> str:
        caption = self._caption(block, self._words.figure, "figcaption")
        return f"<figure>{_image(block.image)}{caption}</figure>"

    def code(self, block: Code) -> str:
        return f"<pre>{escape(block.text)}</pre>"

    def callout(self, block: Callout) -> str:
        tone = self._theme.tone(block.kind)
        title = f'<strong style="color:{tone}">{_text(block.title)}</strong>'
        return f'<div class="callout" style="border-color:{tone}">{title}{self.blocks(block.blocks)}</div>'

    def key_values(self, block: KeyValues) -> str:
        entries = "".join(
            f'<div><dt>{_text(entry.label)}</dt><dd class="value">{_text(entry.value)}</dd>'
            f'<dd class="note">{_text(entry.note)}</dd></div>'
            for entry in block.entries
        )
        return f'<dl class="{block.layout}">{entries}</dl>'

    def quote(self, block: Quote) -> str:
        return f"<blockquote>{self.blocks(block.blocks)}</blockquote>"

    def letterhead(self, block: Letterhead) -> str:
        logo = _image(block.logo) if block.logo else ""
        return f'<div class="letterhead">{logo}<strong>{_text(block.name)}</strong><p>{_runs(block.runs)}</p></div>'

    def columns(self, block: Columns) -> str:
        inner = "".join(
            f'<div style="flex:{share:.3f}">{self.blocks(blocks)}</div>'
            for share, blocks in zip(block.shares, block.columns, strict=True)
        )
        return f'<div class="columns">{inner}</div>'

    def signatures(self, block: Signatures) -> str:
        entries = "".join(f"<div>{self._signature(entry)}</div>" for entry in block.entries)
        return f'<div class="signatures">{entries}</div>'

    def _signature(self, entry: Signature) -> str:
        role = f'<span class="small">{_text(entry.role)}</span>' if entry.role else ""
        date = f'<span class="small">{self._words.date}: {_text(entry.date)}</span>' if entry.date is not None else ""
        return f"<strong>{_text(entry.name)}</strong>{role}{date}"

    def cover(self, block: Cover) -> str:
        logo = _image(block.logo) if block.logo else ""
        subtitle = f'<p class="subtitle">{_text(block.subtitle)}</p>' if block.subtitle else ""
        return (
            f'<header class="cover">{logo}<h1>{_text(block.title)}</h1>{subtitle}'
            f"{self.blocks(block.paragraphs)}</header>"
        )

    def landscape(self, block: Landscape) -> str:
        return self.blocks(block.blocks)

    def page_break(self, _: PageBreak) -> str:
        return '<div style="break-after:page"></div>'

    def rule(self, _: Rule) -> str:
        return "<hr>"


_WRITERS: Mapping[type, Callable[[_Page, Any], str]] = {
    Heading: _Page.heading,
    Paragraph: _Page.paragraph,
    ListBlock: _Page.list,
    Table: _Page.table,
    Figure: _Page.figure,
    Code: _Page.code,
    Callout: _Page.callout,
    KeyValues: _Page.key_values,
    Quote: _Page.quote,
    Letterhead: _Page.letterhead,
    Columns: _Page.columns,
    Contents: _Page.contents,
    Signatures: _Page.signatures,
    Cover: _Page.cover,
    Landscape: _Page.landscape,
    PageBreak: _Page.page_break,
    Rule: _Page.rule,
}
