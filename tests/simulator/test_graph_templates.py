"""Templates: filled as they want to be, created, reviewed, edited and deleted as Meta does it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from channels_app import clock
from channels_app.simulator.models import (
    Author,
    SimulatedAccount,
    SimulatedChat,
    SimulatedMessage,
    SimulatedNumber,
    SimulatedTemplate,
)
from tests.simulator.graph_calls import Answer, Graph

pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]
LINK = {"link": "https://files.example.org/map.png"}
BODY = "Hello {{1}}, your order {{2}} is on its way to you today."
BUTTONS = [
    {"type": "QUICK_REPLY", "text": "Stop"},
    {"type": "URL", "text": "Track", "url": "https://example.org/{{1}}", "example": ["https://example.org/18"]},
]


@pytest.fixture
def shelf(chat: SimulatedChat) -> SimulatedAccount:
    """An account whose webhooks nobody waits for, with a template that has one of each."""
    account = chat.number.account
    account.is_subscribed = False
    account.save()
    account.templates.create(
        template_id="sim-900",
        name="order_update",
        language="en_US",
        parameter_format="POSITIONAL",
        components=[
            {"type": "HEADER", "format": "IMAGE"},
            {"type": "BODY", "text": BODY},
            {"type": "FOOTER", "text": "Cape Clinic"},
            {"type": "BUTTONS", "buttons": BUTTONS},
        ],
    )
    return account


def texts(*values: str) -> list[Json]:
    return [{"type": "text", "text": value} for value in values]


def header(**parameter: Any) -> Json:
    return {"type": "header", "parameters": [{"type": "image", "image": LINK} | parameter]}


def body(*parameters: Json) -> Json:
    return {"type": "body", "parameters": list(parameters)}


def button(index: str, sub_type: str, **parameter: Any) -> Json:
    return {"type": "button", "sub_type": sub_type, "index": index, "parameters": [parameter]}


TRACK = button("1", "url", type="text", text="18")
STOP = button("0", "quick_reply", type="payload", payload="STOP_UPDATES")
WHOLE = [header(), body(*texts("Thandi", "18")), STOP, TRACK]


def send(graph: Graph, chat: SimulatedChat, components: list[Json], **more: Any) -> Answer:
    template = {"name": "order_update", "language": {"code": "en_US"}, "components": components} | more
    message = {"messaging_product": "whatsapp", "to": chat.person.digits, "type": "template", "template": template}
    return graph.post(f"{chat.number.phone_number_id}/messages", message)


def test_every_part_is_filled(graph: Graph, chat: SimulatedChat, shelf: SimulatedAccount) -> None:
    answer = send(graph, chat, WHOLE)
    assert answer.body["messages"][0]["message_status"] == "accepted"
    shown = SimulatedMessage.objects.get()
    assert (shown.type, shown.template) == ("template", "order_update")
    assert shown.text == "Hello Thandi, your order 18 is on its way to you today.\n\nCape Clinic"
    assert shown.content["template"]["components"] == WHOLE


@pytest.mark.parametrize(
    ("components", "code"),
    [
        ([], 132012),
        ([header(type="video"), *WHOLE[1:]], 132012),
        ([header(image={}), *WHOLE[1:]], 131008),
        ([header(), body(), STOP, TRACK], 132000),
        ([header(), body(*texts("Thandi")), STOP, TRACK], 132000),
        ([header(), body(*texts("Thandi", "18", "19")), STOP, TRACK], 132000),
        ([header(), body(*texts("Thandi", "")), STOP, TRACK], 132018),
        ([header(), body(*texts("Thandi", "18\n19")), STOP, TRACK], 132018),
        ([header(), body(*texts("Thandi", "x" * 1000)), STOP, TRACK], 132005),
        ([header(), body(*({"parameter_name": name, **texts("a")[0]} for name in "ab")), STOP, TRACK], 132012),
        (WHOLE[:3], 131008),
        ([*WHOLE[:2], TRACK], 0),
        ([*WHOLE[:3], button("1", "quick_reply", type="payload", payload="a")], 132012),
        ([*WHOLE[:3], button("1", "url", type="payload", payload="a")], 132012),
        ([*WHOLE, button("2", "url", type="text", text="a")], 132012),
        ([*WHOLE[:3], button("1", "url", type="text", text="a\tb")], 132018),
        ([*WHOLE[:3], {**TRACK, "index": None}], 131008),
        ([*WHOLE, TRACK], 132012),
        ([*WHOLE, {"type": "carousel", "cards": []}], 132012),
        ([*WHOLE, {"type": "limited_time_offer", "parameters": []}], 132012),
        ([*WHOLE, {"type": "foot"}], 100),
        ([{**header(), "colour": "red"}], 100),
    ],
)
def test_what_does_not_fill_it_gets_metas_code(
    graph: Graph, chat: SimulatedChat, shelf: SimulatedAccount, components: list[Json], code: int
) -> None:
    assert send(graph, chat, components).code == code


@pytest.mark.parametrize(
    ("status", "code"),
    [("PAUSED", 132015), ("DISABLED", 132016), ("REJECTED", 132001), ("PENDING", 132001), ("DELETED", 132001)],
)
def test_only_an_approved_one_is_sent(
    graph: Graph, chat: SimulatedChat, shelf: SimulatedAccount, status: str, code: int
) -> None:
    shelf.templates.update(status=status)
    assert send(graph, chat, WHOLE).code == code


def test_no_bubble_stands_above_a_template(graph: Graph, chat: SimulatedChat, shelf: SimulatedAccount) -> None:
    asked = SimulatedMessage.objects.create(
        chat=chat, number=chat.number, author=Author.PERSON, wamid="wamid.asked", type="text", text="?"
    )
    template = {"name": "order_update", "language": {"code": "en_US"}, "components": WHOLE}
    message = {"messaging_product": "whatsapp", "to": chat.person.digits, "type": "template", "template": template}
    answer = graph.post(f"{chat.number.phone_number_id}/messages", message | {"context": {"message_id": asked.wamid}})
    assert SimulatedMessage.objects.get(wamid=answer.body["messages"][0]["id"]).quoted == ""


def test_there_is_one_policy_for_languages(graph: Graph, chat: SimulatedChat, shelf: SimulatedAccount) -> None:
    assert send(graph, chat, WHOLE, language={"code": "en_US", "policy": "deterministic"}).code == 0
    assert send(graph, chat, WHOLE, language={"code": "en_US", "policy": "fallback"}).code == 100


@pytest.mark.parametrize("language", [{"code": "en"}, {"code": "en_us"}])
def test_the_language_is_taken_to_the_letter(
    graph: Graph, chat: SimulatedChat, shelf: SimulatedAccount, language: Json
) -> None:
    assert send(graph, chat, WHOLE, language=language).code == 132001


def test_a_code_that_a_tap_takes_over_does_not_go_to_a_user_id(
    graph: Graph, chat: SimulatedChat, shelf: SimulatedAccount
) -> None:
    components = [{"type": "BODY", "text": "{{1}} is your code."}, {"type": "BUTTONS", "buttons": [{"type": "OTP"}]}]
    shelf.templates.update(category="AUTHENTICATION", components=components)
    template = {"name": "order_update", "language": {"code": "en_US"}, "components": [body(*texts("123"))]}
    message = {"messaging_product": "whatsapp", "type": "template", "template": template}
    path = f"{chat.number.phone_number_id}/messages"
    assert graph.post(path, message | {"recipient": chat.person.user_id}).code == 131062


NEW: Json = {
    "name": "visit_reminder",
    "language": "en",
    "category": "UTILITY",
    "parameter_format": "NAMED",
    "components": [
        {
            "type": "BODY",
            "text": "There is news about your visit: {{news}}\n\nReply to this message.",
            "example": {"body_text_named_params": [{"param_name": "news", "example": "It is at nine."}]},
        }
    ],
}


def with_body(text: str, **more: Any) -> Json:
    return {"components": [NEW["components"][0] | {"text": text} | more]}


def with_part(**part: Any) -> Json:
    return {"components": [*NEW["components"], part]}


class TestCreating:
    def test_it_is_pending_and_then_approved(self, graph: Graph, shelf: SimulatedAccount) -> None:
        made = graph.post("sim-1/message_templates", NEW).body
        assert (made["status"], made["category"]) == ("PENDING", "UTILITY")
        assert graph.get(made["id"], fields="status").body == {"status": "PENDING", "id": made["id"]}
        health = graph.get(made["id"], fields="health_status").body["health_status"]
        assert health["can_send_message"] == "BLOCKED"
        assert health["entities"][0]["errors"][0]["error_code"] == 141002
        with time_machine.travel(clock.now().timestamp() + 11):
            found = graph.get("sim-1/message_templates", name="visit_reminder").body["data"]
        assert [(each["id"], each["status"]) for each in found] == [(made["id"], "APPROVED")]

    @pytest.mark.parametrize(
        ("change", "subcode"),
        [
            ({"name": "Visit Reminder"}, None),
            ({"name": ""}, None),
            ({"language": "English"}, None),
            ({"category": "CHAT"}, None),
            ({"parameter_format": "ORAL"}, None),
            ({"colour": "red"}, None),
            ({"components": []}, None),
            ({"message_send_ttl_seconds": 29}, None),
            ({"message_send_ttl_seconds": 43_201}, None),
            ({"message_send_ttl_seconds": "soon"}, None),
            ({"message_send_ttl_seconds": 901, "category": "AUTHENTICATION"}, None),
            ({"name": "order_update", "language": "en_US"}, 2388024),
            (with_body("x" * 1025), 2388040),
            (with_body("{{news}} is what there is to say today"), 2388299),
            (with_body("What there is to say today is {{news}}"), 2388299),
            (with_body("Hi {{news}} you"), 2388293),
            (with_body("This is no variable at all: {{Big News}} you see"), 2388072),
            (with_body("These two stand {{news}} {{date}} side by side, and so on, and so on"), 2388072),
            (with_body("There is news about your visit: {{news}} for you", example={}), 2388072),
            (with_part(type="HEADER", format="TEXT", text="x" * 61), 2388040),
            (with_part(type="HEADER", format="GIF"), 2388047),
            (with_part(type="HEADER", format="IMAGE"), 2388047),
            (with_part(type="FOOTER", text="Yours, {{name}}"), 2388073),
            (with_part(type="FOOTER", text="x" * 61), 2388040),
            (with_part(type="BUTTONS", buttons=[{"type": "QUICK_REPLY", "text": "x" * 26}]), 2388040),
            (with_part(type="BUTTONS", buttons=[{"type": "URL", "url": "https://{{1}}.example.org"}]), 2388109),
            (with_part(type="BUTTONS", buttons=[{"type": "QUICK_REPLY", "text": "a"}] * 11), 2388109),
            (with_part(type="BUTTONS", buttons=[BUTTONS[0], BUTTONS[1], BUTTONS[0]]), 2388109),
        ],
    )
    def test_what_breaks_a_rule_is_refused(
        self, graph: Graph, shelf: SimulatedAccount, change: Json, subcode: int | None
    ) -> None:
        answer = graph.post("sim-1/message_templates", NEW | change)
        assert (answer.code, answer.subcode) == (100, subcode)
        if subcode:
            assert answer.error["error_user_title"]
            assert answer.error["error_user_msg"]
        assert not SimulatedTemplate.objects.filter(name="visit_reminder").exists()

    @pytest.mark.parametrize("seconds", [-1, 30, 43_200])
    def test_it_may_say_for_how_long_it_is_to_be_brought(
        self, graph: Graph, shelf: SimulatedAccount, seconds: int
    ) -> None:
        assert graph.post("sim-1/message_templates", NEW | {"message_send_ttl_seconds": seconds}).status == 200

    def test_the_same_words_under_another_name_are_a_duplicate(self, graph: Graph, shelf: SimulatedAccount) -> None:
        assert graph.post("sim-1/message_templates", NEW).status == 200
        again = NEW | {"name": "visit_reminder_2"}
        assert graph.post("sim-1/message_templates", again).subcode == 2388109
        assert graph.post("sim-1/message_templates", again | with_part(type="FOOTER", text="Clinic")).status == 200
        assert graph.post("sim-1/message_templates", again | {"language": "fr"}).status == 200

    def test_an_account_has_250(self, graph: Graph, shelf: SimulatedAccount) -> None:
        rows = [
            SimulatedTemplate(account=shelf, template_id=f"sim-many-{n}", name=f"n{n}", language="en")
            for n in range(250)
        ]
        SimulatedTemplate.objects.bulk_create(rows)
        assert graph.post("sim-1/message_templates", NEW).subcode == 2388019


class TestChanging:
    def test_an_approved_one_is_edited_once_a_day(self, graph: Graph, shelf: SimulatedAccount) -> None:
        change = {"components": NEW["components"]}
        SimulatedTemplate.objects.filter(template_id="sim-900").update(parameter_format="NAMED")
        assert graph.post("sim-900", change).body == {"success": True}
        assert graph.post("sim-900", change).subcode == 2388039  # in review
        with time_machine.travel(clock.now().timestamp() + 60):
            assert graph.post("sim-900", change).subcode == 2388039  # approved, and worn
        with time_machine.travel((clock.now() + timedelta(hours=25)).timestamp()):
            assert graph.post("sim-900", change).body == {"success": True}

    def test_the_category_of_an_approved_one_stays(self, graph: Graph, shelf: SimulatedAccount) -> None:
        assert graph.post("sim-900", {"category": "MARKETING"}).subcode == 2388039

    def test_a_deleted_name_is_blocked_for_30_days(self, graph: Graph, shelf: SimulatedAccount) -> None:
        assert graph.delete("sim-1/message_templates", name="order_update").body == {"success": True}
        assert graph.get("sim-1/message_templates", name="order_update").body == {"data": []}
        assert graph.delete("sim-1/message_templates", name="order_update").code == 100
        again = NEW | {"name": "order_update", "language": "en_US"}
        assert graph.post("sim-1/message_templates", again).subcode == 2388023
        with time_machine.travel((clock.now() + timedelta(days=31)).timestamp()):
            assert graph.post("sim-1/message_templates", again).status == 200

    def test_one_is_deleted_by_its_id(self, graph: Graph, shelf: SimulatedAccount, number: SimulatedNumber) -> None:
        kept = shelf.templates.exclude(template_id="sim-900").count()
        assert graph.delete("sim-1/message_templates", hsm_ids='["sim-900"]').status == 200
        assert shelf.templates.exclude(status="DELETED").count() == kept

    def test_a_paused_one_is_unpaused(self, graph: Graph, shelf: SimulatedAccount) -> None:
        assert graph.post("sim-900/unpause").subcode == 2388039
        shelf.templates.update(status="PAUSED")
        assert graph.post("sim-900/unpause").body == {"success": True}
        assert graph.get("sim-900", fields="status").body["status"] == "APPROVED"
