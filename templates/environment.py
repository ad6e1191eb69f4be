"""The one Jinja environment: sandboxed, strict, bounded; a value is data and never markup.

A template may read the data, call the filters of `templates.filters` and the
few methods named here, loop, branch, and define macros. What is not named
cannot be reached: attributes are an allow-list, not a list of known dangers.
"""

import contextlib
import contextvars
import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import CodeType
from typing import Any, Literal

from jinja2 import StrictUndefined, Template, UndefinedError, nodes, pass_context
from jinja2.compiler import CodeGenerator
from jinja2.exceptions import SecurityError, TemplateAssertionError
from jinja2.filters import FILTERS
from jinja2.runtime import Context, LoopContext, Macro, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS
from jinja2.utils import Namespace, missing
from markupsafe import Markup

from configs.errors import LimitError, TemplateError
from templates.filters import locale_filters, text_filters
from templates.markup import (
    MAX_CHARACTERS,
    MarkdownSource,
    SourceText,
    Trace,
    WordSource,
    line_mark,
    printed,
    refuse_beyond,
    seal_rich,
    tracing,
)
from templates.translations import NO_CATALOGUE, Catalogue, UnfixedTextError, functions, messages_in, translated

Kind = Literal["markdown", "word"]

# Four nested loops over 30 entries each; far above any document, and done within a second.
MAX_LOOPS = 1_000_000
# Integers beyond this are no quantity of any document, and multiplying them takes seconds.
MAX_INTEGER_BITS = 4_096

BUDGET = " budget"  # the space keeps the name out of reach of templates
_LOOP_LIMIT = " loop limit"


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FILTERS = _names(
    """abs default dictsort first float groupby int items last length list map max min reject rejectattr reverse select
    selectattr sort string truncate unique wordcount"""
)
_TESTS = _names(
    """boolean defined divisibleby eq equalto even false float ge greaterthan gt in integer iterable le lessthan lt
    mapping ne none number odd sequence string true undefined == != < <= > >="""
)
_METHODS: Mapping[type, frozenset[str]] = {
    str: _names("startswith endswith strip lstrip rstrip split splitlines upper lower capitalize title isdigit"),
    dict: _names("items keys values get"),
    tuple: _names("grouper list"),  # what the filter `groupby` gives
    LoopContext: _names(
        "index index0 revindex revindex0 first last length previtem nextitem depth depth0 changed cycle"
    ),
}
_WITHOUT_MEANING = {
    nodes.Extends: "extends",
    nodes.Block: "block",
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "from",
    nodes.EvalContextModifier: "autoescape",
}


class MissingNameError(UndefinedError):
    """A template used a name that stands for nothing."""

    def __init__(self, hint: str | None, name: Any, owner: Any, message: str) -> None:
        super().__init__(hint or message)
        self.hint = hint
        self.name = name
        self.owner = None if owner is missing else owner
        self.at_top = owner is missing


class StrictValue(StrictUndefined):
    """What a missing name evaluates to: using it in any way is an error that knows the name."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: Callable[[str], Exception] | None = None,
    ) -> None:
        kind = exc or functools.partial(MissingNameError, hint, name, obj)
        super().__init__(hint, obj, name, kind)  # type: ignore[arg-type]


class Budget:
    """What one rendering may still use up."""

    def __init__(self, loops: int = MAX_LOOPS) -> None:
        self._loops = loops

    def count(self, iterable: Iterable[Any]) -> Iterator[Any]:
        """Pass the entries on, until too many went by."""
        for entry in iterable:
            self._loops -= 1
            if self._loops < 0:
                raise LimitError(f"The loops ran more than {MAX_LOOPS:,} times.", hint="Shorten the data.")
            yield entry


@pass_context
def _count_loops(context: Context, iterable: Iterable[Any]) -> Iterator[Any]:
    budget: Budget = context.parent[BUDGET]
    return budget.count(iterable)


@pass_context
def _finalize(context: Context, value: Any) -> SourceText:
    source: type[SourceText] = context.environment.source_class  # type: ignore[attr-defined]
    if type(value) is str:  # nearly always
        return source.escape(value)
    return value if isinstance(value, source) else source.escape(printed(value))


class _SourceMacro(Macro):
    """A macro whose result is source in the environment's sense, not HTML."""

    def _invoke(self, arguments: list[Any], autoescape: bool) -> str:  # noqa: ARG002 - Jinja's signature
        environment: Any = self._environment
        source: SourceText = environment.source_class(self._func(*arguments))
        return source


class _SourceTemplate(Template):
    """A compiled template whose generated code escapes for its own kind of source instead of HTML."""

    @classmethod
    def from_code(
        cls, environment: Any, code: CodeType, globals: Any, uptodate: Callable[[], bool] | None = None
    ) -> Template:
        template = super().from_code(environment, code, globals, uptodate)
        source = environment.source_class
        template.root_render_func.__globals__.update(
            Markup=source, escape=source.escape, markup_join=source.concatenate, Macro=_SourceMacro
        )
        return template


class _SourceCode(CodeGenerator):
    """Code in which `finalize` alone writes a value: Jinja's own would escape once more what it gives."""

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:  # noqa: ARG002 - Jinja's signature
        self.write(finalize.src)

    def _output_child_post(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:  # noqa: ARG002
        self.write(")")


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """Jinja for one kind of source and one locale."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})
    template_class = _SourceTemplate
    code_generator_class = _SourceCode

    def __init__(
        self, kind: Kind, locale: str, catalogue: Catalogue = NO_CATALOGUE, trace: Trace | None = None
    ) -> None:
        super().__init__(
            autoescape=True,
            undefined=StrictValue,
            finalize=_finalize,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.kind = kind
        self.locale = locale
        self.catalogue = catalogue
        source: type[SourceText] = MarkdownSource if kind == "markdown" else WordSource
        self.source_class = tracing(source, trace) if trace is not None else source
        self.filters = {name: FILTERS[name] for name in _FILTERS}
        self.filters |= {"count": FILTERS["length"], "d": FILTERS["default"], _LOOP_LIMIT: _count_loops}
        self.filters |= {**text_filters(self.source_class), **locale_filters(locale)}
        if kind == "markdown":
            self.filters["markdown"] = _rich_text
        self.tests = {name: TESTS[name] for name in _TESTS}
        self.globals = {"range": self.globals["range"], "namespace": Namespace}
        self.globals |= functions(self.source_class, locale, catalogue)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for kind, tag in _WITHOUT_MEANING.items():
            for node in tree.find_all(kind):
                raise TemplateAssertionError(f"A template is one file and has no `{tag}` tag.", node.lineno, name)
        try:
            messages_in(tree)
        except UnfixedTextError as error:
            raise TemplateAssertionError(str(error), error.line, name) from None
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, _LOOP_LIMIT, [], [], None, None, lineno=loop.iter.lineno)
        if self.kind == "markdown":
            for text in tree.find_all(nodes.TemplateData):
                text.data = _mark_lines(text.data, text.lineno)
        return tree

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        return str(super()._generate(translated(source, self.catalogue), name, filename, defer_init))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Give a field of the data, or one of the few methods; a field wins over a method of the same name."""
        if (type(obj) is dict or isinstance(obj, Mapping)) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, Undefined):
            return obj._fail_with_undefined_error()
        if isinstance(obj, Namespace):
            return self.undefined(obj=None, name=attribute) if attribute[:1] == "_" else _of_namespace(obj, attribute)
        for kind, names in _METHODS.items():
            if isinstance(obj, kind) and attribute in names and not isinstance(obj, Markup):
                return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Give an entry of a mapping, a list or a text; never an attribute."""
        if isinstance(obj, Undefined):
            return obj[argument]
        if isinstance(obj, Mapping | list | tuple | str) and not isinstance(obj, Markup):
            try:
                return obj[argument]
            except (TypeError, LookupError):
                pass
        return self.undefined(obj=obj, name=argument)

    def is_safe_callable(self, obj: Any) -> bool:
        """Say whether a template may call `obj`: a macro, a method of the list above, or one of our functions."""
        if isinstance(obj, Macro | LoopContext) or obj in self.globals.values():
            return True
        owner = getattr(obj, "__self__", None)
        return any(isinstance(owner, kind) and obj.__name__ in names for kind, names in _METHODS.items())

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse an operation whose result would not fit a document."""
        if operator == "%" and isinstance(left, str):
            raise SecurityError("`%` does not work on text; print the parts one after the other.")
        if operator in ("*", "**") and not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise SecurityError(f"`{operator}` needs two numbers.")
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            refuse_beyond(len(left) + len(right), MAX_CHARACTERS, "text")
        elif operator == "+" and isinstance(left, list) and isinstance(right, list):
            refuse_beyond(len(left) + len(right), MAX_LOOPS, "list")
        elif operator == "*" and isinstance(left, int) and isinstance(right, int):
            refuse_beyond(left.bit_length() + right.bit_length(), MAX_INTEGER_BITS, "number")
        elif operator == "**":
            size = math.log2(max(abs(left), 2)) * abs(right)
            refuse_beyond(int(min(size, 1e9)), MAX_INTEGER_BITS, "number")
        return super().call_binop(context, operator, left, right)


def environment_for(kind: Kind, locale: str, catalogue: Catalogue = NO_CATALOGUE) -> TemplateEnvironment:
    """Give the environment of a kind of source and a language; it is made once and may be shared by threads."""
    trace = _trace.get()
    return (
        _environment(kind, locale, catalogue) if trace is None else TemplateEnvironment(kind, locale, catalogue, trace)
    )


@contextlib.contextmanager
def traced(trace: Trace) -> Iterator[None]:
    """Let every environment that this thread asks for meanwhile mark the values that it prints."""
    token = _trace.set(trace)
    try:
        yield
    finally:
        _trace.reset(token)


@functools.lru_cache(maxsize=64)
def _environment(kind: Kind, locale: str, catalogue: Catalogue) -> TemplateEnvironment:
    return TemplateEnvironment(kind, locale, catalogue)


_trace: contextvars.ContextVar[Trace | None] = contextvars.ContextVar("trace", default=None)


def _rich_text(value: Any) -> MarkdownSource:
    if not isinstance(value, str) or isinstance(value, Markup):
        raise TemplateError("`markdown` expects a text of the data.")
    return MarkdownSource(seal_rich(value))


def _mark_lines(data: str, first: int) -> str:
    head, *rest = data.split("\n")
    return head + "".join(f"{line_mark(first + number)}\n{line}" for number, line in enumerate(rest))


def _of_namespace(obj: Namespace, attribute: str) -> Any:
    try:
        return getattr(obj, attribute)
    except AttributeError:
        raise MissingNameError(None, attribute, missing, f"`{attribute}` was never set.") from None
