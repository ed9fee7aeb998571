import json
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from channels_app.graph import errors
from channels_app.graph.errors import GraphError, OutcomeUnknown, Refused
from tests.graph.conftest import Recorded


def wired(error: Any, http_status: int = 400, **headers: str) -> GraphError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Refused.from_wire(json.dumps({"error": error}).encode(), http_status, named)


def refused(error: Any, http_status: int = 400, **headers: str) -> Refused:
    found = wired(error, http_status, **headers)
    assert isinstance(found, Refused)
    return found


class TestWords:
    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            ({"code": 100, "error_subcode": 33, "message": "Unsupported get request."}, errors.NumberBlocked),
            ({"code": 100, "error_subcode": 2388024, "message": "Invalid parameter"}, errors.BadRequest),
            (
                {
                    "code": 100,
                    "message": "Object with ID '1' does not exist, cannot be loaded due to missing permissions",
                },
                errors.NumberBlocked,
            ),
            (
                {"code": 100, "message": "API calls from the server require an appsecret_proof argument"},
                errors.ProofRequired,
            ),
            (
                {"code": 100, "message": "Invalid appsecret_proof provided in the API argument"},
                errors.ProofInvalid,
            ),
            (
                {"code": 100, "message": "m", "error_data": {"details": "Invalid appsecret_proof provided"}},
                errors.ProofInvalid,
            ),
            (
                {"code": 131053, "error_data": {"details": "Downloading media from weblink failed with http code 504"}},
                errors.TryAgain,
            ),
            ({"code": 131053, "error_data": {"details": "Unsupported codec"}}, errors.BadRequest),
        ],
    )
    def test_decide_where_the_code_alone_does_not(self, error: dict[str, Any], kind: type[Refused]) -> None:
        assert type(refused(error)) is kind
        assert type(Refused.from_webhook(error)) is kind

    def test_an_account_may_be_told_from_a_number(self) -> None:
        assert not isinstance(refused({"code": 190}), errors.NumberBlocked)
        assert isinstance(refused({"code": 133010}), errors.AccountBlocked)


class TestTransient:
    @pytest.mark.parametrize("code", [100, 190, 131026, 132001, 999999])
    def test_may_work_later_whatever_the_code(self, code: int) -> None:
        found = refused({"code": code, "is_transient": True})
        assert type(found) is errors.TryAgain
        assert found.is_transient

    def test_throttling_is_not_forgotten_over_it(self) -> None:
        assert type(refused({"code": 4, "is_transient": True})) is errors.Throttled

    def test_only_true_is_true(self) -> None:
        assert type(refused({"code": 131026, "is_transient": "false"})) is errors.RecipientRefused


class TestUnlistedCode:
    def test_is_a_plain_refusal(self) -> None:
        assert type(refused({"code": 999999})) is Refused

    def test_is_tried_again_when_the_fault_was_theirs(self) -> None:
        assert type(refused({"code": 999999}, http_status=500)) is errors.TryAgain

    def test_is_throttling_when_the_status_says_so(self) -> None:
        assert type(refused({"code": 999999}, http_status=429)) is errors.Throttled


class TestShapes:
    def test_of_a_send(self, recorded: Recorded) -> None:
        found = refused(recorded("refused_send")["error"], 404)
        assert (found.code, found.subcode, found.http_status) == (132001, None, 404)
        assert found.title == "Template name does not exist in the translation"
        assert found.detail == "template name (new_bot_message) does not exist in en_US"
        assert found.trace_id == "AbCdEfGhIjKlMnOpQrStUv"

    def test_of_a_management_call(self, recorded: Recorded) -> None:
        found = refused(recorded("refused_management")["error"])
        assert (found.code, found.subcode) == (100, 2388024)
        assert found.user_title == "Content in This Language Already Exists"
        assert found.detail == found.user_message
        assert found.user_message.startswith("There is already English content")

    def test_of_a_webhook(self) -> None:
        details = "Message failed to send because more than 24 hours have passed."
        error = {"code": 131047, "title": "Re-engagement message", "message": "Re-engagement message"}
        found = Refused.from_webhook({**error, "error_data": {"details": details}, "href": "/docs"})
        assert type(found) is errors.WindowClosed
        assert (found.title, found.detail, found.http_status) == ("Re-engagement message", details, None)

    def test_error_data_may_be_a_text(self) -> None:
        assert refused({"code": 131026, "message": "m", "error_data": "Undeliverable"}).detail == "Undeliverable"

    @pytest.mark.parametrize("data", [None, [], 7, {}, {"details": None}, {"details": {"a": 1}}])
    def test_error_data_may_be_anything_else(self, data: object) -> None:
        assert refused({"code": 131026, "message": "(#131026) Message undeliverable", "error_data": data}).detail == (
            "(#131026) Message undeliverable"
        )

    @pytest.mark.parametrize(
        "error", [None, "no", 7, [], {}, {"code": None}, {"code": "x"}, {"code": [1]}, {"code": True}]
    )
    def test_a_webhooks_error_may_be_anything(self, error: object) -> None:
        found = Refused.from_webhook(error)
        assert (type(found), found.code) == (Refused, errors.NO_CODE)


class TestWithoutGraph:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html>Bad gateway</html>",
            b"\xff\xfe",
            b"[]",
            b"null",
            b"[" * 100_000,
            b'{"error": "down"}',
            b'{"error": {}}',
        ],
    )
    @pytest.mark.parametrize("status", [200, 408, 500, 502, 503, 504])
    def test_nobody_knows_what_came_of_it(self, body: bytes, status: int) -> None:
        found = Refused.from_wire(body, status, {"Retry-After": "3"})
        assert type(found) is OutcomeUnknown
        assert (found.http_status, found.retry_after) == (status, 3.0)

    @pytest.mark.parametrize("body", [b"", b"<html>slow down</html>", b'{"error": {"message": "slow"}}'])
    def test_429_is_throttling(self, body: bytes) -> None:
        found = Refused.from_wire(body, 429, {"retry-after": "17"})
        assert type(found) is errors.Throttled
        assert (found.code, found.retry_after) == (errors.NO_CODE, 17.0)

    @pytest.mark.parametrize("status", [302, 401, 403, 404])
    def test_a_refusal_on_the_way_may_be_tried_again(self, status: int) -> None:
        assert type(Refused.from_wire(b"<html>", status, {})) is errors.TryAgain


class TestWaiting:
    @time_machine.travel(datetime(2026, 11, 20, 12, 0, tzinfo=UTC), tick=False)
    @pytest.mark.parametrize(
        ("value", "seconds"),
        [
            ("120", 120.0),
            ("0", 0.0),
            ("Fri, 20 Nov 2026 12:00:30 GMT", 30.0),
            ("Fri, 20 Nov 2026 12:00:30 -0000", 30.0),
            ("Fri, 20 Nov 2026 11:00:00 GMT", 0.0),
            ("soon", None),
            ("-5", None),
            ("9" * 5000, None),
            ("Fri, 99 Nov 99999 12:00:30 GMT", None),
            ("", None),
        ],
    )
    def test_is_as_long_as_retry_after_says(self, value: str, seconds: float | None) -> None:
        assert refused({"code": 130429}, Retry_After=value).retry_after == seconds

    def test_is_as_long_as_the_use_of_management_calls_demands(self) -> None:
        usage = json.dumps({"1": [{"type": "whatsapp", "estimated_time_to_regain_access": 7}], "2": "odd"})
        assert refused({"code": 80007}, X_Business_Use_Case_Usage=usage).retry_after == 420.0
        assert refused({"code": 100}, X_Business_Use_Case_Usage=usage).retry_after is None

    @pytest.mark.parametrize(("code", "seconds"), [(131057, 60.0), (133015, 300.0), (134101, 600.0), (131000, None)])
    def test_has_its_own_length_for_some_codes(self, code: int, seconds: float | None) -> None:
        assert refused({"code": code}).retry_after == seconds


class TestSecrecy:
    def test_a_token_that_graph_repeats_is_blotted_out(self) -> None:
        body = json.dumps({"error": {"code": 190, "message": "Malformed access token sesame-open-up"}}).encode()
        found = Refused.from_wire(body, 401, {}, ["sesame-open-up", ""])
        assert isinstance(found, errors.AccountBlocked)
        assert found.title == "Malformed access token ***"
        assert "sesame" not in repr(found) + found.detail

    def test_a_log_line_holds_ids_and_no_words(self) -> None:
        found = refused({"code": 100, "error_subcode": 33, "message": "about +27825550123", "fbtrace_id": "AbC"})
        assert str(found) == "code 100/33, HTTP 400, trace AbC"

    def test_a_page_of_words_is_cut(self) -> None:
        assert len(refused({"code": 100, "message": "x" * 100_000}).detail) == 2000


def every_error() -> list[GraphError]:
    kinds: list[type[Refused]] = [Refused, *errors.KINDS]
    lost: list[type[errors.Unreachable]] = [errors.Unreachable, errors.NotConnected, OutcomeUnknown]
    found = [kind(7, 3, "t", "d", "trace", 400, 1.5, True, "ut", "um") for kind in kinds]
    return [*found, *(kind("cut", 502, 2.0) for kind in lost)]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_every_error_survives_pickling(error: GraphError) -> None:
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(copy) is type(error)
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)
