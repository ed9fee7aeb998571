"""Sending over REST without being asked: a promise, made once, that the workers keep."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from rest_framework.test import APIClient

from channels_app import clock
from channels_app.inbound import receiving
from channels_app.models import Channel, Conversation, IdempotencyKey, Message, Participant, Provider, Team
from tests.fixtures import FakeGraph, Post, change, client_of, notification, ours, text

URL = "/api/v1/messages/"
Work = Callable[[], None]


@pytest.fixture
def body(channel: Channel) -> dict[str, Any]:
    return {"channel": str(channel.pk), "to": "+27 83 123 4567", "text": "Your results are in."}


class TestPromise:
    def test_is_given_at_once_and_kept_by_the_workers(
        self, api: APIClient, body: dict[str, Any], post: Post, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text("Hello"))))
        work()
        answer = api.post(URL, body)
        assert answer.status_code == 202
        assert (answer.json()["status"], answer.json()["direction"], answer.json()["text"]) == (
            "pending",
            "outbound",
            "Your results are in.",
        )
        work()
        assert graph.texts == ["Hello", "Your results are in."]
        assert api.get(f"{URL}{answer.json()['id']}/").json()["status"] == "accepted"

    def test_goes_as_template_where_nobody_has_written(
        self, api: APIClient, body: dict[str, Any], graph: FakeGraph, work: Work
    ) -> None:
        assert api.post(URL, body).status_code == 202
        work()
        assert graph.types == ["template"]
        assert ours()[0].sent_as == "template"

    def test_waits_for_answers_to_whoever_writes_meanwhile(
        self, api: APIClient, body: dict[str, Any], post: Post, graph: FakeGraph, work: Work
    ) -> None:
        for person in range(3):
            api.post(URL, body | {"to": f"+2783555000{person}"})
        post(notification(change(text("Hello", "wamid.a", sender="27835550009"))))
        post(notification(change(text("You wrote to me?", "wamid.b", sender="27835550002"))))
        receiving.receive(hands=0)  # all hands are busy
        work()
        assert graph.types == ["text", "text", "text", "template", "template"]
        assert {asked["to"] for asked in graph.asked[:3]} == {"+27835550002", "+27835550009"}

    def test_is_held_while_the_account_is_blocked(
        self, api: APIClient, body: dict[str, Any], graph: FakeGraph, work: Work
    ) -> None:
        Provider.objects.update(blocked_at=clock.now())
        answer = api.post(URL, body)
        assert answer.status_code == 202
        work()
        assert api.get(f"{URL}{answer.json()['id']}/").json()["status"] == "held"

    def test_a_long_text_becomes_several_messages_and_the_first_is_given(
        self, api: APIClient, body: dict[str, Any], post: Post, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text("Hello"))))
        work()
        given = api.post(URL, {**body, "text": "word " * 2000}).json()["id"]
        work()
        assert [str(message.pk) for message in ours()][1] == given
        assert len(ours()) == 4

    def test_quotes_their_last_message_where_that_is_wished(
        self, api: APIClient, body: dict[str, Any], post: Post, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text("Hello", "wamid.theirs"))))
        work()
        api.post(URL, {**body, "quote": True, "voice": True})
        work()
        assert graph.asked[-1]["context"] == {"message_id": "wamid.theirs"}


class TestKinds:
    """Each kind of reply, as Graph is asked for it in an open window, and what is listed."""

    KINDS = [
        ({"text": "**Done**"}, "text", {"body": "*Done*", "preview_url": False}),
        (
            {"text": "Shall I?", "choices": [{"id": "y", "title": "Yes"}, {"id": "n", "title": "No"}]},
            "interactive",
            {
                "type": "button",
                "body": {"text": "Shall I?"},
                "action": {
                    "buttons": [
                        {"type": "reply", "reply": {"id": "y", "title": "Yes"}},
                        {"type": "reply", "reply": {"id": "n", "title": "No"}},
                    ]
                },
            },
        ),
        (
            {"text": "All dates", "link": {"url": "https://example.org/dates", "title": "Open"}},
            "interactive",
            {
                "type": "cta_url",
                "body": {"text": "All dates"},
                "action": {
                    "name": "cta_url",
                    "parameters": {"display_text": "Open", "url": "https://example.org/dates"},
                },
            },
        ),
        (
            {"text": "Where are you?", "request": "location"},
            "interactive",
            {
                "type": "location_request_message",
                "body": {"text": "Where are you?"},
                "action": {"name": "send_location"},
            },
        ),
        (
            {"text": "Your number?", "request": "number"},
            "interactive",
            {
                "type": "contact_request",
                "body": {"text": "Your number?"},
                "action": {"name": "request_contact_info"},
            },
        ),
        (
            {"location": {"latitude": -33.9249, "longitude": 18.4241, "name": "City Hall"}},
            "location",
            {"latitude": "-33.9249", "longitude": "18.4241", "name": "City Hall"},
        ),
        (
            {"contacts": [{"name": "Sipho", "phones": ["+27 82 555 0100"], "organisation": "Clinic"}]},
            "contacts",
            [
                {
                    "name": {"formatted_name": "Sipho", "first_name": "Sipho"},
                    "phones": [{"phone": "+27 82 555 0100"}],
                    "org": {"company": "Clinic"},
                }
            ],
        ),
        ({"reaction": "👍"}, "reaction", {"message_id": "wamid.theirs", "emoji": "👍"}),
        ({"reaction": ""}, "reaction", {"message_id": "wamid.theirs", "emoji": ""}),
        (
            {"text": "Invoice 7", "attachment": {"url": "https://example.org/7.pdf"}},
            "document",
            {"id": "8800", "caption": "Invoice 7", "filename": "7.pdf"},
        ),
        (
            {"attachment": {"url": "https://example.org/map", "type": "image"}},
            "image",
            {"id": "8800"},
        ),
        (
            {"template": {"name": "order", "language": "en_US", "parameters": {"who": "Thandi\nM"}}},
            "template",
            {
                "name": "order",
                "language": {"code": "en_US"},
                "components": [
                    {
                        "type": "body",
                        "parameters": [{"type": "text", "parameter_name": "who", "text": "Thandi / M"}],
                    }
                ],
            },
        ),
        (
            {"template": {"name": "order", "parameters": ["Thandi", 18]}},
            "template",
            {
                "name": "order",
                "language": {"code": "en"},
                "components": [
                    {"type": "body", "parameters": [{"type": "text", "text": "Thandi"}, {"type": "text", "text": "18"}]}
                ],
            },
        ),
        ({"template": {"name": "hello"}}, "template", {"name": "hello", "language": {"code": "en"}}),
    ]

    @pytest.mark.parametrize(("reply", "kind", "content"), KINDS)
    def test_goes_out_in_its_own_form(
        self,
        api: APIClient,
        body: dict[str, Any],
        post: Post,
        graph: FakeGraph,
        work: Work,
        reply: dict[str, Any],
        kind: str,
        content: Any,
    ) -> None:
        post(notification(change(text("Hello", "wamid.theirs"))))
        work()
        del body["text"]
        answer = api.post(URL, {**body, **reply})
        assert (answer.status_code, answer.json()["type"]) == (202, kind), answer.content
        work()
        assert (graph.asked[-1]["type"], graph.asked[-1][kind]) == (kind, content)
        assert api.get(f"{URL}{answer.json()['id']}/").json()["sent_as"] == kind

    @pytest.mark.parametrize(
        ("reply", "words"),
        [
            (KINDS[1][0], "Shall I? | 1. Yes; 2. No"),
            (KINDS[2][0], "All dates | Open: https://example.org/dates"),
            (KINDS[3][0], "Where are you?"),
            (KINDS[5][0], "City Hall https://www.google.com/maps?q=-33.924900,18.424100"),
            (KINDS[6][0], "Sipho / Clinic / +27 82 555 0100"),
            (KINDS[9][0], r"Invoice 7 | 7.pdf: http://testserver/f/\S+"),
        ],
    )
    def test_is_put_in_words_where_the_window_is_closed(
        self, api: APIClient, body: dict[str, Any], graph: FakeGraph, work: Work, reply: dict[str, Any], words: str
    ) -> None:
        del body["text"]
        api.post(URL, {**body, **reply})
        work()
        assert graph.types == ["template"]
        assert re.fullmatch(re.escape(words).replace(r"\\S\+", r"\S+"), graph.texts[0])

    def test_one_reply_of_several_parts_is_several_messages_in_order(
        self, api: APIClient, body: dict[str, Any], post: Post, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text("Hello"))))
        work()
        place = {"latitude": 1, "longitude": 2}
        file = {"url": "https://example.org/a.mp3"}
        api.post(URL, {**body, "reaction": "👍", "attachment": file, "location": place, "choices": ["Yes", "No"]})
        work()
        assert graph.types[1:] == ["reaction", "audio", "interactive", "location"]

    def test_a_reaction_in_a_closed_window_fails_and_holds_up_nothing(
        self, api: APIClient, body: dict[str, Any], post: Post, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text("Hello", at=clock.now().timestamp() - 90_000))))
        work()
        api.post(URL, {**body, "reaction": "👍"})
        work()
        assert graph.types == ["template", "template"]
        assert [(m.type, m.status) for m in ours()[1:]] == [("reaction", "failed"), ("text", "accepted")]


class TestTo:
    @pytest.mark.parametrize("to", ["+27831234567", "27831234567", "0027 83 123-4567", 27831234567])
    def test_a_number_in_any_usual_form(self, api: APIClient, body: dict[str, Any], to: Any) -> None:
        assert api.post(URL, {**body, "to": to}).status_code == 202
        assert Participant.objects.get().wa_id == "27831234567"

    @pytest.mark.parametrize("to", ["ZA.48213907715526", "ZA.ENT.4821abc"])
    def test_a_user_id(self, api: APIClient, body: dict[str, Any], graph: FakeGraph, work: Work, to: str) -> None:
        api.post(URL, {**body, "to": to})
        work()
        assert graph.asked[0]["recipient"] == to
        assert "to" not in graph.asked[0]

    def test_somebody_who_is_known_by_another_form_of_that_number(
        self, api: APIClient, body: dict[str, Any], channel: Channel
    ) -> None:
        known = Participant.objects.create(
            team=channel.team, portfolio=channel.provider.portfolio, wa_id="554199998888"
        )
        conversation = Conversation.objects.create(team=channel.team, channel=channel, participant=known)
        answer = api.post(URL, {**body, "to": "+55 41 99999-8888"})
        assert answer.json()["conversation"] == str(conversation.pk)
        assert Participant.objects.count() == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("to", "nobody"),
            ("to", ""),
            ("to", "082 555 1234"),
            ("to", "1" * 16),
            ("to", None),
            ("to", True),
            ("to", ["+27831234567"]),
            ("text", ""),
            ("text", " \n\t "),
            ("text", None),
            ("text", {"body": "Hi"}),
            ("voice", "loudly"),
            ("quote", 5),
            ("channel", "abc"),
            ("channel", None),
            ("volume", 11),
            ("choices", [{"id": "1"}]),
            ("choices", ["Yes", "\u200b"]),
            ("link", {"url": "example.org", "title": "Here"}),
            ("location", {"latitude": 1, "longitude": 200}),
            ("contacts", [{"name": ""}]),
            ("attachment", {"url": "file:///etc/passwd"}),
            ("attachment", {"media": "17"}),
            ("template", {"name": "new_bot_message"}),
            ("reaction", "well"),
            ("reaction", "👍"),
            ("request", "money"),
        ],
    )
    def test_stand_at_the_field(self, api: APIClient, body: dict[str, Any], field: str, value: Any) -> None:
        answer = api.post(URL, {**body, field: value})
        assert (answer.status_code, list(answer.json())) == (400, [field]), answer.content
        assert not Message.objects.exists()
        assert not Conversation.objects.exists()

    def test_an_empty_body_is_told_what_it_lacks(self, api: APIClient) -> None:
        assert set(api.post(URL, {}).json()) == {"channel", "to", "text"}

    def test_a_channel_that_is_switched_off_sends_nothing(
        self, api: APIClient, body: dict[str, Any], channel: Channel
    ) -> None:
        Channel.objects.filter(pk=channel.pk).update(is_active=False)
        answer = api.post(URL, body)
        assert (answer.status_code, list(answer.json())) == (400, ["channel"])

    def test_kinds_of_reply_that_are_null_are_left_out(self, api: APIClient, body: dict[str, Any]) -> None:
        assert api.post(URL, {**body, "choices": None}).status_code == 202


class TestIdempotency:
    def ask(self, client: APIClient, body: dict[str, Any], key: str = "k1") -> Any:
        return client.post(URL, body, headers={"Idempotency-Key": key})

    def test_the_same_key_gives_the_same_message(
        self, api: APIClient, body: dict[str, Any], graph: FakeGraph, work: Work
    ) -> None:
        first = self.ask(api, body)
        work()
        reordered = dict(reversed(body.items()))
        second = self.ask(api, reordered)
        work()
        assert (first.status_code, second.status_code) == (202, 202)
        assert first.json()["id"] == second.json()["id"]
        assert second.json()["status"] == "accepted"
        assert len(graph.asked) == 1

    def test_also_where_the_channel_was_switched_off_since(
        self, api: APIClient, body: dict[str, Any], channel: Channel
    ) -> None:
        first = self.ask(api, body)
        Channel.objects.filter(pk=channel.pk).update(is_active=False)
        assert self.ask(api, body).json()["id"] == first.json()["id"]

    def test_with_another_body_it_is_in_conflict(self, api: APIClient, body: dict[str, Any]) -> None:
        self.ask(api, body)
        answer = self.ask(api, {**body, "text": "Other"})
        assert (answer.status_code, len(ours())) == (409, 1)
        assert "Idempotency-Key" in answer.json()["detail"]

    def test_a_refused_request_uses_no_key_up(self, api: APIClient, body: dict[str, Any]) -> None:
        assert self.ask(api, {**body, "text": ""}).status_code == 400
        assert self.ask(api, body).status_code == 202

    def test_another_team_may_use_the_same_key(
        self, api: APIClient, other_api: APIClient, body: dict[str, Any]
    ) -> None:
        self.ask(api, body)
        assert self.ask(other_api, body).status_code == 400
        assert IdempotencyKey.objects.count() == 1

    def test_a_key_lives_a_day(self, api: APIClient, body: dict[str, Any]) -> None:
        first = self.ask(api, body).json()["id"]
        with time_machine.travel(clock.now() + timedelta(hours=24, seconds=1)):
            assert self.ask(api, body).json()["id"] != first

    @pytest.mark.parametrize("key", ["x" * 256, "a\tb"])
    def test_an_odd_key_is_refused(self, api: APIClient, body: dict[str, Any], key: str) -> None:
        assert (self.ask(api, body, key).status_code, len(ours())) == (400, 0)

    @pytest.mark.django_db(transaction=True)
    def test_asked_at_once_it_is_one_message(self, team: Team, body: dict[str, Any]) -> None:
        clients = [client_of(team) for _ in range(4)]

        def ask(client: APIClient) -> tuple[int, str]:
            try:
                answer = self.ask(client, body)
                return answer.status_code, json.loads(answer.content)["id"]
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as threads:
            answers = set(threads.map(ask, clients))
        assert len(answers) == 1
        assert answers.pop()[0] == 202
        assert len(ours()) == 1
