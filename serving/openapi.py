"""BentoML's description of the endpoints, with the errors as they really are."""

from typing import Any

from serving.schemas import ErrorResponse

_ERROR_SCHEMAS = ("InvalidArgument", "NotFound", "InternalServerError", "HTTPValidationError", "ValidationError")
_OK = "200"


def describe(spec: dict[str, Any], *, title: str, version: str) -> dict[str, Any]:
    """Correct a description.

    Args:
        spec: of all endpoints, as BentoML writes it.
        title: of the service.
        version: of the service.
    """
    error = ErrorResponse.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = {name: schema for name, schema in spec["components"]["schemas"].items() if name not in _ERROR_SCHEMAS}
    schemas |= error.pop("$defs") | {"ErrorResponse": error}
    paths = {path: operations for path, operations in spec["paths"].items() if path != "/healthz"}  # deprecated
    for operations in paths.values():
        for operation in operations.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"] = _responses(operation["responses"])
    return spec | {"info": {"title": title, "version": version}, "paths": paths, "components": {"schemas": schemas}}


def _responses(given: dict[str, Any]) -> dict[str, Any]:
    """Keep the success, and say that every error has one shape."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}
    success = {str(code): response for code, response in given.items() if str(code) == _OK}
    return {**success, "default": {"description": "An error; 4xx is the caller's.", "content": content}}
