"""The plugin for those who write bots: people write, and hear what the bot says."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile

from channels_app import clock
from channels_app.bots.contract import Answer, Reply, Said, Turn
from channels_app.graph.client import GraphClient
from channels_app.graph.errors import Refused
from channels_app.models import Channel, Message
from channels_app.simulator import callbacks
from channels_app.simulator.graph import handshakes, media, media_types
from channels_app.simulator.graph.refusals import Refusal
from channels_app.simulator.phone import filing, opus
from channels_app.simulator.phone.telling import NotSent
from channels_app.simulator.rehearsal import ground, stages
from channels_app.simulator.rehearsal.meta import Meta, NotThisBot
from channels_app.simulator.rehearsal.wire import Exchange
from tests.simulator.attachments import MP4, PDF, WEBP, png, webm

pytestmark = pytest.mark.django_db


def shout(turn: Turn) -> str:
    return turn.messages[-1].text.upper()


def asking(to: str, question: str, *titles: str) -> dict[str, Any]:
    """A message with reply buttons, as a program writes it that calls Graph itself."""
    buttons = [{"type": "reply", "reply": {"id": title.lower(), "title": title}} for title in titles]
    interactive = {"type": "button", "body": {"text": question}, "action": {"buttons": buttons}}
    return {"messaging_product": "whatsapp", "to": to, "type": "interactive", "interactive": interactive}


def listing(to: str, question: str, *titles: str) -> dict[str, Any]:
    rows = [{"id": f"{question}-{title}".lower(), "title": title} for title in titles]
    action = {"button": "Choose", "sections": [{"title": "Hours", "rows": rows}]}
    interactive = {"type": "list", "body": {"text": question}, "action": action}
    return {"messaging_product": "whatsapp", "to": to, "type": "interactive", "interactive": interactive}


def statuses_in(hook: Exchange) -> list[Any]:
    return [
        status
        for entry in hook.body["entry"]
        for change in entry["changes"]
        for status in change["value"].get("statuses", [])
    ]


@pytest.fixture
def client(meta: Meta, settings: Any) -> GraphClient:
    """Graph, for a program that calls it beside the bot."""
    provider = meta.channel.provider
    return GraphClient(
        base_url=settings.SIMULATOR_GRAPH_URL,
        version="v25.0",
        token=provider.access_token,
        app_secret=provider.app_secret,
    )


class TestTalking:
    def test_a_person_writes_and_hears_the_answer(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        assert thandi.hears("Hello").status == "read"
        thandi.hears_nothing()

    def test_a_function_can_be_the_bot(self, meta: Meta) -> None:
        meta.answer_with(shout)
        meta.person("Thandi").writes("Do you open on Sunday?")
        meta.person("Thandi").hears(re.compile("SUNDAY"))

    def test_an_engine_can_be_the_bot(self, meta: Meta) -> None:
        class Greeter:
            def reply(self, turn: Turn) -> Answer:
                return Answer(replies=(Reply(text=f"Hello {turn.participant.name}"), Reply(text="How are you?")))

        meta.answer_with(Greeter())
        sipho = meta.person("Sipho")
        sipho.writes("Hi")
        assert [sipho.hears("Hello Sipho").type, sipho.hears("How are you?").type] == ["text", "text"]

    def test_what_is_looked_at_is_there_whoever_waited_for_it(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        thandi.writes("One")
        assert [bubble.text for bubble in thandi.heard] == ["One"]
        thandi.writes("Two")
        assert [message.status for message in meta.messages] == ["read", "read"]
        thandi.writes("Three")
        assert [call.body["text"]["body"] for call in meta.sent if "text" in call.body] == ["One", "Two", "Three"]
        thandi.writes("Four")
        assert len(meta.webhooks) == 16

    def test_people_do_not_hear_what_others_are_told(self, meta: Meta) -> None:
        thandi, sipho = meta.person("Thandi"), meta.person("Sipho")
        thandi.writes("One")
        sipho.writes("Two")
        sipho.hears("Two")
        thandi.hears("One")

    def test_somebody_with_a_username_alone_is_answered(self, meta: Meta) -> None:
        lindiwe = meta.person("Lindiwe", hidden_number=True)
        lindiwe.writes("Hi")
        lindiwe.hears("Hi")
        assert meta.sent[-1].body["recipient"] == lindiwe.chat.person.user_id
        assert "to" not in meta.sent[-1].body

    def test_whatever_can_be_shared_reaches_the_bot(self, meta: Meta) -> None:
        seen: list[Any] = []

        def note(turn: Turn) -> str:
            seen.extend(said.type for said in turn.messages)
            return "Thanks"

        meta.answer_with(note)
        thandi = meta.person("Thandi")
        thandi.sends_place(-33.9249, 18.4241, name="City Hall")
        thandi.hears("Thanks")
        thandi.sends_contact("Sipho Dube", "+1 555 020 0042")
        thandi.hears("Thanks")
        thandi.sends("button", {"payload": "STOP", "text": "Stop updates"})
        thandi.hears("Thanks")
        assert seen == ["location", "contacts", "button"]

    def test_buttons_can_be_tapped(self, meta: Meta, client: GraphClient) -> None:
        chosen: list[Any] = []
        meta.answer_with(lambda turn: chosen.append(turn.messages[0].content) or "Fine")  # type: ignore[func-returns-value]
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        thandi.hears("Fine")
        client.send_message(meta.number.phone_number_id, asking(thandi.number, "On Sunday?", "Yes", "No"))
        bubble = thandi.hears("On Sunday?")
        assert (bubble.type, bubble.choices) == ("interactive", ("Yes", "No"))
        thandi.taps("No")
        thandi.hears("Fine")
        assert chosen[-1]["title"] == "No"

    def test_rows_of_a_list_can_be_tapped_and_the_latest_message_counts(self, meta: Meta, client: GraphClient) -> None:
        turns: list[Turn] = []
        meta.answer_with(lambda turn: turns.append(turn) or "Fine")  # type: ignore[func-returns-value]
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        thandi.hears("Fine")
        for day in ("Monday", "Tuesday"):
            client.send_message(meta.number.phone_number_id, listing(thandi.number, day, "Morning", "Evening"))
        bubbles = [thandi.hears(day) for day in ("Monday", "Tuesday")]
        assert [bubble.choices for bubble in bubbles] == [("Morning", "Evening")] * 2
        thandi.taps("Evening")
        thandi.hears("Fine")
        said = turns[-1].messages[0]
        assert (said.content["id"], said.content["title"]) == ("tuesday-evening", "Evening")
        assert meta.webhooks[-4].body["entry"][0]["changes"][0]["value"]["messages"][0]["context"]["id"] == (
            bubbles[1].wamid
        )

    def test_whoever_reacts_lets_the_bot_answer_first(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        thandi.reacts("👍")
        assert thandi.hears("Hello").status == "read"
        reaction = meta.webhooks[-1].body["entry"][0]["changes"][0]["value"]["messages"][0]["reaction"]
        assert reaction["message_id"] == thandi.heard[0].wamid

    def test_nobody_answers_between_what_is_sent_together(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        thandi.hears("Hello")
        with meta.together():
            thandi.writes("One")
            thandi.reacts("👍")
        values = [webhook.body["entry"][0]["changes"][0]["value"] for webhook in meta.webhooks]
        arrived = [[each["type"] for each in value["messages"]] for value in values if "messages" in value]
        assert arrived == [["text"], ["text", "reaction"]]

    def test_a_voice_note_of_the_bots_is_listened_to(self, meta: Meta, client: GraphClient) -> None:
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        thandi.hears("Hello")
        sound = ContentFile(opus.as_ogg(webm()))
        kept = media.keep(meta.number, sound, media_types.OPUS, "note.ogg", timedelta(days=1))
        note = {"messaging_product": "whatsapp", "to": thandi.number, "type": "audio"}
        client.send_message(meta.number.phone_number_id, note | {"audio": {"id": kept.media_id, "voice": True}})
        thandi.hears()
        thandi.listens()
        meta.settle()
        told = [status["status"] for hook in meta.webhooks for status in statuses_in(hook)]
        assert told[-4:] == ["sent", "delivered", "read", "played"]

    @pytest.mark.parametrize(
        ("name", "content", "wish", "kind", "mime_type"),
        [
            ("receipt.png", png(), "photo", "image", "image/png"),
            ("film.mp4", MP4, "photo", "video", "video/mp4"),
            ("note.webm", webm(), "voice", "audio", "audio/ogg; codecs=opus"),
            ("wave.webp", WEBP, "sticker", "sticker", "image/webp"),
            ("invoice 7.pdf", PDF, "document", "document", "application/pdf"),
        ],
    )
    def test_files_reach_the_bot_as_what_they_are(
        self, meta: Meta, name: str, content: bytes, wish: filing.Wish, kind: str, mime_type: str
    ) -> None:
        seen: list[Said] = []
        meta.answer_with(lambda turn: seen.extend(turn.messages) or "Thanks")  # type: ignore[func-returns-value]
        thandi = meta.person("Thandi")
        thandi.sends_file(content, name, wish=wish, caption="Look")
        thandi.hears("Thanks")
        (said,) = seen
        assert (said.type, said.content["mime_type"]) == (kind, mime_type)
        assert said.content.get("caption", "") == ("Look" if kind in ("image", "video", "document") else "")
        told = meta.webhooks[0].body["entry"][0]["changes"][0]["value"]["messages"][0][kind]
        assert (told.get("voice"), told.get("filename")) == (
            True if kind == "audio" else None,
            name if kind == "document" else None,
        )

    def test_what_cannot_be_sent_is_said(self, meta: Meta) -> None:
        with pytest.raises(NotSent, match="A sticker is a WebP file"):
            meta.person("Thandi").sends_file(PDF, "invoice.pdf", wish="sticker")

    def test_what_the_wires_carried_can_be_seen_and_holds_no_secret(self, meta: Meta) -> None:
        meta.person("Thandi").writes("Hello")
        meta.person("Thandi").hears("Hello")
        (message,) = [call for call in meta.sent if call.body.get("type") == "text"]
        assert (message.method, message.status, message.body["text"]["body"]) == ("POST", 200, "Hello")
        assert [hook.status for hook in meta.webhooks] == [200] * 4
        assert all(hook.signature.startswith("sha256=") for hook in meta.webhooks)
        provider = meta.channel.provider
        assert provider.access_token not in repr(meta.sent)
        assert "appsecret_proof" not in repr(meta.sent)


class TestTime:
    def test_after_25_hours_the_bot_gets_through_by_template(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        thandi.hears("Hello")
        meta.hours_pass(25)
        meta.bot_writes(thandi, "Your results are in.")
        assert thandi.hears_template("Your results are in.", name="new_bot_message").status == "read"

    def test_whoever_writes_again_hears_freely(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        meta.hours_pass(25)
        thandi.writes("Still there?")
        thandi.hears("Hello")
        thandi.hears("Still there?")

    def test_what_comes_25_hours_late_is_answered_by_template(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        thandi.writes("Anybody?", hours_ago=25)
        thandi.hears_template("Anybody?")

    def test_the_clock_is_right_again_afterwards(self, meta_channel: Channel) -> None:
        before = clock.now()
        with stages.one_thread(meta_channel) as stage:
            Meta(stage).hours_pass(1000)
            assert clock.now() > before + timedelta(hours=999)
        assert clock.now() < before + timedelta(minutes=10)

    def test_no_time_is_spent_on_waiting(self, meta: Meta) -> None:
        """Meta's pair rate: 45 at once, then one in six seconds."""
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        thandi.hears("Hello")
        for number in range(47):
            meta.bot_writes(thandi, f"News {number}")
        for number in range(47):
            thandi.hears(f"News {number}")


class TestMishaps:
    def test_a_refusal_at_once_is_stepped_down_from(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        meta.refuse(131047)
        thandi.writes("Hello")
        thandi.hears_template("Hello")
        assert [call.status for call in meta.sent if "type" in call.body] == [400, 200]

    def test_a_refusal_by_status_is_stepped_down_from(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        meta.refuse_by_status(131047)
        thandi.writes("Hello")
        thandi.hears_template("Hello")
        thandi.hears_nothing()

    def test_an_answer_that_was_dropped_is_no_reason_to_say_it_twice(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        meta.drop_answer()
        thandi.writes("Hello")
        assert thandi.hears("Hello").status == "read"
        thandi.hears_nothing()

    @pytest.mark.parametrize("kind", ["broken", "broken_unsaid", "lost_answer", "late_answer", "too_fast"])
    def test_a_passing_fault_costs_nobody_an_answer(self, meta: Meta, kind: str) -> None:
        thandi = meta.person("Thandi")
        with meta.fault(kind, times=1):
            thandi.writes("Hello")
        meta.hours_pass(1)
        thandi.hears("Hello")
        thandi.hears_nothing()

    def test_a_late_answer_is_waited_for_until_the_product_gives_up(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        with meta.fault("late_answer"):
            for words in ("One", "Two"):
                before = clock.now()
                thandi.writes(words)
                assert thandi.hears(words).status == "read"
                assert clock.now() - before >= timedelta(seconds=32)
        assert [call.status for call in meta.sent if "type" in call.body] == [None, None]

    def test_a_lost_answer_is_lost_as_often_as_is_wished(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        with meta.fault("lost_answer", times=2):
            for words in ("One", "Two", "Three"):
                thandi.writes(words)
                thandi.hears(words)
        assert [call.status for call in meta.sent if "type" in call.body] == [None, None, 200]

    @pytest.mark.parametrize(("kind", "posted"), [("duplicated", 9), ("deaf", 4), ("statuses_lost", 7)])
    def test_what_goes_wrong_with_webhooks_does_as_often_as_is_wished(self, meta: Meta, kind: str, posted: int) -> None:
        """Of each message the webhook is told once, and of each answer three times: sent, delivered, read."""
        thandi = meta.person("Thandi")
        with meta.fault(kind, times=1):
            thandi.writes("One")
            thandi.writes("Two")
        assert len(meta.webhooks) == posted

    def test_a_token_is_no_good_as_often_as_is_wished(self, meta: Meta, client: GraphClient) -> None:
        meta.begin("token_expired", times=2)
        for _ in range(2):
            with pytest.raises(Refused, match="190/463"):
                client.waba(ground.WABA_ID)
        assert client.waba(ground.WABA_ID).id == ground.WABA_ID

    def test_once_hours_have_passed_what_was_held_is_there(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        with meta.fault("token_expired"):
            thandi.writes("Hello")
        meta.hours_pass(1)
        assert Message.objects.get(direction="outbound").status == "read"

    def test_a_callback_shakes_hands_without_a_network(self, meta: Meta, settings: Any) -> None:
        provider = meta.channel.provider
        handshakes.shake(callbacks.own_address(), provider.verify_token)
        with pytest.raises(Refusal, match="HTTP Status Code = 403"):
            handshakes.shake(settings.SIMULATOR_WEBHOOK_URL, "somebody else's")
        assert meta.webhooks == []

    def test_an_expired_token_holds_the_answer_until_it_is_mended(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        with meta.fault("token_expired"):
            thandi.writes("Hello")
            thandi.hears_nothing()
            assert [message.status for message in meta.messages] == ["held"]
        meta.hours_pass(1)
        thandi.hears("Hello")

    def test_a_forged_message_is_refused(self, meta: Meta) -> None:
        assert meta.forges("Thandi", "Send me the money") == 403
        meta.person("Thandi").hears_nothing()

    def test_several_may_come_in_one_webhook(self, meta: Meta) -> None:
        thandi, sipho = meta.person("Thandi"), meta.person("Sipho")
        with meta.together():
            thandi.writes("One")
            sipho.writes("Two")
            thandi.writes("Three")
        for person, words in ((thandi, "One"), (thandi, "Three"), (sipho, "Two")):
            person.hears(words)
        (value,) = [change["value"] for change in meta.webhooks[0].body["entry"][0]["changes"]]
        assert len(value["messages"]) == 3

    def test_a_rejected_template_cannot_be_sent(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        meta.judge_template("REJECTED")
        meta.bot_writes(thandi, "News")
        thandi.hears_nothing()
        assert [message.status for message in meta.messages] == ["failed"]


class TestComplaints:
    def test_say_what_was_heard_instead(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        with pytest.raises(AssertionError, match=r"^Thandi was to hear 'Goodbye', and heard 'Hello' \(text\)\.$"):
            thandi.hears("Goodbye")
        thandi.writes("Hello")
        with pytest.raises(AssertionError, match="was to get a template with 'Hello', and heard 'Hello'"):
            thandi.hears_template("Hello")

    def test_say_why_nothing_was_heard(self, meta: Meta) -> None:
        thandi = meta.person("Thandi")
        meta.begin("token_expired")
        thandi.writes("Hello")
        with pytest.raises(AssertionError, match="heard nothing") as caught:
            thandi.hears("Hello")
        assert "The bot's 'Hello' is held: 190" in str(caught.value)

    def test_have_what_the_bot_raised_as_their_cause(self, meta: Meta) -> None:
        def broken(turn: Turn) -> str:
            raise KeyError("opening_hours")

        meta.answer_with(broken)
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        with pytest.raises(AssertionError, match="heard nothing") as caught:
            thandi.hears("Hello")
        assert isinstance(caught.value.__cause__, KeyError)

    @pytest.mark.parametrize("said", [None, 5, ["Hello"]])
    def test_say_what_a_bot_may_answer_with(self, meta: Meta, said: Any) -> None:
        meta.answer_with(lambda turn: said)
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        with pytest.raises(AssertionError, match="heard nothing") as caught:
            thandi.hears("Hello")
        assert str(caught.value.__cause__).startswith("A bot answers with a text, a Reply or an Answer, and not with")

    @pytest.mark.parametrize(
        ("engine", "config", "said"),
        [
            ("oracle", {}, "There is no such engine here. Choose one of: .*echo"),
            ("rules", {"rules": [{"when": "hello"}]}, "rules: Rule 1: `reply` is needed"),
            ("rules", {"rulez": []}, "rulez"),
            ("llm", {"model": "x"}, "ai_provider"),
        ],
    )
    def test_say_what_a_bot_cannot_be(self, meta: Meta, engine: str, config: Any, said: str) -> None:
        with pytest.raises(NotThisBot, match=said):
            meta.configure(engine, **config)

    def test_say_which_faults_there_are(self, meta: Meta) -> None:
        with pytest.raises(ValueError, match=r"There is no fault 'explode'\. There are: token_expired, "):
            meta.begin("explode")

    def test_say_that_nothing_can_be_tapped(self, meta: Meta) -> None:
        with pytest.raises(AssertionError, match="no message on the phone has such a button"):
            meta.person("Thandi").taps("Yes")


class TestYourOwnChannel:
    @pytest.fixture
    def meta_channel(self, channel: Channel) -> Channel:
        return channel

    def test_is_written_to(self, meta: Meta, channel: Channel) -> None:
        meta.person("Thandi").writes("Hello")
        meta.person("Thandi").hears("Hello")
        assert channel.messages.count() == 2


def test_without_the_simulator_it_says_what_is_missing(meta_channel: Channel, settings: Any, request: Any) -> None:
    settings.SIMULATOR = False
    with pytest.raises(Exception, match="set SIMULATOR=true"):
        request.getfixturevalue("meta")
