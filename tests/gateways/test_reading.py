import json
from datetime import UTC, datetime
from typing import Any

import pytest

from channels_app.gateways.base import UnreadableItem
from channels_app.gateways.meta.reading import read_message, read_status
from channels_app.messages import (
    Address,
    Choice,
    Contacts,
    Edit,
    FlowAnswer,
    InboundMessage,
    Location,
    Media,
    Order,
    Reaction,
    StatusUpdate,
    SystemNote,
    Text,
    Unreadable,
    Unsupported,
)
from tests.gateways.bodies import message, status
from tests.gateways.readings import AT, SHA256, THANDI


def read(contact: Any = None, **members: Any) -> InboundMessage:
    """What becomes of a message of the type that its last member names, unless it names another."""
    members = {"type": next(reversed(members), "text"), "text": None, **members} if members else {}
    return read_message(written(message(**members)), None if contact is None else written(contact))


def written(value: Any) -> bytes:
    return json.dumps(value).encode()


def reported(**members: Any) -> StatusUpdate:
    return read_status(written(status(**members)))


class TestOrigin:
    def test_has_the_name_and_the_other_id_of_the_contact(self) -> None:
        contact = {"profile": {"name": " Thandi M ", "username": "@thandi.m"}, "user_id": "ZA.48213907715526"}
        origin = read({**contact, "wa_id": "27831234567"}).origin
        assert (origin.name, origin.username, origin.sender) == ("Thandi M", "thandi.m", THANDI)

    @pytest.mark.parametrize("contact", [5, [], {}, {"profile": 5}, {"profile": {"name": None, "username": []}}])
    def test_does_without_a_readable_contact(self, contact: Any) -> None:
        origin = read(contact).origin
        assert (origin.name, origin.username, origin.sender) == ("", "", Address(wa_id="27831234567"))

    def test_may_have_no_sender(self) -> None:
        assert not read(**{"from": None, "text": {"body": "Hi"}}).origin.sender

    @pytest.mark.parametrize("timestamp", [1795168800, "1795168800", "1795168800000", 1795168800000])
    def test_takes_seconds_and_milliseconds(self, timestamp: Any) -> None:
        assert read(timestamp=timestamp, text={"body": "Hi"}).origin.sent_at == AT

    @pytest.mark.parametrize("timestamp", [None, "soon", [], "4102444800"])
    def test_counts_a_missing_or_future_time_as_now(self, timestamp: Any) -> None:
        assert read(timestamp=timestamp, text={"body": "Hi"}).origin.sent_at >= datetime(2026, 11, 20, 11, tzinfo=UTC)

    @pytest.mark.parametrize("context", [5, [], {}, {"id": 0.5}, {"forwarded": "yes"}])
    def test_takes_an_odd_context_for_none(self, context: Any) -> None:
        origin = read(context=context, text={"body": "Hi"}).origin
        assert (origin.quoted, origin.forwarded) == (None, False)


class TestText:
    def test_loses_what_no_database_takes(self) -> None:
        said = read_message(rb'{"id": "w", "type": "text", "text": {"body": "a\u0000b \ud800 \ud83d\ude00"}}', None)
        assert isinstance(said, Text)
        assert said.body == "ab \ufffd 😀"


class TestMedia:
    @pytest.mark.parametrize("type_", ["image", "video", "audio", "document", "sticker"])
    def test_needs_no_more_than_an_id(self, type_: str) -> None:
        said = read(**{type_: {"id": 873310440512904}})
        assert isinstance(said, Media)
        assert (said.type, said.media_id, said.mime_type, said.sha256) == (type_, "873310440512904", "", "")

    @pytest.mark.parametrize(("voice", "type_"), [(True, "voice"), (False, "audio"), (None, "audio"), ("x", "audio")])
    def test_is_a_voice_note_only_where_meta_says_so(self, voice: Any, type_: str) -> None:
        said = read(audio={"id": "1", "voice": voice})
        assert isinstance(said, Media)
        assert said.type == type_

    @pytest.mark.parametrize(
        ("digest", "sha256"),
        [
            ("n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=", SHA256),
            (SHA256, SHA256),
            (SHA256.upper(), SHA256),
            ("short", ""),
            ("ä" * 44, ""),
            ("YQ==", ""),
            (5, ""),
        ],
    )
    def test_has_its_digest_in_hex(self, digest: Any, sha256: str) -> None:
        said = read(image={"id": "1", "sha256": digest})
        assert isinstance(said, Media)
        assert said.sha256 == sha256


class TestLocation:
    def test_may_come_as_text(self) -> None:
        said = read(location={"latitude": "-33.9249", "longitude": "18"})
        assert isinstance(said, Location)
        assert (said.latitude, said.longitude) == (-33.9249, 18.0)

    @pytest.mark.parametrize("latitude", [None, "north", [], True, "nan", float("nan"), float("inf"), 10**400])
    def test_without_a_latitude_cannot_be_read(self, latitude: Any) -> None:
        with pytest.raises(UnreadableItem, match="latitude"):
            read(location={"latitude": latitude, "longitude": 18})


class TestContacts:
    def test_are_named_by_what_there_is(self) -> None:
        said = read(
            contacts=[{"name": {"first_name": "Sipho", "last_name": "Dube"}, "phones": [{"wa_id": "27825550100"}]}]
        )
        assert isinstance(said, Contacts)
        assert (said.cards[0].name, said.cards[0].phones) == ("Sipho Dube", ("27825550100",))

    def test_leave_out_what_is_odd(self) -> None:
        said = read(contacts=[5, {"name": 5, "phones": [5, {}, {"phone": []}], "emails": "x", "org": []}])
        assert isinstance(said, Contacts)
        assert len(said.cards) == 1


class TestInteractive:
    @pytest.mark.parametrize("answer", [{}, 5, {"type": "novelty", "novelty": {}}, {"type": "button_reply"}])
    def test_of_a_new_kind_is_unreadable_and_no_error(self, answer: Any) -> None:
        said = read(interactive=answer)
        assert isinstance(said, Unreadable)
        assert said.type == "interactive"

    @pytest.mark.parametrize(
        ("written_as", "response"),
        [
            ('{"a": 1}', {"a": 1}),
            ({"a": 1}, {"a": 1}),
            ('{"a": "\\u0000\\ud800"}', {"a": "\ufffd"}),
            ("not json", {"response_json": "not json"}),
            ("[1]", {"response_json": "[1]"}),
            ("[" * 5000, {"response_json": "[" * 5000}),
            (None, {}),
        ],
    )
    def test_flow_answers_are_kept_whatever_they_hold(self, written_as: Any, response: Any) -> None:
        said = read(interactive={"nfm_reply": {"response_json": written_as}})
        assert isinstance(said, FlowAnswer)
        assert said.response == response

    def test_choices_without_an_id_go_by_their_title(self) -> None:
        said = read(interactive={"list_reply": {"title": "Tuesday"}})
        assert isinstance(said, Choice)
        assert (said.id, said.title) == ("Tuesday", "Tuesday")


class TestOthers:
    def test_order_items_take_numbers_as_text(self) -> None:
        said = read(order={"product_items": [{"product_retailer_id": 18, "quantity": "2", "item_price": "49.9"}, 5]})
        assert isinstance(said, Order)
        assert [(item.product, item.quantity, item.price) for item in said.items] == [("18", 2.0, 49.9)]

    def test_reaction_without_an_emoji_takes_it_back(self) -> None:
        said = read(reaction={"message_id": "wamid.OUT"})
        assert isinstance(said, Reaction)
        assert said.emoji == ""

    def test_edit_of_a_caption_has_the_new_one(self) -> None:
        new = {"type": "image", "image": {"id": "1", "caption": "Mine"}}
        said = read(edit={"original_message_id": "wamid.1", "message": new})
        assert isinstance(said, Edit)
        assert said.text == "Mine"

    def test_number_changed_is_understood_as_it_was_written_before(self) -> None:
        said = read(system={"type": "customer_changed_number", "new_wa_id": "27829998888"})
        assert isinstance(said, SystemNote)
        assert (said.now.wa_id, said.before.wa_id) == ("27829998888", "27831234567")

    def test_user_id_changed_is_understood_from_the_words_alone(self) -> None:
        words = "User from A to B changed from ZA.1 to ZA.2"
        said = read(**{"from": None, "system": {"type": "user_changed_user_id", "user_id": "ZA.2", "body": words}})
        assert isinstance(said, SystemNote)
        assert (said.now, said.before) == (Address(user_id="ZA.2"), Address(user_id="ZA.1"))

    @pytest.mark.parametrize("errors", [None, 5, [], [5], [{}], [{"code": "x"}]])
    def test_unsupported_without_a_code_has_none(self, errors: Any) -> None:
        said = read(errors=errors, unsupported=None, type="unsupported")
        assert isinstance(said, Unsupported)
        assert (said.code, said.kind) == (0, "")

    @pytest.mark.parametrize("type_", ["ephemeral", "request_welcome", "x" * 60])
    def test_type_that_nobody_knows_is_unreadable_and_no_error(self, type_: str) -> None:
        said = read(type=type_)
        assert isinstance(said, Unreadable)
        assert said.type == type_


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "cannot be read"),
        (b"5", "no object"),
        (b'{"id": "w", "type": "text"', "cannot be read"),
        (b'{"id": "w", "type": "text", "text": {"body": "\xff"}}', "cannot be read"),
        (b'{"type": "text", "text": {"body": "Hi"}}', "no id"),
        (b'{"id": "w"}', "no type"),
        (b'{"id": "w", "type": "text"}', "no `text`"),
        (b'{"id": "w", "type": "text", "text": "Hi"}', "no `text`"),
        (b'{"id": "w", "type": "text", "text": {}}', "no `body`"),
        (b'{"id": "w", "type": "image", "image": {}}', "no `id`"),
        (b'{"id": "w", "type": "contacts", "contacts": []}', "no `contacts`"),
        (b'{"id": "w", "type": "reaction", "reaction": {}}', "no `message_id`"),
        (b'{"id": "w", "type": "x", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"id": "w", "type": "x", "x": ' + b"[" * 300 + b"]" * 300 + b"}", "nested too deeply"),
        (b'{"id": "w", "type": "x", "x": ' + b'{"a":' * 300 + b"NaN" + b"}" * 301, "nested too deeply"),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableItem, match=reason):
        read_message(raw, None)


class TestStatus:
    @pytest.mark.parametrize(
        ("raw", "reason"),
        [(b"[]", "no object"), (b"{}", "no id"), (b'{"id": "w"}', "no status"), (b"[" * 100_000, "deeply")],
    )
    def test_that_is_none_is_refused_with_the_reason(self, raw: bytes, reason: str) -> None:
        with pytest.raises(UnreadableItem, match=reason):
            read_status(raw)

    def test_failed_without_a_reason_says_so(self) -> None:
        update = reported(status="failed")
        assert update.problem is not None
        assert (update.problem.code, update.problem.detail) == (0, "Meta gave no reason")
        assert not update.access_lost

    @pytest.mark.parametrize(
        ("code", "flags"),
        [
            (131047, {"window_shut"}),
            (131042, {"access_lost"}),
            (133010, {"access_lost", "number_only"}),
            (132015, {"template_refused"}),
            (131026, set()),
        ],
    )
    def test_failed_says_what_its_code_asks_of_us(self, code: int, flags: set[str]) -> None:
        update = reported(status="failed", errors=[{"code": str(code), "title": "No"}])
        names = ("window_shut", "access_lost", "number_only", "template_refused")
        assert {name for name in names if getattr(update, name)} == flags

    def test_of_a_new_name_is_passed_on(self) -> None:
        assert reported(status="pondered").status == "pondered"

    @pytest.mark.parametrize("errors", [5, {}, [5], "x"])
    def test_takes_odd_errors_for_none(self, errors: Any) -> None:
        assert reported(errors=errors).problem is None

    def test_names_the_participant_of_a_group(self) -> None:
        update = reported(recipient_id="Y2FwaQ==", recipient_participant_user_id="ZA.1")
        assert update.recipient == Address(user_id="ZA.1")
