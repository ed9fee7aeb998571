"""Every kind of page, as its server takes time for it, in a team with 50 channels and 100,000 messages."""

import time
from dataclasses import asdict, dataclass
from statistics import median

import requests

from bench import house as houses
from bench.costs import Noise
from bench.figures import Figure, Found, Scale
from bench.house import Ground, House

TEAM, EMAIL, PASSWORD = "bench", "reader@example.org", "a reader of the bench"
CHANNELS, PER_ACCOUNT, PEOPLE, TURNS = 50, 10, 20, 50_000
VISITS = 40
BAR, AIM = 100, 50
PAGES = {
    "overview": "",
    "bots": "bots/",
    "bot": "bots/{bot}/",
    "settings": "settings/",
    "providers": "settings/providers/",
    "people": "settings/people/",
    "audit": "settings/audit/",
    "inbox": "conversations/",
    "inbox_news": "conversations/live/",
    "search_rare": "conversations/?q=155500000017",
    "search_words": "conversations/?q=nobody+said+this",
    "inbox_channel": "conversations/?channel={channel}",
    "inbox_open": "conversations/?show=open",
    "inbox_failed": "conversations/?show=failed",
    "inbox_waiting": "conversations/?show=waiting",
    "conversation": "conversations/{conversation}/",
    "conversation_news": "conversations/{conversation}/live/",
    "dashboard": "dashboard/",
    "dashboard_month": "dashboard/?days=30",
}
TOLD = {
    "inbox": "the inbox",
    "conversation": "a conversation",
    "search_words": "looking for words that nobody said",
    "dashboard_month": "the dashboard of a month",
}
"""Pages with a line of their own; all have to be as quick as the slowest, which has one too."""


def measure(ground: Ground, scale: Scale) -> Found:
    """One page after the other by one visitor, each once before it counts."""
    turns = scale.of(TURNS)
    with ground.house(numbers=CHANNELS, per_account=PER_ACCOUNT) as house:
        house.store(turns=turns, numbers=CHANNELS, people=PEOPLE)
        asked = (turns, int(time.time() * 1000), TEAM, EMAIL, PASSWORD)
        houses.run_python(f"from bench import reading; reading.prepare(*{asked})", dict(house.stage.environment))
        houses.run_python("from channels_app import tasks; tasks.count_days()", dict(house.stage.environment))
        rows = {
            name: str(house.database.rows(f"SELECT id FROM channels_app_{name} ORDER BY id DESC LIMIT 1")[0][0])
            for name in ("bot", "channel", "conversation")
        }
        house.start("web")
        site = f"http://127.0.0.1:{house.port}"
        with requests.Session() as browser:
            _sign_in(browser, site)
            paths = {name: f"{site}/t/{TEAM}/{path.format(**rows)}" for name, path in PAGES.items()}
            first = _visit(browser, paths["dashboard_month"])
            seen = {name: _visits(house, browser, path, scale.of(VISITS)) for name, path in paths.items()}
    return _found(seen, first)


@dataclass(frozen=True, slots=True)
class Seen:
    """Milliseconds that each visit took, and what one cost of the CPU."""

    took: list[float]
    web: float
    postgres: float


def _visits(house: House, browser: requests.Session, path: str, count: int) -> Seen:
    _visit(browser, path)
    meter = house.meter()
    took = [_visit(browser, path) for _ in range(count)]
    cpu = meter.read()
    house.noise.append(Noise(elsewhere=cpu["elsewhere"], wall=cpu["wall"]))
    return Seen(took, web=1000 * cpu["web"] / count, postgres=1000 * cpu["postgres"] / count)


def _found(seen: dict[str, Seen], first: float) -> Found:
    slowest = max(seen, key=lambda name: median(seen[name].took))
    figures = [
        _figure("pages_slowest", "the slowest of all pages", seen[slowest], note=f"{slowest}; "),
        *(_figure(f"pages_{name}", what, seen[name]) for name, what in TOLD.items()),
        Figure(
            key="pages_dashboard_cold",
            what="the dashboard of a month that nobody looked at before",
            value=first,
            unit="ms",
            bar=BAR,
            aim=AIM,
            less_is_better=True,
            note="once: a task has counted the days that are over, the page counts today",
        ),
    ]
    return Found(figures=figures, details={name: asdict(found) for name, found in seen.items()})


def _figure(key: str, what: str, found: Seen, note: str = "") -> Figure:
    late = sorted(found.took)[int(len(found.took) * 0.95)]
    return Figure(
        key=key,
        what=f"{what}: median time of the server",
        value=median(found.took),
        unit="ms",
        bar=BAR,
        aim=AIM,
        less_is_better=True,
        note=f"{note}95 of 100 within {late:.0f} ms; CPU: web {found.web:.0f} ms, PostgreSQL {found.postgres:.0f} ms",
    )


def _visit(browser: requests.Session, path: str) -> float:
    """Milliseconds from the request to the head of the answer, which Django sends once the page is made."""
    answer = browser.get(path, timeout=60)
    answer.raise_for_status()
    return answer.elapsed.total_seconds() * 1000


def _sign_in(browser: requests.Session, site: str) -> None:
    address = f"{site}/accounts/login/"
    browser.get(address, timeout=60).raise_for_status()
    form = {"login": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    answer = browser.post(address, form, timeout=60)
    answer.raise_for_status()
    if f"/t/{TEAM}/" not in answer.url:
        raise SystemExit(f"Signing in led to {answer.url}")
