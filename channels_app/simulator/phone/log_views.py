"""The wire log at /simulator/log/, newest first."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from channels_app.graph import wire
from channels_app.simulator import wirelog
from channels_app.simulator.models import SimulatedExchange, SimulatedMessage, SimulatedNumber
from channels_app.simulator.phone import access, screen
from channels_app.simulator.phone.views import SimulatorView

PAGE = 50
ASKED = ("number", "wamid", "message", "before")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One exchange; `gist` says what it is about, `anchors` which messages it is the newest word of."""

    row: SimulatedExchange
    number: str
    gist: str
    sent: str
    received: str
    anchors: Sequence[str]
    is_fine: bool


class WireLog(SimulatorView):
    """All that passed, from `before` on backwards: of one number with `number`, about one message with `wamid`.

    `message` names that message by the primary key of its bubble.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "").replace("\0", "")[:255] for name in ASKED}
        numbers = access.numbers_for(request).order_by("account__team__name", "id")
        wamid = asked["wamid"] or _wamid_of(request, asked["message"])
        rows = SimulatedExchange.objects.filter(team__in=access.teams_for(request).values("pk"))
        if asked["number"]:
            rows = rows.filter(number__phone_number_id=asked["number"])
        if wamid or asked["message"]:
            rows = rows.filter(wamids__contains=wamid) if wamid else rows.none()
        if before := _key(asked["before"]):
            rows = rows.filter(pk__lt=before)
        found = list(rows.select_related("number")[: PAGE + 1])
        context = {
            "is_alone": settings.SIMULATOR_ALONE,
            "is_kept": wirelog.is_kept(),
            "lines": _lines(found[:PAGE]),
            "numbers": [screen.choice(each) for each in numbers],
            "chosen": asked["number"],
            "wamid": wamid,
            "nothing": _nothing(asked, numbers, wamid),
            "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        }
        return render(request, "simulator/log.html", context)


def _nothing(asked: Mapping[str, str], numbers: QuerySet[SimulatedNumber], wamid: str) -> str:
    """What is said where there is no line."""
    if asked["number"] and not numbers.filter(phone_number_id=asked["number"]).exists():
        return "No number here has this id."
    if asked["message"] and not wamid:
        return "That message is not here, or not any more."
    return "Nothing yet."


def _wamid_of(request: HttpRequest, message: str) -> str:
    theirs = SimulatedMessage.objects.filter(number__in=access.numbers_for(request), pk=_key(message))
    return theirs.values_list("wamid", flat=True).first() or ""


def _key(asked: str) -> int:
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0


def _lines(rows: Sequence[SimulatedExchange]) -> list[Line]:
    lines, anchored = [], set[str]()
    for row in rows:
        wamids = [wamid for wamid in row.wamids.split("\n") if wamid and wamid not in anchored]
        anchored |= set(wamids)
        lines.append(
            Line(
                row=row,
                number=screen.display(row.number) if row.number else "",
                gist=_gist(row.sent),
                sent=_pretty(row.sent),
                received=_pretty(row.received),
                anchors=wamids,
                is_fine=row.status is not None and row.status < 400 and not _is_complaint(row.remark),
            )
        )
    return lines


def _is_complaint(remark: str) -> bool:
    return bool(remark) and not remark.startswith(wirelog.A_FILE)


def _gist(sent: Any) -> str:
    """What a message or a webhook is: its types, or the statuses that it tells of; "" of other calls."""
    body = wire.mapping(sent)
    if "messaging_product" in body:
        return wire.text(body.get("status")) or wire.text(body.get("type"))
    said: list[str] = []
    for entry in wire.mappings(body.get("entry")):
        for change in wire.mappings(entry.get("changes")):
            value = wire.mapping(change.get("value"))
            said += [wire.text(each.get("type")) for each in wire.mappings(value.get("messages"))]
            said += [wire.text(each.get("status")) for each in wire.mappings(value.get("statuses"))]
            said += [wire.text(change.get("field"))] if not value.keys() & {"messages", "statuses"} else []
    return ", ".join(said)[:80]


def _pretty(found: Any) -> str:
    if found is None:
        return ""
    return found if isinstance(found, str) else json.dumps(found, indent=2, ensure_ascii=False)
