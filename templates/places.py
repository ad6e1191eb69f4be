"""Errors of Jinja and of our filters, told with their place in the template and a way out."""

import types
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from jinja2 import Template, TemplateSyntaxError, UndefinedError
from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import SecurityError

from configs.errors import ColophonError, LimitError, TemplateError
from configs.loader import suggest
from templates.environment import MissingNameError, TemplateEnvironment


def place(name: str, line: int | None) -> str:
    """Write a place in a template."""
    return f"{name}, line {line}" if line else name


def compile_source(environment: TemplateEnvironment, source: str, *, name: str) -> Template:
    """Compile a template's source.

    Raises:
        TemplateError: its Jinja cannot be parsed; the message names the line.
    """
    try:
        return environment.from_string(source)
    except TemplateSyntaxError as error:
        message = (error.message or "It cannot be parsed").rstrip(".")
        hint = _filter_hint(environment, message)
        raise TemplateError(f"{message}.", where=place(name, error.lineno), hint=hint) from None
    except (RecursionError, SyntaxError, MemoryError):  # limits of Jinja's and Python's compilers
        raise TemplateError("The tags are nested too deeply.", where=name) from None


@contextmanager
def located(name: str, known: Mapping[str, Any]) -> Iterator[None]:
    """Turn what a running template raises into an error with file and line.

    Args:
        name: the file that errors name.
        known: the names at the top of the template's context, for suggestions.
    """
    try:
        yield
    except ColophonError as error:
        if error.where is None:
            error.where = place(name, line_of(error.__traceback__))
        raise
    except MemoryError as error:
        raise memory_error(place(name, line_of(error.__traceback__))) from None
    except (RecursionError, OverflowError) as error:
        where = place(name, line_of(error.__traceback__))
        raise LimitError(
            "The template used more than it may: a range too long, or macros that call themselves.", where=where
        ) from None
    except MissingNameError as error:
        where = place(name, line_of(error.__traceback__))
        raise TemplateError(*_missing(error), where=where, hint=_missing_hint(error, known)) from None
    except (UndefinedError, SecurityError, JinjaError) as error:
        message = (error.message or str(error)).rstrip(".")
        raise TemplateError(f"{message}.", where=place(name, line_of(error.__traceback__))) from None
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        # A template is a program of its author: its wrong operands and arguments come as Python's own errors.
        raise TemplateError(f"{_sentence(error)}.", where=place(name, line_of(error.__traceback__))) from None


def memory_error(where: str) -> LimitError:
    """Say that a template needed more memory than its process may hold."""
    return LimitError(
        "The template needed more memory than it may.", where=where, hint="Look for a list or a text that grows."
    )


def line_of(traceback: types.TracebackType | None) -> int | None:
    """Find the line of the template that was running when an error was raised."""
    line = None
    while traceback is not None:
        template = traceback.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            line = template.get_corresponding_lineno(traceback.tb_lineno)
        traceback = traceback.tb_next
    return line


def _missing(error: MissingNameError) -> tuple[str]:
    if error.hint:
        return (f"{error.hint.rstrip('.')}.",)
    if error.at_top:
        return (f"`{error.name}` is not in the data.",)
    if error.owner is None or isinstance(error.owner, str | int | float):
        return (f"`{error.name}` is asked of a plain value, which has no fields.",)
    if isinstance(error.owner, Sequence):
        return (f"`{error.name}` is asked of a list with {len(error.owner)} entries.",)
    return (f"There is no field `{error.name}` here.",)


def _missing_hint(error: MissingNameError, known: Mapping[str, Any]) -> str | None:
    names = known if error.at_top else error.owner
    if not isinstance(names, Mapping):
        return None
    visible = [str(name) for name in names if " " not in str(name)]
    hint = suggest(str(error.name), visible[:50])  # a longer list helps nobody
    return f"{hint} For an optional field write `{{% if … is defined %}}`."


def _filter_hint(environment: TemplateEnvironment, message: str) -> str | None:
    for kind, table in (("filter", environment.filters), ("test", environment.tests)):
        if message.startswith(f"No {kind} named"):
            known = [name for name in table if " " not in name and name.isidentifier()]
            return suggest(message.split("'")[1], known)
    return None


def _sentence(error: Exception) -> str:
    text = str(error).rstrip(".") or type(error).__name__
    return text[0].upper() + text[1:200]
