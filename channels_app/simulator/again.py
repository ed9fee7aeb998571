"""Whether a message has been here before: a fault for the next message is not for one that is tried again."""

import re
from collections.abc import Mapping
from typing import Any

from channels_app.graph import wire
from channels_app.simulator.models import SimulatedExchange, SimulatedFault, SimulatedNumber, Wire

CALLBACK = "biz_opaque_callback_data"
OURS = re.compile(r"([0-9a-f]{32})\.[0-9a-f]{32}")
"""A callback of the product's: a message, and the attempt to send it."""
LOOKED_AT = 200
TAKEN = 200

Json = Mapping[str, Any]


def is_spared(fault: SimulatedFault, number: SimulatedNumber, body: Json) -> bool:
    """Whether `fault` passes by a message: one that is counted does so where it was tried before `fault` was on.

    What was tried is known from the wire log; without one, every message is new.
    """
    if fault.remaining is None:
        return False
    calls = SimulatedExchange.objects.filter(number=number, wire=Wire.GRAPH, path__contains="/messages")
    tried = calls.filter(created_at__lt=fault.created_at).order_by("-id").values_list("sent", "status")
    return any(_is_same(wire.mapping(sent), status, body) for sent, status in tried[:LOOKED_AT])


def _is_same(sent: Json, status: int | None, body: Json) -> bool:
    """By the callback, where it is the product's; else by all the rest, where Meta refused that."""
    ours = OURS.fullmatch(wire.text(body.get(CALLBACK)))
    if ours:
        return wire.text(sent.get(CALLBACK)).startswith(ours[1])
    return status != TAKEN and _rest(sent) == _rest(body)


def _rest(body: Json) -> Json:
    return {name: value for name, value in body.items() if name != CALLBACK}
