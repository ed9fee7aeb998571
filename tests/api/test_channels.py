"""Channels over REST: the number is looked up at Meta, and each refusal stands at the field that can mend it."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import requests
from django.db import connection
from rest_framework.test import APIClient

from channels_app import clock
from channels_app.models import Bot, Channel, InboundEvent, Message, Notice, Provider, Team
from tests.fixtures import (
    NUMBER,
    WABA,
    FakeGraph,
    Post,
    change,
    client_of,
    list_numbers,
    make_channel,
    make_provider,
    notification,
    own_number,
    refusal,
    text,
)

URL = "/api/v1/channels/"


@pytest.fixture
def body(provider: Provider, bot: Bot) -> dict[str, Any]:
    return {"provider": str(provider.pk), "chatbot": str(bot.pk), "phone_number": "+27 60 055 1234"}


class TestMaking:
    @pytest.mark.parametrize("senders", [[1, None], [["x"]], "x", {"a": 1}])
    def test_tells_in_sentences_what_is_wrong_with_a_list(
        self, api: APIClient, body: dict[str, Any], senders: Any
    ) -> None:
        answer = api.post(URL, {**body, "allowed_senders": senders})
        assert answer.status_code == 400
        assert all(isinstance(sentence, str) for sentence in answer.json()["allowed_senders"])

    def test_gives_what_was_made(self, api: APIClient, body: dict[str, Any], graph: FakeGraph) -> None:
        list_numbers(graph, own_number(), own_number("+27 60 055 9999", "118930421779999"))
        answer = api.post(URL, body)
        assert answer.status_code == 201, answer.content
        shown = answer.json()
        assert shown.pop("id")
        assert shown == {
            "name": "",
            "provider": body["provider"],
            "chatbot": body["chatbot"],
            "phone_number": "+27600551234",
            "phone_number_id": NUMBER,
            "voice_replies": "never",
            "allowed_senders": [],
            "answer_within": None,
            "debounce": 0,
            "pause_after_answer": 0,
            "when_interrupted": "answer_both",
            "max_templates": None,
            "reply_expires_after": 14400,
            "consent_message": "",
            "reset_message": "We start anew.",
            "unheard_message": "I cannot listen to voice notes at the moment. Please write to me.",
            "echo_transcripts": False,
            "off_message": "",
            "is_active": True,
        }

    @pytest.mark.parametrize(
        ("typed", "shown", "kept"),
        [
            ("27600551234", "+27 60 055 1234", "+27600551234"),
            ("0027 (60) 055-1234", "+27 60 055 1234", "+27600551234"),
            ("060 055 1234", "+27 60 055 1234", "+27600551234"),
            ("+1 (555) 078-3881", "+1 555-078-3881", "+15550783881"),
            ("+55 41 99999-8888", "+55 41 9999-8888", "+554199998888"),
            ("+52 1 55 1234 5678", "+52 55 1234 5678", "+525512345678"),
            ("+54 9 11 5555-1234", "+54 11 5555-1234", "+541155551234"),
        ],
    )
    def test_finds_the_number_in_any_usual_form(
        self, api: APIClient, body: dict[str, Any], graph: FakeGraph, typed: str, shown: str, kept: str
    ) -> None:
        list_numbers(graph, own_number("+27 60 055 9999", "118930421779999"), own_number(shown))
        answer = api.post(URL, {**body, "phone_number": typed})
        assert (answer.status_code, answer.json()["phone_number"]) == (201, kept)
        assert answer.json()["phone_number_id"] == NUMBER

    def test_finds_the_number_on_a_later_page(self, api: APIClient, body: dict[str, Any], graph: FakeGraph) -> None:
        url = f"https://graph.facebook.com/v25.0/{WABA}/phone_numbers"
        more = {"cursors": {"after": "c2"}, "next": f"{url}?after=c2"}
        graph.wire.get(url, json={"data": [own_number("+27 60 055 9999", "118930421779999")], "paging": more})
        graph.wire.get(url, json={"data": [own_number()]})
        assert api.post(URL, body).json()["phone_number_id"] == NUMBER

    def test_takes_every_setting(self, api: APIClient, body: dict[str, Any], graph: FakeGraph) -> None:
        list_numbers(graph, own_number())
        settings = {
            "name": "Front desk",
            "voice_replies": "match",
            "allowed_senders": ["+27 83 123 4567", "27600551234", "2782*", "ZA.48213907715526"],
            "answer_within": 3600,
            "debounce": 2,
            "pause_after_answer": 600,
            "max_templates": 3,
            "reply_expires_after": 60,
            "is_active": False,
        }
        shown = api.post(URL, {**body, **settings}).json()
        settings["allowed_senders"] = ["+27831234567", "27600551234", "2782*", "ZA.48213907715526"]
        assert {name: shown[name] for name in settings} == settings

    def test_needs_what_is_required(self, api: APIClient) -> None:
        assert set(api.post(URL, {}).json()) == {"provider", "chatbot", "phone_number"}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("provider", "abc"),
            ("provider", None),
            ("provider", 10**40),
            ("chatbot", ["a"]),
            ("chatbot", "0199a3f0-0000-7000-8000-000000000000"),
            ("phone_number", "call me"),
            ("phone_number", "12"),
            ("phone_number", "9" * 30),
            ("phone_number", "+27 60 055 0000"),
            ("phone_number", "nul\0"),
            ("voice_replies", "loudly"),
            ("allowed_senders", "everyone"),
            ("allowed_senders", ["everyone"]),
            ("allowed_senders", [None]),
            ("allowed_senders", ["1" * 16] * 1001),
            ("answer_within", -1),
            ("answer_within", 0),
            ("max_templates", 0),
            ("answer_within", 10**30),
            ("answer_within", "soon"),
            ("debounce", 10**6),
            ("debounce", None),
            ("pause_after_answer", -1),
            ("max_templates", -1),
            ("reply_expires_after", 0),
            ("reply_expires_after", 10**9),
            ("is_active", "perhaps"),
            ("name", "x" * 121),
        ],
    )
    def test_says_at_the_field_what_is_wrong(
        self, api: APIClient, body: dict[str, Any], graph: FakeGraph, field: str, value: Any
    ) -> None:
        list_numbers(graph, own_number())
        answer = api.post(URL, {**body, field: value})
        assert (answer.status_code, list(answer.json())) == (400, [field]), answer.content
        assert not Channel.objects.exists()


class TestWhatMetaSays:
    @pytest.mark.parametrize(
        ("refused", "words"),
        [
            (refusal(190, 401), "access token"),
            (refusal(0, 401), "access token"),
            (refusal(10, 403), "permission"),
            (refusal(200, 403), "permission"),
            (refusal(3, 500), "permission"),
            (
                (400, {"error": {"code": 100, "error_subcode": 33, "message": "Object with ID does not exist"}}),
                f"Business Account {WABA}",
            ),
            (refusal(33, 400), f"Business Account {WABA}"),
            (refusal(2, 503), "could not be reached"),
            ((502, {}), "could not be reached"),
            (refusal(80007, 400), "Try again"),
            ((0, requests.ConnectionError("refused")), "could not be reached"),
            ((0, requests.ReadTimeout("slow")), "could not be reached"),
            ((400, {"error": {"code": 100, "message": "Invalid appsecret_proof"}}), "app secret"),
        ],
    )
    def test_stands_at_the_provider(
        self, api: APIClient, body: dict[str, Any], graph: FakeGraph, refused: tuple[int, Any], words: str
    ) -> None:
        list_numbers(graph, refused=refused)
        answer = api.post(URL, body)
        assert (answer.status_code, list(answer.json())) == (400, ["provider"])
        assert words in answer.json()["provider"][0]

    def test_an_unknown_number_is_told_with_those_there_are(
        self, api: APIClient, body: dict[str, Any], graph: FakeGraph
    ) -> None:
        list_numbers(graph, own_number("+27 60 055 9999"))
        answer = api.post(URL, body)
        assert (answer.status_code, list(answer.json())) == (400, ["phone_number"])
        assert "+27 60 055 9999" in answer.json()["phone_number"][0]

    def test_an_account_without_numbers_is_told(self, api: APIClient, body: dict[str, Any], graph: FakeGraph) -> None:
        list_numbers(graph)
        assert "no numbers" in api.post(URL, body).json()["phone_number"][0]

    def test_the_throughput_is_what_meta_grants(self, api: APIClient, body: dict[str, Any], graph: FakeGraph) -> None:
        list_numbers(graph, own_number(throughput={"level": "HIGH"}))
        api.post(URL, body)
        assert Channel.objects.get().throughput == 1000


class TestOneChannelPerNumber:
    def test_a_number_is_bound_once(
        self, api: APIClient, body: dict[str, Any], graph: FakeGraph, channel: Channel
    ) -> None:
        list_numbers(graph, own_number())
        answer = api.post(URL, body)
        assert (answer.status_code, list(answer.json())) == (400, ["phone_number"])
        assert "already answers in another channel" in answer.json()["phone_number"][0]

    def test_nor_in_another_team_which_is_not_named(self, channel: Channel, other_team: Team, graph: FakeGraph) -> None:
        list_numbers(graph, own_number())
        provider = make_provider(other_team)
        bot = Bot.objects.create(team=other_team, name="Theirs")
        body = {"provider": str(provider.pk), "chatbot": str(bot.pk), "phone_number": "+27600551234"}
        answer = client_of(other_team).post(URL, body)
        assert answer.status_code == 400
        assert "Cape Clinic" not in answer.content.decode()
        assert "Front desk" not in answer.content.decode()

    def test_switching_on_a_second_one_is_refused(self, api: APIClient, channel: Channel) -> None:
        second = make_channel(channel.provider, is_active=False)
        answer = api.patch(f"{URL}{second.pk}/", {"is_active": True})
        assert (answer.status_code, list(answer.json())) == (400, ["phone_number"])

    @pytest.mark.django_db(transaction=True)
    def test_the_database_decides_between_two_at_once(self, team: Team, other_team: Team, graph: FakeGraph) -> None:
        both_have_looked = Barrier(2, timeout=5)

        def listed(request: Any) -> tuple[int, dict[str, str], str]:
            both_have_looked.wait()
            return 200, {}, json.dumps({"data": [own_number()]})

        def make(asking: Team) -> Any:
            bot = Bot.objects.create(team=asking, name="Echo")
            body = {"provider": str(make_provider(asking).pk), "chatbot": str(bot.pk), "phone_number": "+27600551234"}
            client = client_of(asking)
            try:
                return client.post(URL, body)
            finally:
                connection.close()

        graph.wire.add_callback("GET", f"https://graph.facebook.com/v25.0/{WABA}/phone_numbers", callback=listed)
        with ThreadPoolExecutor(2) as threads:
            answers = sorted(threads.map(make, [team, other_team]), key=lambda answer: answer.status_code)
        assert [answer.status_code for answer in answers] == [201, 400]
        assert list(answers[1].json()) == ["phone_number"]

    def test_an_inactive_channel_leaves_the_number_free(
        self, api: APIClient, body: dict[str, Any], graph: FakeGraph, provider: Provider
    ) -> None:
        make_channel(provider, is_active=False)
        list_numbers(graph, own_number())
        assert api.post(URL, body).status_code == 201


class TestChanging:
    def test_does_not_ask_meta_for_what_it_knows(self, api: APIClient, channel: Channel, graph: FakeGraph) -> None:
        shown = api.get(f"{URL}{channel.pk}/").json()
        answer = api.patch(f"{URL}{channel.pk}/", {**shown, "name": "Desk", "phone_number": "27 60 055 1234"})
        assert (answer.status_code, answer.json()) == (200, {**shown, "name": "Desk"})
        assert len(graph.wire.calls) == 0

    def test_asks_meta_for_another_number(self, api: APIClient, channel: Channel, graph: FakeGraph) -> None:
        Channel.objects.filter(pk=channel.pk).update(blocked_at=clock.now())
        Notice.objects.create(
            team=channel.team, provider=channel.provider, channel=channel, kind="access", title="Number"
        )
        list_numbers(graph, own_number(), own_number("+27 60 055 9999", "118930421779999"))
        answer = api.patch(f"{URL}{channel.pk}/", {"phone_number": "+27600559999"})
        assert (answer.status_code, answer.json()["phone_number_id"]) == (200, "118930421779999")
        channel.refresh_from_db()
        assert channel.blocked_at is None
        assert Notice.objects.get().closed_at is not None

    def test_asks_meta_about_another_provider(
        self, api: APIClient, channel: Channel, team: Team, graph: FakeGraph
    ) -> None:
        other = make_provider(team, "104216845990000")
        list_numbers(graph, waba="104216845990000")
        answer = api.patch(f"{URL}{channel.pk}/", {"provider": str(other.pk)})
        assert (answer.status_code, list(answer.json())) == (400, ["phone_number"])

    def test_another_bot_takes_over(self, api: APIClient, channel: Channel, bot: Bot) -> None:
        assert api.patch(f"{URL}{channel.pk}/", {"chatbot": str(bot.pk)}).json()["chatbot"] == str(bot.pk)


class TestWhatCameBefore:
    def test_is_answered_once_the_number_has_a_channel(
        self,
        api: APIClient,
        body: dict[str, Any],
        post: Post,
        graph: FakeGraph,
        work: Callable[[], None],
    ) -> None:
        list_numbers(graph, own_number())
        early = notification(change(text("early", "wamid.early")))
        assert post(early).status_code == 200
        assert api.post(URL, body).status_code == 201
        assert post(early).status_code == 200
        work()
        assert graph.texts == ["early"]
        assert InboundEvent.objects.get().state == "done"

    def test_is_answered_in_order_when_a_channel_is_switched_on(
        self, api: APIClient, channel: Channel, post: Post, graph: FakeGraph, work: Callable[[], None]
    ) -> None:
        api.patch(f"{URL}{channel.pk}/", {"is_active": False})
        post(notification(change(text("one", "a"), text("two", "b"))))
        work()
        assert graph.texts == []
        api.patch(f"{URL}{channel.pk}/", {"is_active": True})
        work()
        assert graph.texts == ["one", "two"]


class TestDeleting:
    def test_frees_the_number_and_keeps_what_was_said(
        self,
        api: APIClient,
        channel: Channel,
        body: dict[str, Any],
        post: Post,
        graph: FakeGraph,
        work: Callable[[], None],
    ) -> None:
        post(notification(change(text("Hello"))))
        work()
        assert api.delete(f"{URL}{channel.pk}/").status_code == 204
        assert api.get(f"{URL}{channel.pk}/").status_code == 404
        listed = api.get("/api/v1/messages/", {"channel": str(channel.pk)}).json()["results"]
        assert [message["text"] for message in listed] == ["Hello", "Hello"]
        list_numbers(graph, own_number())
        assert api.post(URL, body).status_code == 201

    def test_what_is_deleted_cannot_be_sent_from(self, api: APIClient, channel: Channel) -> None:
        api.delete(f"{URL}{channel.pk}/")
        answer = api.post("/api/v1/messages/", {"channel": str(channel.pk), "to": "+27831234567", "text": "Hi"})
        assert (answer.status_code, list(answer.json())) == (400, ["channel"])
        assert not Message.objects.exists()
