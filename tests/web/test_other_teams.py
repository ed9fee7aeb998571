"""Ids of another team, in every address and in every field of a form, are unknown."""

import re
from typing import Any

import pytest
from django.urls import reverse

from channels_app.models import AiProvider, Bot, Channel, Provider, Team
from tests.fixtures import FakeGraph, list_numbers, own_number
from tests.web.pages import Furnished, all_pages, furnish, signed_in

PAGES = {
    page.name: re.findall(r"<\w+:(\w+)>", page.route)
    for page in all_pages()
    if page.route.startswith("t/") and page.route.count("<") > 1
}


@pytest.fixture
def ours(team: Team) -> Furnished:
    return furnish(team, "104216845993017", "118930421775604")


@pytest.fixture
def theirs(other_team: Team) -> Furnished:
    return furnish(other_team, "204216845993017", "218930421775604")


@pytest.mark.parametrize("name", sorted(PAGES))
def test_no_address_takes_an_id_of_another_team(
    name: str, ours: Furnished, theirs: Furnished, graph: FakeGraph
) -> None:
    client = signed_in(ours.owner)
    for foreign in [key for key in PAGES[name] if key != "slug"]:
        rows = ours.address(name) | {foreign: theirs.address(name)[foreign]}
        address = reverse(name, kwargs={key: rows[key] for key in PAGES[name]})
        answers = [client.get(address).status_code, client.post(address).status_code]
        assert set(answers) <= {404, 405}, (name, foreign)
        assert 404 in answers


class TestFields:
    """Every field of a form that names a row."""

    @pytest.fixture
    def client(self, ours: Furnished) -> Any:
        return signed_in(ours.owner)

    def test_a_channel_takes_no_provider_of_another_team(
        self, client: Any, ours: Furnished, theirs: Furnished, graph: FakeGraph
    ) -> None:
        list_numbers(graph, own_number("+27 60 055 9999", "318930421775604"))
        address = reverse("channel_new", kwargs={"slug": ours.team.slug, "pk": ours.bot.pk})
        answer = client.post(address, {"provider": theirs.provider.pk, "phone_number": "+27600559999"})
        assert answer.status_code == 422
        assert answer.context["form"].errors["provider"]
        assert not Channel.objects.filter(phone_number="+27600559999").exists()

    @pytest.mark.parametrize("field", ["provider", "bot"])
    def test_a_channel_is_given_to_nothing_of_another_team(
        self, client: Any, ours: Furnished, theirs: Furnished, graph: FakeGraph, field: str
    ) -> None:
        address = reverse(
            "channel_edit", kwargs={"slug": ours.team.slug, "pk": ours.bot.pk, "channel_pk": ours.channel.pk}
        )
        form = client.get(address).context["form"]
        filled = {name: value for name, value in form.initial.items() if value is not None}
        foreign = {"provider": theirs.provider.pk, "bot": theirs.bot.pk}[field]
        answer = client.post(address, filled | {field: foreign})
        assert answer.status_code == 422
        assert field in answer.context["form"].errors

    def test_a_bot_asks_no_ai_provider_of_another_team(self, client: Any, ours: Furnished, theirs: Furnished) -> None:
        address = reverse("bot_new", kwargs={"slug": ours.team.slug})
        filled = {"name": "Thief", "engine": "llm", "llm_ai_provider": theirs.ai_provider.pk, "llm_model": "gpt"}
        answer = client.post(address, filled)
        assert answer.status_code == 422
        assert not Bot.objects.filter(name="Thief").exists()
        assert str(theirs.ai_provider.pk) not in client.get(f"{address}?engine=llm").content.decode()

    def test_numbers_are_shown_of_own_providers_alone(
        self, client: Any, ours: Furnished, theirs: Furnished, graph: FakeGraph
    ) -> None:
        address = reverse("channel_numbers", kwargs={"slug": ours.team.slug, "pk": ours.bot.pk})
        assert client.get(address, {"provider": theirs.provider.pk}).status_code == 404
        assert client.get(address, {"provider": "no id"}).status_code == 404

    def test_nothing_of_the_other_team_has_changed(self, client: Any, ours: Furnished, theirs: Furnished) -> None:
        """A slug of one's own and everything else of theirs: not even the names get through."""
        page = client.get(f"/t/{ours.team.slug}/settings/").content.decode()
        assert theirs.provider.name not in page
        assert Provider.objects.for_team(theirs.team).count() == 1
        assert AiProvider.objects.for_team(theirs.team).count() == 1
