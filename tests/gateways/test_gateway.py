from collections.abc import Iterator
from typing import Any

import pytest
import responses

from channels_app.errors import AccessLost, GiveUp, OutcomeUnknown, StepDown, TryLater, WindowShut
from channels_app.gateways.base import OwnNumber, Sent
from channels_app.gateways.meta.credentials import Credentials
from channels_app.gateways.meta.gateway import MetaGateway
from channels_app.graph.transport import Transport
from channels_app.messages import Address, SendText
from tests.gateways.far_end import NO_PROOF, NUMBER, SECRET, SENT, TOKEN, WABA, asked, error, minds_proof, posted, says

TEXT = SendText(body="Hi")
PERSON = Address(wa_id="27831234567")
CREDENTIALS = Credentials(
    provider_id="1",
    waba_id=WABA,
    token=TOKEN,
    app_secret=SECRET,
    base_url="https://graph.example.com",
    version="v25.0",
)


@pytest.fixture
def graph() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def refusals() -> list[str]:
    """What was told of a refused proof."""
    return []


@pytest.fixture
def gateway(refusals: list[str]) -> Iterator[MetaGateway]:
    transport = Transport()
    yield MetaGateway(CREDENTIALS, lambda: refusals.append("refused"), transport)
    transport.close()


def test_credentials_show_no_secret() -> None:
    assert TOKEN not in repr(CREDENTIALS)
    assert SECRET not in repr(CREDENTIALS)


class TestSend:
    def test_gives_the_id_and_who_it_went_to(self, gateway: MetaGateway, graph: responses.RequestsMock) -> None:
        says(graph, "POST", f"{NUMBER}/messages", SENT)
        assert gateway.send(NUMBER, PERSON, TEXT, "m.1") == Sent(external_id="wamid.OUT", recipient=PERSON)
        assert posted(graph.calls[0])["biz_opaque_callback_data"] == "m.1"
        assert "appsecret_proof" in asked(graph.calls[0].request)

    @pytest.mark.parametrize(
        ("answer", "verdict"),
        [
            (error(131047), WindowShut),
            (error(132005), StepDown),
            (error(190), AccessLost),
            (error(131026), GiveUp),
            (error(131016), TryLater),
        ],
    )
    def test_raises_what_an_error_asks_of_us(
        self, gateway: MetaGateway, graph: responses.RequestsMock, answer: Any, verdict: type[Exception]
    ) -> None:
        says(graph, "POST", f"{NUMBER}/messages", answer)
        with pytest.raises(verdict):
            gateway.send(NUMBER, PERSON, TEXT, "m.1")

    def test_does_not_know_the_outcome_of_an_answer_without_an_id(
        self, gateway: MetaGateway, graph: responses.RequestsMock
    ) -> None:
        says(graph, "POST", f"{NUMBER}/messages", {"messages": []})
        with pytest.raises(OutcomeUnknown):
            gateway.send(NUMBER, PERSON, TEXT, "m.1")

    def test_to_nobody_is_given_up_without_asking(self, gateway: MetaGateway) -> None:
        with pytest.raises(GiveUp, match="nobody"):
            gateway.send(NUMBER, Address(), TEXT, "m.1")


class TestProof:
    def test_that_is_invalid_is_left_out_and_remembered(
        self, gateway: MetaGateway, graph: responses.RequestsMock, refusals: list[str]
    ) -> None:
        minds_proof(graph, "POST", f"{NUMBER}/messages", SENT)
        for _ in range(2):
            assert gateway.send(NUMBER, PERSON, TEXT, "m.1").external_id == "wamid.OUT"
        assert ["appsecret_proof" in asked(call.request) for call in graph.calls] == [True, False, False]
        assert refusals == ["refused"]

    def test_that_is_invalid_is_remembered_though_the_call_is_refused(
        self, gateway: MetaGateway, graph: responses.RequestsMock, refusals: list[str]
    ) -> None:
        minds_proof(graph, "POST", f"{NUMBER}/messages", error(131047))
        with pytest.raises(WindowShut):
            gateway.send(NUMBER, PERSON, TEXT, "m.1")
        assert refusals == ["refused"]

    def test_that_is_invalid_and_demanded_is_a_matter_of_access(
        self, gateway: MetaGateway, graph: responses.RequestsMock, refusals: list[str]
    ) -> None:
        minds_proof(graph, "POST", f"{NUMBER}/messages", NO_PROOF)
        with pytest.raises(AccessLost) as lost:
            gateway.send(NUMBER, PERSON, TEXT, "m.1")
        assert lost.value.problem.title == "Access token and app secret belong to different Meta apps."
        assert refusals == []


class TestOthers:
    def test_receipt_asks_for_the_typing_sign(self, gateway: MetaGateway, graph: responses.RequestsMock) -> None:
        says(graph, "POST", f"{NUMBER}/messages", {"success": True})
        gateway.mark_read(NUMBER, "wamid.IN", typing=True)
        assert posted(graph.calls[0])["typing_indicator"] == {"type": "text"}

    def test_own_numbers_say_how_fast_they_may_be(self, gateway: MetaGateway, graph: responses.RequestsMock) -> None:
        numbers = [
            {"id": "1", "display_phone_number": "+27 60 055 1234", "throughput": {"level": "STANDARD"}},
            {"id": "2", "display_phone_number": "+1 555 078 3881", "throughput": {"level": "HIGH"}},
            {"id": "3", "display_phone_number": "+1 555 078 3882", "is_on_biz_app": True},
            {"id": "4", "display_phone_number": "+1 555 078 3883", "throughput": {"level": "NOT_APPLICABLE"}},
        ]
        says(graph, "GET", f"{WABA}/phone_numbers", {"data": numbers})
        found = gateway.own_numbers()
        assert [number.throughput for number in found] == [80, 1000, 20, None]
        assert found[0] == OwnNumber(id="1", display="+27 60 055 1234", name="", quality="", status="", throughput=80)

    def test_templates_are_those_that_may_be_sent(self, gateway: MetaGateway, graph: responses.RequestsMock) -> None:
        body = {"type": "BODY", "text": "News: {{bot_message}} Reply."}
        found = [
            {"id": str(place), "name": name, "language": "en", "status": status, "components": [body]}
            for place, (name, status) in enumerate(
                [("news", "APPROVED"), ("news", "PENDING"), ("news", "REJECTED"), ("newsletter", "APPROVED")]
            )
        ]
        says(graph, "GET", f"{WABA}/message_templates", {"data": found})
        (template,) = gateway.templates("news")
        assert (template.name, template.status, template.body) == ("news", "APPROVED", "News: {{bot_message}} Reply.")

    @pytest.mark.parametrize(("answer", "is_back"), [({"id": WABA, "name": "Clinic"}, True), (error(190), False)])
    def test_probe_tells_whether_access_is_back(
        self, gateway: MetaGateway, graph: responses.RequestsMock, answer: Any, is_back: bool
    ) -> None:
        says(graph, "GET", WABA, answer)
        try:
            gateway.probe()
        except AccessLost:
            assert not is_back
        else:
            assert is_back
