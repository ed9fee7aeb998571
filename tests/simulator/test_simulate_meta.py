"""`manage.py simulate_meta`: the real process, as Meta's side alone, and as a player of scenarios."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
import requests
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from channels_app.graph.client import GraphClient
from channels_app.graph.signature import is_signed
from channels_app.graph.transport import Transport
from tests import environment
from tests.simulator import demo
from tests.simulator.demo import ENDS_WITHIN, ROOT, STARTS_WITHIN, free_port

OWN = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgres://nobody@127.0.0.1:1/elsewhere", "PYTHONUNBUFFERED": "1"}


def run(*arguments: str, environment: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", "simulate_meta", *arguments],
        cwd=ROOT,
        env=environment or OWN,
        capture_output=True,
        text=True,
        timeout=600,
    )


@dataclass
class Alone:
    process: "subprocess.Popen[str]"
    url: str
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text()

    def told(self, label: str) -> str:
        """What is printed beside `label`."""
        found = re.search(rf"{re.escape(label)}\s+(\S+)", self.said)
        assert found, self.said
        return found[1]

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(ENDS_WITHIN)


BODY = {"type": "BODY", "text": "There is news about what you asked for on Tuesday."}


@contextmanager
def standing_alone(folder: Path, webhook: str) -> Iterator[Alone]:
    port, log = free_port(), folder / f"log-{monotonic()}.txt"
    command = ["simulate_meta", "--port", str(port), "--database", str(folder / "meta.sqlite3"), "--webhook", webhook]
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "manage.py", *command],
            cwd=ROOT,
            env=OWN,
            stdout=file,
            stderr=file,
            text=True,
        )
    alone = Alone(process, f"http://127.0.0.1:{port}", log)
    try:
        until = monotonic() + STARTS_WITHIN
        while "Ctrl-C ends it" not in alone.said:
            assert process.poll() is None, alone.said
            assert monotonic() < until, alone.said
            sleep(0.1)
        yield alone
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


class Bot:
    """One that is developed elsewhere: its webhook, and what it was told there."""

    def __init__(self, server: HTTPServer) -> None:
        self.told: list[tuple[bytes, str]] = []
        self.url = server.url_for("/bot/meta")
        server.expect_request("/bot/meta", method="GET").respond_with_handler(self.shake)
        server.expect_request("/bot/meta", method="POST").respond_with_handler(self.take)

    def shake(self, request: Request) -> Response:
        return Response(request.args["hub.challenge"])

    def take(self, request: Request) -> Response:
        self.told.append((request.get_data(), request.headers["X-Hub-Signature-256"]))
        return Response()

    def hears(self, word: bytes) -> bytes:
        until = monotonic() + 60
        while not (found := [body for body, _ in self.told if word in body]) and monotonic() < until:
            sleep(0.05)
        assert found, self.told
        return found[0]


@pytest.fixture
def bot(httpserver: HTTPServer) -> Bot:
    return Bot(httpserver)


class TestAlone:
    def test_a_bot_that_is_developed_elsewhere_has_its_meta(self, tmp_path: Path, bot: Bot) -> None:
        with standing_alone(tmp_path, bot.url) as alone:
            assert "The webhook has shaken hands." in alone.said
            client = GraphClient(
                base_url=alone.url,
                version="v25.0",
                token=alone.told("Access token"),
                app_secret=alone.told("App secret"),
                transport=Transport(),
            )
            waba_id = alone.told("Account (WABA)")
            assert waba_id.isdigit()
            number = client.phone_numbers(waba_id)[-1]
            assert number.id.isdigit()
            sent = client.send_message(number.id, _template("+15550200001"))
            bot.hears(sent.wamid.replace("/", r"\/").encode())
            assert alone.end() == 0
            client.transport.close()
        secret = alone.told("App secret")
        assert all(is_signed(body, signature, [secret]) for body, signature in bot.told)
        assert f'"id":"{waba_id}"'.encode() in bot.told[0][0]
        assert "Traceback" not in alone.said

    def test_its_ids_are_digits_as_metas_are(self, tmp_path: Path, bot: Bot) -> None:
        with standing_alone(tmp_path, bot.url) as alone:
            waba_id, headers = alone.told("Account (WABA)"), {"Authorization": f"Bearer {alone.told('Access token')}"}
            token = alone.told("Access token")
            new: Any = {"name": "news", "language": "en", "category": "UTILITY", "components": [BODY]}
            url = f"{alone.url}/v25.0"
            number = requests.get(f"{url}/{waba_id}/phone_numbers", headers=headers, timeout=30).json()["data"][0]["id"]
            sound = {"file": ("a.pdf", b"%PDF-", "application/pdf")}
            form = {"messaging_product": "whatsapp", "type": "application/pdf"}
            answers = [
                requests.post(f"{url}/{waba_id}/message_templates", json=new, headers=headers, timeout=30),
                requests.get(f"{url}/{waba_id}/message_templates?fields=id,health_status", headers=headers, timeout=30),
                requests.get(f"{url}/{waba_id}?fields=id,owner_business_info", headers=headers, timeout=30),
                requests.get(f"{url}/{number}?fields=id,health_status", headers=headers, timeout=30),
                requests.get(f"{url}/debug_token?input_token={token}", headers=headers, timeout=30),
                requests.post(f"{url}/{number}/media", data=form, files=sound, headers=headers, timeout=30),
            ]
        assert [answer.status_code for answer in answers] == [200] * 6
        assert [answer.text for answer in answers if "sim-" in answer.text] == []
        assert token.startswith("EAA")

    def test_what_is_no_call_of_graphs_gets_metas_error_too(self, tmp_path: Path, bot: Bot) -> None:
        with standing_alone(tmp_path, bot.url) as alone:
            headers = {"Authorization": f"Bearer {alone.told('Access token')}"}
            waba_id = alone.told("Account (WABA)")
            asked = [requests.get(f"{alone.url}/{path}", headers=headers, timeout=30)
                     for path in ("v25.0/", "v25.0", "v19.0/1", "99999", "v25.0/99999", waba_id)]  # fmt: skip
        assert [answer.status_code for answer in asked] == [400, 400, 400, 400, 400, 200]
        assert [answer.json()["error"]["code"] for answer in asked[:5]] == [100, 100, 2500, 100, 100]

    def test_its_page_speaks_of_no_product(self, tmp_path: Path, bot: Bot) -> None:
        with standing_alone(tmp_path, bot.url) as alone:
            page = requests.get(f"{alone.url}/", timeout=30).text
            log = requests.get(f"{alone.url}/simulator/log/", timeout=30).text
        assert "answered by your webhook" in page
        assert "What your webhook was told" in page
        assert "The webhook has shaken hands." in alone.said or "does not shake hands yet" in alone.said
        assert [words for words in ("product", "no bot answers", "Have the bot write") if words in page + log] == []
        assert "GET /" in log

    def test_what_is_typed_on_its_phone_reaches_the_bot(self, tmp_path: Path, bot: Bot) -> None:
        with standing_alone(tmp_path, bot.url) as alone, requests.Session() as browser:
            page = browser.get(f"{alone.url}/", timeout=30)
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text) or re.search(
                r'"x-csrftoken": "([^"]+)"', page.text, re.IGNORECASE
            )
            assert token, page.text
            headers = {"X-CSRFToken": token[1], "Referer": page.url}
            answer = browser.post(f"{page.url}write/", {"text": "Hello from the phone"}, headers=headers, timeout=30)
            assert answer.ok
            assert b'"phone_number_id":"' in bot.hears(b"Hello from the phone")

    def test_it_stays_what_it_was(self, tmp_path: Path) -> None:
        nowhere = f"http://127.0.0.1:{free_port()}/"
        labels = ("Account (WABA)", "Access token", "App secret", "Verify token", "Numbers")
        with standing_alone(tmp_path, nowhere) as first:
            kept = [first.told(label) for label in labels]
            assert "The webhook does not shake hands yet" in first.said
            assert first.end() == 0
        with standing_alone(tmp_path, nowhere) as second:
            assert [second.told(label) for label in labels] == kept
        assert (tmp_path / "meta.sqlite3").stat().st_mode & 0o077 == 0

    def test_a_busy_port_is_one_line(self, tmp_path: Path, httpserver: HTTPServer) -> None:
        ended = run("--port", str(httpserver.port), "--database", str(tmp_path / "meta.sqlite3"))
        assert ended.returncode == 1
        assert ended.stderr.startswith(f"CommandError: PORT {httpserver.port} cannot be had")
        assert (ended.stderr + ended.stdout).count("\n") == 1

    @pytest.mark.parametrize(
        ("arguments", "complaint"),
        [
            (("--webhook", "localhost:8000"), "--webhook must be an address"),
            (("--port", "99999"), "PORT 99999 is none: a port is a number from 1 to 65535"),
            (("--database", "/proc/nowhere/meta.sqlite3"), "--database /proc/nowhere/meta.sqlite3 cannot be used"),
        ],
    )
    def test_what_cannot_be_is_one_line(self, arguments: tuple[str, ...], complaint: str, tmp_path: Path) -> None:
        own = () if "--database" in arguments else ("--database", str(tmp_path / "meta.sqlite3"))
        ended = run(*arguments, *own)
        assert ended.returncode == 1
        assert complaint in ended.stderr
        assert ended.stderr.count("\n") == 1


class TestScenarios:
    def test_one_that_comes_true_ends_with_0(self) -> None:
        ended = run("--scenario", "forged", "burst.yaml")
        assert (ended.returncode, ended.stderr) == (0, "")
        assert "burst.yaml: A burst" in ended.stdout

    def test_one_that_does_not_ends_with_1_and_tells_the_difference(self, tmp_path: Path) -> None:
        own = tmp_path / "own.yaml"
        steps = "- {who: Thandi, writes: Hello}\n- {who: Thandi, hears: Goodbye}\n"
        own.write_text(f"title: A try\npeople:\n  Thandi:\nsteps:\n{steps}")
        ended = run("--scenario", str(own), "forged")
        assert ended.returncode == 1
        assert "         - 'Goodbye'\n         + 'Hello' (text)\n" in ended.stdout
        assert ended.stderr == "CommandError: 1 of 2 went otherwise: own.yaml\n"

    def test_one_that_cannot_be_read_is_one_line(self, tmp_path: Path) -> None:
        own = tmp_path / "own.yaml"
        own.write_text("title: A try\npeople:\n  Thandi:\nsteps:\n- {who: Thandi, write: Hello}\n")
        ended = run("--scenario", str(own))
        assert ended.returncode == 1
        told = "CommandError: own.yaml, line 5: “A step” takes no “write”. Did you mean “writes”?\n"
        assert ended.stderr == told

    def test_it_can_be_played_at_an_installation_that_runs(self, tmp_path: Path) -> None:
        with demo.running(tmp_path) as started:
            port = started.url.rpartition(":")[2]
            environment = {"PATH": os.environ["PATH"], "DEMO_FOLDER": str(tmp_path), "PORT": port, "LOG_LEVEL": "ERROR"}
            at = ("--demo", "--at", "+1 555 010 0001")
            ended = run("--scenario", "ladder", "username_only", *at, environment=environment)
            assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout + ended.stderr
            nobody = run("--scenario", "ladder", "--demo", "--at", "+1 555 010 0003", environment=environment)
            assert nobody.stderr.startswith("CommandError: --at +1 555 010 0003: no channel answers this number")
            elsewhere = environment | {"PORT": str(free_port())}
            alone = run("--scenario", "ladder", *at, environment=elsewhere)
            told = f"CommandError: --at: this installation does not answer at http://127.0.0.1:{elsewhere['PORT']}/"
            assert alone.stderr.startswith(told)
            assert alone.stdout == ""

    @pytest.mark.parametrize(
        ("arguments", "complaint"),
        [
            (("--scenario", "burst", "--port", "9191"), "--port goes without --scenario"),
            (("--scenario", "burst", "--webhook", "http://127.0.0.1:1/"), "--webhook goes without --scenario"),
            (("--scenario", "burst", "--demo"), "--demo goes with --at, and the number that is written to"),
            (("--at", "+1 555 010 0001"), "--at goes with --scenario"),
        ],
    )
    def test_what_goes_not_together_is_one_line(self, arguments: tuple[str, ...], complaint: str) -> None:
        ended = run(*arguments, environment=OWN | environment.OWN)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert ended.stderr == f"CommandError: {complaint}\n"


def _template(to: str) -> dict[str, object]:
    parameter = {"type": "text", "parameter_name": "bot_message", "text": "Hello"}
    template = {
        "name": "new_bot_message",
        "language": {"code": "en"},
        "components": [{"type": "body", "parameters": [parameter]}],
    }
    return {"messaging_product": "whatsapp", "to": to, "type": "template", "template": template}
