"""The postman with faults on: webhooks twice, late, swapped, joined, or not at all."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from channels_app import clock
from channels_app.graph.signature import is_signed
from channels_app.models import Channel, Conversation, Message, Status
from channels_app.simulator import faults, notifying, people, posting, reviewing
from channels_app.simulator.faults import Habit
from channels_app.simulator.models import (
    Author,
    Fault,
    SimulatedChat,
    SimulatedMessage,
    SimulatedTemplate,
    SimulatedWebhook,
)
from channels_app.simulator.phone import acting
from channels_app.simulator.postman import postman
from tests.fixtures import APP_SECRET
from tests.simulator.test_notifying import Webhook
from tests.simulator.test_whole_way import Work, said, working

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def webhook(httpserver: HTTPServer, settings: Any) -> Iterator[Webhook]:
    told = Webhook()
    httpserver.expect_request("/webhook/").respond_with_handler(told.take)
    settings.SIMULATOR_WEBHOOK_URL = httpserver.url_for("/webhook/")
    yield told
    assert postman.rest(60)


@pytest.fixture
def sipho(chat: SimulatedChat) -> SimulatedChat:
    """What the number has with somebody else."""
    return people.chat(chat.number, people.add(chat.number.account.team_id, "Sipho", "15550200777"))


def taken(chat: SimulatedChat, kind: str = "text", **more: Any) -> SimulatedMessage:
    """A message of the number's that Meta has just taken."""
    message = SimulatedMessage.objects.create(
        chat=chat, number=chat.number, author=Author.NUMBER, wamid=f"wamid.{clock.uuid7().hex}", type=kind, **more
    )
    notifying.tell_of_statuses(message)
    postman.ring()
    return message


def statuses(webhook: Webhook) -> list[str]:
    return [status["status"] for value in webhook.values for status in value.get("statuses", [])]


def texts(webhook: Webhook) -> list[str]:
    return [item["text"]["body"] for value in webhook.values for item in value.get("messages", [])]


def test_duplicates_come_as_they_were(webhook: Webhook, chat: SimulatedChat) -> None:
    faults.switch_on(chat.number, Fault.DUPLICATED)
    acting.write(chat, "Hello")
    assert postman.rest(60)
    assert webhook.bodies == [webhook.bodies[0]] * 2


def test_what_happened_last_comes_first(webhook: Webhook, chat: SimulatedChat) -> None:
    faults.switch_on(chat.number, Fault.REORDERED)
    moment = posting._end_of_round(clock.now())  # a round of its own, however slow this is
    for name, share in (("sent", 0.1), ("delivered", 0.4), ("read", 0.8)):
        change = {"value": {"metadata": {}, "statuses": [{"status": name}]}, "field": "messages"}
        posting.post(chat, change, moment + share * posting.ROUND)
    postman.ring()
    assert postman.rest(60)
    assert statuses(webhook) == ["read", "delivered", "sent"]


def test_several_people_come_in_one_body(webhook: Webhook, chat: SimulatedChat, sipho: SimulatedChat) -> None:
    faults.switch_on(chat.number, Fault.BATCHED)
    moment = posting._end_of_round(clock.now())
    for writer, words in ((chat, "first"), (sipho, "second"), (chat, "third")):
        item = {"from": writer.person.digits, "id": f"wamid.{words}", "text": {"body": words}}
        metadata = {"phone_number_id": chat.number.phone_number_id}
        contact = {"wa_id": writer.person.digits}
        value = {"metadata": metadata, "contacts": [contact], "messages": [item]}
        posting.post(writer, {"value": value, "field": "messages"}, moment)
    taken(chat)
    SimulatedWebhook.objects.update(due_at=moment)
    postman.ring()
    assert postman.rest(60)
    (body,), (signature,) = webhook.bodies, webhook.signatures
    messages, told = (change["value"] for change in json.loads(body)["entry"][0]["changes"])
    assert is_signed(body, signature, [APP_SECRET])
    assert [item["text"]["body"] for item in messages["messages"]] == ["first", "second", "third"]
    assert [each["wa_id"] for each in messages["contacts"]] == [sipho.person.digits, chat.person.digits]
    assert [status["status"] for status in told["statuses"]] == ["sent", "delivered", "read"]


def test_a_batch_that_is_refused_comes_again_as_a_whole(
    webhook: Webhook, chat: SimulatedChat, sipho: SimulatedChat
) -> None:
    faults.switch_on(chat.number, Fault.BATCHED)
    webhook.answers = [503]
    for writer in (chat, sipho):
        acting.write(writer, "Hello?")
    SimulatedWebhook.objects.update(due_at=posting._end_of_round(clock.now()))
    assert postman.rest(60)
    assert webhook.bodies == [webhook.bodies[0]] * 2
    assert SimulatedMessage.objects.filter(delivered_at=None).count() == 0


def test_late_statuses_tell_when_it_happened_and_messages_are_in_time(webhook: Webhook, chat: SimulatedChat) -> None:
    faults.switch_on(chat.number, Fault.STATUSES_DELAYED, Habit(times=None, seconds=1.5))
    message = taken(chat)
    acting.write(chat, "Hello")
    assert postman.rest(60)
    assert "messages" in webhook.values[0]
    assert statuses(webhook) == ["sent", "delivered", "read"]
    assert webhook.values[1]["statuses"][0]["timestamp"] == str(int(message.created_at.timestamp()))


@pytest.mark.parametrize(("fault", "heard"), [(Fault.STATUSES_LOST, ["Hello"]), (Fault.DEAF, [])])
def test_what_is_lost_never_comes(webhook: Webhook, chat: SimulatedChat, fault: Fault, heard: list[str]) -> None:
    faults.switch_on(chat.number, fault)
    taken(chat)
    acting.write(chat, "Hello")
    faults.switch_off(chat.number)
    assert postman.rest(60)
    assert (texts(webhook), statuses(webhook)) == (heard, [])


def test_a_failure_is_told_as_meta_tells_it(webhook: Webhook, chat: SimulatedChat) -> None:
    faults.switch_on(chat.number, Fault.WINDOW_REPORTED)
    taken(chat, callback="ours")
    assert postman.rest(60)
    (value,) = webhook.values
    (status,) = value["statuses"]
    assert (status["status"], status["biz_opaque_callback_data"]) == ("failed", "ours")
    assert status["errors"][0]["code"] == 131047
    assert "contacts" not in value
    assert "recipient_user_id" not in status


def test_a_hidden_number_is_in_no_webhook(webhook: Webhook, chat: SimulatedChat) -> None:
    chat.person.hidden_number = True
    chat.person.save()
    acting.write(chat, "Hello")
    taken(chat)
    assert postman.rest(60)
    assert chat.person.digits.encode() not in b"".join(webhook.bodies)
    people_told = [value["contacts"][0] for value in webhook.values]
    assert {person["user_id"] for person in people_told} == {chat.person.user_id}
    assert ["username" in person["profile"] for person in people_told] == [True, False, True, True]


def test_prices_are_told_with_sent_and_delivered_alone(webhook: Webhook, chat: SimulatedChat) -> None:
    SimulatedTemplate.objects.update(category="MARKETING")
    taken(chat, template="new_bot_message")
    assert postman.rest(60)
    told = [status.get("pricing", {}) for value in webhook.values for status in value["statuses"]]
    priced = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "marketing"}
    assert told == [priced, priced, {}]


def test_a_verdict_on_the_template_is_told_with_its_reason(webhook: Webhook, chat: SimulatedChat) -> None:
    reviewing.judge(chat.number.account, "REJECTED")
    assert postman.rest(60)
    (body,) = webhook.bodies
    (entry,) = json.loads(body)["entry"]
    (change,) = entry["changes"]
    assert change["field"] == "message_template_status_update"
    assert (change["value"]["event"], change["value"]["reason"]) == ("REJECTED", "INVALID_FORMAT")
    assert isinstance(change["value"]["message_template_id"], int)
    assert isinstance(entry["time"], int)


class TestTheProduct:
    def test_answers_a_duplicate_once(self, wired: object, chat: SimulatedChat, channel: Channel, work: Work) -> None:
        faults.switch_on(chat.number, Fault.DUPLICATED)
        acting.write(chat, "Hello")
        assert working(work, lambda: Message.objects.filter(status=Status.READ).exists())
        assert postman.rest(60)
        work()
        assert said(Author.NUMBER) == ["Hello"]

    def test_answers_everybody_in_a_batch(
        self, wired: object, chat: SimulatedChat, sipho: SimulatedChat, channel: Channel, work: Work
    ) -> None:
        faults.switch_on(chat.number, Fault.BATCHED)
        for writer in (chat, sipho):
            acting.write(writer, f"I am {writer.person.name}")
        assert working(work, lambda: len(said(Author.NUMBER)) == 2)
        assert Conversation.objects.count() == 2

    def test_bears_statuses_in_the_wrong_order(
        self, wired: object, chat: SimulatedChat, channel: Channel, work: Work
    ) -> None:
        faults.switch_on(chat.number, Fault.REORDERED)
        acting.write(chat, "Hello")
        assert working(work, lambda: Message.objects.filter(status=Status.READ).exists())
        assert postman.rest(60)
        work()
        assert Message.objects.filter(direction="outbound").get().status == Status.READ
