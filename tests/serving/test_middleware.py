import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from configs.errors import DependencyError, InputError
from serving import errors
from serving.errors import OverloadedError
from serving.limits import Limits
from serving.metrics import Metrics
from serving.middleware import RequestMiddleware, request_id

LIMITS = Limits(body_bytes=100, upload_bytes=200, seconds=0.2)


async def echo(request: Request) -> Response:
    return PlainTextResponse(f"{request_id.get()} {len(await request.body())}")


def raising(error: Exception) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(_: Request) -> Response:
        raise error

    return endpoint


async def slow(_: Request) -> Response:
    await asyncio.sleep(5)
    return Response()


async def stream(_: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        for part in (b"a", b"b", b"c"):
            yield part

    return StreamingResponse(parts())


async def probe(scope: Any, receive: Any, send: Any) -> None:
    await JSONResponse({"probe": True})(scope, receive, send)


def service(metrics: Metrics | None = None, **routes: Callable[[Request], Awaitable[Response]]) -> RequestMiddleware:
    app = Starlette(routes=[Route(f"/{name}", endpoint, methods=["POST"]) for name, endpoint in routes.items()])
    counters = metrics or Metrics()
    bodies = {"/json": "application/json", "/upload": "multipart/form-data"}
    return RequestMiddleware(app, bodies=bodies, limits=lambda: LIMITS, metrics=lambda: counters, probes=probe)


def send(app: RequestMiddleware, path: str, method: str = "POST", **request: Any) -> httpx.Response:
    async def main() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
            return await client.request(method, path, **request)

    return asyncio.run(main())


def error_of(answer: httpx.Response) -> dict[str, Any]:
    shown: dict[str, Any] = answer.json()["error"]
    assert set(shown) == {"code", "message", "where", "hint"}
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-request-id"]
    return shown


def test_request_id_when_it_is_given() -> None:
    answer = send(service(json=echo), "/json", json={}, headers={"X-Request-Id": "order-7"})
    assert answer.text == "order-7 2"
    assert answer.headers["x-request-id"] == "order-7"


@pytest.mark.parametrize("given", ["", "two words", "x" * 200, "a\tb"])
def test_request_id_when_it_cannot_stand_in_a_log(given: str) -> None:
    answer = send(service(json=echo), "/json", json={}, headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] not in ("", given)


def test_body_when_it_is_larger_than_announced() -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b" " * 10

    answer = send(service(json=echo), "/json", content=parts(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert error_of(answer)["code"] == "limit_exceeded"


def test_body_when_its_announced_length_is_too_large() -> None:
    answer = send(service(json=echo), "/json", json={"text": "x" * 200})
    assert answer.status_code == 413


def test_body_when_it_is_an_upload() -> None:
    files = {"file": ("a.pdf", b"x" * 20)}
    assert send(service(upload=echo), "/upload", files=files).status_code == 200
    assert send(service(upload=echo), "/upload", files={"file": ("a.pdf", b"x" * 300)}).status_code == 413


def test_body_when_it_is_not_utf8() -> None:
    answer = send(service(json=echo), "/json", content=b'{"a": "\xff"}', headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert "byte 7" in error_of(answer)["message"]


@pytest.mark.parametrize("given", [None, "text/plain", "application/vnd.bentoml+pickle", "multipart/form-data"])
def test_body_when_it_is_of_another_type(given: str | None) -> None:
    headers = {"Content-Type": given} if given else {}
    answer = send(service(json=echo), "/json", content=b"{}", headers=headers)
    assert answer.status_code == 415


def test_body_when_it_does_not_arrive() -> None:
    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)

    answer = send(service(json=echo), "/json", content=never(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


def test_deadline_when_the_endpoint_is_slow() -> None:
    answer = send(service(json=slow), "/json", json={})
    assert answer.status_code == 504
    assert error_of(answer)["code"] == "deadline_exceeded"


def test_timeout_when_it_is_not_the_deadline() -> None:
    answer = send(service(json=raising(TimeoutError())), "/json", json={})
    assert (answer.status_code, error_of(answer)["code"]) == (500, "internal")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError("Bad."), 400),
        (OverloadedError("Full."), 429),
        (DependencyError("Down."), 503),
        (HTTPException(418, "tea"), 418),
        (ValueError("secret"), 500),
    ],
)
def test_error_when_an_endpoint_raises(error: Exception, status: int) -> None:
    answer = send(service(json=raising(error)), "/json", json={})
    assert answer.status_code == status
    assert "secret" not in answer.text
    error_of(answer)


class Log:
    """Notes what was logged as an error."""

    def __init__(self) -> None:
        self.errors: list[dict[str, Any]] = []

    def error(self, _event: str, **fields: Any) -> None:
        self.errors.append(fields)


@pytest.mark.parametrize(("error", "logged"), [(InputError("Bad."), False), (ValueError("secret"), True)])
def test_log_when_an_endpoint_raises(error: Exception, logged: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log()
    monkeypatch.setattr(errors, "log", log)
    send(service(json=raising(error)), "/json", json={})
    assert log.errors == ([{"exc_info": error}] if logged else [])


def test_error_when_the_path_is_unknown() -> None:
    assert error_of(send(service(json=echo), "/nowhere", json={}))["code"] == "not_found"


def test_error_when_the_method_is_wrong() -> None:
    answer = send(service(json=echo), "/json", "GET")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert error_of(answer)["code"] == "method_not_allowed"


def test_success_when_it_is_streamed() -> None:
    assert send(service(stream=stream), "/stream").text == "abc"


def test_probe_when_bentoml_has_the_path_too() -> None:
    assert send(service(readyz=echo), "/readyz", "GET").json() == {"probe": True}


def test_metrics_when_paths_are_made_up() -> None:
    metrics = Metrics()
    app = service(metrics, json=echo)
    for number in range(5):
        send(app, f"/made-up-{number}", "GET")
    send(app, "/json", json={})
    written = metrics.text().decode()
    assert 'colophon_requests_total{route="other",status="404"} 5.0' in written
    assert 'colophon_requests_total{route="/json",status="200"} 1.0' in written
    assert "made-up" not in written


def test_shape_when_an_error_is_translated() -> None:
    async def refuse(_: Request) -> Response:
        return JSONResponse({"detail": [{"type": "missing", "loc": ["body", "text"], "msg": "Field required"}]}, 422)

    answer = send(service(json=refuse), "/json", json={})
    assert answer.status_code == 400
    assert json.loads(answer.text)["error"]["where"] == "text"
