"""Files that programs upload: the team's own, taken up to their limit, and sent by their id."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from channels_app.models import KeptFile
from channels_app.simulator.rehearsal.meta import Meta
from tests.fixtures import client_of
from tests.simulator.attachments import PDF

pytestmark = pytest.mark.django_db

URL = "/api/v1/media/"
FORM = "multipart/form-data; boundary=x"


def upload(api: APIClient, content: bytes = PDF, name: str = "letter.pdf", **more: Any) -> Any:
    return api.post(URL, {"file": SimpleUploadedFile(name, content)}, format="multipart", **more)


def test_an_uploaded_file_is_sent_by_its_id(meta: Meta) -> None:
    api = client_of(meta.channel.team)
    answer = upload(api)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["name"], told["mime_type"], told["size"]) == ("letter.pdf", "application/pdf", len(PDF))
    thandi = meta.person("Thandi")
    thandi.writes("Hello")
    thandi.hears("Hello")
    body = {"channel": str(meta.channel.pk), "to": thandi.number, "attachment": {"media": told["id"]}}
    sent = api.post("/api/v1/messages/", {**body, "text": "Yours"}, format="json")
    assert sent.status_code == 202, sent.content
    bubble = thandi.hears("Yours")
    assert (bubble.type, bubble.content["filename"]) == ("document", "letter.pdf")


def test_only_the_team_itself_sees_it(api: APIClient, other_api: APIClient) -> None:
    told = upload(api).json()
    assert api.get(f"{URL}{told['id']}/").json()["sha256"] == told["sha256"]
    assert other_api.get(f"{URL}{told['id']}/").status_code == 404


def test_a_file_of_another_team_cannot_be_sent(meta: Meta, other_api: APIClient) -> None:
    told = upload(other_api).json()
    body = {"channel": str(meta.channel.pk), "to": "+27 83 555 0100", "attachment": {"media": told["id"]}}
    answer = client_of(meta.channel.team).post("/api/v1/messages/", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["attachment"][0].endswith("Upload it first, at media/.")


@pytest.mark.parametrize(
    ("attachment", "sentence"),
    [
        ({"media": "nonsense"}, "`media` is the id of a file that was uploaded here."),
        ({"media": "nonsense", "url": "https://example.org/a"}, "A file has an address or an id: leave out"),
    ],
)
def test_what_is_no_file_is_told(api: APIClient, channel: Any, attachment: Any, sentence: str) -> None:
    body = {"channel": str(channel.pk), "to": "+27 83 555 0100", "attachment": attachment}
    answer = api.post("/api/v1/messages/", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["attachment"][0].startswith(sentence)


def test_a_file_past_the_limit_is_refused_before_it_is_read(api: APIClient) -> None:
    answer = upload(api, CONTENT_LENGTH=str(101 * 1024 * 1024))
    assert (answer.status_code, answer.json()["detail"]) == (413, "A file may have up to 100 MB.")
    assert not KeptFile.objects.exists()


def test_a_storage_that_is_away_is_told_as_such(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(name: str, content: Any, **more: Any) -> str:
        raise OSError("full")

    monkeypatch.setattr(default_storage, "save", full)
    answer = upload(api)
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("The storage of this server does not take the file.")
    assert not KeptFile.objects.exists()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("{}", "application/json"),
        ("nonsense", FORM),
        ("nonsense", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nwords\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_what_is_no_upload_is_refused_with_a_sentence(api: APIClient, content: str, kind: str) -> None:
    answer = api.generic("POST", URL, content, content_type=kind)
    assert answer.status_code in (400, 415)
    assert answer.json()
