"""Check what directives say about the data: `data="months" label="name"` must lead to a list and its fields."""

from collections.abc import Iterator, Sequence

from templates.doctor.findings import Names
from templates.doctor.markdown_source import Directive, MarkdownSource
from templates.doctor.problems import Problem
from templates.doctor.shapes import LIST, NUMBER, Shape, paths_below
from templates.nearest import nearest_name, nearest_path

# Directives that are bound to a list, with the attributes that name a field of its entries.
_FIELDS = {
    "chart": ("label", "value"),
    "signatures": ("name", "role", "date"),
}
_FIXED_FIELDS = {"key-values": ("label", "value")}
_NUMBERS = {"chart": ("value",)}


def check_directives(source: MarkdownSource, names: Names, passages: Sequence[str] | None) -> Iterator[Problem]:
    """Find directives that are bound to nothing.

    Args:
        source: the template.
        names: what is known at the end of the template: the data, and what it has `set`.
        passages: the passages that the manifest declares; None when there is no manifest.
    """
    for directive in source.directives:
        quoted = source.lines[directive.line - 1].strip()[:200]
        for code, message, suggestion in _bound(directive, names, passages):
            yield Problem(code, "error", message, source.place(directive.line), quoted, suggestion)


def _bound(directive: Directive, names: Names, passages: Sequence[str] | None) -> Iterator[tuple[str, str, str]]:
    if directive.name == "passage" and passages is not None:
        name = directive.attributes.get("name", "")
        if name and "{" not in name and name not in passages:
            meant = nearest_name(name, passages, least=0.4)
            hint = f"Did you mean `{meant}`?" if meant else "Declare it in template.toml as `[[passages]]`."
            yield "unknown-passage", f"There is no passage `{name}`.", hint
    path = directive.attributes.get("data", "")
    if not path or "{" in path:
        return
    found = _follow(path, names)
    if found is None:
        reachable = [known for name, shape in names.values.items() for known, _ in paths_below(shape, name)]
        meant = nearest_path(path, reachable)
        yield "unknown-name", f"`{path}` is not in the data.", f"Did you mean `{meant}`?" if meant else ""
        return
    if directive.name == "picture" and found.kinds and not found.form.startswith("image/"):
        message = f"`picture` needs an image, but `{path}` is {found.in_words} whose schema names no kind of image."
        yield "wrong-type", message, 'Add `"contentEncoding": "base64", "contentMediaType": "image/png"` to its schema.'
        return
    bound_to_list = directive.name in _FIELDS or directive.name in _FIXED_FIELDS
    if bound_to_list and found.kinds and not found.may_be(LIST):
        lists = [name for name, shape in names.values.items() if shape.is_only(LIST)]
        meant = nearest_name(path, lists)
        hint = f"Did you mean `{meant}`?" if meant else f"Lists here: {', '.join(f'`{name}`' for name in lists)}."
        yield "loop-over-no-list", f"`{directive.name}` needs a list, but `{path}` is {found.in_words}.", hint
    elif bound_to_list:
        yield from _entry_fields(directive, path, found.entry())


def _entry_fields(directive: Directive, path: str, entry: Shape) -> Iterator[tuple[str, str, str]]:
    known = entry.fields()
    if not known or not entry.closed:
        return
    attributes = _FIELDS.get(directive.name, ())
    named = [(key, name) for key in attributes for name in directive.attributes.get(key, "").split()]
    named += [("", name) for name in _FIXED_FIELDS.get(directive.name, ())]
    for key, name in named:
        if "{" in name:
            continue
        if name not in known:
            meant = nearest_name(name, known)
            hint = f"Did you mean `{meant}`?" if meant else f"Known here: {', '.join(f'`{one}`' for one in known)}."
            yield "unknown-field", f"The entries of `{path}` have no field `{name}`.", hint
        elif key in _NUMBERS.get(directive.name, ()) and not known[name].may_be(NUMBER):
            message = f"`{directive.name}` needs a number as `{key}`, but `{name}` is {known[name].in_words}."
            numbers = [f"`{one}`" for one, shape in known.items() if shape.is_only(NUMBER)]
            yield "wrong-type", message, f"Numbers here: {', '.join(numbers)}." if numbers else ""


def _follow(path: str, names: Names) -> Shape | None:
    first, *rest = path.split(".")
    shape = names.values.get(first)
    for step in rest:
        if shape is None or not shape.kinds:
            return shape
        shape = shape.fields().get(step)
    return shape
