"""A person's own address: theirs once they have shown it to be."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from channels_app.models import Membership, Role, User
from channels_app.teams import invitations
from tests.fixtures import person
from tests.web.pages import signed_in

PAGE = "/accounts/email/"


@pytest.fixture
def client(bob: User) -> Client:
    client = signed_in(bob)
    client.post("/accounts/reauthenticate/", {"password": "correct horse battery"})
    return client


class TestWithoutMail:
    def test_the_page_says_so_and_takes_nothing(self, client: Client, bob: User) -> None:
        assert "sends no e-mail" in client.get(PAGE).content.decode()
        for action in ("add", "primary"):
            answer = client.post(PAGE, {f"action_{action}": "", "email": "ceo@example.com"})
            assert answer.status_code == 403
        bob.refresh_from_db()
        assert bob.email == "bob@example.org"
        assert not EmailAddress.objects.filter(email="ceo@example.com").exists()

    def test_nothing_is_said_to_have_been_sent(self, client: Client) -> None:
        assert client.get("/accounts/confirm-email/").status_code == 302


class TestWithMail:
    @pytest.fixture(autouse=True)
    def _sends(self, settings: Any, bob: User) -> None:
        settings.SENDS_MAIL = True
        EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)

    def test_it_changes_when_the_new_one_is_confirmed(self, client: Client, bob: User) -> None:
        client.post(PAGE, {"action_add": "", "email": "robert@example.org"})
        bob.refresh_from_db()
        assert bob.email == "bob@example.org"
        link = re.search(r"/accounts/confirm-email/[^/\s]+/", str(mail.outbox[-1].body))
        assert link is not None
        client.post(link[0])
        bob.refresh_from_db()
        assert bob.email == "robert@example.org"

    def test_one_that_was_never_confirmed_comes_first_and_stays(self, client: Client, bob: User) -> None:
        EmailAddress.objects.update(verified=False)
        answer = client.post(PAGE, {"action_add": "", "email": "robert@example.org"})
        assert "Confirm your present address first" in answer.content.decode()
        client.post(PAGE, {"action_remove": "", "email": bob.email})
        bob.refresh_from_db()
        assert bob.email == "bob@example.org"

    def test_what_was_not_confirmed_is_not_made_ones_own(self, client: Client, bob: User) -> None:
        client.post(PAGE, {"action_add": "", "email": "ceo@example.com"})
        client.post(PAGE, {"action_primary": "", "email": "ceo@example.com"})
        bob.refresh_from_db()
        assert bob.email == "bob@example.org"

    @pytest.mark.parametrize("written", ["alice@example.org", "ALICE@Example.org"])
    def test_anothers_is_refused_in_words(self, client: Client, alice: User, written: str) -> None:
        answer = client.post(PAGE, {"action_add": "", "email": written})
        assert answer.status_code == 200
        assert "There is an account with this address already." in answer.content.decode()

    def test_one_that_got_an_account_meanwhile_is_not_confirmed(self, client: Client, bob: User) -> None:
        client.post(PAGE, {"action_add": "", "email": "rob@example.org"})
        link = re.search(r"/accounts/confirm-email/[^/\s]+/", str(mail.outbox[-1].body))
        assert link is not None
        person("Rob@example.org")
        assert client.post(link[0]).status_code < 500
        bob.refresh_from_db()
        assert bob.email == "bob@example.org"

    def test_a_claim_keeps_nobody_from_joining(self, client: Client, alice: User) -> None:
        client.post(PAGE, {"action_add": "", "email": "new@example.org"})
        _, token = invitations.invite(Membership.objects.get(user=alice), Role.AGENT)
        newcomer = Client()
        newcomer.get(f"/invitations/{token}/")
        password = "a long enough one 7"
        newcomer.post("/accounts/signup/", {"email": "new@example.org", "password1": password, "password2": password})
        assert User.objects.filter(email="new@example.org").exists()
