"""Files and all that may go wrong around them: workers that die, storages that are away, answers that are lost."""

from collections.abc import Callable
from io import BytesIO
from threading import Event
from typing import Any, BinaryIO

import pytest
import responses
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from channels_app import clock, pruning, tasks
from channels_app.bots.contract import Attachment, Reply
from channels_app.errors import TryLater
from channels_app.gateways import gateway_for
from channels_app.inbound import receiving
from channels_app.media import fetching, keeping, links, pictures, sniffing
from channels_app.media.porters import Porters
from channels_app.models import Channel, Fetch, KeptFile, Team
from channels_app.onboarding import teams
from channels_app.simulator.graph import media as graph_media
from channels_app.simulator.rehearsal.meta import Meta
from ocs_meta import environment
from tests.fixtures import GRAPH, NUMBER, FakeGraph, Post, change, eventually, item, notification, theirs
from tests.simulator.attachments import png

pytestmark = pytest.mark.django_db


def died(*args: object) -> None:
    raise SystemExit


def test_a_fetch_whose_worker_died_is_begun_anew(meta: Meta, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as killing:
        killing.setattr(graph_media, "lookup", died)
        meta.person("Thandi").sends_file(png(), "roof.png", wish="photo")
        with pytest.raises(SystemExit):
            meta.settle()
    assert Fetch.objects.get().tries == 1
    meta.person("Thandi").hears()
    assert theirs().attachments[0]["size"] == len(png())


def die_over_a_file(meta: Meta, monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> None:
    with monkeypatch.context() as killing:
        killing.setattr(sniffing, "look", died)
        with pytest.raises(SystemExit):
            work()
    Fetch.objects.update(due_at=clock.now())


def test_a_file_that_ends_whoever_takes_it_is_set_aside_after_a_few_tries(
    meta: Meta, monkeypatch: pytest.MonkeyPatch
) -> None:
    thandi = meta.person("Thandi")
    thandi.sends_file(png(), "roof.png", wish="photo")
    for _ in range(fetching.SET_ASIDE_AFTER):
        die_over_a_file(meta, monkeypatch, meta.settle)
    monkeypatch.setattr(sniffing, "look", died)
    thandi.hears()
    assert theirs().attachments == [{"error": fetching.BROKE}]
    assert not Fetch.objects.exists()


def test_a_file_that_may_have_ended_workers_is_fetched_in_the_ward_alone(
    meta: Meta, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.WARD = True
    meta.person("Thandi").sends_file(png(), "roof.png", wish="photo")
    for _ in range(fetching.SUSPECT):
        die_over_a_file(meta, monkeypatch, meta.settle)
    assert (fetching.fetch_next(), fetching.are_waiting(), fetching.suspects_are_waiting()) == (False, False, True)
    tasks.work_apart()
    assert theirs().attachments[0]["size"] == len(png())


def test_a_try_that_failed_in_good_order_makes_no_file_suspect(meta: Meta, monkeypatch: pytest.MonkeyPatch) -> None:
    meta.person("Thandi").sends_file(png(), "roof.png", wish="photo")
    for _ in range(fetching.SET_ASIDE_AFTER):
        die_over_a_file(meta, monkeypatch, meta.settle)
        with monkeypatch.context() as away:
            away.setattr(default_storage, "save", full)
            fetching.fetch_next()
        Fetch.objects.update(due_at=clock.now())
    meta.person("Thandi").hears()
    assert theirs().attachments[0]["size"] == len(png())


def full(*args: object) -> None:
    raise OSError("full")


def test_a_storage_that_is_away_is_asked_again(meta: Meta, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [OSError("full"), OSError("full")]
    save = default_storage.save

    def flaky(name: str, content: Any, **more: Any) -> str:
        if name.startswith("media/") and failures:
            raise failures.pop()
        return str(save(name, content, **more))

    monkeypatch.setattr(default_storage, "save", flaky)
    meta.person("Thandi").sends_file(png(), "roof.png", wish="photo")
    meta.person("Thandi").hears()
    assert theirs().attachments[0]["size"] == len(png())


def test_what_a_bot_enclosed_and_no_storage_takes_leaves_its_words(meta: Meta, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(name: str, content: Any, **more: Any) -> str:
        raise OSError("full")

    meta.answer_with(lambda turn: Reply(text="Your chart", attachment=Attachment(content=png(), filename="chart.png")))
    monkeypatch.setattr(default_storage, "save", full)
    thandi = meta.person("Thandi")
    thandi.writes("Show me")
    thandi.hears("Your chart")
    thandi.hears_nothing()
    assert meta.messages[0].attachments[0]["error"] == "The storage of this server does not take the file."


class Bucket:
    """Gives files that come from afar once they are read, as S3's do."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        raise Foreign


class Foreign(Exception):
    """What a storage raises that is none of Django's."""


def test_trouble_of_a_bucket_is_known_before_its_file_is_read(
    team: Team, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = keeping.keep(team.pk, BytesIO(b"words"))
    monkeypatch.setattr(keeping, "FOREIGN", (Foreign,))
    monkeypatch.setattr(default_storage, "open", lambda name, mode: Bucket(BytesIO(b"words")))
    with pytest.raises(OSError, match="Foreign"):
        keeping.read(keeping.entry(row))
    assert client.get(links.link(row.pk).removeprefix("http://testserver")).status_code == 410


def test_an_upload_whose_answer_is_lost_may_be_made_again(channel: Channel, graph: FakeGraph) -> None:
    graph.wire.replace(responses.POST, f"{GRAPH}/{NUMBER}/media", body="", status=502)
    with pytest.raises(TryLater) as raised:
        gateway_for(channel.provider).upload(channel.phone_number_id, BytesIO(b"x"), 1, "image/png", "a.png")
    assert type(raised.value) is TryLater


@pytest.mark.django_db(transaction=True)
def test_porters_fetch_what_waits_and_tell_of_each(channel: Channel, graph: FakeGraph, post: Post) -> None:
    for number in range(3):
        post(notification(change(item("image", {"id": "8733", "mime_type": "image/png"}, f"wamid.{number}"))))
    assert receiving.receive().files
    told: list[int] = []
    porters = Porters(2, Event(), lambda: told.append(1))
    porters.wake()
    assert eventually(lambda: len(told) == 3)
    assert not Fetch.objects.exists()
    porters.finish()


def test_a_team_that_is_deleted_leaves_no_files(team: Team, other_team: Team) -> None:
    row, other = keeping.keep(team.pk, BytesIO(b"words")), keeping.keep(other_team.pk, BytesIO(b"words"))
    teams.delete_team(team)
    pruning.erase_teams()
    assert not default_storage.exists(row.file)
    assert list(KeptFile.objects.all()) == [other]


def test_sixteen_bits_of_grey_become_eight() -> None:
    deep, into = BytesIO(), BytesIO()
    Image.new("I;16", (9, 9), 256 * 100).save(deep, "PNG")
    assert not pictures.is_taken(deep)
    assert pictures.fitted(deep, 100_000, into) == "image/jpeg"
    shades = Image.open(into).convert("L").tobytes()
    assert 97 < min(shades) <= max(shades) < 103


@pytest.mark.parametrize(
    "content", [b"\xff\xd8\xff\xe0" + b"x" * 100, b"GIF89a" + b"\xff" * 40, b"RIFF\0\0\0\0WEBPVP8 x"]
)
def test_a_damaged_picture_is_told_as_such(content: bytes) -> None:
    with pytest.raises(pictures.NoPicture, match="It is damaged"):
        pictures.fitted(BytesIO(content), 100_000, BytesIO())


def test_files_are_kept_in_a_bucket_where_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.file_storage("S3_BUCKET")["BACKEND"].endswith("FileSystemStorage")
    monkeypatch.setenv("S3_BUCKET", "files")
    monkeypatch.setenv("S3_ENDPOINT_URL", "https://s3.example.org")
    found = environment.file_storage("S3_BUCKET")
    assert found["BACKEND"] == "storages.backends.s3.S3Storage"
    assert (found["OPTIONS"]["bucket_name"], found["OPTIONS"]["endpoint_url"]) == ("files", "https://s3.example.org")
