"""Whose business an account is: Meta is asked, and its people are those of the business from then on."""

from typing import Any

import pytest
import responses
from rest_framework.test import APIClient

from channels_app import onboarding, tasks
from channels_app.models import Channel, Conversation, Participant, Provider
from tests.fixtures import GRAPH, NUMBER, PERSON, WABA, FakeGraph, Post, Work, change, notification, refusal, text

BUSINESS = "506914301122334"


def owned(graph: FakeGraph, owner: Any, status: int = 200) -> None:
    graph.wire.get(f"{GRAPH}/{WABA}", json={"id": WABA, "name": "Clinic"} | owner, status=status)


class TestPortfolio:
    def test_is_the_business_that_meta_names(self, post: Post, work: Work, channel: Channel, graph: FakeGraph) -> None:
        owned(graph, {"owner_business_info": {"id": BUSINESS, "name": "Clinic"}})
        post(notification(change(text("one", "a"))))
        work()
        tasks.learn_portfolios()
        assert Provider.objects.get().portfolio == BUSINESS
        assert Participant.objects.get().portfolio == BUSINESS
        post(notification(change(text("two", "b"))))
        work()
        assert Conversation.objects.count() == 1
        assert graph.texts == ["one", "two"]

    @pytest.mark.parametrize(
        ("owner", "status"), [({}, 200), ({"owner_business_info": None}, 200), (refusal(190)[1], 401)]
    )
    def test_stays_the_account_where_meta_does_not_say(
        self, provider: Provider, graph: FakeGraph, owner: Any, status: int
    ) -> None:
        owned(graph, owner, status)
        assert onboarding.learn_portfolios() == 0
        provider.refresh_from_db()
        assert (provider.portfolio, provider.blocked_at) == (f"waba:{WABA}", None)

    def test_is_asked_for_once(self, provider: Provider, graph: FakeGraph) -> None:
        owned(graph, {"owner_business_info": {"id": BUSINESS}})
        assert [onboarding.learn_portfolios() for _ in range(2)] == [1, 0]
        assert len([call for call in graph.wire.calls if call.request.method == "GET"]) == 1


class TestBlocking:
    @pytest.fixture
    def conversation(self, channel: Channel) -> Conversation:
        person = Participant.objects.create(
            team=channel.team, portfolio=channel.provider.portfolio, wa_id=PERSON, user_id="ZA.1"
        )
        return Conversation.objects.create(team=channel.team, channel=channel, participant=person)

    def test_is_done_at_meta_and_shown(self, api: APIClient, conversation: Conversation, graph: FakeGraph) -> None:
        url, body = (
            f"{GRAPH}/{NUMBER}/block_users",
            {"messaging_product": "whatsapp", "block_users": [{"user": f"+{PERSON}"}]},
        )
        for method in (responses.POST, responses.DELETE):
            match = [responses.matchers.json_params_matcher(body)]
            graph.wire.add(method, url, json={"messaging_product": "whatsapp"}, match=match)
        path = f"/api/v1/conversations/{conversation.pk}"
        answer = api.post(f"{path}/block/")
        assert (answer.status_code, answer.json()["blocked_at"] is None) == (200, False)
        answer = api.post(f"{path}/unblock/")
        assert (answer.status_code, answer.json()["blocked_at"]) == (200, None)

    @pytest.mark.parametrize(("code", "words"), [(131047, "wrote within the last 24 hours"), (139101, ".")])
    def test_says_why_meta_does_not(
        self, api: APIClient, conversation: Conversation, graph: FakeGraph, code: int, words: str
    ) -> None:
        failed = [{"input": "x", "errors": [{"message": "No", "code": code, "error_data": {"details": "x"}}]}]
        _, error = refusal(139100)
        graph.wire.post(
            f"{GRAPH}/{NUMBER}/block_users", json={"block_users": {"failed_users": failed}} | error, status=400
        )
        answer = api.post(f"/api/v1/conversations/{conversation.pk}/block/")
        assert (answer.status_code, list(answer.json())) == (400, ["detail"])
        assert words in answer.json()["detail"][0]
        conversation.refresh_from_db()
        assert conversation.blocked_at is None

    def test_of_another_teams_person_is_not_found(
        self, other_api: APIClient, conversation: Conversation, graph: FakeGraph
    ) -> None:
        assert other_api.post(f"/api/v1/conversations/{conversation.pk}/block/").status_code == 404
