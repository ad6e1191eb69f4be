"""Structured logs: for people on a terminal, JSON for machines, with the request or run they belong to."""

import logging
import sys
from typing import Any

import structlog

from configs.settings import Settings

_OUR_PACKAGES = ("configs", "evaluation", "models", "pipelines", "serving", "templates")


def configure(settings: Settings) -> None:
    """Send our logs and those of libraries to stderr in one format."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.types.Processor
    if settings.log_format == "json":
        renderer = structlog.processors.JSONRenderer()
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # What libraries tell below a warning is about their work, not about the user's.
    root.setLevel(logging.WARNING)
    for name in _OUR_PACKAGES:
        logging.getLogger(name).setLevel(settings.log_level.upper())


def get_logger(name: str) -> Any:
    """Give the logger of a module; call it with an event and keyword fields."""
    return structlog.get_logger(name)


def bind(**fields: str) -> None:
    """Add fields (`run_id`, `request_id`) to every log line of this task or thread."""
    structlog.contextvars.bind_contextvars(**fields)


def unbind(*names: str) -> None:
    """Take fields away again."""
    structlog.contextvars.unbind_contextvars(*names)
