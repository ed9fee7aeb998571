"""The admin: forms by the same rules as everywhere, ledgers that are only read, and no secret on any page."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from channels_app import clock
from channels_app.models import (
    ApiKey,
    AuditEvent,
    Bot,
    Channel,
    Conversation,
    InboundEvent,
    Membership,
    Message,
    Notice,
    Provider,
    Role,
    Team,
    User,
)
from tests.fixtures import (
    APP_SECRET,
    NUMBER,
    FakeGraph,
    Post,
    change,
    list_numbers,
    make_channel,
    make_provider,
    notification,
    own_number,
    person,
    refusal,
    status,
    text,
)

Work = Callable[[], None]
ANYTHING = re.compile(r"https://graph\.facebook\.com/.*")


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("root@example.org", "correct horse battery"))
    return client


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:channels_app_{name}", args=args)


def complaints(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200, answer
    found: dict[str, list[str]] = answer.context["adminform"].form.errors
    return found


def act(client: Client, model: str, action: str, *rows: Any) -> Any:
    return client.post(
        page(f"{model}_changelist"), {"action": action, "_selected_action": [row.pk for row in rows]}, follow=True
    )


def said(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


class TestDoor:
    def test_strangers_are_asked_to_sign_in(self, client: Client, db: None) -> None:
        answer = client.get("/admin/", follow=True)
        assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=%2Fadmin%2F")

    def test_members_of_a_team_are_no_staff(self, client: Client, alice: User) -> None:
        client.force_login(alice)
        answer = client.get("/admin/", follow=True)
        assert answer.status_code == 403
        assert "whatever their role in a team" in answer.content.decode()
        assert client.get(page("provider_changelist"), follow=True).status_code == 403

    def test_a_team_s_key_opens_nothing(self, api: APIClient) -> None:
        assert api.get(page("provider_changelist")).status_code == 302


class TestPages:
    @pytest.fixture
    def everything(self, channel: Channel, alice: User, post: Post, graph: FakeGraph, work: Work) -> None:
        """At least one row of each kind."""
        post(notification(change(text()), change(statuses=[status("wamid.out.1")])))
        work()
        ApiKey.make(channel.team)
        Notice.objects.create(team=channel.team, provider=channel.provider, kind="access", title="Token")

    def test_each_opens_and_shows_no_secret(self, staff: Client, everything: None) -> None:
        secrets = ("token-of-clinic", APP_SECRET, "verify-clinic")
        pages = 0
        for model in admin.site._registry:
            if model._meta.app_label != "channels_app":
                continue
            name = model._meta.model_name
            urls = [page(f"{name}_changelist"), page(f"{name}_changelist") + "?q=wamid"]
            urls += [page(f"{name}_change", row.pk) for row in model._default_manager.all()[:2]]
            for url in urls:
                answer = staff.get(url)
                assert answer.status_code == 200, url
                assert not [secret for secret in secrets if secret in answer.content.decode()], url
                pages += 1
        assert pages > 30

    @pytest.mark.parametrize("model", ["inboundevent", "conversation", "message", "delivery", "participant", "notice"])
    def test_ledgers_are_only_read(self, staff: Client, everything: None, model: str) -> None:
        row = next(found for found in admin.site._registry if found._meta.model_name == model)._default_manager.all()[0]
        assert staff.get(page(f"{model}_add")).status_code == 403
        assert staff.post(page(f"{model}_change", row.pk), {"text": "forged"}).status_code == 403
        assert staff.post(page(f"{model}_delete", row.pk), {"post": "yes"}).status_code == 403

    def test_an_event_is_shown_as_it_came(self, staff: Client, everything: None) -> None:
        event = InboundEvent.objects.get(kind="message")
        assert "wamid.in.1" in staff.get(page("inboundevent_change", event.pk)).content.decode()
        odd = InboundEvent.objects.get(kind="status")
        InboundEvent.objects.filter(pk=odd.pk).update(raw=b'{"half": "\\ud83d", "\xff')
        assert staff.get(page("inboundevent_change", odd.pk)).status_code == 200

    def test_messages_are_found_by_wamid(self, staff: Client, everything: None) -> None:
        answer = staff.get(page("message_changelist"), {"q": "wamid.out.1"})
        assert [row.wamid for row in answer.context["cl"].result_list] == ["wamid.out.1"]


class TestProvider:
    @pytest.fixture
    def form(self, team: Team) -> dict[str, str]:
        return {
            "team": str(team.pk),
            "kind": "meta_cloud_api",
            "name": "Clinic",
            "waba_id": "104216845993017",
            "access_token": "token-1",
            "app_secret": "secret-1",
            "verify_token": "verify-1",
            "template_language": "en",
            "app_id": "",
        }

    def test_has_the_labels_that_people_know(self, staff: Client) -> None:
        shown = staff.get(page("provider_add")).content.decode()
        for label in (
            "Type",
            "Name",
            "WhatsApp Business Account ID",
            "System User Access Token",
            "App Secret",
            "Webhook Verify Token",
            "Template Language Code",
        ):
            assert re.search(rf">\s*{label}\s*<", shown), label
        for name in ("access_token", "app_secret", "verify_token"):
            (tag,) = re.findall(rf'<input[^>]*name="{name}"[^>]*>', shown)
            assert 'type="password"' in tag

    def test_is_made_with_all_that_follows(self, staff: Client, form: dict[str, str], graph: FakeGraph) -> None:
        answer = staff.post(page("provider_add"), form)
        assert answer.status_code == 302
        row = Provider.objects.get()
        assert (row.portfolio, row.access_token) == ("waba:104216845993017", "token-1")
        query = {"hub.mode": "subscribe", "hub.verify_token": "verify-1", "hub.challenge": "42"}
        assert staff.get("/api/channels/meta/", query).content == b"42"
        assert len(graph.wire.calls) == 0

    def test_says_at_the_field_what_is_wrong(self, staff: Client, form: dict[str, str]) -> None:
        wrong = {**form, "waba_id": "+27600551234", "access_token": "", "app_id": "mine"}
        assert set(complaints(staff.post(page("provider_add"), wrong))) == {"waba_id", "access_token", "app_id"}

    def test_a_form_that_is_shown_again_holds_no_secret(self, staff: Client, form: dict[str, str]) -> None:
        answer = staff.post(page("provider_add"), {**form, "waba_id": "x"})
        for secret in ("token-1", "secret-1", "verify-1"):
            assert secret not in answer.content.decode()

    def test_an_empty_secret_keeps_what_is_there(self, staff: Client, form: dict[str, str], provider: Provider) -> None:
        changed = {**form, "name": "New", "access_token": "", "app_secret": "", "verify_token": ""}
        assert staff.post(page("provider_change", provider.pk), changed).status_code == 302
        row = Provider.objects.get()
        assert (row.name, row.access_token, row.app_secret, row.verify_token) == (
            "New",
            "token-of-clinic",
            APP_SECRET,
            "verify-clinic",
        )

    def test_a_new_secret_is_kept_and_not_told_to_the_history(
        self, staff: Client, form: dict[str, str], provider: Provider
    ) -> None:
        Provider.objects.update(blocked_at=clock.now())
        changed = {**form, "access_token": "token-2", "app_secret": "secret-2", "verify_token": ""}
        staff.post(page("provider_change", provider.pk), changed)
        row = Provider.objects.get()
        assert (row.access_token, row.former_app_secret, row.blocked_at) == ("token-2", APP_SECRET, None)
        history = staff.get(page("provider_history", provider.pk)).content.decode()
        entries = str(list(LogEntry.objects.values()))
        for secret in ("token-2", "secret-2", "token-of-clinic", APP_SECRET):
            assert secret not in history + entries
        assert "System User Access Token" in history

    def test_its_type_stays(self, staff: Client, form: dict[str, str], provider: Provider) -> None:
        staff.post(page("provider_change", provider.pk), {**form, "kind": "simulated", "waba_id": "104216845990000"})
        row = Provider.objects.get()
        assert (row.kind, row.waba_id) == ("meta_cloud_api", "104216845990000")

    def test_is_not_deleted_while_a_channel_uses_it(self, staff: Client, channel: Channel) -> None:
        url = page("provider_delete", channel.provider_id)
        assert b"Front desk" in staff.get(url).content
        staff.post(url, {"post": "yes"})
        assert Provider.objects.get().deleted_at is None

    @pytest.mark.parametrize("way", ["page", "action"])
    def test_is_let_go_of_with_its_secrets(self, staff: Client, provider: Provider, way: str) -> None:
        if way == "page":
            staff.post(page("provider_delete", provider.pk), {"post": "yes"})
        else:
            rows = {"action": "delete_selected", "_selected_action": [provider.pk], "post": "yes"}
            staff.post(page("provider_changelist"), rows)
        row = Provider.objects.get()
        assert row.deleted_at is not None
        assert row.access_token == ""
        assert staff.get(page("provider_change", provider.pk)).status_code == 302

    def test_is_checked_at_meta(self, staff: Client, provider: Provider, graph: FakeGraph) -> None:
        graph.wire.get(url=ANYTHING, status=401, json={"error": {"code": 190, "message": "expired"}})
        answer = act(staff, "provider", "check_at_meta", provider)
        assert "access token" in said(answer)


class TestChannel:
    @pytest.fixture
    def form(self, provider: Provider, bot: Bot) -> dict[str, str]:
        return {
            "provider": str(provider.pk),
            "bot": str(bot.pk),
            "phone_number": "060 055 1234",
            "name": "Front desk",
            "is_active": "on",
            "voice_replies": "never",
            "allowed_senders": "+27 83 123 4567\n2782*",
            "answer_within": "",
            "debounce": "0",
            "max_templates": "",
            "reply_expires_after": "14400",
        }

    def test_is_made_with_the_number_that_meta_knows(
        self, staff: Client, form: dict[str, str], graph: FakeGraph, team: Team
    ) -> None:
        list_numbers(graph, own_number())
        answer = staff.post(page("channel_add"), form)
        assert answer.status_code == 302, complaints(answer)
        row = Channel.objects.get()
        assert (row.team, row.phone_number, row.phone_number_id) == (team, "+27600551234", NUMBER)
        assert row.allowed_senders == ["+27831234567", "2782*"]

    def test_has_the_labels_that_people_know(self, staff: Client, provider: Provider) -> None:
        shown = staff.get(page("channel_add")).content.decode()
        for label in ("Messaging Provider", "WhatsApp Number"):
            assert re.search(rf">\s*{label}\s*<", shown), label
        assert re.search(rf"<option[^>]*>\s*{provider.name}\s*</option>", shown)

    def test_an_unknown_number_stands_at_the_number(
        self, staff: Client, form: dict[str, str], graph: FakeGraph
    ) -> None:
        list_numbers(graph, own_number("+27 60 055 9999"))
        assert list(complaints(staff.post(page("channel_add"), form))) == ["phone_number"]

    def test_a_lost_token_stands_at_the_provider(self, staff: Client, form: dict[str, str], graph: FakeGraph) -> None:
        list_numbers(graph, refused=refusal(190, 401))
        assert list(complaints(staff.post(page("channel_add"), form))) == ["provider"]

    def test_a_taken_number_stands_at_the_number(
        self, staff: Client, form: dict[str, str], graph: FakeGraph, channel: Channel
    ) -> None:
        list_numbers(graph, own_number())
        assert list(complaints(staff.post(page("channel_add"), form))) == ["phone_number"]

    def test_a_bot_of_another_team_stands_at_the_bot(
        self, staff: Client, form: dict[str, str], other_team: Team
    ) -> None:
        theirs = Bot.objects.create(team=other_team, name="Theirs")
        assert list(complaints(staff.post(page("channel_add"), {**form, "bot": str(theirs.pk)}))) == ["bot"]

    def test_what_it_does_not_change_is_not_asked_about(
        self, staff: Client, form: dict[str, str], graph: FakeGraph, channel: Channel
    ) -> None:
        changed = {**form, "phone_number": "+27600551234", "debounce": "3"}
        assert staff.post(page("channel_change", channel.pk), changed).status_code == 302
        assert Channel.objects.get().debounce == 3
        assert len(graph.wire.calls) == 0

    @pytest.mark.django_db(transaction=True)
    def test_no_transaction_is_open_while_meta_is_asked(
        self, client: Client, form: dict[str, str], graph: FakeGraph
    ) -> None:
        client.force_login(User.objects.create_superuser("root@example.org", "correct horse battery"))
        open_then = []

        def listed(request: Any) -> tuple[int, dict[str, str], str]:
            open_then.append(connection.in_atomic_block)
            return 200, {}, '{"data": []}'

        graph.wire.add_callback("GET", ANYTHING, callback=listed)
        client.post(page("channel_add"), form)
        assert open_then == [False]

    def test_what_came_before_is_answered(
        self, staff: Client, form: dict[str, str], graph: FakeGraph, post: Post, work: Work
    ) -> None:
        list_numbers(graph, own_number())
        post(notification(change(text("early"))))
        staff.post(page("channel_add"), {**form, "allowed_senders": ""})
        work()
        assert graph.texts == ["early"]

    def test_is_deleted_and_its_talks_stay(
        self, staff: Client, channel: Channel, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text())))
        work()
        staff.post(page("channel_delete", channel.pk), {"post": "yes"})
        assert Channel.objects.get().deleted_at is not None
        assert Message.objects.count() == 2


class TestBot:
    def form(self, team: Team, **more: str) -> dict[str, str]:
        return {"team": str(team.pk), "name": "Echo", "engine": "echo", "config": "{}", "is_active": "on"} | more

    def test_is_made(self, staff: Client, team: Team) -> None:
        assert staff.post(page("bot_add"), self.form(team)).status_code == 302
        assert (Bot.objects.get().config, Bot.objects.get().speech) == ({}, None)

    def test_its_engine_says_what_it_takes(self, staff: Client, team: Team) -> None:
        assert list(complaints(staff.post(page("bot_add"), self.form(team, config='{"a": 1}')))) == ["config"]

    def test_is_not_deleted_while_it_answers_a_channel(self, staff: Client, channel: Channel) -> None:
        staff.post(page("bot_delete", channel.bot_id), {"post": "yes"})
        assert Bot.objects.get().deleted_at is None
        Channel.objects.update(is_active=False, deleted_at=clock.now())
        staff.post(page("bot_delete", channel.bot_id), {"post": "yes"})
        assert Bot.objects.get().deleted_at is not None


class TestTeam:
    def test_a_key_is_made_in_its_line_and_shown_once(self, staff: Client, team: Team) -> None:
        form = {
            "name": team.name,
            "slug": team.slug,
            "memberships-TOTAL_FORMS": "0",
            "memberships-INITIAL_FORMS": "0",
            "api_keys-TOTAL_FORMS": "1",
            "api_keys-INITIAL_FORMS": "0",
            "api_keys-0-name": "Website",
            "api_keys-0-revoked_at_0": "",
            "api_keys-0-revoked_at_1": "",
        }
        answer = staff.post(page("team_change", team.pk), form, follow=True)
        (key,) = re.findall(r"ocsm_[\w-]{20,}", said(answer))
        assert APIClient(HTTP_AUTHORIZATION=f"Bearer {key}").get("/api/v1/channels/").status_code == 200
        assert ApiKey.objects.get().name == "Website"
        shown = staff.get(page("team_change", team.pk)).content.decode()
        assert key not in shown
        assert ApiKey.objects.get().digest not in shown
        assert key not in str(list(LogEntry.objects.values()))

    def test_a_key_is_made_by_an_action(self, staff: Client, team: Team) -> None:
        assert re.search(r"ocsm_[\w-]{20,}", said(act(staff, "team", "make_key", team)))
        assert ApiKey.objects.get().team == team
        event = AuditEvent.objects.get()
        assert (event.action, event.via, event.actor) == ("key.made", "admin", "root@example.org")

    def test_is_not_deleted(self, staff: Client, team: Team) -> None:
        assert staff.post(page("team_delete", team.pk), {"post": "yes"}).status_code == 403


class TestUser:
    def test_the_last_owner_of_a_team_is_not_deleted(self, staff: Client, alice: User, team: Team) -> None:
        Membership.objects.filter(user=alice).update(role=Role.OWNER)
        address = f"/admin/channels_app/user/{alice.pk}/delete/"
        assert "has no other owner" in staff.get(address).content.decode()
        staff.post(address, {"post": "yes"})
        assert User.objects.filter(pk=alice.pk).exists()
        person("second@example.org", team, Role.OWNER)
        staff.post(address, {"post": "yes"})
        assert not User.objects.filter(pk=alice.pk).exists()

    def test_is_made_and_can_sign_in(self, staff: Client) -> None:
        form = {"email": "Olga@Example.org", "name": "Olga"}
        form |= {"password1": "correct horse 1", "password2": "correct horse 1"}
        assert staff.post(page("user_add"), form).status_code == 302
        user = User.objects.get(email="olga@example.org")
        assert not user.is_staff
        answer = Client().post("/accounts/login/", {"login": "olga@example.org", "password": "correct horse 1"})
        assert answer.status_code == 302

    def test_second_factors_are_taken_away_and_not_shown(self, staff: Client, alice: User) -> None:
        row = Authenticator.objects.create(user=alice, type="totp", data={"secret": "SEEDOFALICE"})
        url = reverse("admin:mfa_authenticator_change", args=[row.pk])
        assert "SEEDOFALICE" not in staff.get(url).content.decode()
        staff.post(reverse("admin:mfa_authenticator_delete", args=[row.pk]), {"post": "yes"})
        assert not Authenticator.objects.exists()


class TestActions:
    def test_release_lets_held_messages_go_on(
        self, staff: Client, channel: Channel, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        graph.answers = [refusal(190, 401)]
        post(notification(change(text("Hello"))))
        work()
        held = Message.objects.get(direction="outbound")
        assert held.status == "held"
        Provider.objects.update(blocked_at=None)
        assert "1" in said(act(staff, "message", "release", held))
        work()
        held.refresh_from_db()
        assert held.status == "accepted"
        assert AuditEvent.objects.filter(action="messages.released", actor="root@example.org").count() == 1

    def test_what_was_not_done_is_not_in_the_log(
        self, staff: Client, channel: Channel, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change(text("Hello"))))
        work()
        for _click in range(2):
            act(staff, "message", "release", Message.objects.get(direction="outbound"))
            act(staff, "conversation", "give_back", Conversation.objects.get())
        assert not AuditEvent.objects.filter(action__in=("messages.released", "conversation.handed_back")).exists()

    def test_replay_reads_events_again(
        self, staff: Client, channel: Channel, post: Post, graph: FakeGraph, work: Work
    ) -> None:
        post(notification(change({**text(), "text": 7})))
        work()
        event = InboundEvent.objects.get()
        assert event.state == "unparsed"
        assert "1" in said(act(staff, "inboundevent", "replay", event))
        event.refresh_from_db()
        assert event.state == "waiting"

    def test_a_notice_is_closed(self, staff: Client, provider: Provider) -> None:
        row = Notice.objects.create(team=provider.team, provider=provider, kind="access", title="Token")
        act(staff, "notice", "close", row)
        row.refresh_from_db()
        assert row.closed_at is not None

    def test_whoever_may_only_look_releases_nothing(self, client: Client, provider: Provider) -> None:
        viewer = User.objects.create_user("vera@example.org", "correct horse battery", is_staff=True)
        viewer.user_permissions.set(Permission.objects.filter(codename__in=["view_notice", "view_message"]))
        client.force_login(viewer)
        row = Notice.objects.create(team=provider.team, provider=provider, kind="access", title="Token")
        act(client, "notice", "close", row)
        row.refresh_from_db()
        assert row.closed_at is None
        assert client.get(page("provider_changelist")).status_code == 403


def test_two_channels_of_one_provider_are_told_apart(staff: Client, team: Team) -> None:
    provider = make_provider(team)
    make_channel(provider)
    make_channel(provider, "118930421779999", phone_number="+27600559999")
    shown = staff.get(page("channel_changelist")).content.decode()
    assert "+27600551234" in shown
    assert "+27600559999" in shown
