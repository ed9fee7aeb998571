"""The rules about a provider and a channel, where no door is needed to see them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django.fixtures import Settings

from channels_app import onboarding, settling
from channels_app.errors import AccessLost
from channels_app.inbound import unrouted
from channels_app.models import Bot, Channel, EventState, InboundEvent, Message, Provider, Team
from tests.fixtures import (
    NUMBER,
    WABA,
    FakeGraph,
    Post,
    change,
    list_numbers,
    make_channel,
    make_provider,
    notification,
    own_number,
    refusal,
    status,
    text,
)

Work = Callable[[], None]


class TestVerifyToken:
    def test_is_known_by_its_keyed_hash(self, provider: Provider) -> None:
        assert onboarding.knows_verify_token("verify-clinic")
        assert not onboarding.knows_verify_token("verify-bakery")
        assert not onboarding.knows_verify_token("")

    def test_is_found_after_the_keys_were_rotated(self, provider: Provider, settings: Settings) -> None:
        old = settings.FIELD_ENCRYPTION_KEYS
        settings.FIELD_ENCRYPTION_KEYS = ["bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldy0=", *old]
        assert onboarding.knows_verify_token("verify-clinic")

    def test_of_a_deleted_provider_is_not_known(self, provider: Provider) -> None:
        onboarding.delete_provider(provider)
        assert not onboarding.knows_verify_token("verify-clinic")


class TestMask:
    @pytest.mark.parametrize(
        ("secret", "shown"),
        [("", ""), ("short", "••••"), ("fifteen-letters", "••••"), ("sixteen--letters", "•••• ters")],
    )
    def test_shows_the_end_of_long_secrets_alone(self, secret: str, shown: str) -> None:
        assert onboarding.mask(secret) == shown


class TestFindingANumber:
    def test_gives_meta_s_id_of_it(self, provider: Provider, graph: FakeGraph) -> None:
        list_numbers(graph, own_number("+27 60 055 9999", "118930421779999"), own_number())
        found = onboarding.find_number(provider, "27600551234")
        assert found is not None
        assert found.id == NUMBER

    def test_gives_nothing_for_somebody_elses(self, provider: Provider, graph: FakeGraph) -> None:
        list_numbers(graph, own_number("+27 60 055 9999"))
        assert onboarding.find_number(provider, "27600551234") is None

    def test_tells_that_the_token_is_lost(self, provider: Provider, graph: FakeGraph) -> None:
        list_numbers(graph, refused=refusal(190, 401))
        with pytest.raises(AccessLost):
            onboarding.find_number(provider, "27600551234")


class TestChannel:
    def rejected(self, channel: Channel, changes: dict[str, Any]) -> list[str]:
        with pytest.raises(ValidationError) as caught:
            onboarding.clean_channel(channel, changes)
        return list(caught.value.message_dict)

    def test_provider_and_bot_are_of_one_team(self, provider: Provider, other_team: Team) -> None:
        theirs = Bot.objects.create(team=other_team, name="Theirs")
        given = {"provider": provider, "bot": theirs, "phone_number": "+27600551234"}
        assert self.rejected(Channel(), given) == ["bot"]

    def test_a_channel_stays_in_its_team(self, channel: Channel, other_team: Team) -> None:
        theirs = Bot.objects.create(team=other_team, name="Theirs")
        given = {"provider": make_provider(other_team), "bot": theirs}
        assert self.rejected(channel, given) == ["provider"]

    def test_a_bot_that_was_deleted_meanwhile_is_told(self, channel: Channel, bot: Bot) -> None:
        changes = onboarding.clean_channel(channel, {"bot": bot})
        Bot.objects.filter(pk=bot.pk).update(deleted_at=channel.created_at)
        with pytest.raises(ValidationError) as caught:
            onboarding.save_channel(channel, changes)
        assert list(caught.value.message_dict) == ["bot"]


class TestUnrouted:
    @pytest.fixture
    def kept(self, provider: Provider, post: Post) -> Any:
        """What came for the number while it had no channel."""
        body = notification(change(text("one", "a"), text("two", "b"), statuses=[status("wamid.x")]))
        assert post(body).status_code == 200
        assert {event.state for event in InboundEvent.objects.all()} == {EventState.UNROUTED}
        return body

    def test_goes_into_the_channel_and_is_answered_in_order(
        self, provider: Provider, kept: Any, graph: FakeGraph, work: Work
    ) -> None:
        assert unrouted.release_into(make_channel(provider)) == 3
        work()
        assert graph.texts == ["one", "two"]

    def test_metas_repeats_change_nothing_afterwards(
        self, provider: Provider, kept: Any, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        unrouted.release_into(make_channel(provider))
        post(kept)
        work()
        assert graph.texts == ["one", "two"]
        assert Message.objects.filter(direction="inbound").count() == 2

    def test_what_meta_repeated_before_is_answered_once(
        self, provider: Provider, kept: Any, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        channel = make_channel(provider)
        post(kept)
        unrouted.release_into(channel)
        work()
        assert graph.texts == ["one", "two"]
        assert not InboundEvent.objects.filter(state=EventState.UNROUTED).exists()

    def test_of_another_provider_stays_where_it_is(self, other_team: Team, kept: Any) -> None:
        assert unrouted.release_into(make_channel(make_provider(other_team))) == 0
        assert InboundEvent.objects.filter(state=EventState.UNROUTED).count() == 3

    def test_that_crossed_with_the_making_of_the_channel_is_found_later(
        self, provider: Provider, kept: Any, graph: FakeGraph, work: Work
    ) -> None:
        make_channel(provider)
        assert unrouted.release_late() == 3
        assert unrouted.release_late() == 0

    def test_of_a_deleted_channel_is_left_alone(self, provider: Provider, kept: Any) -> None:
        onboarding.delete_channel(make_channel(provider))
        assert unrouted.release_late() == 0


class TestReplay:
    def test_reads_again_what_could_not_be_read(
        self, channel: Channel, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        odd = {**text(wamid="wamid.odd"), "text": 7}
        post(notification(change(odd)))
        work()
        event = InboundEvent.objects.get()
        assert event.state == EventState.UNPARSED
        assert Message.objects.get().status == "held"
        raw = bytes(event.raw).replace(b'"text": 7', b'"text": {"body": "Hi"}')
        InboundEvent.objects.update(raw=raw)  # as if our reader had learnt it meanwhile
        assert settling.replay([event.pk]) == 1
        work()
        assert graph.texts == ["Hi"]
        assert Message.objects.filter(direction="inbound").count() == 1

    def test_what_still_cannot_be_read_stays_held(
        self, channel: Channel, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change({**text(), "text": 7})))
        work()
        assert settling.release(list(Message.objects.all())) == 1
        work()
        assert (Message.objects.get().status, InboundEvent.objects.get().state) == ("held", EventState.UNPARSED)

    def test_leaves_alone_what_was_read(self, channel: Channel, post: Post, work: Work, graph: FakeGraph) -> None:
        post(notification(change(text())))
        work()
        assert settling.replay([InboundEvent.objects.get().pk]) == 0


def test_two_providers_of_one_account_each_get_their_own(
    team: Team, other_team: Team, post: Post, graph: FakeGraph, work: Work
) -> None:
    """Both know the secret of the account, so both vouch; the first to make a channel answers."""
    first, second = make_provider(team, WABA), make_provider(other_team, WABA)
    post(notification(change(text("early"))))
    assert InboundEvent.objects.filter(state=EventState.UNROUTED).count() == 2
    one = make_channel(first)
    unrouted.release_into(one)
    work()
    assert graph.texts == ["early"]
    onboarding.delete_channel(one)
    unrouted.release_into(make_channel(second))
    work()
    assert graph.texts == ["early"]
