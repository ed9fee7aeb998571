"""One message's journey through the real processes: made over REST, in at the webhook, out at Graph, read over REST."""

from collections.abc import Iterator
from time import sleep, time

import pytest

from tests.processes.clinic import PERSON, change, notification, text
from tests.processes.ground import Database
from tests.processes.installation import Installation, installed
from tests.processes.meta import Meta
from tests.processes.office import Line, Office, make_provider
from tests.processes.stage import eventually

pytestmark = pytest.mark.processes

SOON = 60.0
A_MOMENT = 1.0
"""Long enough for a second answer to show."""
HOURS = 3600


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, template: Database) -> Iterator[Installation]:
    """An installation that runs, for all tests of this module."""
    with installed(tmp_path_factory.mktemp("house"), template) as house:
        house.stage.start()
        yield house


@pytest.fixture(scope="module")
def clinic(house: Installation) -> Office:
    return Office.opened(house, "cape-clinic")


@pytest.fixture(scope="module")
def bakery(house: Installation) -> Office:
    return Office.opened(house, "bakery")


@pytest.fixture
def meta(house: Installation) -> Meta:
    return house.meta


@pytest.fixture
def line(clinic: Office) -> Line:
    return Line.connected(clinic)


def posted(line: Line, *messages: object) -> object:
    return notification(change(messages=messages, number=line.number), waba=line.account.waba)


class TestAnswers:
    def test_a_text_is_answered_once_however_often_it_comes(self, line: Line, meta: Meta) -> None:
        body = posted(line, text("Is the pharmacy open?", "wamid.once"))
        with line.door() as door:
            assert [door.knock(body).status for _ in range(4)] == [200] * 4
        assert eventually(lambda: line.statuses() == ["answered", "delivered"], SOON), line.messages()
        sleep(A_MOMENT)
        (taken,) = meta.told("Is the pharmacy open?")
        assert (taken.number, taken.recipient, taken.kind) == (line.number, PERSON, "text")
        assert meta.receipts.count("wamid.once") == 1

    def test_three_in_one_change_are_answered_in_order(self, line: Line, meta: Meta) -> None:
        words = ["in order: one", "in order: two", "in order: three"]
        with line.door() as door:
            door.deliver(posted(line, *(text(said, f"wamid.{said}") for said in words)))
        assert eventually(lambda: [taken.text for taken in meta.taken if taken.text in words] == words, SOON)

    def test_one_body_for_two_numbers_and_a_strangers_goes_where_it_belongs(self, line: Line, meta: Meta) -> None:
        other = Line.connected(line.office)
        changes = [
            change(messages=[text(f"for {number}", f"wamid.for.{number}")], number=number)
            for number in (line.number, other.number, "999000999000999")
        ]
        raw = notification(*changes[:1], waba=line.account.waba)
        raw["entry"] += notification(*changes[1:], waba=other.account.waba)["entry"]
        with line.door() as door:
            assert door.knock(raw).status == 200
            assert door.knock(raw, secret=other.account.app_secret).status == 200
        for each in (line, other):
            assert eventually(lambda each=each: meta.told(f"for {each.number}"), SOON)  # type: ignore[misc]
            assert [taken.number for taken in meta.told(f"for {each.number}")] == [each.number]
        assert not meta.told("for 999000999000999")

    def test_an_answer_that_is_lost_after_meta_took_the_message_is_not_sent_again(self, line: Line, meta: Meta) -> None:
        meta.cut_the_answer_to("lost on the way")
        words = ["lost on the way", "and what comes after it"]
        with line.door() as door:
            door.deliver(posted(line, *(text(said, f"wamid.{said}") for said in words)))
        assert eventually(lambda: line.statuses() == ["answered", "answered", "delivered", "delivered"], SOON)
        assert [taken.text for taken in meta.taken if taken.text in words] == words

    def test_a_reply_may_be_asked_for_over_rest(self, line: Line, meta: Meta) -> None:
        with line.door() as door:
            door.deliver(posted(line, text("Good morning", "wamid.morning")))
        made = line.office.make("messages/", channel=line.channel, to=PERSON, text="Your parcel is here")
        assert made["status"] == "pending"
        assert eventually(lambda: meta.told("Your parcel is here"), SOON)


class TestOutsideTheWindow:
    def test_a_message_of_yesterday_is_answered_by_template_alone(self, line: Line, meta: Meta) -> None:
        with line.door() as door:
            door.deliver(posted(line, text("from yesterday", "wamid.old", at=time() - 25 * HOURS)))
        assert eventually(lambda: line.statuses() == ["answered", "delivered"], SOON), line.messages()
        assert [taken.kind for taken in meta.told("from yesterday")] == ["template"]
        assert line.messages(direction="outbound")[0]["sent_as"] == "template"

    def test_a_refusal_at_once_becomes_the_template(self, line: Line, meta: Meta) -> None:
        meta.refuse("refused at once", 131047)
        with line.door() as door:
            door.deliver(posted(line, text("refused at once", "wamid.refused")))
        assert eventually(lambda: line.statuses() == ["answered", "delivered"], SOON), line.messages()
        assert [taken.kind for taken in meta.told("refused at once")] == ["template"]

    def test_a_refusal_in_a_later_status_becomes_the_template(self, line: Line, meta: Meta) -> None:
        meta.fail_later("refused later", 131047)
        with line.door() as door:
            door.deliver(posted(line, text("refused later", "wamid.later")))
        assert eventually(lambda: line.statuses() == ["answered", "delivered"], SOON), line.messages()
        assert [taken.kind for taken in meta.told("refused later")] == ["text", "template"]
        (reply,) = line.messages(direction="outbound")
        assert reply["sent_as"] == "template"

    def test_a_missing_template_fails_with_what_it_means_and_what_to_do(self, clinic: Office, meta: Meta) -> None:
        line = Line.connected(clinic, templates=("another_template",))
        with line.door() as door:
            door.deliver(posted(line, text("nowhere to go", "wamid.nowhere", at=time() - 25 * HOURS)))
        assert eventually(lambda: line.statuses() == ["answered", "failed"], SOON), line.messages()
        error = line.messages(direction="outbound")[0]["error"]
        assert error["code"] == 132001
        assert all(error[name] for name in ("title", "detail", "advice"))
        assert not meta.told("nowhere to go")


class TestTeams:
    def test_a_team_signs_for_its_own_numbers_only(self, line: Line, bakery: Office, meta: Meta) -> None:
        theirs = Line.connected(bakery)
        forged = posted(line, text("forged", "wamid.forged"))
        with theirs.door() as door:
            assert door.knock(forged).status == 403
            mixed = posted(theirs, text("their own", "wamid.own"))
            mixed["entry"] += forged["entry"]  # type: ignore[index]
            assert door.knock(mixed).status == 200
        assert eventually(lambda: meta.told("their own"), SOON)
        assert line.messages() == []
        assert not meta.told("forged")

    def test_another_teams_rows_are_not_there(self, line: Line, bakery: Office) -> None:
        assert bakery.ask("GET", f"channels/{line.channel}/")[0] == 404
        assert bakery.all_of("messages/", channel=line.channel) == []
        status, answer = bakery.ask("POST", "messages/", {"channel": line.channel, "to": PERSON, "text": "Hello"})
        assert (status, list(answer)) == (400, ["channel"])

    def test_a_number_is_bound_once(self, line: Line, bakery: Office) -> None:
        chatbot = bakery.make("chatbots/", name="Echo", engine="echo", config={})["id"]
        provider = make_provider(bakery, line.account)
        written = line.account.numbers[line.number]
        wish = {"provider": provider, "chatbot": chatbot, "phone_number": written}
        status, answer = bakery.ask("POST", "channels/", wish)
        assert (status, list(answer)) == (400, ["phone_number"])

    def test_secrets_are_masked_wherever_they_could_be_read(self, line: Line, house: Installation) -> None:
        for path in ("providers", "chatbots", "channels", "conversations", "messages"):
            line.office.all_of(f"{path}/")
        _, provider = line.office.ask("GET", f"providers/{line.provider}/")
        assert all(provider[name].startswith("••••") for name in ("access_token", "app_secret", "verify_token"))
        line.office.ask("POST", f"providers/{line.provider}/check/")
        house.assert_quiet()
