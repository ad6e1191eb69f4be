"""The error tree over HTTP: each class has its status here and nowhere else, and every error has one shape.

{"error": {"code": "...", "message": "...", "where": "...", "hint": "..."}}
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from configs import errors
from configs.logging import get_logger

log = get_logger(__name__)


class OverloadedError(errors.ColophonError):
    """More is waiting than can be answered soon; the same request may succeed later."""

    code = "overloaded"
    retry_seconds = 1  # queues are bounded so that they empty within seconds

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, where=where, hint=hint or f"Try again in {self.retry_seconds} s.")


class DeadlineError(errors.ColophonError):
    """The request took longer than allowed."""

    code = "deadline_exceeded"


class NotReadyError(errors.ColophonError):
    """The service has started, but cannot answer yet."""

    code = "not_ready"


class MediaTypeError(errors.InputError):
    """The body is of another type than the endpoint reads."""

    code = "unsupported_media_type"


# The first class that fits decides, so a class stands before those it is made from.
STATUS: Mapping[type[errors.ColophonError], HTTPStatus] = {
    OverloadedError: HTTPStatus.TOO_MANY_REQUESTS,
    DeadlineError: HTTPStatus.GATEWAY_TIMEOUT,
    NotReadyError: HTTPStatus.SERVICE_UNAVAILABLE,
    MediaTypeError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.LimitError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    # The data may be what its schema asks for, and still the template cannot be filled with it.
    errors.TemplateError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ConfigError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InputError: HTTPStatus.BAD_REQUEST,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.RefusedError: HTTPStatus.FORBIDDEN,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.IntegrityError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.DependencyError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ColophonError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

# Of the errors with a status of 500 and above, those that show nothing from inside.
_SHOWN = (DeadlineError, NotReadyError)

# Code and sentence for what a framework answered without an error of ours.
_PATHS_HINT = "GET /docs.json describes all paths."
_BY_STATUS: Mapping[int, tuple[str, str, str | None]] = {
    400: (errors.InputError.code, "The body cannot be read.", None),
    404: (errors.NotFoundError.code, "There is nothing at this path.", _PATHS_HINT),
    405: ("method_not_allowed", "This path does not take this method.", _PATHS_HINT),
}


@dataclass(frozen=True)
class ErrorAnswer:
    """An error as it goes over the wire."""

    status: int
    code: str
    message: str
    where: str | None = None
    hint: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """The JSON that the caller reads."""
        error = {"code": self.code, "message": self.message, "where": self.where, "hint": self.hint}
        return json.dumps({"error": error}, ensure_ascii=False).encode()


def answer_to(error: Exception, *, request_id: str) -> ErrorAnswer:
    """Give the answer to an exception; what is not the caller's fault is logged here, with its traceback."""
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), None)
    if isinstance(error, errors.ColophonError) and status is not None:
        if status < HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(error, _SHOWN):
            headers = {"Retry-After": str(error.retry_seconds)} if isinstance(error, OverloadedError) else {}
            return ErrorAnswer(int(status), error.code, error.message, error.where, error.hint, headers)
        log.error("request failed", code=error.code, exc_info=error)
        return _internal(status, error.code, request_id)
    log.error("request failed", exc_info=error)
    return _internal(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", request_id)


def answer_instead_of(status: int, body: bytes, *, request_id: str) -> ErrorAnswer | None:
    """Translate an error answer of BentoML, FastAPI or Starlette; None where it has our shape already."""
    content = _read(body)
    if isinstance(content, dict) and isinstance(content.get("error"), dict) and "code" in content["error"]:
        return None
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return _internal(status, "internal", request_id)
    problems = content.get("detail") if isinstance(content, dict) else None
    if isinstance(problems, list) and problems:
        return _answer_to_validation(problems[0])
    code, message, hint = _BY_STATUS.get(status, ("error", f"{HTTPStatus(status).phrase}.", None))
    return ErrorAnswer(status, code, message, hint=hint)


def _internal(status: int, code: str, request_id: str) -> ErrorAnswer:
    """Say where to look, and show nothing from inside."""
    hint = f"The log of the service has the details under request id {request_id}."
    return ErrorAnswer(int(status), code, "Something failed inside the service.", hint=hint)


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _answer_to_validation(problem: Mapping[str, Any]) -> ErrorAnswer:
    """Say a problem that pydantic found as a person would."""
    kind, message = problem.get("type"), str(problem.get("msg", "")).removeprefix("Value error, ")
    where = _field_path(problem.get("loc", ()))
    bad_request = int(HTTPStatus.BAD_REQUEST)
    if kind == "json_invalid":
        detail = message.removeprefix("Invalid JSON: ")
        return ErrorAnswer(
            bad_request, "invalid_json", f"The body is not JSON: {detail}.", None, "Send one JSON object."
        )
    code = errors.InputError.code
    if kind == "missing":
        return ErrorAnswer(bad_request, code, "This field is required, but it is missing.", where)
    if kind == "extra_forbidden":
        return ErrorAnswer(bad_request, code, "This field is not known.", where, "The fields stand in /docs.json.")
    return ErrorAnswer(bad_request, code, f"{message}.", where)


def _field_path(location: Sequence[str | int]) -> str | None:
    """Write `("body", "texts", 0)`, of which FastAPI adds the first part, as `texts[0]`."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif path or part != "body":
            path += f".{part}" if path else part
    return path or None
