"""Bots and their channels on the web, and a bot that is tried."""

import json
from typing import Any

import pytest

from channels_app.models import (
    AiProvider,
    AuditEvent,
    Bot,
    Channel,
    Conversation,
    Message,
    Provider,
    Status,
    Team,
    User,
)
from tests.fixtures import NUMBER, FakeGraph, change, list_numbers, notification, own_number, refusal, text
from tests.web.pages import signed_in

PROMPT = {"llm_model": "gpt", "llm_system_prompt": "Be brief."}


@pytest.fixture
def client(alice: User, graph: FakeGraph) -> Any:
    return signed_in(alice)


class TestMaking:
    def test_the_engine_is_chosen_first(self, client: Any, team: Team) -> None:
        page = client.get("/t/clinic/bots/new/").content.decode()
        for engine in ("echo", "llm", "rules", "http", "python"):
            assert f'href="?engine={engine}"' in page

    def test_an_echo_needs_a_name_alone(self, client: Any) -> None:
        answer = client.post("/t/clinic/bots/new/", {"engine": "echo", "name": "Parrot", "is_active": "on"})
        bot = Bot.objects.get()
        assert answer["Location"] == f"/t/clinic/bots/{bot.pk}/"
        assert (bot.name, bot.engine, bot.is_active) == ("Parrot", "echo", True)
        assert AuditEvent.objects.get().action == "bot.added"

    def test_a_language_model_asks_for_what_it_needs(self, client: Any, team: Team) -> None:
        ai = AiProvider.objects.create(team=team, name="AI", base_url="https://ai.example.org/v1")
        page = client.get("/t/clinic/bots/new/?engine=llm")
        assert "llm_system_prompt" in page.content.decode()
        assert "http_url" not in page.content.decode()
        filled = {"engine": "llm", "name": "Helper", "llm_ai_provider": ai.pk, "is_active": "on", **PROMPT}
        client.post("/t/clinic/bots/new/", filled)
        bot = Bot.objects.get()
        assert (bot.ai_provider, bot.config["model"]) == (ai, "gpt")

    def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(self, client: Any) -> None:
        answer = client.post("/t/clinic/bots/new/", {"engine": "http", "name": "Program", "http_url": "ftp://x"})
        assert answer.status_code == 422
        assert answer.context["form"].errors["http_url"]
        assert "ftp://x" in answer.content.decode()

    def test_an_engine_that_is_not_there_is_unknown(self, client: Any) -> None:
        assert client.get("/t/clinic/bots/new/?engine=magic").status_code == 404

    def test_without_an_ai_provider_it_says_where_to_get_one(self, client: Any) -> None:
        assert "/ai-providers/new/" in client.get("/t/clinic/bots/new/?engine=llm").content.decode()


class TestChanging:
    def test_what_the_web_does_not_ask_stays_as_it_is(self, client: Any, bot: Bot, settings: Any) -> None:
        settings.SPEECH = {**settings.SPEECH, "own": settings.SPEECH["silent"]}
        Bot.objects.update(speech={"ai_provider": None, "engine": "own", "voice": "nova"})
        filled = {"engine": "echo", "name": "Parrot", "is_active": "on", "speech_voice": "alloy"}
        client.post(f"/t/clinic/bots/{bot.pk}/edit/", filled)
        bot.refresh_from_db()
        assert bot.name == "Parrot"
        assert bot.speech == {"ai_provider": None, "engine": "own", "voice": "alloy"}

    def test_it_can_be_given_another_engine(self, client: Any, bot: Bot) -> None:
        client.post(f"/t/clinic/bots/{bot.pk}/edit/", {"engine": "rules", "name": "Menu", "rules_rules": "[]"})
        bot.refresh_from_db()
        assert bot.name in ("Menu", "Echo")

    def test_one_whose_engine_is_gone_is_offered_another(self, client: Any, bot: Bot) -> None:
        Bot.objects.update(engine="gone")
        assert 'href="?engine=echo"' in client.get(f"/t/clinic/bots/{bot.pk}/edit/").content.decode()
        assert client.get(f"/t/clinic/bots/{bot.pk}/").status_code == 200

    def test_it_goes_once_it_answers_nothing(self, client: Any, channel: Channel) -> None:
        page = f"/t/clinic/bots/{channel.bot_id}/delete/"
        assert "+27 60 055 1234" in client.get(page).content.decode()
        client.post(page)
        assert Bot.objects.filter(deleted_at=None).exists()
        client.post(f"/t/clinic/bots/{channel.bot_id}/channels/{channel.pk}/delete/")
        client.post(page)
        assert not Bot.objects.filter(deleted_at=None).exists()


class TestSpeech:
    """How a bot hears and speaks is a part of its form."""

    @pytest.fixture
    def ai(self, team: Team) -> AiProvider:
        return AiProvider.objects.create(team=team, name="AI", base_url="https://ai.example.org/v1")

    def save(self, client: Any, **told: Any) -> Any:
        given = {f"speech_{name}": value for name, value in told.items()}
        return client.post("/t/clinic/bots/new/", {"engine": "echo", "name": "Parrot", "is_active": "on", **given})

    def test_is_set_shown_changed_and_taken_away(self, client: Any, ai: AiProvider) -> None:
        told = {"transcription_model": "whisper-1", "speech_model": "tts-1", "voice": "nova", "language": "pt-BR"}
        page = f"{self.save(client, ai_provider=ai.pk, **told)['Location']}edit/"
        assert Bot.objects.get().speech == {"ai_provider": str(ai.pk), **told}
        form = client.get(page).context["form"]
        shown = {field.name: field.value() for field in form.spoken}
        assert shown == {"speech_ai_provider": str(ai.pk), **{f"speech_{name}": said for name, said in told.items()}}
        client.post(page, {"engine": "echo", "name": "Parrot", **shown, "speech_voice": "alloy"})
        assert Bot.objects.get().speech == {"ai_provider": str(ai.pk), **told, "voice": "alloy"}
        client.post(page, {"engine": "echo", "name": "Parrot"})
        assert Bot.objects.get().speech is None

    @pytest.mark.parametrize("voice", ["nosuch", "../../../../etc/passwd", "es-XX"])
    def test_a_voice_that_is_not_built_in_is_refused(self, client: Any, settings: Any, voice: str) -> None:
        settings.BUILT_IN_VOICE = "espeak"
        answer = self.save(client, voice=voice)
        assert answer.context["form"].errors["speech_voice"][0].startswith("There is no such built-in voice.")
        assert self.save(client, voice="pt_BR").status_code == 302

    def test_the_built_in_voice_needs_no_ai_provider(self, client: Any) -> None:
        self.save(client, voice="sw")
        assert Bot.objects.get().speech == {"ai_provider": None, "voice": "sw"}

    @pytest.mark.parametrize(
        ("told", "field", "sentence"),
        [
            ({"language": "Portuguese"}, "speech_language", "This is a code such as en or pt-BR, or auto."),
            ({"speech_model": "tts-1"}, "speech_ai_provider", "A model needs an AI provider."),
            ({"ai_provider": "its own"}, "speech_transcription_model", "Name a model that hears or one that speaks"),
            ({"voice": "x" * 201}, "speech_voice", "at most 200 characters"),
            ({"ai_provider": "another"}, "speech_ai_provider", "not one of the available choices"),
        ],
    )
    def test_what_is_wrong_stands_at_its_field(
        self, client: Any, ai: AiProvider, other_team: Team, told: dict[str, str], field: str, sentence: str
    ) -> None:
        other = AiProvider.objects.create(team=other_team, name="AI", base_url="https://ai.example.org/v1")
        ids = {"its own": str(ai.pk), "another": str(other.pk)}
        answer = self.save(client, **{name: ids.get(value, value) for name, value in told.items()})
        assert answer.status_code == 422
        assert sentence in answer.context["form"].errors[field][0]
        assert f'id="id_{field}_error"' in answer.content.decode()
        assert not Bot.objects.exists()


class TestTrying:
    def test_the_bot_answers_and_nothing_is_kept(self, client: Any, bot: Bot) -> None:
        page = f"/t/clinic/bots/{bot.pk}/try/"
        client.post(page, {"text": "Good morning"})
        assert client.get(page).content.decode().count("Good morning") == 2
        assert not Message.objects.exists()

    def test_choices_can_be_taken(self, client: Any, team: Team) -> None:
        rules = [
            {"when": "hello", "reply": {"text": "What is it?", "choices": [{"id": "visit", "title": "A visit"}]}},
            {"when": "A visit", "reply": "When?"},
        ]
        made = client.post("/t/clinic/bots/new/", {"engine": "rules", "name": "Menu", **_rules(rules)})
        page = f"{made['Location']}try/"
        client.post(page, {"text": "hello"})
        assert 'value="visit"' in client.get(page).content.decode()
        client.post(page, {"choice": "visit"})
        assert "A visit" in client.get(page).content.decode()

    def test_what_the_bot_cannot_do_is_said(self, client: Any, team: Team) -> None:
        lost = Bot.objects.create(team=team, name="Lost", engine="gone")
        page = f"/t/clinic/bots/{lost.pk}/try/"
        client.post(page, {"text": "Hello"})
        assert "engine is not there" in client.get(page).content.decode()

    def test_an_answer_is_shown_as_whatsapp_would(self, client: Any, bot: Bot) -> None:
        Bot.objects.update(engine="rules", config={"rules": [], "fallback": "**Good day**, <b>you</b>"})
        page = f"/t/clinic/bots/{bot.pk}/try/"
        client.post(page, {"text": "Hello"})
        shown = client.get(page).content.decode()
        assert "<strong>Good day</strong>, &lt;b&gt;you&lt;/b&gt;" in shown

    def test_what_the_team_has_to_mend_is_said_beside_the_apology(self, client: Any, team: Team) -> None:
        models = AiProvider.objects.create(team=team, name="AI", base_url="http://127.0.0.1:9/v1")
        config = {"model": "gpt", "timeout": 1}
        bot = Bot.objects.create(team=team, name="Model", engine="llm", ai_provider=models, config=config)
        page = f"/t/clinic/bots/{bot.pk}/try/"
        client.post(page, {"text": "Hello"})
        shown = client.get(page).content.decode()
        assert "I am sorry" in shown
        assert "The AI provider stays away" in shown
        assert "See whether the provider has a fault" in shown

    @pytest.mark.parametrize(
        ("filled", "said"),
        [
            ({"text": "x" * 5000}, "WhatsApp takes 4,096 characters at once."),
            ({"choice": "never offered"}, "not on offer any more"),
        ],
    )
    def test_what_nobody_could_send_is_told_so(self, client: Any, bot: Bot, filled: Any, said: str) -> None:
        page = f"/t/clinic/bots/{bot.pk}/try/"
        client.post(page, filled)
        shown = client.get(page).content.decode()
        assert said in shown
        assert "xxxxx" not in shown

    def test_rules_of_half_characters_are_refused(self, client: Any, bot: Bot) -> None:
        filled = {"engine": "rules", "name": "Half", "rules_rules": '[{"when": "x", "reply": "\\ud800"}]'}
        answer = client.post("/t/clinic/bots/new/", filled)
        assert answer.status_code == 422
        assert "cannot be kept" in answer.content.decode()
        assert not Bot.objects.filter(name="Half").exists()

    def test_all_that_is_wrong_with_a_bot_is_told_at_once(self, client: Any) -> None:
        answer = client.post("/t/clinic/bots/new/", {"engine": "http", "name": "", "http_timeout": "0"})
        assert {"name", "http_url", "http_timeout"} <= answer.context["form"].errors.keys()

    def test_it_can_begin_anew(self, client: Any, bot: Bot) -> None:
        page = f"/t/clinic/bots/{bot.pk}/try/"
        client.post(page, {"text": "Good morning"})
        client.post(page, {"anew": "1"})
        assert "Good morning" not in client.get(page).content.decode()


def _rules(rules: Any) -> dict[str, Any]:
    return {"rules_rules": json.dumps(rules), "is_active": "on"}


class TestChannels:
    @pytest.fixture
    def bot_page(self, bot: Bot, provider: Provider) -> str:
        return f"/t/clinic/bots/{bot.pk}/"

    def test_the_bots_page_has_the_form_and_a_link_to_it(self, client: Any, bot_page: str, provider: Provider) -> None:
        page = client.get(bot_page).content.decode()
        assert f'href="{bot_page}channels/new/"' in page
        assert "Add channel" in page
        assert f">{provider.name}</option>" in page
        assert "WhatsApp Number" in page
        assert "Create" in page

    def test_one_is_made(self, client: Any, bot_page: str, provider: Provider, graph: FakeGraph) -> None:
        list_numbers(graph, own_number())
        filled = {"provider": provider.pk, "phone_number": "+27 60 055 1234", "voice_replies": "never"}
        more = {"debounce": "0", "reply_expires_after": "14400", "is_active": "on"}
        answer = client.post(f"{bot_page}channels/new/", filled | more)
        assert answer["Location"] == bot_page
        channel = Channel.objects.get()
        assert (channel.phone_number_id, channel.bot.engine) == (NUMBER, "echo")
        assert AuditEvent.objects.get().action == "channel.added"

    def test_a_number_the_account_has_not_is_said_at_the_number(
        self, client: Any, bot_page: str, provider: Provider, graph: FakeGraph
    ) -> None:
        list_numbers(graph, own_number())
        filled = {"provider": provider.pk, "phone_number": "+27 60 055 9999", "name": "Reception"}
        answer = client.post(f"{bot_page}channels/new/", filled)
        assert answer.status_code == 422
        assert "not in the account" in str(answer.context["form"].errors["phone_number"])
        assert "Reception" in answer.content.decode()

    def test_a_dead_token_is_said_at_the_provider(
        self, client: Any, bot_page: str, provider: Provider, graph: FakeGraph
    ) -> None:
        list_numbers(graph, refused=refusal(190, 401))
        filled = {"provider": provider.pk, "phone_number": "+27 60 055 1234", "voice_replies": "never"}
        more = {"debounce": "0", "reply_expires_after": "14400", "is_active": "on"}
        answer = client.post(f"{bot_page}channels/new/", filled | more)
        assert "access token" in str(answer.context["form"].errors["provider"])

    def test_all_that_is_wrong_is_told_at_once(self, client: Any, channel: Channel) -> None:
        address = f"/t/clinic/bots/{channel.bot_id}/channels/{channel.pk}/"
        form = client.get(address).context["form"]
        filled = {name: value for name, value in form.initial.items() if value not in (None, [])}
        answer = client.post(address, filled | {"allowed_senders": "abc", "debounce": "99999"})
        assert answer.context["form"].errors.keys() == {"allowed_senders", "debounce"}

    def test_its_numbers_are_offered_with_name_quality_and_whether_taken(
        self, client: Any, channel: Channel, graph: FakeGraph
    ) -> None:
        free = own_number("+27 60 055 5678", "218930421775604", quality_rating="GREEN")
        list_numbers(graph, own_number(), free)
        address = f"/t/clinic/bots/{channel.bot_id}/channels/numbers/"
        page = client.get(address, {"provider": channel.provider_id}).content.decode()
        assert page.index("+27 60 055 5678") < page.index("Taken")
        assert "Good quality" in page
        assert "Cape Clinic" in page

    def test_that_meta_does_not_say_is_said(self, client: Any, channel: Channel, graph: FakeGraph) -> None:
        list_numbers(graph, refused=refusal(190, 401))
        address = f"/t/clinic/bots/{channel.bot_id}/channels/numbers/"
        answer = client.get(address, {"provider": channel.provider_id})
        assert answer.status_code == 200
        assert "access token" in answer.content.decode()

    def test_one_is_changed_without_asking_meta(self, client: Any, channel: Channel) -> None:
        address = f"/t/clinic/bots/{channel.bot_id}/channels/{channel.pk}/"
        form = client.get(address).context["form"]
        filled = {name: value for name, value in form.initial.items() if value not in (None, [])}
        client.post(address, filled | {"name": "Night desk", "allowed_senders": "27*"})
        channel.refresh_from_db()
        assert (channel.name, channel.allowed_senders, channel.is_active) == ("Night desk", ["27*"], True)

    def test_without_a_provider_it_says_what_comes_first(self, client: Any, bot: Bot) -> None:
        assert "Add Provider" in client.get(f"/t/clinic/bots/{bot.pk}/").content.decode()


class TestOff:
    """A channel that is off, and has a word for those who write meanwhile."""

    @pytest.fixture(autouse=True)
    def _off(self, channel: Channel) -> None:
        Channel.objects.update(is_active=False, off_message="We are closed until Monday.")

    def write(self, post: Any, work: Any, *bodies: str) -> None:
        for number, body in enumerate(bodies):
            post(notification(change(text(body, f"wamid.{body}.{number}"))))
            work()

    def test_it_is_said_once_and_what_they_write_is_held(
        self, channel: Channel, post: Any, work: Any, graph: FakeGraph
    ) -> None:
        self.write(post, work, "Hello", "Anybody?")
        assert graph.texts == ["We are closed until Monday."]
        assert {m.status for m in Message.objects.filter(direction="inbound")} == {Status.HELD}

    def test_once_it_is_on_again_all_of_it_is_answered(
        self, client: Any, channel: Channel, post: Any, work: Any, graph: FakeGraph
    ) -> None:
        self.write(post, work, "Hello")
        address = f"/t/clinic/bots/{channel.bot_id}/channels/{channel.pk}/"
        form = client.get(address).context["form"]
        filled = {name: value for name, value in form.initial.items() if value not in (None, [])}
        client.post(address, filled | {"is_active": "on"})
        work()
        assert graph.texts == ["We are closed until Monday.", "Hello"]
        assert Conversation.objects.get().off_told_at is None

    def test_without_a_word_nothing_is_said(self, channel: Channel, post: Any, work: Any, graph: FakeGraph) -> None:
        Channel.objects.update(off_message="")
        self.write(post, work, "Hello")
        assert graph.texts == []
