"""Which role may do what, at every address there is; and that none is left unguarded."""

import re
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse

from channels_app.models import Membership, Team
from channels_app.teams.access import TeamPermission, TeamView
from channels_app.teams.roles import MAY, Capability, Role, given_by
from tests.fixtures import FakeGraph, person
from tests.web.pages import Page, all_pages, furnish, signed_in

OPEN = {
    "home": "asks to sign in",
    "theme": "keeps a cookie",
    "set_language": "keeps a cookie",
    "invitation": "whoever has the link",
    "team_new": "whoever is signed in",
    "file": "whoever has the link, which names one file and expires",
    "meta_webhook": "signed by Meta",
    "schema": "the API's description, the same for all",
    "docs": "the API's description, the same for all",
    "health": "for those who probe",
    "metrics": "for those who probe",
}
UNKNOWN_TO_ALL = "api/v1/^.*/$"
GUARDED_BY_OTHERS = ("admin/", "accounts/", "simulator/")
"""Django's admin is for staff, allauth guards its own pages, and so does the simulator, which has tests for that."""

NAMES_A_MESSAGE = ("conversation_send_again", "conversation_put_away")
"""What is unknown there is the message that an empty form does not name."""

PAGES = {page.name: page for page in all_pages() if page.route.startswith("t/")}
DOCS = Path(__file__).parents[2] / "docs/roles.md"


def test_no_page_is_left_unguarded() -> None:
    assert [page.route for page in all_pages() if not _is_guarded(page)] == []


def _is_guarded(page: Page) -> bool:
    route = page.route.replace("^", "")
    if page.name in OPEN or page.route == UNKNOWN_TO_ALL or route.startswith(GUARDED_BY_OTHERS):
        return True
    if route.startswith("api/v1/"):
        return TeamPermission in getattr(page.view_class, "permission_classes", [])
    return isinstance(page.view_class, type) and issubclass(page.view_class, TeamView) and "<slug:slug>" in route


@pytest.mark.parametrize("name", sorted(PAGES))
def test_each_role_may_what_the_table_says(team: Team, graph: FakeGraph, name: str) -> None:
    ground = furnish(team, "104216845993017", "118930421775604")
    view = PAGES[name].view_class
    address = _address(name, ground.address(name))
    wrong = {403, 500} if name in NAMES_A_MESSAGE else {403, 404, 500}
    for role in reversed(Role):
        client = signed_in(person(f"{role}@example.org", team, role))
        for method, needed in (("get", view.needs), ("post", view.needs_to_change or view.needs)):
            with transaction.atomic():
                answer = getattr(client, method)(address)
                transaction.set_rollback(True)  # what one role deletes, the next finds there
            if needed in MAY[role]:
                assert answer.status_code not in wrong, (method, role)
            else:
                assert answer.status_code == 403, (method, role)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_to_strangers_a_team_does_not_exist(team: Team, name: str, other_team: Team) -> None:
    ground = furnish(team, "104216845993017", "118930421775604")
    stranger = signed_in(person("stranger@example.org", other_team, Role.OWNER))
    address = _address(name, ground.address(name))
    assert stranger.get(address).status_code == 404
    assert stranger.post(address).status_code == 404


def _address(name: str, rows: dict[str, object]) -> str:
    wanted = re.findall(r"<\w+:(\w+)>", PAGES[name].route)
    return reverse(name, kwargs={key: rows[key] for key in wanted})


def test_the_documents_table_is_the_one_that_holds() -> None:
    found = dict(re.findall(r"^\| `(\w+)` \|(.*)\|$", DOCS.read_text(), re.MULTILINE))
    expected = {
        capability.value: " | ".join("yes" if capability in MAY[role] else "" for role in Role)
        for capability in Capability
    }
    assert {name: re.sub(r"\s+", " ", row).strip() for name, row in found.items()} == {
        name: re.sub(r"\s+", " ", f"{row} ").strip() for name, row in expected.items()
    }


def test_the_documents_name_every_page() -> None:
    text = DOCS.read_text()
    for page in PAGES.values():
        needs = page.view_class.needs
        changes = page.view_class.needs_to_change or needs
        row = re.search(rf"^\| `{re.escape('/' + page.route)}` \| (\w+) \| (\w+) \|$", text, re.MULTILINE)
        assert row is not None, page.route
        assert row.groups() == (needs.value, changes.value), page.route


def test_nobody_gives_more_than_they_have() -> None:
    assert given_by(Role.OWNER) == list(Role)
    assert Role.OWNER not in given_by(Role.ADMIN)
    assert given_by(Role.EDITOR) == given_by(Role.AGENT) == given_by(Role.VIEWER) == []


def test_a_member_may_what_the_role_may(team: Team) -> None:
    user = person("agent@example.org", team, Role.AGENT)
    membership = Membership.objects.get(user=user)
    assert membership.may(Capability.ANSWER)
    assert not membership.can["edit_bots"]
