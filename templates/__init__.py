"""Documents from templates and data: see `DocumentEngine`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from templates.engine import DocumentEngine, RenderedDocument

__all__ = ["DocumentEngine", "RenderedDocument"]


def __getattr__(name: str) -> Any:
    # On demand, so that who only checks a seal (`templates.colophon`) does not load the whole engine.
    if name in __all__:
        from templates import engine

        return getattr(engine, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
