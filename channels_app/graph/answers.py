"""What Graph answers, as plain values. A text that Graph left out is "" here, a fact it left out is None."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from channels_app.graph import wire
from channels_app.graph.errors import OutcomeUnknown, Refused

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that Graph accepted, which is not to say delivered.

    `wa_id` is the participant's id as webhooks will spell it, absent when sent to a user id.
    """

    wamid: str
    wa_id: str | None = None
    user_id: str | None = None
    message_status: str | None = None

    @classmethod
    def read(cls, answer: Item) -> Self:
        """Raises `OutcomeUnknown` where the answer names no message."""
        message = next(iter(wire.mappings(answer.get("messages"))), {})
        contact = next(iter(wire.mappings(answer.get("contacts"))), {})
        return cls(
            wamid=_id(message),
            wa_id=wire.text(contact.get("wa_id")) or None,
            user_id=wire.text(contact.get("user_id")) or None,
            message_status=wire.text(message.get("message_status")) or None,
        )


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """Where a file is to be had, for five minutes. `sha256` is hex, "" where Graph does not say it."""

    url: str
    mime_type: str = ""
    sha256: str = ""

    @classmethod
    def read(cls, answer: Item) -> Self:
        named = {name: wire.text(answer.get(name)) for name in ("url", "mime_type", "sha256")}
        return cls(named["url"], named["mime_type"], named["sha256"].lower())


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that Graph keeps for us."""

    id: str

    @classmethod
    def read(cls, answer: Item) -> Self:
        return cls(_id(answer))


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number of a WhatsApp Business Account. `throughput_level`: STANDARD is 80 messages a second, HIGH 1000."""

    id: str
    display_phone_number: str
    verified_name: str = ""
    quality_rating: str | None = None
    status: str | None = None
    code_verification_status: str | None = None
    platform_type: str | None = None
    throughput_level: str | None = None
    is_on_biz_app: bool | None = None

    @property
    def may_be_registered(self) -> bool:
        """Whether it wants nothing but to be registered; one that the Business app uses is so by itself."""
        is_idle = self.platform_type == "NOT_APPLICABLE" or self.status in ("PENDING", "DISCONNECTED")
        return is_idle and self.status != "CONNECTED" and not self.is_on_biz_app

    @classmethod
    def read(cls, item: Item) -> Self:
        on_biz_app = item.get("is_on_biz_app")
        return cls(
            id=_id(item),
            display_phone_number=wire.text(item.get("display_phone_number")),
            verified_name=wire.text(item.get("verified_name")),
            quality_rating=wire.text(item.get("quality_rating")) or None,
            status=wire.text(item.get("status")) or None,
            code_verification_status=wire.text(item.get("code_verification_status")) or None,
            platform_type=wire.text(item.get("platform_type")) or None,
            throughput_level=wire.text(wire.mapping(item.get("throughput")).get("level")) or None,
            is_on_biz_app=on_biz_app if isinstance(on_biz_app, bool) else None,
        )


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a template. `type`: HEADER, BODY, FOOTER, BUTTONS; `format` (of a header): TEXT, IMAGE and so on.

    `variables` are all that stand in it, in a button's address too, in order: names, or "1", "2" and so on.
    """

    type: str
    format: str = ""
    text: str = ""
    variables: tuple[str, ...] = ()

    @classmethod
    def read(cls, item: Item) -> Self:
        text = wire.text(item.get("text"))
        addresses = [wire.text(button.get("url")) for button in wire.mappings(item.get("buttons"))]
        return cls(
            type=wire.text(item.get("type")).upper(),
            format=wire.text(item.get("format")).upper(),
            text=text,
            variables=tuple(re.findall(r"\{\{\s*(\w+)\s*\}\}", "\n".join([text, *addresses]))),
        )


@dataclass(frozen=True, slots=True)
class Template:
    """A template in one language. `parameter_format` is NAMED or POSITIONAL."""

    id: str
    name: str
    language: str
    status: str
    category: str
    parameter_format: str = "POSITIONAL"
    components: tuple[Component, ...] = ()

    @classmethod
    def read(cls, item: Item) -> Self:
        return cls(
            id=_id(item),
            name=wire.text(item.get("name")),
            language=wire.text(item.get("language")),
            status=wire.text(item.get("status")).upper(),
            category=wire.text(item.get("category")).upper(),
            parameter_format=wire.text(item.get("parameter_format")).upper() or "POSITIONAL",
            components=tuple(Component.read(component) for component in wire.mappings(item.get("components"))),
        )

    @property
    def body(self) -> Component | None:
        return next((component for component in self.components if component.type == "BODY"), None)


@dataclass(frozen=True, slots=True)
class Waba:
    """A WhatsApp Business Account; the portfolio that owns it gives user ids their scope."""

    id: str
    name: str
    owner_business_id: str | None = None

    @classmethod
    def read(cls, item: Item) -> Self:
        owner = wire.mapping(item.get("owner_business_info"))
        return cls(_id(item), wire.text(item.get("name")), wire.text(owner.get("id")) or None)


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What `debug_token` says. `expires_at` is None for a token that never does.

    `target_ids` has, for each scope, the accounts it was granted for; None stands for all that the token may see.
    """

    app_id: str
    is_valid: bool
    expires_at: datetime | None
    scopes: frozenset[str]
    target_ids: Mapping[str, frozenset[str] | None]
    error: Refused | None = None

    @classmethod
    def read(cls, answer: Item) -> Self:
        facts = wire.mapping(answer.get("data"))
        granted = {
            wire.text(grant.get("scope")): grant.get("target_ids") for grant in _listed(facts, "granular_scopes")
        }
        scopes = facts.get("scopes")
        return cls(
            app_id=wire.text(facts.get("app_id")),
            is_valid=facts.get("is_valid") is True,
            expires_at=wire.moment(facts.get("expires_at")),
            scopes=frozenset(map(wire.text, scopes if isinstance(scopes, list) else [])) | frozenset(granted),
            target_ids={
                scope: frozenset(map(wire.text, ids)) if isinstance(ids, list) else None
                for scope, ids in granted.items()
            },
            error=Refused.from_webhook(facts["error"]) if facts.get("error") else None,
        )


@dataclass(frozen=True, slots=True)
class SubscribedApp:
    """An app that gets the webhooks of a WhatsApp Business Account."""

    id: str
    name: str
    override_callback_uri: str | None = None

    @classmethod
    def read(cls, item: Item) -> Self:
        app = wire.mapping(item.get("whatsapp_business_api_data"))
        return cls(_id(app), wire.text(app.get("name")), wire.text(item.get("override_callback_uri")) or None)


@dataclass(frozen=True, slots=True)
class WebhookConfiguration:
    """Where the webhooks of a number go: the first of these that is set."""

    phone_number: str | None = None
    whatsapp_business_account: str | None = None
    application: str | None = None

    @classmethod
    def read(cls, answer: Item) -> Self:
        found = wire.mapping(answer.get("webhook_configuration"))
        return cls(*(wire.text(found.get(level)) or None for level in cls.__dataclass_fields__))


def _listed(item: Item, name: str) -> list[Item]:
    return wire.mappings(item.get(name))


def _id(item: Item) -> str:
    found = wire.text(item.get("id"))
    if not found:
        raise OutcomeUnknown("an answer without the id it should have", 200)
    return found
