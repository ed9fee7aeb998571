"""Conversations and messages over REST: listed in order, in pages, filtered, and never another team's."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from channels_app import clock
from channels_app.models import Channel, Conversation, Delivery, Direction, Message, Participant
from tests.fixtures import WINDOW_SHUT, FakeGraph, Post, change, make_channel, make_provider, notification, status, text

URL = "/api/v1/messages/"
Work = Callable[[], None]


def person(channel: Channel, wa_id: str | None = "27831234567", **fields: Any) -> Conversation:
    known = Participant.objects.create(team=channel.team, portfolio=channel.provider.portfolio, wa_id=wa_id, **fields)
    return Conversation.objects.create(team=channel.team, channel=channel, participant=known)


def say(conversation: Conversation, words: str = "Hello", **fields: Any) -> Message:
    facts = {"direction": Direction.INBOUND, "type": "text", "status": "answered", "text": words} | fields
    return Message.objects.create(
        team=conversation.team, channel=conversation.channel, conversation=conversation, **facts
    )


def listed(api: APIClient, **query: Any) -> list[Any]:
    answer = api.get(URL, query)
    assert answer.status_code == 200, answer.content
    found: list[Any] = answer.json()["results"]
    return found


class TestMessages:
    def test_are_what_came_and_what_went(
        self, api: APIClient, channel: Channel, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text("Hello"))))
        work()
        came, went = listed(api)
        conversation = Conversation.objects.get()
        assert {name: came[name] for name in ("conversation", "direction", "type", "text", "status", "wamid")} == {
            "conversation": str(conversation.pk),
            "direction": "inbound",
            "type": "text",
            "text": "Hello",
            "status": "answered",
            "wamid": "wamid.in.1",
        }
        assert (went["direction"], went["sent_as"], went["status"], went["wamid"]) == (
            "outbound",
            "text",
            "accepted",
            "wamid.out.1",
        )
        assert (came["sent_as"], came["error"], came["attachments"]) == (None, None, [])
        assert api.get(f"{URL}{went['id']}/").json() == went

    def test_tell_what_went_wrong(
        self, api: APIClient, channel: Channel, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text("Hello"))))
        work()
        failure = {**WINDOW_SHUT, "code": 131026, "title": "Message undeliverable"}
        post(notification(change(statuses=[status("wamid.out.1", "failed", errors=[failure])])))
        work()
        (went,) = listed(api, direction="outbound")
        assert went["status"] == "failed"
        assert set(went["error"]) == {"code", "title", "detail", "advice"}
        assert went["error"]["code"] == 131026
        assert went["error"]["advice"]

    def test_without_a_conversation_are_listed_too(self, api: APIClient, channel: Channel) -> None:
        Message.objects.create(
            team=channel.team, channel=channel, direction=Direction.INBOUND, type="text", status="ignored"
        )
        assert listed(api)[0]["conversation"] is None


class TestFilters:
    @pytest.fixture
    def thandi(self, channel: Channel) -> Conversation:
        return person(channel, name="Thandi M")

    @pytest.fixture
    def joao(self, channel: Channel) -> Conversation:
        return person(channel, "554199998888", user_id="BR.4821390")

    @pytest.mark.parametrize("named", ["27831234567", "+27 83 123 4567", "0027831234567"])
    def test_by_number_in_any_usual_form(
        self, api: APIClient, thandi: Conversation, joao: Conversation, named: str
    ) -> None:
        say(thandi, "mine"), say(joao, "not mine")
        assert [row["text"] for row in listed(api, participant=named)] == ["mine"]

    @pytest.mark.parametrize("named", ["+55 41 99999-8888", "554199998888", "BR.4821390"])
    def test_by_another_form_of_the_same_line_or_by_user_id(
        self, api: APIClient, thandi: Conversation, joao: Conversation, named: str
    ) -> None:
        say(thandi, "not mine"), say(joao, "mine")
        assert [row["text"] for row in listed(api, participant=named)] == ["mine"]
        found = api.get("/api/v1/conversations/", {"participant": named}).json()["results"]
        assert [row["id"] for row in found] == [str(joao.pk)]

    def test_by_channel_conversation_direction_and_status(
        self, api: APIClient, thandi: Conversation, joao: Conversation
    ) -> None:
        other = person(make_channel(make_provider(thandi.team, "104216845990000"), "118930421779999"), "27830000000")
        delivery = Delivery.objects.create(
            team=thandi.team, conversation=thandi, source="api", reply={}, expires_at=clock.now()
        )
        rows = {
            "theirs": say(thandi),
            "held": say(joao, status="held"),
            "ours": say(thandi, direction="outbound", status="sent", delivery=delivery),
            "elsewhere": say(other),
        }

        def found(**query: Any) -> set[str]:
            ids = {row["id"] for row in listed(api, **query)}
            return {name for name, row in rows.items() if str(row.pk) in ids}

        assert found(conversation=thandi.pk) == {"theirs", "ours"}
        assert found(channel=other.channel_id) == {"elsewhere"}
        assert found(direction="outbound") == {"ours"}
        assert found(status="held") == {"held"}
        assert found(status="answered", conversation=thandi.pk) == {"theirs"}
        assert found(participant="99999999999") == set()

    @pytest.mark.parametrize(
        "query",
        [
            {"channel": "abc"},
            {"conversation": "1' OR 1=1"},
            {"direction": "sideways"},
            {"status": "lost"},
            {"participant": "nul\0"},
            {"participant": "9" * 300},
        ],
    )
    def test_that_cannot_be_read_are_told(self, api: APIClient, query: dict[str, str]) -> None:
        answer = api.get(URL, query)
        assert (answer.status_code, list(answer.json())) == (400, list(query))

    @pytest.mark.parametrize("named", ["Thandi", "+", "%", "00", "ZA.x y"])
    def test_a_participant_that_nobody_is_finds_nothing(self, api: APIClient, thandi: Conversation, named: str) -> None:
        say(thandi)
        assert listed(api, participant=named) == []


class TestPages:
    def pages(self, api: APIClient, url: str, way: str = "next") -> list[list[str]]:
        found = []
        while url:
            page = api.get(url).json()
            found.append([row["text"] for row in page["results"]])
            url = page[way]
        return found

    def test_stay_as_they_are_while_more_comes(self, api: APIClient, channel: Channel) -> None:
        conversation = person(channel)
        for number in range(5):
            say(conversation, str(number))
        first = api.get(f"{URL}?page_size=2&status=answered").json()
        assert [row["text"] for row in first["results"]] == ["0", "1"]
        assert first["previous"] is None
        say(conversation, "5")
        assert self.pages(api, first["next"]) == [["2", "3"], ["4", "5"]]
        last = api.get(api.get(first["next"]).json()["next"]).json()
        assert self.pages(api, last["previous"], "previous") == [["2", "3"], ["0", "1"]]

    def test_have_fifty_rows_or_as_many_as_asked_for_up_to_two_hundred(self, api: APIClient, channel: Channel) -> None:
        conversation = person(channel)
        Message.objects.bulk_create(
            Message(
                team=channel.team, channel=channel, conversation=conversation, direction="inbound", type="text",
                status="answered",
            )
            for _ in range(201)
        )  # fmt: skip
        assert [len(listed(api, page_size=size)) for size in ("", "10", "9999", "-1", "x", "0")] == [
            50, 10, 200, 50, 50, 50,
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "cursor", ["x", "%00", "ü", "cD0x", "bz0tMQ==", "cD1hYmM=", "bz05OTk5OTk5OTk5OTk5OTk5OTk5OTk=", "=" * 5000]
    )
    def test_a_cursor_that_nobody_gave_out_is_no_crash(self, api: APIClient, channel: Channel, cursor: str) -> None:
        say(person(channel))
        assert api.get(URL, {"cursor": cursor}).status_code in (200, 404)


class TestConversations:
    def test_show_who_it_is_and_until_when_we_may_write(self, api: APIClient, channel: Channel) -> None:
        until = clock.now()
        row = person(channel, name="Thandi M")
        Conversation.objects.filter(pk=row.pk).update(service_window_expires_at=until, last_message_at=until)
        (shown,) = api.get("/api/v1/conversations/").json()["results"]
        assert shown == {
            "id": str(row.pk),
            "channel": str(channel.pk),
            "participant": "27831234567",
            "name": "Thandi M",
            "service_window_expires_at": until.isoformat().replace("+00:00", "Z"),
            "last_message_at": until.isoformat().replace("+00:00", "Z"),
            "waiting_since": None,
            "waiting_why": "",
            "paused_until": None,
            "wants_messages": True,
            "wants_marketing": True,
            "blocked_at": None,
        }
        assert api.get(f"/api/v1/conversations/{row.pk}/").json() == shown

    def test_know_somebody_without_a_number_by_user_id(self, api: APIClient, channel: Channel) -> None:
        person(channel, None, user_id="ZA.48213907715526")
        assert api.get("/api/v1/conversations/").json()["results"][0]["participant"] == "ZA.48213907715526"


class TestQueries:
    @pytest.mark.parametrize("name", ["providers", "chatbots", "channels", "conversations", "messages"])
    def test_do_not_grow_with_the_list(self, api: APIClient, channel: Channel, name: str) -> None:
        def count() -> int:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert api.get(f"/api/v1/{name}/").status_code == 200
            return len(queries)

        def fill(number: int) -> None:
            provider = make_provider(channel.team, f"10421684599000{number}")
            say(person(make_channel(provider, f"11893042177000{number}"), f"2783000000{number}"))

        api.get("/api/v1/channels/")
        fill(0)
        few = count()
        for number in range(1, 6):
            fill(number)
        assert count() == few <= 3
