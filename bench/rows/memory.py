"""Resident memory of processes that have done some work: one of the web's, a worker, and the whole demo."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from bench import costs
from bench.costs import Memory
from bench.figures import Figure, Found, Scale
from bench.house import Ground
from bench.meta.client import ROOT
from bench.rows import echo
from tests.processes.stage import eventually, free_port

MESSAGES = 3000
WORDS = "A word from the bench"
PAGES = ("/", "/accounts/login/", "/simulator/", "/api/docs/", "/admin/")


def measure(ground: Ground, scale: Scale) -> Found:
    with ground.house() as house:
        house.start("web", "worker", "beat")
        echo.run(house, scale.of(MESSAGES))
        whole = {name: _each(process.pid) for name, process in house.stage.processes.items()}
    with _demo(ground.folder / "demo") as pid:
        whole["demo"] = _each(pid)
    web = max(whole["web"][1:], key=lambda found: found.rss)
    figures = [
        _figure("memory_web", "resident memory: a web process", [web], 130, 90),
        _figure("memory_worker", "resident memory: a worker process", whole["worker"], 160, 110),
        _figure("memory_demo", "resident memory: the whole demo", whole["demo"], 350, 250),
    ]
    details = {name: [{"rss": each.rss, "pss": each.pss} for each in found] for name, found in whole.items()}
    return Found(figures=figures, details=details)


def _each(pid: int) -> list[Memory]:
    """The process, and those that it has started."""
    return [costs.memory(each) for each in costs.tree(pid)]


def _figure(key: str, what: str, found: list[Memory], bar: float, aim: float) -> Figure:
    rss, pss = sum(each.rss for each in found), sum(each.pss for each in found)
    note = f"Pss {pss:.0f}"
    return Figure(key=key, what=what, value=rss, unit="MB", bar=bar, aim=aim, less_is_better=True, note=note)


@contextmanager
def _demo(folder: Path) -> Iterator[int]:
    """A demo that somebody has signed in to and looked around in; gives its process."""
    folder.mkdir()
    port = free_port()
    said = {"PATH": os.environ["PATH"], "PORT": str(port), "DEMO_FOLDER": str(folder)}
    with (folder / "demo.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"], cwd=ROOT, env=said, stdout=log, stderr=log, start_new_session=True
        )
    try:
        site = f"http://127.0.0.1:{port}"
        if not eventually(lambda: _answers(site), 60):
            raise SystemExit(f"The demo does not answer: {(folder / 'demo.log').read_text()}")
        _look_around(site, (folder / "demo.env").read_text())
        yield process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _look_around(site: str, said: str) -> None:
    password = next(line.partition("=")[2] for line in said.splitlines() if line.startswith("DEMO_PASSWORD="))
    with requests.Session() as browser:
        browser.get(f"{site}/accounts/login/", timeout=30).raise_for_status()
        form = {"login": "demo@example.org", "password": password, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        browser.post(f"{site}/accounts/login/", form, timeout=30).raise_for_status()
        for page in PAGES:
            browser.get(site + page, timeout=30).raise_for_status()
        _chat(browser, site)


def _chat(browser: requests.Session, site: str) -> None:
    """Somebody writes by the simulator's phone, and gets an answer."""
    chat = browser.get(f"{site}/simulator/", timeout=30).url
    headers = {"X-CSRFToken": str(browser.cookies["csrftoken"]), "Referer": site}
    browser.post(f"{chat}write/", {"text": WORDS}, headers=headers, timeout=30).raise_for_status()
    if not eventually(lambda: browser.get(f"{chat}news/", timeout=30).text.count(WORDS) > 1, 60):
        raise SystemExit("The demo's bot does not answer")


def _answers(site: str) -> bool:
    try:
        return requests.get(f"{site}/health/", timeout=5).ok
    except requests.RequestException:
        return False
