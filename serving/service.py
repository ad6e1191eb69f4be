"""The BentoML service: an adapter between HTTP and the parts in `runtime`.

`serving.server` starts it, as `bentoml serve serving.service:ColophonService`.
"""

import functools
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import bentoml
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from configs import telemetry
from configs.logging import configure
from configs.settings import Settings
from serving import config
from serving.app import create_app
from serving.errors import answer_to
from serving.limits import MAX_SECONDS
from serving.middleware import RequestMiddleware, request_id
from serving.openapi import describe
from serving.processes import die_with_parent
from serving.runtime import Runtime
from serving.schemas import ClassifyRequest, ClassifyResponse, SummarizeRequest, SummarizeResponse

RequestT = TypeVar("RequestT", bound=BaseModel)
ResponseT = TypeVar("ResponseT", bound=BaseModel)


class Arguments(BaseModel):
    """What `bentoml serve --arg name=value` takes."""

    config: Path | None = None


def _answering(
    endpoint: Callable[[Any, RequestT], Awaitable[ResponseT]],
) -> Callable[[Any, RequestT], Awaitable[ResponseT | Response]]:
    """Answer errors here: BentoML would log a traceback for each and say 500."""

    @functools.wraps(endpoint)
    async def wrapper(service: Any, request: RequestT, /) -> ResponseT | Response:
        try:
            return await endpoint(service, request)
        except Exception as error:
            answer = answer_to(error, request_id=request_id.get())
            return Response(answer.body, answer.status, dict(answer.headers), "application/json")

    return wrapper


@functools.cache
def _openapi() -> dict[str, Any]:
    return describe(cast(Any, ColophonService).openapi_spec.asdict(), title=app.title, version=app.version)


arguments = bentoml.use_arguments(Arguments)
app = create_app(_openapi)


@bentoml.service(
    name="colophon",
    workers=1,  # one process holds the models; more would hold each of them once more
    # BentoML's own answer to a late request has another shape, so ours must come first.
    traffic={"timeout": MAX_SECONDS + 5},
    metrics={"enabled": False},  # see serving.metrics
    logging={"access": {"enabled": False}},  # see serving.middleware
)
@bentoml.asgi_app(app, path="/")
class ColophonService:
    """Models that write documents, and documents that can prove what they say."""

    runtime: Runtime

    @bentoml.on_startup  # type: ignore[untyped-decorator]
    async def start(self) -> None:
        """Build the parts and begin to answer."""
        telemetry.silence()
        if bentoml.server_context.worker_index is not None:
            die_with_parent()
        settings = Settings.from_environment()
        settings.prepare()
        _configure_logs(settings)
        self.runtime = app.state.runtime = Runtime(settings, config.load(arguments.config))
        await self.runtime.start()

    @bentoml.on_shutdown  # type: ignore[untyped-decorator]
    async def stop(self) -> None:
        """Finish what runs and write the last records."""
        await self.runtime.stop()

    @bentoml.api  # type: ignore[untyped-decorator]
    @_answering
    async def classify(self, request: ClassifyRequest, /) -> ClassifyResponse:
        """Label each text with a served classifier."""
        return await self.runtime.inference.classify(request)

    @bentoml.api  # type: ignore[untyped-decorator]
    @_answering
    async def sentiment(self, request: ClassifyRequest, /) -> ClassifyResponse:
        """Tell the mood of each text with a served classifier of moods."""
        return await self.runtime.inference.classify(request, "sentiment")

    @bentoml.api  # type: ignore[untyped-decorator]
    @_answering
    async def summarize(self, request: SummarizeRequest, /) -> SummarizeResponse:
        """Summarize a text with a served summarizer."""
        return await self.runtime.inference.summarize(request)


cast(Any, ColophonService).add_asgi_middleware(  # the decorator has made a BentoML service of the class
    RequestMiddleware,
    bodies={
        **dict.fromkeys(["/classify", "/sentiment", "/summarize", "/render"], "application/json"),
        "/verify": "multipart/form-data",
    },
    limits=lambda: app.state.runtime.config.limits,
    metrics=lambda: app.state.runtime.metrics,
    probes=app,
)


def _configure_logs(settings: Settings) -> None:
    """Send BentoML's lines the way of ours, without the traceback that it logs for each bad body."""
    configure(settings)
    for name in ("bentoml", "uvicorn.error", "circus"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # One line for each request is enough, and the middleware's has the time.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    logging.getLogger("bentoml._internal.server.http_app").addFilter(_is_no_bad_body)


def _is_no_bad_body(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, ValidationError)
