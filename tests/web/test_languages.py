"""The pages in French, and the way they are written."""

import ast
import copy
import gettext
import json
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.test import Client
from django.utils.translation import override, trim_whitespace

from channels_app import clock
from channels_app.graph.meanings import MEANINGS, explain
from channels_app.models import Channel, Checkup, Message, Provider, Status, User
from channels_app.phrases import filled
from channels_app.told import as_kept, told
from channels_app.web.conversations import waiting
from tests.web.pages import signed_in

ROOT = Path(__file__).parents[2]
LOCALE = ROOT / "channels_app/locale"
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "marked"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture
def french() -> dict[str, str]:
    with (LOCALE / "fr/LC_MESSAGES/django.mo").open("rb") as file:
        found = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key[0] if isinstance(key, tuple) else key: said for key, said in found.items() if key}


def test_what_is_filled_in_is_filled_in_in_french_too(french: dict[str, str]) -> None:
    wrong = [key for key, said in french.items() if set(PLACEHOLDER.findall(said)) - set(PLACEHOLDER.findall(key))]
    assert wrong == []


def test_the_catalogue_has_no_holes() -> None:
    source = (LOCALE / "fr/LC_MESSAGES/django.po").read_text()
    assert "fuzzy" not in source
    assert re.findall(r'^msgstr(?:\[\d\])? ""\n(?!")', source, re.MULTILINE) == []


def test_the_browsers_language_is_spoken(alice: User) -> None:
    page = signed_in(alice).get("/t/clinic/settings/", headers={"Accept-Language": "fr"}).content.decode()
    assert '<html lang="fr" dir="ltr"' in page
    assert "Fournisseurs de messagerie" in page


def test_a_language_that_was_chosen_stays(alice: User) -> None:
    client = signed_in(alice)
    client.post("/language/", {"language": "fr"}, headers={"Referer": "http://testserver/t/clinic/"})
    assert "Vue d&#x27;ensemble" in client.get("/t/clinic/").content.decode().replace("Vue d'", "Vue d&#x27;")


def test_pages_may_run_from_right_to_left(client: Client, db: None, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("ar", "العربية")]
    page = client.get("/accounts/login/", headers={"Accept-Language": "ar"}).content.decode()
    assert '<html lang="ar" dir="rtl"' in page


def test_no_style_or_template_of_ours_knows_left_from_right() -> None:
    root = Path(__file__).parents[2]
    ours = [root / "styles/components.css"]
    ours += [path for path in (root / "templates").rglob("*.html") if "simulator" not in path.parts]
    sided = re.compile(
        r"(?<![\w-])(?:ml|mr|pl|pr|left|right|text-left|text-right|border-l|border-r|rounded-[lr])-?\d*(?=[\s\";])"
    )
    classes = re.compile(r'class="([^"]*)"|@apply ([^;]*);')
    found = {
        str(path.relative_to(root)): sided.findall(" ".join(map("".join, classes.findall(path.read_text()))))
        for path in ours
    }
    assert {path: said for path, said in found.items() if said} == {}


def test_what_is_not_there_is_told_in_french_too(alice: User) -> None:
    page = signed_in(alice).get("/t/nobody/", headers={"Accept-Language": "fr"})
    assert page.status_code == 404
    assert "Cette page n'existe pas" in page.content.decode()


def _read(source: str) -> dict[str, list[str]]:
    """What a catalogue says, by what is asked: of the .po, as `msgfmt` would read it."""
    found: dict[str, list[str]] = {}
    for block in source.split("\n\n"):
        said: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if begun := re.match(r'(msg\w+(?:\[\d\])?) (".*")$', line):
                name, said[begun[1]] = begun[1], ast.literal_eval(begun[2])
            elif line.startswith('"'):
                said[name] += ast.literal_eval(line)
        if said.get("msgid"):
            found[said["msgid"]] = [text for key, text in said.items() if key.startswith("msgstr")]
    return found


@pytest.fixture
def source() -> dict[str, list[str]]:
    return _read((LOCALE / "fr/LC_MESSAGES/django.po").read_text())


def test_what_is_compiled_is_what_is_written(source: dict[str, list[str]]) -> None:
    with (LOCALE / "fr/LC_MESSAGES/django.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    compiled: dict[str, list[str]] = {}
    for key, said in catalogue.items():
        compiled.setdefault(key[0] if isinstance(key, tuple) else key, []).append(said)
    assert {key: said for key, said in compiled.items() if key} == source


def test_nothing_that_is_said_is_missing_in_french(source: dict[str, list[str]]) -> None:
    said = set(_said_by_modules()) | set(_said_by_templates())
    assert len(said) > 500
    assert sorted(said - source.keys()) == []


def _said_by_modules() -> Iterator[str]:
    for path in (*(ROOT / "channels_app").rglob("*.py"), *(ROOT / "ocs_meta").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
                for word in node.args[:1]:
                    if isinstance(word, ast.Constant) and isinstance(word.value, str):
                        yield word.value


def _said_by_templates() -> Iterator[str]:
    for path in (ROOT / "templates").rglob("*.html"):
        nodes = engines["django"].engine.from_string(path.read_text()).nodelist  # type: ignore[attr-defined]
        for each in nodes.get_nodes_by_type(TranslateNode):
            if each.filter_expression.var.literal is not None:
                yield each.filter_expression.var.literal
        for block in nodes.get_nodes_by_type(BlockTranslateNode):
            words = block.render_token_list(block.singular)[0]
            yield trim_whitespace(words) if block.trimmed else words


class TestWhatOthersSaid:
    """Sentences that are made where no language is known, and told in the reader's."""

    def test_a_failure_says_why_in_french(self, alice: User, channel: Channel) -> None:
        error = {
            "code": 131026,
            "title": explain(131026).title,
            "detail": "Said by Meta",
            "advice": explain(131026).advice,
        }
        message = Message(status=Status.FAILED, error=error)
        with override("fr"):
            failure = waiting.failure_of(message, is_first=True)
        assert failure is not None
        assert failure.title == "Cette personne ne peut pas être jointe sur WhatsApp ; Meta ne dit jamais pourquoi."
        assert failure.advice.startswith("Vérifiez si le numéro est sur WhatsApp")
        assert failure.detail == "Said by Meta"

    @pytest.mark.parametrize("code", sorted(MEANINGS))
    def test_every_reason_of_metas_has_french_words(self, code: int, french: dict[str, str]) -> None:
        assert {explain(code).title, explain(code).advice} <= french.keys()

    def test_a_check_up_is_told_in_french(self, alice: User, provider: Provider) -> None:
        detail = filled("Webhooks of %(number)s go nowhere.", number="+27 60 055 1234")
        kept = json.loads(
            json.dumps(as_kept({"name": "Webhook address", "status": "error", "detail": detail, "fix": ""}))
        )
        Checkup.objects.create(provider=provider, at=clock.now(), lines=[kept])
        page = signed_in(alice).get(f"/t/clinic/settings/providers/{provider.pk}/", headers={"Accept-Language": "fr"})
        assert "Les webhooks de +27 60 055 1234 ne vont nulle part." in page.content.decode()
        assert "Adresse du webhook" in page.content.decode()

    def test_so_is_what_is_wrong_with_a_field(self, alice: User) -> None:
        filled_in = {"engine": "rules", "name": "", "rules_rules": '[{"when": 1, "reply": "x"}]'}
        page = signed_in(alice).post("/t/clinic/bots/new/", filled_in, headers={"Accept-Language": "fr"})
        said = page.content.decode()
        assert "Règle 1 : `when` est ce que la règle attend" in said
        assert "Heures d&#x27;ouverture" in said

    def test_a_sentence_stays_itself_when_it_is_copied(self) -> None:
        said = filled(
            "Rule %(number)d: %(what)s", number=1, what=filled("This is an object, such as %(example)s.", example="{}")
        )
        for each in (said, copy.deepcopy(said), pickle.loads(pickle.dumps(said))):  # noqa: S301
            assert each == "Rule 1: This is an object, such as {}."
            with override("fr"):
                assert told(each) == "Règle 1 : Il faut un objet, par exemple {}."
