"""What people send: fetched from Meta at once, kept, and given to the bot."""

from base64 import b64encode
from typing import Any

import pytest
from django.test import Client

from channels_app.bots.contract import Answer, Reply, Turn
from channels_app.models import AiProvider, Fetch, KeptFile
from channels_app.simulator.graph import media as graph_media
from channels_app.simulator.rehearsal.meta import Meta
from tests.far_end import FarEnd
from tests.fixtures import theirs
from tests.simulator.attachments import PDF, png

pytestmark = pytest.mark.django_db


class Looking:
    """A bot that looks at what it is given."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.files: list[tuple[str, str, str, int, bytes]] = []

    def reply(self, turn: Turn) -> Answer:
        self.turns.append(turn)
        for said in turn.messages:
            self.files += [(file.type, file.mime_type, file.name, file.size, file.read()) for file in said.files]
        return Answer(replies=(Reply(text="I see."),))


@pytest.fixture
def looking(meta: Meta) -> Looking:
    bot = Looking()
    meta.answer_with(bot)
    return bot


def test_a_photo_is_kept_and_the_bot_gets_it(meta: Meta, looking: Looking) -> None:
    thandi = meta.person("Thandi")
    thandi.sends_file(png(), "roof.png", caption="The roof", wish="photo")
    thandi.hears("I see.")
    assert looking.files == [("image", "image/png", "", len(png()), png())]
    (kept,) = theirs().attachments
    assert KeptFile.objects.get().sha256 == kept["sha256"]
    assert not Fetch.objects.exists()


def test_a_document_keeps_its_name(meta: Meta, looking: Looking) -> None:
    thandi = meta.person("Thandi")
    thandi.sends_file(PDF, "letter.pdf")
    thandi.hears("I see.")
    assert looking.files == [("document", "application/pdf", "letter.pdf", len(PDF), PDF)]


def test_without_its_file_the_turn_comes_with_a_note(
    meta: Meta, looking: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_media, "linked", lambda query: None)
    thandi = meta.person("Thandi")
    thandi.sends_file(png(), "roof.png", wish="photo")
    thandi.hears("I see.")
    assert "could not be fetched" in looking.turns[0].messages[0].text
    (kept,) = theirs().attachments
    assert kept["error"]
    assert Fetch.objects.exists()


def test_what_comes_later_is_kept_all_the_same(meta: Meta, looking: Looking, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as away:
        away.setattr(graph_media, "linked", lambda query: None)
        thandi = meta.person("Thandi")
        thandi.sends_file(png(), "roof.png", wish="photo")
        thandi.hears("I see.")
    meta.hours_pass(2)
    meta.settle()
    assert theirs().attachments[0]["size"] == len(png())
    assert not Fetch.objects.exists()


def test_bytes_that_are_not_those_that_were_sent_are_not_kept(
    meta: Meta, looking: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookup = graph_media.lookup
    monkeypatch.setattr(graph_media, "lookup", lambda media, query: {**lookup(media, query), "sha256": "0" * 64})
    thandi = meta.person("Thandi")
    thandi.sends_file(png(), "roof.png", wish="photo")
    thandi.hears("I see.")
    assert theirs().attachments == [{"error": "It did not arrive as it was sent."}]
    assert not KeptFile.objects.exists()


def test_what_is_written_after_a_photo_waits_for_it(meta: Meta, looking: Looking) -> None:
    thandi = meta.person("Thandi")
    thandi.sends_file(png(), "roof.png", wish="photo")
    thandi.writes("What is wrong with it?")
    thandi.hears("I see.")
    assert [said.type for turn in looking.turns for said in turn.messages] == ["image", "text"]
    assert len(looking.files) == 1


def test_a_model_sees_the_photo(meta: Meta, far_end: FarEnd, settings: Any) -> None:
    settings.OUTBOUND_PRIVATE_HOSTS = ["127.0.0.1"]
    far_end.otherwise = lambda asked: (200, {"choices": [{"message": {"content": "A roof."}}]})
    provider = AiProvider.objects.create(team=meta.channel.team, name="Model", base_url=far_end.url)
    meta.configure("llm", model="gpt-test", ai_provider=str(provider.pk))
    thandi = meta.person("Thandi")
    thandi.sends_file(png(), "roof.png", caption="What is this?", wish="photo")
    thandi.hears("A roof.")
    _, shown = far_end.asked[-1].json["messages"][-1]["content"]
    assert shown["image_url"]["url"] == f"data:image/png;base64,{b64encode(png()).decode()}"


def test_a_service_gets_an_address_that_leads_to_the_file(
    meta: Meta, far_end: FarEnd, settings: Any, client: Client
) -> None:
    settings.OUTBOUND_PRIVATE_HOSTS = ["127.0.0.1"]
    far_end.otherwise = lambda asked: (200, {"text": "Thanks."})
    meta.configure("http", url=far_end.url)
    thandi = meta.person("Thandi")
    thandi.sends_file(png(), "roof.png", wish="photo")
    thandi.hears("Thanks.")
    (attachment,) = far_end.asked[-1].json["messages"][0]["attachments"]
    answer: Any = client.get(attachment["url"].removeprefix(settings.SITE_URL))
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, png())
    assert answer["Content-Type"] == "image/png"
