"""The description of the API, for OpenAPI: what every operation may answer besides what it says itself."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

SENTENCE = {"type": "object", "properties": {"detail": {"type": "string"}}, "required": ["detail"]}
BY_FIELD = {
    "type": "object",
    "additionalProperties": {"oneOf": [{"type": "array", "items": {}}, {"type": "object"}, {"type": "string"}]},
}
RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
IN_USE = "It is in use, or an Idempotency-Key was used before with another body."


class TeamKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "channels_app.teams.access.TeamKeyAuthentication"
    name = "teamKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key of a team."}


class Schema(AutoSchema):
    """Adds the refusals that all operations have in common."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation is None:
            return None
        answers = operation["responses"]
        answers["401"] = _answer("No API key, or none that is valid.", SENTENCE)
        answers["429"] = _answer("Too many requests within this minute.", SENTENCE) | {"headers": RETRY_AFTER}
        if method in ("POST", "PATCH"):
            answers["400"] = _answer("For each field: what is wrong, and what to do.", BY_FIELD)
            answers["413"] = _answer("The body is too large.", SENTENCE)
            answers["415"] = _answer("The body is not application/json.", SENTENCE)
        elif "{id}" not in path:
            answers["400"] = _answer("A filter cannot be read.", BY_FIELD)
            answers["404"] = _answer("There is no such page.", SENTENCE)
        if "{id}" in path:
            answers["404"] = _answer("This team has nothing of that id.", SENTENCE)
        if method == "DELETE" or (path.endswith("/messages/") and method == "POST"):
            answers["409"] = _answer(IN_USE, SENTENCE)
        return operation


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
