"""Directives that show a picture: charts, QR codes, pictures from the data."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from configs.errors import ContextError, TemplateError
from templates.blocks import Block, Figure, Image
from templates.charts import CHART_KINDS, MAX_POINTS, MAX_SERIES, Chart, ChartKind, Series, draw
from templates.data import look_up
from templates.filters import LocaleWriter
from templates.markdown.binding import field_of, only_text, rows_of, value_of
from templates.markdown.inline import fold
from templates.markdown.options import Options
from templates.markdown.scope import Scope
from templates.qr import draw_qr
from templates.rasters import decode_base64, read_raster

_POINTS_PER_MM = 72 / 25.4
_HIGHLIGHTS = ("last", "none")


def chart(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    """Build a chart from a list of mappings."""
    rows = rows_of(scope, options)
    path = options.text("data")
    if not 1 <= len(rows) <= MAX_POINTS:
        raise ContextError(
            f"A chart shows 1 to {MAX_POINTS} values, but `{path}` has {len(rows)}.", where=options.where
        )
    kind: ChartKind = next(kind for kind in CHART_KINDS if kind == options.choice("kind", CHART_KINDS, "bar"))
    series = _series(rows, kind, options)
    if kind == "pie" and (min(series[0].values) < 0 or not any(series[0].values)):
        message = f"A pie shows shares of a whole, but `{path}` has a negative value or nothing but zeros."
        raise ContextError(message, where=options.where, hint='Take `kind="bar"`.')
    write, write_short = _number_writers(scope.writer, options)
    made = Chart(
        kind=kind,
        title=fold(options.text("title")),
        labels=tuple(fold(field_of(row, options.text("label"), index, options)) for index, row in enumerate(rows)),
        series=series,
        write=write,
        write_short=write_short,
        write_share=scope.writer.percent,
        words=scope.words,
        highlight="last" if options.choice("highlight", _HIGHLIGHTS, "last") == "last" else "none",
    )
    height = scope.room * options.number("height", 32, low=10, high=120) / 100
    return [_figure(draw(made, scope.theme, width=scope.room, height=height), node, scope, options)]


def qr(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    """Build a QR code."""
    value = options.text("value")
    if not value:
        raise options.refuse("The attribute `value` is empty, so there is nothing to encode.")
    size = options.number("size", 28, low=12, high=100)
    image = draw_qr(value, fold(options.text("alt", value)), millimetres=size, where=options.where)
    return [_figure(image, node, scope, options)]


def picture(node: SyntaxTreeNode, scope: Scope, options: Options) -> list[Block]:
    """Build a picture whose bytes stand in the data."""
    path, alt = options.text("data"), fold(options.text("alt")).strip()
    if not alt:
        raise options.refuse("A picture has no alternative text.", "Say in `alt` what it shows.")
    content = decode_base64(look_up(scope.names, path, where=options.where), where=path)
    image = read_raster(content, alt, where=path)
    width = scope.room * options.number("width", 100, low=5, high=100) / 100
    height = options.number("height", 240, low=5, high=240) * _POINTS_PER_MM
    if "width" not in options:
        width = min(width, image.width)
    return [_figure(image.scaled_to(min(width, height * image.width / image.height)), node, scope, options)]


def _figure(image: Image, node: SyntaxTreeNode, scope: Scope, options: Options) -> Figure:
    caption, label = only_text(node, scope, options), options.text("id", "")
    number = scope.numbering.caption("figure", caption, label, options.where)
    return Figure(image, caption, number, label)


def _series(rows: list[Mapping[str, Any]], kind: ChartKind, options: Options) -> tuple[Series, ...]:
    fields = options.text("value").split()
    if not 1 <= len(fields) <= (1 if kind == "pie" else MAX_SERIES):
        many = f"A chart shows 1 to {MAX_SERIES} fields, written as `a b c`."
        raise options.refuse("A pie shows one field." if kind == "pie" else many)
    names = [fold(name).strip() for name in options.text("names", "").split(",")] if len(fields) > 1 else [""]
    if len(names) != len(fields) or (len(fields) > 1 and not all(names)):
        raise options.refuse(
            f"`names` must have {len(fields)} entries, one for each field in `value`.", 'Write `names="Revenue, Cost"`.'
        )
    return tuple(
        Series(name, tuple(value_of(row, field, index, options) for index, row in enumerate(rows)))
        for name, field in zip(names, fields, strict=True)
    )


def _number_writers(
    writer: LocaleWriter, options: Options
) -> tuple[Callable[[Decimal], str], Callable[[Decimal], str]]:
    form = options.choice("format", ("number", "percent", "money"), "number")
    digits = options.number("digits", 0, low=0, high=6)
    if form == "percent":
        return (partial(writer.percent, digits=digits),) * 2
    if form == "number":
        return partial(writer.number, digits=digits), writer.compact
    currency = options.text("currency")
    try:
        writer.money(0, currency)
    except TemplateError as error:
        raise options.refuse(error.message, error.hint) from None
    return partial(writer.money, currency=currency, digits=digits), partial(writer.compact, currency=currency)
