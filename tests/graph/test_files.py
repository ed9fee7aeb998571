"""Files at Graph: looked up, fetched from Meta's own hosts alone, and sent up piece by piece."""

import re
from io import BytesIO
from typing import Any

import pytest
import responses

from channels_app.graph import hosts
from channels_app.graph.client import GraphClient
from channels_app.graph.errors import BadRequest, OutcomeUnknown, RecipientRefused, Refused, TryAgain
from channels_app.graph.multipart import Multipart
from channels_app.graph.transport import Transport
from tests.far_end import FarEnd

GRAPH = "https://graph.facebook.com"
FILE = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=8733&ext=1"
LARGEST = 1000


@pytest.fixture
def client() -> GraphClient:
    return GraphClient(base_url=GRAPH, version="v25.0", token="t0ken", app_secret="secret", transport=Transport())


def fetched(client: GraphClient, url: str = FILE) -> bytes:
    into = BytesIO(b"what was there before")
    client.download(url, into, LARGEST)
    return into.getvalue()


@responses.activate
def test_a_file_is_fetched_with_the_token_and_without_its_proof(client: GraphClient) -> None:
    responses.get(FILE, body=b"photo")
    assert fetched(client) == b"photo"
    (asked,) = responses.calls
    assert asked.request.headers["Authorization"] == "Bearer t0ken"
    assert asked.request.headers["User-Agent"]
    assert "appsecret_proof" not in (asked.request.url or "")


@responses.activate
def test_at_graph_itself_the_proof_goes_along(client: GraphClient) -> None:
    responses.get(re.compile(rf"{GRAPH}/file"), body=b"photo")
    assert fetched(client, f"{GRAPH}/file?mid=1") == b"photo"
    assert "mid=1&appsecret_proof=" in (responses.calls[0].request.url or "")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.org/file",
        "http://lookaside.fbsbx.com/file",
        "https://lookaside.fbsbx.com:8443/file",
        "https://lookaside.fbsbx.com.evil.example.org/file",
        "https://evilfbsbx.com/file",
        "https://u:p@lookaside.fbsbx.com/file",
        "https://graph.facebook.com.evil.example.org/",
        "file:///etc/passwd",
        "https://[",
        "",
    ],
)
def test_no_other_host_is_asked(url: str) -> None:
    with pytest.raises(BadRequest):
        hosts.is_graph(url, GRAPH)


@responses.activate
def test_a_redirect_is_followed_to_a_host_of_metas_alone(client: GraphClient) -> None:
    responses.get(FILE, status=302, headers={"Location": "https://scontent.fbcdn.net/a"})
    responses.get("https://scontent.fbcdn.net/a", body=b"photo")
    assert fetched(client) == b"photo"
    responses.replace(responses.GET, FILE, status=302, headers={"Location": "https://example.org/a"})
    with pytest.raises(BadRequest):
        fetched(client)


@responses.activate
def test_one_that_redirects_for_ever_is_given_up(client: GraphClient) -> None:
    responses.get(FILE, status=302, headers={"Location": FILE})
    with pytest.raises(BadRequest):
        fetched(client)
    assert len(responses.calls) == 3


@responses.activate
def test_what_is_larger_than_allowed_is_not_taken(client: GraphClient) -> None:
    responses.get(FILE, body=b"x" * (LARGEST + 1))
    with pytest.raises(RecipientRefused) as refused:
        fetched(client)
    assert (refused.value.code, refused.value.detail) == (131052, "The file is larger than 1000 bytes.")


@responses.activate
@pytest.mark.parametrize(("status", "error"), [(404, TryAgain), (401, TryAgain), (500, OutcomeUnknown)])
def test_a_link_that_is_dead_may_be_asked_for_anew(client: GraphClient, status: int, error: type[Exception]) -> None:
    responses.get(FILE, status=status)
    with pytest.raises(error):
        fetched(client)


@responses.activate
@pytest.mark.parametrize("size", ["18231", 18231, None])
def test_a_file_is_looked_up_by_its_id(client: GraphClient, size: Any) -> None:
    known = {"url": FILE, "mime_type": "image/jpeg", "sha256": "AB" * 32, "file_size": size, "id": "8733"}
    responses.get(f"{GRAPH}/v25.0/8733", json=known)
    facts = client.media("8733", "118930421775604")
    assert (facts.url, facts.mime_type, facts.sha256) == (FILE, "image/jpeg", "ab" * 32)
    assert "phone_number_id=118930421775604" in (responses.calls[0].request.url or "")


def test_a_file_goes_up_as_a_form_with_its_type_and_name(far_end: FarEnd) -> None:
    far_end.otherwise = lambda asked: (200, {"id": "8800"})
    client = GraphClient(base_url=far_end.url, version="v25.0", token="t0ken", transport=Transport())
    content = b"voice" * 100_000
    assert client.upload("1189", BytesIO(content), len(content), "audio/ogg; codecs=opus", 'a "b".ogg') == "8800"
    (asked,) = far_end.asked
    assert asked.headers["Content-Length"] == str(len(asked.body))
    assert asked.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert b'name="messaging_product"\r\n\r\nwhatsapp\r\n' in asked.body
    assert b'name="type"\r\n\r\naudio/ogg; codecs=opus\r\n' in asked.body
    assert b'filename="a %22b%22.ogg"\r\nContent-Type: audio/ogg; codecs=opus\r\n\r\nvoice' in asked.body
    assert content in asked.body
    client.transport.close()


def test_an_answer_without_an_id_is_none(far_end: FarEnd) -> None:
    client = GraphClient(base_url=far_end.url, version="v25.0", token="t0ken", transport=Transport())
    with pytest.raises((OutcomeUnknown, Refused)):
        client.upload("1189", BytesIO(b"x"), 1, "image/png", "a.png")
    client.transport.close()


@pytest.mark.parametrize("piece", [1, 7, 65536, -1])
def test_a_form_is_read_in_pieces_of_any_size_and_again(piece: int) -> None:
    form = Multipart({"type": "image/png"}, BytesIO(b"picture" * 9), 63, "image/png", "ä\r\n.png")
    for _ in range(2):
        read = b"".join(iter(lambda: form.read(piece), b""))
        assert len(read) == len(form)
        assert b"\r\n\r\n" + b"picture" * 9 + b"\r\n--" in read
        form.rewind()
