"""What a check-up finds missing at Meta is made there: from the provider's page, and over REST."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer
from rest_framework.test import APIClient

from channels_app import settling
from channels_app.models import ApiKey, AuditEvent, Provider, User
from channels_app.simulator.models import SimulatedExchange, SimulatedNumber, Wire
from tests.web.pages import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

BODY = "The answer to your message: {{bot_message}}\n\nReply to go on."


@pytest.fixture(autouse=True)
def _served(wired: LiveServer) -> None:
    """Meta's side calls ours, and ours calls it."""


@pytest.fixture
def page(provider: Provider) -> str:
    return f"/t/clinic/settings/providers/{provider.pk}/"


@pytest.fixture
def client(alice: User, provider: Provider) -> Client:
    return signed_in(alice)


def remedies(provider: Provider) -> list[tuple[str, str]]:
    return [(line.remedy, line.about) for line in settling.check_access(provider) if line.remedy]


class TestTemplate:
    @pytest.fixture(autouse=True)
    def _missing(self, number: SimulatedNumber) -> None:
        number.account.templates.all().delete()

    def test_it_is_handed_in_as_it_was_worded(
        self, client: Client, page: str, provider: Provider, number: SimulatedNumber
    ) -> None:
        assert remedies(provider) == [("template", "")]
        shown = client.get(page).content.decode()
        assert "Make this template from here" in shown
        assert BODY in shown
        client.post(f"{page}mend/", {"remedy": "template", "text": BODY})
        made = number.account.templates.get()
        assert (made.name, made.language, made.parameter_format) == ("new_bot_message", "en", "NAMED")
        assert made.components[0]["text"] == BODY
        assert remedies(provider) == []

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ("Good morning!", "exactly once"),
            ("{{bot_message}} and {{bot_message}} twice", "exactly once"),
            ("{{bot_message}} and no words before", "words before"),
            (f"Far {'too ' * 30} much: {{{{bot_message}}}} Bye", "may have 100 characters"),
        ],
    )
    def test_words_that_meta_would_refuse_are_told_at_the_field(
        self, client: Client, page: str, provider: Provider, number: SimulatedNumber, words: str, said: str
    ) -> None:
        settling.check_access(provider)
        answer = client.post(f"{page}mend/", {"remedy": "template", "text": words})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert words in answer.content.decode()
        assert not number.account.templates.exists()

    def test_what_meta_says_against_it_is_told(
        self, client: Client, page: str, provider: Provider, number: SimulatedNumber
    ) -> None:
        settling.check_access(provider)
        client.post(f"{page}mend/", {"remedy": "template", "text": BODY})
        answer = client.post(f"{page}mend/", {"remedy": "template", "text": BODY})
        assert answer.status_code == 422
        assert "There is already content for this template in this language" in answer.content.decode()
        assert number.account.templates.count() == 1

    def test_a_viewer_has_no_button(self, page: str, provider: Provider, bob: User) -> None:
        settling.check_access(provider)
        assert "Make this template" not in signed_in(bob).get(page).content.decode()


class TestWebhooks:
    def test_the_account_is_subscribed_and_its_webhooks_come_here(
        self, client: Client, page: str, provider: Provider, number: SimulatedNumber
    ) -> None:
        account = number.account
        account.is_subscribed = False
        account.save()
        assert remedies(provider) == [("webhooks", "")]
        client.post(f"{page}mend/", {"remedy": "webhooks"})
        account.refresh_from_db()
        assert account.is_subscribed
        assert account.override_callback.endswith("/api/channels/meta/")
        assert SimulatedExchange.objects.filter(wire=Wire.WEBHOOK, method="GET", status=200).exists()
        assert remedies(provider) == []
        assert AuditEvent.objects.get().action == "provider.webhooks"


class TestRegistration:
    @pytest.fixture(autouse=True)
    def _idle(self, number: SimulatedNumber) -> None:
        SimulatedNumber.objects.filter(pk=number.pk).update(status="PENDING", pin="")

    def test_the_number_sends_from_then_on(
        self, client: Client, page: str, provider: Provider, number: SimulatedNumber
    ) -> None:
        assert remedies(provider) == [("registration", number.phone_number_id)]
        wanted = {"remedy": "registration", "about": number.phone_number_id}
        refused = client.post(f"{page}mend/", wanted | {"pin": "12"})
        assert "six digits" in refused.content.decode()
        client.post(f"{page}mend/", wanted | {"pin": "123456"})
        number.refresh_from_db()
        assert (number.status, number.pin) == ("CONNECTED", "123456")
        assert "123456" not in str(AuditEvent.objects.values().get())

    def test_programs_do_it_too(self, provider: Provider, number: SimulatedNumber) -> None:
        _, key = ApiKey.make(provider.team, "Setup")
        api = APIClient(headers={"Authorization": f"Bearer {key}"})
        path = f"/api/v1/providers/{provider.pk}/"
        offered = [line for line in api.post(f"{path}check/").json()["checks"] if "remedy" in line]
        assert [line["about"] for line in offered] == [number.phone_number_id]
        wanted: dict[str, Any] = {"remedy": "registration", "about": number.phone_number_id}
        assert api.post(f"{path}mend/", wanted, format="json").json().keys() == {"pin"}
        answer = api.post(f"{path}mend/", wanted | {"pin": "123456"}, format="json").json()
        assert all("remedy" not in line for line in answer["checks"])
        refused = api.post(f"{path}mend/", wanted | {"pin": "654321"}, format="json")
        assert refused.status_code == 400
        assert "PIN" in refused.json()["detail"][0]
