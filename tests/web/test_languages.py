"""The pages in French, and the way they are written."""

import gettext
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from channels_app.models import User
from tests.web.pages import signed_in

LOCALE = Path(__file__).parents[2] / "channels_app/locale"
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
