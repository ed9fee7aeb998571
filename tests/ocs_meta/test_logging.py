"""A log line says what happened, without a secret, and without a traceback of what others did."""

from collections.abc import Mapping
from typing import Any

import pytest
import structlog
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, OperationalError
from kombu.exceptions import OperationalError as BrokerAway

from ocs_meta import logging

SECRETS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"access_token": "abc"}, {"access_token": "••••"}),
    ({"app_secret": "abc", "pin": "123456"}, {"app_secret": "••••", "pin": "••••"}),
    ({"api_key": "abc", "FIELD_ENCRYPTION_KEYS": "abc"}, {"api_key": "••••", "FIELD_ENCRYPTION_KEYS": "••••"}),
    ({"headers": {"Authorization": "Bearer abc"}}, {"headers": {"Authorization": "••••"}}),
    ({"event": "asked with Bearer abc.def and went"}, {"event": "asked with Bearer •••• and went"}),
    ({"url": "/v25.0/1/messages?access_token=abc&limit=1"}, {"url": "/v25.0/1/messages?access_token=••••&limit=1"}),
    ({"event": '{"appsecret_proof": "abc", "to": "1"}'}, {"event": '{"appsecret_proof": "••••", "to": "1"}'}),
    ({"event": "redis://user:abc@cache:6379/0 is away"}, {"event": "redis://user:••••@cache:6379/0 is away"}),
    ({"args": ["Bearer abc", 7]}, {"args": ["Bearer ••••", 7]}),
    ({"pinned": "x", "tokens": 3, "shipping": 1}, {"pinned": "x", "tokens": 3, "shipping": 1}),
]


@pytest.mark.parametrize(("event", "line"), SECRETS)
def test_secrets_are_masked_by_name_and_by_look(event: dict[str, Any], line: Mapping[str, Any]) -> None:
    assert logging.redact(structlog.get_logger(), "info", event) == line


def broken(exc: Exception, logger: str = "channels_app", level: str = "error") -> Mapping[str, Any]:
    event = {"event": "it broke\nand how", "exc_info": exc, "logger": logger, "level": level}
    line = logging.spare_tracebacks(structlog.get_logger(), level, event)
    assert isinstance(line, dict)
    return line


@pytest.mark.parametrize(
    "exc", [OperationalError("server closed\nthe connection"), BrokerAway("away"), ConnectionResetError()]
)
def test_what_is_away_is_one_line(exc: Exception) -> None:
    line = broken(exc)
    assert "exc_info" not in line
    assert line["event"] == "it broke"
    assert line["error"].startswith(type(exc).__name__)
    assert "\n" not in line["error"]


def test_a_clients_mistake_is_one_line() -> None:
    assert "exc_info" not in broken(SuspiciousOperation("host"), logger="django.security.DisallowedHost")
    assert "exc_info" not in broken(ValueError("body"), logger="django.request", level="warning")


@pytest.mark.parametrize("exc", [KeyError("ours"), IntegrityError("ours, too")])
def test_our_own_bugs_keep_their_traceback(exc: Exception) -> None:
    assert broken(exc, logger="django.request")["exc_info"] is exc
