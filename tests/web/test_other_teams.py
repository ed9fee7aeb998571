"""Ids of another team, in every address and in every field of a form, are unknown."""

import re
from typing import Any

import pytest
from django.forms import ModelChoiceField, UUIDField
from django.urls import reverse

from channels_app import clock
from channels_app.forms.bots_for_web import web_bot_form
from channels_app.forms.for_web import WebChannelForm, WebProviderForm
from channels_app.models import (
    AiProvider,
    Bot,
    Channel,
    Delivery,
    Direction,
    Message,
    Provider,
    Source,
    Status,
    Team,
)
from channels_app.web.conversations.forms import InboxForm, MessageForm, SayForm
from channels_app.web.dashboard.views import PeriodForm
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

    @pytest.mark.parametrize("field", ["llm_ai_provider", "speech_ai_provider"])
    def test_a_bot_is_given_no_ai_provider_of_another_team(
        self, client: Any, ours: Furnished, theirs: Furnished, field: str
    ) -> None:
        filled = {"name": "Thief", "engine": "llm", "llm_ai_provider": ours.ai_provider.pk, "llm_model": "gpt"}
        filled |= {"speech_transcription_model": "whisper-1", field: theirs.ai_provider.pk}
        for name, keys in (("bot_new", {}), ("bot_edit", {"pk": ours.bot.pk})):
            answer = client.post(reverse(name, kwargs={"slug": ours.team.slug, **keys}), filled)
            assert answer.status_code == 422
            assert field in answer.context["form"].errors

    @pytest.mark.parametrize("name", ["conversations", "dashboard"])
    def test_a_filter_knows_no_channel_of_another_team(
        self, client: Any, ours: Furnished, theirs: Furnished, name: str
    ) -> None:
        address = reverse(name, kwargs={"slug": ours.team.slug})
        answer = client.get(address, {"channel": theirs.channel.pk})
        assert "There is no such channel." in answer.content.decode()
        assert f'value="{theirs.channel.pk}"' not in answer.content.decode()

    def test_no_message_of_another_team_is_sent_again(self, client: Any, ours: Furnished, theirs: Furnished) -> None:
        message = said_in(theirs)
        address = reverse("conversation_send_again", kwargs={"slug": ours.team.slug, "pk": ours.conversation.pk})
        assert client.post(address, {"message": message.pk}).status_code == 404

    @pytest.mark.parametrize("field", ["before", "at"])
    def test_a_message_of_another_team_is_but_a_place_in_time(
        self, client: Any, ours: Furnished, theirs: Furnished, field: str
    ) -> None:
        message = said_in(theirs)
        for name, keys in (("conversations", {}), ("conversation", {"pk": ours.conversation.pk})):
            address = reverse(name, kwargs={"slug": ours.team.slug, **keys})
            answer = client.get(address, {field: message.pk, "q": "secret"})
            assert answer.status_code == 200
            assert message.text not in answer.content.decode()

    def test_no_field_is_left_untried(self, ours: Furnished) -> None:
        """Those of the forms of the web that can name a row; the rest are words, numbers and choices of ours."""
        shown: list[Any] = [
            WebChannelForm(bot=ours.bot, instance=ours.channel),
            web_bot_form(instance=ours.bot, engine="llm"),
            WebProviderForm(instance=ours.provider),
            InboxForm({}, ours.team),
            PeriodForm({}, [ours.channel]),
            SayForm(),
            MessageForm(),
        ]
        naming = {
            name
            for form in shown
            for name, field in form.fields.items()
            if isinstance(field, ModelChoiceField | UUIDField) or name in ("channel", "bot", "provider")
        }
        of_its_own = {"token"}  # made anew for each form
        assert naming - of_its_own == {
            *("provider", "bot", "llm_ai_provider", "speech_ai_provider"),
            *("channel", "before", "message"),
        }

    def test_nothing_of_the_other_team_has_changed(self, client: Any, ours: Furnished, theirs: Furnished) -> None:
        """A slug of one's own and everything else of theirs: not even the names get through."""
        page = client.get(f"/t/{ours.team.slug}/settings/").content.decode()
        assert theirs.provider.name not in page
        assert Provider.objects.for_team(theirs.team).count() == 1
        assert AiProvider.objects.for_team(theirs.team).count() == 1


def said_in(ground: Furnished) -> Message:
    delivery = Delivery.objects.create(
        team=ground.team,
        conversation=ground.conversation,
        source=Source.BOT,
        reply={"text": "A secret of theirs"},
        expires_at=clock.now(),
    )
    return Message.objects.create(
        team=ground.team,
        delivery=delivery,
        channel=ground.channel,
        conversation=ground.conversation,
        direction=Direction.OUTBOUND,
        type="text",
        text="A secret of theirs",
        status=Status.FAILED,
    )
