"""Links: who has one sees one file, for a while, and what is in it has no power over the page."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client

from channels_app import clock
from channels_app.media import keeping, links
from channels_app.models import KeptFile, Team
from tests.simulator.attachments import PDF, png

pytestmark = pytest.mark.django_db


def kept(team: Team, content: bytes, name: str = "") -> KeptFile:
    return keeping.keep(team.pk, BytesIO(content), name=name)


def asked(client: Client, row: KeptFile, **headers: str) -> Any:
    return client.get(links.link(row.pk).removeprefix("http://testserver"), headers=headers)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_what_can_be_shown_is_shown_in_a_sandbox(client: Client, team: Team) -> None:
    answer = asked(client, kept(team, png(), "roof.png"))
    assert body(answer) == png()
    assert answer["Content-Disposition"] == 'inline; filename="roof.png"'
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'; ")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script>", b"<svg onload=alert(1)>", b"MZ\x90\0", b"Hi"])
def test_everything_else_is_downloaded(client: Client, team: Team, content: bytes) -> None:
    answer = asked(client, kept(team, content, "photo.png"))
    assert answer["Content-Disposition"].startswith("attachment")
    assert body(answer) == content


def test_a_player_gets_the_part_that_it_asks_for(client: Client, team: Team) -> None:
    row = kept(team, PDF)
    answer = asked(client, row, Range="bytes=1-4")
    assert (answer.status_code, body(answer), answer["Content-Range"]) == (206, PDF[1:5], f"bytes 1-4/{len(PDF)}")
    assert body(asked(client, row, Range="bytes=-5")) == PDF[-5:]
    assert body(asked(client, row, Range="bytes=10-")) == PDF[10:]
    for odd in ("bytes=90-99", "bytes=5-1", "bytes=-", "lines=1-2", "bytes=0-1,3-4"):
        assert body(asked(client, row, Range=odd)) == PDF


def test_a_link_ends(client: Client, team: Team) -> None:
    row = kept(team, PDF)
    address = links.link(row.pk).removeprefix("http://testserver")
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert client.get(address).status_code == 410


def test_a_link_that_was_tampered_with_leads_nowhere(client: Client, team: Team) -> None:
    address = links.link(kept(team, PDF).pk).removeprefix("http://testserver/f/")
    changed = ("B" if address[0] == "A" else "A") + address[1:]
    for token in (changed, "x", "é", address[:-1], address + "AAAA", "." * 60):
        assert client.get(f"/f/{token}").status_code == 404


def test_a_file_that_is_gone_is_said_to_be(client: Client, team: Team) -> None:
    row = kept(team, PDF)
    default_storage.delete(row.file)
    assert asked(client, row).status_code == 410
    KeptFile.objects.all().delete()
    assert asked(client, row).status_code == 410
