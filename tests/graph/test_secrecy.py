import logging
import traceback
from collections.abc import Iterator

import pytest
import requests
import responses
import urllib3

from channels_app.graph.client import GraphClient
from channels_app.graph.errors import GraphError, NotConnected, OutcomeUnknown, Unreachable
from channels_app.graph.signature import appsecret_proof
from channels_app.graph.transport import Transport
from tests.graph.conftest import APP_SECRET, BASE, TOKEN
from tests.graph.wires import Line, answer_all, hang_up_after_the_request, wire

SECRETS = (TOKEN, APP_SECRET, appsecret_proof(TOKEN, APP_SECRET))
MESSAGES = f"{BASE}/118930421775604/messages"
NEVER_LEFT = {
    *("ConnectTimeout", "ProxyError", "InvalidURL", "InvalidProxyURL", "InvalidSchema", "MissingSchema", "URLRequired"),
    *("ConnectTimeoutError", "NewConnectionError", "NameResolutionError"),
    *("LocationValueError", "LocationParseError", "URLSchemeUnknown", "ProxySchemeUnknown"),
}


def lower_errors() -> Iterator[type[Exception]]:
    for module, root in (
        (requests.exceptions, requests.RequestException),
        (urllib3.exceptions, urllib3.exceptions.HTTPError),
    ):
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, root) and thing.__module__ == module.__name__:
                yield thing


def everything_about(error: BaseException) -> str:
    """What an error report may hold: the chain, the frames below the test, and what stands in them."""
    assert (error.__cause__, error.__context__) == (None, None)
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [frame for frame in report.stack if frame.filename != __file__]
    assert frames
    return f"{[(frame.line, frame.locals) for frame in frames]} {error} {error!r} {vars(error)}"


def assert_keeps_secrets(text: str) -> None:
    assert not [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("lower", list(lower_errors()), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_lower_error_is_one_of_ours(
    lower: type[Exception], client: GraphClient, graph: responses.RequestsMock
) -> None:
    graph.post(MESSAGES, body=lower.__new__(lower))
    with pytest.raises(Unreachable) as caught:
        client.send_message("118930421775604", {})
    expected = lower.__name__ in NEVER_LEFT and lower is not urllib3.exceptions.ProxyError
    assert type(caught.value) is (NotConnected if expected else OutcomeUnknown)
    assert len(graph.calls) == (2 if expected else 1)


class TestSecrets:
    def test_are_not_in_what_is_printed(self, client: GraphClient) -> None:
        assert_keeps_secrets(f"{client!r} {client}")

    def test_are_not_in_a_failure_to_connect(self, transport: Transport) -> None:
        client = GraphClient(
            base_url="http://127.0.0.1:1", version="v25.0", token=TOKEN, app_secret=APP_SECRET, transport=transport
        )
        with pytest.raises(NotConnected) as caught:
            client.send_message("118930421775604", {})
        assert_keeps_secrets(everything_about(caught.value))

    def test_are_not_in_a_cut(self, transport: Transport) -> None:
        with wire(hang_up_after_the_request) as served:
            client = GraphClient(
                base_url=f"http://127.0.0.1:{served.port}",
                version="v25.0",
                token=TOKEN,
                app_secret=APP_SECRET,
                transport=transport,
            )
            with pytest.raises(OutcomeUnknown) as caught:
                client.debug_token()
        assert_keeps_secrets(everything_about(caught.value))

    @pytest.mark.parametrize("echo", SECRETS)
    def test_are_not_in_a_refusal_that_repeats_them(
        self, client: GraphClient, graph: responses.RequestsMock, echo: str
    ) -> None:
        graph.post(MESSAGES, status=401, json={"error": {"code": 190, "message": f"Malformed access token {echo}"}})
        with pytest.raises(GraphError) as caught:
            client.send_message("118930421775604", {})
        assert_keeps_secrets(f"{caught.value!r} {caught.value} {vars(caught.value)}")

    @pytest.mark.parametrize(
        "token", ["", "two words-of-alice", "line\nbreak-of-alice", "tokén-of-alice", "\ud800-of-alice"]
    )
    def test_that_no_header_can_carry_are_refused_unseen(self, token: str, transport: Transport) -> None:
        client = GraphClient(base_url="http://127.0.0.1:1", version="v25.0", token=token, transport=transport)
        with pytest.raises(GraphError) as caught:
            client.waba("104216845993017")
        assert getattr(caught.value, "code", None) == 190
        assert "of-alice" not in everything_about(caught.value)

    def test_are_not_logged_by_those_who_log_addresses(
        self, transport: Transport, caplog: pytest.LogCaptureFixture
    ) -> None:
        heard = []

        def listen(line: Line) -> None:
            heard.append(line.hear())
            line.say(b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"data": {}}')

        with wire(listen) as served, caplog.at_level(logging.DEBUG, logger="urllib3.connectionpool"):
            GraphClient(
                base_url=f"http://127.0.0.1:{served.port}",
                version="v25.0",
                token=TOKEN,
                app_secret=APP_SECRET,
                transport=transport,
            ).debug_token()
        assert f"input_token={TOKEN}&appsecret_proof={SECRETS[2]}".encode() in heard[0]
        assert "/v25.0/debug_token?input_token=***&appsecret_proof=***" in caplog.text
        assert_keeps_secrets(caplog.text)

    def test_of_the_token_stand_in_no_address_of_a_message(self, transport: Transport) -> None:
        heard = []

        def listen(line: Line) -> None:
            heard.append(line.hear())
            answer_all(line)

        with wire(listen) as served:
            client = GraphClient(
                base_url=f"http://127.0.0.1:{served.port}",
                version="v25.0",
                token=TOKEN,
                read_seconds=0.2,
                transport=transport,
            )
            with pytest.raises(OutcomeUnknown):
                client.mark_read("118930421775604", "wamid.1", typing=False)
        assert TOKEN.encode() not in heard[0].splitlines()[0]
        assert f"Authorization: Bearer {TOKEN}".encode() in heard[0].splitlines()
