"""A provider's row and its gateway: what the one knows the other goes by, and remembers."""

import pytest
import responses
from django.conf import LazySettings

from channels_app import clock
from channels_app.errors import AccessLost
from channels_app.gateways import gateway_for, reader_for
from channels_app.gateways.meta.gateway import MetaGateway, SimulatedGateway
from channels_app.graph.signature import sign
from channels_app.messages import Address, SendText
from channels_app.models import Provider
from channels_app.models.provider import SIMULATED
from tests.gateways.far_end import INVALID_PROOF, NUMBER, SENT, asked

PERSON, TEXT = Address(wa_id="27831234567"), SendText(body="Hi")


def gateway_of(provider: Provider) -> MetaGateway:
    gateway = gateway_for(provider)
    assert isinstance(gateway, MetaGateway)
    return gateway


def test_a_gateway_speaks_for_its_provider(provider: Provider, settings: LazySettings) -> None:
    provider.app_id = "731905518842217"
    credentials = gateway_of(provider).credentials
    assert (credentials.waba_id, credentials.token, credentials.app_secret, credentials.app_id) == (
        provider.waba_id,
        provider.access_token,
        provider.app_secret,
        "731905518842217",
    )
    assert (credentials.base_url, credentials.version) == (settings.GRAPH_API_URL, settings.GRAPH_API_VERSION)


def test_a_simulated_one_speaks_to_the_simulator_alone(provider: Provider, settings: LazySettings) -> None:
    provider.kind = SIMULATED
    gateway = gateway_of(provider)
    assert isinstance(gateway, SimulatedGateway)
    assert gateway.credentials.base_url == settings.SIMULATOR_GRAPH_URL


def test_where_the_simulator_is_off_it_says_so_and_calls_nobody(provider: Provider, settings: LazySettings) -> None:
    provider.kind = SIMULATED
    settings.SIMULATOR = False
    gateway = gateway_of(provider)
    for call in (gateway.probe, gateway.own_numbers, lambda: gateway.send(NUMBER, PERSON, TEXT, "m.1")):
        with pytest.raises(AccessLost, match="The simulator is switched off"):
            call()
    (check,) = gateway.check("http://testserver/api/channels/meta/")
    assert (check.status, "SIMULATOR=true" in check.fix) == ("error", True)


@pytest.mark.parametrize(("changed_meanwhile", "is_remembered"), [(False, True), (True, False)])
def test_a_refused_proof_is_remembered_unless_the_secret_was_changed_meanwhile(
    provider: Provider, changed_meanwhile: bool, is_remembered: bool
) -> None:
    if changed_meanwhile:
        Provider.objects.filter(pk=provider.pk).update(updated_at=clock.now())
    with responses.RequestsMock() as wire:
        messages = f"{gateway_of(provider).credentials.base_url}/v25.0/{NUMBER}/messages"
        wire.post(messages, json=INVALID_PROOF, status=400)
        wire.post(messages, json=SENT)
        gateway_of(provider).send(NUMBER, PERSON, TEXT, "m.1")
    assert Provider.objects.get(pk=provider.pk).proof_refused is is_remembered


def test_a_proof_that_was_refused_is_not_sent_again(provider: Provider) -> None:
    provider.proof_refused = True
    with responses.RequestsMock() as wire:
        wire.post(f"{gateway_of(provider).credentials.base_url}/v25.0/{NUMBER}/messages", json=SENT)
        gateway_of(provider).send(NUMBER, PERSON, TEXT, "m.1")
        assert "appsecret_proof" not in asked(wire.calls[0].request)


def test_the_reader_believes_a_signature_of_any_of_the_secrets() -> None:
    reader = reader_for("meta")
    assert reader.is_authentic(b"{}", sign(b"{}", "new"), ["old", "new"])
    assert not reader.is_authentic(b"{ }", sign(b"{}", "new"), ["old", "new"])
    assert not reader.is_authentic(b"{}", "", ["", "old"])
