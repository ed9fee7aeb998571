"""Meta's Cloud API, speaking for one provider."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import BinaryIO, Self, TypeVar

from django.conf import settings

from channels_app.errors import AccessLost, GiveUp, OutcomeUnknown, Problem, TryLater
from channels_app.gateways.base import ApprovedTemplate, Check, Fetched, OwnNumber, Sent
from channels_app.gateways.meta import checkup, remedies
from channels_app.gateways.meta.credentials import Credentials
from channels_app.gateways.meta.verdicts import verdict
from channels_app.gateways.meta.writing import payload
from channels_app.graph.answers import PhoneNumber
from channels_app.graph.client import GraphClient
from channels_app.graph.errors import GraphError, ProofInvalid, ProofRequired, Refused
from channels_app.graph.transport import GRAPH, Transport
from channels_app.messages import Address, Outbound
from channels_app.models import Provider
from channels_app.models.holding import let_go
from channels_app.phrases import marked as _

T = TypeVar("T")

SOON = 10.0
"""Seconds of silence that a person who waits for the answer has to bear."""

SENDABLE = frozenset({"APPROVED", "REINSTATED", "FLAGGED"})
SHARED_WITH_BUSINESS_APP = 20
THROUGHPUT = {"STANDARD": 80, "HIGH": 1000}
NOBODY = Problem(
    code=0,
    title=_("There is nobody to send this to."),
    detail=_("The participant has neither a phone number nor a user id."),
    advice=_("Write to the person's number."),
)

OFF = Problem(
    code=0,
    title=_("The simulator is switched off."),
    detail=_("Providers of the type simulated reach nobody here."),
    advice=_("Set SIMULATOR=true, or give the channel a provider of another type."),
)


def _soon(client: GraphClient) -> GraphClient:
    return replace(client, read_seconds=SOON)


class MetaGateway:
    """A `Gateway`. Cheap to make: connections belong to the process.

    Where Meta calls our proof of the app secret invalid, the call is made once more without one. If that helps,
    `on_proof_refused` is told, so that the next gateway made for this provider need not learn it again.
    """

    def __init__(
        self,
        credentials: Credentials,
        on_proof_refused: Callable[[], None] = lambda: None,
        transport: Transport = GRAPH,
    ) -> None:
        self.credentials = credentials
        self._on_proof_refused = on_proof_refused
        self._transport = transport
        self._client = credentials.client(transport)

    @classmethod
    def for_provider(cls, provider: Provider) -> Self:
        credentials = Credentials(
            provider_id=str(provider.pk),
            waba_id=provider.waba_id,
            token=provider.access_token,
            app_secret=provider.app_secret,
            app_id=provider.app_id,
            base_url=cls.base_url(),
            version=settings.GRAPH_API_VERSION,
            proof=not provider.proof_refused,
            template_language=provider.template_language,
        )
        return cls(credentials, partial(_remember_refused_proof, provider))

    @classmethod
    def base_url(cls) -> str:
        """The one host that gets the tokens of these providers."""
        return str(settings.GRAPH_API_URL)

    def send(self, phone_number_id: str, recipient: Address, message: Outbound, callback: str) -> Sent:
        """Have `message` accepted. `callback`, up to 512 characters, comes back with every status of it."""
        if not recipient:
            raise GiveUp(NOBODY)
        body = payload(recipient, message, callback)
        sent = self._call(lambda client: client.send_message(phone_number_id, body))
        return Sent(external_id=sent.wamid, recipient=Address(wa_id=sent.wa_id, user_id=sent.user_id))

    def mark_read(self, phone_number_id: str, external_id: str, *, typing: bool) -> None:
        """Mark a participant's message as read and, if wished, show for up to 25 s that an answer is coming."""
        self._call(lambda client: client.mark_read(phone_number_id, external_id, typing))

    def block(self, phone_number_id: str, person: Address) -> None:
        """Hear no more of `person` at this number. They must have written within a day."""
        self._call(lambda client: client.block(phone_number_id, _user(person)))

    def unblock(self, phone_number_id: str, person: Address) -> None:
        self._call(lambda client: client.unblock(phone_number_id, _user(person)))

    def download(self, phone_number_id: str, media_id: str, into: BinaryIO, largest: int) -> Fetched:
        """Write a file that somebody sent into `into`, up to `largest` bytes. Its address is asked for anew."""

        def fetch(client: GraphClient) -> Fetched:
            facts = client.media(media_id, phone_number_id)
            client.download(facts.url, into, largest)
            return Fetched(mime_type=facts.mime_type, sha256=facts.sha256)

        return self._call(fetch)

    def upload(self, phone_number_id: str, file: BinaryIO, size: int, mime_type: str, filename: str) -> str:
        """Keep a file at Meta; gives its id there, good for 30 days and this number alone.

        Nothing was sent to anybody yet: where no answer came, the same may be done again.
        """
        try:
            found = self._call(lambda client: client.upload(phone_number_id, file, size, mime_type, filename))
        except OutcomeUnknown as exc:
            raise TryLater(exc.problem, exc.retry_after) from exc
        return found

    def own_numbers(self) -> list[OwnNumber]:
        """All numbers of the account, through all pages."""
        numbers = self._call(lambda client: _soon(client).phone_numbers(self.credentials.waba_id))
        return [_own(number) for number in numbers]

    def templates(self, name: str) -> list[ApprovedTemplate]:
        """The templates of this name that may be sent now, one for each language."""
        found = self._call(lambda client: client.templates(self.credentials.waba_id, name))
        return [
            ApprovedTemplate(
                name=template.name,
                language=template.language,
                status=template.status,
                body=template.body.text if template.body else "",
            )
            for template in found
            if template.status in SENDABLE
        ]

    def check(self, webhook_url: str) -> list[Check]:
        """Everything that has to be right between us and Meta, asked now; raises nothing."""
        return checkup.check(self.ask, self.credentials, webhook_url, self._transport)

    def make_template(self, body: str) -> None:
        """Hand in the template that carries our words when the window is shut, worded as `body`, for review."""
        made = remedies.template(body, self.credentials.template_language)
        self._call(lambda client: _soon(client).create_template(self.credentials.waba_id, made))

    def call_back(self, webhook_url: str, verify_token: str) -> None:
        """Have the webhooks of this account, and of no other of its app, come to `webhook_url`: it is asked at once."""
        self._call(lambda client: _soon(client).subscribe(self.credentials.waba_id, webhook_url, verify_token))

    def register(self, phone_number_id: str, pin: str) -> None:
        """Let a number of the account send and receive."""
        self._call(lambda client: _soon(client).register(phone_number_id, pin))

    def probe(self) -> None:
        """Raises `GatewayError` as long as the token does not open the account."""
        self._call(lambda client: client.waba(self.credentials.waba_id))

    def portfolio(self) -> str | None:
        """The id of the business that owns the account; `None` where this token may not see it."""
        return self._call(lambda client: client.waba(self.credentials.waba_id)).owner_business_id

    def ask(self, question: Callable[[GraphClient], T]) -> T:
        """Put a question to Graph, without our proof where Meta calls that invalid. Raises `GraphError` alone."""
        try:
            return question(self._client)
        except ProofInvalid as refusal:
            return self._ask_without_proof(question, refusal)

    def _ask_without_proof(self, question: Callable[[GraphClient], T], refusal: ProofInvalid) -> T:
        client = replace(self._client, proof=False)
        try:
            answer = question(client)
        except ProofRequired as exc:
            raise refusal from exc
        except Refused:
            self._do_without_proof(client)
            raise
        self._do_without_proof(client)
        return answer

    def _do_without_proof(self, client: GraphClient) -> None:
        self._client = client
        self._on_proof_refused()

    def _call(self, question: Callable[[GraphClient], T]) -> T:
        try:
            return self.ask(question)
        except GraphError as exc:
            raise verdict(exc) from exc


class SimulatedGateway(MetaGateway):
    """The same, with the simulator at the far end: no word of it leaves this installation."""

    @classmethod
    def base_url(cls) -> str:
        return str(settings.SIMULATOR_GRAPH_URL)

    def check(self, webhook_url: str) -> list[Check]:
        if settings.SIMULATOR:
            return super().check(webhook_url)
        return [Check(name="Simulator", status="error", detail=OFF.detail, fix=OFF.advice)]

    def _call(self, question: Callable[[GraphClient], T]) -> T:
        if not settings.SIMULATOR:
            raise AccessLost(OFF)
        return super()._call(question)


def _user(person: Address) -> dict[str, str]:
    if not person:
        raise GiveUp(NOBODY)
    return {"user": f"+{person.wa_id}"} if person.wa_id else {"user_id": person.user_id or ""}


def _own(number: PhoneNumber) -> OwnNumber:
    limit = SHARED_WITH_BUSINESS_APP if number.is_on_biz_app else THROUGHPUT.get(number.throughput_level or "")
    return OwnNumber(
        id=number.id,
        display=number.display_phone_number,
        name=number.verified_name,
        quality=number.quality_rating or "",
        status=number.status or "",
        throughput=limit,
    )


def _remember_refused_proof(provider: Provider) -> None:
    """Unless token or secret were changed meanwhile."""
    provider.proof_refused = True
    Provider.objects.filter(pk=provider.pk, updated_at=provider.updated_at).update(proof_refused=True)
    let_go()
