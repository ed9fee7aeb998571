"""The intake, from the door: whom it believes, what it keeps, and what it answers."""

import json
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from channels_app.models import Channel, EventState, InboundEvent, Provider, Team
from tests.fixtures import (
    APP_SECRET,
    NUMBER,
    WABA,
    Post,
    change,
    make_channel,
    make_provider,
    notification,
    status,
    text,
)

URL = "/api/channels/meta/"


class TestHandshake:
    def ask(self, client: Client, **query: str) -> Any:
        return client.get(URL, {f"hub.{name}": value for name, value in query.items()})

    def test_echoes_the_challenge_for_a_verify_token_of_any_provider(self, client: Client, provider: Provider) -> None:
        answer = self.ask(client, mode="subscribe", verify_token="verify-clinic", challenge="1158201444")
        assert (answer.status_code, answer.content) == (200, b"1158201444")
        assert answer["Content-Type"].startswith("text/plain")

    @pytest.mark.parametrize(
        "query",
        [
            {"mode": "subscribe", "verify_token": "another", "challenge": "1"},
            {"mode": "unsubscribe", "verify_token": "verify-clinic", "challenge": "1"},
            {"mode": "subscribe", "challenge": "1"},
            {"mode": "subscribe", "verify_token": "verify-clinic", "challenge": "x" * 5000},
            {},
        ],
    )
    def test_refuses_all_others(self, client: Client, provider: Provider, query: dict[str, str]) -> None:
        assert self.ask(client, **query).status_code == 403


class TestRefusals:
    def test_a_body_over_four_mebibytes_is_too_large(self, post: Post, channel: Channel) -> None:
        assert post(b" " * (4 * 1024 * 1024 + 1), signature="").status_code == 413

    def test_a_missing_signature_is_refused_before_the_body_is_read(self, client: Client, channel: Channel) -> None:
        assert client.post(URL, b"no json", content_type="application/json").status_code == 403

    @pytest.mark.parametrize("body", [b"", b"no json", b"[]", b'{"entry": 1}', b"[" * 100_000, b'{"object": "page"}'])
    def test_what_is_no_webhook_is_malformed(self, post: Post, channel: Channel, body: bytes) -> None:
        assert post(body).status_code == 400

    @pytest.mark.parametrize(("is_on", "status"), [(True, 200), (False, 403)])
    def test_nobody_signs_for_simulated_providers_where_the_simulator_is_off(
        self, post: Post, channel: Channel, settings: Any, is_on: bool, status: int
    ) -> None:
        Provider.objects.update(kind="simulated", waba_id=f"sim-{WABA}")
        settings.SIMULATOR = is_on
        assert post(notification(change(text()))).status_code == status

    def test_a_wrong_signature_stores_nothing(self, post: Post, channel: Channel) -> None:
        assert post(notification(change(text())), secret="another").status_code == 403
        assert not InboundEvent.objects.exists()

    @pytest.mark.parametrize("header", ["sha256=", "sha1=abc", "é", "sha256=" + "0" * 64, "x" * 5000])
    def test_an_odd_signature_is_refused(self, post: Post, channel: Channel, header: str) -> None:
        assert post(notification(change(text())), signature=header).status_code == 403

    def test_numbers_that_nobody_has_are_taken_and_forgotten(self, post: Post, channel: Channel) -> None:
        stranger = notification(change(text(), number="999"), waba="998")
        assert post(stranger, secret="whatever").status_code == 200
        assert not InboundEvent.objects.exists()

    def test_what_cannot_be_stored_is_asked_for_again(
        self, post: Post, channel: Channel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(*args: Any, **kwargs: Any) -> None:
            raise OperationalError("the database is away")

        with connection.execute_wrapper(away):
            answer = post(notification(change(text())))
        assert (answer.status_code, answer["Retry-After"]) == (503, "10")

    @pytest.mark.parametrize("method", ["put", "patch", "delete", "head"])
    def test_other_methods_are_not_allowed(self, client: Client, db: None, method: str) -> None:
        assert getattr(client, method)(URL).status_code == 405


class TestKeeping:
    def test_an_item_is_kept_as_the_bytes_it_came_in(self, post: Post, channel: Channel) -> None:
        raw = json.dumps(notification(change(text("ünï — code")))).encode()
        assert post(raw).status_code == 200
        event = InboundEvent.objects.get()
        assert bytes(event.raw) in raw
        assert json.loads(bytes(event.raw))["text"]["body"] == "ünï — code"
        assert json.loads(bytes(event.contact or b""))["profile"]["name"] == "Thandi M"
        assert (event.team_id, event.channel_id, event.state) == (channel.team_id, channel.pk, EventState.WAITING)

    def test_a_repeat_changes_nothing(self, post: Post, channel: Channel) -> None:
        for _ in range(4):
            assert post(notification(change(text(), statuses=[status("wamid.x")]))).status_code == 200
        assert sorted(InboundEvent.objects.values_list("kind", flat=True)) == ["message", "status"]

    def test_every_item_of_every_change_counts(self, post: Post, channel: Channel, provider: Provider) -> None:
        make_channel(provider, "22", phone_number="+27600559999")
        first = change(text(wamid="a"), text(wamid="b"), statuses=[status("c"), status("c", "delivered")])
        post(notification(first, change(text(wamid="d"), number="22"), change(text(wamid="e"), number="none")))
        kept = InboundEvent.objects.order_by("id").values_list("phone_number_id", "external_id", "state")
        assert list(kept) == [
            (NUMBER, "a", "waiting"),
            (NUMBER, "b", "waiting"),
            (NUMBER, "c", "waiting"),
            (NUMBER, "c", "waiting"),
            ("22", "d", "waiting"),
            ("none", "e", "unrouted"),
        ]

    def test_the_same_wamid_on_two_numbers_is_two_messages(self, post: Post, provider: Provider) -> None:
        make_channel(provider)
        make_channel(provider, "22", phone_number="+27600559999")
        post(notification(change(text()), change(text(), number="22")))
        assert InboundEvent.objects.count() == 2

    def test_an_odd_item_is_kept_and_the_others_go_on(self, post: Post, channel: Channel) -> None:
        body = notification(change(text()))
        body["entry"][0]["changes"][0]["value"]["messages"] += [7, {"type": "text"}, {"id": "x", "type": 5}]
        assert post(body).status_code == 200
        assert InboundEvent.objects.count() == 4
        assert InboundEvent.objects.exclude(reason="").count() >= 2

    def test_bytes_that_a_text_column_refuses_are_kept(self, post: Post, channel: Channel) -> None:
        raw = json.dumps(notification(change(text("a\x00b \ud83d c", wamid="w\x00\ud83d")))).encode()
        assert post(raw).status_code == 200
        assert b"\\ud83d" in bytes(InboundEvent.objects.get().raw)

    def test_content_takes_the_place_of_a_placeholder(self, post: Post, channel: Channel) -> None:
        placeholder = {k: v for k, v in text().items() if k != "text"} | {"type": "unsupported"}
        post(notification(change(placeholder)))
        post(notification(change(text("at last"))))
        post(notification(change(placeholder)))
        event = InboundEvent.objects.get()
        assert (event.type, event.replaced) == ("text", True)
        assert b"at last" in bytes(event.raw)

    def test_a_webhook_costs_one_statement_once_the_number_is_known(self, post: Post, channel: Channel) -> None:
        post(notification(change(text(wamid="first"))))
        body = notification(change(*(text(wamid=f"w{n}") for n in range(20)), statuses=[status("s")]))
        with CaptureQueriesContext(connection) as queries:
            post(body)
        assert len(queries) == 1


class TestTrust:
    """A signature speaks for its own number only."""

    def test_a_team_cannot_sign_for_another_teams_number(self, post: Post, channel: Channel, other_team: Team) -> None:
        make_channel(make_provider(other_team, "77", "theirs"), "78", phone_number="+15550100")
        body = notification(change(text(wamid="mine"), number="78"), change(text(wamid="forged")), waba="77")
        assert post(body, secret="theirs").status_code == 200
        assert list(InboundEvent.objects.values_list("external_id", flat=True)) == ["mine"]

    def test_a_team_that_names_the_same_account_gets_nothing_of_its_numbers(
        self, post: Post, channel: Channel, other_team: Team
    ) -> None:
        make_provider(other_team, WABA, "theirs")
        assert post(notification(change(text())), secret="theirs").status_code == 403
        assert not InboundEvent.objects.exists()

    def test_news_of_an_account_go_to_each_provider_whose_secret_fits(
        self, post: Post, provider: Provider, other_team: Team
    ) -> None:
        make_provider(other_team, WABA, "theirs")
        news = {"field": "account_update", "value": {"event": "ACCOUNT_DELETED"}}
        for secret in (APP_SECRET, "theirs", "theirs"):
            assert post(notification(news), secret=secret).status_code == 200
        assert set(InboundEvent.objects.values_list("team__slug", flat=True)) == {"clinic", "bakery"}
        assert InboundEvent.objects.count() == 2

    def test_a_new_secret_is_good_at_once_and_the_old_one_is_not(
        self, post: Post, channel: Channel, provider: Provider
    ) -> None:
        post(notification(change(text(wamid="a"))))
        provider.app_secret = "a-new-one"
        provider.save()
        assert post(notification(change(text(wamid="b"))), secret="a-new-one").status_code == 200

    def test_a_number_without_a_channel_is_kept_for_whoever_vouches(
        self, post: Post, provider: Provider, other_team: Team
    ) -> None:
        make_provider(other_team, WABA, "theirs")
        assert post(notification(change(text(), number="55"))).status_code == 200
        event = InboundEvent.objects.get()
        assert (event.provider, event.channel, event.state) == (provider, None, EventState.UNROUTED)

    def test_a_channel_made_a_moment_ago_gets_its_first_message(self, post: Post, provider: Provider) -> None:
        post(notification(change(text(wamid="before"))))
        channel = make_channel(provider)
        post(notification(change(text(wamid="after"))))
        assert InboundEvent.objects.get(external_id="after").channel == channel

    def test_without_an_active_channel_the_newest_inactive_one_gets_it(self, post: Post, provider: Provider) -> None:
        make_channel(provider, is_active=False)
        newest = make_channel(provider, is_active=False)
        post(notification(change(text())))
        assert InboundEvent.objects.get().channel == newest

    def test_a_number_without_a_channel_is_kept_however_often_it_is_named(self, post: Post, channel: Channel) -> None:
        for place in range(60):
            body = notification(change(text(wamid=f"u{place}"), number="55"), change(text(wamid=f"g{place}")))
            assert post(body).status_code == 200
        assert InboundEvent.objects.filter(state=EventState.UNROUTED).count() == 60
        assert InboundEvent.objects.filter(channel=channel).count() == 60

    @pytest.mark.parametrize("entry", [{}, None, float("nan"), "\0", [[]], {"id": None, "changes": [{"value": {}}]}])
    def test_what_names_nothing_is_taken_and_forgotten(self, post: Post, channel: Channel, entry: object) -> None:
        assert {post({"entry": [entry]}).status_code for _ in range(40)} == {200}

    def test_an_unknown_number_is_not_looked_up_without_end(self, post: Post, provider: Provider) -> None:
        answers = {post(notification(change(text(), number="none"), waba="none")).status_code for _ in range(40)}
        assert answers == {200, 503}
