"""Voice notes, in and out: heard by a service, spoken by one or by the built-in voice, and what becomes of the rest."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from django.test import Client
from pytest_django.fixtures import Settings

from channels_app.bots.contract import Answer, Choice, Link, Reply, Turn
from channels_app.media import keeping
from channels_app.models import AiProvider, Attempt, Bot, Channel, Message, Notice
from channels_app.outside import Outside
from channels_app.simulator.models import SimulatedMedia
from channels_app.simulator.rehearsal import ageing
from channels_app.simulator.rehearsal.bubbles import Bubble
from channels_app.simulator.rehearsal.meta import Meta
from channels_app.speech import patience
from tests.bots.completions import refusal
from tests.far_end import Asked, FarEnd
from tests.fixtures import client_of
from tests.speech.sounds import look, tone

pytestmark = pytest.mark.django_db

NOTE = tone("ogg")
OPUS = "audio/ogg; codecs=opus"


@pytest.fixture(autouse=True)
def _voices(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.BUILT_IN_VOICE = "espeak"
    settings.OUTBOUND_PRIVATE_HOSTS = ["127.0.0.1"]
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.001)
    yield
    Outside.close_all()


@pytest.fixture
def match(meta: Meta) -> Meta:
    """The channel answers voice with voice."""
    Channel.objects.update(voice_replies="match")
    return meta


@pytest.fixture
def service(meta: Meta, far_end: FarEnd) -> FarEnd:
    """A service that the bot hears and speaks through: it hears "Do you open on Sunday?", and says a tone."""

    def answer(asked: Asked) -> tuple[int, Any]:
        if asked.path.endswith("/transcriptions"):
            return 200, {"text": "Do you open on Sunday?"}
        return 200, tone("mp3")

    far_end.otherwise = answer
    own = AiProvider.objects.create(team=meta.channel.team, name="Voices", base_url=f"{far_end.url}/v1", api_key="sk-1")
    speech = {"ai_provider": str(own.pk), "transcription_model": "whisper-1", "speech_model": "tts-1", "voice": "nova"}
    Bot.objects.update(speech=speech)
    return far_end


def paths(far_end: FarEnd) -> list[str]:
    return [asked.path.removeprefix("/v1/audio/") for asked in far_end.asked]


def uploads(meta: Meta) -> list[str]:
    return [sent.path for sent in meta.sent if sent.method == "POST" and sent.path.endswith("/media")]


def sound_of(bubble: Bubble) -> bytes:
    assert (bubble.type, bubble.content["voice"]) == ("audio", True)
    with SimulatedMedia.objects.get(media_id=bubble.content["id"]).file.open() as file:
        return bytes(file.read())


class TestBothWays:
    def test_a_voice_note_is_answered_with_a_voice_note(self, match: Meta, service: FarEnd) -> None:
        thandi = match.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        bubble = thandi.hears()
        data = sound_of(bubble)
        found = look(data)
        assert (found.container, found.codec, found.channels) == ("ogg", "opus", 1)
        assert len(data) < 512 * 1024
        assert (bubble.message.sent_as, bubble.message.text) == ("voice", "Do you open on Sunday?")
        assert paths(service) == ["transcriptions", "speech"]
        assert service.asked[1].json["input"] == "Do you open on Sunday?"
        thandi.hears_nothing()

    def test_what_was_said_can_be_played_in_the_transcript(self, match: Meta, service: FarEnd) -> None:
        thandi = match.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        bubble = thandi.hears()
        theirs, ours = Message.objects.order_by("id")
        assert (theirs.type, theirs.text, theirs.transcript) == ("audio", *["Do you open on Sunday?"] * 2)
        assert keeping.read(theirs.attachments[0]) == NOTE
        assert ours.attachments[0]["mime_type"] == "audio/ogg; codecs=opus"
        assert keeping.read(ours.attachments[0]) == sound_of(bubble)

    def test_both_notes_are_to_be_had_by_links_that_end(self, match: Meta, service: FarEnd, client: Client) -> None:
        thandi = match.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        data = sound_of(thandi.hears())
        shown = client_of(match.channel.team).get("/api/v1/messages/").json()["results"]
        for message, expected in zip(shown, (NOTE, data), strict=True):
            (file,) = message["attachments"]
            answer = client.get(urlsplit(file["url"]).path)
            assert (answer["Content-Type"], b"".join(answer.streaming_content)) == (OPUS, expected)  # type: ignore[attr-defined]

    def test_a_note_that_was_listened_to_is_told_as_played(self, match: Meta, service: FarEnd) -> None:
        thandi = match.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        bubble = thandi.hears()
        thandi.listens()
        assert match.status_of(bubble, "played") == "played"

    def test_the_built_in_voice_speaks_where_nothing_else_does(self, match: Meta) -> None:
        match.answer_with(lambda turn: "We open at eight.")
        thandi = match.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        assert 0.5 < look(sound_of(thandi.hears())).seconds < 4

    def test_a_text_is_answered_with_text(self, match: Meta, service: FarEnd) -> None:
        thandi = match.person("Thandi")
        thandi.writes("Hello")
        thandi.hears("Hello")
        assert (service.asked, uploads(match)) == ([], [])

    @pytest.mark.parametrize(("setting", "kind"), [("never", "text"), ("match", "text"), ("always", "audio")])
    def test_the_channel_says_when_a_text_is_answered_with_voice(self, meta: Meta, setting: str, kind: str) -> None:
        Channel.objects.update(voice_replies=setting)
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        assert thandi.hears().type == kind

    def test_a_bot_may_ask_for_a_voice_on_any_channel(self, meta: Meta) -> None:
        meta.answer_with(lambda turn: Reply(text="We *open* at eight 🙂", voice=True))
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        assert sound_of(thandi.hears())

    def test_without_any_voice_all_is_written(self, meta: Meta, settings: Settings) -> None:
        settings.BUILT_IN_VOICE = "silent"
        Channel.objects.update(voice_replies="always")
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        thandi.hears("Hello")


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_held_while_a_service_hears_and_speaks(match: Meta, service: FarEnd) -> None:
    ours, held, answer = connections["default"], [], service.otherwise

    def look(asked: Asked) -> tuple[int, Any]:
        held.append(ours.connection is not None)
        return answer(asked)

    service.otherwise = look
    thandi = match.person("Thandi")
    thandi.sends_file(NOTE, "note.ogg", wish="voice")
    assert sound_of(thandi.hears())
    assert held == [False, False]


class TestWrittenAsWell:
    """What one has to see comes in writing, and then as voice."""

    def heard(self, meta: Meta, reply: Reply) -> list[Bubble]:
        meta.answer_with(lambda turn: reply)
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        bubbles = [thandi.hears(), thandi.hears()]
        thandi.hears_nothing()
        return bubbles

    @pytest.mark.parametrize("text", ["word " * 120, "See https://example.org/hours for more"])
    def test_long_replies_and_links(self, meta: Meta, text: str) -> None:
        written, spoken = self.heard(meta, Reply(text=text, voice=True))
        assert (written.text, written.type) == (text.strip(), "text")
        assert sound_of(spoken)

    def test_choices(self, meta: Meta) -> None:
        choices = (Choice(id="a", title="Today"), Choice(id="b", title="Tomorrow"))
        written, spoken = self.heard(meta, Reply(text="When?", choices=choices, voice=True))
        assert written.choices == ("Today", "Tomorrow")
        assert sound_of(spoken)
        assert "Tomorrow" in spoken.message.text

    def test_links_with_a_button(self, meta: Meta) -> None:
        link = Link(url="https://example.org/book", title="Book")
        written, spoken = self.heard(meta, Reply(text="Book here", link=link, voice=True))
        assert (written.type, spoken.message.text) == ("interactive", "Book here\n\nBook")

    def test_an_answer_to_what_was_asked_aloud_counts_as_one(self, meta: Meta) -> None:
        seen: list[Turn] = []

        def bot(turn: Turn) -> Reply:
            seen.append(turn)
            return Reply(text="When?", choices=(Choice(id="a", title="Today"),), voice=True)

        meta.answer_with(bot)
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        thandi.hears()
        thandi.hears()
        thandi.writes("today")
        thandi.hears()
        assert seen[-1].messages[0].choice
        assert seen[-1].messages[0].choice.id == "a"

    def test_what_cannot_be_spoken_is_not_missed(self, meta: Meta, service: FarEnd) -> None:
        service.otherwise = lambda asked: refusal(401)
        text = "See https://example.org/hours for more"
        meta.answer_with(lambda turn: Answer(replies=(Reply(text=text, voice=True), Reply(text="Bye"))))
        thandi = meta.person("Thandi")
        thandi.writes("Hello")
        thandi.hears(text)
        thandi.hears("Bye")
        thandi.hears_nothing()

    def test_outside_the_window_it_is_one_template(self, meta: Meta) -> None:
        text = "See https://example.org/hours for more"
        meta.answer_with(lambda turn: Reply(text=text, voice=True))
        thandi = meta.person("Thandi")
        thandi.writes("Hello", hours_ago=25)
        thandi.hears_template(text)
        thandi.hears_nothing()
        assert [(message.sent_as, message.status) for message in meta.messages] == [("template", "read")]
        assert uploads(meta) == []


class TestLadder:
    def test_a_day_late_it_is_a_template_and_nothing_is_uploaded(self, match: Meta, service: FarEnd) -> None:
        thandi = match.person("Thandi")
        with ageing.lagging(thandi.chat, timedelta(hours=25)):
            thandi.sends_file(NOTE, "note.ogg", wish="voice")
        thandi.hears_template("Do you open on Sunday?", name="new_bot_message")
        thandi.hears_nothing()
        assert (paths(service), uploads(match)) == (["transcriptions"], [])

    @pytest.mark.parametrize(("code", "kind"), [(131053, "text"), (100, "text"), (131047, "template")])
    @pytest.mark.parametrize("later", [False, True])
    def test_a_refusal_steps_down_once(self, match: Meta, service: FarEnd, code: int, kind: str, later: bool) -> None:
        thandi = match.person("Thandi")
        if later and code == 100:
            code = 131053
        (match.refuse_by_status if later else match.refuse)(code)
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        bubble = thandi.next_bubble()
        while bubble and bubble.type == "audio":
            bubble = thandi.next_bubble()
        assert bubble
        assert (bubble.template or "text", bubble.says("Do you open on Sunday?")) == (
            "new_bot_message" if kind == "template" else "text",
            True,
        )
        thandi.hears_nothing()
        (message,) = match.messages
        assert (message.sent_as, message.attachments) == (kind, [])
        assert paths(service) == ["transcriptions", "speech"]

    @pytest.mark.parametrize("answer", [(401, {}), (400, {}), (500, {}), (200, b"no sound at all"), (200, b"")])
    def test_what_cannot_be_spoken_is_written(self, match: Meta, service: FarEnd, answer: Any) -> None:
        service.answers = [(200, {"text": "Hi"})]
        service.otherwise = lambda asked: answer
        thandi = match.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        thandi.hears("Hi")
        thandi.hears_nothing()
        assert [attempt.outcome for attempt in Attempt.objects.order_by("id")] == ["stepped_down", "accepted"]
        assert uploads(match) == []

    def test_a_key_that_is_refused_is_told_to_the_team_until_it_works(self, match: Meta, service: FarEnd) -> None:
        service.answers = [(200, {"text": "Hi"}), refusal(401)]
        thandi = match.person("Thandi")
        for _ in range(2):
            thandi.sends_file(NOTE, "note.ogg", wish="voice")
            thandi.hears()
        notice = Notice.objects.get(kind="speech")
        assert ("key" in notice.title, notice.closed_at is None) == (True, False)

    @pytest.mark.parametrize("answer", [(500, {}), (200, b"<html>"), (200, b"")])
    def test_a_service_that_does_not_speak_is_told_to_the_team(self, match: Meta, service: FarEnd, answer: Any) -> None:
        service.answers = [(200, {"text": "Hi"}), *[answer] * patience.TRIES]
        thandi = match.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        thandi.hears("Hi")
        assert Notice.objects.get(kind="speech", closed_at=None).title == "A reply could not be spoken"
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        assert sound_of(thandi.hears())
        assert not Notice.objects.filter(kind="speech", closed_at=None).exists()

    def test_what_was_made_is_not_made_again_when_sending_takes_several_tries(
        self, match: Meta, service: FarEnd
    ) -> None:
        match.refuse(131000)
        match.refuse(131016)
        thandi = match.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        assert sound_of(thandi.hears())
        assert (paths(service), len(uploads(match))) == (["transcriptions", "speech"], 1)

    def test_an_mp3_that_cannot_be_converted_is_attached(
        self, match: Meta, service: FarEnd, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("channels_app.speech.audio.IS_AVAILABLE", False)
        thandi = match.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        bubble = thandi.hears()
        assert (bubble.type, bubble.content.get("voice")) == ("audio", None)
        assert SimulatedMedia.objects.get(media_id=bubble.content["id"]).mime_type == "audio/mpeg"


class Broken:
    """An engine of somebody's that raises what it likes."""

    speaks = hears = True

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    def say(self, text: str) -> Any:
        raise ZeroDivisionError

    def hear(self, sound: Any) -> Any:
        raise ZeroDivisionError


class Dying:
    """An engine that ends its worker, once."""

    speaks, hears = False, True
    times = 0

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    def hear(self, sound: Any) -> str:
        Dying.times += 1
        if Dying.times == 1:
            raise SystemExit
        return "Do you open on Sunday?"


class TestEngines:
    """What an installation adds to `settings.SPEECH`."""

    @pytest.mark.parametrize("name", ["broken", "gone"])
    def test_what_breaks_or_is_there_no_more_keeps_nobody_waiting(
        self, match: Meta, settings: Settings, name: str
    ) -> None:
        settings.SPEECH = {**settings.SPEECH, "broken": f"{__name__}.Broken"}
        Bot.objects.update(speech={"ai_provider": None, "engine": name})
        thandi = match.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        thandi.hears("A voice note")

    def test_a_note_whose_worker_died_is_heard_by_another_before_the_bot_is_asked(
        self, meta: Meta, settings: Settings
    ) -> None:
        settings.SPEECH = {**settings.SPEECH, "dying": f"{__name__}.Dying"}
        Bot.objects.update(speech={"ai_provider": None, "engine": "dying"})
        Dying.times = 0
        thandi = meta.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        with pytest.raises(SystemExit):
            meta.settle()
        thandi.hears("Do you open on Sunday?")
        assert Dying.times == 2


class TestHearing:
    def test_the_person_is_shown_what_was_understood(self, meta: Meta, service: FarEnd) -> None:
        Channel.objects.update(echo_transcripts=True)
        meta.answer_with(lambda turn: "At eight.")
        thandi = meta.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        shown = thandi.hears(re.compile("Do you open on Sunday"))
        assert shown.quoted == Message.objects.get(direction="inbound").wamid
        thandi.hears("At eight.")
        listed = client_of(meta.channel.team).get("/api/v1/messages/").json()["results"]
        assert [message["text"] for message in listed[1:]] == ["🎤 “Do you open on Sunday?”", "At eight."]

    @pytest.mark.parametrize("hours_ago", [0, 25])
    def test_no_template_is_paid_for_to_show_what_was_understood(
        self, meta: Meta, service: FarEnd, hours_ago: int
    ) -> None:
        Channel.objects.update(echo_transcripts=True)
        meta.answer_with(lambda turn: "At eight.")
        thandi = meta.person("Thandi")
        if not hours_ago:
            meta.refuse(131047)
        with ageing.lagging(thandi.chat, timedelta(hours=hours_ago)):
            thandi.sends_file(NOTE, "note.ogg", wish="voice")
        thandi.hears_template("At eight.")
        thandi.hears_nothing()

    def test_a_model_does_not_take_what_was_understood_for_its_own_words(self, meta: Meta, service: FarEnd) -> None:
        Channel.objects.update(echo_transcripts=True)
        hears = service.otherwise
        service.otherwise = lambda asked: (
            (200, {"choices": [{"message": {"content": "At eight."}}]})
            if asked.path.endswith("/chat/completions")
            else hears(asked)
        )
        meta.configure("llm", model="gpt-test", ai_provider=str(AiProvider.objects.get().pk))
        thandi = meta.person("Thandi")
        for _ in range(2):
            thandi.sends_file(NOTE, "note.ogg", wish="voice")
            thandi.hears(re.compile("🎤"))
            thandi.hears("At eight.")
        said = [message["content"] for message in service.asked[-1].json["messages"] if message["role"] != "system"]
        assert said == ["Do you open on Sunday?", "At eight.", "Do you open on Sunday?"]

    def test_the_bot_is_told_of_a_note_that_nobody_transcribes(self, meta: Meta) -> None:
        seen: list[Any] = []

        def bot(turn: Turn) -> str:
            seen.extend((said.type, said.text, [file.read() for file in said.files]) for said in turn.messages)
            return "I see."

        meta.answer_with(bot)
        thandi = meta.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        thandi.hears("I see.")
        assert seen == [("audio", "A voice note", [NOTE])]

    @pytest.mark.parametrize("failing", [(503, {}), (401, {}), (200, {"text": " "}), (200, b"<html>")])
    def test_a_note_that_could_not_be_heard_reaches_the_bot_all_the_same(
        self, meta: Meta, service: FarEnd, failing: Any
    ) -> None:
        service.otherwise = lambda asked: failing
        thandi = meta.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        thandi.hears("A voice note")
        theirs = Message.objects.get(direction="inbound")
        assert (theirs.transcript, bool(theirs.content["unheard"]), theirs.status) == ("", True, "answered")
        assert theirs.attachments[0]["note"].startswith("Not transcribed: ")

    def test_a_bot_that_only_reads_leaves_the_answer_to_the_channel(self, meta: Meta) -> None:
        meta.configure("rules", rules=[{"when": ["hello"], "reply": "Good day!"}], fallback="What?")
        Channel.objects.update(unheard_message="Please *write* to us.")
        thandi = meta.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        thandi.hears("Please _write_ to us.")
        thandi.writes("hello")
        thandi.hears("Good day!")

    def test_a_channel_that_has_no_answer_leaves_it_to_the_bot(self, meta: Meta) -> None:
        meta.configure("rules", rules=[{"when": ["hello"], "reply": "Good day!"}], fallback="What?")
        Channel.objects.update(unheard_message="")
        thandi = meta.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        thandi.hears("What?")

    def test_what_was_heard_is_what_rules_go_by(self, meta: Meta, service: FarEnd) -> None:
        meta.configure("rules", rules=[{"when": ["*sunday*"], "reply": "No."}], fallback="What?")
        thandi = meta.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        thandi.hears("No.")

    def test_a_service_that_stays_away_is_told_to_the_team(self, meta: Meta, service: FarEnd) -> None:
        service.otherwise = lambda asked: refusal(503)
        thandi = meta.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        thandi.hears()
        assert Notice.objects.get(closed_at=None).kind == "hearing"


class TestRest:
    def test_shows_the_transcript(self, meta: Meta, service: FarEnd) -> None:
        thandi = meta.person("Thandi")
        thandi.sends_file(NOTE, "note.ogg", wish="voice")
        thandi.hears()
        theirs, ours = client_of(meta.channel.team).get("/api/v1/messages/").json()["results"]
        assert (theirs["transcript"], theirs["text"], theirs["type"]) == (*["Do you open on Sunday?"] * 2, "audio")
        assert ours["transcript"] == ""
