from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from channels_app.gateways import gateway_for
from channels_app.gateways.base import Gateway
from channels_app.graph.client import GraphClient
from channels_app.graph.transport import Transport
from channels_app.models import SIMULATED, Channel, Provider, Team, User
from channels_app.outbound import presence
from channels_app.simulator import accounts, people
from channels_app.simulator.models import SimulatedChat, SimulatedNumber, SimulatedPerson
from tests.fixtures import make_channel, make_provider
from tests.simulator import stillness
from tests.simulator.graph_calls import Graph

PATIENCE = 60


@pytest.fixture(autouse=True)
def _still_at_the_end(_django_db_marker: None) -> Iterator[None]:
    """No thread of the simulator's outlives a test, for the test's database does not either."""
    stillness.begins()
    yield
    assert stillness.comes(within=PATIENCE), "The simulator is still at work: who tells the webhook asks for `wired`."


@pytest.fixture
def provider(team: Team) -> Provider:
    """A simulated one."""
    return make_provider(team, waba_id="sim-1", kind=SIMULATED)


@pytest.fixture
def number(provider: Provider) -> SimulatedNumber:
    return accounts.account_of(provider).numbers.earliest("id")


@pytest.fixture
def channel(provider: Provider, number: SimulatedNumber) -> Channel:
    return make_channel(provider, number.phone_number_id, phone_number=f"+{number.digits}")


@pytest.fixture
def thandi(number: SimulatedNumber) -> SimulatedPerson:
    return people.somebody(number.account.team_id)


@pytest.fixture
def chat(number: SimulatedNumber, thandi: SimulatedPerson) -> SimulatedChat:
    """That of somebody who reads what comes, without a phone before anybody's eyes."""
    chat = people.chat(number, thandi)
    chat.reads_at_once = True
    chat.save()
    return chat


@pytest.fixture
def wired(live_server: LiveServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveServer]:
    """A server of ours, with the simulator and the webhook calling each other over HTTP, until all is still."""
    settings.SIMULATOR_GRAPH_URL = f"{live_server.url}/simulator/graph"
    settings.SIMULATOR_WEBHOOK_URL = f"{live_server.url}/api/channels/meta/"
    with ThreadPoolExecutor(4) as callers:
        monkeypatch.setattr(presence._board, "_callers", callers)
        yield live_server
    assert stillness.comes(within=PATIENCE)
    Transport.close_all()


@pytest.fixture
def gateway(wired: LiveServer, provider: Provider) -> Gateway:
    return gateway_for(provider)


@pytest.fixture
def graph(wired: LiveServer, provider: Provider) -> Graph:
    """Graph, called without a client."""
    return Graph(base=wired.url, token=provider.access_token)


@pytest.fixture
def client_of(wired: LiveServer, provider: Provider) -> Callable[..., GraphClient]:
    """A client of Graph's with the provider's credentials, or with others."""

    def make(**other: Any) -> GraphClient:
        own = {"token": provider.access_token, "app_secret": provider.app_secret}
        return GraphClient(base_url=f"{wired.url}/simulator/graph", version="v25.0", **(own | other))

    return make


@pytest.fixture
def browser(wired: LiveServer, alice: User) -> Client:
    """Alice, signed in."""
    client = Client()
    client.force_login(alice)
    return client
