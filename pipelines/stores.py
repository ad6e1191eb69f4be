"""The stores of a deployment, opened from its settings."""

from configs.errors import ModelNotFoundError
from configs.settings import Settings
from models.registry import Registry, Version
from pipelines.runtime import tracking_url
from pipelines.tracking import Tracking


def open_registry(settings: Settings) -> Registry:
    """The registered models."""
    return Registry(tracking_url(settings), artifacts_folder=settings.artifacts_folder)


def open_tracking(settings: Settings) -> Tracking:
    """The runs."""
    return Tracking(tracking_url(settings), artifacts_folder=settings.artifacts_folder)


def champion_of(registry: Registry, model: str) -> Version | None:
    """The version that serves now, or None where none was promoted yet."""
    try:
        return registry.resolve(model, alias="champion")
    except ModelNotFoundError:
        return None
