"""The one error tree.

    ColophonError
    ├── InputError                 what the caller handed in is wrong; the message says what to hand in instead
    │   ├── ConfigError            a settings variable or a YAML file
    │   ├── DatasetError           a file of examples
    │   ├── TemplateError          a template or its folder
    │   ├── ContextError           the data of one document
    │   ├── DocumentError          a DOCX or PDF that was handed in
    │   └── LimitError             something is larger, longer or slower than allowed
    ├── NotFoundError              the thing that was named does not exist
    │   ├── ModelNotFoundError     a registered model, version or alias
    │   └── TemplateNotFoundError  a template
    ├── RefusedError               a rule said no (the gate, a missing approval)
    ├── ConflictError              something else is in the way (a port, a running job)
    ├── IntegrityError             stored bytes are not the bytes that were stored
    └── DependencyError            a store, a server or the disk did not do its part

Foreign errors are translated where they are met, into one of these. The HTTP
status of each is attached once, in `serving.errors`.
"""

from typing import Any, ClassVar


class ColophonError(Exception):
    """An error whose message a user can act on.

    Args:
        message: one sentence: what was expected and what came.
        where: the place, as precise as it is known: file and key, field path, table and row.
        hint: the way out.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        way_out = f" {self.hint}" if self.hint else ""
        return f"{place}{self.message}{way_out}"

    def __reduce__(self) -> tuple[Any, ...]:
        """Let the error cross a process boundary with its place and hint."""
        return (_rebuild, (type(self), self.message, self.where, self.hint))

    def as_dict(self) -> dict[str, str | None]:
        """Give the error in the shape that HTTP and `--json` answer with."""
        return {"code": self.code, "message": self.message, "where": self.where, "hint": self.hint}


def _rebuild(kind: type[ColophonError], message: str, where: str | None, hint: str | None) -> ColophonError:
    return kind(message, where=where, hint=hint)


class InputError(ColophonError):
    """What the caller handed in is wrong."""

    code = "invalid_input"


class ConfigError(InputError):
    """A settings variable or a YAML file is wrong."""

    code = "invalid_config"


class DatasetError(InputError):
    """A file of examples is missing, broken or unfit for its task."""

    code = "invalid_dataset"


class TemplateError(InputError):
    """A template or its folder is broken."""

    code = "invalid_template"


class ContextError(InputError):
    """The data of a document does not fit its template's schema."""

    code = "invalid_data"


class DocumentError(InputError):
    """A file that was handed in is not a document that can be read."""

    code = "invalid_document"


class LimitError(InputError):
    """Something is larger, longer or slower than allowed."""

    code = "limit_exceeded"


class NotFoundError(ColophonError):
    """The thing that was named does not exist."""

    code = "not_found"


class ModelNotFoundError(NotFoundError):
    """No registered model, version or alias has that name."""

    code = "model_not_found"


class TemplateNotFoundError(NotFoundError):
    """No template has that name."""

    code = "template_not_found"


class RefusedError(ColophonError):
    """A rule said no."""

    code = "refused"


class ConflictError(ColophonError):
    """Something else is in the way."""

    code = "conflict"


class IntegrityError(ColophonError):
    """Stored bytes are not the bytes that were stored."""

    code = "integrity"


class DependencyError(ColophonError):
    """A store, a server or the disk did not do its part."""

    code = "dependency_failed"
