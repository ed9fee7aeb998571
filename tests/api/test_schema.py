"""The description of the API."""

from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema


@pytest.fixture(scope="module")
def schema() -> Any:
    reset_generator_stats()
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


def test_is_made_without_a_warning(schema: Any) -> None:
    assert not GENERATOR_STATS
    validate_schema(schema)  # type: ignore[no-untyped-call]


KEPT = ("providers", "ai-providers", "chatbots", "channels")


def test_has_every_address_and_nothing_else(schema: Any) -> None:
    each = {name: {f"/api/v1/{name}/", f"/api/v1/{name}/{{id}}/"} for name in KEPT}
    read = {name: {f"/api/v1/{name}/", f"/api/v1/{name}/{{id}}/"} for name in ("conversations", "messages")}
    actions = {"providers/{id}/check", "providers/{id}/mend", "conversations/{id}/block", "conversations/{id}/unblock"}
    each["media"] = {"/api/v1/media/", "/api/v1/media/{id}/"}
    expected = set().union(*each.values(), *read.values(), {f"/api/v1/{name}/" for name in actions})
    assert set(schema["paths"]) == expected


def test_names_the_refusals_of_every_operation(schema: Any) -> None:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert {"401", "429"} <= operation["responses"].keys()
            if method in ("post", "patch"):
                assert "400" in operation["responses"]
            if "{id}" in path:
                assert "404" in operation["responses"]
    assert "409" in schema["paths"]["/api/v1/messages/"]["post"]["responses"]
    assert "202" in schema["paths"]["/api/v1/messages/"]["post"]["responses"]
    assert "409" in schema["paths"]["/api/v1/providers/{id}/"]["delete"]["responses"]


def test_names_the_filters(schema: Any) -> None:
    names = {parameter["name"] for parameter in schema["paths"]["/api/v1/messages/"]["get"]["parameters"]}
    assert names == {"channel", "conversation", "participant", "direction", "status", "cursor", "page_size"}


def test_needs_the_key_of_a_team(schema: Any) -> None:
    (scheme,) = schema["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def test_is_served_with_its_page(client: Client, db: None) -> None:
    assert client.get("/api/schema/", {"format": "json"}).json()["info"]["title"] == "OCS Meta"
    assert b"swagger" in client.get("/api/docs/").content.lower()
