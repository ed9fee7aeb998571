"""Management calls: what Meta tells of their limit, and what it says past it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import time_machine
from django.test import Client

from channels_app import clock
from channels_app.graph.client import GraphClient
from channels_app.graph.errors import Throttled
from channels_app.models import Channel, Message, Status
from channels_app.simulator import faults
from channels_app.simulator.graph import usage
from channels_app.simulator.models import Fault, SimulatedChat, SimulatedNumber
from tests.simulator.graph_calls import Graph
from tests.simulator.test_phone import page_of
from tests.simulator.test_whole_way import Work, working

pytestmark = pytest.mark.django_db(transaction=True)

MANAGED = ("sim-1", "sim-1/phone_numbers", "sim-1/message_templates", "sim-1/subscribed_apps", "{number}")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """What was called before does not count."""
    usage.usage.__init__()  # type: ignore[misc]
    yield
    usage.usage.__init__()  # type: ignore[misc]


def told(graph: Graph, path: str) -> tuple[int, Any]:
    """The status of an answer, and what it tells of the limit: nothing where it is `None`."""
    answer = requests.get(
        f"{graph.base}/simulator/graph/v25.0/{path}", headers={"Authorization": f"Bearer {graph.token}"}, timeout=30
    )
    header = answer.headers.get("X-Business-Use-Case-Usage")
    return answer.status_code, json.loads(header) if header else None


@pytest.mark.parametrize("path", MANAGED)
def test_every_answer_says_how_much_is_used_up(graph: Graph, number: SimulatedNumber, path: str) -> None:
    status, use = told(graph, path.format(number=number.phone_number_id))
    assert status == 200
    (account,) = use
    assert account == "sim-1"
    (counted,) = use[account]
    assert counted == {
        "type": "whatsapp",
        "call_count": 0,
        "total_cputime": 0,
        "total_time": 0,
        "estimated_time_to_regain_access": 0,
    }


def test_of_messages_and_files_nothing_is_counted(graph: Graph, chat: SimulatedChat) -> None:
    for edge in ("messages", "media"):
        assert told(graph, f"{chat.number.phone_number_id}/{edge}")[1] is None


def test_200_calls_an_hour_and_no_more_without_a_registered_number(graph: Graph, number: SimulatedNumber) -> None:
    SimulatedNumber.objects.update(status="PENDING")
    for _ in range(199):
        assert usage.usage.count(number.account)
    now = clock.now().timestamp()
    assert told(graph, "sim-1")[1]["sim-1"][0]["call_count"] == 100
    refused = graph.get("sim-1")
    assert (refused.code, refused.status) == (80007, 400)
    assert 58 <= told(graph, "sim-1")[1]["sim-1"][0]["estimated_time_to_regain_access"] <= 60
    SimulatedNumber.objects.filter(pk=number.pk).update(status="CONNECTED")
    assert graph.get("sim-1").code == 0
    SimulatedNumber.objects.update(status="PENDING")
    with time_machine.travel(now + 3601):
        assert graph.get("sim-1").code == 0


@pytest.mark.parametrize(
    ("fault", "code", "wait"), [(Fault.MANAGEMENT_TOO_FAST, 80007, 60.0), (Fault.APP_TOO_FAST, 4, None)]
)
def test_one_click_uses_it_up_and_messages_go_on(
    browser: Client,
    chat: SimulatedChat,
    channel: Channel,
    work: Work,
    client_of: Callable[..., GraphClient],
    fault: Fault,
    code: int,
    wait: float | None,
) -> None:
    browser.post(page_of(chat, "faults/"), {"switch": fault})
    with pytest.raises(Throttled) as caught:
        client_of().phone_numbers("sim-1")
    assert (caught.value.code, caught.value.retry_after) == (code, wait)
    browser.post(page_of(chat, "write/"), {"text": "Hello"})
    assert working(work, lambda: Message.objects.filter(status=Status.READ).exists())
    faults.switch_off(chat.number)
    assert client_of().phone_numbers("sim-1")
