"""Messages of every kind: taken and shown as they are, or refused with the code that Meta has for it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from channels_app import clock
from channels_app.simulator import rates
from channels_app.simulator.graph import contents, sending
from channels_app.simulator.graph.contents import Recipient
from channels_app.simulator.graph.refusals import Refusal
from channels_app.simulator.models import (
    Author,
    SimulatedAccount,
    SimulatedBlock,
    SimulatedChat,
    SimulatedMessage,
    SimulatedNumber,
)
from tests.simulator.graph_calls import Answer, Graph

pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]
LINK = {"link": "https://files.example.org/7.bin"}


@pytest.fixture
def open_chat(chat: SimulatedChat) -> SimulatedChat:
    """Thandi wrote a moment ago. Nobody waits for webhooks."""
    SimulatedAccount.objects.update(is_subscribed=False)
    chat.wrote_at = clock.now()
    chat.save()
    return chat


@pytest.fixture
def asked(open_chat: SimulatedChat) -> SimulatedMessage:
    """What she wrote."""
    return SimulatedMessage.objects.create(
        chat=open_chat, number=open_chat.number, author=Author.PERSON, wamid="wamid.asked", type="text", text="?"
    )


def send(graph: Graph, chat: SimulatedChat, content: Json) -> Answer:
    body = {"messaging_product": "whatsapp", "to": f"+{chat.person.digits}", **content}
    return graph.post(f"{chat.number.phone_number_id}/messages", body)


def of_type(kind: str, content: Any) -> Json:
    return {"type": kind, kind: content}


def interactive(kind: str, action: Any, **more: Any) -> Json:
    return of_type("interactive", {"type": kind, "body": {"text": "Which?"}, "action": action} | more)


def buttons(*titles: str, **more: Any) -> Json:
    replies = [{"type": "reply", "reply": {"id": f"id {title}", "title": title}} for title in titles]
    return interactive("button", {"buttons": replies}, **more)


def one_button(**reply: Any) -> Json:
    return interactive("button", {"buttons": [{"type": "reply", "reply": reply}]})


def menu(*sections: Any, button: Any = "Choose") -> Json:
    return interactive("list", {"button": button, "sections": list(sections)})


def section(count: int = 1, *, title: Any = "This week", start: int = 0, **row: Any) -> Json:
    rows = [{"id": f"row {place}", "title": f"Row {place}"} | row for place in range(start, start + count)]
    return {"title": title, "rows": rows}


def cta(**parameters: Any) -> Json:
    return interactive("cta_url", {"name": "cta_url", "parameters": parameters})


def flow(**more: Any) -> Json:
    parameters = {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Start"} | more
    return interactive("flow", {"name": "flow", "parameters": parameters})


def card(**more: Any) -> Json:
    return of_type("contacts", [{"name": {"formatted_name": "Sipho Dube", "first_name": "Sipho"}} | more])


def place(**more: Any) -> Json:
    return of_type("location", {"latitude": "-33.9", "longitude": 18.4} | more)


HEADER = {"type": "text", "text": "x" * 60}
FOOTER = {"text": "x" * 60}
ASK_PLACE = interactive("location_request_message", {"name": "send_location"})
ASK_NUMBER = interactive("contact_request", {"name": "request_contact_info"})
TAKEN = [
    (of_type("text", {"body": "x" * 4096, "preview_url": True}), "x" * 4096),
    (of_type("image", LINK | {"caption": "x" * 1024}), "x" * 1024),
    (of_type("video", LINK), ""),
    (of_type("audio", LINK | {"voice": True}), ""),
    (of_type("document", LINK | {"filename": "7.pdf", "caption": "Invoice"}), "Invoice"),
    (of_type("sticker", LINK), ""),
    (place(), "-33.9, 18.4"),
    (place(name="City Hall", address="Darling St"), "City Hall, Darling St"),
    (card(phones=[{"phone": "+27825550100", "type": "CELL"}], birthday="1990-02-03"), "Sipho Dube"),
    (of_type("contacts", card()["contacts"] * 257), ", ".join(["Sipho Dube"] * 257)),
    (of_type("reaction", {"message_id": "wamid.asked", "emoji": "👍"}), "👍"),
    (of_type("reaction", {"message_id": "wamid.asked", "emoji": "❤️"}), "❤️"),
    (of_type("reaction", {"message_id": "wamid.asked", "emoji": "1️⃣"}), "1️⃣"),
    (of_type("reaction", {"message_id": "wamid.asked", "emoji": "🇿🇦"}), "🇿🇦"),
    (of_type("reaction", {"message_id": "wamid.asked", "emoji": "👩🏽‍🚀"}), "👩🏽‍🚀"),
    (of_type("reaction", {"message_id": "wamid.asked", "emoji": ""}), ""),
    (buttons("x" * 20, "b", "c", header=HEADER, footer=FOOTER), "Which?"),
    (buttons("a", header={"type": "image", "image": LINK}), "Which?"),
    (one_button(id="x" * 256, title="Yes"), "Which?"),
    (menu(section(10, description="x" * 72), button="x" * 20), "Which?"),
    (menu(section(5), section(5, start=5, title="x" * 24)), "Which?"),
    (menu(section(1, id="x" * 200, title="x" * 24)), "Which?"),
    (interactive("list", menu(section())["interactive"]["action"], body={"text": "x" * 4096}), "x" * 4096),
    (cta(display_text="x" * 20, url="https://example.org/dates"), "Which?"),
    (flow(flow_action="navigate", flow_action_payload={"screen": "FIRST", "data": {"a": 1}}), "Which?"),
    (flow(flow_cta="開始 начать ابدأ"), "Which?"),
    (ASK_PLACE, "Which?"),
    (ASK_NUMBER, "Which?"),
]
REFUSED = [
    (of_type("text", {"body": "x" * 4097}), 100),
    (of_type("text", {"body": "Hi", "colour": "red"}), 100),
    (of_type("text", {"body": "Hi", "preview_url": "yes"}), 100),
    (of_type("text", {"body": 5}), 100),
    ({"type": 5, "text": {"body": "Hi"}}, 100),
    ({"type": ["text"], "text": {"body": "Hi"}}, 100),
    ({"type": None, "text": {"body": "Hi"}}, 100),
    (of_type("image", {"link": "http://files.example.org/7.png"}), 131053),
    (of_type("image", {"link": "https://127.0.0.1/7.png"}), 131053),
    (of_type("image", {"link": "https://localhost:8000/7.png"}), 131053),
    (of_type("image", {"link": "https://10.0.0.7/7.png"}), 131053),
    (of_type("text", "Hi"), 100),
    (of_type("image", {"caption": "Nothing"}), 131008),
    (of_type("image", LINK | {"id": "1"}), 131009),
    (of_type("image", {"id": "404"}), 100),
    (of_type("image", {"link": "file:///etc/passwd"}), 100),
    (of_type("image", LINK | {"caption": "x" * 1025}), 100),
    (of_type("image", LINK | {"filename": "a.png"}), 100),
    (of_type("audio", LINK | {"caption": "No"}), 100),
    (of_type("audio", LINK | {"voice": "yes"}), 100),
    (of_type("sticker", LINK | {"caption": "No"}), 100),
    (of_type("document", LINK | {"caption": "x" * 1025}), 100),
    (place(latitude=91), 131009),
    (place(latitude="north"), 131009),
    (place(longitude=None), 131008),
    (place(planet="Mars"), 100),
    (of_type("contacts", card()["contacts"] * 258), 100),
    (of_type("contacts", [{"phones": [{"phone": "+27825550100"}]}]), 131008),
    (of_type("contacts", {"name": "Sipho"}), 100),
    (card(birthday="3 February"), 131009),
    (card(phones=[{"fax": "1"}]), 100),
    (of_type("reaction", {"message_id": "wamid.asked", "emoji": "yes"}), 131009),
    (of_type("reaction", {"message_id": "wamid.asked", "emoji": "é"}), 131009),
    (of_type("reaction", {"message_id": "wamid.asked", "emoji": "👍👍"}), 131009),
    (of_type("reaction", {"message_id": "wamid.asked", "emoji": 5}), 131009),
    (of_type("reaction", {"message_id": "wamid.asked"}), 131008),
    (of_type("reaction", {"emoji": "👍"}), 131008),
    (of_type("reaction", {"message_id": "wamid.asked", "emoji": "👍"}) | {"context": {"message_id": "a"}}, 131009),
    (buttons(), 131009),
    (buttons("a", "b", "c", "d"), 131009),
    (buttons("a", "a"), 131009),
    (buttons("x" * 21), 131009),
    (one_button(id="", title="Yes"), 131009),
    (one_button(id="x" * 257, title="Yes"), 131009),
    (one_button(title="Yes"), 131008),
    (one_button(id="yes"), 131008),
    (interactive("button", {}), 131008),
    (interactive("button", {"buttons": [{"type": "link", "reply": {"id": "1", "title": "a"}}]}), 131009),
    (buttons("a", body={"text": "x" * 1025}), 131009),
    (buttons("a", body={}), 131008),
    (buttons("a", header={"type": "text", "text": "x" * 61}), 131009),
    (buttons("a", header={"type": "sticker", "sticker": LINK}), 131009),
    (buttons("a", header={"type": "image", "image": {}}), 131008),
    (buttons("a", footer={"text": "x" * 61}), 131009),
    (buttons("a", colour="red"), 100),
    (menu(section(11)), 131009),
    (menu(section(6), section(5, start=6)), 131009),
    (menu(*[section(1, start=place) for place in range(11)]), 131009),
    (menu(section(1), section(1)), 131009),
    (menu(), 131009),
    (menu(section(0)), 131008),
    (menu(section(title=None)), 131008),
    (menu(section(1, id="x" * 201)), 131009),
    (menu({"title": "x" * 25, "rows": section()["rows"]}), 131009),
    (menu(section(1) | {"rows": [{"id": "1", "title": "x" * 25}]}), 131009),
    (menu(section(1, description="x" * 73)), 131009),
    (menu(section(1), button="x" * 21), 131009),
    (menu(section(1), button=None), 131008),
    (interactive("list", {"button": "Choose"}), 131008),
    (interactive("list", menu(section())["interactive"]["action"], body={"text": "x" * 4097}), 131009),
    (interactive("list", menu(section())["interactive"]["action"], header={"type": "image", "image": LINK}), 131009),
    (cta(display_text="x" * 21, url="https://example.org"), 131009),
    (cta(display_text="Go", url="example.org"), 131009),
    (cta(display_text="Go"), 131008),
    (flow(flow_cta="x" * 31), 131009),
    (flow(flow_cta="Go 🚀"), 131009),
    (flow(flow_cta="1️⃣ Go"), 131009),
    (flow(flow_name="both"), 131009),
    (flow(flow_message_version="9"), 131009),
    (interactive("flow", {"name": "flow", "parameters": {"flow_message_version": "3", "flow_cta": "Start"}}), 131008),
    (flow(mode="sketch"), 131009),
    (flow(flow_action_payload={"screen": "FIRST", "data": {}}), 131009),
    (interactive("location_request_message", {"name": "send_money"}), 131009),
    (interactive("location_request_message", {"name": "send_location"}, header=HEADER), 131009),
    (interactive("contact_request", {"name": "request_contact_info"}, footer=FOOTER), 131009),
    (interactive("contact_request", {}), 131008),
    (interactive("carousel", {}), 100),
    (interactive("button", None), 131008),
    (of_type("interactive", {"body": {"text": "Which?"}}), 131008),
    ({"type": "text", "text": {"body": "Hi"}, "txet": 1}, 100),
    ({"type": "text", "text": {"body": "Hi"}, "context": {}}, 131008),
    ({"type": "text", "text": {"body": "Hi"}, "recipient_type": "business_scoped_user_id"}, 100),
    ({"type": "text", "text": {"body": "Hi"}, "recipient_type": "group"}, 131020),
    ({"type": "text", "text": {"body": "Hi"}, "recipient_identity_key_hash": "another"}, 137000),
    ({"type": "poll", "poll": {}}, 100),
]


def test_what_keeps_the_rules_is_taken_and_kept_whole(graph: Graph, asked: SimulatedMessage) -> None:
    for content, words in TAKEN:
        answer = send(graph, asked.chat, content)
        assert answer.status == 200, (content, answer.body)
        shown = SimulatedMessage.objects.get(wamid=answer.body["messages"][0]["id"])
        kind = content["type"]
        assert (shown.type, shown.text, shown.content) == (kind, words, {kind: content[kind]})


@pytest.mark.parametrize(("content", "code"), REFUSED)
def test_what_breaks_a_rule_gets_metas_code(graph: Graph, asked: SimulatedMessage, content: Json, code: int) -> None:
    assert send(graph, asked.chat, content).code == code
    assert not SimulatedMessage.objects.filter(author=Author.NUMBER).exists()


ODD: tuple[Any, ...] = (None, True, 5, 1.5, "", "x", [], [None], {}, {"x": 1}, {"id": {}})


def spoilt(value: Any) -> Iterator[Any]:
    """`value` with one thing in it replaced by something odd, in every way."""
    yield from ODD
    if isinstance(value, dict):
        for key, inner in value.items():
            yield {name: each for name, each in value.items() if name != key}
            yield from ({**value, key: odd} for odd in spoilt(inner))
    elif isinstance(value, list):
        for place, inner in enumerate(value[:1]):
            yield from ([*value[:place], odd, *value[place + 1 :]] for odd in spoilt(inner))


def test_whatever_stands_anywhere_in_a_message_it_is_taken_or_refused(asked: SimulatedMessage) -> None:
    to = Recipient(number=asked.number, person=asked.chat.person)
    template = {
        "name": "new_bot_message",
        "language": {"code": "en"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "parameter_name": "bot_message", "text": "Hi"}]},
            {"type": "button", "index": "0", "sub_type": "url", "parameters": [{"type": "text", "text": "18"}]},
        ],
    }
    refused = 0
    for content, _ in [*TAKEN, (of_type("template", template), "")]:
        for odd in spoilt(content):
            try:
                said = contents.read(to, odd if isinstance(odd, dict) else {})
            except Refusal:
                refused += 1
            else:
                assert said.type in contents.TYPES
    assert refused > 1000


@pytest.mark.parametrize("target", ["wamid.404", "reaction"])
def test_a_reaction_to_nothing_that_is_there_is_reported_later(
    graph: Graph, asked: SimulatedMessage, target: str
) -> None:
    reaction = send(graph, asked.chat, of_type("reaction", {"message_id": asked.wamid, "emoji": "👍"}))
    wamid = reaction.body["messages"][0]["id"] if target == "reaction" else target
    answer = send(graph, asked.chat, of_type("reaction", {"message_id": wamid, "emoji": "❤️"}))
    assert answer.status == 200
    assert SimulatedMessage.objects.get(wamid=answer.body["messages"][0]["id"]).failure == 131009


@pytest.mark.parametrize("kind", ["product", "carousel", "voice_call"])
def test_what_the_simulator_does_not_have_says_so(graph: Graph, asked: SimulatedMessage, kind: str) -> None:
    error = send(graph, asked.chat, interactive(kind, {})).error
    assert error["code"] == 100
    assert f"Meta knows {kind}" in error["message"]


def test_only_a_template_crosses_a_closed_window(graph: Graph, asked: SimulatedMessage) -> None:
    SimulatedChat.objects.update(wrote_at=None)
    assert {send(graph, asked.chat, content).code for content, _ in TAKEN} == {131047}


def test_a_reply_is_kept_with_what_it_replies_to(graph: Graph, asked: SimulatedMessage) -> None:
    send(graph, asked.chat, of_type("text", {"body": "Yes"}) | {"context": {"message_id": asked.wamid}})
    assert SimulatedMessage.objects.get(author=Author.NUMBER).quoted == asked.wamid


def test_no_bubble_stands_above_an_answer_to_what_is_older_than_30_days(graph: Graph, asked: SimulatedMessage) -> None:
    SimulatedMessage.objects.update(created_at=clock.now() - timedelta(days=31))
    send(graph, asked.chat, of_type("text", {"body": "Yes"}) | {"context": {"message_id": asked.wamid}})
    assert SimulatedMessage.objects.get(author=Author.NUMBER).quoted == ""


def test_the_right_identity_hash_lets_a_message_pass(graph: Graph, open_chat: SimulatedChat) -> None:
    content = {"recipient_identity_key_hash": sending.identity_of(open_chat.person)}
    assert send(graph, open_chat, of_type("text", {"body": "Hi"}) | content).status == 200


def test_a_user_id_in_to_is_taken_and_never_delivered(graph: Graph, open_chat: SimulatedChat) -> None:
    answer = send(graph, open_chat, of_type("text", {"body": "Hi"}) | {"to": open_chat.person.user_id})
    assert answer.status == 200
    assert answer.body["messages"][0]["id"].startswith("wamid.")
    assert not SimulatedMessage.objects.exists()


def test_what_could_not_be_sent_anyhow_is_refused_with_a_user_id_in_to(graph: Graph, open_chat: SimulatedChat) -> None:
    to = {"to": open_chat.person.user_id}
    assert send(graph, open_chat, of_type("text", {"body": ""}) | to).code == 131008
    assert send(graph, open_chat, of_type("image", {"id": "404"}) | to).code == 100
    assert send(graph, open_chat, of_type("text", {"body": "Hi"}) | to | {"context": {}}).code == 131008


def test_to_wins_where_recipient_stands_beside_it(graph: Graph, open_chat: SimulatedChat) -> None:
    answer = send(graph, open_chat, of_type("text", {"body": "Hi"}) | {"recipient": "US.404"})
    assert answer.body["contacts"] == [{"input": f"+{open_chat.person.digits}", "wa_id": open_chat.person.digits}]


def test_one_person_gets_45_messages_at_once_and_then_one_in_six_seconds(
    graph: Graph, open_chat: SimulatedChat
) -> None:
    SimulatedNumber.objects.update(throughput="HIGH")
    hi = of_type("text", {"body": "Hi"})
    began = clock.now().timestamp()
    with time_machine.travel(began, tick=False):
        codes = [send(graph, open_chat, hi).code for _ in range(46)]
    assert codes == [0] * 45 + [131056]
    with time_machine.travel(began + 6.1, tick=False):
        assert [send(graph, open_chat, hi).code for _ in range(2)] == [0, 131056]


def test_a_number_passes_80_messages_a_second_in_and_out_receipts_and_all(
    graph: Graph, open_chat: SimulatedChat
) -> None:
    asked = SimulatedMessage.objects.create(
        chat=open_chat, number=open_chat.number, author=Author.PERSON, wamid="wamid.asked", type="text"
    )
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": asked.wamid}
    path = f"{open_chat.number.phone_number_id}/messages"
    hi = of_type("text", {"body": "Hi"})
    now = clock.now().timestamp()
    with time_machine.travel(now, tick=False):
        for _ in range(76):
            rates.count_arrival(open_chat.number)
        assert [graph.post(path, receipt).code for _ in range(2)] == [0, 0]
        assert [send(graph, open_chat, hi).code for _ in range(3)] == [0, 0, 130429]
        assert graph.post(path, receipt).code == 130429
    with time_machine.travel(now + 0.1, tick=False):
        assert [send(graph, open_chat, hi).code for _ in range(9)] == [0] * 8 + [130429]


@pytest.mark.parametrize(("status", "code"), [("PENDING", 133010), ("DISCONNECTED", 133010), ("BANNED", 131031)])
def test_a_number_that_is_not_connected_cannot_send(
    graph: Graph, open_chat: SimulatedChat, status: str, code: int
) -> None:
    SimulatedNumber.objects.update(status=status)
    assert send(graph, open_chat, of_type("text", {"body": "Hi"})).code == code


def test_whom_the_business_has_blocked_it_cannot_write_to(graph: Graph, open_chat: SimulatedChat) -> None:
    SimulatedBlock.objects.create(number=open_chat.number, person=open_chat.person)
    assert send(graph, open_chat, of_type("text", {"body": "Hi"})).code == 130403


@pytest.mark.parametrize("subcode", [458, 459, 460, 463, 464, 467, 492])
def test_a_token_that_is_no_longer_good_says_why(graph: Graph, open_chat: SimulatedChat, subcode: int) -> None:
    SimulatedAccount.objects.update(token_trouble=subcode)
    answer = send(graph, open_chat, of_type("text", {"body": "Hi"}))
    assert (answer.code, answer.subcode) == (190, subcode)


def test_an_account_may_demand_the_proof(graph: Graph, open_chat: SimulatedChat) -> None:
    SimulatedAccount.objects.update(requires_proof=True)
    error = send(graph, open_chat, of_type("text", {"body": "Hi"})).error
    assert (error["code"], error["type"]) == (100, "GraphMethodException")
    assert error["message"] == "API calls from the server require an appsecret_proof argument"
