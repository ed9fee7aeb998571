"""Rules that are written without JSON: in rows, which can be added, moved and taken away, with scripts or without."""

import json
from typing import Any, ClassVar

import pytest

from channels_app.bots.config import Setting
from channels_app.bots.rules import reading
from channels_app.bots.rules.settings import Rules
from channels_app.forms.editors.rules import MOST_ROWS
from channels_app.models import Bot, Team, User
from tests.web.pages import signed_in

NEW = "/t/clinic/bots/new/"
MENU = {
    "when": ["menu", "hi*"],
    "reply": {
        "text": "**What** is it?",
        "choices": [{"id": "book", "title": "A visit", "description": "With us"}, "Hours"],
    },
}
NESTED = '{"more": [' + '{"a":[' * 700 + "]}" * 700 + "]}"
RICH = {
    "when": "map",
    "reply": [{"text": "Here", "location": {"latitude": -33.9, "longitude": 18.4}}, "And so on", {"reaction": "👍"}],
    "handover": "wants a visit",
    "always": True,
}


@pytest.fixture
def client(alice: User) -> Any:
    return signed_in(alice)


def row(key: int, when: str = "", text: str = "", **more: Any) -> dict[str, Any]:
    """A row of the editor as it is sent, with no choices."""
    name = f"rules_rules-{key}"
    return {f"{name}-when": when, f"{name}-text": text, **{f"{name}-{part}": said for part, said in more.items()}}


def sent(*rows: dict[str, Any], keys: Any = None, **more: Any) -> dict[str, Any]:
    """A form with `rows`, as a browser sends it."""
    given: dict[str, Any] = {"engine": "rules", "name": "Menu", "is_active": "on", "rules_rules-as": "fields"}
    given["rules_rules-row"] = list(range(len(rows))) if keys is None else keys
    return {name: said for each in (given, *rows, more) for name, said in each.items()}


def as_sent(form: Any) -> dict[str, Any]:
    """What a browser sends of the page of `form`, when nothing is changed."""
    given: dict[str, Any] = {"engine": "rules", "name": form["name"].value(), "is_active": "on"}
    for name in ("rules_rules", "rules_fallback", "rules_closed", "rules_hours"):
        given[f"{name}-as"] = "fields"
    draft = form["rules_rules"].shown
    given["rules_rules-row"] = [each.key for each in draft.rows]
    for each in draft.rows:
        given |= {f"{each.name}-when": each.when, f"{each.name}-why": each.why} | answer(each.answer)
        given |= {f"{each.name}-always": "on"} if each.always else {}
        given |= {f"{each.name}-handover": "on"} if each.hands_over else {}
        given |= {f"{each.name}-raw": each.raw} if each.raw is not None else {}
    given |= answer(form["rules_fallback"].shown) | answer(form["rules_closed"].shown)
    for day in form["rules_hours"].shown.days:
        given[f"{day.name}-open"] = [span.start for span in day.shown_spans]
        given[f"{day.name}-close"] = [span.end for span in day.shown_spans]
    given["rules_timezone"] = form["rules_timezone"].value()
    given["rules_holidays"] = "\n".join(form["rules_holidays"].initial or [])
    return given


def answer(draft: Any) -> dict[str, Any]:
    given = {f"{draft.name}-text": draft.text.replace("\n", "\r\n"), f"{draft.name}-kept": draft.kept_as_json}
    for part in ("title", "description", "id"):
        given[f"{draft.name}-{part}"] = [getattr(choice, part) for choice in draft.shown_choices]
    return given


def rules_of(answer: Any) -> list[tuple[str, str]]:
    """The rows of the page: what each waits for and says."""
    return [(each.when, each.answer.text) for each in answer.context["form"]["rules_rules"].shown.rows]


class TestWriting:
    def test_a_bot_is_made_without_json(self, client: Any) -> None:
        choices = {"title": ["A visit", "Hours", ""], "description": ["With us", "", ""], "id": ["", "", ""]}
        given = sent(row(0, "menu\r\nhi*", "What\r\nis it?", **choices), row(1, "hours", "From 8."), row(2))
        answer = client.post(NEW, given | {"rules_fallback-as": "fields", "rules_fallback-text": "Pardon?"})
        assert answer.status_code == 302
        assert Bot.objects.get().config == {
            "rules": [
                {
                    "when": ["menu", "hi*"],
                    "reply": {
                        "text": "What\nis it?",
                        "choices": [{"title": "A visit", "description": "With us"}, "Hours"],
                    },
                },
                {"when": "hours", "reply": "From 8."},
            ],
            "fallback": "Pardon?",
        }

    def test_the_order_of_the_rows_is_that_of_the_rules(self, client: Any) -> None:
        client.post(NEW, sent(row(0, "a", "1"), row(1, "b", "2"), keys=[1, 0]))
        assert [rule["when"] for rule in Bot.objects.get().config["rules"]] == ["b", "a"]

    def test_a_rule_hands_over_and_holds_always(self, client: Any) -> None:
        client.post(NEW, sent(row(0, "help", handover="on", why="asked for help"), row(1, "hours", "8.", always="on")))
        assert Bot.objects.get().config["rules"] == [
            {"when": "help", "handover": "asked for help"},
            {"when": "hours", "reply": "8.", "always": True},
        ]

    def test_hours_are_written_by_the_day(self, client: Any) -> None:
        hours: dict[str, Any] = {f"rules_hours-{day}-open": "08:00" for day in ("mon", "tue", "wed")}
        hours |= {f"rules_hours-{day}-close": "17:00" for day in ("mon", "tue", "wed")}
        hours |= {"rules_hours-sat-open": ["09:00", "22:00"], "rules_hours-sat-close": ["12:00", "02:00"]}
        more = {"rules_timezone": "Africa/Johannesburg", "rules_holidays": "2026-12-25\r\n2027-01-01"}
        client.post(NEW, sent(row(0, "a", "1")) | hours | more | {"rules_hours-as": "fields"})
        config = Bot.objects.get().config
        assert config["hours"] == {"mon-wed": "08:00-17:00", "sat": ["09:00-12:00", "22:00-02:00"]}
        assert (config["holidays"], config["timezone"]) == (["2026-12-25", "2027-01-01"], "Africa/Johannesburg")


class TestWhatStays:
    CONFIG: ClassVar[dict[str, Any]] = {
        "rules": [
            MENU,
            RICH,
            {"when": "stop", "reply": ""},
            {"when": "a\nb", "reply": {"template": {"name": "new_bot_message"}}},
        ],
        "fallback": {"text": "Pardon?", "link": {"url": "https://example.org", "title": "Look"}},
        "closed": ["One", "Two"],
        "hours": {"mon-fri": "08:00-24:00", "sat": ["09:00-12:00", "22:00-02:00"]},
        "holidays": ["2026-12-25"],
        "timezone": "Africa/Johannesburg",
    }

    @pytest.fixture
    def rich(self, team: Team) -> Bot:
        return Bot.objects.create(team=team, name="Menu", engine="rules", config=self.CONFIG)

    def test_what_no_field_shows_survives_an_edit(self, client: Any, rich: Bot) -> None:
        page = f"/t/clinic/bots/{rich.pk}/edit/"
        given = as_sent(client.get(page).context["form"])
        assert client.post(page, given | {"name": "Changed"}).status_code == 302
        rich.refresh_from_db()
        assert rich.name == "Changed"
        assert reading.read(rich.config["rules"]) == reading.read(self.CONFIG["rules"])
        for name in ("fallback", "closed"):
            assert reading.read_replies(rich.config[name]) == reading.read_replies(self.CONFIG[name])
        assert rich.config["hours"] == {"mon-fri": "08:00-00:00", "sat": ["09:00-12:00", "22:00-02:00"]}
        assert (rich.config["holidays"], rich.config["timezone"]) == (["2026-12-25"], "Africa/Johannesburg")

    def test_the_text_beside_it_can_be_changed(self, client: Any, rich: Bot) -> None:
        page = f"/t/clinic/bots/{rich.pk}/edit/"
        client.post(page, as_sent(client.get(page).context["form"]) | {"rules_rules-1-text": "Come here"})
        rich.refresh_from_db()
        reply = rich.config["rules"][1]["reply"]
        assert reply == [{"text": "Come here", "location": RICH["reply"][0]["location"]}, *RICH["reply"][1:]]  # type: ignore[index]

    def test_the_page_says_what_it_does_not_show(self, client: Any, rich: Bot) -> None:
        page = client.get(f"/t/clinic/bots/{rich.pk}/edit/").content.decode()
        assert "It also has a place, 2 more messages." in page
        assert "This rule says more than fields can: as JSON" in page

    @pytest.mark.parametrize(
        "kept", ["{", "[]", '{"reply": 1, "more": {}}', '{"more": ["\\ud800"]}', "[" * 100_000, NESTED]
    )
    def test_what_somebody_makes_of_it_does_no_harm(self, client: Any, kept: str) -> None:
        given = sent(row(0, "a", "1", kept=kept))
        assert client.post(NEW, given | {"rules_rules-do": "json"}).status_code == 200
        assert client.post(NEW, given).status_code == 302
        assert Bot.objects.get().config == {"rules": [{"when": "a", "reply": "1"}]}

    @pytest.mark.parametrize("depth", [30, 100, 300, 440, 450, 495])
    def test_what_is_as_deep_as_can_be_read_is_refused(self, client: Any, depth: int) -> None:
        kept = '{"reply": {"link": ' + '{"a":[' * depth + "]}" * depth + "}}"
        given = sent(row(0, "a", "1", kept=kept), {**row(1), "rules_rules-1-raw": kept})
        assert client.post(NEW, given).status_code == 422
        assert client.post(NEW, given | {"rules_rules-do": "json"}).status_code == 200
        assert not Bot.objects.exists()

    def test_more_rules_than_fields_are_good_for_are_json(self, client: Any, team: Team) -> None:
        many = [{"when": str(number), "reply": "x"} for number in range(MOST_ROWS + 1)]
        bot = Bot.objects.create(team=team, name="Many", engine="rules", config={"rules": many})
        shown = client.get(f"/t/clinic/bots/{bot.pk}/edit/").context["form"]["rules_rules"].shown
        assert json.loads(shown.text) == many

    def test_as_many_as_fields_are_good_for_can_be_sent(self, client: Any) -> None:
        titles = {"title": ["A choice"] * 11, "description": [""] * 11, "id": [""] * 11}
        rows = [row(number, str(number), "x", why="", **titles) for number in range(MOST_ROWS)]
        assert client.post(NEW, sent(*rows)).status_code == 302


class TestRearranging:
    """The buttons of the editor, for those without scripts: nothing is saved, and nothing typed is lost."""

    ROWS = (row(0, "a", "1"), row(3, "b", "2"), row(2, "", "half"))
    KEYS = (0, 3, 2)

    def press(self, client: Any, deed: str) -> Any:
        answer = client.post(NEW, sent(*self.ROWS, keys=self.KEYS, name="", **{"rules_rules-do": deed}))
        assert answer.status_code == 200
        assert not Bot.objects.exists()
        assert "field-error" not in answer.content.decode()
        return answer

    @pytest.mark.parametrize(
        ("deed", "left"),
        [
            ("up 3", "ba-"),
            ("down 0", "ba-"),
            ("up 0", "ab-"),
            ("down 2", "ab-"),
            ("remove 3", "a-"),
            ("remove 99", "ab-"),
            ("remove " + "9" * 5000, "ab-"),
            ("nonsense 0", "ab-"),
            ("add", "ab--"),
        ],
    )
    def test_rows_move(self, client: Any, deed: str, left: str) -> None:
        rows = rules_of(self.press(client, deed))
        assert "".join(when or "-" for when, _text in rows) == left
        assert ("", "half") in rows

    def test_a_new_row_has_a_key_of_its_own(self, client: Any) -> None:
        shown = self.press(client, "add").context["form"]["rules_rules"].shown
        assert [each.key for each in shown.rows] == ["0", "3", "2", "4"]

    def test_choices_are_added_and_removed(self, client: Any) -> None:
        choices = {"title": ["Yes", "No"], "description": ["", ""], "id": ["", ""]}
        given = sent(row(0, "a", "1", **choices))
        for deed, left in (
            ("answer:unchoice 0.0", ["No"]),
            ("answer:choice 0", ["Yes", "No", ""]),
            ("answer:unchoice 0.7", ["Yes", "No"]),
        ):
            draft = client.post(NEW, given | {"rules_rules-do": deed}).context["form"]["rules_rules"].shown.rows[0]
            assert [choice.title for choice in draft.answer.choices] == left
            assert draft.is_open

    def test_a_day_gets_more_hours(self, client: Any) -> None:
        given = sent(row(0)) | {"rules_hours-as": "fields", "rules_hours-do": "add sat"}
        days = client.post(NEW, given).context["form"]["rules_hours"].shown.days
        assert [len(day.shown_spans) for day in days] == [1, 1, 1, 1, 1, 2, 1]

    def test_the_button_that_enter_presses_saves(self, client: Any) -> None:
        page = client.get(NEW, {"engine": "rules"}).content.decode()
        form = page[page.index('<form class="form"') :]
        assert form.index("<button") == form.index('<button class="sr-only" tabindex="-1"')


class TestAsJson:
    def test_it_goes_there_and_back(self, client: Any) -> None:
        answer = client.post(NEW, sent(row(0, "a", "1"), **{"rules_rules-do": "json"}))
        written = answer.context["form"]["rules_rules"].shown.text
        assert json.loads(written) == [{"when": "a", "reply": "1"}]
        given = {"engine": "rules", "name": "", "rules_rules": written, "rules_rules-do": "fields"}
        assert rules_of(client.post(NEW, given))[0] == ("a", "1")

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ("[{", "This is not JSON"),
            ('[{"when": 1, "reply": "x"}]', "Rule 1: `when`"),
            ('[{"when": "x", "reply": "\\ud800"}]', "cannot be kept"),
            ("text", "This is a list of rules"),
        ],
    )
    def test_what_is_none_stays_with_a_sentence(self, client: Any, written: str, said: str) -> None:
        given = {"engine": "rules", "name": "Menu", "rules_rules": written}
        for more in ({"rules_rules-do": "fields"}, {}):
            answer = client.post(NEW, given | more)
            assert answer.context["form"]["rules_rules"].shown.text == written
            assert said in answer.content.decode().replace("&quot;", '"')
        assert not Bot.objects.exists()

    def test_a_text_that_looks_like_json_stays_a_text(self, client: Any) -> None:
        given = sent(row(0, "a", "1")) | {"rules_fallback-as": "fields", "rules_fallback-text": "[sic]"}
        shown = client.post(NEW, given | {"rules_fallback-do": "json"}).context["form"]["rules_fallback"].shown
        client.post(NEW, sent(row(0, "a", "1")) | {"rules_fallback": shown.text})
        assert reading.read_replies(Bot.objects.get().config["fallback"]) == reading.read_replies("[sic]")


class TestWhatIsWrong:
    def draft(self, client: Any, given: dict[str, Any]) -> Any:
        answer = client.post(NEW, given)
        assert answer.status_code == 422
        assert not Bot.objects.exists()
        return answer.context["form"]

    @pytest.mark.parametrize(
        ("bad", "piece", "said"),
        [
            (row(1, "", "x"), "wrong_when", "Write what it answers to."),
            (row(1, "/(/", "x"), "wrong_when", "no regular expression"),
            (row(1, "x" * 501, "x"), "wrong_when", "too long"),
            (row(1, "a\0", "x"), "wrong_when", "cannot be kept"),
            (row(1, "a", handover="on", why="\0"), "wrong_when", "cannot be kept"),
            ({**row(1), "rules_rules-1-raw": "{"}, "wrong", "This is not JSON"),
            ({**row(1), "rules_rules-1-raw": '{"when": "a"}'}, "wrong", "`reply` is needed"),
        ],
    )
    def test_it_stands_in_its_row_at_its_field(self, client: Any, bad: dict[str, Any], piece: str, said: str) -> None:
        rows = self.draft(client, sent(row(0, "a", "1"), bad))["rules_rules"].shown.rows
        assert said in getattr(rows[1], piece)
        assert not rows[0].wrong_when

    @pytest.mark.parametrize(
        ("bad", "said"),
        [
            (row(1, "a"), "Write what it answers."),
            (row(1, "a", "x\0"), "cannot be kept"),
            (row(1, "a", "x", kept='{"reply": {"template": {"name": "t"}}}'), "A template says its own words"),
            (row(1, "a", "x", kept='{"reply": {"magic": 1}}'), "magic"),
        ],
    )
    def test_so_does_what_is_wrong_with_the_answer(self, client: Any, bad: dict[str, Any], said: str) -> None:
        answer = self.draft(client, sent(row(0, "a", "1"), bad))["rules_rules"].shown.rows[1].answer
        assert said in f"{answer.wrong} {answer.kept_in_words}"
        assert answer.wrong

    def test_a_choice_without_a_title_is_marked(self, client: Any) -> None:
        choices = {"title": ["Yes", ""], "description": ["", "what?"], "id": ["", ""]}
        form = self.draft(client, sent(row(0, "a", "1", **choices)))
        assert [choice.wrong for choice in form["rules_rules"].shown.rows[0].answer.choices] == [
            "",
            "The words to choose are needed.",
        ]

    @pytest.mark.parametrize(("start", "end"), [("08:00", ""), ("8 o'clock", "17:00"), ("08:00\0", "17:00")])
    def test_hours_that_are_none_are_marked_at_their_day(self, client: Any, start: str, end: str) -> None:
        hours = {"rules_hours-as": "fields", "rules_hours-tue-open": start, "rules_hours-tue-close": end}
        days = self.draft(client, sent(row(0, "a", "1")) | hours)["rules_hours"].shown.days
        assert [bool(day.wrong) for day in days] == [False, True, False, False, False, False, False]

    def test_no_rules_at_all_are_too_few(self, client: Any) -> None:
        form = self.draft(client, sent(row(0), row(1)))
        assert form.errors["rules_rules"] == ["This is needed."]

    def test_all_of_it_is_told_at_once(self, client: Any) -> None:
        form = self.draft(client, sent(row(0, "", "1"), name="", rules_timezone="Mars"))
        assert {"name", "rules_rules", "rules_timezone"} <= form.errors.keys()


class OthersEngine:
    """An engine of somebody else's, which takes rules and knows nothing of editors."""

    settings: ClassVar[tuple[Setting, ...]] = (Rules(name="replies", label="Replies", needed=True),)

    def __init__(self, means: Any, replies: Any) -> None:
        self.replies = replies


def test_an_engine_of_others_has_the_editor_by_its_settings(client: Any, settings: Any) -> None:
    settings.BOT_ENGINES = {**settings.BOT_ENGINES, "others": f"{__name__}.OthersEngine"}
    given = {"engine": "others", "name": "Theirs", "others_replies-as": "fields", "others_replies-row": "0"}
    given |= {"others_replies-0-when": "a", "others_replies-0-text": "1"}
    assert client.post(NEW, given).status_code == 302
    assert Bot.objects.get().config == {"replies": [{"when": "a", "reply": "1"}]}
