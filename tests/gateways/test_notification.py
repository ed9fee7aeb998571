import json
from typing import Any

import pytest

from channels_app.gateways.base import Envelope, MalformedNotification
from channels_app.gateways.meta.notification import open_notification
from channels_app.messages import Address
from tests.gateways.bodies import ACCOUNT, NUMBER, body, message, status, value
from tests.gateways.conftest import Recorded
from tests.gateways.readings import AT, SIPHO, THANDI


def opened(notification: bytes) -> list[Envelope]:
    return [envelope for change in open_notification(notification) for envelope in change.envelopes]


def only(notification: bytes) -> Envelope:
    (envelope,) = opened(notification)
    return envelope


class TestBody:
    @pytest.mark.parametrize(
        "notification",
        [
            b"",
            b"hello",
            b'"entry"',
            b"[]",
            b"null",
            b"{}",
            b'{"entry": {}}',
            b'{"entry": null}',
            b'{"entry": [}',
            b'{"entry": []} and more',
            b'{"object": "\xff", "entry": []',
            b"\x00\x01\x02",
            b"[" * 100_000,
            b'{"entry": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            b'{"a": "\\ud800", "entry": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            b'{"a": "\\ud800", "entry": [' + b"9" * 5_000 + b"]}",
            b'{"entry": [' + b"1," * 50_000 + b"1]}",
            b'{"entry": [{"changes": [' + b"1," * 50_000 + b"1]}]}",
            body(value(messages=[1] * 50_000)),
            body(*[value(statuses=[1] * 5_000)] * 10),
        ],
    )
    def test_is_malformed_when_it_is_no_webhook(self, notification: bytes) -> None:
        with pytest.raises(MalformedNotification):
            open_notification(notification)

    def test_is_a_webhook_whatever_object_it_says(self) -> None:
        assert open_notification(b'{"object": "page", "entry": []}') == []

    @pytest.mark.parametrize("text", ["\\ud800", "\\udc00 \\ud83d"])
    def test_with_a_lone_surrogate_is_read_all_the_same(self, text: str) -> None:
        notification = body(value(messages=[message(), message(id="wamid.2", text={"body": "TEXT"})]))
        first, second = opened(notification.replace(b"TEXT", text.encode()))
        assert json.loads(first.raw) == message()
        assert json.loads(second.raw)["text"]["body"] == json.loads(f'"{text}"')
        assert (second.external_id, second.sender, second.reason) == ("wamid.2", Address(wa_id="27831234567"), "")

    def test_with_a_nan_is_read_all_the_same(self) -> None:
        notification = body(value(messages=[message(location={"latitude": float("nan")})]))
        assert b"NaN" in only(notification).raw

    def test_has_the_same_keys_whether_read_quickly_or_patiently(self) -> None:
        values = [value(messages=[message()], statuses=[status()]), value(errors=[{"code": 130429}])]
        quick, patient = body(*values), body(*values, note="LONE").replace(b"LONE", b"\\ud800")
        assert [each.key for each in opened(quick)] == [each.key for each in opened(patient)]

    def test_may_hold_far_more_than_meta_ever_sends(self) -> None:
        assert len(opened(body(value(statuses=[status(id=f"wamid.{place}") for place in range(20_000)])))) == 20_000


class TestOddPieces:
    @pytest.mark.parametrize("entry", [5, None, [], "x", {}, {"id": ACCOUNT}, {"changes": {}}])
    def test_an_entry_without_changes_is_kept_with_the_reason(self, entry: Any) -> None:
        (odd, good) = opened(
            json.dumps({"entry": [entry, json.loads(body(value(messages=[message()])))["entry"][0]]}).encode()
        )
        assert (odd.kind, odd.reason, json.loads(odd.raw)) == ("other", "An entry without a list of changes", entry)
        assert (good.kind, good.reason) == ("message", "")

    @pytest.mark.parametrize("odd_value", [5, None, [], "x", True])
    def test_a_change_without_a_value_is_kept_for_its_account(self, odd_value: Any) -> None:
        odd, good = open_notification(body(odd_value, value(messages=[message()])))
        assert (odd.phone_number_id, odd.accounts) == (None, (ACCOUNT,))
        assert odd.envelopes[0].reason == "A change whose value is no object"
        assert good.envelopes[0].reason == ""

    @pytest.mark.parametrize(
        ("odd", "reason", "external_id"),
        [
            (5, "It is no object", ""),
            (None, "It is no object", ""),
            (["x"], "It is no object", ""),
            (message(id=["x"]), "It has no id", ""),
            (message(id=""), "It has no id", ""),
            (message(id="wamid.\0"), "It has no id", ""),
            (message(id="w" * 300), "It has no id", ""),
            ({**message(), "id": None}, "It has no id", ""),
            (message(type=None), "It has no type", "wamid.IN"),
            (message(type=7.5), "It has no type", "wamid.IN"),
        ],
    )
    def test_an_odd_message_costs_no_other(self, odd: Any, reason: str, external_id: str) -> None:
        first, second, third = opened(
            body(value(messages=[message(id="wamid.1"), odd, message(id="wamid.2")], statuses=[]))
        )
        assert (second.kind, second.reason, second.external_id) == ("message", reason, external_id)
        assert json.loads(second.raw) == odd
        assert [(each.external_id, each.reason) for each in (first, third)] == [("wamid.1", ""), ("wamid.2", "")]

    @pytest.mark.parametrize("odd", [5, "x", status(id=None), status(status=None), status(status={})])
    def test_an_odd_status_costs_no_other(self, odd: Any) -> None:
        first, second = opened(body(value(statuses=[odd, status()])))
        assert (first.kind, bool(first.reason)) == ("status", True)
        assert (second.kind, second.reason) == ("status", "")

    @pytest.mark.parametrize("messages", [{"id": "wamid.1"}, "x", 5])
    def test_something_else_in_place_of_a_list_is_one_odd_item(self, messages: Any) -> None:
        odd, good = opened(body(value(messages=messages, statuses=[status()])))
        assert (odd.kind, bool(odd.reason), json.loads(odd.raw)) == ("message", True, messages)
        assert good.kind == "status"

    def test_messages_of_no_number_are_kept_with_the_reason(self) -> None:
        (change,) = open_notification(body({"messages": [message()]}))
        assert change.phone_number_id is None
        assert change.envelopes[0].reason == "It names no phone number of ours"

    def test_an_empty_value_is_kept_as_a_whole(self) -> None:
        assert json.loads(only(body(value(messages=[], statuses=[]))).raw) == value(messages=[], statuses=[])

    def test_ids_may_be_numbers(self) -> None:
        notification = body(
            {"metadata": {"phone_number_id": 118930421775604}, "messages": [message(id=7, **{"from": 27831234567})]},
            id=104216845993017,
        )
        (change,) = open_notification(notification)
        assert (change.phone_number_id, change.accounts) == (NUMBER, (ACCOUNT,))
        assert (change.envelopes[0].external_id, change.envelopes[0].sender.wa_id) == ("7", "27831234567")

    @pytest.mark.parametrize("timestamp", [None, "soon", [], {}, -1, "9" * 400, True, 10**30])
    def test_a_time_that_is_none_costs_nothing_else(self, timestamp: Any) -> None:
        envelope = only(body(value(messages=[message(timestamp=timestamp)])))
        assert envelope.reason == ""
        assert envelope.external_id == "wamid.IN"

    def test_a_message_that_is_no_utf_8_keeps_its_bytes(self) -> None:
        envelope = only(body(value(messages=[message(text={"body": "BYTES"})])).replace(b"BYTES", b"\xff\xfe"))
        assert envelope.reason == ""
        assert b"\xff\xfe" in envelope.raw


class TestEnvelopes:
    def test_messages_statuses_and_errors_of_one_value_are_all_there(self) -> None:
        found = opened(body(value(statuses=[status()], errors=[{"code": 130429}], messages=[message()])))
        assert sorted(each.kind for each in found) == ["error", "message", "status"]

    def test_say_when_and_of_which_type(self) -> None:
        envelope = only(body(value(messages=[message(timestamp=1795168800000, type="image")])))
        assert (envelope.sent_at, envelope.type, envelope.field) == (AT, "image", "messages")

    def test_tell_a_group_from_a_person(self) -> None:
        found = opened(body(value(messages=[message(id="1", group_id="Y2Fw"), message(id="2")])))
        assert [each.group for each in found] == [True, False]

    def test_of_lists_that_are_new_are_kept_one_by_one(self) -> None:
        calls = [{"id": "wacid.1", "event": "connect"}, {"id": "wacid.2", "event": "terminate"}]
        found = opened(body(value(calls=calls), field="calls"))
        assert [(each.kind, each.field, json.loads(each.raw)) for each in found] == [
            ("other", "calls", call) for call in calls
        ]

    @pytest.mark.parametrize("field", ["standby", "smb_message_echoes", "history", "calls", "", None, 5])
    def test_messages_under_another_field_are_nobodys_turn(self, field: Any) -> None:
        found = opened(body(value(messages=[message()], statuses=[status()]), field=field))
        assert {each.kind for each in found} == {"other"}

    def test_keep_the_people_of_a_history_apart(self) -> None:
        threads = [{"id": "27831234567", "messages": [message()]}, {"id": "27825550100", "messages": []}]
        found = opened(body(value(history=[{"threads": threads, "metadata": {"phase": 0}}]), field="history"))
        assert [json.loads(each.raw) for each in found] == threads
        assert [each.sender.wa_id for each in found] == ["27831234567", "27825550100"]

    def test_unfold_what_stands_by(self) -> None:
        nested = {"messages": [message()], "statuses": [status()]}
        found = opened(body(value(standby=nested), field="standby"))
        assert [(each.kind, each.type) for each in found] == [("other", "text"), ("other", "delivered")]


class TestSender:
    @pytest.mark.parametrize(
        ("ids", "sender"),
        [
            ({"from": "27831234567"}, Address(wa_id="27831234567")),
            ({"from": "27831234567", "from_user_id": "ZA.48213907715526"}, THANDI),
            ({"from": None, "from_user_id": "ZA.48213907715526"}, Address(user_id="ZA.48213907715526")),
            ({"from": "ZA.48213907715526"}, Address(user_id="ZA.48213907715526")),
            ({"from": "ZA.48213907715526", "from_user_id": "27831234567"}, THANDI),
            (
                {"from": None, "from_user_id": "ZA.1aB", "from_parent_user_id": "ZA.ENT.2"},
                Address(user_id="ZA.1aB"),
            ),
            ({"from": "27831234567", "from_parent_user_id": "ZA.ENT.2"}, Address(wa_id="27831234567")),
            ({"from": None, "from_parent_user_id": "ZA.ENT.2"}, Address(user_id="ZA.ENT.2")),
            ({"from": None}, Address()),
            ({"from": "Thandi"}, Address()),
            ({"from": "za.1"}, Address()),
            ({"from": "ZA."}, Address()),
            ({"from": "ZA." + "1" * 129}, Address()),
            ({"from": "+27 83"}, Address()),
            ({"from": "٢٧٨٣"}, Address()),
            ({"from": "2" * 21}, Address()),
            ({"from": {"wa_id": "27831234567"}}, Address()),
            ({"from": True}, Address()),
        ],
    )
    def test_is_known_by_the_form_of_the_ids(self, ids: dict[str, Any], sender: Address) -> None:
        assert only(body(value(messages=[message(**ids)]))).sender == sender

    def test_gets_the_other_id_from_the_contact(self) -> None:
        contacts = [{"wa_id": "27831234567", "user_id": "ZA.48213907715526"}]
        assert only(body(value(messages=[message()], contacts=contacts))).sender == THANDI


class TestContact:
    def test_belongs_by_id_and_never_by_place(self, recorded: Recorded) -> None:
        first, second = opened(recorded("batch"))[:2]
        assert [json.loads(each.contact or b"")["profile"]["name"] for each in (first, second)] == ["Sipho", "Thandi M"]
        assert [first.sender, second.sender] == [SIPHO, THANDI]

    def test_is_none_where_it_is_somebody_elses(self) -> None:
        contacts = [{"profile": {"name": "Sipho"}, "wa_id": "27825550100"}]
        assert only(body(value(messages=[message()], contacts=contacts))).contact is None

    def test_is_none_where_the_other_id_differs(self) -> None:
        contacts = [{"wa_id": "27831234567", "user_id": "ZA.999"}]
        envelope = only(body(value(messages=[message(from_user_id="ZA.48213907715526")], contacts=contacts)))
        assert (envelope.contact, envelope.sender) == (None, THANDI)

    def test_of_two_with_one_id_is_the_one_with_both(self) -> None:
        contacts = [
            {"wa_id": "27831234567", "user_id": "ZA.999"},
            {"wa_id": "27831234567", "user_id": "ZA.48213907715526"},
        ]
        envelope = only(body(value(messages=[message(from_user_id="ZA.48213907715526")], contacts=contacts)))
        assert json.loads(envelope.contact or b"") == contacts[1]

    @pytest.mark.parametrize("contacts", [5, None, {}, [5], [None], [{}], [{"wa_id": ["27831234567"]}], ["x"]])
    def test_may_be_anything_without_harm(self, contacts: Any) -> None:
        envelope = only(body(value(messages=[message()], contacts=contacts)))
        assert (envelope.contact, envelope.reason) == (None, "")


class TestKeys:
    def test_of_messages_name_number_and_id(self) -> None:
        other_number = {**value(messages=[message()]), "metadata": {"phone_number_id": "118930421779999"}}
        found = opened(body(value(messages=[message(), message(id="wamid.2")]), other_number))
        assert len({each.key for each in found}) == 3

    def test_of_messages_do_not_depend_on_what_they_say(self) -> None:
        one, other = message(), message(text={"body": "Other"}, timestamp="1795168801")
        assert only(body(value(messages=[one]))).key == only(body(value(messages=[other]), time=5)).key

    def test_of_statuses_name_status_code_and_participant(self) -> None:
        statuses = [
            status(),
            status(status="read"),
            status(status="failed"),
            status(status="failed", errors=[{"code": 131047}]),
            status(status="failed", errors=[{"code": "131026"}]),
            status(recipient_participant_id="27831234567"),
            status(recipient_participant_id="27825550100"),
        ]
        assert len({each.key for each in opened(body(value(statuses=statuses)))}) == len(statuses)

    def test_of_statuses_are_none_of_messages(self) -> None:
        found = opened(body(value(messages=[message(id="x")], statuses=[status(id="x")])))
        assert len({each.key for each in found}) == 2

    def test_of_what_has_no_id_name_all_of_it(self) -> None:
        error = {"code": 130429}
        elsewhere = {**value(errors=[error]), "metadata": {"phone_number_id": "118930421779999"}}
        notifications = [
            body(value(errors=[error])),
            body(value(errors=[{"code": 131000}])),
            body(value(errors=[error]), time=1),
            body(value(errors=[error]), id="999"),
            body(value(errors=[error]), field="calls"),
            body(elsewhere),
        ]
        assert len({only(notification).key for notification in notifications}) == len(notifications)

    def test_of_what_has_no_id_outlive_another_order_and_spelling(self) -> None:
        one = body({"event": "x", "name": "ä"}, field="account_update", time=1795168800)
        change = b'{"value":{"name":"\xc3\xa4","event":"x"},"field":"account_update"}'
        other = b'{"entry":[{"changes":[%s],"time":1795168800,"id":"%s"}]}' % (change, ACCOUNT.encode())
        assert only(one).key == only(other).key

    @pytest.mark.parametrize("field", ["standby", "smb_message_echoes"])
    def test_of_others_messages_are_none_of_ours(self, field: str) -> None:
        assert only(body(value(messages=[message()]))).key != only(body(value(messages=[message()]), field=field)).key


class TestRepeats:
    def test_in_one_notification_count_once(self) -> None:
        repeated = value(messages=[message()], statuses=[status()], errors=[{"code": 130429}])
        assert sorted(each.kind for each in opened(body(repeated, repeated))) == ["error", "message", "status"]

    @pytest.mark.parametrize("order", [1, -1])
    def test_keep_the_one_with_content(self, order: int) -> None:
        messages = [message(type="unsupported", text=None), message()][::order]
        assert only(body(value(messages=messages))).type == "text"

    @pytest.mark.parametrize("order", [1, -1])
    def test_keep_the_one_that_can_be_read(self, order: int) -> None:
        messages = [message(type=None), message(type="unsupported")][::order]
        assert only(body(value(messages=messages))).reason == ""
