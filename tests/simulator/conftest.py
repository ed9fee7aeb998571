from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from channels_app.gateways import gateway_for
from channels_app.gateways.base import Gateway
from channels_app.graph.client import GraphClient
from channels_app.graph.transport import Transport
from channels_app.models import SIMULATED, Channel, Provider, Team, User
from channels_app.simulator import accounts, people
from channels_app.simulator.models import SimulatedChat, SimulatedNumber, SimulatedPerson
from channels_app.simulator.postman import postman
from tests.fixtures import make_channel, make_provider
from tests.simulator.graph_calls import Graph

PATIENCE = 10


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
    return people.chat(number, thandi)


@pytest.fixture
def wired(live_server: LiveServer, settings: Any) -> Iterator[LiveServer]:
    """A server of ours, with the simulator and the webhook calling each other over HTTP.

    No thread of the simulator's outlives a test, for the test's database does not either.
    """
    settings.SIMULATOR_GRAPH_URL = f"{live_server.url}/simulator/graph"
    settings.SIMULATOR_WEBHOOK_URL = f"{live_server.url}/api/channels/meta/"
    yield live_server
    assert postman.rest(PATIENCE)
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
