"""Messaging providers and AI providers on the web."""

import re
from typing import Any

import pytest

from channels_app.models import AiProvider, AuditEvent, Bot, Channel, Checkup, Provider, Team, User
from channels_app.onboarding import shapes
from tests.fixtures import WABA, FakeGraph
from tests.web.pages import signed_in

NEW = "/t/clinic/settings/providers/new/"
TOKEN = "EAA" + "b" * 80
FILLED = {
    "kind": "meta_cloud_api",
    "name": "My WhatsApp Business",
    "waba_id": WABA,
    "access_token": TOKEN,
    "app_secret": "0123456789abcdef0123456789abcdef",
    "verify_token": "a-word-of-ours-123",
    "template_language": "en",
    "app_id": "",
}


@pytest.fixture
def client(alice: User, graph: FakeGraph) -> Any:
    return signed_in(alice)


class TestAdding:
    def test_the_page_has_the_labels_that_people_know(self, client: Any) -> None:
        page = client.get(NEW).content.decode()
        for label in (
            "Type",
            "Name",
            "WhatsApp Business Account ID",
            "System User Access Token",
            "App Secret",
            "Webhook Verify Token",
            "Template Language Code",
        ):
            assert re.search(rf"<label[^>]*>{label}<", page), label
        assert "/api/channels/meta/" in page
        assert "Save" in page

    def test_it_makes_a_verify_token_each_time(self, client: Any) -> None:
        first, second = (client.get(NEW).context["form"]["verify_token"].value() for _ in range(2))
        assert len(first) >= 24
        assert first != second

    def test_it_is_saved_whatever_meta_says_and_meta_is_heard(self, client: Any) -> None:
        answer = client.post(NEW, FILLED)
        provider = Provider.objects.get()
        assert answer["Location"] == f"/t/clinic/settings/providers/{provider.pk}/"
        assert provider.access_token == TOKEN
        assert Checkup.objects.get(provider=provider).lines[0]["status"] == "error"
        page = client.get(answer["Location"]).content.decode()
        assert "Meta could not be reached" in page or "What to do:" in page

    def test_what_is_doubtful_is_said_and_saved(self, client: Any) -> None:
        answer = client.post(NEW, FILLED | {"app_secret": "short"}, follow=True)
        assert "An app secret is 32 characters long" in answer.content.decode()
        assert Provider.objects.get().app_secret == "short"

    def test_a_phone_number_for_an_id_is_refused_and_what_was_typed_stays(self, client: Any) -> None:
        answer = client.post(NEW, FILLED | {"waba_id": "+27 60 055 1234"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "looks like a phone number" in page
        assert "My WhatsApp Business" in page
        assert TOKEN in page
        assert "no-store" in answer["Cache-Control"]
        assert not Provider.objects.exists()

    def test_the_log_says_so_without_secrets(self, client: Any, alice: User) -> None:
        client.post(NEW, FILLED)
        event = AuditEvent.objects.get()
        assert (event.action, event.actor, event.via) == ("provider.added", alice.email, "web")
        assert TOKEN not in str(AuditEvent.objects.values().get())


class TestChanging:
    @pytest.fixture
    def page(self, provider: Provider) -> str:
        return f"/t/clinic/settings/providers/{provider.pk}/"

    def filled(self, provider: Provider, **more: str) -> dict[str, str]:
        kept = {"access_token": "", "app_secret": "", "verify_token": ""}
        return FILLED | kept | {"name": provider.name, "waba_id": provider.waba_id} | more

    def test_no_secret_is_ever_shown(self, client: Any, page: str, provider: Provider, bob: User) -> None:
        for each in (client, signed_in(bob)):
            shown = each.get(page).content.decode()
            for secret in (provider.access_token, provider.app_secret, provider.verify_token):
                assert secret not in shown

    def test_an_empty_field_keeps_the_secret(self, client: Any, page: str, provider: Provider) -> None:
        client.post(page, self.filled(provider, name="Another name"))
        stored = Provider.objects.get()
        assert (stored.name, stored.access_token) == ("Another name", provider.access_token)

    def test_a_token_that_was_replaced_is_noted(self, client: Any, page: str, provider: Provider) -> None:
        client.post(page, self.filled(provider, access_token=TOKEN))
        assert AuditEvent.objects.get().details == {"changed": ["access_token"]}
        assert "access token replaced" in client.get("/t/clinic/settings/audit/").content.decode()

    def test_a_viewer_sees_its_health_and_no_form(self, page: str, bob: User) -> None:
        shown = signed_in(bob).get(page)
        assert shown.context["form"] is None
        assert signed_in(bob).post(page, {}).status_code == 403

    def test_it_is_checked_again_when_asked(self, client: Any, page: str, provider: Provider) -> None:
        client.post(f"{page}check/")
        assert Checkup.objects.filter(provider=provider).exists()
        assert "pill-bad" in client.get("/t/clinic/settings/").content.decode()

    def test_it_goes_once_nothing_uses_it(self, client: Any, page: str, channel: Channel) -> None:
        assert channel.name in client.get(f"{page}delete/").content.decode()
        client.post(f"{page}delete/")
        assert Provider.objects.filter(deleted_at=None).exists()
        Channel.objects.update(is_active=False, deleted_at=channel.created_at)
        assert client.post(f"{page}delete/")["Location"] == "/t/clinic/settings/"
        assert not Provider.objects.filter(deleted_at=None).exists()


class TestShapes:
    @pytest.mark.parametrize(
        ("field", "pasted", "said"),
        [
            ("waba_id", "+27 60 055 1234", "phone number"),
            ("waba_id", "0600551234", "phone number"),
            ("waba_id", "27600551234", "Is it a phone number"),
            ("waba_id", "EAAb", "access token"),
            ("access_token", f"{TOKEN[:30]} {TOKEN[30:]}", "spaces"),
            ("access_token", "EAAshort", "short"),
            ("access_token", "x" * 80, "begin with EAA"),
            ("access_token", "0123456789abcdef0123456789abcdef", "app secret"),
            ("app_secret", "0123456789abcdef", "32 characters"),
            ("app_secret", TOKEN, "access token"),
            ("verify_token", "abc", "guessed"),
            ("app_id", "12a", "digits"),
            ("template_language", "english", "pt_BR"),
        ],
    )
    def test_a_wrong_paste_is_told_in_words(self, field: str, pasted: str, said: str) -> None:
        assert said in shapes.doubts("meta_cloud_api", {field: pasted})[field]

    def test_blanks_around_it_are_no_matter(self) -> None:
        secret = "0123456789abcdef0123456789abcdef"
        assert shapes.doubts("meta_cloud_api", {"app_secret": f" {secret}", "access_token": f"{TOKEN}\n"}) == {}

    def test_the_apps_id_is_not_the_accounts(self) -> None:
        found = shapes.doubts("meta_cloud_api", {"waba_id": WABA, "app_id": WABA})
        assert "ID of the app" in found["waba_id"]

    def test_right_ones_raise_no_doubt(self) -> None:
        assert shapes.doubts("meta_cloud_api", FILLED) == {}

    def test_the_simulator_takes_anything(self) -> None:
        assert shapes.doubts("simulated", {"access_token": "x"}) == {}

    def test_the_browser_is_told_the_same(self, client: Any) -> None:
        assert "data-shapes" in client.get(NEW).content.decode()


class TestAiProviders:
    FILLED = {"name": "Local", "base_url": "https://ai.example.org/v1", "api_key": "sk-secret-of-ours"}

    def test_one_is_added_changed_and_let_go(self, client: Any, team: Team) -> None:
        client.post("/t/clinic/settings/ai-providers/new/", self.FILLED)
        row = AiProvider.objects.get()
        page = f"/t/clinic/settings/ai-providers/{row.pk}/"
        assert "sk-secret-of-ours" not in client.get(page).content.decode()
        client.post(page, self.FILLED | {"name": "Near", "api_key": ""})
        row.refresh_from_db()
        assert (row.name, row.api_key) == ("Near", "sk-secret-of-ours")
        client.post(f"{page}delete/")
        assert not AiProvider.objects.filter(deleted_at=None).exists()

    def test_it_stays_while_a_bot_asks_it(self, client: Any, team: Team) -> None:
        row = AiProvider.objects.create(team=team, name="AI", base_url="https://ai.example.org/v1")
        Bot.objects.create(team=team, name="Helper", engine="llm", ai_provider=row)
        page = f"/t/clinic/settings/ai-providers/{row.pk}/delete/"
        assert "Helper" in client.get(page).content.decode()
        client.post(page)
        assert AiProvider.objects.filter(deleted_at=None).exists()

    def test_what_is_wrong_stands_at_its_field(self, client: Any) -> None:
        answer = client.post("/t/clinic/settings/ai-providers/new/", self.FILLED | {"base_url": "no address"})
        assert answer.status_code == 422
        assert answer.context["form"].errors["base_url"]
