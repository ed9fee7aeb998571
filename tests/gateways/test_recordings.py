"""Every recorded notification of Meta's becomes exactly what stands beside it in `readings`."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from channels_app.gateways.base import Change, Envelope
from channels_app.gateways.meta.news import read_news
from channels_app.gateways.meta.notification import open_notification
from channels_app.gateways.meta.reading import read_message, read_status
from channels_app.messages import News, OtherNews
from tests.gateways.conftest import RECORDINGS, Recorded
from tests.gateways.readings import KEPT, READINGS, Kept, Reading

NUMBER, ACCOUNT = "118930421775604", "104216845993017"
WITHOUT_NUMBER = {
    name for name in READINGS if name.startswith(("template_", "number_", "account_")) and name != "number_error"
} | {"capability", "pin_reset", "business_username"}


def envelopes_of(changes: list[Change]) -> list[Envelope]:
    return [envelope for change in changes for envelope in change.envelopes]


def read(envelope: Envelope) -> Reading:
    if envelope.kind == "message":
        return read_message(envelope.raw, envelope.contact)
    if envelope.kind == "status":
        return read_status(envelope.raw)
    return read_news(envelope.field, envelope.raw)


def kept(envelope: Envelope) -> Kept:
    return Kept(
        kind=envelope.kind,
        field=envelope.field,
        type=envelope.type,
        external_id=envelope.external_id,
        sender=envelope.sender,
    )


def items_in(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from items_in(inner)


def test_every_recording_has_a_reading() -> None:
    assert {path.stem for path in RECORDINGS.glob("*.json")} == set(READINGS)


@pytest.mark.parametrize("name", sorted(READINGS))
def test_a_recording_becomes_what_it_says(name: str, recorded: Recorded) -> None:
    assert tuple(map(read, envelopes_of(open_notification(recorded(name))))) == READINGS[name]


@pytest.mark.parametrize("name", sorted(KEPT))
def test_what_is_no_message_is_kept_as_what_it_is(name: str, recorded: Recorded) -> None:
    others = [each for each in envelopes_of(open_notification(recorded(name))) if each.kind in ("other", "error")]
    assert tuple(map(kept, others)) == KEPT[name]


def test_every_recording_says_something_to_us() -> None:
    said = [each for readings in READINGS.values() for each in readings]
    assert not any(isinstance(each, OtherNews) for each in said)
    assert {type(each) for each in said} >= set(get_args(News)) - {OtherNews}


@pytest.mark.parametrize("name", sorted(READINGS))
def test_nothing_in_a_recording_is_odd(name: str, recorded: Recorded) -> None:
    assert [envelope.reason for envelope in envelopes_of(open_notification(recorded(name)))] == [""] * len(
        READINGS[name]
    )


@pytest.mark.parametrize("name", sorted(READINGS))
def test_each_item_keeps_the_bytes_it_came_in(name: str, recorded: Recorded) -> None:
    body = recorded(name)
    everything = list(items_in(json.loads(body)))
    for envelope in envelopes_of(open_notification(body)):
        assert envelope.raw in body
        assert json.loads(envelope.raw) in everything


@pytest.mark.parametrize("name", sorted(set(READINGS) - {"batch"}))
def test_a_change_is_addressed_to_its_number_or_its_account(name: str, recorded: Recorded) -> None:
    (change,) = open_notification(recorded(name))
    assert change.phone_number_id == (None if name in WITHOUT_NUMBER else NUMBER)
    assert ACCOUNT in change.accounts


def test_an_event_under_a_partners_id_is_addressed_to_the_account_it_is_about_too(recorded: Recorded) -> None:
    (change,) = open_notification(recorded("account_partner_removed"))
    assert change.accounts == ("506914309988776", ACCOUNT)


@pytest.mark.parametrize("name", sorted(READINGS))
def test_the_same_notification_twice_has_the_same_keys(name: str, recorded: Recorded) -> None:
    first, second = open_notification(recorded(name)), open_notification(recorded(name))
    assert [each.key for each in envelopes_of(first)] == [each.key for each in envelopes_of(second)]
    assert {len(each.key) for each in envelopes_of(first)} == {16}


def test_no_two_recordings_share_a_key(recorded: Recorded) -> None:
    keys = [each.key for name in READINGS for each in envelopes_of(open_notification(recorded(name)))]
    assert len(keys) == len(set(keys))
