"""The whole way: typed on the phone, answered by the bot, with every call over HTTP."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from channels_app.models import Channel, Message, Status
from channels_app.simulator.models import Author, SimulatedChat, SimulatedMessage
from channels_app.simulator.rehearsal.meta import Meta
from tests.fixtures import eventually, ours
from tests.simulator.test_phone import page_of

pytestmark = pytest.mark.django_db(transaction=True)

Work = Callable[[], object]


@pytest.fixture
def meta_channel(channel: Channel) -> Channel:
    return channel


def said(author: Author) -> list[str]:
    return list(SimulatedMessage.objects.filter(author=author).values_list("text", flat=True))


def working(work: Work, look: Callable[[], object]) -> object:
    """What `look` sees once the workers have done what came in over the wire."""
    return eventually(lambda: work() or look(), within=60)


def test_the_answer_comes_and_its_ticks_reach_the_product(
    browser: Client, chat: SimulatedChat, channel: Channel, work: Work
) -> None:
    browser.post(page_of(chat, "write/"), {"text": "Do you open / on Sunday? 😀"})
    assert working(work, lambda: said(Author.NUMBER)) == ["Do you open / on Sunday? 😀"]
    assert working(work, lambda: Message.objects.filter(status=Status.READ).exists())
    (answer,) = ours()
    assert answer.wamid == SimulatedMessage.objects.get(author=Author.NUMBER).wamid


def test_after_25_hours_the_answer_is_a_template(meta: Meta) -> None:
    thandi = meta.person("Thandi")
    thandi.writes("Still there?", hours_ago=25)
    assert "Still there?" in thandi.hears_template("Still there?").text
    assert [message.sent_as for message in meta.messages] == ["template"]
    thandi.writes("Here I am")
    thandi.hears("Here I am")


def test_the_bot_writes_to_somebody_who_never_wrote(meta: Meta) -> None:
    sipho = meta.person("Sipho")
    meta.bot_writes(sipho, "Your results are in.")
    sipho.hears_template("Your results are in.", name="new_bot_message")
    assert [(message.sent_as, message.status) for message in meta.messages] == [("template", "read")]


def test_a_number_without_channel_keeps_what_is_written(browser: Client, chat: SimulatedChat, work: Work) -> None:
    browser.post(page_of(chat, "write/"), {"text": "Anybody?"})
    delivered = SimulatedMessage.objects.filter(delivered_at__isnull=False)
    assert working(work, lambda: delivered.exists())
    assert browser.post(page_of(chat, "bot/"), {"text": "Hi"}).status_code == 404


def test_a_bot_that_is_to_say_nothing_is_told_so(browser: Client, chat: SimulatedChat, channel: Channel) -> None:
    said = browser.post(page_of(chat, "bot/"), {"text": " \n"}, headers={"HX-Request": "true"}).content.decode()
    assert "Write first what the bot is to say." in said
    assert not Message.objects.exists()


def test_a_long_answer_comes_in_order(meta: Meta) -> None:
    thandi = meta.person("Thandi")
    meta.bot_writes(thandi, "word " * 700)
    wamids = [thandi.hears_template(re.compile("word")).wamid for _ in range(4)]
    thandi.hears_nothing()
    assert [message.wamid for message in meta.messages] == wamids
