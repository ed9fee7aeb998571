"""Handing in: what comes at once is kept at once, and what one of them brings is no other's trouble."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import DataError, connection

from channels_app import clock
from channels_app.gateways.base import Envelope
from channels_app.inbound import shelf
from channels_app.inbound.shelf import Item
from channels_app.messages import Address
from channels_app.models import Channel, EventState, InboundEvent


@pytest.fixture
def item(channel: Channel) -> Any:
    def make(name: str, type_: str = "text", key: bytes | None = None) -> Item:
        envelope = Envelope(
            kind="message",
            key=key or name.encode().ljust(16),
            field="messages",
            type=type_,
            raw=name.encode(),
            external_id=name,
            sender=Address(wa_id="27831110001"),
        )
        return Item(
            envelope=envelope,
            key=envelope.key,
            team_id=channel.team_id,
            provider_id=channel.provider_id,
            channel_id=channel.pk,
            phone_number_id=channel.phone_number_id,
            state=EventState.WAITING,
        )

    return make


def at_once(parcels: list[list[Item]]) -> list[object]:
    """Hand in each of `parcels` from a thread of its own, while somebody writes; gives what each was told."""
    ready = Barrier(len(parcels) + 1)

    def hand_in(items: list[Item]) -> object:
        ready.wait()
        try:
            return shelf.keep(items, clock.now())
        except DataError as exc:
            return type(exc)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(parcels)) as threads:
        with shelf._counter._writing:
            told = [threads.submit(hand_in, items) for items in parcels]
            ready.wait()
            while len(shelf._counter._waiting) < len(parcels):
                pass
        return [each.result(timeout=30) for each in told]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.mark.postgres
    def test_they_share_one_transaction(self, item: Any) -> None:
        assert at_once([[item(f"wamid.{number}")] for number in range(5)]) == [{"message"}] * 5
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT xmin::text), count(*) FROM channels_app_inboundevent")
            assert cursor.fetchone() == (1, 5)

    def test_what_comes_twice_is_kept_once_and_content_wins(self, item: Any) -> None:
        same = b"k" * 16
        at_once([[item("placeholder", "unsupported", same)], [item("content", "text", same)]])
        at_once([[item("content", "text", same)], [item("placeholder", "unsupported", same)]])
        assert [event.type for event in InboundEvent.objects.all()] == ["text"]

    @pytest.mark.postgres
    def test_one_that_is_refused_is_nobody_elses_trouble(self, item: Any) -> None:
        odd = item("odd", key=b"x" * 16)
        object.__setattr__(odd, "state", type("State", (), {"value": "s" * 500})())
        assert at_once([[item("wamid.1")], [odd], [item("wamid.2")]]) == [{"message"}, DataError, {"message"}]
        assert InboundEvent.objects.count() == 2
