"""Names without what nobody sees."""

from typing import Any

import pytest

from channels_app.forms.teams import TypedForm
from channels_app.models import Bot, Participant, Team, User
from channels_app.naming import seen, typed
from tests.web.pages import signed_in

EVIL = "Evil\u202e two\u200b"


@pytest.mark.parametrize(
    ("name", "left"),
    [
        (EVIL, "Evil two"),
        ("\u2066Clinic\u2069", "Clinic"),
        ("Zo\u00eb \U0001f469\u200d\u2695\ufe0f", "Zo\u00eb \U0001f469\u200d\u2695\ufe0f"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
    ],
)
def test_what_is_not_seen_goes_and_the_rest_stays(name: str, left: str) -> None:
    assert seen(name) == left


def test_a_name_can_be_typed_by_whoever_reads_it() -> None:
    assert typed("a\u200cb  c") == "ab c"
    assert TypedForm({"typed": "Evil two"}, expected=EVIL).is_valid()
    assert not TypedForm({"typed": "Evil too"}, expected=EVIL).is_valid()


def test_it_is_kept_as_it_is_seen_by_whichever_way_it_comes(team: Team) -> None:
    bot = Bot.objects.create(team=team, name=EVIL, engine="echo")
    assert bot.name == "Evil two"
    Bot.objects.filter(pk=bot.pk).update(name="A\u202eB")
    bot.refresh_from_db()
    assert bot.name == "AB"
    Participant.objects.bulk_create([Participant(team=team, portfolio="1", wa_id="15550100", name=EVIL)])
    assert Participant.objects.get().name == "Evil two"


class TestForms:
    @pytest.fixture
    def client(self, alice: User) -> Any:
        return signed_in(alice)

    def test_a_team_is_named_as_it_is_seen(self, client: Any, team: Team) -> None:
        client.post("/t/clinic/settings/name/", {"name": EVIL})
        team.refresh_from_db()
        assert team.name == "Evil two"

    @pytest.mark.parametrize("address", ["/t/clinic/settings/name/", "/t/clinic/bots/new/"])
    def test_a_name_of_nothing_is_refused(self, client: Any, team: Team, address: str) -> None:
        answer = client.post(address, {"name": "\u202e\u200d", "engine": "echo"})
        assert answer.status_code == 422
        assert answer.context["form"].errors["name"]
