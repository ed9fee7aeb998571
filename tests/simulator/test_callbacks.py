"""Where webhooks go: to overrides, to the app's address, or nowhere; and never away from this machine."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from channels_app.models import Provider
from channels_app.simulator import callbacks, calling, faults, people, reviewing
from channels_app.simulator.models import (
    Fault,
    SimulatedAccount,
    SimulatedChat,
    SimulatedExchange,
    SimulatedMessage,
    SimulatedNumber,
    SimulatedSubscription,
    SimulatedWebhook,
)
from channels_app.simulator.phone import acting
from channels_app.simulator.postman import postman
from tests.simulator.test_notifying import Webhook

pytestmark = pytest.mark.django_db(transaction=True)

OWN, ELSEWHERE = "https://bots.example.org", "http://127.0.0.1:9/hook/"


@pytest.fixture
def at(httpserver: HTTPServer, settings: Any) -> Iterator[Callable[[str], Webhook]]:
    """What is told at an address of this machine; "app/" is that of the installation itself."""
    told: dict[str, Webhook] = {}
    for name in ("app/", "account/", "number/"):
        told[name] = Webhook()
        httpserver.expect_request(f"/{name}").respond_with_handler(told[name].take)
    settings.SIMULATOR_WEBHOOK_URL = httpserver.url_for("/app/")
    yield told.__getitem__
    assert postman.rest(60)


def fields(webhook: Webhook) -> list[str]:
    return [json.loads(body)["entry"][0]["changes"][0]["field"] for body in webhook.bodies]


class TestOverrides:
    def test_a_number_has_its_own_address_for_messages_and_statuses(
        self, at: Callable[[str], Webhook], httpserver: HTTPServer, chat: SimulatedChat
    ) -> None:
        SimulatedAccount.objects.update(override_callback=httpserver.url_for("/account/"))
        SimulatedNumber.objects.filter(pk=chat.number_id).update(override_callback=httpserver.url_for("/number/"))
        acting.write(chat, "Hello")
        assert postman.rest(60)
        assert [fields(at(name)) for name in ("number/", "account/", "app/")] == [["messages"], [], []]
        assert SimulatedMessage.objects.get().delivered_at is not None
        assert SimulatedExchange.objects.get().path == "/number/"

    def test_an_account_has_one_for_all_its_numbers_but_not_for_its_templates(
        self, at: Callable[[str], Webhook], httpserver: HTTPServer, chat: SimulatedChat
    ) -> None:
        SimulatedAccount.objects.update(override_callback=httpserver.url_for("/account/"))
        acting.write(chat, "Hello")
        chat.number.account.refresh_from_db()
        reviewing.judge(chat.number.account, "PAUSED")
        assert postman.rest(60)
        assert fields(at("account/")) == ["messages"]
        assert fields(at("app/")) == ["message_template_status_update"]

    def test_what_is_joined_goes_to_one_address(
        self, at: Callable[[str], Webhook], httpserver: HTTPServer, chat: SimulatedChat
    ) -> None:
        other = chat.number.account.numbers.exclude(pk=chat.number_id).select_related("account")[0]
        SimulatedNumber.objects.filter(pk=other.pk).update(override_callback=httpserver.url_for("/number/"))
        for number in (chat.number, other):
            faults.switch_on(number, Fault.BATCHED)
            acting.write(people.chat(number, chat.person), f"To {number.digits}")
        assert postman.rest(60)
        for name, number in (("app/", chat.number), ("number/", other)):
            (value,) = at(name).values
            assert value["metadata"]["phone_number_id"] == number.phone_number_id


class TestSubscription:
    def test_one_that_was_ended_brings_nothing(
        self, at: Callable[[str], Webhook], httpserver: HTTPServer, chat: SimulatedChat, provider: Provider
    ) -> None:
        SimulatedSubscription.objects.create(team=provider.team, app_id="sim-app")
        SimulatedNumber.objects.update(override_callback=httpserver.url_for("/number/"))
        acting.write(chat, "Hello")
        assert postman.rest(60)
        assert [at(name).bodies for name in ("app/", "number/")] == [[], []]
        assert SimulatedMessage.objects.get().delivered_at is None
        assert not SimulatedWebhook.objects.exists()

    def test_only_what_was_asked_for_is_brought(
        self, at: Callable[[str], Webhook], chat: SimulatedChat, provider: Provider
    ) -> None:
        SimulatedSubscription.objects.create(
            team=provider.team, app_id="sim-app", callback_url=callbacks.own_address(), fields=["messages"]
        )
        reviewing.judge(chat.number.account, "PAUSED")
        acting.write(chat, "Hello")
        assert postman.rest(60)
        assert fields(at("app/")) == ["messages"]


class TestElsewhere:
    @pytest.mark.parametrize(
        ("site", "address", "reached"),
        [
            (OWN, f"{OWN}/api/channels/meta/", "http://127.0.0.1:8000/api/channels/meta/"),
            (OWN, f"{OWN}/other/?a=b#c", "http://127.0.0.1:8000/other/?a=b"),
            (OWN, "http://127.0.0.1:8000/other/", "http://127.0.0.1:8000/other/"),
            (OWN, ELSEWHERE, None),
            (OWN, "https://bots.example.org:444/hook/", None),
            (OWN, "https://bots.example.org@evil.example.org/hook/", None),
            (OWN, "http://10.0.0.7/hook/", None),
            ("http://127.0.0.1:8000", ELSEWHERE, ELSEWHERE),
            ("http://localhost:8000", "http://[::1]:9/hook/", "http://[::1]:9/hook/"),
            ("http://localhost:8000", "http://localhost:9/hook/#x", "http://localhost:9/hook/"),
            ("http://127.0.0.1:8000", "http://10.0.0.7/hook/", None),
            ("http://127.0.0.1:8000", "http://169.254.169.254/", None),
            ("http://127.0.0.1:8000", "http://127.0.0.1.example.org/", None),
            ("http://127.0.0.1:8000", "ftp://127.0.0.1/hook/", None),
            ("http://127.0.0.1:8000", "http://[", None),
            ("http://127.0.0.1:8000", "http://127.0.0.1:port/", None),
            ("http://127.0.0.1:8000", "", None),
        ],
    )
    def test_only_the_installation_itself_or_a_machine_of_ones_own_is_called(
        self, settings: Any, site: str, address: str, reached: str | None
    ) -> None:
        settings.SITE_URL, settings.SIMULATOR_WEBHOOK_URL = site, "http://127.0.0.1:8000/api/channels/meta/"
        if reached is None:
            with pytest.raises(calling.Elsewhere):
                calling.near(address)
        else:
            assert calling.near(address) == reached

    def test_what_was_saved_before_the_site_moved_is_not_called_and_the_log_says_why(
        self, at: Callable[[str], Webhook], chat: SimulatedChat
    ) -> None:
        SimulatedNumber.objects.update(override_callback="http://127.0.0.1:9/hook/")
        acting.write(chat, "Hello")
        while not SimulatedExchange.objects.exists():
            postman.rest(0.1)
        assert "calls nobody but its own installation" in SimulatedExchange.objects.earliest("id").remark
        SimulatedNumber.objects.update(override_callback="")
        assert postman.rest(60)
        assert fields(at("app/")) == ["messages"]
