"""What happens to every request before and after its endpoint: one ASGI middleware.

It gives the request an id, reads the body within its limit, keeps the deadline,
turns every error into the one shape, and counts and logs the answer.
"""

import asyncio
import re
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from configs import logging
from configs.errors import ColophonError, InputError, LimitError
from serving.errors import DeadlineError, ErrorAnswer, MediaTypeError, answer_instead_of, answer_to
from serving.limits import Limits
from serving.metrics import Metrics

log = logging.get_logger(__name__)

REQUEST_ID_HEADER = "X-Request-Id"
request_id: ContextVar[str] = ContextVar("request_id", default="")

_GIVEN_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_JSON = "application/json"
_PROBES = frozenset({"/livez", "/readyz", "/healthz", "/metrics"})
_ERROR = 400


class RequestMiddleware:
    """Stands around BentoML's endpoints and the mounted app alike."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        bodies: Mapping[str, str],
        limits: Callable[[], Limits],
        metrics: Callable[[], Metrics],
        probes: ASGIApp,
    ) -> None:
        """Wrap `app`; what the configuration decides is asked for when a request comes.

        Args:
            app: BentoML's application.
            bodies: the type of the body, for each path that takes one.
            limits: of the running service.
            metrics: of the running service.
            probes: answers `/livez` and `/readyz`, where BentoML's own answers are empty.
        """
        self._app = app
        self._bodies = bodies
        self._limits = limits
        self._metrics = metrics
        self._probes = probes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identity = _identity(Headers(scope=scope))
        token = request_id.set(identity)
        logging.bind(request_id=identity)
        started = time.perf_counter()
        answer = _Answer(send, identity)
        try:
            await self._respond(scope, receive, answer)
        finally:
            self._report(scope, answer.status, time.perf_counter() - started)
            logging.unbind("request_id")
            request_id.reset(token)

    async def _respond(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        limits = self._limits()
        app = self._probes if scope["path"] in _PROBES else self._app
        deadline = asyncio.timeout(limits.seconds)
        body: bytes | None = None
        try:
            async with deadline:
                body = await self._read_body(scope, receive, limits)
                await app(scope, _replay(body, receive), answer.send)
        except Exception as error:
            await answer.fail(_late(body, limits) if deadline.expired() else error)
        else:
            await answer.finish()

    async def _read_body(self, scope: Scope, receive: Receive, limits: Limits) -> bytes:
        """Read the whole body, so that what is wrong with it is said before a framework meets it."""
        if scope["method"] not in ("POST", "PUT", "PATCH"):
            return b""
        headers = Headers(scope=scope)
        expected = self._bodies.get(scope["path"])
        if expected and scope["method"] == "POST":
            _check_media_type(headers.get("content-type", ""), expected)
        is_json = expected in (_JSON, None)
        body = await _collect(headers, receive, limits.body_bytes if is_json else limits.upload_bytes)
        if is_json:
            _check_utf8(body)
        return body

    def _report(self, scope: Scope, status: int, seconds: float) -> None:
        path = _route_of(scope)
        self._metrics().observe_request(path, status, seconds)
        if path not in _PROBES:
            log.info("request", method=scope["method"], path=path, status=status, ms=round(seconds * 1000, 1))


class _Answer:
    """Passes a success through as it comes, and holds an error back until it is known what failed."""

    def __init__(self, send: Send, identity: str) -> None:
        self._send = send
        self._identity = identity
        self._held: bytearray | None = None
        self._started: Message | None = None
        self.status = 500

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = message
            self.status = message["status"]
            MutableHeaders(raw=message["headers"])[REQUEST_ID_HEADER] = self._identity
            if self.status >= _ERROR:
                self._held = bytearray()
                return
        elif self._held is not None:
            self._held += message.get("body", b"")
            return
        await self._send(message)

    async def fail(self, error: Exception) -> None:
        """Answer an exception, unless a part of a success has gone out already."""
        answer = answer_to(error, request_id=self._identity)
        if self._started is None or self._held is not None:
            await self._write(answer)

    async def finish(self) -> None:
        """Let a held error go, in our shape."""
        if self._held is None or self._started is None:
            return
        body = bytes(self._held)
        answer = answer_instead_of(self.status, body, request_id=self._identity)
        if answer is not None:
            await self._write(answer, allow=Headers(raw=self._started["headers"]).get("allow"))
            return
        await self._send(self._started)
        await self._send({"type": "http.response.body", "body": body})

    async def _write(self, answer: ErrorAnswer, *, allow: str | None = None) -> None:
        self.status = answer.status
        body = answer.body
        headers = {
            "content-type": "application/json",
            "content-length": str(len(body)),
            REQUEST_ID_HEADER: self._identity,
            **answer.headers,
            **({"allow": allow} if allow else {}),
        }
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await self._send({"type": "http.response.body", "body": body})


def _identity(headers: Headers) -> str:
    """Take the caller's request id where it is one that can stand in a log line."""
    given = headers.get(REQUEST_ID_HEADER, "")
    return given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex


def _check_media_type(given: str, expected: str) -> None:
    if given.partition(";")[0].strip().lower() != expected:
        came = f"`{given}`" if given else "none"
        raise MediaTypeError(f"Expected a body of type {expected}, but got {came}.", where="header Content-Type")


async def _collect(headers: Headers, receive: Receive, limit: int) -> bytes:
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise _too_large(limit)
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise InputError("The body ended before it was complete.")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


def _late(body: bytes | None, limits: Limits) -> ColophonError:
    if body is None:
        return InputError(f"Expected the whole body within {limits.seconds:g} s.", where="body")
    return DeadlineError(f"The request took more than {limits.seconds:g} s.")


def _too_large(limit: int) -> LimitError:
    return LimitError(f"Expected a body of at most {limit:,} bytes.", where="body")


def _check_utf8(body: bytes) -> None:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise InputError(f"Expected UTF-8, but byte {error.start} of the body is not.", where="body") from None


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the body that was read, then what comes after it: the caller's leaving."""
    messages: Iterable[Message] = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def replayed() -> Message:
        return next(messages, None) or await receive()  # type: ignore[call-overload]

    return replayed


def _route_of(scope: Scope) -> str:
    """Name the route and not the path: callers can make up any number of paths, but each label is kept for ever."""
    return getattr(scope.get("route"), "path", None) or "other"
