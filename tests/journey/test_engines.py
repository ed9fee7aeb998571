"""From the webhook to the answer with bots that ask others: a model, a service, Python, rules."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from channels_app import clock, settling
from channels_app.bots.chat import patience
from channels_app.bots.contract import Reply
from channels_app.bots.engines import http
from channels_app.inbound import release
from channels_app.models import AiProvider, Bot, Channel, Conversation, Direction, Message, Notice, Source
from channels_app.outbound import promising
from channels_app.outside import Outside
from tests.bots.completions import USAGE, calling, completion, refusal
from tests.far_end import FarEnd
from tests.fixtures import FakeGraph, Post, Work, change, error_of, item, notification, ours, said, text, theirs

REFUSED = (400, None)


@pytest.fixture(autouse=True)
def _reachable(
    settings: Settings, graph: FakeGraph, far_end: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Our far ends are on this machine, which the operator allows; and nobody pauses between two tries."""
    settings.OUTBOUND_PRIVATE_HOSTS = ["127.0.0.1"]
    graph.wire.add_passthru(far_end.url)
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(http, "FIRST_PAUSE", 0.001)
    yield
    Outside.close_all()


def wired(channel: Channel, engine: str, config: dict[str, Any], **more: Any) -> Bot:
    """Have `channel` answered by such a bot."""
    Bot.objects.filter(pk=channel.bot_id).update(engine=engine, config=config, **more)
    found: Bot = Bot.objects.get(pk=channel.bot_id)
    return found


@pytest.fixture
def model(channel: Channel, far_end: FarEnd) -> FarEnd:
    """The channel is answered by a model."""
    provider = AiProvider.objects.create(
        team=channel.team, name="Models", base_url=f"{far_end.url}/v1", api_key="sk-of-the-clinic"
    )
    wired(channel, "llm", {"model": "gpt-test", "apology": "Later, please."}, ai_provider=provider)
    far_end.otherwise = lambda asked: completion("Good day!")
    return far_end


@pytest.fixture
def service(channel: Channel, far_end: FarEnd) -> FarEnd:
    """The channel is answered by the team's own service, which repeats what it hears."""
    wired(channel, "http", {"url": f"{far_end.url}/turns"}, secret="a secret of both")
    far_end.otherwise = lambda asked: (200, {"messages": [{"text": said["text"]} for said in asked.json["messages"]]})
    return far_end


class TestModel:
    def test_answers_and_what_it_took_is_kept_with_the_message(
        self, model: FarEnd, post: Post, graph: FakeGraph, work: Work, api: APIClient
    ) -> None:
        post(notification(change(text("Hello"))))
        work()
        assert graph.texts == ["Good day!"]
        shown = {message["direction"]: message["usage"] for message in api.get("/api/v1/messages/").json()["results"]}
        assert shown == {"inbound": None, "outbound": USAGE}

    def test_is_told_who_writes_and_what_was_said_before(
        self, model: FarEnd, post: Post, graph: FakeGraph, work: Work, channel: Channel
    ) -> None:
        prompt = "{participant_name} writes to {channel} in {language}."
        Bot.objects.update(config={"model": "gpt-test", "system_prompt": prompt})
        model.answers = [calling("offer_choices", {"text": "Which?", "choices": ["Mon", "Tue"]})]
        for number, words in enumerate(["Hello", "Mon"]):
            post(notification(change(text(words, f"w.{number}"))))
            work()
        assert [button["title"] for button in buttons(graph.asked[0])] == ["Mon", "Tue"]
        messages = model.asked[-1].json["messages"]
        assert messages[0]["content"].startswith("Thandi M writes to Front desk in en.")
        assert [(said["role"], said["content"]) for said in messages[1:]] == [
            ("user", "Hello"),
            ("assistant", "Which?\n[Mon | Tue]"),
            ("user", "Mon"),
        ]

    def test_is_told_no_more_than_the_team_wants(self, model: FarEnd, post: Post, graph: FakeGraph, work: Work) -> None:
        Bot.objects.update(config={"model": "gpt-test", "max_history": 1})
        for number in range(3):
            post(notification(change(text(f"{number}", f"w.{number}"))))
            work()
        assert [said["content"] for said in model.asked[-1].json["messages"][1:]] == ["Good day!", "2"]

    def test_is_told_nothing_of_other_people(self, model: FarEnd, post: Post, graph: FakeGraph, work: Work) -> None:
        post(notification(change(text("my secret", "a", sender="15550101"))))
        work()
        post(notification(change(text("Hello", "b", sender="15550102"))))
        work()
        assert "my secret" not in str(model.asked[-1].json)

    def test_is_told_nothing_of_what_was_said_before_a_wish_to_begin_anew(
        self, model: FarEnd, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        for number, words in enumerate(["Hello", "/reset", "Again", "Still there?"]):
            post(notification(change(text(words, f"w.{number}"))))
            work()
        contents = [said["content"] for said in model.asked[-1].json["messages"][1:]]
        assert contents == ["Again", "Good day!", "Still there?"]

    def test_gets_the_bytes_of_a_picture_that_is_kept(
        self, model: FarEnd, post: Post, graph: FakeGraph, work: Work, channel: Channel
    ) -> None:
        name = default_storage.save("tests/picture.png", ContentFile(b"\x89PNG\r\n"))
        Channel.objects.update(is_active=False)
        post(notification(change(item("image", {"id": "m.1", "mime_type": "image/png", "caption": "Look"}))))
        work()
        Message.objects.update(attachments=[{"file": name, "mime_type": "image/png", "size": 6}])
        Channel.objects.update(is_active=True)
        settling.go_on()
        work()
        words, image = model.asked[-1].json["messages"][-1]["content"]
        assert "Look" in words["text"]
        assert base64.b64encode(b"\x89PNG\r\n").decode() in image["image_url"]["url"]

    def test_gets_a_picture_that_is_not_kept_in_words(
        self, model: FarEnd, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(item("image", {"id": "8733", "mime_type": "image/png", "caption": "Look"}))))
        work()
        said = model.asked[-1].json["messages"][-1]["content"]
        assert said.startswith("A picture, with the words “Look”\n[The file itself could not be fetched: ")

    def test_that_stays_away_six_times_leaves_an_apology_and_a_notice_until_it_is_back(
        self, model: FarEnd, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        model.answers = [refusal(503)] * 6
        post(notification(change(text("Hello", "a"))))
        work()
        assert (graph.texts, theirs().status) == (["Later, please."], "answered")
        assert (len(model.asked), Notice.objects.get(closed_at=None).kind) == (6, "bot")
        post(notification(change(text("Hello?", "b"))))
        work()
        assert graph.texts[1:] == ["Good day!"]
        assert not Notice.objects.filter(closed_at=None).exists()

    def test_what_it_took_to_say_nothing_is_kept_with_the_question(
        self, model: FarEnd, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        model.answers = [calling("hand_over", {"reason": "angry"})]
        post(notification(change(text("Hello"))))
        work()
        assert (theirs().usage, ours()) == (USAGE, [])


class TestService:
    def test_is_told_what_rest_calls_these_things(
        self, service: FarEnd, post: Post, graph: FakeGraph, work: Work, channel: Channel
    ) -> None:
        post(notification(change(text("Hello"))))
        work()
        (turn,) = [asked.json for asked in service.asked]
        conversation = Conversation.objects.get()
        expected = (str(conversation.pk), str(channel.pk), "27831234567", "Thandi M", str(theirs().pk))
        assert (
            turn["conversation"],
            turn["channel"],
            turn["participant"],
            turn["name"],
            turn["messages"][0]["id"],
        ) == expected
        assert graph.texts == ["Hello"]

    def test_answers_later_by_way_of_the_api(
        self, service: FarEnd, post: Post, graph: FakeGraph, work: Work, api: APIClient
    ) -> None:
        service.answers = [(202, None)]
        post(notification(change(text("Hello"))))
        work()
        assert (graph.texts, theirs().status) == ([], "answered")
        turn = service.asked[0].json
        later = {"channel": turn["channel"], "to": turn["participant"], "text": "Here I am."}
        answer = api.post("/api/v1/messages/", later, headers={"Idempotency-Key": turn["turn"]})
        assert answer.status_code == 202
        work()
        assert graph.texts == ["Here I am."]
        assert Conversation.objects.count() == 1

    def test_is_asked_again_with_the_same_turn_until_it_answers(
        self, service: FarEnd, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        service.answers = [(503, None)] * (http.TRIES + 1)
        with time_machine.travel(clock.now(), tick=False) as now:
            post(notification(change(text("Hello"))))
            work()
            assert (theirs().status, error_of(theirs())["detail"]) == ("received", "It answered 503.")
            now.shift(120)
            work()
        assert (graph.texts, theirs().status, theirs().error) == (["Hello"], "answered", None)
        assert len({asked.json["turn"] for asked in service.asked}) == 1

    def test_that_stays_away_leaves_the_message_held_and_answered_when_it_is_mended(
        self, service: FarEnd, post: Post, graph: FakeGraph, work: Work, channel: Channel
    ) -> None:
        service.otherwise = lambda asked: (503, None) if asked.path == "/turns" else (200, {"text": "Mended."})
        with time_machine.travel(clock.now(), tick=False) as now:
            post(notification(change(text("Hello"))))
            for _ in range(6):
                work()
                now.shift(120)
            assert (theirs().status, error_of(theirs())["detail"]) == ("held", "It answered 503.")
            assert Notice.objects.get(closed_at=None).channel == channel
            changes = {"config": {"url": f"{service.url}/mended"}}
            settling.save_bot(Bot.objects.get(), changes)
            work()
        assert (graph.texts, theirs().status) == (["Mended."], "answered")
        assert not Notice.objects.filter(closed_at=None).exists()

    def test_that_was_away_is_asked_again_by_itself(
        self, service: FarEnd, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        service.otherwise = lambda asked: (503, None)
        with time_machine.travel(clock.now()) as now:
            post(notification(change(text("Hello"))))
            work()
            for _ in range(4):
                now.shift(20)
                work()
            first = theirs()
            assert (first.status, first.retry_at is not None) == ("held", True)
            assert release.release_put_off() == 0
            for pause in (61, 121):
                now.shift(pause)
                assert release.release_put_off() == 1
                work()
                assert theirs().status == "held"
            service.otherwise = lambda asked: (200, {"messages": [{"text": "Back"}]})
            now.shift(241)
            release.release_put_off()
            work()
        assert graph.texts == ["Back"]
        assert (theirs().status, theirs().error) == ("answered", None)
        assert len({asked.json["turn"] for asked in service.asked}) == 1

    def test_that_stays_away_for_longer_than_an_answer_may_take_is_not_asked_for_ever(
        self, service: FarEnd, post: Post, work: Work
    ) -> None:
        Channel.objects.update(reply_expires_after=60)
        service.otherwise = lambda asked: (503, None)
        with time_machine.travel(clock.now()) as now:
            post(notification(change(text("Hello"))))
            work()
            for _ in range(4):
                now.shift(20)
                work()
        assert (theirs().status, theirs().retry_at) == ("held", None)

    def test_that_refuses_is_not_asked_again_and_the_next_message_goes_on(
        self, service: FarEnd, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        service.answers = [REFUSED]
        post(notification(change(text("one", "a"), text("two", "b"))))
        work()
        assert graph.texts == ["two"]
        statuses = Message.objects.filter(direction=Direction.INBOUND).order_by("id").values_list("status", flat=True)
        assert (list(statuses), len(service.asked)) == (["held", "answered"], 2)

    def test_a_bot_whose_engine_is_gone_holds_what_came(
        self, service: FarEnd, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        Bot.objects.update(engine="oracle")
        post(notification(change(text("Hello"))))
        work()
        assert (theirs().status, "oracle" in error_of(theirs())["detail"]) == ("held", True)


class TestPythonAndRules:
    def test_handlers_answer_with_what_they_were_told_before(
        self, channel: Channel, post: Post, graph: FakeGraph, work: Work, settings: Settings
    ) -> None:
        settings.BOT_HANDLERS = ["tests.bots.handlers.*"]
        paths = [f"tests.bots.handlers.{name}" for name in ("greeting", "booking", "parrot")]
        wired(channel, "python", {"handlers": paths, "max_history": 5})
        post(notification(change(text("Hello", "a"))))
        work()
        assert [reply["title"] for reply in buttons(graph.asked[0])] == ["Book a visit", "Opening hours"]
        post(notification(change(text("what", "b"))))
        work()
        assert [said(body) for body in graph.asked[1:]] == ["what", "2 before"]

    def test_a_menu_is_tapped_through_to_a_person(
        self, channel: Channel, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        menu = {"when": "hello", "reply": {"text": "What can we do?", "choices": [{"id": "book", "title": "Book"}]}}
        book = {"when": "book", "reply": "We write back.", "handover": "wants a visit"}
        wired(channel, "rules", {"rules": [menu, book], "fallback": "Pardon?"})
        post(notification(change(text("Hello!", "a"))))
        work()
        (button,) = buttons(graph.asked[0])
        tap = {"type": "button_reply", "button_reply": button}
        post(notification(change({**item("interactive", tap, "b"), "context": {"id": "wamid.out.1"}})))
        work()
        assert said(graph.asked[-1]) == "We write back."
        assert Conversation.objects.get().waiting_why == "wants a visit"


def buttons(sent: Any) -> list[Any]:
    """The buttons of a message as Meta got it."""
    assert sent["type"] == "interactive"
    return [button["reply"] for button in sent["interactive"]["action"]["buttons"]]


class TestHandover:
    @pytest.fixture(autouse=True)
    def _over(self, service: FarEnd) -> None:
        service.answers = [(200, {"messages": [{"text": "One moment."}], "handover": "wants a person"})]

    def test_puts_the_conversation_on_the_waiting_list_and_leaves_the_bot_in_peace(
        self, service: FarEnd, post: Post, graph: FakeGraph, work: Work, api: APIClient
    ) -> None:
        post(notification(change(text("A person!", "a"), text("Hello?", "b"))))
        work()
        assert (graph.texts, len(service.asked)) == (["One moment."], 1)
        (waiting,) = api.get("/api/v1/conversations/", {"waiting": "true"}).json()["results"]
        assert waiting["waiting_why"] == "wants a person"
        assert waiting["waiting_since"]
        assert api.get("/api/v1/conversations/", {"waiting": "false"}).json()["results"] == []
        held = api.get("/api/v1/messages/", {"status": "held"}).json()["results"]
        assert [message["text"] for message in held] == ["Hello?"]
        settling.go_on()
        work()
        assert len(service.asked) == 1

    def test_ends_when_it_is_given_back_and_what_nobody_answered_is_asked(
        self, service: FarEnd, post: Post, graph: FakeGraph, work: Work, team: Any
    ) -> None:
        post(notification(change(text("A person!", "a"), text("answered by Alice", "b"))))
        work()
        conversation = Conversation.objects.get()
        speak(conversation, "Alice here.")
        post(notification(change(text("and this?", "c"))))
        work()
        assert settling.give_back([conversation.pk]) == 1
        work()
        assert graph.texts == ["One moment.", "and this?"]
        assert settling.give_back([conversation.pk]) == 0

    def test_concerns_this_one_conversation(self, service: FarEnd, post: Post, graph: FakeGraph, work: Work) -> None:
        post(notification(change(text("A person!", "a"))))
        work()
        post(notification(change(text("Hello", "b", sender="15550102"))))
        work()
        assert graph.texts == ["One moment.", "Hello"]


def speak(conversation: Conversation, words: str) -> None:
    """Somebody of the team has written, and it has arrived."""
    channel = Channel.objects.select_related("provider").get(pk=conversation.channel_id)
    (message,) = promising.promise(conversation, channel, [Reply(text=words)], source=Source.PERSON)
    Message.objects.filter(pk=message.pk).update(status="delivered")
