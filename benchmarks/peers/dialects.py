"""How the engines that fill Word templates write a value and a loop; a path is a list of loops and a field."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Loop:
    """A list that is walked: `name` is one entry of the list `field`, which belongs to the entry of `outer`."""

    name: str
    field: str
    outer: "Loop | None" = None


class JinjaDialect:
    """docxtpl's tags, which are ours too: loops take paragraphs and rows of their own."""

    def value(self, field: str, loop: Loop | None = None) -> str:
        return f"{{{{ {_dotted(field, loop)} }}}}"

    def before(self, loop: Loop, scope: str = "p") -> str:
        return f"{{%{scope} for {loop.name} in {_dotted(loop.field, loop.outer)} %}}"

    def after(self, loop: Loop, scope: str = "p") -> str:  # noqa: ARG002 - as the others
        return f"{{%{scope} endfor %}}"


class DocxtemplaterDialect:
    """docxtemplater's tags: a loop in a row opens in its first cell and closes in its last."""

    def value(self, field: str, loop: Loop | None = None) -> str:  # noqa: ARG002 - the innermost scope is meant
        return f"{{{field or '.'}}}"

    def before(self, loop: Loop, scope: str = "p") -> str:  # noqa: ARG002
        return f"{{#{loop.field}}}"

    def after(self, loop: Loop, scope: str = "p") -> str:  # noqa: ARG002
        return f"{{/{loop.field}}}"


class CarboneDialect:
    """Carbone's tags: a loop is shown by the beginning of its second round."""

    def value(self, field: str, loop: Loop | None = None) -> str:
        return f"{{d.{_indexed(field, loop, 'i')}}}"

    def again(self, loop: Loop, field: str) -> str:
        """Write a value of the second round."""
        return f"{{d.{_indexed(field, loop, 'i+1')}}}"


Dialect = JinjaDialect | DocxtemplaterDialect | CarboneDialect
DIALECTS: dict[str, Dialect] = {
    "jinja": JinjaDialect(),
    "docxtemplater": DocxtemplaterDialect(),
    "carbone": CarboneDialect(),
}


def row_loop(dialect: Dialect, loop: Loop, fields: Sequence[str]) -> list[list[str]]:
    """Give the template's rows that become one row for each entry."""
    cells = [dialect.value(field, loop) for field in fields]
    if isinstance(dialect, CarboneDialect):
        return [cells, [dialect.again(loop, field) for field in fields]]
    first, last = dialect.before(loop, "tr"), dialect.after(loop, "tr")
    if isinstance(dialect, JinjaDialect):
        empty = [""] * (len(fields) - 1)
        return [[first, *empty], cells, [last, *empty]]
    return [[first + cells[0], *cells[1:-1], cells[-1] + last]]


def _dotted(field: str, loop: Loop | None) -> str:
    return ".".join(part for part in (loop.name if loop else "", field) if part)


def _indexed(field: str, loop: Loop | None, index: str) -> str:
    steps = [field] if field else []
    while loop:
        steps.insert(0, f"{loop.field}[{index}]")
        loop, index = loop.outer, "i"
    return ".".join(steps)
