"""The inbox: what is listed, found and live, and who may see it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from channels_app import clock
from channels_app.inbound import handover
from channels_app.models import Channel, Conversation, Membership, Message, Participant, Role, Team, User
from tests.fixtures import FakeGraph, Post, Work, change, item, make_channel, notification, person, refusal, text

pytestmark = pytest.mark.django_db(transaction=True)

INBOX = "/t/clinic/conversations/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def tell(post: Post, work: Work, channel: Channel, graph: FakeGraph) -> Any:
    def tell_now(*messages: Any) -> None:
        for message in messages:
            post(notification(change(message)))
            work()

    return tell_now


@pytest.fixture
def agent(team: Team) -> User:
    return person("agnes@example.org", team, Role.AGENT)


def page(client: Client, url: str = INBOX, **asked: str) -> str:
    answer = client.get(url, asked)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def names(client: Client, **asked: str) -> list[str]:
    """Who is on the list, in its order."""
    answer = client.get(INBOX, asked)
    return [row.person.name for row in answer.context["rows"]]


def from_somebody(words: str, digits: str, wamid: str) -> Any:
    return text(words, wamid, sender=digits)


class TestTheList:
    def test_tells_who_wrote_what_on_which_channel(self, tell: Any, bob: User) -> None:
        tell(text("Is *anybody* there?"))
        shown = page(signed_in(bob))
        assert "Thandi M" in shown
        assert "+27 83 123 4567" in shown
        assert "Front desk" in shown
        assert "Is anybody there?" in shown

    def test_the_latest_stands_first(self, tell: Any, bob: User) -> None:
        tell(text("one", "a", sender="27820000001"), text("two", "b", sender="27820000002"))
        tell(text("three", "c", sender="27820000001"))
        numbers = [row.person.number for row in signed_in(bob).get(INBOX).context["rows"]]
        assert numbers == ["+27 82 000 0001", "+27 82 000 0002"]

    def test_it_goes_on_where_the_page_ends(self, channel: Channel, bob: User, team: Team) -> None:
        many(channel, 65)
        client, seen, asked = signed_in(bob), [], "?"
        while asked:
            answer = client.get(f"{INBOX}?{asked}")
            seen += [row.id for row in answer.context["rows"]]
            asked = answer.context["older"]
        assert len(seen) == len(set(seen)) == 65

    def test_marks_what_waits_what_failed_and_what_is_unread(self, tell: Any, graph: FakeGraph, bob: User) -> None:
        tell(text("Hello"))
        (row,) = signed_in(bob).get(INBOX).context["rows"]
        assert (row.waits, row.failed, row.unread, row.window.state) == (False, False, False, "open")
        Conversation.objects.update(**handover.columns("Wants a person"))
        graph.answers = [refusal(131026)]
        tell(text("Anybody?", "b"))
        Message.objects.filter(direction="outbound").update(status="failed")
        Conversation.objects.update(service_window_expires_at=clock.now() - timedelta(hours=1))
        (row,) = signed_in(bob).get(INBOX).context["rows"]
        assert (row.waits, row.failed, row.unread, row.window.state) == (True, True, True, "closed")

    def test_reading_makes_it_read(self, tell: Any, bob: User, alice: User) -> None:
        tell(text("Hello"))
        Conversation.objects.update(**handover.columns("Wants a person"))
        tell(text("Anybody?", "b"))
        page(signed_in(bob), f"{INBOX}{Conversation.objects.get().pk}/")
        unread = [signed_in(each).get(INBOX).context["rows"][0].unread for each in (bob, alice)]
        assert unread == [False, True]


class TestCosts:
    @pytest.mark.parametrize("asked", ["", "?q=person", "?show=failed"])
    def test_the_list_asks_no_more_of_many(self, channel: Channel, bob: User, asked: str) -> None:
        client = signed_in(bob)
        many(channel, 2)
        few = queries(client, INBOX + asked)
        Conversation.objects.all().delete()
        Participant.objects.all().delete()
        many(channel, 60)
        assert queries(client, INBOX + asked) <= few <= 16

    def test_nor_does_a_conversation(self, tell: Any, bob: User) -> None:
        tell(text("Hello", "a"))
        client, url = signed_in(bob), f"{INBOX}{Conversation.objects.get().pk}/"
        queries(client, url)
        few = queries(client, url)
        tell(*(text("More", f"w{place}") | {"context": {"id": "a"}} for place in range(12)))
        queries(client, url)
        assert queries(client, url) <= few + 1 <= 20


class TestFinding:
    @pytest.fixture(autouse=True)
    def _three(self, tell: Any) -> None:
        tell(text("The blue door", "a", sender="27820000001"), text("A red 100% door", "b", sender="27820000002"))
        tell(item("reaction", {"message_id": "a", "emoji": "👍"}, "c"))
        for conversation, name in zip(Conversation.objects.order_by("pk"), ("Naledi", "Sipho", "Zoë"), strict=True):
            conversation.participant.name = name
            conversation.participant.save()

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("blue", ["Naledi"]),
            ("DOOR", ["Sipho", "Naledi"]),
            ("  red   100% ", ["Sipho"]),
            ("sip", ["Sipho"]),
            ("+27 82 000 0001", ["Naledi"]),
            ("082 000 0002", ["Sipho"]),
            ("0000002", ["Sipho"]),
            ("green", []),
            ("_", []),
            ("👍", []),
        ],
    )
    def test_by_name_number_and_words(self, bob: User, words: str, found: list[str]) -> None:
        assert names(signed_in(bob), q=words) == found

    def test_shows_where_the_words_are(self, tell: Any, bob: User) -> None:
        tell(text("Something else", "d", sender="27820000001"))
        assert "The blue door" in page(signed_in(bob), q="blue")

    def test_by_kind_of_conversation(self, bob: User, alice: User) -> None:
        first, second, third = Conversation.objects.order_by("pk")
        Conversation.objects.update(service_window_expires_at=None)
        Conversation.objects.filter(pk=first.pk).update(service_window_expires_at=clock.now() + timedelta(hours=1))
        Conversation.objects.filter(pk=second.pk).update(**handover.columns("Help"))
        handover.take_over(third.pk, alice.pk)
        Message.objects.filter(conversation=second, direction="outbound").update(status="failed")
        client = signed_in(alice)
        shown = {show: names(client, show=show) for show in ("open", "waiting", "mine", "failed")}
        assert shown == {"open": ["Naledi"], "waiting": ["Sipho"], "mine": ["Zoë"], "failed": ["Sipho"]}
        assert names(signed_in(bob), show="mine") == []

    def test_by_channel(self, bob: User, channel: Channel) -> None:
        other = make_channel(channel.provider, "2", bot=channel.bot, phone_number="+27600550002")
        Conversation.objects.filter(participant__name="Zoë").update(channel=other)
        assert names(signed_in(bob), channel=str(other.pk)) == ["Zoë"]
        assert names(signed_in(bob), channel=str(other.pk), q="door") == []

    @pytest.mark.parametrize("asked", [{"channel": str(uuid4())}, {"show": "all"}, {"q": "x" * 101}, {"before": "x"}])
    def test_nonsense_is_told_so(self, bob: User, asked: dict[str, str]) -> None:
        assert "field-error" in page(signed_in(bob), **asked)
        assert names(signed_in(bob), **asked) == []

    @pytest.mark.parametrize("after", ["", "x", "-", "zz-1", "f" * 40 + "-0", "1-2"])
    def test_a_place_in_the_list_that_is_none_is_its_beginning_or_its_end(self, bob: User, after: str) -> None:
        assert len(names(signed_in(bob), after=after)) in (0, 3)

    def test_no_byte_of_it_breaks_anything(self, bob: User) -> None:
        for words in ("\0", "%", "\\", "'", "\ud83d".encode("utf-16", "surrogatepass").decode("latin-1")):
            page(signed_in(bob), q=words)


class TestNews:
    def test_are_none_while_nothing_changed(self, tell: Any, bob: User) -> None:
        tell(text("Hello"))
        pk, client = Conversation.objects.get().pk, signed_in(bob)
        for url in (f"{INBOX}live/", f"{INBOX}{pk}/live/"):
            first = client.get(url)
            assert "Hello" in first.content.decode()
            again = client.get(url, headers={"If-None-Match": first["ETag"]})
            assert (again.status_code, again.content) == (304, b"")

    def test_come_with_a_message_a_tick_and_a_wait(self, tell: Any, bob: User) -> None:
        tell(text("Hello"))
        pk, client = Conversation.objects.get().pk, signed_in(bob)
        url = f"{INBOX}{pk}/live/"
        known = client.get(url)["ETag"]
        for happens in (
            lambda: tell(text("More", "b")),
            lambda: Message.objects.filter(direction="outbound").update(status="read"),
            lambda: Conversation.objects.update(**handover.columns("Help")),
        ):
            happens()
            answer = client.get(url, headers={"If-None-Match": known})
            assert answer.status_code == 200
            known = answer["ETag"]


class TestAccess:
    @pytest.fixture
    def pk(self, tell: Any) -> Any:
        tell(text("Hello"))
        return Conversation.objects.get().pk

    PATHS = ("", "live/", "{pk}/", "{pk}/live/")
    ACTS = ("say/", "preview/", "take-over/", "hand-back/", "send-again/", "put-away/")

    def test_strangers_sign_in_and_others_find_nothing(self, pk: Any, charlie: User) -> None:
        for path in (*self.PATHS, *(f"{{pk}}/{act}" for act in self.ACTS)):
            url = INBOX + path.format(pk=pk)
            for call in ("get", "post"):
                assert getattr(Client(), call)(url)["Location"].startswith("/accounts/login/")
                assert getattr(signed_in(charlie), call)(url).status_code == 404

    def test_another_teams_conversation_is_unknown_in_ones_own(self, pk: Any, charlie: User) -> None:
        client = signed_in(charlie)
        for path in ("", "live/"):
            assert client.get(f"/t/bakery/conversations/{pk}/{path}").status_code == 404
        for act in self.ACTS:
            assert client.post(f"/t/bakery/conversations/{pk}/{act}", {"text": "x"}).status_code == 404

    def test_viewers_read_and_agents_answer(self, pk: Any, bob: User, agent: User) -> None:
        for member, may in ((bob, False), (agent, True)):
            client = signed_in(member)
            shown = page(client, f"{INBOX}{pk}/")
            assert ('name="text"' in shown, "Take over" in shown) == (may, may)
            answers = [client.post(f"{INBOX}{pk}/{act}").status_code for act in self.ACTS]
            assert [status == 403 for status in answers] == [not may] * len(self.ACTS)

    def test_what_acts_is_never_done_by_looking(self, pk: Any, agent: User) -> None:
        client = signed_in(agent)
        assert {client.get(f"{INBOX}{pk}/{act}").status_code for act in self.ACTS} == {405}

    def test_another_teams_message_is_not_sent_again(self, pk: Any, team: Team, charlie: User, agent: User) -> None:
        Membership.objects.create(team=team, user=charlie, role=Role.AGENT)
        message = Message.objects.filter(direction="outbound").get()
        client = signed_in(charlie)
        url = f"{INBOX}{pk}/send-again/"
        theirs = Message.objects.filter(direction="inbound").get()
        for named, status in ((str(uuid4()), 404), (str(theirs.pk), 404), ("x", 302), ("", 302)):
            assert client.post(url, {"message": named}).status_code == status
        assert client.post(url, {"message": str(message.pk)}).status_code == 302


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def many(channel: Channel, count: int) -> list[Conversation]:
    """Conversations that were last written to at a few moments, so that some share theirs."""
    people = [
        Participant(team_id=channel.team_id, portfolio="x", wa_id=f"2782{place:07d}", name=f"Person {place}")
        for place in range(count)
    ]
    Participant.objects.bulk_create(people)
    now = clock.now()
    rows = [
        Conversation(
            team_id=channel.team_id,
            channel=channel,
            participant=each,
            last_message_at=now - timedelta(minutes=place // 7),
        )
        for place, each in enumerate(people)
    ]
    return Conversation.objects.bulk_create(rows)
