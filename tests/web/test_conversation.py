"""A conversation's page: what passed, what becomes of what is said, and who may say it."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from channels_app import clock
from channels_app.inbound import handover
from channels_app.media import keeping
from channels_app.models import (
    Channel,
    Checkup,
    Conversation,
    Message,
    Participant,
    Provider,
    Role,
    Source,
    Team,
    User,
)
from channels_app.teams.audit import AuditEvent
from tests.fixtures import FakeGraph, Post, Work, change, item, notification, ours, person, refusal, status, text
from tests.simulator.attachments import PDF
from tests.speech.sounds import tone
from tests.web.test_inbox import INBOX, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agent(team: Team) -> User:
    return person("agnes@example.org", team, Role.AGENT)


@pytest.fixture
def tell(post: Post, work: Work, channel: Channel, graph: FakeGraph) -> Any:
    def tell_now(*messages: Any) -> None:
        for message in messages:
            post(notification(change(message)))
            work()

    return tell_now


def address(act: str = "") -> str:
    return f"{INBOX}{Conversation.objects.get().pk}/{act}"


def say(client: Client, words: str, token: Any = None, **more: str) -> Any:
    return client.post(address("say/"), {"text": words, "token": str(token or uuid4()), **more})


def shown(client: Client) -> str:
    return client.get(address()).content.decode()


def bubbles(client: Client) -> list[Any]:
    return list(client.get(address()).context["transcript"].bubbles)


class TestTheTranscript:
    def test_says_who_said_what(self, tell: Any, agent: User, work: Work, alice: User) -> None:
        tell(text("Hello"))
        say(signed_in(agent), "A person")
        work()
        drawn = [(bubble.who, bubble.name, str(bubble.html)) for bubble in bubbles(signed_in(alice))]
        assert drawn == [
            ("participant", "Thandi M", "Hello"),
            ("bot", "Echo", "Hello"),
            ("person", "agnes", "A person"),
        ]

    def test_a_file_is_shown_by_a_link_that_ends_and_is_another_one_each_time(
        self, tell: Any, bob: User, team: Team, client: Any
    ) -> None:
        tell(text("Hello"))
        row = keeping.keep(team.pk, BytesIO(PDF), name="letter.pdf")
        Message.objects.filter(direction="inbound").update(type="document", attachments=[keeping.entry(row)])
        found = re.search(r'href="([^"]+/files/[^"]+)"', shown(signed_in(bob)))
        assert found
        page = found[1]
        with time_machine.travel(clock.now() + timedelta(days=2)):
            first = signed_in(bob).get(page)
            assert b"".join(client.get(first["Location"]).streaming_content) == PDF
        with time_machine.travel(clock.now() + timedelta(days=2, minutes=6)):
            assert client.get(first["Location"]).status_code == 410
            assert signed_in(bob).get(page)["Location"] != first["Location"]
        assert client.get(page)["Location"].startswith("/accounts/login/")

    def test_what_people_write_is_never_markup(self, tell: Any, bob: User) -> None:
        tell(text("<script>alert(1)</script> *bold*"))
        page = shown(signed_in(bob))
        assert "<script>alert" not in page
        assert "<strong>bold</strong>" in page

    def test_quotes_reactions_edits_and_deletions_are_seen_where_they_belong(self, tell: Any, bob: User) -> None:
        tell(text("Hello", "a"))
        answer = ours()[0]
        tell(
            item("reaction", {"message_id": answer.wamid, "emoji": "👍"}, "b"),
            text("This one", "c") | {"context": {"id": answer.wamid}},
            item("edit", {"original_message_id": "a", "message": {"type": "text", "text": {"body": "Hi"}}}, "d"),
            item("revoke", {"original_message_id": "c"}, "e"),
        )
        theirs, bot, quoting, *_ = bubbles(signed_in(bob))
        assert (theirs.edited, str(theirs.html)) == (True, "Hi")
        assert bot.reactions == [("👍", False)]
        assert (quoting.quote.name, quoting.quote.text, quoting.revoked) == ("Us", "Hello", True)

    def test_a_reaction_taken_back_is_gone(self, tell: Any, bob: User) -> None:
        tell(text("Hello", "a"))
        wamid = ours()[0].wamid
        tell(item("reaction", {"message_id": wamid, "emoji": "👍"}, "b"), item("reaction", {"message_id": wamid}, "c"))
        assert [bubble.reactions for bubble in bubbles(signed_in(bob))] == [(), ()]

    def test_shows_which_choice_was_taken(self, tell: Any, bob: User) -> None:
        tell(text("Hello", "a"))
        Message.objects.filter(direction="outbound").update(
            content={"choices": [{"id": "1", "title": "Yes"}, {"id": "2", "title": "No"}]}, wamid="wamid.q"
        )
        reply = {"type": "button_reply", "button_reply": {"id": "2", "title": "No"}}
        tell(item("interactive", reply, "b") | {"context": {"id": "wamid.q"}})
        asked, taken = bubbles(signed_in(bob))[1:3]
        assert [(choice.title, choice.taken) for choice in asked.choices] == [("Yes", False), ("No", True)]
        assert taken.chosen

    @pytest.mark.parametrize(
        ("kind", "content", "words"),
        [
            ("image", {"id": "1", "mime_type": "image/jpeg", "caption": "My card"}, "My card"),
            ("audio", {"id": "1", "mime_type": "audio/ogg", "voice": True}, "Voice message"),
            ("document", {"id": "1", "mime_type": "application/pdf", "filename": "a.pdf"}, "a.pdf"),
            ("location", {"latitude": 1.5, "longitude": 2.5, "name": "Clinic"}, "https://www.google.com/maps"),
            ("contacts", [{"name": {"formatted_name": "Sipho"}, "phones": [{"phone": "+27 82"}]}], "Sipho"),
            ("unknown", {}, "Thandi"),
        ],
    )
    def test_every_kind_has_its_bubble(self, tell: Any, bob: User, kind: str, content: Any, words: str) -> None:
        tell(item(kind, content))
        assert words in shown(signed_in(bob))
        assert signed_in(bob).get(INBOX).status_code == 200

    @pytest.mark.parametrize(("mime_type", "kind"), [("image/jpeg", "image"), ("text/html", "document")])
    def test_a_picture_that_is_none_is_listed_and_not_shown(
        self, tell: Any, bob: User, mime_type: str, kind: str
    ) -> None:
        tell(item("image", {"id": "1", "mime_type": "image/jpeg"}))
        kept = {"id": str(uuid4()), "file": "a/b", "mime_type": mime_type, "name": "lie.jpg", "size": 12}
        Message.objects.filter(type="image").update(attachments=[kept])
        assert [file.kind for bubble in bubbles(signed_in(bob)) for file in bubble.files] == [kind]

    def test_earlier_messages_are_a_page_further_back(self, tell: Any, bob: User) -> None:
        tell(*(text(f"word{place}", f"w{place}") for place in range(20)))
        client = signed_in(bob)
        first = client.get(address())
        older = first.context["transcript"].older
        second = client.get(address(), {"at": str(older)})
        seen = [bubble.id for answer in (second, first) for bubble in answer.context["transcript"].bubbles]
        assert seen == list(Message.objects.order_by("id").values_list("pk", flat=True))
        assert (second.context["transcript"].older, "To the newest messages" in second.content.decode()) == (None, True)

    def test_nonsense_for_a_place_is_the_end(self, tell: Any, bob: User) -> None:
        tell(text("Hello"))
        assert signed_in(bob).get(address(), {"at": "x"}).status_code == 200

    def test_what_waits_says_what_for(self, tell: Any, graph: FakeGraph, bob: User) -> None:
        graph.answers = [refusal(190)]
        tell(text("Hello", "a"))
        Channel.objects.update(is_active=False)
        tell(text("More", "b"))
        hints = [bubble.hint for bubble in bubbles(signed_in(bob))]
        assert hints[1].startswith("Waits until WhatsApp takes messages from this number again")
        assert hints[-1] == "Waits for the bot: this channel is switched off."


class TestSaying:
    def test_goes_out_as_it_was_written_and_the_bot_goes_on(
        self, tell: Any, agent: User, graph: FakeGraph, work: Work
    ) -> None:
        tell(text("Hello", "a"))
        answer = say(signed_in(agent), "**Good** _morning_")
        assert answer["Location"] == f"{address()}#newest"
        work()
        tell(text("More", "b"))
        assert graph.texts == ["Hello", "**Good** _morning_", "More"]
        said = ours()[1].delivery
        assert said is not None
        assert (said.source, said.author) == (Source.PERSON, agent)

    def test_twice_the_same_form_is_said_once(self, tell: Any, agent: User, graph: FakeGraph, work: Work) -> None:
        tell(text("Hello", "a"))
        token, client = uuid4(), signed_in(agent)
        for words in ("Good morning", "Good morning", "Good evening"):
            assert say(client, words, token).status_code == 302
        work()
        assert graph.texts == ["Hello", "Good morning", "Good evening"]

    @pytest.mark.parametrize("words", ["", "   ", "\n\n", "x" * 20_001])
    def test_what_cannot_be_said_stays_in_the_box(self, tell: Any, agent: User, words: str) -> None:
        tell(text("Hello", "a"))
        answer = say(signed_in(agent), words)
        assert answer.status_code == 422
        assert 'id="message-error"' in answer.content.decode()
        assert "x" * 20_001 in answer.content.decode() or words != "x" * 20_001
        assert len(ours()) == 1

    def test_lines_end_as_they_do_everywhere(self, tell: Any, agent: User, graph: FakeGraph, work: Work) -> None:
        tell(text("Hello", "a"))
        assert say(signed_in(agent), "Good\0").status_code == 422
        say(signed_in(agent), "Good morning\r\nto you")
        work()
        assert graph.texts[-1] == "Good morning\nto you"

    def test_its_ticks_follow(self, tell: Any, agent: User, post: Post, work: Work) -> None:
        tell(text("Hello", "a"))
        say(signed_in(agent), "Good morning")
        work()
        wamid = ours()[1].wamid
        for name in ("sent", "delivered", "read"):
            post(notification(change(statuses=[status(wamid, name)])))
            work()
            assert bubbles(signed_in(agent))[-1].tick.status == name

    def test_outside_the_window_it_is_shown_as_it_will_arrive(
        self, tell: Any, agent: User, graph: FakeGraph, work: Work
    ) -> None:
        tell(text("Hello", "a"))
        Conversation.objects.update(service_window_expires_at=clock.now() - timedelta(hours=1))
        client = signed_in(agent)
        page = shown(client)
        assert "new_bot_message" in page
        foreseen = client.post(address("preview/"), {"text": "One\n\nTwo"}).content.decode()
        assert "Arrives as 1 message" in foreseen
        assert "One | Two" in foreseen
        unscripted = say(client, "word " * 400, preview="yes").content.decode()
        assert "Arrives as 3 messages" in unscripted
        assert len(ours()) == 1
        say(client, "One\n\nTwo")
        work()
        assert (graph.types[-1], graph.texts[-1]) == ("template", "One | Two")

    def test_what_the_template_says_around_it_is_shown(self, tell: Any, agent: User) -> None:
        tell(text("Hello"))
        Conversation.objects.update(service_window_expires_at=clock.now() - timedelta(hours=1))
        wording = "Good day! {{bot_message}} Write to us to go on."
        lines = [{"name": "Template", "status": "ok", "detail": "", "fix": "", "wording": wording}]
        Checkup.objects.create(provider=Provider.objects.get(), at=clock.now(), lines=lines)
        foreseen = signed_in(agent).post(address("preview/"), {"text": "Yes"}).content.decode()
        assert "Good day! </span>Yes<span" in foreseen
        assert " Write to us to go on.</span>" in foreseen

    def test_a_cap_on_templates_shows_in_the_preview(self, tell: Any, agent: User) -> None:
        tell(text("Hello", "a"))
        Conversation.objects.update(service_window_expires_at=None)
        Channel.objects.update(max_templates=1)
        foreseen = signed_in(agent).post(address("preview/"), {"text": "word " * 400}).content.decode()
        assert "Arrives as 1 message" in foreseen
        assert "left out" in foreseen

    def test_what_arrives_as_it_stands_needs_no_preview(self, tell: Any, agent: User) -> None:
        tell(text("Hello", "a"))
        client = signed_in(agent)
        for words in ("Good morning", "", " "):
            assert client.post(address("preview/"), {"text": words}).content.strip() == b""

    @pytest.mark.parametrize(
        ("change_", "words"),
        [
            (lambda: Channel.objects.update(is_active=False, deleted_at=clock.now()), "This channel was deleted"),
            (lambda: Conversation.objects.update(blocked_at=clock.now()), "blocked"),
            (lambda: Participant.objects.update(wa_id="former:1"), "belongs to somebody else"),
            (lambda: closed(wants_messages=False), "They wrote STOP"),
            (lambda: closed(wants_marketing=False), "They stopped business messages"),
        ],
    )
    def test_nobody_is_written_to_who_cannot_or_would_not_be(
        self, tell: Any, agent: User, change_: Any, words: str
    ) -> None:
        tell(text("Hello", "a"))
        change_()
        client = signed_in(agent)
        assert words in shown(client)
        assert say(client, "News").status_code == 422
        assert len(ours()) == 1

    def test_whoever_wrote_stop_is_answered_while_the_window_is_open(
        self, tell: Any, agent: User, graph: FakeGraph, work: Work
    ) -> None:
        tell(text("Stop", "a"))
        say(signed_in(agent), "You hear no more of us.")
        work()
        assert graph.texts[-1] == "You hear no more of us."


class TestTakingOver:
    def test_pauses_the_bot_until_it_is_handed_back(self, tell: Any, agent: User, graph: FakeGraph, work: Work) -> None:
        tell(text("one", "a"))
        client = signed_in(agent)
        client.post(address("take-over/"))
        assert "You have this conversation" in shown(client)
        tell(text("two", "b"))
        say(client, "A person")
        work()
        tell(text("three", "c"))
        client.post(address("hand-back/"))
        work()
        assert graph.texts == ["one", "A person", "three"]
        assert "Hand back" not in shown(client)

    def test_an_answer_pauses_the_bot_where_the_channel_says_so(
        self, tell: Any, agent: User, graph: FakeGraph, work: Work
    ) -> None:
        Channel.objects.update(pause_after_answer=600)
        tell(text("one", "a"))
        client = signed_in(agent)
        say(client, "A person")
        tell(text("two", "b"))
        page = shown(client)
        assert "the bot is paused until" in page
        assert "Waits for an answer of yours" in page
        client.post(address("hand-back/"))
        work()
        assert graph.texts == ["one", "A person", "two"]
        assert "the bot is paused until" not in shown(client)

    def test_the_others_see_who_has_it(self, tell: Any, agent: User, alice: User) -> None:
        tell(text("one", "a"))
        signed_in(agent).post(address("take-over/"))
        assert "agnes has this conversation" in shown(signed_in(alice))
        assert "Take over" in shown(signed_in(alice))

    def test_why_a_person_is_wanted_is_told(self, tell: Any, bob: User) -> None:
        tell(text("one", "a"))
        Conversation.objects.update(**handover.columns("She wants a refund"))
        assert "She wants a refund" in shown(signed_in(bob))

    def test_the_list_is_as_it_was_afterwards(self, tell: Any, agent: User) -> None:
        tell(text("one", "a"))
        answer = signed_in(agent).post(address("take-over/?show=open&q=Thandi"))
        assert answer["Location"] == f"{address()}?q=Thandi&show=open#newest"


class TestWhatFailed:
    def test_says_why_and_goes_once_more(self, tell: Any, agent: User, graph: FakeGraph, work: Work) -> None:
        graph.answers = [refusal(131026)]
        tell(text("one", "a"))
        client, failed = signed_in(agent), ours()[0]
        page = shown(client)
        assert "Send again" in page
        assert str(failed.error["title"]) in page  # type: ignore[index]
        for _ in range(2):
            client.post(address("send-again/"), {"message": str(failed.pk)})
        work()
        assert graph.texts == ["one", "one"]
        page = shown(client)
        assert "sent again by agnes" in page
        assert "Send again" not in page

    def test_can_be_put_away(self, tell: Any, agent: User, graph: FakeGraph, work: Work) -> None:
        graph.answers = [refusal(131026)]
        tell(text("one", "a"))
        client, failed = signed_in(agent), ours()[0]
        listed = f"{address().split('conversations/')[0]}conversations/?show=failed"
        assert str(failed.conversation_id) in client.get(listed).content.decode()
        assert "/put-away/" in shown(client)
        for _ in range(2):
            client.post(address("put-away/"), {"message": str(failed.pk)})
        assert str(failed.conversation_id) not in client.get(listed).content.decode()
        assert "It was put away." in shown(client)
        assert [event.action for event in AuditEvent.objects.all()] == ["conversation.put_away"]
        client.post(address("send-again/"), {"message": str(failed.pk)})
        work()
        assert graph.texts == ["one", "one"]
        assert "put_away" not in ours()[1].content


class TestTheAuditLog:
    def test_says_who_did_what_to_whose_conversation(self, tell: Any, agent: User) -> None:
        tell(text("Hello", "a"))
        client, token = signed_in(agent), uuid4()
        for _ in range(2):
            say(client, "Good morning", token)
        client.post(address("take-over/"))
        client.post(address("hand-back/"))
        noted = list(AuditEvent.objects.order_by("id").values_list("user", "action", "about"))
        assert noted == [
            (agent.pk, f"conversation.{did}", "Thandi M") for did in ("answered", "taken_over", "handed_back")
        ]


def closed(**wishes: bool) -> None:
    Conversation.objects.update(service_window_expires_at=clock.now() - timedelta(hours=1))
    Participant.objects.update(**wishes)


def test_a_language_of_templates_is_the_providers(tell: Any, agent: User) -> None:
    tell(text("Hello", "a"))
    Provider.objects.update(template_language="pt_BR")
    closed()
    assert "pt_BR" in shown(signed_in(agent))


class TestFiles:
    def test_go_with_what_is_written_below(self, tell: Any, agent: User, graph: FakeGraph, work: Work) -> None:
        tell(text("Hello", "a"))
        client = signed_in(agent)
        file = SimpleUploadedFile("card.pdf", PDF, "application/pdf")
        answer = client.post(address("say/"), {"text": "Her card", "token": str(uuid4()), "file": file})
        assert answer.status_code == 302
        work()
        last = ours()[-1]
        assert (last.type, last.text, last.attachments[0]["name"]) == ("document", "Her card", "card.pdf")
        page = shown(client)
        assert "/files/" in page
        assert "card.pdf" in page

    def test_may_go_without_words_but_not_empty(self, tell: Any, agent: User) -> None:
        tell(text("Hello", "a"))
        client = signed_in(agent)
        for content, status_ in ((PDF, 302), (b"", 422)):
            file = SimpleUploadedFile("card.pdf", content, "application/pdf")
            answer = client.post(address("say/"), {"text": "", "token": str(uuid4()), "file": file})
            assert answer.status_code == status_

    def test_twice_the_same_form_sends_it_once(self, tell: Any, agent: User) -> None:
        tell(text("Hello", "a"))
        client, token = signed_in(agent), uuid4()
        for _ in range(2):
            file = SimpleUploadedFile("card.pdf", PDF, "application/pdf")
            client.post(address("say/"), {"text": "", "token": str(token), "file": file})
        assert len(ours()) == 2

    def test_what_was_recorded_goes_as_a_voice_note(self, tell: Any, agent: User, graph: FakeGraph, work: Work) -> None:
        tell(text("Hello", "a"))
        client = signed_in(agent)
        file = SimpleUploadedFile("voice-note", tone("webm"), "audio/webm")
        said = {"text": "", "token": str(uuid4()), "file": file, "recorded": "yes"}
        assert client.post(address("say/"), said).status_code == 302
        work()
        assert graph.asked[-1]["audio"]["voice"] is True
        assert bubbles(client)[-1].files[0].kind == "voice"

    def test_what_is_no_sound_is_told_so(self, tell: Any, agent: User) -> None:
        tell(text("Hello", "a"))
        file = SimpleUploadedFile("voice-note", PDF, "audio/webm")
        said = {"text": "", "token": str(uuid4()), "file": file, "recorded": "yes"}
        answer = signed_in(agent).post(address("say/"), said)
        assert answer.status_code == 422
        assert "no sound" in answer.content.decode() or "voice notes" in answer.content.decode()
