"""The wire log: every call of Graph's and every webhook, both ways, and no secret in any of it."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError

from channels_app.graph.signature import appsecret_proof
from channels_app.models import SIMULATED, Provider
from channels_app.simulator.models import SimulatedExchange, SimulatedNumber, Wire

log = structlog.get_logger(__name__)

KEPT = 2000
"""For each team, and some more until it is looked after them."""
PRUNED_EVERY = 100
LONGEST = 20_000
MASK = "••••"
A_FILE = "A file"
"""What a remark begins with that is no complaint: what was answered is too much to be kept."""
WAMID = "wamid."
SECRET = frozenset(
    {"access_token", "appsecret_proof", "app_secret", "authorization", "client_secret", "input_token", "pin"}
    | {"verify_token", "hub.verify_token", "fb_exchange_token"}
)
IN_FORMS = re.compile(rf"\b({'|'.join(map(re.escape, sorted(SECRET)))})=[^&\s]+", re.IGNORECASE)
SHOWN_HEADERS = ("Authorization", "Content-Type", "User-Agent", "X-Hub-Signature-256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request as it went over the wire, and what came back: no `status` where nothing did."""

    wire: Wire
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: bytes = b""
    status: int | None = None
    received: bytes = b""
    remark: str = ""
    seconds: float = 0


def is_kept() -> bool:
    """Whether there is a log at all: a load run does without, for it costs a row for each call."""
    return bool(settings.SIMULATOR_WIRE_LOG)


def note(team_id: UUID, number: SimulatedNumber | None, exchange: Exchange) -> None:
    """Keep `exchange` among the newest of the team's; the call itself does not suffer where that fails."""
    if not is_kept():
        return
    try:
        row = _row(exchange, _secrets(team_id))
        row.team_id, row.number = team_id, number
        row.save()
        if row.pk % PRUNED_EVERY == 0:
            prune(team_id)
    except (DatabaseError, RecursionError) as exc:
        log.warning("exchange_not_noted", error=type(exc).__name__)


def prune(team_id: UUID) -> None:
    """Keep the newest of the team's alone."""
    rows = SimulatedExchange.objects.filter(team=team_id)
    oldest = rows.order_by("-id").values_list("id", flat=True)[KEPT - 1 : KEPT].first()
    if oldest is not None:
        rows.filter(pk__lt=oldest).delete()


def _row(exchange: Exchange, secrets: list[str]) -> SimulatedExchange:
    headers = {name: value for name in SHOWN_HEADERS if (value := exchange.headers.get(name))}
    sent, received = _read(exchange.sent), _read(exchange.received)
    return SimulatedExchange(
        wire=exchange.wire,
        method=exchange.method[:10],
        path=str(_masked(exchange.path, secrets))[:500],
        query=_masked(dict(exchange.query), secrets),
        headers=_masked(headers, secrets),
        sent=_masked(sent, secrets),
        status=exchange.status,
        received=_masked(received, secrets),
        remark=exchange.remark,
        wamids="\n".join(dict.fromkeys([*_wamids(sent), *_wamids(received)])),
        milliseconds=round(exchange.seconds * 1000),
    )


def _read(body: bytes) -> Any:
    """The JSON that `body` is; else its text, or how long it is where it is neither."""
    if not body:
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return f"{len(body)} bytes"
    try:
        return json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return text


def _masked(found: Any, secrets: list[str]) -> Any:
    """`found` as a database can keep it and anybody may see it."""
    match found:
        case dict():
            return {
                str(_masked(name, secrets)): MASK if str(name).lower() in SECRET else _masked(value, secrets)
                for name, value in found.items()
            }
        case list():
            return [_masked(each, secrets) for each in found]
        case str():
            for secret in secrets:
                found = found.replace(secret, MASK)
            found = IN_FORMS.sub(rf"\1={MASK}", found)
            return found.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode()[:LONGEST]
        case float() if not math.isfinite(found):
            return str(found)
        case _:
            return found


def _secrets(team_id: UUID) -> list[str]:
    """Whatever may not be seen, in each form that it may have on the wire, the longest first."""
    found: set[str] = set()
    for provider in Provider.objects.for_team(team_id).filter(kind=SIMULATED):
        for secret in (provider.app_secret, provider.former_app_secret):
            found |= {secret, appsecret_proof(provider.access_token, secret)} if secret else set()
        found |= {provider.access_token, provider.verify_token}
    forms = {form for secret in found if secret for form in _forms(secret)}
    return sorted(forms, key=len, reverse=True)


def _forms(secret: str) -> Iterable[str]:
    escaped = json.dumps(secret)[1:-1]
    return (secret, quote(secret, safe=""), quote(secret), quote_plus(secret), escaped, escaped.replace("/", "\\/"))


def _wamids(found: Any) -> Iterator[str]:
    match found:
        case dict():
            for value in found.values():
                yield from _wamids(value)
        case list():
            for value in found:
                yield from _wamids(value)
        case str() if found.startswith(WAMID):
            yield found[:255]
