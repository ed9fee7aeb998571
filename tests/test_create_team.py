"""`manage.py create_team`."""

import json
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from channels_app.models import ApiKey, Membership, Role, Team, User

pytestmark = pytest.mark.django_db


def create(*args: str, slug: str = "acme", owner: str = "olga@example.org", password: str = "pass") -> Any:
    out = StringIO()
    call_command("create_team", slug, "--owner", owner, "--password", password, *args, stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def test_makes_a_team_and_its_owner() -> None:
    assert create("--name", "Acme Ltd") == {"team": "acme", "owner": "olga@example.org", "api_key": None}
    member = Membership.objects.get()
    assert (member.team.slug, member.team.name, member.user.email, member.role) == (
        "acme",
        "Acme Ltd",
        "olga@example.org",
        Role.OWNER,
    )
    assert not member.user.is_staff
    assert not member.user.is_superuser


def test_the_owner_can_sign_in(client: Client) -> None:
    create()
    assert EmailAddress.objects.get().verified
    answer = client.post("/accounts/login/", {"login": "olga@example.org", "password": "pass"})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_second_time_changes_nothing() -> None:
    create("--name", "Acme Ltd")
    before = User.objects.get().password
    create("--name", "Other", password="another")
    assert User.objects.get().password == before
    assert Team.objects.get().name == "Acme Ltd"
    assert (Membership.objects.count(), EmailAddress.objects.count(), ApiKey.objects.count()) == (1, 1, 0)


def test_each_key_is_one_more_and_works() -> None:
    keys = {create("--api-key")["api_key"] for _ in range(2)}
    assert len(keys) == ApiKey.objects.count() == 2
    for key in keys:
        assert APIClient(HTTP_AUTHORIZATION=f"Bearer {key}").get("/api/v1/channels/").status_code == 200


def test_an_owner_may_own_several_teams_however_their_address_is_written() -> None:
    create()
    create(slug="other", owner="Olga@Example.org")
    assert User.objects.count() == 1
    assert Membership.objects.count() == 2


def test_a_member_becomes_owner_and_an_unverified_address_verified(alice: User) -> None:
    EmailAddress.objects.create(user=alice, email="alice@example.org", primary=True, verified=False)
    create(slug="clinic", owner="alice@example.org")
    assert Membership.objects.get().role == Role.OWNER
    assert EmailAddress.objects.get().verified
    alice.refresh_from_db()
    assert alice.check_password("correct horse battery")


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "two words"},
        {"slug": ""},
        {"slug": "x" * 61},
        {"owner": "olga"},
        {"owner": ""},
        {"password": ""},
    ],
)
def test_what_is_wrong_is_told_in_one_line(wrong: dict[str, str]) -> None:
    with pytest.raises(CommandError) as caught:
        create(**wrong)
    assert "\n" not in str(caught.value)
    assert not Team.objects.exists()
