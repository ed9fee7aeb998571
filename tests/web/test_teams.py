"""Teams: founded, joined by a link, left, and ended; people and their roles; keys; and the log of it all."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.core.exceptions import ValidationError
from django.test import Client

from channels_app import clock, pruning
from channels_app.models import (
    ApiKey,
    AuditEvent,
    Channel,
    Invitation,
    Membership,
    Message,
    Provider,
    Role,
    Team,
    User,
)
from channels_app.teams import audit, invitations
from tests.fixtures import PERSON, change, client_of, notification, person, text
from tests.web.pages import signed_in

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _nobody_tried_before(settings: Any) -> None:
    """What allauth counts of failed log-ins stays in the cache, whose tests share it."""
    local = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": local, "LOCATION": str(clock.uuid7())}}


@pytest.fixture
def olga(team: Team) -> User:
    """The team's owner."""
    return person("olga@example.org", team, Role.OWNER)


def link_of(page: Any) -> str:
    return str(re.findall(r"/invitations/[\w-]+/", page.content.decode())[0])


def actions(team: Team) -> list[str]:
    return list(AuditEvent.objects.for_team(team).order_by("id").values_list("action", flat=True))


class TestInvitations:
    @pytest.fixture
    def link(self, alice: User) -> str:
        return link_of(signed_in(alice).post("/t/clinic/settings/people/", {"role": "agent"}))

    def test_whoever_has_the_link_signs_up_and_joins(self, link: str, client: Client, team: Team) -> None:
        assert "Join Cape Clinic" in client.get(link).content.decode()
        filled = {"email": "dora@example.org", "password1": "Xk3-quite-long", "password2": "Xk3-quite-long"}
        assert client.post("/accounts/signup/", filled)["Location"] == "/"
        assert client.get("/")["Location"] == "/t/clinic/"
        assert Membership.objects.get(user__email="dora@example.org").role == Role.AGENT
        assert actions(team) == ["invitation.made", "member.joined"]

    def test_without_a_mail_server_nobody_is_told_of_mail(self, link: str, client: Client) -> None:
        client.get(link)
        filled = {"email": "dora@example.org", "password1": "Xk3-quite-long", "password2": "Xk3-quite-long"}
        page = client.post("/accounts/signup/", filled, follow=True).content.decode()
        assert "Welcome to Cape Clinic." in page
        assert "mail sent" not in page
        assert (
            "sends no e-mail"
            in client.post("/accounts/password/reset/", {"email": "dora@example.org"}, follow=True).content.decode()
        )

    def test_it_makes_one_account(self, link: str, client: Client) -> None:
        other = Client()
        for each, email in ((client, "dora@example.org"), (other, "eve@example.org")):
            each.get(link)
            each.post(
                "/accounts/signup/", {"email": email, "password1": "Xk3-quite-long", "password2": "Xk3-quite-long"}
            )
        assert not User.objects.filter(email="eve@example.org").exists()

    def test_somebody_who_has_an_account_signs_in_and_joins(self, link: str, client: Client, charlie: User) -> None:
        client.get(link)
        answer = client.post("/accounts/login/", {"login": charlie.email, "password": PASSWORD})
        assert answer["Location"] == link
        client.post(link)
        assert charlie.memberships.filter(team__slug="clinic", role=Role.AGENT).exists()

    def test_it_works_once(self, link: str, charlie: User) -> None:
        signed_in(charlie).post(link)
        late = signed_in(person("late@example.org"))
        assert late.get(link).status_code == 404
        assert late.post(link).status_code == 404
        assert Membership.objects.filter(user__email="late@example.org").count() == 0

    def test_it_ends_after_a_week(self, link: str, charlie: User) -> None:
        with time_machine.travel(clock.now() + timedelta(days=7, seconds=1)):
            page = signed_in(charlie).get(link)
        assert page.status_code == 404
        assert "works no more" in page.content.decode()

    def test_it_can_be_taken_back(self, link: str, alice: User, charlie: User, team: Team) -> None:
        row = Invitation.objects.get()
        signed_in(alice).post(f"/t/clinic/settings/invitations/{row.pk}/revoke/")
        assert signed_in(charlie).get(link).status_code == 404
        assert actions(team)[-1] == "invitation.revoked"

    def test_its_secret_is_not_kept(self, link: str) -> None:
        assert link.split("/")[2] not in str(Invitation.objects.values().get())

    def test_an_admin_invites_no_owner(self, alice: User) -> None:
        page = signed_in(alice).post("/t/clinic/settings/people/", {"role": "owner"})
        assert page.status_code == 422
        assert not Invitation.objects.exists()

    def test_a_member_who_follows_it_stays_what_they_are(self, link: str, alice: User, team: Team) -> None:
        signed_in(alice).post(link)
        assert Membership.objects.get(user=alice).role == Role.ADMIN
        assert Invitation.objects.open().filter(team=team).exists()

    @pytest.mark.parametrize("deed", ["remove", "role"])
    def test_it_gives_no_more_than_its_maker_may_give_by_now(
        self, link: str, alice: User, olga: User, charlie: User, team: Team, deed: str
    ) -> None:
        member = Membership.objects.get(user=alice)
        signed_in(olga).post(f"/t/clinic/settings/people/{member.pk}/{deed}/", {"role": "viewer"})
        assert signed_in(charlie).post(link).status_code == 404
        assert not charlie.memberships.filter(team=team).exists()
        assert actions(team)[-1] == "invitation.revoked"

    def test_it_stays_where_its_maker_may_still_give_it(self, alice: User, olga: User, charlie: User) -> None:
        link = link_of(signed_in(olga).post("/t/clinic/settings/people/", {"role": "viewer"}))
        person("second@example.org", olga.memberships.get().team, Role.OWNER)
        member = Membership.objects.get(user=olga)
        signed_in(olga).post(f"/t/clinic/settings/people/{member.pk}/role/", {"role": "admin"})
        assert signed_in(charlie).get(link).status_code == 200

    def test_it_ends_when_its_maker_leaves_or_may_not_sign_in(self, link: str, alice: User, charlie: User) -> None:
        other = link_of(signed_in(alice).post("/t/clinic/settings/people/", {"role": "viewer"}))
        User.objects.filter(pk=alice.pk).update(is_active=False)
        assert signed_in(charlie).get(other).status_code == 404
        User.objects.filter(pk=alice.pk).update(is_active=True)
        signed_in(alice).post("/t/clinic/settings/leave/")
        assert signed_in(charlie).get(link).status_code == 404

    def test_who_was_demoted_while_they_filled_in_the_form_makes_none(self, alice: User) -> None:
        member = Membership.objects.select_related("team", "user").get(user=alice)
        Membership.objects.filter(pk=member.pk).update(role=Role.VIEWER)
        with pytest.raises(ValidationError):
            invitations.invite(member, Role.ADMIN)

    def test_a_member_is_told_that_they_are_in(self, link: str, bob: User) -> None:
        page = signed_in(bob).get(link).content.decode()
        assert "You are in this team already. Your role: Viewer." in page

    def test_the_form_knows_for_whom_and_to_which_team(self, alice: User, client: Client) -> None:
        filled = {"role": "agent", "email": "dora@example.org"}
        link = link_of(signed_in(alice).post("/t/clinic/settings/people/", filled))
        page = client.get(link).content.decode()
        address = re.findall(r'href="(/accounts/signup/[^"]+)"', page)[0]
        page = client.get(address).content.decode()
        assert 'value="dora@example.org"' in page
        assert "To join Cape Clinic." in page

    def test_who_fills_in_the_form_of_one_that_was_taken_back_is_told(
        self, link: str, alice: User, client: Client
    ) -> None:
        client.get(link)
        signed_in(alice).post(f"/t/clinic/settings/invitations/{Invitation.objects.get().pk}/revoke/")
        filled = {"email": "dora@example.org", "password1": "Xk3-quite-long", "password2": "Xk3-quite-long"}
        page = client.post("/accounts/signup/", filled).content.decode()
        assert "This invitation works no more" in page
        assert not User.objects.filter(email="dora@example.org").exists()

    def test_debug_writes_it_to_the_log(self, alice: User, settings: Any, caplog: Any) -> None:
        settings.DEBUG = True
        _row, token = invitations.invite(Membership.objects.get(user=alice), Role.VIEWER)
        assert token in caplog.text


class TestSigningUp:
    FILLED = {"email": "dora@example.org", "password1": "Xk3-quite-long", "password2": "Xk3-quite-long"}

    def test_it_is_closed_to_those_without_an_invitation(self, client: Client, db: None) -> None:
        assert "by invitation" in client.get("/accounts/signup/").content.decode()
        client.post("/accounts/signup/", self.FILLED)
        assert not User.objects.exists()

    def test_it_can_be_opened(self, client: Client, db: None, settings: Any) -> None:
        settings.SIGNUP_IS_OPEN = True
        assert "/accounts/signup/" in client.get("/accounts/login/").content.decode()
        client.post("/accounts/signup/", self.FILLED)
        assert User.objects.get().email == "dora@example.org"

    def test_guessing_passwords_is_slowed_down(self, client: Client, alice: User) -> None:
        for _ in range(6):
            page = client.post("/accounts/login/", {"login": alice.email, "password": "wrong"})
        assert "Too many failed" in page.content.decode()
        assert client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD}).status_code == 200


class TestSecondFactor:
    def code(self, secret: str) -> str:
        counter = next(iter(totp.yield_hotp_counters_from_time()))
        return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))

    def test_it_is_asked_for_once_it_is_there(self, client: Client, alice: User) -> None:
        client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
        EmailAddress.objects.create(user=alice, email=alice.email, verified=False, primary=True)
        asked = client.get("/accounts/2fa/totp/activate/")
        page = client.post(asked["Location"], {"password": PASSWORD}, follow=True)
        secret = client.session["mfa.totp.secret"]
        assert secret in page.content.decode()
        client.post("/accounts/2fa/totp/activate/", {"code": self.code(secret)})
        assert "Recovery" in client.get("/accounts/2fa/recovery-codes/").content.decode()

        again = Client()
        answer = again.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
        assert answer["Location"] == "/accounts/2fa/authenticate/"
        assert again.get("/t/clinic/").status_code == 302

    def test_a_recovery_code_opens_once(self, client: Client, alice: User) -> None:
        client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
        asked = client.get("/accounts/2fa/totp/activate/")
        client.post(asked["Location"], {"password": PASSWORD}, follow=True)
        client.post("/accounts/2fa/totp/activate/", {"code": self.code(client.session["mfa.totp.secret"])})
        page = client.get("/accounts/2fa/recovery-codes/").content.decode()
        code = re.findall(r"\b[0-9a-f]{8}\b|\b\d{8}\b", page)[0]
        locations = []
        for _ in range(2):
            again = Client()
            again.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
            locations.append(again.post("/accounts/2fa/authenticate/", {"code": code}).get("Location"))
        assert locations == ["/", None]


class TestMail:
    """Where an e-mail server is set: addresses are confirmed, and a password may be chosen anew."""

    FILLED = {"email": "dora@example.org", "password1": "Xk3-quite-long", "password2": "Xk3-quite-long"}

    @pytest.fixture(autouse=True)
    def _mail(self, settings: Any, db: None) -> None:
        settings.SENDS_MAIL = settings.SIGNUP_IS_OPEN = True
        settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"

    def link(self, mail: Any) -> str:
        return str(re.findall(r"https?://[^/]+(/\S+)", mail.body)[0])

    def test_an_address_is_confirmed_before_it_opens_anything(self, client: Client, mailoutbox: list[Any]) -> None:
        assert client.post("/accounts/signup/", self.FILLED)["Location"] == "/accounts/confirm-email/"
        assert client.get("/teams/new/").status_code == 302
        link = self.link(mailoutbox[0])
        assert client.get(link).status_code == 200
        client.post(link)
        assert EmailAddress.objects.get(email="dora@example.org").verified
        client.post("/accounts/login/", {"login": "dora@example.org", "password": "Xk3-quite-long"})
        assert client.get("/teams/new/").status_code == 200

    def test_a_password_is_chosen_anew(self, client: Client, alice: User, mailoutbox: list[Any]) -> None:
        client.post("/accounts/password/reset/", {"email": alice.email})
        form = client.get(self.link(mailoutbox[0]), follow=True)
        address = form.redirect_chain[-1][0]
        client.post(address, {"password1": "another-Xk3-word", "password2": "another-Xk3-word"})
        alice.refresh_from_db()
        assert alice.check_password("another-Xk3-word")
        assert client.get(address).status_code == 200

    def test_who_has_no_account_is_not_told_apart(self, client: Client, alice: User, mailoutbox: list[Any]) -> None:
        answers = [
            client.post("/accounts/password/reset/", {"email": email})["Location"]
            for email in (alice.email, "nobody@example.org")
        ]
        assert answers[0] == answers[1]


class TestFounding:
    def test_whoever_has_an_account_may(self, charlie: User) -> None:
        answer = signed_in(charlie).post("/teams/new/", {"name": "Corner Café"})
        assert answer["Location"] == "/t/corner-cafe/"
        assert Membership.objects.get(user=charlie, team__slug="corner-cafe").role == Role.OWNER

    def test_two_teams_of_a_name_have_two_addresses(self, charlie: User) -> None:
        client = signed_in(charlie)
        first, second = (client.post("/teams/new/", {"name": "Café"})["Location"] for _ in range(2))
        assert first != second

    def test_a_name_of_other_letters_does(self, charlie: User) -> None:
        assert signed_in(charlie).post("/teams/new/", {"name": "診療所"})["Location"].startswith("/t/team")

    def test_it_needs_a_name(self, charlie: User) -> None:
        assert signed_in(charlie).post("/teams/new/", {"name": "  "}).status_code == 422

    def test_strangers_may_not(self, client: Client, db: None) -> None:
        assert client.post("/teams/new/", {"name": "Café"})["Location"].startswith("/accounts/login/")


class TestPeople:
    def test_an_admin_changes_roles_below_the_owners(self, alice: User, bob: User) -> None:
        member = Membership.objects.get(user=bob)
        signed_in(alice).post(f"/t/clinic/settings/people/{member.pk}/role/", {"role": "editor"})
        member.refresh_from_db()
        assert member.role == Role.EDITOR

    @pytest.mark.parametrize("role", ["owner", "emperor", ""])
    def test_an_admin_makes_no_owner(self, alice: User, bob: User, role: str) -> None:
        member = Membership.objects.get(user=bob)
        client = signed_in(alice)
        client.post(f"/t/clinic/settings/people/{member.pk}/role/", {"role": role})
        member.refresh_from_db()
        assert member.role == Role.VIEWER
        assert "notice-error" in client.get("/t/clinic/settings/people/").content.decode()

    @pytest.mark.parametrize("deed", ["role", "remove"])
    def test_an_admin_does_nothing_to_an_owner(self, alice: User, olga: User, deed: str) -> None:
        member = Membership.objects.get(user=olga)
        signed_in(alice).post(f"/t/clinic/settings/people/{member.pk}/{deed}/", {"role": "viewer"})
        member.refresh_from_db()
        assert member.role == Role.OWNER

    def test_who_is_removed_sees_nothing_any_more(self, alice: User, bob: User, team: Team) -> None:
        member = Membership.objects.get(user=bob)
        signed_in(alice).post(f"/t/clinic/settings/people/{member.pk}/remove/")
        assert signed_in(bob).get("/t/clinic/").status_code == 404
        assert actions(team) == ["member.removed"]

    def test_it_is_asked_once_more(self, alice: User, bob: User) -> None:
        client, member = signed_in(alice), Membership.objects.get(user=bob)
        assert (
            "Remove bob@example.org?" in client.get(f"/t/clinic/settings/people/{member.pk}/remove/").content.decode()
        )
        row, _key = ApiKey.make(member.team, "Our program")
        page = client.get(f"/t/clinic/settings/keys/{row.pk}/revoke/").content.decode()
        assert "The programs that use it are refused from then on." in page
        assert ApiKey.objects.filter(revoked_at=None).exists()

    def test_the_last_owner_stays(self, olga: User, team: Team) -> None:
        client = signed_in(olga)
        member = Membership.objects.get(user=olga)
        client.post("/t/clinic/settings/leave/")
        client.post(f"/t/clinic/settings/people/{member.pk}/role/", {"role": "viewer"})
        client.post(f"/t/clinic/settings/people/{member.pk}/remove/")
        member.refresh_from_db()
        assert member.role == Role.OWNER

    def test_one_of_two_owners_may_go(self, olga: User, team: Team) -> None:
        person("second@example.org", team, Role.OWNER)
        assert signed_in(olga).post("/t/clinic/settings/leave/")["Location"] == "/"
        assert not Membership.objects.filter(user=olga).exists()


class TestKeys:
    def test_a_key_is_shown_once_and_works(self, alice: User, team: Team) -> None:
        client = signed_in(alice)
        page = client.post("/t/clinic/settings/keys/", {"name": "Our program"}).content.decode()
        key = re.findall(r"ocsm_[\w-]{40,}", page)[0]
        assert ApiKey.objects.valid(key) is not None
        assert key not in client.get("/t/clinic/settings/keys/").content.decode()
        assert actions(team) == ["key.made"]

    def test_a_revoked_key_does_not(self, alice: User, team: Team) -> None:
        row, key = ApiKey.make(team, "Our program")
        signed_in(alice).post(f"/t/clinic/settings/keys/{row.pk}/revoke/")
        assert ApiKey.objects.valid(key) is None
        assert actions(team) == ["key.revoked"]


class TestDeleting:
    def test_it_names_what_goes_and_asks_for_the_name(self, olga: User, channel: Channel) -> None:
        client = signed_in(olga)
        assert "1 channel: its number" in client.get("/t/clinic/settings/delete/").content.decode()
        answer = client.post("/t/clinic/settings/delete/", {"typed": "clinic"})
        assert answer.status_code == 422
        assert client.get("/t/clinic/").status_code == 200

    def test_all_of_it_goes(self, olga: User, channel: Channel, team: Team, post: Any, work: Any, graph: Any) -> None:
        post(notification(change(text())))
        work()
        _row, key = ApiKey.make(team, "Our program")
        assert signed_in(olga).post("/t/clinic/settings/delete/", {"typed": "Cape Clinic"})["Location"] == "/"
        assert signed_in(olga).get("/t/clinic/").status_code == 404
        assert ApiKey.objects.valid(key) is None
        assert Provider.objects.get().access_token == ""
        assert pruning.erase_teams() == 1
        assert not Team.objects.exists()
        assert not Message.objects.exists()

    def test_its_number_and_its_address_are_free_again(self, olga: User, channel: Channel, charlie: User) -> None:
        signed_in(olga).post("/t/clinic/settings/delete/", {"typed": "Cape Clinic"})
        assert not Channel.objects.filter(phone_number_id=channel.phone_number_id, is_active=True).exists()
        assert signed_in(charlie).post("/teams/new/", {"name": "Clinic"})["Location"] == "/t/clinic/"


class TestAuditLog:
    def test_it_says_who_did_what(self, alice: User, team: Team) -> None:
        client = signed_in(alice)
        client.post("/t/clinic/settings/name/", {"name": "Cape Clinic West"})
        page = client.get("/t/clinic/settings/audit/").content.decode()
        assert "alice@example.org" in page
        assert "renamed the team to Cape Clinic West" in page

    def test_it_knows_programs_by_the_names_of_their_keys(self, team: Team) -> None:
        client_of(team).post("/api/v1/chatbots/", {"name": "Echo", "engine": "echo"})
        event = AuditEvent.objects.get()
        assert (event.action, event.via, event.about) == ("bot.added", "api", "Echo")

    def test_nothing_is_changed_in_it_or_taken_out(self, team: Team) -> None:
        audit.record(team.pk, audit.SYSTEM, "team.renamed", "Clinic")
        with pytest.raises(TypeError):
            AuditEvent.objects.all().delete()
        with pytest.raises(TypeError):
            AuditEvent.objects.update(actor="nobody")

    def test_it_outlives_people_and_goes_with_the_team(self, alice: User, team: Team) -> None:
        audit.record(team.pk, audit.person(alice), "team.renamed", "Clinic")
        email = alice.email
        alice.delete()
        event = AuditEvent.objects.get()
        assert (event.actor, event.user) == (email, None)
        team.delete()
        assert not AuditEvent.objects.exists()

    def test_it_is_paged(self, alice: User, team: Team) -> None:
        for number in range(60):
            audit.record(team.pk, audit.SYSTEM, "team.renamed", f"Clinic {number}")
        page = signed_in(alice).get("/t/clinic/settings/audit/?page=2").content.decode()
        assert "Clinic 5" in page
        assert "Clinic 59" not in page

    def test_what_nobody_has_words_for_is_shown_all_the_same(self, alice: User, team: Team) -> None:
        audit.record(team.pk, audit.SYSTEM, "moon.landed", PERSON, where="here")
        assert "moon.landed" in signed_in(alice).get("/t/clinic/settings/audit/").content.decode()
