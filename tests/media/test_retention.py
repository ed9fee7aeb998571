"""How long files are kept: as the team says, or else as the server does."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage

from channels_app import clock, pruning
from channels_app.media import keeping
from channels_app.models import KeptFile, Team, User
from tests.web.pages import signed_in

pytestmark = pytest.mark.django_db


def after(days: int) -> None:
    with time_machine.travel(clock.now() + timedelta(days=days)):
        pruning.prune()


def test_files_are_kept_for_good_where_nobody_says_otherwise(team: Team) -> None:
    keeping.keep(team.pk, BytesIO(b"words"))
    after(3000)
    assert KeptFile.objects.exists()


def test_they_go_when_their_team_says(team: Team, other_team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(files_kept_for=30)
    row, other = keeping.keep(team.pk, BytesIO(b"words")), keeping.keep(other_team.pk, BytesIO(b"words"))
    after(29)
    assert default_storage.exists(row.file)
    after(31)
    assert not default_storage.exists(row.file)
    assert list(KeptFile.objects.all()) == [other]


def test_they_say_so_on_the_web(team: Team, alice: User) -> None:
    row, client = keeping.keep(team.pk, BytesIO(b"words")), signed_in(alice)
    client.post("/t/clinic/settings/files/", {"files_kept_for": "30"})
    page = client.get("/t/clinic/settings/").content.decode()
    assert "Deleted 30 days after they were last of use." in page
    assert "changed for how many days files are kept: 30" in page
    after(31)
    assert not default_storage.exists(row.file)


@pytest.mark.parametrize("days", ["-1", "40000", "a month"])
def test_a_time_that_is_none_is_refused_at_its_field(team: Team, alice: User, days: str) -> None:
    answer = signed_in(alice).post("/t/clinic/settings/files/", {"files_kept_for": days})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["files_kept_for"])
    team.refresh_from_db()
    assert team.files_kept_for is None


def test_or_when_the_server_does_and_the_team_says_nothing(team: Team, other_team: Team, settings: Any) -> None:
    settings.FILES_KEPT_FOR = 7
    Team.objects.filter(pk=other_team.pk).update(files_kept_for=0)
    keeping.keep(team.pk, BytesIO(b"words"))
    other = keeping.keep(other_team.pk, BytesIO(b"words"))
    after(8)
    assert list(KeptFile.objects.all()) == [other]


def test_what_was_used_again_stays(team: Team, settings: Any) -> None:
    settings.FILES_KEPT_FOR = 30
    keeping.keep_once(team.pk, BytesIO(b"words"), name="a")
    with time_machine.travel(clock.now() + timedelta(days=20)):
        keeping.keep_once(team.pk, BytesIO(b"words"), name="a")
    after(40)
    assert KeptFile.objects.count() == 1
