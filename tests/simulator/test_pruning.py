"""What our Meta keeps, it keeps for a while: rows by age and number, files as long as somebody can ask for them."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile

from channels_app import clock
from channels_app.models import Team
from channels_app.simulator import pruning, tasks, wirelog
from channels_app.simulator.graph import media
from channels_app.simulator.models import (
    Author,
    SimulatedChat,
    SimulatedExchange,
    SimulatedMedia,
    SimulatedMessage,
    SimulatedNumber,
)
from ocs_meta.celery import app
from tests.simulator.test_phone_messages import number_says
from tests.simulator.test_wirelog import exchange

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "simulator"


def kept(number: SimulatedNumber, days: float = 1) -> SimulatedMedia:
    return media.keep(number, ContentFile(b"%PDF-"), "application/pdf", "a.pdf", timedelta(days=days))


def age(folder: Path) -> None:
    """Have all files be two hours old."""
    before = (clock.now() - timedelta(hours=2)).timestamp()
    for path in folder.iterdir():
        os.utime(path, (before, before))


class TestFiles:
    def test_those_of_a_team_that_is_deleted_go(self, folder: Path, number: SimulatedNumber, other_team: Team) -> None:
        kept(number)
        age(folder)
        pruning.prune()
        assert len(list(folder.iterdir())) == 1
        Team.objects.filter(pk=number.account.team_id).delete()
        assert len(list(folder.iterdir())) == 1
        pruning.prune()
        assert list(folder.iterdir()) == []

    def test_those_of_a_number_that_is_deleted_go_and_the_others_stay(
        self, folder: Path, number: SimulatedNumber
    ) -> None:
        kept(number)
        stays = kept(number.account.numbers.exclude(pk=number.pk)[0])
        age(folder)
        number.delete()
        pruning.prune()
        assert [path.name for path in folder.iterdir()] == [Path(str(stays.file.name)).name]

    def test_those_that_nobody_can_ask_for_any_more_go_with_their_rows(
        self, folder: Path, number: SimulatedNumber
    ) -> None:
        expired = kept(number, days=-1)
        pruning.prune()
        assert not SimulatedMedia.objects.filter(pk=expired.pk).exists()
        assert list(folder.iterdir()) == []

    def test_one_in_the_making_stays(self, folder: Path, number: SimulatedNumber) -> None:
        kept(number)
        (folder / "0123").write_bytes(b"half of it")
        pruning.prune()
        assert (folder / "0123").exists()

    def test_a_folder_that_is_not_there_is_no_fault(self, folder: Path) -> None:
        pruning.prune()
        assert not folder.exists()


class TestRows:
    def test_a_chat_keeps_its_newest_messages(
        self, chat: SimulatedChat, number: SimulatedNumber, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pruning, "MESSAGES_OF_A_CHAT", 3)
        monkeypatch.setattr(pruning, "AT_ONCE", 2)
        for place in range(8):
            number_says(chat, "text", {"body": str(place)})
        pruning.prune()
        assert [row.content["body"] for row in SimulatedMessage.objects.all()] == ["5", "6", "7"]

    def test_what_is_old_goes(self, chat: SimulatedChat, team: Team) -> None:
        old = clock.now() - timedelta(days=91)
        SimulatedMessage.objects.create(
            chat=chat, number=chat.number, author=Author.PERSON, wamid="wamid.old", type="text", created_at=old
        )
        number_says(chat, "text", {"body": "new"})
        for remark in ("old", "new"):
            wirelog.note(team.pk, None, exchange(remark=remark))
        SimulatedExchange.objects.filter(remark="old").update(created_at=clock.now() - timedelta(days=8))
        tasks.prune()
        assert [row.content["body"] for row in SimulatedMessage.objects.all()] == ["new"]
        assert [row.remark for row in SimulatedExchange.objects.all()] == ["new"]

    def test_the_log_of_each_team_has_an_end(
        self, team: Team, other_team: Team, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(wirelog, "KEPT", 2)
        for _ in range(4):
            wirelog.note(team.pk, None, exchange())
            wirelog.note(other_team.pk, None, exchange())
        pruning.prune()
        for each in (team, other_team):
            assert SimulatedExchange.objects.filter(team=each).count() == 2


def test_it_is_done_every_hour_where_the_simulator_is_on() -> None:
    assert project.SIMULATOR
    assert app.conf.beat_schedule["prune-simulator"]["task"] == tasks.prune.name
