"""The directives: blocks that plain Markdown has no words for.

    ::: letterhead {name="Acme" logo="assets/logo.svg"}   address lines          at the top of a letter or report
    ::: key-values {data="figures" layout="tiles"}                               labels and values, bound to data
    ::: chart {data="months" label="name" value="revenue"}  a caption            a bar, line or pie chart, bound to data
    ::: qr {value="https://…" size=28}                      a caption            a QR code, its size in millimetres
    ::: picture {data="photo" alt="…" width=60}             a caption            a picture that stands in the data
    ::: callout {title="Please decide" kind="warning"}      any blocks           a box
    ::: passage {name="summary"}                                                 text that a model wrote
    ::: header | footer {numbering="Page [page] of [pages]"}                     what each page carries
    ::: page-break

    :::: columns {widths="3 2"}     ::: column … in it                            side by side
    ::: signatures {data="signers" name="name" role="role" date="date"}          lines to sign on
    ::: cover {title="…" subtitle="…" logo="assets/logo.svg"}  paragraphs        a first page of its own
    ::: watermark {text="DRAFT"}                                                 behind every page
    ::: background {image="assets/paper.svg"}                                    what every page is printed on
    ::: contents {title="Contents" depth=2}                                      the headings and their pages
    ::: landscape                                           any blocks           pages on their side

Each ends with `:::` on a line of its own. How authors use them: `docs/markdown-templates.md`.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from configs.errors import TemplateError
from configs.loader import suggest
from templates.blocks import (
    CALLOUT_KINDS,
    PARAGRAPH_STYLES,
    Block,
    Callout,
    Footer,
    KeyValue,
    KeyValues,
    Letterhead,
    PageBreak,
    Paragraph,
    Run,
)
from templates.images import read_image
from templates.markdown import drawings, layout
from templates.markdown.binding import field_of, only_text, refuse_content, rows_of
from templates.markdown.fences import DIRECTIVE
from templates.markdown.inline import clean, fold
from templates.markdown.options import Options
from templates.markdown.parser import directive_of
from templates.markdown.scope import Scope
from templates.markup import printed, unseal

_MAX_TILES = 6  # more do not fit side by side
_LOGO_HEIGHT = 34.0  # points
_CALLOUT_INSET = 22.0  # points, left and right together
_BLANK_LINE = re.compile(r"\n\s*\n")

Build = Callable[[SyntaxTreeNode, Scope, Options], list[Block]]


def build_directive(node: SyntaxTreeNode, scope: Scope) -> list[Block]:
    """Build the blocks of a directive.

    Raises:
        TemplateError: there is no such directive, or it is used in a wrong way.
    """
    name, attributes = directive_of(node, scope.source)
    where = scope.where(node)
    if name not in _DIRECTIVES:
        raise TemplateError(f"There is no directive `{name}`.", where=where, hint=suggest(name, sorted(_DIRECTIVES)))
    build, known = _DIRECTIVES[name]
    above = {str(key): unseal(str(value)) for key, value in node.attrs.items()}  # such as `{#label}`
    return build(node, scope, Options({**above, **attributes}, known, owner=f"`{name}`", where=where))


def _letterhead(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    logo = None
    name = fold(options.text("name"))
    if path := options.text("logo", scope.theme.logo or ""):
        image = read_image(scope.files, path, scope.words.logo_of.format(name=name), where=options.where)
        logo = image.scaled_to(_LOGO_HEIGHT * image.width / image.height)
    return [Letterhead(name, only_text(node, scope, options), logo)]


def _key_values(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    refuse_content(node, options)
    layout = options.choice("layout", ("rows", "tiles"), "rows")
    entries = tuple(
        KeyValue(fold(field_of(row, "label", index, options)), fold(field_of(row, "value", index, options)), _note(row))
        for index, row in enumerate(rows_of(scope, options))
    )
    if layout == "tiles" and len(entries) > _MAX_TILES:
        raise options.refuse(f"At most {_MAX_TILES} tiles fit side by side, but there are {len(entries)}.")
    return [KeyValues(entries, "tiles" if layout == "tiles" else "rows")] if entries else []


def _callout(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    kind = options.choice("kind", CALLOUT_KINDS, "note")
    title = fold(options.text("title"))
    blocks = scope.build_in(scope.room - _CALLOUT_INSET, node.children)
    return [Callout(next(known for known in CALLOUT_KINDS if known == kind), title, blocks)]


def _passage(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    refuse_content(node, options)
    name = options.text("name")
    style = options.choice("class", PARAGRAPH_STYLES, "body")
    if name not in scope.passages:
        raise options.refuse(f"There is no passage `{name}`.", suggest(name, sorted(scope.passages)))
    texts = [text.strip() for text in _BLANK_LINE.split(clean(scope.passages[name]))]
    known = next(known for known in PARAGRAPH_STYLES if known == style)
    return [Paragraph((Run(fold(text)),), known) for text in texts]


def _header(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    if scope.header:
        raise options.refuse("The document has two headers.")
    scope.header = only_text(node, scope, options)
    return []


def _footer(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    if scope.footer:
        raise options.refuse("The document has two footers.")
    scope.footer = Footer(only_text(node, scope, options), fold(options.text("numbering", scope.words.page_of)))
    return []


def _page_break(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    refuse_content(node, options)
    parent = node.parent
    turned = parent and parent.type == DIRECTIVE and directive_of(parent, scope.source)[0] == "landscape"
    if not (parent and (parent.is_root or turned)):
        raise options.refuse("A page cannot break inside of another block.")
    return [PageBreak()]


def _note(row: Mapping[str, Any]) -> str:
    return fold(printed(row["note"])) if row.get("note") is not None else ""


_DIRECTIVES: Mapping[str, tuple[Build, tuple[str, ...]]] = {
    "letterhead": (_letterhead, ("name", "logo")),
    "key-values": (_key_values, ("data", "layout")),
    "chart": (
        drawings.chart,
        (
            *("data", "kind", "title", "label", "value", "names", "format", "currency", "digits", "height"),
            *("highlight", "id"),
        ),
    ),
    "qr": (drawings.qr, ("value", "size", "alt", "id")),
    "picture": (drawings.picture, ("data", "alt", "width", "height", "id")),
    "callout": (_callout, ("kind", "title")),
    "passage": (_passage, ("name", "class")),
    "header": (_header, ()),
    "footer": (_footer, ("numbering",)),
    "page-break": (_page_break, ()),
    "columns": (layout.columns, ("widths",)),
    "column": (layout.column, ()),
    "signatures": (layout.signatures, ("data", "name", "role", "date")),
    "cover": (layout.cover, ("title", "subtitle", "logo", "alt")),
    "watermark": (layout.watermark, ("text",)),
    "background": (layout.background, ("image",)),
    "contents": (layout.contents, ("title", "depth")),
    "landscape": (layout.landscape, ()),
}


def known_attributes() -> Mapping[str, tuple[str, ...]]:
    """Give the names of all directives, each with the attributes it takes."""
    return {name: attributes for name, (_, attributes) in _DIRECTIVES.items()}
