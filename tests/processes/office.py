"""A team's own program: REST with the team's key, everything that was answered kept for those who look for secrets."""

import json
import subprocess
import sys
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.processes.clinic import Account
from tests.processes.door import Door
from tests.processes.installation import Installation
from tests.processes.stage import ROOT

_places = count(1)


@dataclass(frozen=True, slots=True)
class Office:
    """The program of one team."""

    installation: Installation
    team: str
    key: str

    @staticmethod
    def opened(installation: Installation, team: str) -> "Office":
        """A new team, by `create_team`."""
        command = ["create_team", team, "--owner", f"owner@{team}.example.org", "--password", "correct horse battery"]
        made = subprocess.run(
            [sys.executable, "manage.py", *command, "--api-key"],
            cwd=ROOT,
            env=dict(installation.stage.environment),
            capture_output=True,
            text=True,
            check=True,
        )
        key = json.loads(made.stdout.splitlines()[-1])["api_key"]
        installation.secrets.append(key)
        return Office(installation, team, key)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and answer of a call to `/api/v1/`."""
        connection = HTTPConnection("127.0.0.1", self.installation.stage.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        connection.request(method, f"/api/v1/{path}", json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        self.installation.read.append(text)
        return response.status, json.loads(text) if text else None

    def make(self, path: str, **fields: Any) -> dict[str, Any]:
        status, answer = self.ask("POST", path, fields)
        assert status in (201, 202), (status, answer)
        return dict(answer)

    def all_of(self, path: str, **filters: Any) -> list[dict[str, Any]]:
        """Through all pages."""
        items: list[dict[str, Any]] = []
        address: str | None = f"{path}?{urlencode(filters)}"
        while address:
            status, page = self.ask("GET", address)
            assert status == 200, (status, page)
            items += page["results"]
            address = page["next"] and f"{path}?{urlsplit(page['next']).query}"
        return items


@dataclass(frozen=True, slots=True)
class Line:
    """A number of a team's, with the bot that answers it; made over REST."""

    office: Office
    account: Account
    number: str
    provider: str
    chatbot: str
    channel: str

    @staticmethod
    def connected(office: Office, *, templates: tuple[str, ...] = ("new_bot_message",)) -> "Line":
        """A provider with three numbers, an echo bot, and a channel for the last of them."""
        account = new_account(templates)
        office.installation.meta.accounts.append(account)
        provider = make_provider(office, account)
        chatbot = office.make("chatbots/", name="Echo", engine="echo", config={})["id"]
        number, written = list(account.numbers.items())[-1]
        channel = office.make("channels/", provider=provider, chatbot=chatbot, phone_number=written.replace(" ", "-"))
        assert channel["phone_number_id"] == number
        return Line(office, account, number, provider, chatbot, channel["id"])

    def door(self) -> Door:
        """Where Meta knocks with what is signed by this account's app."""
        return Door(self.office.installation.stage.port, self.account.app_secret)

    def messages(self, **filters: Any) -> list[dict[str, Any]]:
        return self.office.all_of("messages/", channel=self.channel, **filters)

    def statuses(self) -> list[str]:
        """How far each message is, oldest first."""
        return [message["status"] for message in self.messages()]


def new_account(templates: tuple[str, ...] = ("new_bot_message",)) -> Account:
    """An account that nobody knows yet."""
    place = next(_places)
    numbers = {f"2{place:05d}{line:09d}": f"+27 60 555 {place:03d}{line}" for line in range(3)}
    return Account(
        waba=f"1{place:014d}",
        token=f"token-of-account-{place:04d}",
        app_secret=f"app-secret-of-{place:04d}",
        numbers=numbers,
        templates=templates,
    )


def make_provider(office: Office, account: Account) -> str:
    made = office.make(
        "providers/",
        name="WhatsApp",
        waba_id=account.waba,
        access_token=account.token,
        app_secret=account.app_secret,
        verify_token=f"verify-{account.waba}",
    )
    return str(made["id"])
