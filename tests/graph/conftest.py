import json
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from channels_app.graph.client import GraphClient
from channels_app.graph.transport import Transport

DATA = Path(__file__).parent.parent / "data" / "graph"
BASE = "https://graph.example.com/v25.0"
TOKEN = "token-of-alice-and-nobody-else"
APP_SECRET = "0123456789abcdef0123456789abcdef"

Recorded = Callable[[str], Mapping[str, Any]]
Make = Callable[..., GraphClient]


@pytest.fixture
def transport() -> Iterator[Transport]:
    transport = Transport()
    yield transport
    transport.close()


@pytest.fixture
def client(transport: Transport) -> GraphClient:
    return GraphClient(
        base_url="https://graph.example.com",
        version="v25.0",
        token=TOKEN,
        app_secret=APP_SECRET,
        transport=transport,
    )


@pytest.fixture
def graph() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def recorded() -> Recorded:
    def read(name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads((DATA / f"{name}.json").read_text())
        return found

    return read


@pytest.fixture
def to(transport: Transport) -> Make:
    def make(port: int, scheme: str = "http", seconds: float = 5.0) -> GraphClient:
        return GraphClient(
            base_url=f"{scheme}://127.0.0.1:{port}",
            version="v25.0",
            token="token-of-alice",
            connect_seconds=seconds,
            read_seconds=seconds,
            transport=transport,
        )

    return make


@pytest.fixture
def dead_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def send(client: GraphClient) -> str:
    return client.send_message("118930421775604", {"type": "text"}).wamid


def query(graph: responses.RequestsMock, call: int = -1) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(graph.calls[call].request.url or "").query).items()}
