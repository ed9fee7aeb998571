"""A call, as the answers to it want it: who makes it, about what, and with what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from channels_app.simulator.graph import refusals
from channels_app.simulator.graph.access import Caller
from channels_app.simulator.models import SimulatedAccount, SimulatedMedia, SimulatedNumber, SimulatedTemplate

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`body` is what came as JSON or as a form, `url` the address without its query."""

    caller: Caller
    method: str
    node: str
    query: Mapping[str, str]
    body: Json
    url: str
    file: "UploadedFile[Any] | None" = None

    @property
    def account(self) -> SimulatedAccount:
        return self.caller.account

    @property
    def number(self) -> SimulatedNumber:
        """The number that was named. Raises `Refusal` where something else was."""
        return self.caller.require_number(self.method)

    @property
    def template(self) -> SimulatedTemplate:
        if self.caller.template is None:
            raise refusals.unknown_object(self.method, self.node)
        return self.caller.template

    @property
    def media(self) -> SimulatedMedia:
        if self.caller.media is None:
            raise refusals.unknown_object(self.method, self.node)
        return self.caller.media

    def require_product(self) -> None:
        """Raises `Refusal` where the body does not say that it is about WhatsApp."""
        if self.body.get("messaging_product") != "whatsapp":
            raise refusals.missing("messaging_product")
