"""Notifications: as Meta writes, signs, orders and repeats them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from channels_app import clock
from channels_app.graph.signature import is_signed
from channels_app.models import Channel, Provider, Team
from channels_app.simulator import notifying
from channels_app.simulator.graph import sending
from channels_app.simulator.graph.access import Caller
from channels_app.simulator.models import SimulatedAccount, SimulatedChat, SimulatedMessage, SimulatedWebhook
from channels_app.simulator.phone import acting
from channels_app.simulator.postman import postman
from tests.fixtures import APP_SECRET, make_provider

pytestmark = pytest.mark.django_db(transaction=True)


class Webhook:
    """Ours, at the far end: what it was told, and with which statuses it answers before 200."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.bodies: list[bytes] = []
        self.signatures: list[str] = []

    def take(self, request: Request) -> Response:
        self.bodies.append(request.get_data())
        self.signatures.append(request.headers["X-Hub-Signature-256"])
        return Response(status=self.answers.pop(0) if self.answers else 200)

    @property
    def values(self) -> list[Any]:
        return [json.loads(body)["entry"][0]["changes"][0]["value"] for body in self.bodies]


@pytest.fixture
def webhook(httpserver: HTTPServer, settings: Any) -> Iterator[Webhook]:
    told = Webhook()
    httpserver.expect_request("/webhook/").respond_with_handler(told.take)
    settings.SIMULATOR_WEBHOOK_URL = httpserver.url_for("/webhook/")
    yield told
    assert postman.rest(60)


def test_bytes_are_escaped_as_metas_are() -> None:
    written = notifying.as_meta_writes({"body": 'Grüße / 😀 "<&>" 7% @me'})
    assert written == b'{"body":"Gr\\u00fc\\u00dfe \\/ \\ud83d\\ude00 \\"\\u003c&>\\" 7\\u0025 \\u0040me"}'
    assert json.loads(written) == {"body": 'Grüße / 😀 "<&>" 7% @me'}


def test_what_a_person_writes_is_told_once_and_signed(webhook: Webhook, chat: SimulatedChat) -> None:
    acting.write(chat, "Größe / Maße?")
    assert postman.rest(60)
    (value,), (body,), (signature,) = webhook.values, webhook.bodies, webhook.signatures
    assert is_signed(body, signature, [APP_SECRET])
    assert value["messages"][0]["text"] == {"body": "Größe / Maße?"}
    assert value["messages"][0]["from"] == value["contacts"][0]["wa_id"] == chat.person.digits
    assert value["messages"][0]["from_user_id"] == value["contacts"][0]["user_id"] == chat.person.user_id
    assert value["metadata"]["phone_number_id"] == chat.number.phone_number_id
    assert SimulatedMessage.objects.get().delivered_at is not None


def test_it_is_told_again_until_it_is_taken(webhook: Webhook, chat: SimulatedChat) -> None:
    webhook.answers = [503]
    acting.write(chat, "Hello?")
    assert postman.rest(60)
    assert webhook.bodies == [webhook.bodies[0]] * 2
    assert not SimulatedWebhook.objects.exists()


def test_a_chat_is_told_in_order(webhook: Webhook, chat: SimulatedChat) -> None:
    for number in range(20):
        acting.write(chat, str(number))
    assert postman.rest(60)
    assert [value["messages"][0]["text"]["body"] for value in webhook.values] == [str(each) for each in range(20)]


def test_statuses_follow_with_what_was_sent_along(webhook: Webhook, chat: SimulatedChat, provider: Provider) -> None:
    chat.wrote_at = clock.now()
    chat.save()
    caller = Caller(provider=provider, account=chat.number.account, number=chat.number)
    body = {"messaging_product": "whatsapp", "to": chat.person.digits, "text": {"body": "Hi"}}
    answer = sending.post(caller, body | {"biz_opaque_callback_data": "ours"})
    assert postman.rest(60)
    statuses = [value["statuses"][0] for value in webhook.values]
    assert [status["status"] for status in statuses] == ["sent", "delivered", "read"]
    assert {status["id"] for status in statuses} == {answer["messages"][0]["id"]}
    assert {status["biz_opaque_callback_data"] for status in statuses} == {"ours"}
    assert ["pricing" in status for status in statuses] == [True, True, False]


def test_the_app_of_the_channel_gets_it_where_several_share_an_account(
    webhook: Webhook, chat: SimulatedChat, channel: Channel, team: Team
) -> None:
    make_provider(team, waba_id="sim-1", kind="simulated", app_secret="another")
    acting.write(chat, "Hello")
    assert postman.rest(60)
    assert [is_signed(webhook.bodies[0], webhook.signatures[0], [APP_SECRET])] == [True]
    assert len(webhook.bodies) == 1


def test_an_account_without_app_is_told_nothing(webhook: Webhook, chat: SimulatedChat) -> None:
    SimulatedAccount.objects.update(is_subscribed=False)
    chat.number.account.refresh_from_db()
    acting.write(chat, "Hello?")
    assert postman.rest(60)
    assert webhook.bodies == []
