"""The mounted FastAPI app: what BentoML's own routes, which are POST with JSON only, cannot do."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import Depends, FastAPI, File, Request, Response, UploadFile
from fastapi.responses import PlainTextResponse

from configs.errors import InputError
from serving import schemas
from serving.errors import NotReadyError
from serving.runtime import Runtime
from templates.engine import formats_here
from templates.manifest import NAME_PATTERN
from templates.theme import theme_names

_TEMPLATE_NAME = re.compile(rf"{NAME_PATTERN}(@[0-9A-Za-z.+-]{{1,32}})?")
_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


WithRuntime = Annotated[Runtime, Depends(_runtime)]


def create_app(openapi: Callable[[], dict[str, Any]]) -> FastAPI:
    """Make the app; the service sets `app.state.runtime` when it starts.

    Args:
        openapi: describes all endpoints, BentoML's and the app's.
    """
    app = FastAPI(title="Colophon", version=version("colophon"), openapi_url=None)
    _add_facts(app, openapi)
    _add_documents(app)
    _add_probes(app)
    return app


def _add_facts(app: FastAPI, openapi: Callable[[], dict[str, Any]]) -> None:
    @app.get("/", include_in_schema=False)
    async def index() -> dict[str, str]:
        return {"name": app.title, "version": app.version, "openapi": "/docs.json"}

    @app.get("/docs.json", include_in_schema=False)
    async def docs() -> dict[str, Any]:
        return openapi()

    @app.get("/models")
    async def models(runtime: WithRuntime) -> schemas.ModelsResponse:
        """The served models: which version answers, and what is in the way of a newer one."""
        endpoints = runtime.config.endpoints.model_dump()
        infos = [
            schemas.ModelInfo(
                **asdict(model), default_of=[endpoint for endpoint, name in endpoints.items() if name == model.name]
            )
            for model in runtime.models.statuses()
        ]
        return schemas.ModelsResponse(models=infos)

    @app.get("/templates")
    async def templates(runtime: WithRuntime) -> schemas.TemplatesResponse:
        """The templates that can be rendered."""
        infos = [
            schemas.TemplateInfo(
                name=manifest.name,
                version=manifest.version,
                title=manifest.title,
                description=manifest.description,
                formats=list(formats_here(manifest)),
                passages=[passage.name for passage in manifest.passages],
            )
            for manifest in await asyncio.to_thread(runtime.templates.templates)
        ]
        broken = await asyncio.to_thread(runtime.templates.broken_templates)
        problems = [schemas.BrokenTemplate(name=name, problem=str(error)) for name, error in broken.items()]
        return schemas.TemplatesResponse(templates=infos, broken=problems)


def _add_documents(app: FastAPI) -> None:
    @app.post("/render", response_class=Response)
    async def render(request: schemas.RenderRequest, runtime: WithRuntime) -> Response:
        """Write a document, seal it, and answer with the file."""
        if not _TEMPLATE_NAME.fullmatch(request.template):
            raise InputError(
                "Expected the name of a template.", where="template", hint="GET /templates lists the names."
            )
        if request.theme is not None and not re.fullmatch(NAME_PATTERN, request.theme):
            raise InputError("Expected the name of a theme.", where="theme", hint=f"Known: {', '.join(theme_names())}.")
        document = await runtime.render(request)
        headers = {
            "Content-Disposition": f'attachment; filename="{document.filename}"',
            "X-Content-Digest": f"sha256:{document.content_digest}",
            "X-Sealed-Digest": f"sha256:{document.sealed_digest}",
        }
        return Response(document.content, media_type=document.media_type, headers=headers)

    @app.post("/verify")
    async def verify(file: Annotated[UploadFile, File()], runtime: WithRuntime) -> schemas.VerifyResponse:
        """Say whether a DOCX or PDF is as it was sealed, and what its colophon says."""
        verification = await runtime.verify(await file.read())
        return schemas.VerifyResponse(
            genuine=verification.genuine,
            verdict=verification.verdict,
            reason=verification.reason,
            manifest=dict(verification.manifest) if verification.manifest is not None else None,
            content_digest=verification.content_digest,
            key_id=verification.key_id,
        )


def _add_probes(app: FastAPI) -> None:
    @app.get("/livez")
    @app.get("/healthz", include_in_schema=False)
    async def livez() -> dict[str, bool]:
        """Answers as long as the process does."""
        return {"live": True}

    @app.get("/readyz")
    async def readyz(runtime: WithRuntime) -> schemas.ReadyResponse:
        """200 once each model answers or waits for its first version; until then 503."""
        states = {model.name: model.state for model in runtime.models.statuses()}
        loading = [name for name, state in states.items() if state == "loading"]
        if loading:
            raise NotReadyError(f"Loading: {', '.join(loading)}.")
        return schemas.ReadyResponse(ready=True, models=states)

    @app.get("/metrics", response_class=PlainTextResponse)
    async def metrics(runtime: WithRuntime) -> Response:
        """What Prometheus reads."""
        return Response(runtime.metrics.text(), media_type=_METRICS_TYPE)
