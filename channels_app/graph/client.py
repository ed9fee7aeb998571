"""One method per Graph endpoint: plain values out, or a `GraphError`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO
from urllib.parse import urljoin

from channels_app.graph import hosts, wire
from channels_app.graph.answers import (
    MediaFacts,
    PhoneNumber,
    Sent,
    SubscribedApp,
    Template,
    TokenFacts,
    Uploaded,
    Waba,
    WebhookConfiguration,
)
from channels_app.graph.credentials import Credentials
from channels_app.graph.errors import AccountBlocked, BadRequest, Refused
from channels_app.graph.health import Health
from channels_app.graph.multipart import Multipart
from channels_app.graph.nodes import is_about_a_field, node
from channels_app.graph.transport import CONNECT_SECONDS, GRAPH, READ_SECONDS, Call, Transport
from channels_app.phrases import marked as _

MAX_PAGES = 100
PAGE_SIZE = "100"
NUMBER_BASICS = "id,display_phone_number,verified_name,quality_rating"
NUMBER_FIELDS = f"{NUMBER_BASICS},status,code_verification_status,platform_type,throughput,is_on_biz_app"
MOST_REDIRECTS = 2
UPLOAD_SECONDS = 120.0
TEMPLATE_FIELDS = "id,name,language,status,category,parameter_format,components"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphClient:
    """Speaks to Graph with one token; cheap to make, for connections belong to the transport.

    `base_url` is fixed by configuration and the only host ever spoken to. Each call carries `appsecret_proof` where
    the app secret is known, unless `proof` is off. Every method raises `GraphError`s and nothing else: `Unreachable`
    without an answer, `Refused` with Graph's. Times are in seconds.
    """

    base_url: str
    version: str
    token: str = field(repr=False)
    app_secret: str | None = field(default=None, repr=False)
    proof: bool = True
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS
    transport: Transport = field(default=GRAPH, repr=False, compare=False)

    def send_message(self, phone_number_id: str, payload: Mapping[str, Any]) -> Sent:
        """Have a message accepted; `OutcomeUnknown` means that it may have been.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
        """
        return Sent.read(self._post(f"{node(phone_number_id)}/messages", payload))

    def mark_read(self, phone_number_id: str, wamid: str, typing: bool) -> None:
        """Mark a participant's message as read and, if wished, show for up to 25 s that an answer is coming.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/typing-indicators
        """
        payload = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
        indicator = {"typing_indicator": {"type": "text"}} if typing else {}
        self._post(f"{node(phone_number_id)}/messages", {**payload, **indicator})

    def block(self, phone_number_id: str, user: Mapping[str, str]) -> None:
        """Block a user, `{"user": number}` or `{"user_id": id}`; only one who wrote within a day can be.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users
        """
        self._block_users("POST", phone_number_id, user)

    def unblock(self, phone_number_id: str, user: Mapping[str, str]) -> None:
        self._block_users("DELETE", phone_number_id, user)

    def media(self, media_id: str, phone_number_id: str) -> MediaFacts:
        """Where the file that somebody sent to this number is to be had, for five minutes.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
        """
        return MediaFacts.read(self._get(node(media_id), {"phone_number_id": node(phone_number_id)}))

    def download(self, url: str, into: BinaryIO, largest: int) -> None:
        """Write what is at `url` into a file, up to `largest` bytes. Our token goes to Meta's own hosts alone."""
        for _redirect in range(MOST_REDIRECTS + 1):
            credentials = self._credentials() if hosts.is_graph(url, self.base_url) else Credentials(self.token)
            answer = self.transport.fetch(Call(method="GET", url=url, credentials=credentials), into, largest)
            if answer.status == 200:
                return
            if answer.status not in (301, 302, 303, 307, 308):
                raise Refused.from_wire(answer.body, answer.status, answer.headers, credentials.secrets())
            url = urljoin(url, answer.headers.get("Location", ""))
        raise BadRequest(100, title=_("Its address leads on and on"))

    def upload(self, phone_number_id: str, file: BinaryIO, size: int, mime_type: str, filename: str) -> str:
        """Keep a file at Meta, piece by piece; gives its id, which lives 30 days and is this number's."""
        form = Multipart({"messaging_product": "whatsapp", "type": mime_type}, file, size, mime_type, filename)
        client = replace(self, read_seconds=UPLOAD_SECONDS)
        answer = client._answer("POST", f"{node(phone_number_id)}/media", {}, self._credentials(), form)
        return Uploaded.read(answer).id

    def waba(self, waba_id: str) -> Waba:
        answer = self._fields(node(waba_id), "id,name,owner_business_info", basics="id,name")
        return Waba.read(answer)

    def phone_numbers(self, waba_id: str) -> list[PhoneNumber]:
        """All numbers of an account, through all pages.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
        """
        path = f"{node(waba_id)}/phone_numbers"
        try:
            found = list(self._pages(path, {"fields": NUMBER_FIELDS}))
        except Refused as exc:
            if not is_about_a_field(exc):
                raise
            found = list(self._pages(path, {"fields": NUMBER_BASICS}))
        return [PhoneNumber.read(item) for item in found if item.get("id")]

    def phone_number(self, phone_number_id: str) -> PhoneNumber:
        return PhoneNumber.read(self._fields(node(phone_number_id), NUMBER_FIELDS, basics=NUMBER_BASICS))

    def templates(self, waba_id: str, name: str | None = None) -> list[Template]:
        """All templates of an account, or those of exactly this name, one for each language.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
        """
        query = {"fields": TEMPLATE_FIELDS, **({"name": name} if name is not None else {})}
        found = self._pages(f"{node(waba_id)}/message_templates", query)
        templates = [Template.read(item) for item in found if item.get("id")]
        return [template for template in templates if name in (None, template.name)]

    def subscribed_apps(self, waba_id: str) -> list[SubscribedApp]:
        """The apps that get this account's webhooks; without one nothing ever comes."""
        found = wire.mappings(self._get(f"{node(waba_id)}/subscribed_apps", {}).get("data"))
        return [SubscribedApp.read(item) for item in found if wire.mapping(item.get("whatsapp_business_api_data"))]

    def create_template(self, waba_id: str, template: Mapping[str, Any]) -> None:
        """Hand a template in for Meta's review.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
        """
        self._post(f"{node(waba_id)}/message_templates", template)

    def subscribe(self, waba_id: str, callback_url: str, verify_token: str) -> None:
        """Have the token's app hear of this account at `callback_url`, wherever its others go: Meta asks there first.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override
        """
        address = {"override_callback_uri": callback_url, "verify_token": verify_token}
        self._post(f"{node(waba_id)}/subscribed_apps", address)

    def register(self, phone_number_id: str, pin: str) -> None:
        """Let a number send. `pin`, six digits, becomes its PIN for two-step verification, or has to be the one it has.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/registration
        """
        payload = {"messaging_product": "whatsapp", "pin": pin}
        self._post(f"{node(phone_number_id)}/register", payload)

    def webhook_configuration(self, phone_number_id: str) -> WebhookConfiguration:
        """https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override"""
        return WebhookConfiguration.read(self._get(node(phone_number_id), {"fields": "webhook_configuration"}))

    def health_status(self, node_id: str) -> Health:
        """How a number, an account or a template is.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/support/health-status
        """
        return Health.read(self._get(node(node_id), {"fields": "health_status"}))

    def debug_token(self, input_token: str | None = None) -> TokenFacts:
        """What Meta knows of a token, by default our own; a bad one is no error but `is_valid` False.

        For another's token ours must be of the same app, or be the app's own, `<app id>|<app secret>`.
        https://developers.facebook.com/docs/graph-api/reference/debug_token
        """
        credentials = self._credentials(self.token if input_token is None else input_token)
        return TokenFacts.read(self._answer("GET", "debug_token", {}, credentials))

    def _block_users(self, method: str, phone_number_id: str, user: Mapping[str, str]) -> None:
        path = f"{node(phone_number_id)}/block_users"
        payload = {"messaging_product": "whatsapp", "block_users": [user]}
        self._answer(method, path, {}, self._credentials(), json.dumps(payload).encode())

    def _fields(self, path: str, fields: str, *, basics: str) -> Mapping[str, Any]:
        """One node; a single field that is not to be had fails the whole call, so then ask for the basics alone."""
        try:
            return self._get(path, {"fields": fields})
        except Refused as exc:
            if not is_about_a_field(exc):
                raise
        return self._get(path, {"fields": basics})

    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        """Every item of a list. Pages are asked for by cursor: an address that an answer names is not called."""
        after: dict[str, str] = {}
        for _page in range(MAX_PAGES):
            page = self._get(path, {**query, "limit": PAGE_SIZE, **after})
            yield from wire.mappings(page.get("data"))
            cursor = wire.cursor(wire.mapping(page.get("paging")))
            if not cursor or after == {"after": cursor}:
                return
            after = {"after": cursor}

    def _get(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        return self._answer("GET", path, query, self._credentials())

    def _post(self, path: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._answer("POST", path, {}, self._credentials(), json.dumps(payload).encode())

    def _credentials(self, input_token: str | None = None) -> Credentials:
        return Credentials(self.token, self.app_secret if self.proof else None, input_token)

    def _answer(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        credentials: Credentials,
        body: bytes | Multipart | None = None,
    ) -> Mapping[str, Any]:
        if not credentials.are_sendable():
            raise AccountBlocked(
                190, title=_("This is no access token"), detail=_("It is empty, or holds spaces or the like.")
            )
        answer = self.transport.exchange(
            Call(
                method=method,
                url=f"{self.base_url.rstrip('/')}/{self.version}/{path}",
                credentials=credentials,
                params=query,
                body=body,
                connect_seconds=self.connect_seconds,
                read_seconds=self.read_seconds,
            )
        )
        document = wire.document(answer.body)
        if answer.status < 300 and document is not None and not document.get("error"):
            return document
        raise Refused.from_wire(answer.body, answer.status, answer.headers, credentials.secrets())
