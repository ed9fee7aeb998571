"""The wire log: all that passed, both ways, and no secret in it."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import requests
from django.core import serializers
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from channels_app.graph.signature import appsecret_proof
from channels_app.models import Channel, Message, Provider, Status, Team, User
from channels_app.simulator import accounts, callbacks, faults, wirelog
from channels_app.simulator.accounts import app_id_of
from channels_app.simulator.graph import media, subscribing
from channels_app.simulator.models import Fault, SimulatedChat, SimulatedExchange, SimulatedMessage, Wire
from channels_app.simulator.phone import acting, log_views
from channels_app.simulator.postman import postman
from tests.fixtures import make_provider
from tests.simulator.test_phone import page_of
from tests.simulator.test_whole_way import Work, working

pytestmark = pytest.mark.django_db(transaction=True)


def secrets_of(provider: Provider) -> list[str]:
    proof = appsecret_proof(provider.access_token, provider.app_secret)
    return [provider.access_token, provider.app_secret, provider.verify_token, proof]


def all_that_is_kept() -> str:
    return str(serializers.serialize("json", SimulatedExchange.objects.all(), ensure_ascii=False))


def exchange(**more: Any) -> wirelog.Exchange:
    return wirelog.Exchange(wire=Wire.GRAPH, method="GET", path="/x", **more)


def test_a_whole_conversation_is_in_it_without_a_secret(
    browser: Client, chat: SimulatedChat, channel: Channel, provider: Provider, work: Work
) -> None:
    browser.post(page_of(chat, "write/"), {"text": "Hello"})
    assert working(work, lambda: Message.objects.filter(status=Status.READ).exists())
    sent = SimulatedExchange.objects.get(wire=Wire.GRAPH, wamids=SimulatedMessage.objects.get(author="number").wamid)
    assert sent.status == 200
    assert sent.sent
    assert sent.sent["text"]["body"] == "Hello"
    assert sent.query == {"appsecret_proof": wirelog.MASK}
    assert sent.headers["Authorization"] == wirelog.MASK
    told = [row for row in SimulatedExchange.objects.filter(wire=Wire.WEBHOOK) if row.wamids == sent.wamids]
    assert {row.status for row in told} == {200}
    assert {row.number_id for row in [sent, *told]} == {chat.number_id}
    assert not [secret for secret in secrets_of(provider) if secret in all_that_is_kept()]


def test_secrets_are_masked_wherever_they_stand(provider: Provider) -> None:
    provider.access_token, provider.app_secret = "to/ken +ü", 'se"cret'
    provider.save()
    for secret in secrets_of(provider):
        body = json.dumps({secret: [{"deep": f"is {secret}."}], "access_token": "another"}).encode()
        wirelog.note(provider.team_id, None, exchange(query={"q": secret}, sent=body, received=secret.encode()))
        wirelog.note(provider.team_id, None, exchange(sent=f"a=b&c={quote(secret, safe='')}".encode()))
        wirelog.note(
            provider.team_id, None, exchange(received=json.dumps({"x": secret}).replace("/", "\\/")[1:].encode())
        )
    wirelog.note(provider.team_id, None, exchange(sent=b"a=b&access_token=another&pin=another"))
    kept = all_that_is_kept()
    assert not [secret for secret in secrets_of(provider) if secret in kept or json.dumps(secret)[1:-1] in kept]
    assert "another" not in kept
    assert "to%2Fken" not in kept


def test_a_call_with_a_bad_token_is_kept_and_the_token_is_not(
    wired: LiveServer, chat: SimulatedChat, provider: Provider
) -> None:
    url = f"{wired.url}/simulator/graph/v25.0/{chat.number.phone_number_id}"
    requests.get(url, params={"access_token": "mistyped"}, headers={"Authorization": "Bearer mistyped"}, timeout=30)
    row = SimulatedExchange.objects.get()
    assert (row.status, row.number_id, row.team_id) == (401, chat.number_id, provider.team_id)
    assert "mistyped" not in all_that_is_kept()


def test_calls_that_nobody_was_let_in_for_are_in_the_log_of_whom_they_name(
    wired: LiveServer, chat: SimulatedChat, provider: Provider
) -> None:
    template = chat.number.account.templates.first()
    assert template
    for node in ("sim-1", "sim-1/phone_numbers", template.template_id):
        url = f"{wired.url}/simulator/graph/v25.0/{node}"
        assert requests.get(url, headers={"Authorization": "Bearer mistyped"}, timeout=30).status_code == 401
    assert [row.team_id for row in SimulatedExchange.objects.all()] == [provider.team_id] * 3
    assert "mistyped" not in all_that_is_kept()


def test_calls_about_a_token_an_app_or_nothing_that_is_there_are_in_the_log_of_whose_token_it_is(
    wired: LiveServer, chat: SimulatedChat, provider: Provider, other_team: Team
) -> None:
    accounts.account_of(make_provider(other_team, waba_id="sim-2", kind="simulated", app_secret="another"))
    base, app_id = f"{wired.url}/simulator/graph/v25.0", app_id_of(provider)
    app = {"Authorization": f"Bearer {app_id}|{provider.app_secret}"}
    holder = {"Authorization": f"Bearer {provider.access_token}"}
    asked = {"callback_url": callbacks.own_address(), "verify_token": "another", "fields": "messages"}
    answers = [
        requests.get(f"{base}/debug_token", params={"input_token": provider.access_token}, headers=app, timeout=30),
        requests.get(f"{base}/{app_id}/subscriptions", headers=app, timeout=30),
        requests.get(f"{base}/sim-404", headers=holder, timeout=30),
        requests.post(f"{base}/{app_id}/subscriptions", json={"object": subscribing.OBJECT, **asked}, headers=app,
                      timeout=30),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [200, 200, 400, 400]
    rows = SimulatedExchange.objects.order_by("id")
    assert {row.team_id for row in rows} == {provider.team_id}
    assert [(row.wire, row.method, row.status) for row in rows] == [
        ("graph", "GET", 200), ("graph", "GET", 200), ("graph", "GET", 400), ("webhook", "GET", 403),
        ("graph", "POST", 400),
    ]  # fmt: skip
    assert not [secret for secret in secrets_of(provider) if secret in all_that_is_kept()]


def test_a_call_without_any_right_is_told_where_only_one_team_can_be_meant(
    wired: LiveServer, chat: SimulatedChat, provider: Provider, other_team: Team
) -> None:
    url = f"{wired.url}/simulator/graph/v25.0/sim-404"
    assert requests.get(url, headers={"Authorization": "Bearer mistyped"}, timeout=30).status_code == 401
    assert SimulatedExchange.objects.get().team_id == provider.team_id
    accounts.account_of(make_provider(other_team, waba_id="sim-2", kind="simulated"))
    requests.get(url, headers={"Authorization": "Bearer mistyped"}, timeout=30)
    assert SimulatedExchange.objects.count() == 1


def test_downloads_are_in_it_and_those_that_are_refused(
    wired: LiveServer, chat: SimulatedChat, provider: Provider
) -> None:
    kept = media.keep(chat.number, ContentFile(b"%PDF-"), "application/pdf", "a.pdf", timedelta(days=1))
    link = media.link(kept)
    for headers, status in (({"Authorization": f"Bearer {provider.access_token}"}, 200), ({}, 401)):
        assert requests.get(link, headers=headers, timeout=30).status_code == status
    refused, fetched = SimulatedExchange.objects.all()
    assert (fetched.status, fetched.remark, fetched.number_id) == (200, "A file of 5 bytes.", chat.number_id)
    assert (refused.status, refused.number_id) == (401, chat.number_id)
    assert kept.media_id in fetched.query["mid"]
    assert [line.is_fine for line in log_views._lines([refused, fetched])] == [False, True]


def test_an_answer_that_was_lost_is_remarked(
    browser: Client, chat: SimulatedChat, channel: Channel, work: Work
) -> None:
    faults.switch_on(chat.number, Fault.LOST_ANSWER)
    browser.post(page_of(chat, "write/"), {"text": "Hello"})
    assert working(work, lambda: Message.objects.filter(status=Status.READ).exists())
    assert SimulatedExchange.objects.exclude(remark="").get().wire == Wire.GRAPH
    assert "The connection was cut" in browser.get("/simulator/log/").content.decode()


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b'{"a": "\\u0000\\ud800", "b": NaN, "c": 1e999}', b"[" * 5000, b"\0", b"1" * 50_000]
)
def test_odd_bodies_are_kept_as_far_as_they_can_be(team: Team, body: bytes) -> None:
    wirelog.note(team.pk, None, exchange(sent=body, received=body))
    assert SimulatedExchange.objects.count() == 1


def test_the_newest_of_each_team_are_kept(team: Team, other_team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wirelog, "KEPT", 3)
    wirelog.note(other_team.pk, None, exchange())
    monkeypatch.setattr(wirelog, "PRUNED_EVERY", 1)
    for number in range(5):
        wirelog.note(team.pk, None, exchange(remark=str(number)))
    assert [row.remark for row in SimulatedExchange.objects.filter(team=team)] == ["4", "3", "2"]
    assert SimulatedExchange.objects.filter(team=other_team).count() == 1


def test_it_can_be_switched_off(
    browser: Client, chat: SimulatedChat, channel: Channel, work: Work, settings: Any
) -> None:
    settings.SIMULATOR_WIRE_LOG = False
    browser.post(page_of(chat, "write/"), {"text": "Hello"})
    assert working(work, lambda: Message.objects.filter(status=Status.READ).exists())
    assert not SimulatedExchange.objects.exists()
    assert "SIMULATOR_WIRE_LOG" in browser.get("/simulator/log/").content.decode()


class TestPage:
    def test_the_newest_comes_first(self, browser: Client, team: Team) -> None:
        for remark in ("older", "newer"):
            wirelog.note(team.pk, None, exchange(remark=remark))
        html = browser.get("/simulator/log/").content.decode()
        assert html.index("newer") < html.index("older")

    def test_it_can_be_that_of_one_number_or_one_message(self, browser: Client, chat: SimulatedChat) -> None:
        other = chat.number.account.numbers.exclude(pk=chat.number.pk)[0]
        for number in (chat.number, other):
            wirelog.note(
                number.account.team_id,
                number,
                exchange(remark=f"of {number.digits}", sent=json.dumps({"id": f"wamid.{number.digits}+/="}).encode()),
            )
        wamid = f"wamid.{other.digits}+/="
        for query in ({"number": other.phone_number_id}, {"wamid": wamid}):
            html = browser.get("/simulator/log/", query).content.decode()
            assert f"of {other.digits}" in html
            assert f"of {chat.number.digits}" not in html
            assert f'id="{wamid}"' in html

    def test_a_bubble_leads_to_what_passed_about_it(self, browser: Client, chat: SimulatedChat) -> None:
        acting.write(chat, "Hello")
        acting.write(chat, "Another matter")
        assert postman.rest(60)
        bubble = SimulatedMessage.objects.get(text="Hello")
        link = f"/simulator/log/?message={bubble.pk}"
        assert link in browser.get(page_of(chat)).content.decode()
        html = browser.get(link).content.decode()
        assert bubble.wamid in html
        assert "Another matter" not in html

    def test_a_bubble_of_another_team_leads_nowhere(
        self, wired: LiveServer, chat: SimulatedChat, charlie: User
    ) -> None:
        acting.write(chat, "Hello")
        client = Client()
        client.force_login(charlie)
        bubble = SimulatedMessage.objects.get(text="Hello")
        assert bubble.wamid not in client.get(f"/simulator/log/?message={bubble.pk}").content.decode()

    def test_older_ones_are_a_click_away(self, browser: Client, team: Team) -> None:
        for number in range(60):
            wirelog.note(team.pk, None, exchange(remark=f"number {number:02d}"))
        html = browser.get("/simulator/log/").content.decode()
        before = html.partition("?before=")[2].partition('"')[0]
        assert "number 10" in html
        older = browser.get(f"/simulator/log/?before={before}").content.decode()
        assert "number 09" in older
        assert "number 10" not in older

    def test_other_teams_see_nothing_of_it(self, wired: LiveServer, team: Team, charlie: User) -> None:
        wirelog.note(team.pk, None, exchange(remark="ours alone"))
        client = Client()
        assert client.get("/simulator/log/").status_code == 302
        client.force_login(charlie)
        assert "ours alone" not in client.get("/simulator/log/").content.decode()

    @pytest.mark.parametrize(
        "query",
        [
            "number=x\0",
            "wamid=%00",
            "before=²",
            "message=x",
            "message=" + "9" * 30,
            "before=" + "9" * 40,
            "number=sim-1",
        ],
    )
    def test_odd_questions_do_no_harm(self, browser: Client, query: str) -> None:
        assert browser.get(f"/simulator/log/?{query}").status_code == 200

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ("number=zz", "No number here has this id."),
            ("message=x", "That message is not here"),
            ("message=999999", "That message is not here"),
            ("wamid=wamid.x", "Nothing yet."),
        ],
    )
    def test_what_is_not_there_is_told(self, browser: Client, team: Team, query: str, told: str) -> None:
        wirelog.note(team.pk, None, exchange(remark="something else"))
        html = browser.get(f"/simulator/log/?{query}").content.decode()
        assert told in html
        assert "something else" not in html

    def test_markup_is_shown_and_not_obeyed(self, browser: Client, chat: SimulatedChat, channel: Channel) -> None:
        acting.write(chat, "<script>alert(1)</script>")
        assert working(lambda: None, lambda: SimulatedExchange.objects.exists())
        assert "<script>alert" not in browser.get("/simulator/log/").content.decode()
