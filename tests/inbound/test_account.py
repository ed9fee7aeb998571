"""What Meta tells of accounts, templates and people becomes what a team sees and has to know."""

import json
from pathlib import Path
from typing import Any

import pytest

from channels_app import clock
from channels_app.models import Channel, Conversation, Delivery, InboundEvent, Message, Notice, Participant, Provider
from tests.fixtures import PERSON, FakeGraph, Post, Work, change, notification, text

pytestmark = pytest.mark.django_db(transaction=True)

RECORDINGS = Path(__file__).parents[1] / "data/meta"
ACCOUNT, NUMBER = "104216845993017", "118930421775604"


@pytest.fixture
def tell(post: Post, work: Work, channel: Channel) -> Any:
    """Post what was recorded, as if it were about the account and the number at hand."""

    def tell_now(name: str, **changed: Any) -> None:
        body = json.loads((RECORDINGS / f"{name}.json").read_text())
        body["entry"][0]["id"] = channel.provider.waba_id
        value = body["entry"][0]["changes"][0]["value"]
        if "metadata" in value:
            value["metadata"]["phone_number_id"] = channel.phone_number_id
        value.update(changed)
        post(body)
        work()

    return tell_now


def open_notices() -> list[tuple[str, str]]:
    return [(notice.kind, notice.title) for notice in Notice.objects.filter(closed_at=None).order_by("id")]


class TestTemplates:
    @pytest.mark.parametrize("name", ["template_rejected", "template_paused", "template_disabled"])
    def test_one_that_cannot_be_sent_is_told_until_it_can(self, tell: Any, name: str) -> None:
        tell(name)
        ((kind, title),) = open_notices()
        assert (kind, title) == ("template", f"The template new_bot_message is {name.removeprefix('template_')}")
        tell("template_approved")
        assert open_notices() == []

    def test_another_one_or_another_language_is_not_our_affair(self, tell: Any) -> None:
        tell("template_rejected", message_template_name="offer")
        tell("template_rejected", message_template_language="fr")
        assert open_notices() == []

    def test_a_language_is_the_same_in_both_ways_of_writing_it(self, tell: Any) -> None:
        Provider.objects.update(template_language="en_US")
        tell("template_rejected", message_template_language="en-US")
        assert len(open_notices()) == 1

    def test_one_that_was_edited_is_measured_anew(self, tell: Any) -> None:
        Provider.objects.update(template_room=500)
        tell("template_edited")
        assert Provider.objects.get().template_room is None


class TestAccounts:
    @pytest.mark.parametrize(
        ("name", "title"),
        [
            ("account_restricted", "Meta reports: account restriction"),
            ("account_violation", "Meta reports: account violation"),
            ("account_disabled", "Meta reports: disabled update"),
            ("account_deleted", "Meta reports: account deleted"),
            ("account_alert", "Increased capabilities eligibility deferred"),
        ],
    )
    def test_what_is_grave_is_told(self, tell: Any, name: str, title: str) -> None:
        tell(name)
        assert open_notices() == [("account", title)]

    @pytest.mark.parametrize("name", ["account_country", "account_review", "capability", "pin_reset", "number_name"])
    def test_what_is_not_is_kept(self, tell: Any, name: str) -> None:
        tell(name)
        assert open_notices() == []
        assert InboundEvent.objects.get().state == "kept"

    def test_what_is_no_object_is_kept(self, post: Post, work: Work, channel: Channel) -> None:
        entry = {"id": channel.provider.waba_id, "changes": [{"field": "account_update", "value": "odd"}]}
        post({"object": "whatsapp_business_account", "entry": [entry]})
        work()
        assert open_notices() == []


class TestEchoes:
    """Somebody of the team answers with the WhatsApp Business app."""

    def test_are_shown_and_not_answered(self, tell: Any, graph: FakeGraph) -> None:
        tell("echo")
        message = Message.objects.get()
        assert (message.text, message.direction, message.status, message.sent_as) == (
            "Our staff here: yes, we do.", "outbound", "sent", "app",
        )  # fmt: skip
        assert Delivery.objects.get().source == "person"
        assert Participant.objects.get().wa_id == PERSON
        assert graph.asked == []

    def test_come_once_however_often_meta_sends_them(self, tell: Any, graph: FakeGraph) -> None:
        tell("echo")
        InboundEvent.objects.update(state="waiting")
        tell("echo")
        assert Message.objects.count() == 1

    def test_pause_the_bot_for_the_channel_s_time(self, tell: Any, post: Post, graph: FakeGraph, work: Work) -> None:
        Channel.objects.update(pause_after_answer=600)
        tell("echo")
        post(notification(change(text("Thanks", "a"))))
        work()
        assert graph.texts == []
        assert Message.objects.get(text="Thanks").status == "held"
        assert Conversation.objects.get().paused_until is not None

    def test_do_not_open_the_window(self, tell: Any) -> None:
        tell("echo")
        assert Conversation.objects.get().service_window_expires_at is None

    def test_in_a_group_or_of_a_change_are_no_answer(self, tell: Any) -> None:
        staff = {"from": "27600551234", "to": PERSON, "id": "wamid.e2", "timestamp": str(int(clock.now().timestamp()))}
        change = {**staff, "type": "revoke", "revoke": {"original_message_id": "wamid.e1"}}
        group = {**staff, "type": "text", "text": {"body": "All"}, "group_id": "g1"}
        tell("echo", message_echoes=[change, group | {"id": "wamid.e3"}])
        assert not Message.objects.exists()
